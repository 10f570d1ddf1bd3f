"""What a sentence must know about the report around it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from members.vietnamese import viet_date

#: Who acts, by level: the plain subject, everybody together, those who do the work.
SUBJECTS = {
    "CHI_HOI": ("Chi hội", "Chi hội", "Chi hội"),
    "CO_SO": ("Hội", "Toàn Hội", "Hội"),
    "TINH": ("Hội", "Toàn Hội", "Các cấp Hội"),
    "CUM": ("Cụm", "Toàn Cụm", "Các cấp Hội trong Cụm"),
    "TRUNG_UONG": ("Hội", "Toàn Hội", "Các cấp Hội"),
}


def _nothing(*_args: Any) -> list[Any]:
    return []


def _no_words(_code: str) -> str:
    return ""


@dataclass(frozen=True)
class Context:
    """The report's unit, period and ways of naming them.

    ``level`` is CHI_HOI, CO_SO, TINH, CUM or TRUNG_UONG; ``kind`` the kind of
    unit (xã, khối, trường, cụm thi đua ...).  ``ends_on`` is the last day of
    the cut-off, inclusive.  ``money_style`` is "short" (102,35 triệu đồng; a small
    sum alone in its section to the đồng), "million" (triệu always) or "full".  ``breakdown(code)`` gives (unit name, figure)
    of the units below, ``missing_units(code)`` the names of those that sent
    no number, ``partly(code)`` says whose numbers stand on some of their units only, ``lacking(code)``
    names both sorts; all may give nothing.  ``known_missing``: names that the report's opening
    gives already.
    """

    unit_name: str = ""
    level: str = "CO_SO"
    kind: str = ""
    period_label: str = ""
    ends_on: date | None = None
    previous_label: str = ""
    subordinate_noun: str = "chi hội"
    money_style: str = "short"
    self_reference: str = ""
    province: str = ""
    known_missing: frozenset[str] = frozenset()
    breakdown: Callable[[str], Sequence[tuple[str, Any]]] = field(default=_nothing)
    missing_units: Callable[[str], Sequence[str]] = field(default=_nothing)
    partly: Callable[[str], str] = field(default=_no_words)
    lacking: Callable[[str], Sequence[str]] = field(default=_nothing)

    @property
    def border_noun(self) -> str:
        """“tỉnh biên giới”: what the subordinate units on the frontier are called."""
        short = " " not in self.subordinate_noun
        return f"{self.subordinate_noun} {'biên giới' if short else 'ở biên giới'}"

    def word(self, name: str) -> str:
        """The word for a ``{@name}`` slot or a group's subject."""
        plain, everybody, actors = SUBJECTS.get(self.level, SUBJECTS["CO_SO"])
        reference = self.self_reference or plain
        if name == "self":
            return reference[:1].upper() + reference[1:]
        if name == "doers":
            word = self.word("actors")
            return word[:1].lower() + word[1:] if self.level != "CO_SO" else reference
        if name == "doer":
            return "chi hội" if self.level == "CHI_HOI" else "Hội"
        if name == "branches":
            return "chi hội" if self.level == "CHI_HOI" else "các chi hội"
        if name == "all":
            return everybody
        if name == "actors":
            return actors if self.level not in ("CO_SO", "CHI_HOI") else self.word("self")
        if name == "members":
            return "Hội viên"
        if name == "units":
            return self.subordinate_noun
        if name == "ends":
            return viet_date(self.ends_on) if self.ends_on else "cuối kỳ"
        return ""
