// A block copied from a spreadsheet and pasted into one box of the grid is spread over the boxes
// to the right and below. Without this file every box is still an ordinary input.
(function () {
  "use strict";

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

  function spread(table, start, lines) {
    var boxes = boxesOf(table);
    var top = boxes.findIndex(function (row) { return row.includes(start); });
    var left = boxes[top].indexOf(start);
    lines.forEach(function (values, down) {
      values.forEach(function (value, right) {
        var box = (boxes[top + down] || [])[left + right];
        if (box) { box.value = value.trim(); }
      });
    });
  }

  document.querySelectorAll("table[data-grid]").forEach(function (table) {
    table.addEventListener("paste", function (event) {
      var lines = linesOf(event.clipboardData.getData("text/plain"));
      if (!event.target.matches("input.form-control") || (lines.length === 1 && lines[0].length === 1)) {
        return;
      }
      event.preventDefault();
      spread(table, event.target, lines);
    });
  });
})();
