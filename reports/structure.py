"""Which units stand under a unit in a period, with which dates, and what concerns each of them."""

from collections import defaultdict

from django.db.models import F, Q

from emulation.models import ClusterMember
from members.models import (
    PLACELESS_KINDS,
    WORKPLACE_KINDS,
    Kind,
    PeriodDates,
    Unit,
    UnitSettings,
    UnitVersion,
)
from members.scoping import SEGMENT, all_units

CHUNK = 5000  # fewer than the parameters one SQLite statement takes


def chunks(keys, size=CHUNK):
    keys = list(keys)
    return [keys[i:i + size] for i in range(0, len(keys), size)]


class Structure:
    """The subtree of ``unit`` as it stood at the end of ``period`` ("then") or stands today ("today").

    A cụm thi đua has its members of the period's year for children. A unit closed inside the
    period, its first day included, keeps its last place (its flows count) and is listed in
    ``closed``: its stocks at the end of the period do not count.
    Runs in a scope that sees all units; the caller has checked that ``unit`` may be asked about.
    """

    def __init__(self, unit, period, mode="then"):
        if mode not in ("then", "today"):
            raise ValueError(f"unknown structure {mode!r}")
        self.unit, self.period, self.mode = unit, period, mode
        self.first, self.last = dates_of(unit, period)
        self.children = defaultdict(list)
        self.parent = {}
        self.units = {unit.pk: unit}
        self._grow([unit])
        self._read_dates()
        self.closed = {pk for pk, u in self.units.items() if u.closes_on and u.closes_on <= self.dates[pk][1]}
        self._read_flags()

    # ── the tree ──
    def _grow(self, frontier):
        while frontier:
            found = []
            for parent, child in self._below(frontier):
                if child.pk not in self.units:
                    self.units[child.pk] = child
                    self.children[parent].append(child.pk)
                    self.parent[child.pk] = parent
                    found.append(child)
            frontier = found

    def _below(self, frontier):
        clusters = [u.pk for u in frontier if u.is_cluster]
        if clusters:
            rows = ClusterMember.objects.filter(cluster_year__unit__in=clusters, cluster_year__year=self.last.year)
            for row in rows.select_related("unit", "cluster_year"):
                yield row.cluster_year.unit_id, row.unit
        trees = {u.pk: u for u in frontier if not u.is_cluster}
        if self.mode == "today":
            yield from self._below_today(trees.values())
            return
        for keys in chunks(trees):
            versions = (
                UnitVersion.objects.filter(parent__in=keys, starts_on__lte=self.last)
                .filter(Q(ends_on=None) | Q(ends_on__gt=self.last) | Q(ends_on__gte=F("unit__closes_on")))
                .exclude(unit__closes_on__lt=self.first)
                .select_related("unit").order_by("unit__path", "-starts_on")
            )
            for version in versions:
                if version.kind != Kind.CUM_THI_DUA:  # its members report for themselves
                    yield version.parent_id, version.unit

    def _below_today(self, units):
        by_path = {u.path: u.pk for u in units}
        for keys in chunks(by_path, 200):  # SQLite takes no deeper an OR
            condition = Q(pk__in=[])
            for path in keys:
                condition |= Q(path__startswith=path, path__length=len(path) + SEGMENT)
            for unit in Unit.objects.filter(condition).exclude(kind=Kind.CUM_THI_DUA).order_by("path"):
                yield by_path[unit.path[:-SEGMENT]], unit

    # ── dates of a branch: the nearest unit above that has them ──
    def _read_dates(self):
        own = {}
        if self.period.pk:
            own = {d.unit_id: (d.starts_on, d.ends_on) for d in PeriodDates.objects.filter(period=self.period)}
        self.dates = {}
        for pk in self.units:  # parents were added before their children
            above = self.dates.get(self.parent.get(pk), (self.first, self.last))
            self.dates[pk] = own.get(pk, above)

    # ── flags and place ──
    def _read_flags(self):
        frontier, entrusted = {}, {}
        ancestors = ancestors_of(self.unit)
        keys = [*self.units, *(u.pk for u in ancestors)]
        settings = defaultdict(list)
        for part in chunks(keys):
            for row in UnitSettings.objects.filter(unit__in=part, starts_on__lte=self.last).order_by("starts_on"):
                settings[row.unit_id].append(row)
        known = {"frontier": None, "entrusted": None, "complete_tree": None}
        for above in ancestors:
            known = _latest(settings[above.pk], known)
        by_unit, place = {}, {}
        place_above = None
        for above in ancestors:
            place_above = _place(above, place_above)
        for pk, unit in self.units.items():
            parent = self.parent.get(pk)
            by_unit[pk] = _latest(settings[pk], by_unit.get(parent, known))
            place[pk] = _place(unit, place.get(parent, place_above))
        for pk in self.units:
            frontier[pk] = bool(by_unit[pk]["frontier"])
            entrusted[pk] = by_unit[pk]["entrusted"] is not False
        for pk in reversed(list(self.units)):  # a unit above has what a unit below has
            parent = self.parent.get(pk)
            if parent is not None:
                frontier[parent] = frontier[parent] or frontier[pk]
            if place[pk] is None:
                below = {place[child] for child in self.children[pk]} - {None}
                place[pk] = below.pop() if len(below) == 1 else None
        self.place = place
        self.complete = {pk for pk in self.units if by_unit[pk]["complete_tree"] is not False}
        self.flags = {
            pk: frozenset(
                [*(["bien_gioi"] if frontier[pk] else []), *(["uy_thac"] if entrusted[pk] else []),
                 *(["cum_thi_dua"] if unit.kind == Kind.CUM_THI_DUA else [])]
            )
            for pk, unit in self.units.items()
        }

    def counts(self, pk, entry):
        """A unit closed inside the period has flows and what stood before it, but no stock at its end."""
        return pk not in self.closed or entry.kind != "stock" or entry.at_start

    def concerns(self, pk, entry):
        """Whether ``entry`` has a cell at this unit: its level, place and flags. Unknown place passes."""
        level = self.units[pk].level
        level = "CHI_HOI" if level == "PHAN_HOI" else level  # what a phân hội does is written at its chi hội
        return entry.concerns_unit(level, self.place[pk] or entry.concerns.place, self.flags[pk])


def ancestors_of(unit):
    """Units above, the top first."""
    out = []
    while unit.parent_id:
        unit = unit.parent
        out.insert(0, unit)
    return out


def _latest(rows, above):
    out = dict(above)
    for row in rows:
        for name in out:
            if getattr(row, name) is not None:
                out[name] = getattr(row, name)
    return out


def _place(unit, above):
    if unit.kind in WORKPLACE_KINDS:
        return "workplace"
    if unit.kind in PLACELESS_KINDS:
        return above
    return "territorial"


def dates_of(unit, period):
    """First and last day (inclusive) of ``period`` for ``unit``: the nearest unit above that has its own."""
    if period.pk:
        keys = {u.pk: depth for depth, u in enumerate([*ancestors_of(unit), unit])}
        with all_units("a unit keeps the dates of the nearest unit above, which it may not see"):
            rows = list(PeriodDates.objects.filter(period=period, unit__in=keys))
        nearest = max(rows, key=lambda row: keys[row.unit_id], default=None)
        if nearest:
            return nearest.starts_on, nearest.ends_on
    return period.starts_on, period.ends_on
