"""One XML part of a workbook, streamed through expat: nothing is built, every count is bounded.

Any DOCTYPE is refused, so no entity can exist, and plain expat is safe.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from xml.parsers import expat

from .refusal import (
    COPY_VALUES,
    RESAVE,
    WorkbookRefused,
    column_letter,
    column_number,
    grouped,
)

DEEPEST = 64  # real sheets nest 8 levels
LONGEST_WITHOUT_TAG = 1024 * 1024  # expat scans an unfinished tag again with every chunk
SHEET_WIDTH = 16384
DIGITS = "0123456789"
UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")  # expat reads it, calamine finds nothing in it


@dataclass(frozen=True)
class Limits:
    """What a workbook may hold. Sizes in bytes; rows and columns as numbered in the sheet."""

    file_bytes: int = 10 * 1024 * 1024
    entries: int = 1000
    unpacked_bytes: int = 128 * 1024 * 1024
    ratio: int = 200  # unpacked to packed, of one entry above 1 MB
    elements: int = 6_000_000  # XML elements of the whole workbook
    rows: int = 20_000
    columns: int = 60
    sheets: int = 200
    styles: int = 65_536  # cell styles, and number formats: Excel's own limit
    shared_strings: int = 200_000
    shared_characters: int = 20_000_000
    output_characters: int = 32_000_000  # what reading may hand back


@dataclass
class Sheet:
    """A sheet as the workbook lists it; `marks` as PartScan explains them."""

    name: str
    part: str
    kind: str = "worksheet"
    hidden: bool = False
    marks: dict[int, str | None] = field(default_factory=dict)


def mark_key(row: int, column: int) -> int:
    """Both counted from 0."""
    return row * SHEET_WIDTH + column


class _LocalNames(dict):
    """Element names without their prefix, each looked up once."""

    def __missing__(self, name: str) -> str:
        local = self[name] = name.rpartition(":")[2]
        return local


def _attribute(attributes: list[str], name: str) -> str | None:
    """From expat's flat list of names and values."""
    for i in range(0, len(attributes), 2):
        if attributes[i] == name:
            return attributes[i + 1]
    return None


Visit = Callable[[str, dict[str, str]], None]


