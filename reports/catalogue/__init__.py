"""Every built-in indicator, unit of measure and report outline: one meaning, one place.

Plain data, read once when this package is imported; no database. Where a counted indicator's
number comes from is in `counted`, what administrators add is merged in `reports.indicators`.
"""

from .data import read
from .entry import Computed, Concerns, Entry
from .guess import build_guesser
from .loader import LEVELS, read_entries
from .outlines import (
    Outline,
    OutlineSection,
    SentenceGroup,
    Slot,
    read_outlines,
    read_sentence_groups,
)
from .parts import SEPARATOR, Dimension
from .units import UNITS, UnitAnswer, UnitOfMeasure

_PLACES = read("places.json")

SECTIONS: dict[str, str] = _PLACES["sections"]
FLAGS: dict[str, str] = _PLACES["flags"]
# Where an indicator of a section is printed: SECTION_MAP["outline5"]["A"] == "DD".
SECTION_MAP: dict[str, dict[str, str]] = _PLACES["section_map"]
OUTLINE_HEADINGS: dict[str, dict[str, str]] = {
    key: _PLACES[key] for key in ("outline5", "outline7")
}
ENTRIES: dict[str, Entry] = read_entries(SECTIONS)
OUTLINES: dict[str, Outline] = read_outlines()
SENTENCE_GROUPS: dict[int, SentenceGroup] = read_sentence_groups()

_GUESSER = build_guesser(ENTRIES.values(), SECTIONS)


def guess_section(name: str) -> str:
    """The section code for an indicator that an import makes from a heading; "3" in doubt."""
    return _GUESSER.guess(name)


__all__ = [
    "ENTRIES",
    "FLAGS",
    "LEVELS",
    "OUTLINES",
    "OUTLINE_HEADINGS",
    "SECTIONS",
    "SECTION_MAP",
    "SENTENCE_GROUPS",
    "SEPARATOR",
    "UNITS",
    "Computed",
    "Concerns",
    "Dimension",
    "Entry",
    "Outline",
    "OutlineSection",
    "SentenceGroup",
    "Slot",
    "UnitAnswer",
    "UnitOfMeasure",
    "guess_section",
]
