"""One line of a section's form: a cell with what stands beside it, and what somebody typed into it."""

from dataclasses import dataclass, field

from members.vietnamese import format_number, money_words
from reports.appendices import given as given_of
from reports.catalogue.counted import COUNTED
from reports.forms.words import STATE_WORDS, said
from reports.models import State
from reports.services.as_text import written
from reports.services.cells import SAID_IN_WORDS, check_length, read_cell

WORDS, NONE = "co", "x"  # values of the radio "Không có số?"; "" is "as the box says"
LEFT_EMPTY = "Để trống thì báo cáo lấy số này."
BOOKS = {"members": "theo sổ hội viên", "units": "theo danh sách đơn vị", "cluster": "theo danh sách cụm"}


def signature(choice, text, words, note):
    """What a line says, as one string: a line that still says the same is not written again."""
    if choice == WORDS:
        text = f"{WORDS}:{words.strip()}"
    elif choice == NONE:
        text = f"{NONE}:"
    return "\n".join([text.strip(), note.strip()])


@dataclass
class Line:
    """A cell of the form. Everything a template prints is a plain string here."""

    number: int
    entry: object
    part: str
    figure: object
    previous: object
    row: object = None
    text: str = ""
    choice: str = ""
    words: str = ""
    note: str = ""
    explanation: str = ""
    take: str = ""
    before: str = ""
    version: int = 0
    hint: str = ""
    difference: str = ""
    records: str = ""
    errors: list = field(default_factory=list)
    conflict: dict | None = None

    def __post_init__(self):
        if self.row is None:
            self.before = signature("", "", "", "")
            return
        row = self.row
        self.version, self.note, self.explanation = row.version, row.note, row.explanation
        if row.state == State.WORDS and self.entry.unit not in SAID_IN_WORDS:
            self.choice, self.words = WORDS, row.words
        elif row.state == State.NOT_CONCERNED:
            self.choice = NONE
        else:
            self.text = written(row, self.entry)
        self.before = signature(self.choice, self.text, self.words, self.note)

    # ── names and ids ──
    @property
    def key(self):
        return f"{self.entry.code}|{self.part}" if self.part else self.entry.code

    @property
    def id(self):
        return f"d{self.number}"

    @property
    def unit(self):
        """The unit of measure beside the box."""
        measure = self.entry.measure_for(self.part)
        if measure is not None:
            return measure.unit
        return self.row.measure if self.row else ""

    @property
    def keyboard(self):
        """inputmode: digits for counts, digits and a comma for measures; letters where a cell may need them."""
        measure = self.entry.measure_for(self.part)
        plain = not any(ch.isalpha() or ch == "/" for ch in self.text.replace("%", ""))
        if measure is None or self.entry.is_ratio or self.entry.unit in SAID_IN_WORDS or not plain:
            return "text"
        return "decimal" if measure.is_measured else "numeric"

    # ── what it says now ──
    @property
    def state(self):
        """Of the stored cell: number | words | none | missing. What stands in the box is not looked at."""
        if self.row is not None:
            if self.row.state == State.NOT_CONCERNED:
                return "none"
            return "words" if self.choice_stored == WORDS else "number"
        return "missing" if self.figure.state == State.MISSING else "number"

    @property
    def choice_stored(self):
        if self.row is None:
            return ""
        if self.row.state == State.NOT_CONCERNED:
            return NONE
        return WORDS if self.row.state == State.WORDS and self.entry.unit not in SAID_IN_WORDS else ""

    @property
    def is_missing(self):
        return self.state == "missing" and not self.text and not self.choice

    @property
    def value(self):
        """For those who only read."""
        return said(self.figure)

    @property
    def last(self):
        return said(self.previous) if self.previous and self.previous.state != State.MISSING else "–"

    @property
    def is_derived(self):
        return bool(self.entry.computed or (self.entry.numerator and self.entry.denominator))

    @property
    def echo(self):
        """Money in words, so that a zero too many is seen: that of the box, saved or not."""
        try:
            cell = read_cell(self.entry, self.text, part=self.part)
        except ValueError:
            return ""
        if cell is None or cell.state != State.NUMBER or not (cell.measure or self.unit).startswith("đồng") or cell.denominator:
            return ""
        if cell.value != cell.value.to_integral() or cell.value < 1000:
            return ""
        return f"{format_number(cell.value)} đồng: {money_words(int(cell.value))}."

    # ── what was typed ──
    def fill(self, data):
        """Take over what was posted, exactly as it was typed."""
        self.text = data.get(f"v:{self.key}", self.text)
        self.choice = data.get(f"s:{self.key}", self.choice if f"v:{self.key}" not in data else "")
        if self.choice not in ("", WORDS, NONE):
            self.choice = ""
        self.words = data.get(f"w:{self.key}", self.words)
        self.note = data.get(f"g:{self.key}", self.note)
        self.explanation = data.get(f"e:{self.key}", self.explanation)
        self.take = data.get(f"t:{self.key}", "")
        self.before = data.get(f"b:{self.key}", self.before).replace("\r\n", "\n")
        version = data.get(f"n:{self.key}", "")
        self.version = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else self.version
        if self.text.strip() and self.choice and self.choice == self.choice_stored:
            self.choice = ""  # a number typed beside "Có, không nêu số" replaces it

    @property
    def is_touched(self):
        return signature(self.choice, self.text, self.words, self.note) != self.before

    def read(self):
        """What the line wants stored: a ``CellValue``, or None for an empty cell. Raises ``ValueError``."""
        check_length("Lời ghi", self.words.strip(), "words")
        if self.choice and self.text.strip():
            chosen = STATE_WORDS[State.WORDS if self.choice == WORDS else State.NOT_CONCERNED]
            raise ValueError(f"Vừa ghi “{self.text.strip()[:40]}” vừa chọn “{chosen}”. Hãy bỏ một trong hai.")
        if self.choice == NONE:
            return read_cell(self.entry, "x", part=self.part)
        if self.choice == WORDS:
            return read_cell(self.entry, "", part=self.part, note=self.words.strip() or "có")
        if not self.text.strip():
            return None
        return read_cell(self.entry, self.text, part=self.part, note=self.note)


