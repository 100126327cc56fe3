/* A link to a field opens the folded row around it and puts the cursor there, also where the editor stands in for it. */
{
  const open = (element) => {
    for (let part = element.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  };
  const go = (id) => {
    const target = id ? document.getElementById(decodeURIComponent(id)) : null;
    if (!target?.closest("form")) return false;
    open(target);
    const row = target.matches(".inline-related") ? target.querySelector("summary") : null;
    if (row) row.parentElement.open = true;
    const typed = target.matches("input:not([type=hidden]), select, textarea") ? target : null;
    const editor = target.closest(".prose-editor")?.querySelector("[contenteditable]");
    const field = editor || row || typed || target.querySelector("input:not([type=hidden]), select, textarea, a");
    const seen = field || target.closest(".inline-related") || target;
    seen.scrollIntoView({ block: "center" });
    field?.focus({ preventScroll: true });
    return true;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (!link?.closest(".draft-problems, .draft-advice, .draft-parts")) return;
    const id = link.getAttribute("href").slice(1);
    if (!go(id)) return;
    event.preventDefault();
    history.replaceState(history.state, "", `#${id}`);
  });
  addEventListener("load", () => go(location.hash.slice(1)));
}
