// Shows the button that copies a page's address. Without this script the field beside it holds the address.
for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  const told = document.getElementById(button.dataset.tells);
  button.hidden = false;
  button.addEventListener("click", async () => {
    // Emptied first, so that a screen reader says it again after a second press.
    told.textContent = "";
    field.select();
    let copied = true;
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      copied = document.execCommand("copy");
    }
    told.textContent = copied ? button.dataset.done : button.dataset.failed;
  });
}
