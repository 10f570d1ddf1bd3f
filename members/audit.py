"""Whether the tree and the spells agree with each other and with their own history.

Spells are read once, in the order of people and days, and streamed: a province takes seconds.
Runs in a scope that sees every unit.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from typing import NamedTuple

from .models import (
    Level,
    Member,
    Membership,
    ReasonIn,
    ReasonOut,
    Unit,
    UnitSuccession,
    UnitVersion,
)
from .scoping import SEGMENT

EVER = date.max
MOVED_OUT = {ReasonOut.TRANSFERRED, ReasonOut.MERGED}
MOVED_IN = {ReasonIn.TRANSFERRED, ReasonIn.MERGED}
CHUNK = 5000


@dataclass(frozen=True)
class Finding:
    """What is wrong (``check``) and where (``words``)."""

    check: str
    words: str


def audit():
    """Every finding, tree first."""
    tree = _Tree()
    yield from tree.findings()
    yield from _spells(tree)
    for name, pk in Member.objects.filter(spells=None).order_by("pk").values_list("name", "pk"):
        yield Finding("không có quá trình sinh hoạt", f"{name} (hồ sơ {pk})")


def day_words(day):
    return "nay" if day in (None, EVER) else f"{day:%d/%m/%Y}"


# ── the tree ───────────────────────────────────────────────────────────────────────────────


class _Tree:
    def __init__(self):
        self.units = {u.pk: u for u in Unit.objects.order_by("path")}
        self.versions = defaultdict(list)
        for version in UnitVersion.objects.order_by("starts_on", "pk"):
            self.versions[version.unit_id].append(version)
        self.heirs, self._homes_of = defaultdict(list), {}
        for old, new in UnitSuccession.objects.filter(is_heir=True).order_by("pk").values_list("old", "new"):
            self.heirs[old].append(new)

    def findings(self):
        for unit in self.units.values():
            yield from self._heir(unit) if unit.closes_on else self._place(unit)
            yield from self._history(unit)

    def _place(self, unit):
        parent = self.units.get(unit.parent_id)
        if (parent.path if parent else "") != unit.path[:-SEGMENT]:
            yield Finding("đường dẫn", f"{_named(unit)}: đường dẫn {unit.path} không nằm dưới {_named(parent)} ({parent.path if parent else 'gốc'})")
        if parent and parent.closes_on:
            yield Finding("đường dẫn", f"{_named(unit)} còn hoạt động mà {_named(parent)} đã kết thúc từ {day_words(parent.closes_on)}")
        if parent and not Level(unit.level).may_stand_under(parent.level):
            yield Finding("cấp", f"{_named(unit)} là {Level(unit.level).noun}, không thể trực thuộc {Level(parent.level).noun} {_named(parent)}")

    def _heir(self, unit):
        heirs = self.heirs[unit.pk]
        if len(heirs) != 1:
            yield Finding("kế thừa", f"{_named(unit)} kết thúc từ {day_words(unit.closes_on)} có {len(heirs)} đơn vị kế thừa, phải có đúng một")
            return
        seen, at = {unit.pk}, unit
        while at.closes_on and len(self.heirs[at.pk]) == 1:
            at = self.units[self.heirs[at.pk][0]]
            if at.pk in seen:
                yield Finding("kế thừa", f"{_named(unit)}: các đơn vị kế thừa nối thành vòng")
                return
            seen.add(at.pk)
        if unit.path[:-SEGMENT] != at.path:
            yield Finding("đường dẫn", f"{_named(unit)} đã kết thúc, đường dẫn {unit.path} không nằm ngay dưới đơn vị kế thừa {_named(at)} ({at.path})")

    def _history(self, unit):
        versions = self.versions[unit.pk]
        if not versions:
            yield Finding("lịch sử tên", f"{_named(unit)} không có dòng tên và nơi trực thuộc nào")
            return
        if versions[0].starts_on != unit.opens_on:
            yield Finding("lịch sử tên", f"{_named(unit)}: hoạt động từ {day_words(unit.opens_on)}, dòng đầu từ {day_words(versions[0].starts_on)}")
        for older, newer in pairwise(versions):
            if older.ends_on != newer.starts_on:
                yield Finding("lịch sử tên", f"{_named(unit)}: dòng đến {day_words(older.ends_on)}, dòng sau từ {day_words(newer.starts_on)}")
        last = versions[-1]
        if last.ends_on != unit.closes_on:
            yield Finding("lịch sử tên", f"{_named(unit)}: kết thúc {day_words(unit.closes_on)}, dòng cuối đến {day_words(last.ends_on)}")
        if (last.name, last.kind, last.parent_id) != (unit.name, unit.kind, unit.parent_id):
            yield Finding("lịch sử tên", f"{_named(unit)}: tên, loại hoặc cấp trên khác dòng cuối ({last.name})")
        for version in versions:
            parent = self.units.get(version.parent_id)
            if parent and (parent.opens_on > version.starts_on or (parent.closes_on or EVER) < (version.ends_on or EVER)):
                yield Finding("lịch sử tên", f"{_named(unit)}: từ {day_words(version.starts_on)} đến {day_words(version.ends_on)} trực thuộc {_named(parent)} ngoài thời gian đơn vị ấy hoạt động")

    def homes(self, pk):
        """[(cơ sở, from, to)] of a unit over its life, neighbours with the same cơ sở joined."""
        if pk not in self._homes_of:
            self._homes_of[pk] = self._joined(pk)
        return self._homes_of[pk]

    def _joined(self, pk):
        joined = []
        for home, begin, end in self._homes(pk, date.min, EVER):
            if joined and joined[-1][0] == home and joined[-1][2] == begin:
                begin = joined.pop()[1]
            joined.append((home, begin, end))
        return joined

    def _homes(self, pk, first, last):
        unit = self.units.get(pk)
        if unit is None or Level(unit.level).rank <= Level.CO_SO.rank:
            return [(pk if unit and unit.level == Level.CO_SO else None, first, last)]
        found = []
        for version in self.versions[pk]:
            begin, end = max(first, version.starts_on), min(last, version.ends_on or EVER)
            if begin < end:
                found += self._homes(version.parent_id, begin, end)
        return found


def _named(unit):
    return f"{unit.name} ({unit.code})" if unit else "gốc"


# ── spells ─────────────────────────────────────────────────────────────────────────────────


class _Spell(NamedTuple):
    member_id: int
    starts_on: date
    ends_on: date | None
    reason_in: str
    reason_out: str
    unit_id: int
    co_so_id: int | None
    member_name: str
    member__unit_id: int
    member__co_so_id: int | None

    @property
    def end(self):
        return self.ends_on or EVER


def _spells(tree):
    rows = Membership.objects.order_by("member", "starts_on", "pk").values_list(*_Spell._fields).iterator(CHUNK)
    for _, spells in groupby(map(_Spell._make, rows), key=lambda spell: spell.member_id):
        yield from _of_person(list(spells), tree)


def _of_person(spells, tree):
    def finding(check, spell, words=""):
        where = _named(tree.units.get(spell.unit_id))
        said = f"{spell.member_name} (hồ sơ {spell.member_id}), {where}, {day_words(spell.starts_on)} – {day_words(spell.ends_on)}"
        return Finding(check, f"{said}: {words}" if words else said)

    last = spells[-1]
    if (last.unit_id, last.co_so_id) != (last.member__unit_id, last.member__co_so_id):
        yield finding("nơi của hội viên", last, f"lần cuối, nhưng hồ sơ ghi ở {_named(tree.units.get(last.member__unit_id))}")
    lasting = [spell for spell in spells if spell.end > spell.starts_on]  # a spell of no days is on no day anywhere
    for spell, following in pairwise(lasting):
        if following.starts_on < spell.end:
            yield finding("hai nơi cùng lúc", spell, f"lần sau đã từ {day_words(following.starts_on)}")
        elif following.starts_on > spell.end and spell.reason_out in MOVED_OUT and following.reason_in in MOVED_IN:
            yield finding("khoảng trống", spell, f"lần sau mãi từ {day_words(following.starts_on)}")
    if last.reason_out == ReasonOut.MERGED:
        yield finding("khoảng trống", last, "sáp nhập đi mà không có nơi đến")
    for spell in lasting:
        if any(not _stood(tree.units.get(pk), spell) for pk in {spell.unit_id, spell.co_so_id} - {None}):
            yield finding("ngoài thời gian của đơn vị", spell)
        elif not any(home == spell.co_so_id and begin <= spell.starts_on and spell.end <= end for home, begin, end in tree.homes(spell.unit_id)):
            yield finding("tổ chức cơ sở", spell, f"ghi thuộc {_named(tree.units.get(spell.co_so_id))}, không đúng nơi trực thuộc lúc đó")


def _stood(unit, spell):
    return unit is not None and unit.opens_on <= spell.starts_on and spell.end <= (unit.closes_on or EVER)