def compare(line, records, counted, noun, count):
    """Set the hint or the difference of ``line`` from what the records and the units below give.

    ``records``: ``FigureSet.by_records``; ``counted``: codes that a register answers; ``noun`` and
    ``count``: what the direct subordinates are called, and how many there are.
    """
    entry = line.entry
    in_book = entry.code in COUNTED
    if records.state != State.NUMBER or (records.source == "counted" and entry.code not in counted):
        if line.row is None and line.figure.source == "parts":
            line.hint = f"Cộng các phần: {said(line.figure)}. {LEFT_EMPTY}"
        elif line.is_derived and line.row is None and not line.part:
            line.hint = "Không cần gõ: chương trình tự tính khi đủ số của các dòng liên quan."
        return
    shown = said(records)
    if in_book:
        source = BOOKS[COUNTED[entry.code].book]
    elif records.source in ("ratio", "computed"):
        source = "chương trình tự tính"
    else:
        source = f"cộng {count} {noun}"
    have = "" if records.complete else f" (mới có số của {given_of(records)} {noun})"
    given = f"{source[0].upper()}{source[1:]}: {shown}{have}"
    row = line.row
    if row is None:
        line.hint = f"{given}. {LEFT_EMPTY}"
        return
    if row.state != State.NUMBER or row.qualifier or row.estimate:
        line.hint = f"{given}."
        return
    typed, found = row.value, records.value
    if entry.is_ratio:
        if row.denominator is not None or records.rate is None:
            return
        found = round(records.rate, max(0, -row.value.normalize().as_tuple().exponent))
    if typed == found:
        line.hint = f"{given}, khớp."
        return
    if have and typed > found and not in_book:  # the units that have not reported yet may be the difference
        line.hint = f"{given}."
        return
    gap = format_number(abs(typed - found))
    line.difference = f"Báo cáo {line.text or format_number(typed)}, {source} {shown}{have}, chênh lệch {gap}."
    line.records = f"{source}: {shown}"
