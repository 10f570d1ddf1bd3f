"""The units of an invented association, with the merges they came from."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from ccb import clock
from members.models import (
    FOUNDED_ON,
    ChangeKind,
    Kind,
    Level,
    Unit,
    UnitChange,
    UnitSuccession,
    UnitVersion,
)
from members.scoping import encode_segment
from members.services.units import next_path

from .country import portions
from .words import OFFICES, OLD_COMMUNES, VILLAGES

A_BRANCH = 44  # members of a chi hội
AN_OFFICE, OFFICE_SHARE = 20, 40  # members of an office; one office for so many communes
MERGED_COMMUNES, MERGED_BRANCHES = 4, 40  # one commune in 4 came of a merge, one chi hội in 40
REORGANISED_ON = date(2025, 7, 1)  # 10,035 communes became 3,321


class Stop(NamedTuple):
    """From ``since`` on, the people of a track stand in ``unit``, which answers to ``co_so``."""

    unit: Unit
    co_so: Unit
    since: date


@dataclass
class Branch:
    """A unit that holds members today. Each track is one way through units that has led to it."""

    unit: Unit
    co_so: Unit
    tinh: Unit
    size: int
    tracks: list[list[Stop]]
    place: str  # as addresses write it
    leads: bool = False  # the leaders of its cơ sở stand here


@dataclass(frozen=True)
class Span:
    """The days an invented history covers: from ``first`` on things happen, ``today`` is the last day."""

    first: date
    today: date

    @property
    def merge_on(self):
        return REORGANISED_ON if self.first < REORGANISED_ON <= self.today else self.part(2)

    def part(self, n):
        """The first of a month, one n-th into the span."""
        return (self.first + (self.today - self.first) / n).replace(day=1)


class TreeBuilder:
    """Makes units through ``writer``, one province at a time."""

    def __init__(self, writer, span, rng, prefix=""):
        self.writer, self.span, self.rng, self.prefix = writer, span, rng, prefix
        self.elders = {}  # path → how many units hang under it
        self.decisions = 0
        self.top = self._unit("VN", "Trung ương Hội CCB Việt Nam", Level.TRUNG_UONG, Kind.TRUNG_UONG, None)

    def province(self, province, communes, members):
        """Its branches, the members of each decided."""
        tinh = self._unit(province.code, f"Hội CCB {province.name}", Level.TINH, province.kind, self.top)
        offices = self._offices(province, tinh, len(communes), members)
        members -= sum(branch.size for branch in offices)
        found = []
        sizes = portions(members, [self.rng.randint(60, 160) for _ in communes])
        for number, (commune, size) in enumerate(zip(communes, sizes, strict=True)):
            merged = number % MERGED_COMMUNES == 0
            found += self._commune(province, tinh, commune, size, merged)
        return found + offices

    # ── cơ sở ──
    def _offices(self, province, tinh, communes, members):
        count = min(len(OFFICES), max(1, communes // OFFICE_SHARE))
        size = min(AN_OFFICE, members // 20)
        khoi = self._unit(f"{province.code}-K", f"Hội CCB khối cơ quan, doanh nghiệp {province.name}", Level.CUM, Kind.KHOI, tinh)
        found = []
        for number, (kind, name) in enumerate(OFFICES[:count], start=1):
            unit = self._unit(f"{province.code}-K-{number:02}", f"Hội CCB {name}", Level.CO_SO, kind, khoi)
            found.append(Branch(unit, unit, tinh, size, [[Stop(unit, unit, FOUNDED_ON)]], province.name, leads=True))
        return found

    def _commune(self, province, tinh, commune, size, merged):
        code = f"{province.code}-{commune.code}"
        opens = self.span.merge_on if merged else FOUNDED_ON
        change = self._change(ChangeKind.MERGE, tinh, opens, f"Ban Thường vụ {tinh.name}") if merged else None
        unit = self._unit(code, f"Hội CCB {commune.name}", Level.CO_SO, commune.kind, tinh, opens, versions=[(tinh, opens, change)])
        count = max(2 if merged else 1, round(size / A_BRANCH))
        names = self._branch_names(commune, count)
        sizes = portions(size, [self.rng.randint(75, 125) for _ in names])
        olds = self._olds(code, tinh, unit, change, 3 if count > 6 else 2) if merged else []
        found = []
        for number, (name, people) in enumerate(zip(names, sizes, strict=True), start=1):
            old = olds[number * len(olds) // (count + 1)] if olds else None
            branch = self._branch(f"{code}-{number:02}", name, unit, tinh, people, old, change)
            branch.place = f"{name}, {commune.name}, {province.name}"
            branch.leads = number == 1
            found.append(branch)
        if not merged:
            for branch in found[::MERGED_BRANCHES]:
                self._merge_branch(branch)
        return found

    def _olds(self, code, tinh, unit, change, count):
        """The communes that became ``unit``."""
        olds = []
        for number, name in enumerate(self.rng.sample(OLD_COMMUNES, count), start=1):
            old = self._unit(f"{code}-C{number}", f"Hội CCB xã {name}", Level.CO_SO, Kind.XA, tinh, closes_on=change.effective_on, hangs_under=unit)
            self.writer.add(UnitSuccession, change=change, old=old, new=unit, is_heir=True)
            olds.append(old)
        return olds

    # ── chi hội ──
    def _branch_names(self, commune, count):
        if commune.kind == Kind.PHUONG:
            return [f"Tổ dân phố số {n}" for n in range(1, count + 1)]
        named = self.rng.sample(VILLAGES, min(count, len(VILLAGES)))
        return [f"Thôn {name}" for name in named] + [f"Thôn {n}" for n in range(1, count - len(named) + 1)]

    def _branch(self, code, name, co_so, tinh, size, old, change):
        since = [(old or co_so, FOUNDED_ON, None)] + ([(co_so, change.effective_on, change)] if old else [])
        unit = self._unit(code, f"Chi hội {name}", Level.CHI_HOI, Kind.CHI_HOI, co_so, versions=since)
        return Branch(unit, co_so, tinh, size, [[Stop(unit, parent, day) for parent, day, _ in since]], name)

    def _merge_branch(self, branch):
        """A chi hội that closed and whose people went to ``branch``."""
        day = self.span.part(3)
        change = self._change(ChangeKind.MERGE, branch.co_so, day, f"Ban Chấp hành {branch.co_so.name}")
        old = self._unit(
            f"{branch.unit.code}C", f"{branch.unit.name} (cũ)", Level.CHI_HOI, Kind.CHI_HOI, branch.co_so, closes_on=day, hangs_under=branch.unit,
        )
        self.writer.add(UnitSuccession, change=change, old=old, new=branch.unit, is_heir=True)
        branch.tracks.append([Stop(old, branch.co_so, FOUNDED_ON), Stop(branch.unit, branch.co_so, day)])

    # ── rows ──
    def _unit(self, code, name, level, kind, parent, opens_on=FOUNDED_ON, closes_on=None, hangs_under=None, versions=None):
        above = hangs_under or parent
        number = self.elders.get(above.path, 0) if above else 0
        path = above.path + encode_segment(number) if above else next_path(None)
        if above:
            self.elders[above.path] = number + 1
        unit = self.writer.add(
            Unit, code=f"{self.prefix}{code}", name=name, level=level, kind=kind, parent=parent, path=path, opens_on=opens_on, closes_on=closes_on)
        stations = versions or [(parent, opens_on, None)]
        ends = [day for _, day, _ in stations[1:]] + [closes_on]
        for (under, day, change), end in zip(stations, ends, strict=True):
            self.writer.add(UnitVersion, unit=unit, name=name, kind=kind, parent=under, starts_on=day, ends_on=end, change=change)
        return unit

    def _change(self, kind, unit, day, authority):
        self.decisions += 1
        return self.writer.add(
            UnitChange, unit=unit, kind=kind, effective_on=day, decision_number=f"{self.decisions:02}-QĐ/CCB",
            decision_on=day - timedelta(days=10), authority=authority, at=clock.now(), note="Sáp nhập minh họa.",
        )