class PartScan:
    """Walks one part. Raises WorkbookRefused on the first thing that no honest workbook has.

    Cells are counted wherever a `sheetData` is found, whatever the part is called. A cell is
    filled when it has a value, an inline text or a formula; a format alone does not count, and
    what `<dimension>` says is not believed.

    With `percent_styles`, what calamine drops in silence is kept in `sheet.marks`: the text of an
    error (#REF!), a formula with no stored result ("=A1+1"), and None for a number shown as a
    percentage.
    """

    def __init__(
        self,
        label: str,
        limits: Limits,
        elements: int,
        *,
        visit: Visit | None = None,
        sheet: Sheet | None = None,
        percent_styles: frozenset[str] | None = None,
    ):
        self.label = label
        self.limits = limits
        self.elements = elements  # those of the parts before this one are counted in
        self.visit = visit
        self.marks = sheet.marks if sheet else {}
        self.marking = percent_styles is not None
        self.percent_styles = percent_styles or frozenset()
        self.locals = _LocalNames()
        self.columns: dict[str, int] = {}
        self.depth = 0
        self.sheet_depth = 0
        self.width, self.height = limits.columns, limits.rows
        self.row = self.column = -1
        self.row_digits = ""
        self.outside = self.of_interest = False
        self.kind, self.percent = "n", False
        self.formula: str | None = None
        self.value = ""
        self.caught: list[str] = []
        self.strings = self.characters = 0
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.XmlDeclHandler = self._check_encoding
        parser.StartDoctypeDeclHandler = self._refuse_dtd
        parser.EntityDeclHandler = self._refuse_dtd
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        self.parser = parser

    def run(self, chunks: Iterable[bytes]) -> None:
        seen, silent = self.elements, 0
        try:
            for chunk in chunks:
                if self.elements == seen and chunk.startswith(UTF_16):
                    self._refuse_encoding()
                self.parser.Parse(chunk, False)
                silent = silent + len(chunk) if self.elements == seen else 0
                seen = self.elements
                self._check_progress(silent)
            self.parser.Parse(b"", True)
        except LookupError:
            self._refuse_encoding()
        except expat.ExpatError as error:
            raise WorkbookRefused(
                f"{self.label} bị hỏng ở dòng {error.lineno} của mã XML.", RESAVE
            ) from None

    def _check_progress(self, silent: int) -> None:
        if silent > LONGEST_WITHOUT_TAG:
            raise WorkbookRefused(
                f"{self.label} có một đoạn dài bất thường, không phải do Excel ghi ra.", RESAVE
            )
        if self.elements > self.limits.elements or self.depth > DEEPEST:
            raise WorkbookRefused(
                f"{self.label} quá lớn hoặc lồng quá sâu để đọc an toàn.", COPY_VALUES
            )

    # expat's handlers outside a sheet's data

    def _check_encoding(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "us-ascii"):
            self._refuse_encoding()

    def _refuse_encoding(self):
        raise WorkbookRefused(
            f"{self.label} không ghi bằng mã chữ UTF-8 như Excel vẫn ghi, đọc sẽ mất chữ.", RESAVE
        )

    def _refuse_dtd(self, *_):
        raise WorkbookRefused(
            f"{self.label} chứa khai báo DTD hoặc thực thể XML; tệp Excel thật không bao giờ có "
            "và tệp này có thể gây hại.",
            COPY_VALUES,
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        local = self.locals[name]
        if self.visit:
            self.visit(local, attributes)
        if local == "si":
            self.strings += 1
            self._check_strings(self.strings)
        elif local == "sst":
            declared = attributes.get("uniqueCount", "").strip()[:10]
            if declared.isdecimal():  # calamine believes it and reserves the memory
                self._check_strings(int(declared))
            self.parser.CharacterDataHandler = self._count_characters
        elif local == "sheetData":
            self.parser.CharacterDataHandler = None
            self.sheet_depth = self.depth
            self.parser.ordered_attributes = True  # a list: a dict per cell costs as much again
            self.parser.StartElementHandler = self._start_in_sheet
            self.parser.EndElementHandler = self._end_in_sheet

    def _end(self, _name: str) -> None:
        self.depth -= 1

    def _check_strings(self, count: int) -> None:
        if count > self.limits.shared_strings:
            raise WorkbookRefused(
                f"Tệp có quá {grouped(self.limits.shared_strings)} đoạn chữ khác nhau.",
                COPY_VALUES,
            )

    def _count_characters(self, text: str) -> None:
        self.characters += len(text)
        if self.characters > self.limits.shared_characters:
            raise WorkbookRefused(
                f"Phần chữ trong tệp dài quá {grouped(self.limits.shared_characters)} ký tự.",
                COPY_VALUES,
            )

    # inside a sheet's data: called millions of times, so flat and short

    def _start_in_sheet(self, name: str, attributes: list[str]) -> None:
        self.elements += 1
        self.depth += 1
        local = self.locals[name]
        if local == "c":
            if attributes and attributes[0] == "r":
                reference = attributes[1]
            else:
                reference = _attribute(attributes, "r")
            if reference is None:
                self.column += 1
            else:
                letters = reference.rstrip(DIGITS)
                digits = reference[len(letters) :]
                if digits != self.row_digits:
                    self._new_row(digits, reference)
                column = self.columns.get(letters)
                self.column = self._new_column(letters, reference) if column is None else column
            self.outside = self.column >= self.width or self.row >= self.height
            if self.marking:
                self.formula = None
                self.kind = _attribute(attributes, "t") or "n"
                self.percent = (_attribute(attributes, "s") or "0") in self.percent_styles
                self.of_interest = self.percent or self.kind == "e"
        elif local == "v" or local == "f" or local == "is":
            if self.outside:
                self._refuse_outside()
            if self.marking:
                self._start_content(local)
        elif local == "row":
            number = _attribute(attributes, "r")
            if number is None:
                self.row, self.row_digits = self.row + 1, ""
            else:
                self._new_row(number, number)
            self.column = -1

    def _end_in_sheet(self, name: str) -> None:
        self.depth -= 1
        if self.of_interest:
            self._end_content(self.locals[name])
        if self.depth < self.sheet_depth:
            self.parser.ordered_attributes = False
            self.parser.StartElementHandler = self._start
            self.parser.EndElementHandler = self._end

    def _new_row(self, digits: str, reference: str) -> None:
        if not (1 <= len(digits) <= 7 and digits.isdecimal()) or digits.startswith("0"):
            self._refuse_reference(reference)
        self.row, self.row_digits = int(digits) - 1, digits

    def _new_column(self, letters: str, reference: str) -> int:
        try:
            self.columns[letters] = column = column_number(letters)
        except ValueError:
            self._refuse_reference(reference)
        return column

    # what the child keeps besides

    def _start_content(self, local: str) -> None:
        if local == "f":
            self.formula = ""
            self.of_interest = True
        if self.of_interest and local != "is":
            self.value = ""
            self.caught = []
            self.parser.CharacterDataHandler = self.caught.append

    def _end_content(self, local: str) -> None:
        if local in ("v", "f"):
            self.parser.CharacterDataHandler = None
            text = "".join(self.caught)[:200]
            if local == "f":
                self.formula = text
            else:
                self.value = text
        elif local == "c":
            self._mark()
            self.value, self.of_interest = "", False

    def _mark(self) -> None:
        key = mark_key(self.row, self.column)
        if self.formula is not None and not self.value and self.kind != "str":
            self.marks[key] = f"={self.formula}"
        elif self.kind == "e":
            self.marks[key] = self.value or "#N/A"
        elif self.percent and self.value and self.kind == "n":
            self.marks[key] = None

    # refusals

    def _refuse_outside(self) -> None:
        limits = self.limits
        raise WorkbookRefused(
            f"{self.label} có ô {column_letter(self.column)}{self.row + 1} nằm quá xa bảng: "
            f"chỉ nhận đến dòng {grouped(limits.rows)} và cột "
            f"{column_letter(limits.columns - 1)} ({limits.columns} cột).",
            "Hãy xóa các dòng, cột và trang tính thừa ngoài bảng số liệu rồi lưu và gửi lại.",
        )

    def _refuse_reference(self, reference: str) -> None:
        raise WorkbookRefused(
            f"{self.label} bị hỏng: không có ô hay dòng nào mang địa chỉ “{reference[:20]}”.",
            RESAVE,
        )
