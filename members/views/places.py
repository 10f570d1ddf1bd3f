"""Which units a page is about, and which ones it offers to choose from."""

from django.shortcuts import get_object_or_404

from ccb import clock
from members.models import Level, Unit


def place_of(request, name="don-vi"):
    """The unit that the address names (404 outside the scope), else the acting unit, else None."""
    asked = request.GET.get(name, "")
    if asked:
        return get_object_or_404(Unit.objects.select_related("parent"), pk=asked if asked.isdecimal() else None)
    return request.user.acting.unit if request.user.acting else None


def next_level(top):
    """By which units a list below ``top`` is narrowed: provinces, then cơ sở, then chi hội."""
    units = Unit.objects.open_on(clock.today()).order_by("path")
    if top is None or Level(top.level).rank < Level.TINH.rank:
        return units.filter(level=Level.TINH)
    if Level(top.level).rank < Level.CO_SO.rank:
        return units.filter(level=Level.CO_SO)
    return units.filter(level__in=[Level.CHI_HOI, Level.PHAN_HOI])


def keepers(place):
    """Units at or below ``place`` in which people are entered: its chi hội, or itself when it has none."""
    units = Unit.objects.under(place).open_on(clock.today()).order_by("path")
    groups = units.filter(level__in=[Level.CHI_HOI, Level.PHAN_HOI])
    return groups if groups.exists() else units.filter(pk=place.pk)
