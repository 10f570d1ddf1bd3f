"""One cell of a unit, and how cells add up."""

from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from .models import State


class Cell(NamedTuple):
    state: str
    value: Decimal | None = None
    denominator: Decimal | None = None
    qualifier: str = ""
    words: str = ""
    measure: str = ""
    estimated: Decimal | None = None
    have: int = 0
    expected: int = 0
    source: str = ""
    partial: int = 0  # of those that gave a number, how many themselves stand on a part of their units
    expected_below: bool = False  # the counts stand for direct subordinates, not for the unit itself
    leaves: tuple[int, int] = (0, 0)  # units at the bottom that gave a number, and that were asked

    @property
    def complete(self):
        return self.have >= self.expected and not self.partial


MISSING = Cell(State.MISSING, expected=1, leaves=(0, 1))
NOT_CONCERNED = Cell(State.NOT_CONCERNED)
CONFIRMED = Cell(State.NUMBER, Decimal(0), have=1, expected=1, source="confirmed", leaves=(1, 1))
LOWER_BOUND = {"hơn", "trên", "ít nhất", ">", "≥", "từ"}


@lru_cache(maxsize=4096)
def of_records(number):
    """The cell of a unit that stands for itself alone."""
    return Cell(State.NUMBER, Decimal(number), have=1, expected=1, source="counted", leaves=(1, 1))


def from_typed(row):
    if row.state == State.NOT_CONCERNED:
        return NOT_CONCERNED
    if row.state == State.WORDS:
        return Cell(State.WORDS, words=row.words, measure=row.measure, expected=1, source="entered", leaves=(0, 1))
    return Cell(
        State.NUMBER, row.value, row.denominator, row.qualifier, row.words, row.measure,
        estimated=row.value if row.estimate else None, have=1, expected=1, source="entered", leaves=(1, 1),
    )


def sum_of(cells, source, **counts):
    """Numbers added up: what was "hơn" or "ước" in one of them stays so in the sum."""
    estimates = [c.estimated for c in cells if c.estimated is not None]
    measures = {c.measure for c in cells}
    return Cell(
        State.NUMBER, sum((c.value for c in cells), Decimal(0)), qualifier=_common_qualifier(cells),
        measure=measures.pop() if len(measures) == 1 else "",
        estimated=sum(estimates, Decimal(0)) if estimates else None, source=source,
        **counts,
    )


def ratio_of(top, bottom, **counts):
    """Two terms as one cell; an estimate in either makes the rate an estimate, a "hơn" makes it "khoảng"."""
    guessed = top.estimated is not None or bottom.estimated is not None
    near = "khoảng" if top.qualifier or bottom.qualifier else ""
    return Cell(State.NUMBER, top.value, bottom.value, near, estimated=top.value if guessed else None, source="ratio", **counts)


def leaves_of(cells):
    return sum(c.leaves[0] for c in cells), sum(c.leaves[1] for c in cells)


def partial_of(cells):
    """How many cells themselves stand on a part of their units."""
    return sum(not c.complete for c in cells)


def how_many_concerned(cells):
    """How many direct subordinates are expected to have a number."""
    return sum(c.state != State.NOT_CONCERNED for c in cells)


def own_and_below(own, below, expected):
    """Own records plus the sum below; a word below says nothing beside a number.

    ``expected`` units below were asked: they count, or the unit itself when there are none.
    """
    if own is None:
        return below
    if below is None and expected:
        return Cell(State.NUMBER, Decimal(own), expected=expected, source="counted", expected_below=True, leaves=(0, expected))
    if below is None:
        return of_records(own)
    if below.state != State.NUMBER:
        return below._replace(state=State.NUMBER, value=Decimal(own), words="", source="counted")
    return below._replace(value=own + below.value)


def _common_qualifier(cells):
    said = {c.qualifier for c in cells if c.qualifier}
    if not said:
        return ""
    if len(cells) == 1:
        return said.pop()
    return "hơn" if said <= LOWER_BOUND else "khoảng"
