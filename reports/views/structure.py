"""What the pages about units show of reports: fragments that they load by address, whole pages without a script."""

from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.decorators import permission_required
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from ccb import clock
from emulation.models import ClusterMember
from members.models import Level, Period, PeriodKind, Unit
from members.past import forerunners
from reports import indicators
from reports.figures import FigureSet, State
from reports.models import EnteredFigure, ReportText, SectionConfirmation

from .report import READ

UNITS_AT_ONCE = 40
YEARS = 4
TOTAL = "members_total"


@dataclass
class OpenReport:
    """What a unit has done so far for a period that the change falls into, or that comes after it."""

    unit: Unit
    period: Period
    figures: int = 0
    confirmed: int = 0
    texts: int = 0


def _units(request):
    """The units of ``?don-vi=1,2``; 404 when one of them is not in reach."""
    asked = request.GET.get("don-vi", "").split(",")
    keys = {int(key) for key in asked if key.isascii() and key.isdigit() and len(key) < 18}
    units = list(Unit.objects.filter(pk__in=keys).order_by("path"))
    if not keys or len(keys) != len(asked) or len(units) != len(keys) or len(units) > UNITS_AT_ONCE:
        raise Http404
    return units


def _day(text):
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error


@require_GET
@permission_required(READ, raise_exception=True)
def open_reports(request):
    """Figures, confirmations and texts of the units for periods that end on ``tu`` or later; their clusters of this year."""
    units, since = _units(request), _day(request.GET.get("tu", "") or f"{clock.today()}")
    found = {}
    for model, name in ((EnteredFigure, "figures"), (SectionConfirmation, "confirmed"), (ReportText, "texts")):
        rows = model.objects.filter(unit__in=units, period__ends_on__gte=since).order_by()
        for unit, period, number in rows.values_list("unit", "period").annotate(n=Count("*")):
            found.setdefault((unit, period), {})[name] = number
    by_pk = {unit.pk: unit for unit in units}
    periods = Period.objects.in_bulk({period for _, period in found})
    rows = [OpenReport(by_pk[unit], periods[period], **said) for (unit, period), said in found.items()]
    rows.sort(key=lambda row: (row.unit.path, row.period.ends_on))
    clusters = ClusterMember.objects.filter(unit__in=units, cluster_year__year__gte=since.year).select_related("unit", "cluster_year__unit")
    return render(request, "reports/open_reports.html", {"rows": rows, "units": units, "clusters": clusters})


@dataclass
class YearRow:
    period: Period
    then: str
    today: str
    parts: list = field(default_factory=list)  # (unit, number) of those from which the unit came, when it did not stand yet


@require_GET
@permission_required(READ, raise_exception=True)
def members_by_year(request, unit_pk):
    """Members at the end of the last years, as the units stood then and as they stand today."""
    unit = get_object_or_404(Unit.objects.select_related("parent"), pk=unit_pk)
    if Level(unit.level).rank < Level.TINH.rank or unit.is_cluster:
        raise Http404
    today = clock.today()
    periods = Period.objects.filter(kind=PeriodKind.NAM, starts_on__lte=today).order_by("-ends_on")[:YEARS]
    rows = []
    for period in periods:
        row = YearRow(period, _total(unit, period, "then"), _total(unit, period, "today"))
        if not row.then:
            row.parts = [(old, number) for old in forerunners(unit, period.ends_on) if (number := _total(old, period, "then"))]
        rows.append(row)
    return render(request, "reports/members_by_year.html", {"unit": unit, "rows": rows})


def _total(unit, period, structure):
    """The number of members, None when there is none."""
    if unit.opens_on > period.ends_on and structure == "then":
        return None
    figure = FigureSet(unit, period, structure, {TOTAL: indicators.lookup()[TOTAL]}, compare=False).get(TOTAL)
    return figure.value if figure.state == State.NUMBER else None
