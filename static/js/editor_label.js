/* The rich-text editor stands in for a textarea but has no name of its own: give it the label that the textarea has. */
document.addEventListener("prose-editor:ready", (event) => {
  const { editor, textarea } = event.detail;
  const label = textarea.labels[0];
  const part = textarea.closest(".inline-related")?.querySelector("h3 .inline_label");
  const words = [part, label].filter(Boolean).map((element) => element.textContent.replace(/[:#]\s*$/, "").trim());
  editor.view.dom.setAttribute("aria-label", words.join(", "));
});
