/* What is pasted into the rich-text editor is cleaned by the site, which knows Word and Google Docs, and only then
   inserted. Words copied inside the editor, plain text, and everything while the site does not answer: as the editor
   itself does it. The site cleans again when the draft is saved. */
document.addEventListener("prose-editor:ready", (event) => {
  const { editor, textarea } = event.detail;
  const form = textarea.closest("form");
  const url = location.pathname.replace(/(\/content\/[a-z]+\/).*$/, "$1paste/");
  let inserting = false;
  editor.view.dom.addEventListener(
    "paste",
    async (paste) => {
      const html = paste.clipboardData?.getData("text/html");
      if (inserting || !html || html.includes("data-pm-slice")) return;
      paste.preventDefault();
      paste.stopImmediatePropagation();
      // Styles would be refused by the browser anyway, with an error for each.
      let clean = html.replace(/\sstyle=("[^"]*"|'[^']*'|[^\s>]*)/gi, "");
      try {
        const answer = await fetch(url, {
          method: "POST",
          headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, "Content-Type": "text/plain" },
          body: html,
        });
        // Whoever is signed out meanwhile gets the sign-in page instead.
        if (answer.ok && answer.headers.get("Content-Type")?.startsWith("application/json")) clean = (await answer.json()).html;
      } catch {
        // No network: as the editor reads it.
      }
      inserting = true;
      editor.view.pasteHTML(clean);
      inserting = false;
    },
    true,
  );
});
