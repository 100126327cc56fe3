// One press fills both frames beside the form. Without this script each of the two buttons fills its own.
"use strict";
const buttons = [...document.querySelectorAll("button[data-previews]")];
for (const button of buttons) {
  button.addEventListener("click", () => {
    for (const other of buttons) {
      if (other !== button) other.form.requestSubmit(other);
    }
  });
}
