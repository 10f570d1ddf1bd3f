"""On which day news counts that comes late: never inside a locked period."""

from django.db.models import Q

from members.past import standing_since
from members.scoping import all_units

from .locks import first_open_day


def counting_day(*, units, day):
    """The first day from ``day`` (inclusive) from which on every unit of ``units`` takes a change."""
    return max((first_open_day(unit=unit, day=day) for unit in units), default=day)


def beginning_day(*, unit, day):
    """The first day from ``day`` on which a spell may begin in ``unit``: the unit stands where it stands today, and takes a change."""
    with all_units("the cơ sở and the units above it began some day"):
        day = max(day, standing_since(unit))
    return counting_day(units=[unit], day=day)


def counting_day_of(*, member, day):
    """The same for a fact about a person, which counts in every unit where he stood from that day on."""
    with all_units("a fact counts in the former units of a person too"):
        spells = member.spells.filter(Q(ends_on=None) | Q(ends_on__gt=day)).select_related("unit")
        return counting_day(units={spell.unit for spell in spells}, day=day)
