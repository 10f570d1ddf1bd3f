"""The tables of a document as a workbook, one sheet a table.

Texts stay texts: nothing that a user wrote can become a formula or a link. Equal tables give
equal bytes.
"""

import re
from datetime import datetime
from decimal import Decimal

import xlsxwriter

from reports.rendering.content import Cell, Row, Table, clean

MM_PER_CHARACTER = 2.2
NEVER = datetime(2000, 1, 1)
FORMATS = {
    "title": {"bold": True},
    "note": {"italic": True},
    "head": {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1},
    "text": {"text_wrap": True, "valign": "top", "border": 1},
    "total": {"bold": True, "text_wrap": True, "valign": "top", "border": 1},
    "state": {"italic": True, "align": "center", "valign": "top", "border": 1},
}
_NUMBER = re.compile(r"-?\d{1,3}(?:\.\d{3})*(?:,\d+)?")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def write_tables(tables: list[Table], target, created: datetime = NEVER) -> None:
    """Write `tables` to `target`, a path or a binary file.

    Right-aligned cells become numbers, from `Cell.value` or from the printed number; every
    other cell is text. `created` dates the file; the clock is never read.
    """
    workbook = xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    workbook.set_properties({"created": created.replace(tzinfo=None)})
    formats = Formats(workbook)
    names: set[str] = set()
    for position, table in enumerate(tables, 1):
        sheet = workbook.add_worksheet(_sheet_name(table.caption, position, names))
        _write_table(sheet, table, formats)
    if not tables:
        workbook.add_worksheet("Trống")
    workbook.close()


class Formats:
    """The formats of one workbook, made when first needed."""

    def __init__(self, workbook):
        self._workbook = workbook
        self._made = {}

    def named(self, name: str):
        return self._get(name, FORMATS[name])

    def number(self, decimals: int, bold: bool):
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return self._get(
            (pattern, bold),
            {"num_format": pattern, "bold": bold, "valign": "top", "border": 1},
        )

    def _get(self, key, properties):
        if key not in self._made:
            self._made[key] = self._workbook.add_format(properties)
        return self._made[key]


def _write_table(sheet, table: Table, formats: Formats) -> None:
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, max(5, column.width_mm / MM_PER_CHARACTER))
    line = 0
    for text, name in ((table.caption, "title"), (table.unit_note, "note")):
        if text:
            sheet.write_string(line, 0, clean(text), formats.named(name))
            line += 1
    if table.groups:
        column = 0
        for title, span in table.groups:
            sheet.write_string(line, column, clean(title), formats.named("head"))
            for covered in range(column + 1, column + span):
                sheet.write_blank(line, covered, None, formats.named("head"))
            column += span
        line += 1
    for index, column in enumerate(table.columns):
        sheet.write_string(line, index, clean(column.title), formats.named("head"))
    sheet.freeze_panes(line + 1, 0)
    for row in table.rows:
        line += 1
        _write_row(sheet, line, row, table, formats)


def _write_row(sheet, line: int, row: Row, table: Table, formats: Formats) -> None:
    bold = row.kind in ("total", "group")
    position = 0
    for cell in row.cells:
        number = _number(cell, table.columns[position].align)
        if number is not None:
            decimals = max(0, -number.as_tuple().exponent)
            sheet.write_number(line, position, number, formats.number(decimals, bold))
        else:
            name = "state" if cell.state else "total" if bold else "text"
            sheet.write_string(line, position, clean(cell.shown), formats.named(name))
        position += cell.span


def _number(cell: Cell, align: str) -> Decimal | None:
    if cell.state:
        return None
    if cell.value is not None:
        return Decimal(cell.value)
    if align == "right" and _NUMBER.fullmatch(cell.text):
        return Decimal(cell.text.replace(".", "").replace(",", "."))
    return None


def _sheet_name(caption: str, position: int, taken: set[str]) -> str:
    """A name that Excel accepts: at most 31 characters, none twice whatever its case."""
    wanted = _FORBIDDEN.sub(" ", clean(caption)).replace("\n", " ").strip(" '")
    name = wanted[:31].strip(" '") or f"Bảng {position}"
    if name.lower() in taken or name.lower() == "history":
        name = f"{name[:26].strip()} ({position})"
    taken.add(name.lower())
    return name
