"""The only way to a number: ``figure``, ``rows_behind`` and ``FigureSet`` for many at once.

Rules 1–9 of a unit's value are those of the design: a typed number stands for the unit and all
below it; else its own records plus its direct subordinates; empty is not zero.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from members.models import Period, PeriodKind
from members.scoping import all_units, current_scope, path_after
from reports import indicators
from reports.catalogue import ENTRIES, Entry
from reports.catalogue.counted import COUNTED

from .models import State
from .models.figure import EnteredFigure, PrintMode
from .resolve import Resolver
from .structure import Structure, dates_of

__all__ = ["Figure", "FigureSet", "State", "figure", "previous_period", "rows_behind"]


@dataclass(frozen=True)
class Figure:
    """One cell: a unit's value of an indicator, or of one part of it, in a period.

    ``value`` and ``denominator`` are the terms of a ratio when both are known; money is đồng.
    ``typed`` is the rate as the unit typed it when its terms are known and it is computed ("như đã in").
    ``have``/``expected`` count the direct subordinates a sum stands on: those that gave a number, of those
    asked; ``partial`` of them stand on a part of their own units only. All are 0 when the unit itself gave
    it. ``leaves`` counts the units at the bottom the same way.
    """

    entry: Entry
    part: str
    state: State
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
    leaves: tuple[int, int] = (0, 0)
    source: str = ""
    typed: Decimal | None = None
    typed_as: str = ""
    held: bool = False
    previous: "Figure | None" = None

    @property
    def code(self):
        return self.entry.code

    @property
    def key(self):
        return f"{self.code}|{self.part}" if self.part else self.code

    @property
    def complete(self):
        """Whether every unit below that was asked stands behind the number, all the way down."""
        return self.have >= self.expected and not self.partial

    @property
    def rate(self):
        """A ratio as printed: percent, đồng a head …; as typed when its terms are unknown. None without a number."""
        if self.value is None:
            return None
        if not self.entry.is_ratio or self.denominator is None:
            return self.value
        scale = 100 if self.entry.unit in ("%", "điểm phần trăm") else 1
        return self.value / self.denominator * scale


class FigureSet:
    """Every figure of ``unit`` in ``period``, computed on demand from one load.

    Raises ``PermissionDenied`` for a unit outside the scope: a figure never depends on who asks,
    but not everyone may ask.
    """

    def __init__(self, unit, period, structure="then", entries=None, compare=True):
        if not current_scope().contains(unit.path):
            raise PermissionDenied("Đơn vị này không thuộc phạm vi của đồng chí.")
        self.unit, self.period, self.structure_mode = unit, period, structure
        with all_units("a figure of a unit is the same whoever may ask for it"):
            self.entries = entries or indicators.lookup()
            self._resolver = Resolver(unit, period, structure, self.entries)
            before = previous_period(unit, period) if compare else None
            self.before = before and FigureSet(unit, before, structure, self.entries, compare=False)

    def get(self, code, part=""):
        """The figure of a cell; raises ``KeyError`` for an unknown code."""
        found = self._figure(self.unit.pk, code, part, top=True)
        computed = self.entries[code].computed
        if computed and computed.op == "decrease" and found.state == State.MISSING and self.before:
            return self._decrease(found, computed.terms[0])
        return found

    def _decrease(self, missing, code):
        """What a rate fell by since the period before, in points; below zero when it rose."""
        now, then = self.get(code), self.before.get(code)
        if now.rate is None or then.rate is None:
            return missing
        return replace(missing, state=State.NUMBER, value=then.rate - now.rate, source="computed")

    def _figure(self, pk, code, part, top=False):
        entry = self.entries[code]
        with all_units("resolving reads below the unit asked about"):
            cell = self._resolver.cell(pk, code, part)
        typed = self._resolver.typed(pk, code, part)
        as_printed = typed if typed and entry.is_ratio and cell.source == "ratio" and typed.denominator is None else None
        previous = None
        if top and self.before and cell.state == State.NUMBER:
            old = self.before.get(code, part)
            previous = old if old.state == State.NUMBER else None
        return Figure(
            entry=entry, part=part, state=cell.state, value=cell.value, denominator=cell.denominator,
            qualifier=cell.qualifier, words=cell.words, note=typed.note if typed else "", unit=cell.measure or entry.unit,
            estimate=cell.estimated is not None, estimated=cell.estimated,
            have=cell.have if cell.expected_below else 0, expected=cell.expected if cell.expected_below else 0,
            partial=cell.partial if cell.expected_below else 0,
            source=cell.source, leaves=cell.leaves,
            typed=as_printed.value if as_printed else None, typed_as=as_printed.as_typed if as_printed else "",
            held=bool(typed and typed.print_mode == PrintMode.HELD), previous=previous,
        )

    def parts(self, code):
        """Figures of the parts that anyone typed or that are counted, in printed order; never the missing ones."""
        parts = self._resolver.parts_of(code)
        if self.get(code).source == "entered":  # it stands for everything below: what others split is not its split
            parts = [p for p in parts if self._resolver.typed(self.unit.pk, code, p)]
        found = [self.get(code, part) for part in parts]
        return [f for f in found if f.state not in (State.MISSING, State.NOT_CONCERNED)]

    def all(self):
        """Every figure that says something (not missing, not out of concern), parts after their whole."""
        out = []
        for code in self.entries:
            if not self._resolver.is_live(code):
                continue
            whole = self.get(code)
            if whole.state not in (State.MISSING, State.NOT_CONCERNED):
                out.append(whole)
            out += self.parts(code)
        return out

    def breakdown(self, code, part=""):
        """(unit, figure) of each direct subordinate, or cluster member; those not concerned included."""
        below = self._resolver.tree
        return [(below.units[pk], self._figure(pk, code, part)) for pk in below.children[self.unit.pk]]

    @property
    def first(self):
        """First day of the period for this unit; ``last`` is the cut-off, both inclusive."""
        return self._resolver.tree.first

    @property
    def last(self):
        return self._resolver.tree.last

    def is_live(self, code):
        """Whether anything at or below the unit may give this entry a value."""
        return self._resolver.is_live(code)

    def subordinates(self):
        tree = self._resolver.tree
        return [tree.units[pk] for pk in tree.children[self.unit.pk]]

    def has_typed(self):
        """Whether the unit itself typed anything for the period."""
        return self._resolver.has_typed()

    def giving_units(self):
        """Direct subordinates from which anything has come: a number, a confirmation."""
        return [self._resolver.tree.units[pk] for pk in self._resolver.giving()]

    def concerns(self, code, unit=None):
        return self._resolver.tree.concerns((unit or self.unit).pk, self.entries[code])

    def missing_units(self, code, part=""):
        """Direct subordinates concerned whose number is still missing."""
        return [unit for unit, f in self.breakdown(code, part) if f.state == State.MISSING]

    def partial_units(self, code, part=""):
        """(unit, figure, its own subordinates) of the direct subordinates whose number stands on a part of those."""
        below = self._resolver.tree
        return [
            (unit, f, [below.units[pk] for pk in below.children[unit.pk]])
            for unit, f in self.breakdown(code, part) if f.state == State.NUMBER and not f.complete
        ]

    def by_records(self, code, part=""):
        """What the records and the units below give, as if this unit had typed nothing."""
        entry = self.entries[code]
        with all_units("resolving reads below the unit asked about"):
            cell = self._resolver.without_typed(self.unit.pk, code, part)
        if cell.source == "confirmed":  # a 0 that only the unit's own word makes is no record
            cell = cell._replace(state=State.MISSING, value=None)
        return Figure(entry=entry, part=part, state=cell.state, value=cell.value, denominator=cell.denominator,
                      qualifier=cell.qualifier, unit=entry.unit, have=cell.have, expected=cell.expected, partial=cell.partial,
                      source=cell.source)

    def typed(self, code, part=""):
        """The ``EnteredFigure`` of the unit itself, or None."""
        return self._resolver.typed(self.unit.pk, code, part)


def figure(code, unit, period, part="", structure="then"):
    """The figure of one cell. Raises ``PermissionDenied`` outside the scope, ``KeyError`` for an unknown code."""
    return FigureSet(unit, period, structure).get(code, part)


def rows_behind(code, unit, period, part=""):
    """The records that a counted figure counts, as a queryset in the reader's scope; None when nothing is counted.

    Terms of a ratio have their own rows: ask for its numerator.
    """
    counted = COUNTED.get(code)
    if counted is None:
        return None
    if not current_scope().contains(unit.path):
        raise PermissionDenied("Đơn vị này không thuộc phạm vi của đồng chí.")
    with all_units("the tree of the unit asked about"):
        tree = Structure(unit, period)
    by_dates = {}  # each branch counts within its own dates
    for pk in tree.units:
        if tree.counts(pk, ENTRIES[code]) and (counted.book != "units" or pk in tree.complete):
            by_dates.setdefault(tree.dates[pk], []).append(pk)
    found = [_rows_of(counted, *dates, keys, part) for dates, keys in by_dates.items()]
    if len(found) == 1:
        return found[0]
    condition = Q(pk__in=[])
    for rows in found:
        condition |= Q(pk__in=rows.order_by().values("pk"))
    return counted.rows(tree.first, tree.last).model.objects.filter(condition)


def _rows_of(counted, first, last, keys, part):
    rows = counted.rows(first, last).filter(**{f"{counted.owner.removesuffix('_id')}__in": keys})
    if part and counted.part:
        age, label = counted.part(first, last)
        rows = rows.annotate(age=age) if age is not None else rows
        rows = rows.annotate(part=label).filter(part=part)
    return rows


def typed_rows(code, unit, period):
    """What ``unit`` and the units below typed for this indicator, the unit's own first."""
    return (
        EnteredFigure.objects.filter(code=code, period=period, unit__path__gte=unit.path, unit__path__lt=path_after(unit.path))
        .select_related("unit", "typed_by").order_by("unit__path", "part")
    )


def previous_period(unit, period):
    """The period to compare with: the same one of the year before, or the term before; None when there is none.

    Of several with these dates the one for which ``unit`` typed figures comes first.
    """
    first, _ = dates_of(unit, period)
    if period.kind == PeriodKind.KHAC:
        return None
    found = Period.objects.filter(kind=period.kind, number=period.number, year__lt=period.year).order_by("-ends_on")
    if period.kind not in (PeriodKind.NUA_NHIEM_KY, PeriodKind.NHIEM_KY):
        found = found.filter(year=period.year - 1)
    found = [p for p in found if dates_of(unit, p)[1] < first]
    typed = set(EnteredFigure.objects.filter(unit=unit, period__in=found).values_list("period_id", flat=True))
    return min(found, key=lambda p: p.pk not in typed, default=None)
