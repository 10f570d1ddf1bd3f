// A block copied from a spreadsheet and pasted into one box of the grid is spread over the boxes to
// the right and below; what fits nowhere is told. A block with the names of the units goes to
// “Dán cả bảng”, where each row finds its unit. Without this file every box is an ordinary input.
(function () {
  "use strict";

  function plain(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/đ/g, "d").trim();
  }

  function boxesOf(table) {
    return Array.from(table.tBodies[0].rows).map(function (row) {
      return Array.from(row.cells).slice(1, -1).map(function (cell) {
        return cell.querySelector("input.form-control");
      });
    });
  }

  function linesOf(text) {
    return text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").map(function (line) {
      return line.split("\t");
    });
  }

  function hasNames(table, lines) {
    var names = Array.from(table.tBodies[0].rows).map(function (row) { return plain(row.cells[0].textContent); });
    return lines.some(function (values) {
      var said = plain(values[0]);
      return /[a-z]/.test(said) && names.some(function (name) { return name.endsWith(said) && said.length > 2; });
    });
  }

  function spread(table, start, lines) {
    var boxes = boxesOf(table);
    var top = boxes.findIndex(function (row) { return row.includes(start); });
    var left = boxes[top].indexOf(start);
    var done = { filled: 0, closed: 0, columns: new Set(), rows: new Set() };
    lines.forEach(function (values, down) {
      values.forEach(function (value, right) {
        var row = boxes[top + down];
        var box = row && row[left + right];
        if (box) {
          box.value = value.trim();
          box.dispatchEvent(new Event("input", { bubbles: true }));
          done.filled += 1;
        } else if (value.trim() && !row) {
          done.rows.add(down);
        } else if (value.trim() && left + right >= row.length) {
          done.columns.add(right);
        } else if (value.trim()) {
          done.closed += 1;
        }
      });
    });
    return done;
  }

  function tell(table, words, isWhole) {
    var wrap = table.closest(".table-wrap");
    var box = wrap.previousElementSibling;
    if (!box || !box.matches("[data-pasted]")) {
      box = document.createElement("div");
      box.setAttribute("role", "status");
      box.dataset.pasted = "";
      wrap.before(box);
    }
    box.className = isWhole ? "notice notice--info" : "notice";
    box.textContent = words;
  }

  function say(table, done) {
    var left = [
      [done.columns.size, "cột bên phải không còn chỗ"], [done.rows.size, "hàng bên dưới không còn chỗ"],
      [done.closed, "ô không thuộc diện"],
    ].filter(function (item) { return item[0]; }).map(function (item) { return item.join(" "); });
    var words = "Đã điền " + done.filled + " ô, chưa lưu.";
    tell(table, left.length ? words + " Chưa điền: " + left.join("; ") + "." : words, !left.length);
  }

  document.querySelectorAll("table[data-grid]").forEach(function (table) {
    var whole = document.getElementById("dan");
    table.addEventListener("paste", function (event) {
      var text = event.clipboardData.getData("text/plain");
      var lines = linesOf(text);
      if (!event.target.matches("input.form-control") || (lines.length === 1 && lines[0].length === 1)) {
        return;
      }
      event.preventDefault();
      if (whole && hasNames(table, lines)) {
        whole.value = text;
        whole.closest("details").open = true;
        whole.focus();
        tell(table, "Bảng vừa dán có cột tên nên chưa điền vào ô nào: máy đã chép lên khung “Dán cả bảng từ Excel”. Bấm “Xem trước khi điền”.", true);
      } else {
        say(table, spread(table, event.target, lines));
      }
    });
  });
})();
