"""Finding the period that has given dates for a unit, or making it."""

from calendar import monthrange
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q

from ccb import clock
from members.models import Period, PeriodDates, PeriodKind, Unit
from members.scoping import all_units
from reports.models import EnteredFigure
from reports.structure import ancestors_of, dates_of

FIRST_YEAR, LAST_YEAR = 1989, 2100  # the association was founded in 1989
ROMAN = ["I", "II", "III", "IV"]
MOST_IN_A_YEAR = {PeriodKind.SAU_THANG: 2, PeriodKind.QUY: 4, PeriodKind.THANG: 12}  # kinds with a number


def find_period(unit, first, last):
    """The period whose dates for ``unit`` are ``first`` to ``last`` (inclusive), a year before others; else None."""
    units = [*ancestors_of(unit), unit]
    with all_units("a unit keeps the dates of the nearest unit above, which it may not see"):
        own = list(PeriodDates.objects.filter(unit__in=units, starts_on=first, ends_on=last).values_list("period_id", flat=True))
    found = [
        p for p in (Period.objects.filter(starts_on=first, ends_on=last) | Period.objects.filter(pk__in=own))
        if dates_of(unit, p) == (first, last)
    ]
    order = list(PeriodKind.values)
    typed = set(EnteredFigure.objects.filter(unit=unit, period__in=found).values_list("period_id", flat=True)) if len(found) > 1 else set()
    return min(found, key=lambda p: (p.pk not in typed, order.index(p.kind), p.pk), default=None)


def periods_of(unit, most=60):
    """Periods to choose from, the newest first: those with figures below ``unit`` or a date to send by, and others near today.

    Any unit may make a period, and all see it: those that nobody here uses come last, and none from a
    far year hides the one under way.
    """
    today = clock.today()
    near = Q(ends_on__range=(today - timedelta(days=730), today + timedelta(days=400)))
    used = Q(pk__in=EnteredFigure.objects.filter(unit__in=Unit.objects.under(unit)).values("period_id"))
    announced = Q(pk__in=Period.objects.filter(near).exclude(due_on=None).values("pk"))
    found = list(Period.objects.filter(used | announced)[:most])
    found += Period.objects.filter(near).exclude(pk__in=[p.pk for p in found]).order_by("pk")[: most - len(found)]
    return sorted(found, key=lambda p: (p.ends_on, -p.starts_on.toordinal()), reverse=True)


def usual_dates(unit, kind, number, year):
    """(first, last) as ``unit``, or else the nearest unit above, dates such periods, moved to ``year``.

    The same year counts first, then the year before, then the nearest. Where nobody on the way up has
    used one, those that were announced with a due date; None when there is nothing to go by.
    """
    line = [unit, *reversed(ancestors_of(unit))]
    periods = list(Period.objects.filter(kind=kind, number=number))
    with all_units("a unit dates its periods as the units above, which it may not see"):
        used = {
            *EnteredFigure.objects.filter(unit__in=line, period__in=periods).order_by().values_list("unit", "period").distinct(),
            *PeriodDates.objects.filter(unit__in=line, period__in=periods).values_list("unit", "period"),
        }
    choices = [[p for p in periods if (u.pk, p.pk) in used] for u in line] + [[p for p in periods if p.due_on]]
    found = next(filter(None, choices), None)
    if found is None:
        return None
    nearest = min(found, key=lambda p: (abs(p.year - year), p.year > year, p.pk))
    return tuple(_moved(day, year - nearest.year) for day in dates_of(unit, nearest))


def _moved(day, years):
    """The same day in another year; the last of a month stays the last."""
    is_last = day.day == monthrange(day.year, day.month)[1]
    most = monthrange(day.year + years, day.month)[1]
    return date(day.year + years, day.month, most if is_last else min(day.day, most))


def overlapping(unit, period):
    """[(other, first, last)] of the same kind that share days with ``period``; empty when it exists already."""
    units = [*ancestors_of(unit), unit] if unit else []
    span = {"starts_on__lte": period.ends_on, "ends_on__gte": period.starts_on}
    with all_units("a unit keeps the dates of the nearest unit above, which it may not see"):
        own = PeriodDates.objects.filter(unit__in=units, **span).values_list("period", flat=True)
        near = Period.objects.filter(Q(**span) | Q(pk__in=list(own)), kind=period.kind)
        dated = [(p, *(dates_of(unit, p) if unit else (p.starts_on, p.ends_on))) for p in near]
    if any((first, last) == (period.starts_on, period.ends_on) for _, first, last in dated):
        return []
    return [(p, first, last) for p, first, last in dated if first <= period.ends_on and last >= period.starts_on]


