"""Which units stand under a unit in a period, with which dates, and what concerns each of them."""

from collections import defaultdict

from django.db.models import Exists, F, OuterRef, Q

from emulation.models import ClusterMember
from members.effective import ancestors_of, dates_of
from members.models import (
    PLACELESS_KINDS,
    WORKPLACE_KINDS,
    Kind,
    Level,
    PeriodDates,
    Unit,
    UnitSettings,
    UnitSuccession,
    UnitVersion,
)
from members.scoping import SEGMENT, all_units, path_after

CHUNK = 5000  # fewer than the parameters one SQLite statement takes


def chunks(keys, size=CHUNK):
    keys = list(keys)
    return [keys[i:i + size] for i in range(0, len(keys), size)]


class Structure:
    """The subtree of ``unit`` as it stood at the end of ``period`` ("then") or stands today ("today").

    A cụm thi đua has its members of the period's year for children, or the heirs of those that have
    merged. A unit closed inside the period, its first day included, stands under its heir, without one
    under its last parent (its flows count), and is listed in ``closed``: its stocks at the end of the
    period do not count.
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
        self._read_homes()
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
            rows = list(rows.select_related("unit", "cluster_year"))
            reporting = self._carried_on([row.unit for row in rows])
            for row in rows:
                yield row.cluster_year.unit_id, reporting[row.unit_id]
        trees = {u.pk: u for u in frontier if not u.is_cluster}
        if self.mode == "today":
            yield from self._below_today(trees.values())
            return
        for keys in chunks(trees):
            versions = (
                UnitVersion.objects.filter(parent__in=keys, starts_on__lte=self.last)
                .filter(Q(ends_on=None) | Q(ends_on__gt=self.last) | Q(ends_on__gte=F("unit__closes_on")))
                .exclude(unit__closes_on__lt=self.first)
                .exclude(self._inherited("unit"))
                .select_related("unit").order_by("unit__path", "-starts_on")
            )
            for version in versions:
                if version.kind != Kind.CUM_THI_DUA:  # its members report for themselves
                    yield version.parent_id, version.unit
            heirs = UnitSuccession.objects.filter(self._inherited("old"), new__in=keys, is_heir=True)
            for row in heirs.select_related("old").order_by("old__path"):
                yield row.new_id, row.old

    def _carried_on(self, units):
        """{pk: unit that reports in its place}: the member itself, or its heir of the same level when it has merged."""
        at = {unit.pk: unit for unit in units}
        while over := [unit for unit in at.values() if self._is_over(unit)]:
            rows = UnitSuccession.objects.filter(old__in=over, is_heir=True, old__level=F("new__level")).select_related("new")
            heirs = {row.old_id: row.new for row in rows}
            step = {pk: heirs[unit.pk] for pk, unit in at.items() if unit.pk in heirs}
            if not step:
                break
            at |= step
        return at

    def _is_over(self, unit):
        return unit.closes_on is not None and (self.mode == "today" or unit.closes_on <= self.last)

    def _inherited(self, unit):
        """Units closed inside the period that have an heir."""
        heir = UnitSuccession.objects.filter(old=OuterRef(unit), is_heir=True)
        return Q(Exists(heir), **{f"{unit}__closes_on__range": (self.first, self.last)})

    def _below_today(self, units):
        by_path = {u.path: u.pk for u in units}
        for keys in chunks(by_path, 200):  # SQLite takes no deeper an OR
            condition = Q(pk__in=[])
            for path in keys:
                condition |= Q(path__startswith=path, path__length=len(path) + SEGMENT)
            for unit in Unit.objects.filter(condition).exclude(kind=Kind.CUM_THI_DUA).order_by("path"):
                yield by_path[unit.path[:-SEGMENT]], unit

    def _read_homes(self):
        """``home`` names the cơ sở of this tree that a unit stands at or below; None above the cơ sở."""
        self.home = {}
        for pk, unit in self.units.items():  # parents were added before their children
            self.home[pk] = pk if unit.level == Level.CO_SO else self.home.get(self.parent.get(pk))

    def place_of_row(self, unit, co_so):
        """The unit of this tree for which a dated row of ``unit`` counts, given its ``co_so`` of that day."""
        if self.mode == "today" or self.home.get(unit) == co_so or (unit in self.units and self.home[unit] is None):
            return unit
        return co_so

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


def has_changed(unit, period):
    """Whether units at or below ``unit``, then or today, have begun, moved or ended since the period began."""
    since, _ = dates_of(unit, period)
    with all_units("what moved away stands elsewhere today"):
        versions = UnitVersion.objects.filter(Q(starts_on__gt=since) | Q(ends_on__gt=since)).order_by()
        inside = Q(unit__path__gte=unit.path, unit__path__lt=path_after(unit.path)) | Q(parent__path__gte=unit.path, parent__path__lt=path_after(unit.path))
        return versions.filter(inside).exists()


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
