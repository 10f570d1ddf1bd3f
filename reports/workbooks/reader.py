"""Rows of a workbook from outside, and the table that stands in them."""

import datetime
import json
import logging
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from members.vietnamese import fold

from .guard import LIMITS, Limits, read_bytes
from .refusal import COPY_VALUES, WorkbookRefused, column_letter

__all__ = ["Record", "Row", "Table", "WorkbookRefused", "column_letter", "find_table", "read_rows"]

logger = logging.getLogger(__name__)

CHILD = f"{__package__}.child"
ROOT = Path(__file__).resolve().parents[2]
HEADER_WITHIN = 30
Cell = str | int | float | bool | datetime.date | None


@dataclass(frozen=True)
class Row:
    """A row that is not empty; `number` as the sheet shows it, from 1; cells from column A on."""

    number: int
    cells: list[Cell]


def read_rows(
    source: str | Path | bytes,
    sheet: int | str = 0,
    timeout: float = 30,
    memory_mb: int = 512,
    limits: Limits = LIMITS,
) -> list[Row]:
    """The filled rows of one sheet: the nth visible worksheet from 0, or the one of that name.

    Guard and parser run in a child process with `memory_mb` of address space, stopped after
    `timeout` seconds. Text is NFC with single spaces, "" is None, an integral number is an int, a
    day is a date (with a time of day: a datetime). What must not pass for empty or for another
    number is text: errors ("#REF!"), formulas with no stored result ("=A1+1"), numbers shown as a
    percentage ("85,5%"). Raises WorkbookRefused.
    """
    settings = {
        "sheet": sheet,
        "limits": asdict(limits),
        "memory_mb": memory_mb,
        "cpu_seconds": max(1, round(timeout)),
    }
    data = read_bytes(source, limits)
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no shell, the file only on stdin
            [sys.executable, "-B", "-X", "utf8", "-m", CHILD, json.dumps(settings)],
            input=data,
            capture_output=True,
            timeout=timeout,
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT)},  # no secret of the server reaches the child
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _stopped("Đọc tệp quá lâu nên đã dừng lại.") from None
    rows, ended = _collect(done.stdout)
    if not ended:
        logger.warning("workbook child ended with %s: %s", done.returncode, done.stderr[-500:])
        raise _stopped("Tệp làm trình đọc hết bộ nhớ hoặc dừng đột ngột.")
    return rows


def _collect(output: bytes) -> tuple[list[Row], bool]:
    rows = []
    start = 0
    while (stop := output.find(b"\n", start)) >= 0:
        message = json.loads(output[start:stop])
        start = stop + 1
        if isinstance(message, list):
            rows.append(Row(message[0], [_cell(value) for value in message[1]]))
        elif "refused" in message:
            raise WorkbookRefused(*message["refused"])
        else:
            return rows, message["end"] == len(rows)
    return rows, False


def _cell(value) -> Cell:
    if not isinstance(value, dict):
        return value
    if "date" in value:
        return datetime.date.fromisoformat(value["date"])
    return datetime.datetime.fromisoformat(value["time"])


def _stopped(what: str) -> WorkbookRefused:
    return WorkbookRefused(f"{what} Chưa có gì được lưu.", COPY_VALUES)


@dataclass(frozen=True)
class Record:
    """A row under the header; every name asked for has a value, None where the cell is empty.

    `cells`: the row as it stands in the sheet, unknown columns included.
    """

    row_number: int
    values: dict[str, Cell]
    cells: Sequence[Cell] = ()


@dataclass(frozen=True)
class Table:
    """`header_row` from 1, `header` its cells; `columns`: name -> index from 0."""

    header_row: int
    columns: dict[str, int]
    records: list[Record]
    header: Sequence[Cell] = ()

    @property
    def ignored(self) -> tuple[str, ...]:
        """The headers of columns that nobody asked for."""
        known = set(self.columns.values())
        return tuple(str(c) for i, c in enumerate(self.header) if c is not None and i not in known)

    def place(self, record: Record, name: str) -> str:
        """Where a value stands, for messages: "K5", or "dòng 5" for a column that is missing."""
        if name not in self.columns:
            return f"dòng {record.row_number}"
        return f"{column_letter(self.columns[name])}{record.row_number}"


def find_table(
    rows: Sequence[Row],
    headers: Mapping[str, Sequence[str]],
    optional: Collection[str] = (),
) -> Table:
    """The table whose header is the row, of the first 30, that knows most of the labels.

    `headers`: name -> labels it may carry, the first one printed in messages. Labels are compared
    without case, marks and punctuation. Rows with nothing in a known column and the counting row
    "1 2 3 …" under the header are left out. Raises WorkbookRefused when no header is found, a
    column that is not `optional` is missing, or two columns carry labels of one name.
    """
    known = {_label(label): name for name, labels in headers.items() for label in labels}
    best, found = None, {}
    for row in rows:
        if row.number > HEADER_WITHIN:
            break
        names = _named(row, known)
        if len(names) > len(found):
            best, found = row, names
    wanted = " | ".join(
        labels[0] + (" (nếu có)" if name in optional else "") for name, labels in headers.items()
    )
    expected = f"Dòng tiêu đề phải là: {wanted}."
    if best is None:
        raise WorkbookRefused(
            f"Không tìm thấy dòng tiêu đề nào trong {HEADER_WITHIN} dòng đầu.", expected
        )
    for name, places in found.items():
        if len(places) > 1:
            cells = " và ".join(f"{column_letter(i)}{best.number}" for i in places)
            raise WorkbookRefused(
                f"Có hai cột “{headers[name][0]}” ({cells}).",
                "Hãy xóa hoặc đổi tên một cột rồi gửi lại.",
            )
    missing = [
        f"“{headers[name][0]}”" for name in headers if name not in found and name not in optional
    ]
    if missing:
        raise WorkbookRefused(
            f"Dòng tiêu đề (dòng {best.number}) thiếu cột {', '.join(missing)}.", expected
        )
    columns = {name: found[name][0] for name in headers if name in found}
    records = _records([row for row in rows if row.number > best.number], headers, columns)
    return Table(best.number, columns, records, best.cells)


def _named(row: Row, known: dict[str, str]) -> dict[str, list[int]]:
    names: dict[str, list[int]] = {}
    for i, cell in enumerate(row.cells):
        if isinstance(cell, str) and (name := known.get(_label(cell))):
            names.setdefault(name, []).append(i)
    return names


def _label(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in fold(text)).split())


def _records(rows: Sequence[Row], headers: Mapping, columns: dict[str, int]) -> list[Record]:
    records = []
    for row in rows:
        values = {
            name: row.cells[columns[name]]
            if name in columns and columns[name] < len(row.cells)
            else None
            for name in headers
        }
        if all(value is None for value in values.values()):
            continue
        if not records and _counts(row, columns):
            continue
        records.append(Record(row.number, values, row.cells))
    return records


def _counts(row: Row, columns: dict[str, int]) -> bool:
    """Whether a row only numbers its columns: 1 2 3, (1) (2) (3), or A B 1 2 3."""
    cells = [cell for cell in row.cells if cell is not None]
    marks = [str(cell).strip("() ").upper() for cell in cells]
    letters = 0
    while letters < len(marks) and marks[letters] == chr(65 + letters):
        letters += 1
    numbers = [str(i + 1) for i in range(len(marks) - letters)]
    filled = all(i < len(row.cells) and row.cells[i] is not None for i in columns.values())
    return len(marks) >= 3 and filled and bool(numbers) and marks[letters:] == numbers
