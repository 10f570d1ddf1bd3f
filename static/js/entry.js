// Helps for typing numbers; without this file every page works the same, only longer.
"use strict";

// ── a long list is shortened while somebody types, marks and case aside ──
const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/đ/g, "d");

for (const box of document.querySelectorAll("[data-filters]")) {
  const list = document.getElementById(box.dataset.filters);
  const items = [...list.querySelectorAll("li")].map((item) => [item, plain(item.textContent)]);
  const found = document.createElement("p");
  found.setAttribute("role", "status");
  list.before(found);
  box.closest("[hidden]").hidden = false;

  box.addEventListener("input", () => {
    const words = plain(box.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [item, text] of items) {
      item.hidden = !words.every((word) => text.includes(word));
      shown += !item.hidden;
    }
    for (const group of list.querySelectorAll("[data-group]")) group.hidden = !group.querySelector("li:not([hidden])");
    if (!words.length) found.textContent = "";
    else if (shown) found.textContent = `Thấy ${shown} chỉ tiêu.`;
    else found.textContent = `Trong danh sách này không có chỉ tiêu nào tên có “${box.value.trim()}”. Thử gõ ít chữ hơn.`;
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it would send the whole form
  });
}

// ── a phone shows digits for a count; "hơn 40" and "16/26" need letters ──
if (window.matchMedia("(pointer: coarse)").matches) {
  const words = document.createElement("button");
  words.type = "button";
  words.className = "btn btn-second words-key";
  words.textContent = "Gõ chữ";
  let asked = null;

  document.addEventListener("focusin", ({ target }) => {
    if (!target.matches("input[inputmode=numeric], input[inputmode=decimal]")) return;
    asked = target;
    (target.closest(".input-group") || target).after(words);
  });
  words.addEventListener("click", () => {
    asked.inputMode = "text";
    asked.focus(); // the button has taken the focus, so the keyboard opens anew
    words.remove();
  });
}

// ── money in words is of what the server has read: it goes when the box is changed ──
document.addEventListener("input", ({ target }) => {
  const echo = target.name && target.name.startsWith("v:") && target.closest(".line")?.querySelector(".echo");
  if (echo) echo.hidden = true;
});
