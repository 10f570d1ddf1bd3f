"""Which settings hold for a unit on a day: its own, else those of the nearest unit above."""

from types import SimpleNamespace

from .models import UnitSettings
from .scoping import all_units

FIELDS = [
    "parent_line", "issuer_line", "number_pattern", "authority", "signer_title", "signer_name", "place_name", "addressed_to",
    "recipients", "closing_mark", "outline",
]


def effective_settings(unit, day):
    """A namespace of the text settings; '' where nobody has set one."""
    line = [unit]
    while line[-1].parent_id:
        line.append(line[-1].parent)
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
