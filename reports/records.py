"""Everything that the figures of one subtree and period are made of, loaded once."""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Q, Value
from django.db.models.sql.where import WhereNode

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
        parts = [(*dates, keys) for dates, units in by_dates.items() for keys in chunks(units)]
        holders = ["unit", "co_so"]  # a cơ sở whose chi hội all left had kept the book, a chi hội that everybody left as well
        holders += ["member__unit"] if self.tree.mode == "today" else []
        for _, last, keys in parts:
            for holder in holders:
                kept = Membership.objects.filter(**{f"{holder}__in": keys}, starts_on__lte=last).order_by().values_list(f"{holder}_id", flat=True)
                self.books["members"] |= set(kept.distinct())
        for first, last, keys in parts:
            self._count(first, last, keys)
        trees = {pk for pk, below in self.tree.children.items() if below and not self.tree.units[pk].is_cluster}
        self.books["units"] = trees & self.tree.complete
        self.books["cluster"] = {pk for pk, below in self.tree.children.items() if below and self.tree.units[pk].is_cluster}

    def _count(self, first, last, keys):
        """Own records by unit. Conditions on the same rows are counted together: one pass over a table, not one each."""
        together = defaultdict(dict)
        for code, counted in COUNTED.items():
            if code not in self.entries or (counted.book == "members" and not self.books["members"]):
                continue
            rows = counted.rows(first, last)
            shape = None if counted.part else shape_of(rows)
            if shape:
                together[shape, counted.owner][code] = rows
                continue
            place, columns = place_of(counted, self.tree, keys)
            rows = rows.filter(place)
            if counted.part:
                extra, label = counted.part(first, last)
                rows = rows.annotate(age=extra) if extra is not None else rows
                rows, columns = rows.annotate(part_label=label), [*columns, "part_label"]
            for *key, number in rows.order_by().values_list(*columns).annotate(n=Count("*")):
                self._add(code, key, key[-1] if counted.part else "", number)
        for conditions in together.values():
            place, columns = place_of(COUNTED[next(iter(conditions))], self.tree, keys)
            for row in count_together(list(conditions.values()), place, columns):
                for code, number in zip(conditions, row[len(columns):], strict=True):
                    if number:
                        self._add(code, row, "", number)

    def _add(self, code, key, part, number):
        dated = COUNTED[code].dated and self.tree.mode == "then"
        pk = self.tree.place_of_row(*key[:2]) if dated else key[0]
        if COUNTED[code].book == "units" and pk not in self.tree.complete:
            return
        self.counted[pk, code, ""] = self.counted.get((pk, code, ""), 0) + number
        if part:
            self.counted[pk, code, part] = self.counted.get((pk, code, part), 0) + number
            self.parts[code].add(part)


def shape_of(rows):
    """What querysets have in common that differ by their conditions alone: model and joins. None: counted by itself."""
    query = rows.query
    if query.annotations or query.distinct or query.is_sliced or query.combinator:
        return None
    joins = [
        (alias, join.table_name, join.join_type, join.parent_alias) for alias, join in query.alias_map.items()
        if join.parent_alias and query.alias_refcount[alias]
    ]
    return rows.model, tuple(joins)


def count_together(querysets, place, columns):
    """Rows (*columns, a count for each of ``querysets``), which are of one ``shape_of``, grouped by ``columns``."""
    counts = {f"n{i}": Count(Value(1), filter=rows.query.where) for i, rows in enumerate(querysets)}
    base = next(iter(querysets)).order_by()
    base.query.where = WhereNode()  # order_by() made a copy; the conditions stand in the counts
    return base.filter(place).values_list(*columns).annotate(**counts)


def place_of(counted, tree, keys):
    """The condition on rows that count for units of ``keys``, and the columns that say for which one.

    A dated row carries its unit and the cơ sở of that day: as it stood then, a chi hội that has
    moved away counts for its former cơ sở up to that day. As things stand today each person
    counts where he is now.
    """
    if not counted.dated:
        return Q(**{f"{counted.owner.removesuffix('_id')}__in": keys}), [counted.owner]
    if tree.mode == "today":
        return Q(member__unit__in=keys), ["member__unit_id"]
    associations = [pk for pk in keys if tree.home[pk] == pk]
    outside = [pk for pk in keys if tree.home[pk] is None]
    return Q(co_so__in=associations) | Q(unit__in=outside), ["unit_id", "co_so_id"]


def counted_rows(counted, tree, first, last, keys):
    """Rows that count for units of ``keys``: the list behind a number."""
    return counted.rows(first, last).filter(place_of(counted, tree, keys)[0])
