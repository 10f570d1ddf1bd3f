"""Dates as papers state them: a full day, a month, or only a year."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Self

from .text import clean, quote

FIRST_YEAR, LAST_YEAR = 1900, 2100
EXAMPLE = "Ghi như 30/04/1975, 04/1975 hoặc 1975"

_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        r"(?:ngày )?(?P<day>\d{1,2}) ?(?P<by>[/.-]) ?(?P<month>\d{1,2}) ?(?P=by) ?(?P<year>\d{4})",
        r"(?:ngày )?(?P<day>\d{1,2}) tháng (?P<month>\d{1,2}) năm (?P<year>\d{4})",
        r"(?:tháng )?(?P<month>\d{1,2}) ?[/-] ?(?P<year>\d{4})",
        r"tháng (?P<month>\d{1,2}) năm (?P<year>\d{4})",
        r"(?:năm )?(?P<year>\d{4})",
        r"(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2}))?",
    )
)
_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_SHORT_YEAR = re.compile(r"(?:\d{1,2} ?[/.-] ?){2}\d{2,3}", re.ASCII)
_NO_YEAR = re.compile(r"\d{1,2} ?[/-] ?\d{1,2}", re.ASCII)


def _display(year: int, month: int | None, day: int | None) -> str:
    return "/".join(f"{part:02}" for part in (day, month, year) if part is not None)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A year, a month of a year or a day, 1900-2100; never more exact than the paper it is from."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        """Raises ValueError (Vietnamese) when the calendar has no such day."""
        year, month, day = self.year, self.month, self.day
        shown = _display(year, month, day)
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise ValueError(
                f"Năm của {shown} phải từ {FIRST_YEAR} đến {LAST_YEAR}. Xem lại năm đã ghi"
            )
        if day is not None and month is None:
            raise ValueError(f"Có ngày thì phải có tháng. {EXAMPLE}")
        if month is not None and not 1 <= month <= 12:
            if day is not None and 1 <= day <= 12 < month <= 31:
                raise ValueError(
                    f"{shown} không có trong lịch. Ghi ngày trước, tháng sau: "
                    f"{month:02}/{day:02}/{year}"
                )
            raise ValueError(f"{shown} không có trong lịch: tháng chỉ từ 1 đến 12. {EXAMPLE}")
        if day is not None and not 1 <= day <= monthrange(year, month)[1]:
            raise ValueError(
                f"{shown} không có trong lịch. Ghi như 30/04/{year}, "
                f"hoặc {month:02}/{year} nếu không rõ ngày"
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads "30/04/1975", "04/1975", "1975" (day before month, four digits of the year).

        "-" and "." may stand for "/"; "ngày 30 tháng 4 năm 1975", "00/04/1975" (day unknown) and
        ISO dates are read too. Raises ValueError (Vietnamese) for anything else.
        """
        typed = clean(str(text)).lstrip("'’")
        if not typed:
            raise ValueError(f"Chưa ghi ngày. {EXAMPLE}")
        for form in _FORMS:
            if found := form.fullmatch(typed.lower()):
                return cls._from_parts(found.groupdict())
        if _NO_YEAR.fullmatch(typed):
            raise ValueError(f"{quote(typed)} thiếu năm, hoặc năm không đủ bốn chữ số. {EXAMPLE}")
        if _SHORT_YEAR.fullmatch(typed):
            raise ValueError(f"{quote(typed)}: ghi đủ bốn chữ số của năm. {EXAMPLE}")
        raise ValueError(f"Không đọc được ngày {quote(typed)}. {EXAMPLE}")

    @classmethod
    def _from_parts(cls, parts: dict[str, str | None]) -> Self:
        year, month, day = (int(parts.get(name) or 0) for name in ("year", "month", "day"))
        # Registers write 00 for the part nobody knows; a known day of an unknown month stays wrong.
        if day and not month and "month" in parts:
            raise ValueError(f"{day:02}/00/{year}: có ngày thì phải có tháng. {EXAMPLE}")
        return cls(year, month or None, day or None)

    @classmethod
    def from_iso(cls, text: str) -> Self:
        """Reads what `iso` wrote. Raises ValueError (Vietnamese) for anything else."""
        found = _ISO.fullmatch(text)
        if not found:
            raise ValueError(f"Không đọc được ngày {quote(text)}. {EXAMPLE}")
        return cls(*(int(part) if part else None for part in found.groups()))

    @property
    def iso(self) -> str:
        """As stored: "1975", "1975-04" or "1975-04-30": text order is date order."""
        parts = (f"{part:02}" for part in (self.year, self.month, self.day) if part is not None)
        return "-".join(parts)

    @property
    def display(self) -> str:
        """As printed: "1975", "04/1975" or "30/04/1975"."""
        return _display(self.year, self.month, self.day)

    @property
    def first_day(self) -> date:
        """The earliest day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> date:
        """The latest day it can mean, inclusive."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    def __str__(self) -> str:
        return self.display


def viet_date(day: date) -> str:
    """As in "ngày 05 tháng 12 năm 2022": a leading 0 for days below 10 and for months 1 and 2 only.

    Rule of Nghị định 30/2020/NĐ-CP, Phụ lục I.
    """
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"
