// Small helps that a page can do without: show what is typed as a password, print.
"use strict";

for (const tick of document.querySelectorAll("[data-shows]")) {
  const boxes = tick.dataset.shows.split(" ").map((id) => document.getElementById(id)).filter(Boolean);
  tick.closest("label").hidden = false;
  tick.checked = false;
  tick.addEventListener("change", () => {
    for (const box of boxes) box.type = tick.checked ? "text" : "password";
  });
}

for (const button of document.querySelectorAll("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
