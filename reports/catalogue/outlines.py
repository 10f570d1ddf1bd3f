"""Outlines of the reports: which sections, in which order, with which indicators."""

from dataclasses import dataclass, field
from typing import NamedTuple

from .data import read

OUTLINE_CODES = ("annual5", "annual7", "half_year", "half_term", "cluster", "rating")


@dataclass(frozen=True, slots=True)
class OutlineSection:
    """One heading of a report.

    number: as printed when no section is left out. part: 0 opening, 1 results, 2 plans,
    3 appendix. type: figures | text | targets | plan | conference | campaign | table.
    if_empty: "ask" the secretary the prompts, or "omit" the section. yearly: "by_year" prints
    yearly numbers year by year. proposals: the group of model sentences that is proposed.
    list_style: "Một là" for lists counted in words. denominator: the indicator that the shares
    of this section are taken of. show_parts: "children" names each subordinate unit's number.
    """

    code: str
    number: str
    heading: str
    part: int
    type: str
    indicators: tuple[str, ...] = ()
    sentence_groups: tuple[int, ...] = ()
    prompts: tuple[str, ...] = ()
    if_empty: str = "ask"
    yearly: str = ""
    proposals: str = ""
    list_style: str = ""
    denominator: str = ""
    show_parts: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """The plan of one kind of report. title: first the kind of document, then its subject."""

    code: str
    name: str
    report_kind: str
    levels: frozenset[str]
    numbering: str
    title: str
    parts: dict[int, str] = field(hash=False)
    compare: tuple[str, ...]
    sections: tuple[OutlineSection, ...]

    def section(self, code: str) -> OutlineSection:
        """The section with this code; KeyError when the outline has none."""
        for section in self.sections:
            if section.code == code:
                return section
        raise KeyError(code)


class Slot(NamedTuple):
    """A place for a figure in a model sentence; part "" is the whole."""

    code: str
    part: str


@dataclass(frozen=True, slots=True)
class SentenceGroup:
    """Figures that one model sentence says together, by the name of their slot."""

    number: int
    name: str
    slots: dict[str, Slot] = field(hash=False)


def _section(row: dict) -> OutlineSection:
    lists = {key: tuple(value) for key, value in row.items() if isinstance(value, list)}
    return OutlineSection(**{**row, **lists})


def _outline(code: str) -> Outline:
    row = read(f"outlines/{code}.json")
    return Outline(
        **{
            **row,
            "levels": frozenset(row["levels"]),
            "parts": {int(number): heading for number, heading in row["parts"].items()},
            "compare": tuple(row["compare"]),
            "sections": tuple(map(_section, row["sections"])),
        }
    )


def _sentence_group(row: dict) -> SentenceGroup:
    slots = {}
    for name, reference in row["slots"].items():
        code, _, part = reference.partition("/")
        slots[name] = Slot(code, part)
    return SentenceGroup(row["number"], row["name"], slots)


def read_outlines() -> dict[str, Outline]:
    """Every outline by its code."""
    return {code: _outline(code) for code in OUTLINE_CODES}


def read_sentence_groups() -> dict[int, SentenceGroup]:
    """Every sentence group by its number, from 1."""
    return {row["number"]: _sentence_group(row) for row in read("sentence_groups.json")}
