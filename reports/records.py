"""Everything that the figures of one subtree and period are made of, loaded once."""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count

from members.models import Membership
from reports.catalogue.counted import COUNTED

from .models import EnteredFigure, SectionConfirmation
from .structure import chunks


class TypedCell(NamedTuple):
    """What the resolver needs of an ``EnteredFigure``; a province has a hundred thousand of them."""

    unit_id: int
    code: str
    part: str
    state: str
    value: Decimal | None
    denominator: Decimal | None
    qualifier: str
    estimate: bool
    words: str
    measure: str
    print_mode: str
    note: str
    as_typed: str


class Records:
    """Typed cells, counts of the registers and confirmations at and below a unit.

    ``typed`` and ``counted`` are keyed (unit, code, part); ``parts`` and ``parts_at`` say which parts
    exist, anywhere and at a unit; ``books`` which units keep which register.
    """

    def __init__(self, tree, period, entries):
        self.tree, self.period, self.entries = tree, period, entries
        self._load_typed()
        self._load_counted()

    def _load_typed(self):
        self.typed, self.parts = {}, defaultdict(set)
        self.parts_at = defaultdict(list)
        self.confirmed = set()
        if not self.period.pk:
            return
        for keys in chunks(self.tree.units):
            stored = EnteredFigure.objects.filter(period=self.period, unit__in=keys).order_by()
            for row in map(TypedCell._make, stored.values_list(*TypedCell._fields)):
                self.typed[row.unit_id, row.code, row.part] = row
                if row.part:
                    self.parts[row.code].add(row.part)
                    self.parts_at[row.unit_id, row.code].append(row)
            rows = SectionConfirmation.objects.filter(period=self.period, unit__in=keys)
            self.confirmed |= set(rows.values_list("unit_id", "section"))

    def _load_counted(self):
        """Own records by unit, one grouped query for each counted entry and each set of dates."""
        self.counted = {}
        self.books = {"members": set(), "units": set(), "cluster": set()}
        by_dates = defaultdict(list)
        for pk, dates in self.tree.dates.items():
            by_dates[dates].append(pk)
        for (first, last), units in by_dates.items():
            for keys in chunks(units):
                kept = Membership.objects.filter(unit__in=keys, starts_on__lte=last).values_list("unit_id", flat=True)
                self.books["members"] |= set(kept.distinct())
                self._count(first, last, keys)
        trees = {pk for pk, below in self.tree.children.items() if below and not self.tree.units[pk].is_cluster}
        self.books["units"] = trees & self.tree.complete
        self.books["cluster"] = {pk for pk, below in self.tree.children.items() if below and self.tree.units[pk].is_cluster}

    def _count(self, first, last, keys):
        members_kept = not self.books["members"].isdisjoint(keys)
        for code, counted in COUNTED.items():
            if code not in self.entries or (counted.book == "members" and not members_kept):
                continue
            owner = counted.owner
            rows = counted.rows(first, last).filter(**{f"{owner.removesuffix('_id')}__in": keys}).order_by()
            columns = [owner]
            if counted.part:
                extra, label = counted.part(first, last)
                rows = rows.annotate(age=extra) if extra is not None else rows
                rows, columns = rows.annotate(part_label=label), [owner, "part_label"]
            kept = self.tree.complete if counted.book == "units" else None
            for *key, number in rows.values_list(*columns).annotate(n=Count("*")):
                pk = key[0]
                if kept is not None and pk not in kept:
                    continue
                whole = self.counted.get((pk, code, ""), 0)
                self.counted[pk, code, ""] = whole + number
                if counted.part:
                    self.counted[pk, code, key[1]] = number
                    self.parts[code].add(key[1])
