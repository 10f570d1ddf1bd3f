"""The table in a sheet as offices keep it: titles above, one or two header rows, totals and signatures below."""

import hashlib
import re
from dataclasses import dataclass, field
from itertools import zip_longest

from members.workbooks.guard import Limits
from members.workbooks.reader import Row, read_rows
from members.workbooks.refusal import WorkbookRefused, column_letter

from .columns import KNOWN, label_key
from .encodings import convert, decide
from .values import shown

HEADER_WITHIN = 30
LIMITS = Limits(
    rows=100_100, elements=16_000_000, unpacked_bytes=512 * 1024 * 1024, shared_strings=2_500_000, shared_characters=60_000_000,
    output_characters=96_000_000,
)
MEMORY_MB = 1024
SECONDS = 120
NAMED = {"name", "given"}  # without one of them there is nobody to enter
SAMPLES = 3
_TOTALS = re.compile(r"^(tổng|cộng|tong cong|cong:|tổng cộng)\b", re.IGNORECASE)
_SIGNATURES = re.compile(r"^(người lập|tm\.|t/m|thay mặt|chủ tịch|thư ký|xác nhận|ngày \d|nơi nhận)", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """A row that should be a person: ``cells`` in Unicode, ``raw`` as they stand; ``section`` is the heading "Chi hội …" above it."""

    number: int
    cells: list
    raw: list
    section: str = ""


@dataclass
class Sheet:
    """``labels`` by column, as the sheet says; ``guessed``: column → key; ``passed``: (row, why) of rows that are no person."""

    labels: list[str]
    guessed: dict[int, str]
    encodings: dict[int, str]
    lines: list[Line]
    header_row: int = 1
    passed: list[tuple[int, str]] = field(default_factory=list)

    @property
    def fingerprint(self):
        """Of the header's words: the same workbook next year is mapped as this year."""
        return hashlib.sha256("\n".join(map(label_key, self.labels)).encode()).hexdigest()

    def columns(self):
        """(index, letter, label, samples before, samples after) of every column that says something."""
        for i, label in enumerate(self.labels):
            samples = [shown(c) for c in (line.raw[i] for line in self.lines[:200] if i < len(line.raw)) if c is not None]
            telling = [text for text in samples if not text.isascii()] if self.encodings.get(i) else []
            before = [text[:60] for text in (telling or samples)[:SAMPLES]]
            if label or samples:
                yield i, column_letter(i), label, before, [convert(text, self.encodings.get(i, "")) for text in before]


def rows_of(content):
    """The rows of the first visible sheet of an .xlsx or .xls. Raises ``WorkbookRefused``."""
    return read_rows(content, timeout=SECONDS, memory_mb=MEMORY_MB, limits=LIMITS, legacy=True)


def read_sheet(rows, mapping=None):
    """``mapping``: what was chosen for the columns ({"columns", "encodings"}, indexes as text), else it is guessed.

    Raises ``WorkbookRefused`` when no row of the first thirty is a header with a name in it.
    """
    at, labels, guessed = _find_header(rows)
    below = [row for row in rows if row.number > at]
    width = max((len(row.cells) for row in below), default=0)
    labels = labels + [""] * (width - len(labels))
    if mapping:
        chosen = {int(i): key for i, key in mapping["columns"].items()}
        encodings = {int(i): found for i, found in mapping["encodings"].items() if found}
    else:
        chosen = guessed
        texts = {i: (row.cells[i] for row in below[:2000] if i < len(row.cells) and isinstance(row.cells[i], str)) for i in range(len(labels))}
        encodings = {i: found for i in texts if (found := decide(texts[i]))}
    lines, passed = _people(below, chosen, encodings)
    return Sheet([_readable(label) for label in labels], guessed, encodings, lines, at, passed)


# ── The header ──


def _readable(label):
    """A heading in the old fonts, in Unicode."""
    return convert(label, decide([label]))


def _key_of(*texts):
    for text in texts:
        for read in (text, convert(text, "tcvn3"), convert(text, "vni")):
            if (key := KNOWN.get(label_key(read))):
                return key
    return None


def _find_header(rows):
    """(number of its last row, labels by column, keys by column)."""
    best = (0, 0, [], {})
    for row, below in zip_longest(rows, rows[1:]):
        if row.number > HEADER_WITHIN:
            break
        for last, labels, keys in (_single(row), _double(row, below)):
            if len(keys) > best[0] and NAMED & {*keys.values()}:
                best = (len(keys), last, labels, keys)
    if best[0] < 2:
        raise WorkbookRefused(
            f"Không tìm thấy dòng tiêu đề trong {HEADER_WITHIN} dòng đầu.",
            "Danh sách cần một dòng ghi tên các cột, ít nhất có “Họ và tên” và “Ngày sinh”. Thêm dòng ấy lên trên danh sách rồi gửi lại.",
        )
    return best[1:]


def _texts(row):
    return [str(cell) if cell is not None else "" for cell in row.cells]


def _single(row):
    labels = _texts(row)
    keys = {}
    for i, label in enumerate(labels):
        key = _key_of(label) if label else None
        if key and key not in keys.values():
            keys[i] = key
    return row.number, labels, keys


def _double(row, below):
    """Two header rows, cells merged over columns ("Năm sinh": "Nam", "Nữ") or over both rows."""
    if below is None or below.number != row.number + 1 or any(not isinstance(cell, str | None) for cell in below.cells):
        return row.number, [], {}
    upper, lower = _texts(row), _texts(below)
    labels, keys, parent = [], {}, ""
    for i in range(max(len(upper), len(lower))):
        top, sub = (texts[i] if i < len(texts) else "" for texts in (upper, lower))
        parent = top or (parent if sub else "")
        key = _key_of(f"{parent} {sub}", sub) if sub else _key_of(top) if top else None
        labels.append(f"{parent} {sub}".strip() if sub else top)
        if key and key not in keys.values():
            keys[i] = key
    names = [i for i, key in keys.items() if key in NAMED]
    if any(i < len(lower) and lower[i] and not _key_of(lower[i]) for i in names):  # a person stands there already
        return row.number, [], {}
    return below.number, labels, keys


# ── The people below it ──


def _people(rows, keys, encodings):
    lines, passed, section = [], [], ""
    named = [i for i, key in keys.items() if key in NAMED]
    family = [i for i, key in keys.items() if key == "family"]
    for row in rows:
        cells = [convert(cell, encodings[i]) if i in encodings and isinstance(cell, str) else cell for i, cell in enumerate(row.cells)]
        filled = [cell for cell in cells if cell is not None]
        texts = [cell for cell in filled if isinstance(cell, str)]
        if not lines and _counts(filled):
            continue
        first = next(iter(texts), "")
        if len(filled) == 1 and texts and label_key(first).startswith(("chi hoi ", "phan hoi ")):
            section = first
        elif any(_TOTALS.match(text) for text in texts[:1]) or any(_TOTALS.match(cells[i]) for i in named if i < len(cells) and isinstance(cells[i], str)):
            passed.append((row.number, "dòng tổng cộng"))
        elif all(i >= len(cells) or cells[i] is None for i in [*named, *family]):
            passed.append((row.number, "không có họ tên"))
        elif (len(filled) == 1 and len(keys) > 1) or _SIGNATURES.match(first):
            passed.append((row.number, "không phải hội viên"))
        else:
            lines.append(Line(row.number, cells, row.cells, section))
    return lines, passed


def _counts(filled):
    """Whether a row only numbers the columns: 1 2 3, (1) (2) (3), or A B 1 2 3."""
    marks = [str(cell).strip("() ").upper() for cell in filled]
    letters = 0
    while letters < len(marks) and marks[letters] == chr(65 + letters):
        letters += 1
    return len(marks) >= 3 and marks[letters:] == [str(i + 1) for i in range(len(marks) - letters)]


__all__ = ["Line", "Row", "Sheet", "WorkbookRefused", "read_sheet", "rows_of"]
