"""What the pages of reports share: the unit and the period of the address."""

from urllib.parse import urlencode

from django.shortcuts import get_object_or_404

from members.models import Period, Unit

TODAY = "hien-nay"  # ?to-chuc=hien-nay


def asked_structure(request):
    """As which structure the figures are asked for: as it was then, unless the address says today's."""
    return "today" if request.GET.get("to-chuc") == TODAY else "then"


def with_structure(address, structure, **query):
    """An address that stays with the structure chosen; empty values are left out."""
    query = {name: value for name, value in query.items() if value} | ({"to-chuc": TODAY} if structure == "today" else {})
    return f"{address}?{urlencode(query)}" if query else address


def unit_and_period(unit_pk, period_pk):
    """404 for a unit outside the scope, exactly as for one that does not exist."""
    return get_object_or_404(Unit.objects.select_related("parent"), pk=unit_pk), get_object_or_404(Period, pk=period_pk)
