/* Choosing a picture by looking. Without this the list of words beside the field does the same. */
(() => {
  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text || "";
    return element;
  };
  const thumbnail = (source) => {
    const image = make("img", "");
    image.src = source;
    image.width = image.height = 96;
    image.alt = "";
    return image;
  };

  const open = (select) => {
    const { title, find, close, none } = select.dataset;
    const dialog = make("dialog", "img-dialog");
    const top = make("div", "img-top");
    const heading = make("h2", "", title);
    const shut = make("button", "button", close);
    const label = make("label", "", find);
    const input = document.createElement("input");
    const list = make("ul", "img-choices");
    const empty = make("p", "img-note", none);
    heading.id = "img-dialog-title";
    dialog.setAttribute("aria-labelledby", heading.id);
    shut.type = "button";
    input.type = "search";
    input.id = "img-dialog-find";
    label.htmlFor = input.id;
    empty.hidden = true;
    empty.setAttribute("role", "status");
    for (const option of select.options) {
      if (!option.dataset.thumb) continue;
      const item = make("li", "");
      const button = make("button", "");
      button.type = "button";
      button.setAttribute("aria-pressed", String(option.selected));
      const image = thumbnail(option.dataset.thumb);
      image.loading = "lazy";
      button.append(image, make("span", "", option.text));
      button.addEventListener("click", () => {
        select.value = option.value;
        select.dispatchEvent(new Event("change", { bubbles: true }));
        dialog.close();
      });
      item.append(button);
      list.append(item);
    }
    input.addEventListener("input", () => {
      const words = input.value.trim().toLowerCase();
      for (const item of list.children) item.hidden = !item.textContent.toLowerCase().includes(words);
      empty.hidden = [...list.children].some((item) => !item.hidden);
    });
    // Enter would otherwise press the first button of the form behind.
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    shut.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    top.append(heading, shut);
    dialog.append(top, label, input, list, empty);
    document.body.append(dialog);
    dialog.showModal();
  };

  const enhance = (select) => {
    if (select.name.includes("__prefix__") || select.dataset.ready) return;
    select.dataset.ready = "yes";
    const row = make("div", "img-pick");
    const button = make("button", "button", select.dataset.look);
    button.type = "button";
    button.addEventListener("click", () => open(select));
    const show = () => {
      const source = select.selectedOptions[0]?.dataset.thumb;
      row.replaceChildren(...(source ? [thumbnail(source)] : []), button);
    };
    select.addEventListener("change", show);
    show();
    (select.closest(".related-widget-wrapper") || select).after(row);
  };

  const start = (root) => root.querySelectorAll("select.img-select").forEach(enhance);
  document.addEventListener("DOMContentLoaded", () => start(document));
  document.addEventListener("formset:added", (event) => start(event.target));
})();
