"""Finding the period that has given dates for a unit, or making it."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q

from ccb import clock
from members.models import Period, PeriodDates, PeriodKind, Unit
from members.scoping import all_units
from reports.models import EnteredFigure
from reports.structure import ancestors_of, dates_of

FIRST_YEAR, LAST_YEAR = 1989, 2100  # the association was founded in 1989


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
    """Periods to choose from, the newest first: those of the last two years, and older ones with figures below ``unit``."""
    recent = Q(ends_on__gte=clock.today() - timedelta(days=730))
    used = EnteredFigure.objects.filter(unit__in=Unit.objects.under(unit)).values("period_id")
    return list(Period.objects.filter(recent | Q(pk__in=used))[:most])


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
    kind, year, number, label = _name(first, last)
    return Period(kind=kind, year=year, number=number, label=label, starts_on=first, ends_on=last)


def make_period(first, last):
    """Save the period of a span, see ``describe``; ``ValidationError`` too when these dates are taken."""
    period = describe(first, last)
    period.full_clean()
    period.save()
    return period


def _name(first, last):
    days = (last - first).days + 1
    months = round(days / 30.44)
    same_year = first.year == last.year
    whole_months = first.day == 1
    if (300 <= days <= 400 and (first.month >= 10 or first.month == 1) and last.month >= 10) or _is_year(first, last):
        return PeriodKind.NAM, last.year, 0, f"năm {last.year}"
    if same_year and whole_months and first.month == 1 and months == 9:
        return PeriodKind.CHIN_THANG, last.year, 0, f"9 tháng đầu năm {last.year}"
    if same_year and whole_months and first.month == 1 and months == 6:
        return PeriodKind.SAU_THANG, last.year, 1, f"6 tháng đầu năm {last.year}"
    if same_year and whole_months and first.month == 7 and months == 6:
        return PeriodKind.SAU_THANG, last.year, 2, f"6 tháng cuối năm {last.year}"
    if same_year and whole_months and first.month % 3 == 1 and months == 3:
        quarter = (first.month + 2) // 3
        return PeriodKind.QUY, last.year, quarter, f"quý {['I', 'II', 'III', 'IV'][quarter - 1]} năm {last.year}"
    if same_year and whole_months and first.month == last.month and days >= 28:
        return PeriodKind.THANG, last.year, last.month, f"tháng {last.month} năm {last.year}"
    return PeriodKind.KHAC, last.year, 0, f"giai đoạn {first:%d/%m/%Y} - {last:%d/%m/%Y}"


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