def has_number(kind, number):
    """Whether ``number`` tells which of its kind in the year: 1 to 4 for a quarter, 0 for a year."""
    return 1 <= number <= MOST_IN_A_YEAR[kind] if kind in MOST_IN_A_YEAR else number == 0


def label_of(kind, year, number):
    """"năm 2026", "quý IV năm 2026"; '' for a kind that is named by its dates.

    Raises ``ValueError`` for a number that the kind does not have.
    """
    if not has_number(kind, number):
        raise ValueError(f"{kind} has no number {number}")
    match kind:
        case PeriodKind.NAM:
            return f"năm {year}"
        case PeriodKind.CHIN_THANG:
            return f"9 tháng đầu năm {year}"
        case PeriodKind.SAU_THANG:
            return f"6 tháng {'cuối' if number == 2 else 'đầu'} năm {year}"
        case PeriodKind.QUY:
            return f"quý {ROMAN[number - 1]} năm {year}"
        case PeriodKind.THANG:
            return f"tháng {number} năm {year}"
    return ""


def describe(first, last):
    """An unsaved ``Period`` for a span of dates: its kind, year and label as people would call it.

    Raises ``ValidationError`` when it ends before it begins.
    """
    if last < first:
        raise ValidationError(
            f"Kỳ kết thúc ({last:%d/%m/%Y}) trước khi bắt đầu ({first:%d/%m/%Y}). Hãy sửa ngày chốt cho bằng hoặc sau ngày đầu kỳ."
        )
    if first.year < FIRST_YEAR or last.year > LAST_YEAR:
        raise ValidationError(f"Năm phải từ {FIRST_YEAR} đến {LAST_YEAR}: {first:%d/%m/%Y} - {last:%d/%m/%Y}. Hãy xem lại hai ngày.")
    kind, year, number = _kind_of(first, last)
    label = label_of(kind, year, number) or f"giai đoạn {first:%d/%m/%Y} - {last:%d/%m/%Y}"
    return Period(kind=kind, year=year, number=number, label=label, starts_on=first, ends_on=last)


def make_period(first, last):
    """Save the period of a span, see ``describe``; ``ValidationError`` too when these dates are taken."""
    period = describe(first, last)
    period.full_clean()
    period.save()
    return period


def _kind_of(first, last):
    """(kind, year, number) that a span of dates looks like."""
    days = (last - first).days + 1
    months = round(days / 30.44)
    same_year = first.year == last.year
    whole_months = first.day == 1
    if (300 <= days <= 400 and (first.month >= 10 or first.month == 1) and last.month >= 10) or _is_year(first, last):
        return PeriodKind.NAM, last.year, 0
    if same_year and whole_months and first.month == 1 and months == 9:
        return PeriodKind.CHIN_THANG, last.year, 0
    if same_year and whole_months and first.month in (1, 7) and months == 6:
        return PeriodKind.SAU_THANG, last.year, 1 if first.month == 1 else 2
    if same_year and whole_months and first.month % 3 == 1 and months == 3:
        return PeriodKind.QUY, last.year, (first.month + 2) // 3
    if same_year and whole_months and first.month == last.month and days >= 28:
        return PeriodKind.THANG, last.year, last.month
    return PeriodKind.KHAC, last.year, 0


def _is_year(first, last):
    """From 1 January to a cut-off in the last quarter, or twelve months that end in a year's last half."""
    return (first == date(last.year, 1, 1) and last.month >= 10) or (360 <= (last - first).days + 1 <= 372 and last.month >= 7)


def store_period(period, *, unit=None):
    """(period, made): the one that ``unit`` has with the same kind and dates, else ``period``, saved once."""
    found = find_period(unit, period.starts_on, period.ends_on) if unit else None
    if found is not None and found.kind == period.kind:
        return found, False
    return Period.objects.get_or_create(
        kind=period.kind, starts_on=period.starts_on, ends_on=period.ends_on,
        defaults={"year": period.year, "number": period.number, "label": period.label},
    )
