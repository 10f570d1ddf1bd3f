"""The process in which a workbook is read: `python -m reports.workbooks.child SETTINGS < FILE`.

SETTINGS is JSON: sheet (index or name), limits, memory_mb, cpu_seconds. Writes JSON lines:
`[row number from 1, [cells]]` for each row that is not empty, then `{"end": rows}`; or
`{"refused": [what, mend]}`. A date is `{"date": ISO}`. Started by ``reader.read_rows`` only.
"""

import datetime
import io
import json
import math
import resource
import sys
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from .guard import Limits, Sheet, check, read_bytes
from .parts import SHEET_WIDTH, mark_key
from .refusal import RESAVE, WorkbookRefused, column_letter, grouped

LONGEST_TEXT = 32_767  # characters in a cell, Excel's own limit
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad")) | dict.fromkeys(
    [*range(32), 127], " "
)


def main() -> int:
    settings = json.loads(sys.argv[1])
    _limit(settings["memory_mb"], settings["cpu_seconds"])
    out = sys.stdout
    try:
        limits = Limits(**settings["limits"])
        data = read_bytes(sys.stdin.buffer.read(limits.file_bytes + 1), limits)
        count = 0
        for line in _lines(data, settings["sheet"], limits):
            out.write(line + "\n")
            count += 1
        out.write(json.dumps({"end": count}) + "\n")
    except WorkbookRefused as refusal:
        out.write(json.dumps({"refused": [refusal.what, refusal.mend]}) + "\n")
    except MemoryError:
        return 3
    return 0


def _limit(memory_mb: int, cpu_seconds: int) -> None:
    memory = memory_mb * 1024 * 1024
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _lines(data: bytes, wanted: int | str, limits: Limits) -> Iterator[str]:
    sheets = check(data, limits, marks=True)
    index = choose_sheet(sheets, wanted)
    sheet, marks = sheets[index], sheets[index].marks
    table = _parse(data, index, sheet)
    width = max(
        max((len(row) for row in table), default=0),
        max((key % SHEET_WIDTH + 1 for key in marks), default=0),
    )
    characters = 0
    for i in range(max(len(table), max(marks, default=-1) // SHEET_WIDTH + 1)):
        cells = [_plain(value) for value in table[i]] if i < len(table) else []
        cells += [None] * (width - len(cells))
        if marks:
            for j in range(width):
                key = mark_key(i, j)
                if key in marks:
                    cells[j] = _marked(marks[key], cells[j])
        if cells.count(None) == width:
            continue
        line = json.dumps([i + 1, cells], ensure_ascii=False, allow_nan=False)
        if len(line) > LONGEST_TEXT:
            _check_texts(cells, i, sheet)
        characters += len(line)
        if characters > limits.output_characters:
            raise WorkbookRefused(
                f"Trang tính “{sheet.name}” chứa quá nhiều chữ để nhận một lần.",
                "Hãy chia thành nhiều tệp rồi gửi lại.",
            )
        yield line


def _check_texts(cells: list, row: int, sheet: Sheet) -> None:
    for j, cell in enumerate(cells):
        if isinstance(cell, str) and len(cell) > LONGEST_TEXT:
            raise WorkbookRefused(
                f"Ô {column_letter(j)}{row + 1} của trang tính “{sheet.name}” dài quá "
                f"{grouped(LONGEST_TEXT)} ký tự.",
                "Hãy rút ngắn nội dung ô rồi gửi lại.",
            )


def choose_sheet(sheets: list[Sheet], wanted: int | str) -> int:
    """The place in `sheets` of the wanted one: a number counts the visible worksheets only."""
    visible = [i for i, s in enumerate(sheets) if s.kind == "worksheet" and not s.hidden]
    if isinstance(wanted, int):
        if 0 <= wanted < len(visible):
            return visible[wanted]
        raise WorkbookRefused(
            f"Tệp chỉ có {len(visible)} trang tính đang hiện, không có trang thứ {wanted + 1}.",
            "Hãy bỏ ẩn trang tính cần gửi, hoặc chọn đúng tệp.",
        )
    for i in visible:
        if _key(sheets[i].name) == _key(wanted):
            return i
    names = ", ".join(f"“{sheets[i].name}”" for i in visible)
    raise WorkbookRefused(
        f"Tệp không có trang tính “{wanted}” (chỉ có: {names or 'không trang nào'}).",
        "Hãy sửa lại tên trang tính rồi gửi lại.",
    )


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()


def _parse(data: bytes, index: int, sheet: Sheet) -> list[list]:
    import python_calamine  # after the limits are set

    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        if len(workbook.sheet_names) <= index:
            raise WorkbookRefused("Danh sách trang tính trong tệp bị hỏng.", RESAVE)
        parsed = workbook.get_sheet_by_index(index)
        return parsed.to_python(skip_empty_area=False) if parsed.end else []
    except python_calamine.CalamineError as error:
        raise WorkbookRefused(
            f"Không đọc được trang tính “{sheet.name}”: nội dung tệp bị hỏng.", RESAVE
        ) from error


def _plain(value):
    """A cell as JSON can carry it."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value.translate(INVISIBLE))
        return " ".join(text.split()) or None
    if isinstance(value, float):
        if not math.isfinite(value):
            return "#NUM!"
        return int(value) if value.is_integer() else value
    if isinstance(value, datetime.datetime):
        if value.time() == datetime.time():
            return {"date": value.date().isoformat()}
        return {"time": value.isoformat(timespec="seconds")}
    if isinstance(value, datetime.date):
        return {"date": value.isoformat()}
    if isinstance(value, bool | int):
        return value
    return str(value)


def _marked(mark: str | None, value):
    """The text of an error or of a formula without result; a percentage as it is shown."""
    if mark is not None:
        return mark
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    percent = format((Decimal(repr(value)) * 100).normalize(), "f")
    return percent.replace(".", ",") + "%"


if __name__ == "__main__":
    sys.exit(main())
