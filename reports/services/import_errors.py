"""The workbook of rows that must be mended: the same columns, the wrong cells red, and what is wrong behind them."""

from datetime import date, datetime

from reports.services.import_columns import LABELS, shown
from reports.workbooks.writer import Column, Styled, write_workbook

ERRORS = "Lỗi"
KEYS = {label: key for key, label in LABELS.items()}
WIDTHS = {"Tên đơn vị": 24, "Tên chỉ tiêu": 42, "Giá trị": 20, "Ghi chú": 26}
SEE = "Xem lại cùng dòng trên hoặc dưới: hai dòng này không khớp nhau."


def rows_to_mend(refusals):
    """Numbers of the rows that are wrong, or that contradict those."""
    return {r.row for r in refusals} | {row for r in refusals for row in r.related}


def write_errors(buffer, table, refusals):
    """Write the rows of ``table`` that ``refusals`` name; mended, they may be sent instead of those rows."""
    said = {}
    for refusal in refusals:
        said.setdefault(refusal.row, []).append(refusal)
    places = [i for i, label in enumerate(table.header) if label is not None and label != ERRORS]
    columns = [Column(str(table.header[i]), WIDTHS.get(str(table.header[i]), 15)) for i in places]
    wanted = rows_to_mend(refusals)
    rows = (_row(record, table, places, said.get(record.row_number, [])) for record in table.records if record.row_number in wanted)
    return write_workbook(buffer, [*columns, Column(ERRORS, 60, "error")], rows, sheet_name="Phải sửa")


def _row(record, table, places, refusals):
    wrong = {table.columns.get(KEYS[r.column]) for r in refusals}
    cells = [record.cells[i] if i < len(record.cells) else None for i in places]
    row = [
        Styled(shown(cell) if isinstance(cell, (date, datetime)) else cell, "bad") if place in wrong else cell
        for place, cell in zip(places, cells, strict=True)
    ]
    return [*row, "\n".join(f"{r.column}: {r.problem}" for r in refusals) or SEE]
