"""What a unit takes from the nearest unit above that has it: settings on a day, dates of a period, the cơ sở it belongs to."""

from types import SimpleNamespace

from .models import Level, PeriodDates, UnitSettings
from .scoping import all_units

FIELDS = [
    "parent_line", "issuer_line", "number_pattern", "authority", "signer_title", "signer_name", "place_name", "addressed_to",
    "recipients", "closing_mark", "outline",
]


def effective_settings(unit, day):
    """A namespace of the text settings; '' where nobody has set one."""
    line = [unit, *reversed(ancestors_of(unit))]
    with all_units("a unit prints what the units above it have set"):
        rows = list(UnitSettings.objects.filter(unit__in=line, starts_on__lte=day).order_by("starts_on"))
    found = SimpleNamespace(**dict.fromkeys(FIELDS, ""))
    for depth, holder in reversed(list(enumerate(line))):  # the top first, the unit itself last
        for row in rows:
            if row.unit_id == holder.pk:
                for name in FIELDS:
                    if getattr(row, name) and (depth == 0 or name not in UnitSettings.OWN_ONLY):
                        setattr(found, name, getattr(row, name))
    return found


def ancestors_of(unit):
    """Units above, the top first."""
    out = []
    while unit.parent_id:
        unit = unit.parent
        out.insert(0, unit)
    return out


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


def co_so_of(unit):
    """The cơ sở that ``unit`` belongs to, itself included; None above it."""
    while unit and Level(unit.level).rank > Level.CO_SO.rank:
        unit = unit.parent
    return unit if unit and unit.level == Level.CO_SO else None
