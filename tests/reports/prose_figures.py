"""Stand-ins for figures, with the fields that sentences read, and what a readable text is."""

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from reports.catalogue import ENTRIES
from reports.prose import Context, write_section

SOURCE_MAP = Path(__file__).parents[3] / "shared" / "domain" / "catalogue" / "source_map.json"
SAID = [entry for entry in ENTRIES.values() if entry.print != "none"]
CHI_HOI, CO_SO, TINH, CUM = (
    Context(
        level=level,
        period_label="năm 2022",
        ends_on=date(2022, 11, 30),
        previous_label="năm 2021",
        subordinate_noun=noun,
    )
    for level, noun in (
        ("CHI_HOI", "phân hội"),
        ("CO_SO", "chi hội"),
        ("TINH", "tổ chức cơ sở Hội"),
        ("CUM", "tỉnh"),
    )
)


@dataclass(frozen=True)
class Figure:
    """Stands in for a resolved figure: same fields, no database."""

    entry: Any
    part: str = ""
    state: str = "number"
    value: Decimal | None = None
    denominator: Decimal | None = None
    qualifier: str = ""
    words: str = ""
    note: str = ""
    unit: str = ""
    estimate: bool = False
    estimated: Decimal | None = None
    have: int = 0
    expected: int = 0
    partial: int = 0
    source: str = "entered"
    typed: Decimal | None = None
    held: bool = False
    previous: Any = None

    @property
    def complete(self):
        return self.have >= self.expected and not self.partial

    @property
    def rate(self):
        scale = 100 if self.entry.unit == "%" else 1
        return self.value / self.denominator * scale if self.denominator else self.value


class Figures:
    def __init__(self, figures):
        self.found = {(figure.entry.code, figure.part): figure for figure in figures}

    def get(self, code, part=""):
        return self.found.get((code, part))

    def parts(self, code):
        return [figure for (owner, part), figure in self.found.items() if owner == code and part]


def number(code, value, part="", **more):
    entry = ENTRIES[code]
    more.setdefault("unit", entry.unit)
    return Figure(entry, part, value=Decimal(str(value)), **more)


def words(code, said="", part=""):
    return Figure(ENTRIES[code], part, state="words", words=said, unit=ENTRIES[code].unit)


def paragraphs(*figures, context=CO_SO):
    entries = list({figure.entry.code: figure.entry for figure in figures}.values())
    return write_section(entries, Figures(figures), context)


def text(*figures, context=CO_SO):
    return " ".join(paragraph.text for paragraph in paragraphs(*figures, context=context))


def from_source(source, unit=None):
    rows = json.loads(SOURCE_MAP.read_text(encoding="utf-8"))["rows"]
    return [
        Figure(
            ENTRIES[row["code"]],
            row["part"],
            state="number" if row["value"] is not None else "words",
            value=None if row["value"] is None else Decimal(str(row["value"])),
            denominator=Decimal(row["denominator"]) if "denominator" in row else None,
            qualifier=row.get("qualifier", ""),
            words=row.get("words", ""),
            unit=row["unit_of_measure"],
            held=row["print"] == "held",
        )
        for row in rows
        if row["source"] == source and row["code"] and (unit is None or row["unit"] == unit)
    ]


def links(found):
    return {run.figure for paragraph in found for run in paragraph.runs if run.figure}


def key(figure):
    return f"{figure.entry.code}|{figure.part}" if figure.part else figure.entry.code


def sentences(found):
    return [
        sentence for paragraph in found for sentence in re.split(r"(?<=\.) (?=\w)", paragraph.text)
    ]


def assert_readable(found):
    for paragraph in found:
        said = paragraph.text
        assert said == unicodedata.normalize("NFC", said)
        assert said.endswith(".")
        assert not re.search(r"[{}]|  | [,;.)]|\( |None|\.\.|;;|,,", said), said
        assert not re.search(r"\d%?\s+\d", said), said
    for sentence in sentences(found):
        assert not sentence[:1].isdigit(), sentence
        assert not sentence[:1].islower(), sentence
