/* While the page of open times is in sight, a time that somebody else takes disappears from it. Only what differs is
   changed, nothing that has the focus, and it is told politely. It ends by itself: a page that was left open must not
   keep a request alive. */
const EVERY = 30000;
const MOST = 20;
const times = document.querySelector("[data-open-times]");
let left = MOST;

function slots(root) {
  return [...root.querySelectorAll("button[name=time]")];
}

function update(part, fresh, offered) {
  if (fresh && fresh.textContent === part.textContent) return;
  if (part.contains(document.activeElement)) {
    for (const slot of slots(part)) {
      if (slot !== document.activeElement) slot.hidden = !offered.has(slot.value);
    }
  } else if (!fresh) {
    part.remove();
  } else if (fresh.tagName === part.tagName) {
    part.replaceChildren(...fresh.childNodes);
  } else {
    part.replaceWith(fresh);
  }
}

async function refresh() {
  if (document.hidden || left < 1) return;
  left -= 1;
  const answer = await fetch(times.action, { credentials: "same-origin" }).catch(() => null);
  if (!answer) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.querySelector("[data-open-times]");
  if (!answer.ok || !found) {
    left = 0;
    return;
  }
  const offered = new Set(slots(found).map((slot) => slot.value));
  const gone = slots(times).some((slot) => !slot.hidden && !offered.has(slot.value));
  for (const part of times.querySelectorAll("[data-part]")) {
    update(part, found.querySelector(`[data-part="${part.dataset.part}"]`), offered);
  }
  if (gone) times.querySelector("[role=status]").textContent = times.dataset.openTimes;
}

if (times) {
  setInterval(refresh, EVERY);
  document.addEventListener("visibilitychange", refresh);
}
