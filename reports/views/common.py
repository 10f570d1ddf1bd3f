"""What the pages of reports share: the unit and the period of the address."""

from django.shortcuts import get_object_or_404

from members.models import Period, Unit


def unit_and_period(unit_pk, period_pk):
    """404 for a unit outside the scope, exactly as for one that does not exist."""
    return get_object_or_404(Unit.objects.select_related("parent"), pk=unit_pk), get_object_or_404(Period, pk=period_pk)
