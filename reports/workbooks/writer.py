"""Workbooks we write: equal bytes for equal rows, and no text ever becomes a formula."""

import datetime
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

import xlsxwriter

CREATED = datetime.datetime(2000, 1, 1)  # fixed, or no two files would be equal
EXACT_DIGITS = 15  # Excel's; a longer number is written as text
LONGEST_TEXT = 32_767  # XlsxWriter drops a longer text without a word
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
A4 = 9
LINE_HEIGHT = 16.5  # points
LETTERS_A_WIDTH = 1.2  # of a sentence, in a column that is one digit wide
MOST_LINES = 20  # Excel's rows end at 409 points
PAPER = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
BOXED = {**PAPER, "border": 1, "border_color": "#b9b0a4"}
FILLED_IN = {**BOXED, "bg_color": "#fff8dc"}
TEXT = {"num_format": "@"}  # what is typed into such a cell stays as it was typed: 8/12 is no date
LOOKS = {
    "plain": {**BOXED, "text_wrap": True},
    "middle": {**BOXED, "align": "center"},
    "year": {**BOXED, "align": "center", "num_format": "0"},
    "code": {**BOXED, "font_size": 9, "font_color": "#5b5550", **TEXT},
    "number": {**FILLED_IN, "align": "right"},
    "typed": {**FILLED_IN, "align": "right", "text_wrap": True, **TEXT},
    "note": {**FILLED_IN, "text_wrap": True, **TEXT},
    "last": {**BOXED, "italic": True, "align": "right", "text_wrap": True, "font_color": "#5b5550"},
    "bad": {**BOXED, "bg_color": "#f7c6c2", "text_wrap": True, **TEXT},
    "error": {**BOXED, "font_color": "#8f1217", "text_wrap": True},
}
HEAD = {**BOXED, "bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "bg_color": "#f1e7dd"}
HEAD_TO_FILL = {**HEAD, "bg_color": "#ffe08a"}
GUIDE = {"title": {**PAPER, "bold": True, "font_size": 14}, "what": {**PAPER, "bold": True}, "how": {**PAPER, "text_wrap": True}}


@dataclass(frozen=True)
class Column:
    """`width` in characters; `look`: a key of LOOKS, for cells that bring none of their own.

    `to_fill` marks the heading of a column that people are asked to fill in.
    """

    label: str
    width: float = 12
    look: str = "plain"
    to_fill: bool = False


@dataclass(frozen=True)
class Styled:
    """A cell with a look of its own."""

    value: object
    look: str


@dataclass(frozen=True)
class Guide:
    """A second sheet: a title and lines of (what, how)."""

    title: str
    lines: Sequence[tuple[str, str]]
    name: str = "Hướng dẫn"


def write_workbook(
    buffer: BinaryIO,
    columns: Sequence[Column],
    rows: Iterable[Sequence],
    *,
    sheet_name: str = "Số liệu",
    guide: Guide | None = None,
) -> int:
    """Writes a sheet with a frozen, wrapped header, and a guide behind it; returns the rows written.

    `rows` is read once, row by row, with constant memory. Cells: str, int, float, Decimal, bool,
    date, datetime, None or "" (empty), or one of these Styled. A number or a date has its own
    format, unless the look keeps everything as text. Raises ValueError (Vietnamese, with the cell)
    for a text above 32.767 characters and TypeError for other types; the buffer then holds half a
    workbook.
    """
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        book.set_properties({"created": CREATED})
        formats = _Formats(book)
        sheet = book.add_worksheet(sheet_name)
        for i, column in enumerate(columns):
            sheet.set_column(i, i, column.width)
            head = HEAD_TO_FILL if column.to_fill else HEAD
            sheet.write_string(0, i, column.label, formats.get(head))
        sheet.set_row(0, 2 * LINE_HEIGHT)
        sheet.freeze_panes(1, 0)
        widths = [column.width for column in columns]
        count = 0
        for count, row in enumerate(rows, start=1):
            cells = [cell if isinstance(cell, Styled) else Styled(cell, column.look) for cell, column in zip(row, columns, strict=True)]
            sheet.set_row(count, LINE_HEIGHT * max(map(_lines, cells, widths)))
            for i, cell in enumerate(cells):
                _write(sheet, count, i, cell.value, LOOKS[cell.look], formats)
        sheet.autofilter(0, 0, count, len(columns) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{count + 1}"})
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        if guide:
            _write_guide(book.add_worksheet(guide.name), guide, formats)
    return count


class _Formats:
    """The formats of one workbook, made when first needed."""

    def __init__(self, book):
        self._book, self._made = book, {}

    def get(self, look: dict, num_format: str = ""):
        properties = look if "num_format" in look or not num_format else {**look, "num_format": num_format}
        key = tuple(properties.items())
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]


def _lines(cell: Styled, width: float) -> int:
    """Lines that a wrapped text takes: not every program measures them for itself."""
    if not isinstance(cell.value, str) or not LOOKS[cell.look].get("text_wrap"):
        return 1
    lines = sum(-(-len(part) // max(1, int(width * LETTERS_A_WIDTH))) for part in cell.value.split("\n"))
    return min(max(1, lines), MOST_LINES)


def _write(sheet, row: int, column: int, value, look: dict, formats: _Formats) -> None:
    if value is None or value == "":
        sheet.write_blank(row, column, None, formats.get(look, "#,##0" if look is LOOKS["number"] else ""))
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, formats.get(look))
    elif isinstance(value, int | float | Decimal):
        if _exact(value):
            sheet.write_number(row, column, value, formats.get(look, _number_format(value)))
        else:
            sheet.write_string(row, column, format(Decimal(value), "f").replace(".", ","), formats.get(look))
    elif isinstance(value, datetime.date):  # a datetime is a date too
        days = "dd/mm/yyyy hh:mm" if isinstance(value, datetime.datetime) else "dd/mm/yyyy"
        sheet.write_datetime(row, column, value, formats.get(look, days))
    elif isinstance(value, str):
        sheet.write_string(row, column, _text(value, row, column), formats.get(look))
    else:
        raise TypeError(f"no cell for {type(value).__name__}")


def _number_format(value: int | float | Decimal) -> str:
    """1.862 and 4.093,7 in a Vietnamese Excel: the separators are the reader's own."""
    places = max(0, -Decimal(str(value)).normalize().as_tuple().exponent)
    return "#,##0" + ("." + "0" * min(places, EXACT_DIGITS) if places else "")


def _exact(value: int | float | Decimal) -> bool:
    if isinstance(value, float):
        return True
    return len(Decimal(value).normalize().as_tuple().digits) <= EXACT_DIGITS


def _text(value: str, row: int, column: int) -> str:
    if len(value) > LONGEST_TEXT:
        raise ValueError(
            f"Nội dung ở dòng {row + 1}, cột {column + 1} dài quá 32.767 ký tự, Excel không chứa "
            "được."
        )
    return unicodedata.normalize("NFC", value)


def _write_guide(sheet, guide: Guide, formats: _Formats) -> None:
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 90)
    sheet.hide_gridlines(2)
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, guide.title, formats.get(GUIDE["title"]))
    for line, (what, how) in enumerate(guide.lines, start=2):
        sheet.set_row(line, LINE_HEIGHT * _lines(Styled(how, "plain"), 90) + 4)
        sheet.write_string(line, 0, what, formats.get(GUIDE["what"]))
        sheet.write_string(line, 1, how, formats.get(GUIDE["how"]))
