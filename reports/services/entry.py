"""Saving what a form or a grid says: all of its cells, or none."""

from dataclasses import dataclass

from django.db import transaction

from members.models import Unit
from reports import indicators
from reports.catalogue import Entry
from reports.services.cell_store import Cells
from reports.services.cells import (
    FIELDS,
    CellValue,
    disagreements_among,
    lock_units,
    numbers_of,
)


@dataclass(frozen=True)
class Change:
    """A cell as somebody wants it. ``version`` is the one that was on the screen, 0 when it was empty."""

    unit: Unit
    entry: Entry
    part: str
    cell: CellValue | None
    version: int
    explanation: str | None = None


class Conflicts(Exception):
    """Someone else changed these cells first: ``found`` is [(change, row as stored, None when deleted)]."""

    def __init__(self, found):
        super().__init__(len(found))
        self.found = found


class Contradictions(Exception):
    """The cells of a unit would disagree: ``found`` is [(unit, code, part, Vietnamese text)]."""

    def __init__(self, found):
        super().__init__(len(found))
        self.found = found


def says_the_same(row, change):
    """Whether the stored ``row`` (None: nothing) already says what ``change`` wants."""
    if row is None or change.cell is None:
        return row is None and change.cell is None
    same = all(getattr(row, name) == getattr(change.cell, name) for name in FIELDS)
    return same and change.explanation in (None, row.explanation)


@transaction.atomic
def save_cells(*, period, changes, by):
    """Store ``changes``, all or none; returns {"created": n, "changed": n, "deleted": n, "same": n}.

    Sent twice they are saved once. Raises ``Conflicts`` when cells were changed by someone else
    since they were read, ``Contradictions`` when the result does not agree with itself.
    """
    units = {change.unit.pk: change.unit for change in changes}
    lock_units(units.values())  # two forms for one unit are stored one after the other
    cells = Cells(by, codes={change.entry.code for change in changes})
    cells.read(units.values(), period)
    pairs = [(change, cells.stored(change.unit, period, change.entry.code, change.part)) for change in changes]
    stale = [(c, row) for c, row in pairs if (row.version if row else 0) != (c.version or 0) and not says_the_same(row, c)]
    if stale:
        raise Conflicts(stale)
    done = {"created": 0, "changed": 0, "deleted": 0, "same": 0, "none": 0}
    for change in changes:
        done[cells.take(
            unit=change.unit, period=period, entry=change.entry, part=change.part, cell=change.cell, explanation=change.explanation,
        )] += 1
    cells.write()
    _check_agreement(period, changes, units)
    return done


def _check_agreement(period, changes, units):
    entries, numbers, found = indicators.lookup(), numbers_of(units.values(), period), []
    for pk, unit in units.items():
        touched = {(c.entry.code, c.part) for c in changes if c.unit.pk == pk}
        found += [(unit, code, part, text) for code, part, text in disagreements_among(numbers[pk], entries, touched)]
    if found:
        raise Contradictions(found)
