"""Founding and correcting units, and their place in the tree. Reorganisations are in ``structure``."""

import re

from django.db import transaction
from django.db.models import Max

from members.effective import co_so_of as co_so_of
from members.models import FOUNDED_ON, Kind, Level, Unit, UnitVersion
from members.scoping import SEGMENT, all_units, encode_segment
from members.vietnamese import fold

from .locks import ensure_open


def next_path(parent):
    """A free path under ``parent`` (None: at the top). The parent's row is the lock."""
    with all_units("a path is unique among all units"):
        if parent:
            Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=parent.pk)
            prefix, siblings = parent.path, Unit.objects.filter(path__startswith=parent.path, path__length=len(parent.path) + SEGMENT)
        else:
            prefix, siblings = "", Unit.objects.filter(path__length=SEGMENT)
        last = siblings.aggregate(last=Max("path"))["last"]
    return prefix + encode_segment(int(last[-SEGMENT:], 36) + 1 if last else 0)


@transaction.atomic
def found_unit(*, code, name, level, kind=Kind.KHAC, parent=None, opens_on=FOUNDED_ON, place_code="", by=None):
    """Create a unit with its first version.

    Raises ``ValidationError`` for a level in the wrong place, ``PeriodLocked`` when the unit above has closed
    a period since ``opens_on``: its tree would change.
    """
    if parent:
        ensure_open(unit=parent, first=opens_on)
    unit = Unit(code=code, name=name, level=level, kind=kind, parent=parent, opens_on=opens_on, place_code=place_code)
    unit.path = next_path(parent)
    unit.full_clean(exclude=["path"])
    unit._history_user = by
    unit.save()
    version = UnitVersion(unit=unit, name=name, kind=kind, parent=parent, starts_on=opens_on)
    version._history_user = by
    version.save()
    return unit


@transaction.atomic
def correct_unit(*, unit, name, kind, place_code=None, by=None):
    """Mend a wrongly typed name, kind or place code: the newest version is mended too, no new one begins."""
    unit.name, unit.kind = name, kind
    unit.place_code = unit.place_code if place_code is None else place_code
    unit.full_clean(exclude={field.name for field in Unit._meta.fields} - {"name", "kind", "place_code"})
    unit._history_user = by
    unit.save()
    version = unit.versions.order_by("starts_on").last()
    version.name, version.kind = name, kind
    version._history_user = by
    version.save()
    return unit


BEFORE_A_NAME = re.compile(r"(hoi cuu chien binh|hoi ccb|xa|phuong|dac khu|thi tran|thanh pho|tinh|quan|huyen|khoi|cum) ")


def propose_code(*, parent, name, level, taken=()):
    """A code that no unit has, from the parent's: "LG-TS-07" for the next chi hội, "LG-TS" for xã Thanh Sơn.

    ``taken``: codes promised to other units of the same decision.
    """
    with all_units("a code is used once among all units"):
        if Level(level).rank > Level.CO_SO.rank:
            stem = f"{parent.code}-"
            used = [code.removeprefix(stem) for code in (*Unit.objects.filter(code__startswith=stem).values_list("code", flat=True), *taken)]
            return f"{stem}{max((int(rest) for rest in used if rest.isdigit()), default=0) + 1:02}"
        own = fold(name)
        while found := BEFORE_A_NAME.match(own):
            own = own[found.end():]
        stem = f"{parent.code}-{''.join(word[0] for word in own.split()).upper()}"
        number, code = 1, stem
        while code in taken or Unit.objects.filter(code=code).exists():
            number += 1
            code = f"{stem}{number}"
    return code
