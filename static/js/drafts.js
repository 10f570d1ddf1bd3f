// Nothing typed is lost. What is typed into a form marked data-keeps stays in this browser, under
// the person, the unit acted for and the address of the page, until the form is saved; it is offered
// again when the page is opened. Logging out takes all drafts of the person away.
// Never kept: passwords, files, hidden boxes, and whatever bears or lies in data-no-draft (CCCD,
// health, policy). Also says when the line is down.
"use strict";

(() => {
  const PREFIX = "ccb-draft:";
  const LIVES = 30 * 24 * 3600 * 1000;
  const UNKEPT = ["hidden", "password", "file", "submit", "button", "reset", "image"];
  const { person, unit } = document.body.dataset;
  const main = document.querySelector("main");
  let loggedOut = false;

  // ── the store: {at, again: query of the page, fields: {name: {is: [values], with: {hidden: value}}}, sent: [names in the post under way]} ──
  const keyOf = (path) => `${PREFIX}${person}:${unit}:${path}`;

  function read(key) {
    try {
      const draft = JSON.parse(localStorage.getItem(key));
      return draft && draft.fields ? draft : null;
    } catch {
      return null;
    }
  }

  function write(key, draft) {
    try {
      if (Object.keys(draft.fields).length) localStorage.setItem(key, JSON.stringify(draft));
      else localStorage.removeItem(key);
      return true;
    } catch {
      return false;
    }
  }

  function forget(isOld) {
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX) && isOld(key)) localStorage.removeItem(key);
    } catch {
      // A browser that lets nobody store has nothing to forget.
    }
  }

  // ── boxes ──
  const isKept = (box) => box.name && !UNKEPT.includes(box.type) && !box.closest("[data-no-draft]");
  const isTick = (box) => box.type === "radio" || box.type === "checkbox";

  function boxesByName(form) {
    const found = new Map();
    for (const box of form.elements) if (isKept(box)) found.set(box.name, [...(found.get(box.name) || []), box]);
    return found;
  }

  function chosen(select, asSent) {
    const options = [...select.options];
    return ((asSent ? options.find((o) => o.defaultSelected) : select.selectedOptions[0]) || options[0] || { value: "" }).value;
  }

  // What stands in the boxes of one name; ``asSent``: what the server had put there.
  function valuesOf(boxes, asSent = false) {
    if (isTick(boxes[0])) return boxes.filter((box) => (asSent ? box.defaultChecked : box.checked)).map((box) => box.value);
    return boxes.map((box) => (box.options ? chosen(box, asSent) : asSent ? box.defaultValue : box.value));
  }

  function fill(boxes, values) {
    boxes.forEach((box, i) => {
      if (isTick(box)) box.checked = values.includes(box.value);
      else box.value = values[i] === undefined ? "" : values[i];
    });
  }

  const same = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);

  // The version and the value that stood in the cell travel with what was typed: if somebody else has
  // saved in the meantime, the server sees it and shows both.
  function hiddenBeside(box, form) {
    const cell = box.closest("[role=group], td") || form;
    return [...cell.querySelectorAll("input[type=hidden]")].filter((h) => h.name !== "csrfmiddlewaretoken" && h.name !== "token");
  }

  // ── words ──
  const two = (n) => String(n).padStart(2, "0");

  function clock(at) {
    const then = new Date(at);
    const words = `${two(then.getHours())}:${two(then.getMinutes())}`;
    if (then.toDateString() === new Date().toDateString()) return words;
    return `${words} ngày ${two(then.getDate())}/${two(then.getMonth() + 1)}/${then.getFullYear()}`;
  }

  function notice(words, kind, role) {
    const box = document.createElement("div");
    box.className = `notice ${kind}`;
    box.setAttribute("role", role);
    const text = document.createElement("p");
    text.textContent = words;
    box.append(text);
    return box;
  }

  function button(words, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-second";
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  }

  function putOnTop(box) {
    const head = main.querySelector(".page-head");
    if (head) head.after(box);
    else main.prepend(box);
  }

  // ── one form ──
  function attach(form) {
    const key = keyOf(location.pathname);
    const again = form.dataset.again || location.search;
    const cameBack = "unsaved" in form.dataset; // refused, or drawn again with more lines: nothing in it is saved
    const lines = [...document.querySelectorAll("[data-saved-line]")].map((line) => [line, line.textContent]);
    const touched = new Set(); // typed and not yet in the draft
    const typedHere = new Set();
    let timer = 0;
    let unkept = false; // something is typed that no draft holds
    let leaving = false;

    function saveDraft() {
      clearTimeout(timer);
      if (!touched.size || loggedOut) return;
      const draft = read(key) || { fields: {} };
      const boxes = boxesByName(form);
      for (const name of touched) {
        const named = boxes.get(name);
        if (!named) continue;
        const values = valuesOf(named);
        if (!cameBack && same(values, valuesOf(named, true))) delete draft.fields[name];
        else draft.fields[name] = { is: values, with: Object.fromEntries(hiddenBeside(named[0], form).map((h) => [h.name, h.value])) };
      }
      draft.at = Date.now();
      draft.again = again;
      delete draft.sent;
      const stored = write(key, draft);
      if (stored) touched.clear();
      unkept = unkept || !stored;
      say(stored, Object.keys(draft.fields).length > 0, draft.at);
    }

    function say(stored, differs, at) {
      for (const [line, before] of lines) {
        line.classList.toggle("saved--not", differs);
        if (!differs) line.textContent = before;
        else if (stored) line.textContent = `Chưa lưu. Bản nháp giữ trên máy này lúc ${clock(at)}.`;
        else line.textContent = "Chưa lưu. Máy này không giữ được bản nháp, đồng chí lưu trước khi rời trang.";
      }
    }

    function restore(draft) {
      const boxes = boxesByName(form);
      let first = null;
      let done = 0;
      let absent = 0;
      for (const [name, kept] of Object.entries(draft.fields)) {
        const named = boxes.get(name);
        if (!named) {
          absent += 1;
          continue;
        }
        if (typedHere.has(name) || same(valuesOf(named), kept.is)) continue;
        fill(named, kept.is);
        for (const hidden of hiddenBeside(named[0], form)) if (hidden.name in kept.with) hidden.value = kept.with[hidden.name];
        for (const box of named) {
          box.classList.add("is-restored");
          const closed = box.closest("details:not([open])");
          if (closed) closed.open = true;
        }
        named[0].dispatchEvent(new Event("input", { bubbles: true }));
        first = first || named[0];
        done += 1;
      }
      const left = absent ? ` Còn ${absent} ô không có trên trang này, vẫn giữ trong bản nháp.` : "";
      putOnTop(notice(`Đã lấy lại ${done} ô từ bản nháp lúc ${clock(draft.at)}, chưa lưu. Đồng chí xem lại rồi lưu.${left}`, "notice--info", "status"));
      if (first) first.focus();
    }

    function offer(draft, count) {
      const banner = notice(`Có bản nháp lúc ${clock(draft.at)} chưa lưu (${count} ô):`, "notice--info", "status");
      banner.dataset.draft = "";
      const acts = document.createElement("p");
      acts.className = "row-acts";
      acts.append(
        button("Lấy lại", () => {
          banner.remove();
          const boxes = boxesByName(form);
          if (draft.again !== again && Object.keys(draft.fields).some((name) => !boxes.has(name))) {
            sessionStorage.setItem(key, "1");
            location.assign(location.pathname + draft.again);
          } else restore(draft);
        }),
        button("Bỏ", () => {
          banner.remove();
          const kept = read(key) || draft;
          for (const name of Object.keys(draft.fields)) if (!typedHere.has(name)) delete kept.fields[name];
          write(key, kept);
          const heading = document.querySelector("h1");
          heading.tabIndex = -1;
          heading.focus();
        }),
      );
      banner.append(acts);
      putOnTop(banner);
    }

    function openDraft() {
      const draft = read(key);
      if (cameBack || !draft) return;
      const boxes = boxesByName(form);
      let count = 0;
      for (const [name, kept] of Object.entries(draft.fields)) {
        const named = boxes.get(name);
        if (named && same(valuesOf(named, true), kept.is)) delete draft.fields[name]; // it was saved after all
        else if (!named || !same(valuesOf(named), kept.is)) count += 1;
      }
      write(key, draft);
      const resumed = sessionStorage.getItem(key);
      sessionStorage.removeItem(key);
      if (resumed) restore(draft);
      else if (count) offer(draft, count);
    }

    function typed(event) {
      if (isKept(event.target)) {
        touched.add(event.target.name);
        typedHere.add(event.target.name);
        clearTimeout(timer);
        timer = setTimeout(saveDraft, 300);
      } else if (event.target.name) unkept = true;
    }

    openDraft();
    form.addEventListener("input", typed);
    form.addEventListener("change", typed);
    if (cameBack) {
      for (const [name, boxes] of boxesByName(form)) if (boxes[0].closest("[data-typed]")) touched.add(name);
      saveDraft();
    }
    form.addEventListener("submit", (event) => {
      saveDraft();
      if (event.defaultPrevented) return;
      leaving = true;
      const draft = read(key);
      if (!draft) return;
      const boxes = boxesByName(form);
      const isSent = ([name, kept]) => boxes.has(name) && same(valuesOf(boxes.get(name)), kept.is);
      write(key, { ...draft, sent: Object.entries(draft.fields).filter(isSent).map(([name]) => name) });
    });
    window.addEventListener("pagehide", saveDraft);
    document.addEventListener("visibilitychange", saveDraft);
    window.addEventListener("beforeunload", (event) => {
      saveDraft();
      if (unkept && !leaving && !loggedOut) event.preventDefault();
    });
  }

  // ── the line ──
  function watchTheLine() {
    const keeps = document.querySelector("form[data-keeps]");
    let banner = null;
    let tried = false;

    function say(words, kind, role) {
      if (banner) banner.remove();
      banner = notice(words, `line-state ${kind}`, role);
      main.prepend(banner);
    }

    function down() {
      say(
        keeps ? "Mất đường mạng. Đồng chí cứ gõ tiếp: chữ đã gõ giữ trên máy này. Có mạng lại thì bấm lưu."
          : "Mất đường mạng. Đồng chí chờ có mạng lại rồi hãy bấm tiếp.", "", "alert",
      );
    }

    window.addEventListener("offline", down);
    window.addEventListener("online", () => {
      tried = false;
      say(`Đã có mạng lại lúc ${clock(Date.now())}.${keeps ? " Đồng chí bấm lưu." : ""}`, "notice--ok", "status");
    });
    if (!navigator.onLine) down();
    if (!keeps) return;
    keeps.addEventListener("submit", (event) => {
      if (navigator.onLine || tried) return;
      tried = true; // the server may stand on this very machine: the second press goes through
      event.preventDefault();
      say("Chưa gửi được: đang mất đường mạng. Chữ đã gõ vẫn giữ trên máy này. Có mạng lại thì bấm lưu lần nữa.", "", "alert");
    });
  }

  if (main && person) {
    for (const saved of document.querySelectorAll("[data-saved]")) {
      const draft = read(keyOf(saved.dataset.saved));
      if (!draft) continue;
      for (const name of draft.sent || []) delete draft.fields[name];
      write(keyOf(saved.dataset.saved), draft);
    }
    forget((key) => Date.now() - ((read(key) || {}).at || 0) > LIVES);
    watchTheLine();
    for (const form of document.querySelectorAll("form[data-keeps]")) attach(form);
  }
  for (const form of document.querySelectorAll("form[data-ends-drafts]")) {
    form.addEventListener("submit", () => {
      loggedOut = true;
      forget((key) => key.startsWith(`${PREFIX}${form.dataset.endsDrafts}:`));
    });
  }
})();
