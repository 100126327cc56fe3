/* Typed text is not lost with the page: the browser asks before a changed form is left, and forms of pages keep a copy
   in this browser, which is offered again and never put back by itself. Forms that may hold patients' data are only
   watched: nothing of them is kept. See templates/admin/_unsaved_changes.html. */
const PREFIX = "njspine-typed:";
const DAYS_KEPT = 7;
const MOST_CHARACTERS = 400_000;
const MOST_COPIES = 10;
const NOT_TYPED = new Set(["csrfmiddlewaretoken", "opened_on"]);
const editors = new Map();
const words = document.getElementById("unsaved-changes");

function copies() {
  return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function forget(keys) {
  for (const key of keys) localStorage.removeItem(key);
}

function forgetOld() {
  const oldest = Date.now() - DAYS_KEPT * 86_400_000;
  forget(copies().filter((key) => !(read(key)?.at > oldest)));
  const newestFirst = copies().sort((one, other) => read(other).at - read(one).at);
  forget(newestFirst.slice(MOST_COPIES));
}

function typedIn(form) {
  const values = {};
  for (const field of form.elements) {
    const isButton = ["submit", "button", "file", "image", "password"].includes(field.type);
    if (!field.name || isButton || NOT_TYPED.has(field.name) || field.name.includes("__prefix__")) continue;
    values[field.name] ??= [];
    if (field.type === "checkbox" || field.type === "radio") {
      if (field.checked) values[field.name].push(field.value);
    } else if (field.type === "select-multiple") {
      values[field.name].push(...[...field.selectedOptions].map((option) => option.value));
    } else {
      values[field.name].push(field.value.replace(/\r\n?/g, "\n"));
    }
  }
  return values;
}

function differing(one, other) {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => JSON.stringify(one[name] ?? []) !== JSON.stringify(other[name] ?? []));
}

function put(form, name, values) {
  for (const field of [...form.elements].filter((element) => element.name === name)) {
    if (field.type === "checkbox" || field.type === "radio") {
      field.checked = values.includes(field.value);
    } else if (field.type === "select-multiple") {
      for (const option of field.options) option.selected = values.includes(option.value);
    } else {
      field.value = values[0] ?? "";
      editors.get(field)?.commands.setContent(field.value);
    }
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/* Rows that were added in the browser are not in the fresh form: they are added as its own script adds them. */
function addRows(form, values) {
  for (const [name, [total]] of Object.entries(values).filter(([name]) => name.endsWith("-TOTAL_FORMS"))) {
    const group = document.getElementById(`${name.slice(0, -"-TOTAL_FORMS".length)}-group`);
    for (let tries = 0; tries < 50 && Number(form.elements[name]?.value) < Number(total); tries += 1) {
      const add = group?.querySelector(".add-row a, a.addlink");
      if (!add) break;
      add.click();
    }
  }
}

function labelOf(form, name) {
  const field = [...form.elements].find((element) => element.name === name);
  if (!field) return name;
  const row = field.closest(".inline-related")?.querySelector("h3 .inline_label");
  const label = field.labels?.[0] ?? field.closest(".form-row")?.querySelector("label, legend");
  return [row, label].filter(Boolean).map((part) => part.textContent.replace(/[:#]\s*$/, "").trim()).join(", ") || name;
}

function button(text, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.textContent = text;
  made.addEventListener("click", press);
  return made;
}

function offer(form, key, kept, names) {
  const box = document.createElement("section");
  box.className = "kept-text";
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", words.dataset.title);
  const said = document.createElement("p");
  said.textContent = words.dataset.found.replace("%s", new Date(kept.at).toLocaleString());
  const list = document.createElement("ul");
  for (const label of new Set(names.filter((name) => !name.endsWith("_FORMS")).map((name) => labelOf(form, name)))) {
    list.append(Object.assign(document.createElement("li"), { textContent: label }));
  }
  const presses = document.createElement("p");
  presses.append(
    button(words.dataset.restore, () => {
      addRows(form, kept.values);
      for (const name of names.filter((one) => !one.endsWith("_FORMS"))) put(form, name, kept.values[name] ?? []);
      box.replaceChildren(Object.assign(document.createElement("p"), { textContent: words.dataset.restored }));
      box.setAttribute("role", "status");
    }),
    " ",
    button(words.dataset.forget, () => {
      forget([key]);
      box.remove();
    }),
  );
  box.append(said, list, presses);
  form.before(box);
}

function watch(form) {
  const before = typedIn(form);
  // A form that came back holds typed text although nobody has touched it since.
  const isUnsaved = Boolean(document.querySelector("main .errornote, main .overtaken"));
  let isSending = false;
  form.querySelector("[data-gives-up]")?.addEventListener("click", () => {
    isSending = true;
  });
  form.addEventListener("submit", () => {
    isSending = true;
  });
  // Back from the next page, the form is still here and can be left again.
  window.addEventListener("pageshow", () => {
    isSending = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isSending && (isUnsaved || differing(before, typedIn(form)).length)) event.preventDefault();
  });
  return before;
}

/* One copy a form. What the form was opened with is in it: a copy of an older text is offered, too, and says so by
   the fields in which it differs. */
function keep(form, before) {
  const key = PREFIX + location.pathname;
  const opened = form.elements.opened_on?.value ?? "";
  const kept = read(key);
  const isAgain = words.dataset.again === "yes";
  let timer = 0;
  // A new page is saved from one address and comes back at another.
  const sent = [key, PREFIX + location.pathname.replace(/\d+\/change\/$/, "add/")].filter((one) => read(one)?.isSent);
  const isSaved = sent.length && !isAgain && document.querySelector(".messagelist .success, .messagelist .warning");
  if (isSaved) forget(sent);
  const names = kept && !isSaved && !isAgain ? differing(before, kept.values) : [];
  if (names.length) offer(form, key, kept, names);
  const store = (event) => {
    const values = typedIn(form);
    const text = JSON.stringify({ at: Date.now(), opened, isSent: event?.type === "submit", values });
    if (!differing(before, values).length || text.length > MOST_CHARACTERS) return;
    try {
      localStorage.setItem(key, text);
    } catch {
      // A full store: asking before the page is left is what remains.
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => store(), 500);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", (event) => {
    // A timer that still ran would say that nothing was sent.
    clearTimeout(timer);
    store(event);
  });
}

document.addEventListener("prose-editor:ready", (event) => editors.set(event.detail.textarea, event.detail.editor));
try {
  if (document.querySelector("[data-signed-out]")) forget(copies());
  forgetOld();
} catch {
  // A browser that keeps nothing: the forms are still watched.
}
// The admin's own script numbers and labels the rows first.
window.addEventListener("load", () => {
  for (const form of document.querySelectorAll("main form[method=post]")) {
    const isTyped = form.querySelector("input[type=text], input:not([type]), textarea, select, input[type=checkbox]");
    if (!isTyped || form.id === "login-form") continue;
    const before = watch(form);
    if (words?.dataset.keeps === "yes" && form.id.endsWith("_form")) {
      try {
        keep(form, before);
      } catch {
        // See above.
      }
    }
  }
});
