"""Workbooks we write: equal bytes for equal rows, and no text ever becomes a formula."""

import datetime
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
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


def write_workbook(
    buffer: BinaryIO,
    header: Sequence[str],
    rows: Iterable[Sequence],
    *,
    widths: Mapping[str, float] | Sequence[float] | None = None,
    sheet_name: str = "Số liệu",
    text_columns: Iterable[str] = (),
) -> int:
    """Writes one sheet with a bold, frozen header; returns the number of rows under it.

    `rows` is read once, row by row, with constant memory. `widths` in characters, by label or in
    order. Columns whose label is in `text_columns` (CCCD, phone) are text whatever they hold.
    Cells: str, int, float, Decimal, bool, date, datetime, None (stays empty). Raises ValueError
    (Vietnamese, with the cell) for a text above 32.767 characters and TypeError for other types;
    the buffer then holds half a workbook.
    """
    texts = set(text_columns)
    text_at = {i for i, label in enumerate(header) if label in texts}
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        book.set_properties({"created": CREATED})
        sheet = book.add_worksheet(sheet_name)
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter"})
        formats = {
            str: book.add_format({"num_format": "@"}),
            datetime.date: book.add_format({"num_format": "dd/mm/yyyy"}),
            datetime.datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        }
        for i, width in enumerate(_widths(header, widths)):
            sheet.set_column(i, i, width, formats[str] if i in text_at else None)
        sheet.freeze_panes(1, 0)
        for i, label in enumerate(header):
            sheet.write_string(0, i, label, bold)
        count = 0
        for count, row in enumerate(rows, start=1):
            for i, value in enumerate(row):
                if value is None or value == "":
                    continue
                if i in text_at:
                    sheet.write_string(count, i, _text(str(value), count, i), formats[str])
                else:
                    _write(sheet, count, i, value, formats)
    return count


def _widths(header: Sequence[str], widths) -> list[float]:
    if widths is None:
        widths = {}
    elif not isinstance(widths, Mapping):
        widths = dict(zip(header, widths, strict=False))
    return [widths.get(label) or max(10, len(label) + 2) for label in header]


def _write(sheet, row: int, column: int, value, formats: dict) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float | Decimal):
        if _exact(value):
            sheet.write_number(row, column, value)
        else:
            sheet.write_string(row, column, format(Decimal(value), "f").replace(".", ","))
    elif isinstance(value, datetime.date):  # a datetime is a date too
        sheet.write_datetime(row, column, value, formats[type(value)])
    elif isinstance(value, str):
        sheet.write_string(row, column, _text(value, row, column))
    else:
        raise TypeError(f"no cell for {type(value).__name__}")


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
