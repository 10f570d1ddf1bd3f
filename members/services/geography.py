"""Units of the Hội beside the table of provinces and communes: what is new, renamed, missing; and making it so."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models, transaction

from members.geography import Place
from members.models import Kind, Level, Unit
from members.scoping import all_units
from members.vietnamese import fold

from .structure import NewUnit, carry_out, plan_founding, plan_renames
from .units import correct_unit, propose_code

TERRITORIAL = [Kind.TINH, Kind.THANH_PHO, Kind.XA, Kind.PHUONG, Kind.DAC_KHU]


class State(models.TextChoices):
    NEW = "moi", "Chưa có đơn vị"
    RENAMED = "doi", "Đổi tên hoặc loại"
    UNLINKED = "ma", "Đã có, chưa ghi mã"
    SAME = "khop", "Khớp"
    WAITING = "cho", "Chờ lập tỉnh, thành Hội"


@dataclass(frozen=True)
class Row:
    place: Place
    state: State
    unit: Unit | None = None
    parent: Unit | None = None

    @property
    def unit_name(self):
        return unit_name(self.place)


def unit_name(place):
    """ "Phường Ba Đình" → "Hội CCB phường Ba Đình"."""
    return f"Hội CCB {place.name[0].lower()}{place.name[1:]}"


def compare(places, top, provinces=()):
    """(rows, missing): a row for each place at or below ``top`` (None: the whole nation), in their order.

    A unit is found by its place code, else by its name and kind. ``missing``: units of places that the
    table does not name. ``provinces``: those of communes whose province the table leaves out.
    """
    units = Unit.objects.filter(closes_on=None, kind__in=TERRITORIAL).order_by("path")
    units = [unit for unit in units if top is None or unit.is_within(top)]
    known = _Known(units)
    homes, rows = {place.code: known.find(place) for place in provinces}, []
    root = top if top is not None and top.level == Level.TRUNG_UONG else Unit.objects.filter(level=Level.TRUNG_UONG, closes_on=None).first()
    for place in (place for place in places if not place.province):
        homes[place.code] = known.find(place)
        if top is None or Level(top.level).rank < Level.TINH.rank:
            rows.append(_row(place, homes[place.code], root))
    for place in places:
        if place.province:
            home = homes[place.province] if place.province in homes else known.by_code.get(place.province)
            if top is not None and Level(top.level).rank >= Level.TINH.rank and (home is None or not home.is_within(top)):
                continue
            rows.append(_row(place, known.find(place, home) if home else known.by_code.get(place.code), home))
    concerned = {place.province for place in places if place.province}
    shapes = {bool(place.province) for place in places}
    seen = {row.unit.pk for row in rows if row.unit}
    of_nation = top is None or Level(top.level).rank < Level.TINH.rank
    missing = [unit for unit in units if unit.pk not in seen and (of_nation or unit.level != Level.TINH) and _is_of(unit, shapes, concerned, homes, known)]
    return rows, missing


class _Known:
    def __init__(self, units):
        self.units = units
        self.by_code = {unit.place_code: unit for unit in units if unit.place_code}
        self.by_name = {}
        for unit in units:
            if not unit.place_code:
                self.by_name.setdefault((fold(unit.short_name), unit.kind), []).append(unit)

    def find(self, place, home=None):
        found = self.by_code.get(place.code)
        if found is None:
            alike = [unit for unit in self.by_name.get((fold(place.name), place.kind), []) if home is None or unit.is_within(home)]
            found = alike[0] if len(alike) == 1 else None
        return found


def _is_of(unit, shapes, concerned, homes, known):
    """Whether the table speaks about units like this one: provinces, or communes of a province it names."""
    if unit.level == Level.TINH:
        return False in shapes
    provinces = [homes[code] if code in homes else known.by_code.get(code) for code in concerned]
    return True in shapes and any(province is not None and unit.is_within(province) for province in provinces)


def _row(place, unit, parent):
    if unit is None:
        return Row(place, State.NEW if parent else State.WAITING, None, parent)
    if unit.place_code != place.code:
        return Row(place, State.UNLINKED, unit, parent)
    same = fold(unit.short_name) == fold(place.name) and unit.kind == place.kind
    return Row(place, State.SAME if same else State.RENAMED, unit, parent)


@transaction.atomic
def bring_in_line(*, rows, decision=None, by=None):
    """Found, rename or mark with its code the unit of each row. Returns the changes and how many units were marked.

    Founding and renaming need a ``decision``; raises what ``carry_out`` raises.
    """
    new = [row for row in rows if row.state == State.NEW]
    renamed = [row for row in rows if row.state == State.RENAMED]
    marked = [row for row in rows if row.state == State.UNLINKED]
    if (new or renamed) and decision is None:
        raise ValidationError("Lập đơn vị hoặc đổi tên phải theo một quyết định. Ghi số quyết định, cơ quan và ngày hiệu lực.")
    changes = []
    for level in (Level.TINH, Level.CO_SO):
        founding = [row for row in new if bool(row.place.province) == (level == Level.CO_SO)]
        if founding:
            changes.append(carry_out(plan=plan_founding(new=_new_units(founding, level), decision=decision), by=by))
    if renamed:
        names = {row.unit: (row.unit_name, row.place.kind) for row in renamed}
        changes.append(carry_out(plan=plan_renames(names=names, decision=decision), by=by))
    for row in marked:
        correct_unit(unit=row.unit, name=row.unit.name, kind=row.unit.kind, place_code=row.place.code, by=by)
    return changes, len(marked)


def _new_units(rows, level):
    with all_units("a code is used once among all units"):
        used = set(Unit.objects.filter(code__in=[row.place.code for row in rows]).values_list("code", flat=True))
    found = []
    for row in rows:
        code = row.place.code
        if code in used:
            code = propose_code(parent=row.parent, name=row.unit_name, level=level, taken=[unit.code for unit in found])
        found.append(NewUnit(code, row.unit_name, level, row.place.kind, row.parent, row.place.code))
    return found
