"""The one refusal of this package, and how places in a sheet are named in it."""


class WorkbookRefused(ValueError):
    """A workbook that is not read. The text is Vietnamese: what, where, how to mend it."""

    def __init__(self, what: str, mend: str = ""):
        super().__init__(f"{what} {mend}".strip())
        self.what = what
        self.mend = mend


RESAVE = "Hãy mở tệp bằng Excel, lưu thành một tệp .xlsx mới rồi gửi lại."
COPY_VALUES = (
    "Hãy sao chép bảng số liệu, dán dạng giá trị (Paste Special → Values) sang một tệp mới, "
    "lưu dạng .xlsx rồi gửi lại."
)


def grouped(number: int) -> str:
    """20000 -> "20.000"."""
    return f"{number:,}".replace(",", ".")


def column_letter(index: int) -> str:
    """The letters of a column counted from 0: 0 -> "A", 16383 -> "XFD"."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The index from 0 of a column's letters: "A" -> 0; ValueError when they are no column."""
    number = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise ValueError(letters)
        number = number * 26 + ord(letter) - 64
    if not 1 <= number <= 16384:
        raise ValueError(letters)
    return number - 1
