"""The columns of a workbook of figures, what may stand in them, and how a cell of it is refused."""

from dataclasses import dataclass
from datetime import date, datetime

from members.vietnamese.text import printable

HEADERS = {
    "unit_code": ("Mã đơn vị",), "unit_name": ("Tên đơn vị",), "level": ("Cấp",), "parent_code": ("Mã cấp trên",),
    "first": ("Từ ngày",), "last": ("Đến ngày",), "code": ("Mã chỉ tiêu",), "name": ("Tên chỉ tiêu",),
    "measure": ("Đơn vị tính",), "kind": ("Loại",), "value": ("Giá trị",), "denominator": ("Mẫu số",), "note": ("Ghi chú",),
    "part": ("Phân tổ",),
}
OPTIONAL = {"part", "unit_name", "level", "parent_code", "name", "measure", "kind", "denominator", "note"}
LABELS = {key: names[0] for key, names in HEADERS.items()}
KINDS = {"thoi diem": "stock", "trong ky": "flow", "ty le": "ratio", "theo nam": "yearly"}
SHOWN = 80  # characters of a refused value


@dataclass(frozen=True)
class Refusal:
    """A cell that cannot be taken: where it is, what it says, what is wrong and how to mend it.

    ``related`` are rows that may be the wrong ones instead: the other of two that contradict each other.
    """

    row: int
    column: str
    value: str
    problem: str
    related: tuple = ()

    def __str__(self):
        shown = f" “{self.value}”" if self.value else ""
        return f"Dòng {self.row}, cột {self.column}{shown}: {self.problem}"


class Refused(Exception):
    """Raised while a row is read; ``column`` is a key of ``HEADERS``."""

    def __init__(self, column, value, problem, related=()):
        self.column, self.value, self.problem, self.related = column, value, problem, related

    def at(self, row):
        return Refusal(row, LABELS[self.column], shown(self.value), self.problem, tuple(self.related))


def text_of(value):
    """The text of a cell with single spaces and no control characters."""
    if value is None:
        return ""
    return " ".join(printable(str(value)).split())


def shown(value):
    return value.strftime("%d/%m/%Y") if isinstance(value, (date, datetime)) else text_of(value)[:SHOWN]


def day_of(value, column):
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = text_of(value)
    for pattern in ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    if not text:
        raise Refused(column, "", "thiếu ngày. Ghi ngày/tháng/năm, như 01/01/2022.")
    raise Refused(column, text, "không phải một ngày có trong lịch. Ghi ngày/tháng/năm, như 30/11/2022.")
