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

// A form with something typed and not yet sent asks before the page is left.
for (const form of document.querySelectorAll("form[data-keeps]")) {
  let typed = form.querySelector(".field--error, .line--error, .bad, [aria-invalid]") !== null;
  form.addEventListener("input", () => { typed = true; });
  form.addEventListener("submit", () => { typed = false; });
  window.addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });
}
