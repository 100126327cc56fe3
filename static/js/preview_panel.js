// One press fills both frames beside the form. Without this script each of the two buttons fills its own.
"use strict";
const buttons = [...document.querySelectorAll("button[data-previews]")];
for (const button of buttons) {
  button.addEventListener("click", () => {
    const other = buttons.find((one) => one !== button);
    const frame = document.querySelector(`iframe[name="${button.formTarget}"]`);
    // After the first has come: a browser drops a sending that the same form overtakes.
    frame.addEventListener("load", () => other.form.requestSubmit(other), { once: true });
  });
}
