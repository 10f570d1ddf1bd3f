"""Reads the built-in indicators from the data files, once, in printed order.

Printed order: section after section, inside a section the order of its file. The files leave
out what is usual: concerns every level down to the chi hội, no part, no ratio terms, spellings
that the unit of measure accepts anyway.
"""

from datetime import date

from .data import read
from .entry import Computed, Concerns, Entry
from .parts import Dimension
from .units import UNITS

# From the top down; the levels of a "down_to" are those up to and including it.
LEVELS = ("TRUNG_UONG", "TINH", "CUM", "CO_SO", "CHI_HOI")


def read_dimensions() -> dict[str, Dimension]:
    """Every dimension by the key that the entries use."""
    return {
        key: Dimension(**{**row, "values": tuple(row["values"])})
        for key, row in read("dimensions.json").items()
    }


def _concerns(row: dict) -> Concerns:
    lowest = LEVELS.index(row.get("down_to", LEVELS[-1]))
    return Concerns(
        levels=frozenset(row.get("only", LEVELS[: lowest + 1])),
        place=row.get("place", "any"),
        needs=frozenset(row.get("needs", ())),
    )


def _entry(row: dict, section: str, dimensions: dict[str, Dimension]) -> Entry:
    row = dict(row)
    computed = row.pop("computed", None)
    since = row.pop("since", None)
    return Entry(
        section=section,
        unit_accepts=(*UNITS[row["unit"]].accepts, *row.pop("unit_accepts", ())),
        numerator=row.pop("numerator", None),
        denominator=row.pop("denominator", None),
        activity_kind=row.pop("activity_kind", None),
        part_of=row.pop("part_of", None),
        parts=tuple(dimensions[key] for key in row.pop("parts", ())),
        concerns=_concerns(row.pop("concerns", {})),
        sentence_group=row.pop("sentence_group", None),
        computed=computed and Computed(computed["op"], tuple(computed["terms"])),
        since=since and date.fromisoformat(since),
        **row,
    )


def read_entries(sections) -> dict[str, Entry]:
    """Every built-in indicator by its code, in printed order."""
    dimensions = read_dimensions()
    rows = [
        _entry(row, section, dimensions)
        for section in sections
        for row in read(f"section_{section}.json")
    ]
    return {entry.code: entry for entry in rows}
