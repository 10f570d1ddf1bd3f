"""The content of a printed document, free of any output format.

`html`, `pdf` and `xlsx` write the same objects, so the screen, the paper and the
spreadsheet cannot differ. Texts are plain: no markup, no placeholders. A text that a user
wrote is escaped by whoever writes it out, never here.

Components and their order follow Nghị định 30/2020/NĐ-CP, Phụ lục I.
"""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

STATE_WORDS = {
    "words": "có, không nêu số",
    "not_concerned": "không thuộc diện",
    "missing": "chưa báo cáo",
}


def clean(text: str) -> str:
    """`text` in NFC with plain spaces and without control characters; line breaks stay."""
    text = unicodedata.normalize("NFC", text).replace("\u00a0", " ")
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) != "Cc")


def figure_key(code: str, part: str = "") -> str:
    """The name of a figure in `Run.figure` and `Cell.figure`: "code" or "code|part"."""
    return f"{code}|{part}" if part else code


def split_figure_key(key: str) -> tuple[str, str]:
    """(code, part) of `figure_key`; the part of a whole is ''."""
    code, _, part = key.partition("|")
    return code, part


@dataclass(frozen=True)
class Run:
    """A stretch of text of one style; `figure` names the figure it was printed from."""

    text: str
    bold: bool = False
    italic: bool = False
    figure: str | None = None


@dataclass
class Paragraph:
    """kind: 'body', 'note' (small, under a table), 'closing' (the last sentence),
    'task' ("Một là, …"), 'prompt' (a question to the secretary: in drafts only)."""

    runs: list[Run]
    kind: str = "body"

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


def para(text: str, kind: str = "body") -> Paragraph:
    """A paragraph of one plain run."""
    return Paragraph([Run(text)], kind)


def task(lead: str, *runs: Run | str) -> Paragraph:
    """A task: `lead` ("Một là,") stands out, the rest follows after a space."""
    rest = [Run(run) if isinstance(run, str) else run for run in runs]
    return Paragraph([Run(lead, bold=True, italic=True), Run(" "), *rest], "task")


@dataclass
class Heading:
    """level 0: Phần, on two lines (number "Phần thứ nhất"); 1: "I."; 2: "1."; 3: "a)"."""

    level: int
    number: str
    text: str

    @property
    def title(self) -> str:
        """The text as printed: upper case in Phần and in Roman sections."""
        return self.text.upper() if self.level < 2 else self.text


@dataclass
class Column:
    """`width_mm` is a share: widths are scaled together to the width of the text.

    `header` marks the column that names the row; without a mark it is the first column
    that is aligned left.
    """

    title: str
    width_mm: float
    align: str = "left"
    header: bool = False


@dataclass
class Cell:
    """`state` '' is a text or a number (0 included); else the cell has no number and
    `text` replaces the usual words of that state. `value` is the number behind the text,
    for the spreadsheet."""

    text: str = ""
    figure: str | None = None
    state: str = ""
    span: int = 1
    value: Decimal | int | None = None

    @property
    def shown(self) -> str:
        return self.text or STATE_WORDS.get(self.state, "")


@dataclass
class Row:
    """kind: 'data', 'total', 'group' (one cell over the whole width), 'part' ("trong đó")."""

    cells: list[Cell]
    kind: str = "data"


@dataclass
class Table:
    """`caption` has its own number ("Bảng 1. …"). `small` prints 11 pt, for a matrix.

    `groups` is an upper row of column headings as (title, number of columns); together they
    cover every column.
    """

    columns: list[Column]
    rows: list[Row] = field(default_factory=list)
    caption: str = ""
    unit_note: str = ""
    small: bool = False
    groups: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self):
        if self.groups and sum(span for _, span in self.groups) != len(self.columns):
            raise ValueError("the groups of a table must cover all its columns")

    @property
    def header_index(self) -> int:
        """Position of the column that names the row."""
        for index, column in enumerate(self.columns):
            if column.header:
                return index
        aligns = [column.align for column in self.columns]
        return aligns.index("left") if "left" in aligns else 0


@dataclass
class Letterhead:
    """`number` without "Số:" ("12/BC-CCB"); `date_text` without the place.

    variant: 'state' is Nghị định 30; 'party' is the pattern of Hướng dẫn 05-HD/VPTW, a
    setting of a unit.
    """

    parent_line: str
    issuer_lines: list[str]
    number: str
    place: str
    date_text: str
    variant: str = "state"


@dataclass
class SignOff:
    """`title` may have two lines ("KT. CHỦ TỊCH\\nPHÓ CHỦ TỊCH"). `recipients` without the
    dash and the semicolon; "Lưu: VT" is the last of them."""

    authority: str
    title: str
    name: str
    recipients: list[str] = field(default_factory=list)


@dataclass
class Appendix:
    """`number` is '' for the only appendix, a Roman number from two on. `attached_line` may
    break with a newline; brackets are added when they are missing."""

    number: str
    title: str
    attached_line: str
    orientation: str = "landscape"
    blocks: list[Paragraph | Heading | Table] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"Phụ lục {self.number}".strip()


@dataclass
class Document:
    """A whole document. `created` (with its time zone) dates the file: the day of issue, or
    for a draft the moment its figures were computed; it is never read from the clock."""

    title: str
    subject_lines: list[str]
    addressed_to: str
    letterhead: Letterhead
    blocks: list[Paragraph | Heading | Table]
    sign_off: SignOff | None = None
    appendices: list[Appendix] = field(default_factory=list)
    draft: bool = False
    draft_note: str = ""
    author: str = ""
    created: datetime = field(kw_only=True)

    def __post_init__(self):
        if self.created.utcoffset() is None:
            raise ValueError("a document's date needs a time zone")

    @property
    def full_title(self) -> str:
        """One line for the file's title: "Báo cáo kết quả công tác Hội năm 2022 …"."""
        subject = " ".join(self.subject_lines)
        name = f"{self.title.capitalize()} {_lower_first(subject)}".strip()
        return f"Dự thảo {name}" if self.draft else name

    def tables(self) -> list[Table]:
        """All tables in printed order, those of the appendices last."""
        blocks = [*self.blocks, *(b for a in self.appendices for b in a.blocks)]
        return [block for block in blocks if isinstance(block, Table)]


def _lower_first(text: str) -> str:
    words = text.split(" ", 2)
    proper_name = len(words) > 1 and words[1][:1].isupper()
    return text if proper_name else text[:1].lower() + text[1:]
