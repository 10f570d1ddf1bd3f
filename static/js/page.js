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

// A form that takes its time is sent once, however often the button is pressed, and says that it is at work.
for (const form of document.querySelectorAll("form[data-once]")) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) return event.preventDefault();
    sent = true;
    for (const place of form.querySelectorAll("[data-waits]")) place.textContent = place.dataset.waits;
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) sent = false; });
}
