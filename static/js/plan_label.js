/* The buttons of planned changes say the date and time that are filled in. Without this script they say “this date”. */
document.addEventListener("DOMContentLoaded", () => {
  const words = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
  for (const button of document.querySelectorAll("[data-moment]")) {
    const [day, time] = ["day", "time"].map((part) => document.getElementById(`id_${button.dataset.moment}-${part}`));
    const plain = button.value;
    const say = () => {
      const moment = new Date(`${day.value}T${time.value}Z`);
      button.value = Number.isNaN(moment.getTime()) ? plain : button.dataset.label.replace("%s", words.format(moment));
    };
    day.addEventListener("input", say);
    time.addEventListener("input", say);
    say();
  }
});
