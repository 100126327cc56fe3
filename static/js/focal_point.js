/* Pointing at what matters in a picture. Without this, the nine places and the two numbers below it do the same. */
document.addEventListener("DOMContentLoaded", () => {
  const frame = document.querySelector(".img-focus");
  const inputs = ["id_focal_x", "id_focal_y"].map((id) => document.getElementById(id));
  const places = [...document.querySelectorAll("#id_place input")];
  if (!frame || inputs.includes(null)) return;
  const picture = frame.querySelector("img");
  const point = document.createElement("button");
  const square = document.createElement("img");
  point.type = "button";
  point.className = "img-point";
  square.className = "img-square";
  square.src = picture.src;
  square.alt = "";

  const [width, height] = ["width", "height"].map((name) => Number(picture.getAttribute(name)));
  const side = Math.min(width, height);
  // As clinic/renditions.py cuts it: around the point, as far as the picture reaches.
  const shift = (percent, length) => {
    if (length === side) return 50;
    const start = Math.min(Math.max((length * percent) / 100 - side / 2, 0), length - side);
    return (100 * start) / (length - side);
  };
  const show = () => {
    const [x, y] = inputs.map((input) => Number(input.value));
    point.style.left = `${x}%`;
    point.style.top = `${y}%`;
    point.setAttribute("aria-label", `${frame.dataset.point} ${x} %, ${y} %`);
    square.style.objectPosition = `${shift(x, width)}% ${shift(y, height)}%`;
    const wanted = places.find((place) => place.value === `${x}-${y}`) || places.at(-1);
    if (wanted) wanted.checked = true;
  };
  const move = (...values) => {
    values.forEach((value, index) => { inputs[index].value = Math.round(Math.min(Math.max(value, 0), 100)); });
    inputs[0].dispatchEvent(new Event("change", { bubbles: true }));
    show();
  };

  frame.addEventListener("click", (event) => {
    if (event.target !== picture) return;
    const box = picture.getBoundingClientRect();
    move((100 * (event.clientX - box.left)) / box.width, (100 * (event.clientY - box.top)) / box.height);
    point.focus();
  });
  point.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    const [x, y] = inputs.map((input) => Number(input.value));
    const pace = event.shiftKey ? 10 : 1;
    move(x + pace * step[0], y + pace * step[1]);
  });
  inputs.forEach((input) => input.addEventListener("input", show));
  places.forEach((place) => place.addEventListener("change", () => {
    if (place.value.includes("-")) move(...place.value.split("-").map(Number));
  }));
  frame.classList.add("img-focus--ready");
  frame.append(point);
  frame.after(square);
  show();
});
