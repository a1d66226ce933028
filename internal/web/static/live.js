// Renews the page's content now and then, keeping what is unfolded. Everything
// works without it: a reload does the same.
"use strict";
const every = 15000;
async function renew() {
  if (document.hidden || document.activeElement.closest("form")) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const open of document.querySelectorAll("details[open][id]")) {
      fresh.getElementById(open.id)?.setAttribute("open", "");
    }
    const focused = document.activeElement.id;
    for (const part of ["main", "footer"]) {
      document.querySelector(part).replaceChildren(...fresh.querySelector(part).childNodes);
    }
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  } catch {
    // Not reachable just now: the page on the screen says when it was drawn.
  }
}
setInterval(renew, every);
document.addEventListener("visibilitychange", renew);
