"""Locking a period's figures, opening them for a time, and refusing what would change locked ones.

A lock closes the records of a *fact unit*: a cơ sở with everything below it, or a unit above it with
its own records alone. The unit above locks and opens; the topmost unit locks itself and is opened by a
second person. Every change of a lock takes the units' rows FOR UPDATE first, every write shares them
(``members.triggers``), so nobody writes past a lock that is being set.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Case, Q, When

from ccb import clock
from members import triggers
from members.effective import co_so_of
from members.models import Level, LockState, Period, PeriodDates, PeriodLock, Unit, UnitVersion
from members.scoping import SEGMENT, all_units

LONGEST_OPENING = timedelta(days=31)
ASK = "Cần sửa thì xin Hội cấp trên mở khóa (Số liệu, Khóa số liệu)."


class PeriodLocked(ValidationError):
    """The figures of a unit are closed; the message says which, and how to mend. ``lock`` is the row."""

    def __init__(self, lock, mend):
        self.lock = lock
        super().__init__(
            f"{lock.unit.name} đã khóa số liệu {lock.period.label} (từ {lock.starts_on:%d/%m/%Y} đến hết {lock.ends_on:%d/%m/%Y}). {mend}",
            code="period_locked",
        )


# ── asking ─────────────────────────────────────────────────────────────────────────────────


def closed_locks():
    """Locks closed at this moment, of every unit: those of a cơ sở bind its chi hội, who do not see it."""
    return PeriodLock.objects.closed_at(clock.now()).select_related("unit", "period").order_by("starts_on", "pk")


def hold(units, also=()):
    """Keep the locks of the units' fact units as they are until the transaction ends. Call it before taking other rows."""
    paths = {unit.path[:end] for unit in units if Level(unit.level).rank > Level.CO_SO.rank for end in range(SEGMENT, len(unit.path), SEGMENT)}
    homes = {*also, *(unit.pk for unit in units)}
    with all_units("a chi hội shares the row of its cơ sở"):
        if paths:
            homes |= set(Unit.objects.filter(path__in=paths, level=Level.CO_SO).values_list("pk", flat=True))
        triggers.share_units(homes)


def hold_member(member):
    """The same for every unit in which the person ever stood: a fact about him counts there."""
    with all_units("a person may have stood in other units"):
        homes = {co_so or unit for co_so, unit in member.spells.values_list("co_so", "unit")}
    hold([member.unit], also=homes)


def ensure_open(*, unit, first, last=None):
    """Raise ``PeriodLocked`` when a day from ``first`` to ``last`` (inclusive, None: for ever) is closed for ``unit``."""
    home = co_so_of(unit) or unit
    hold([home])
    with all_units("the lock of the cơ sở binds its chi hội"):
        lock = closed_locks().filter(unit=home).touching(first, last).first()
        if lock:
            free = first_open_day(unit=home, day=first)
            raise PeriodLocked(lock, f"Ghi ngày từ {free:%d/%m/%Y} trở đi, hoặc xin Hội cấp trên mở khóa.")


def first_open_day(*, unit, day):
    """The first day from ``day`` on which ``unit`` takes a change that lasts: that day and all after it are open.

    Late news counts there: a death also changes every later stock, so no lock may follow the day.
    """
    with all_units("the lock of the cơ sở binds its chi hội"):
        last = closed_locks().filter(unit=co_so_of(unit) or unit).touching(day).order_by("-ends_on").first()
    return last.ends_on + timedelta(days=1) if last else day


def closed_for(*, units, period):
    """{pk: lock} of those ``units`` whose typed figures of ``period`` are closed, themselves or as part of a longer period."""
    units = list(units)
    with all_units("the lock of the cơ sở binds its chi hội"):
        homes = homes_on(units, period.ends_on)
        closed = closed_locks().filter(Q(period=period) | Q(period__in=period.wholes.all()), unit__in=set(homes.values()))
        by_home = {lock.unit_id: lock for lock in closed}
    return {unit.pk: by_home[homes[unit.pk]] for unit in units if homes[unit.pk] in by_home}


@dataclass(frozen=True)
class Own:
    """The fact unit that somebody works in, and its locks, the newest period first."""

    unit: Unit
    found: list[PeriodLock]


def locks_of(unit):
    """What is locked for the fact unit of ``unit``; a chi hội reads the locks of its cơ sở."""
    home = co_so_of(unit) or unit
    with all_units("the lock of the cơ sở binds its chi hội"):
        return Own(home, list(PeriodLock.objects.filter(unit=home).select_related("unit", "period").order_by("-ends_on", "-starts_on")))


def waiting_for(user):
    """Locks that somebody asked to be opened and that ``user`` may open, the oldest first."""
    asked = PeriodLock.objects.exclude(asked_by=None).filter(opened_by=None).select_related("unit", "period", "asked_by").order_by("locked_at")
    return [lock for lock in asked if may_lock(user, lock.unit) and lock.asked_by_id != user.pk]


def ensure_period_open(*, units, period):
    """Raise ``PeriodLocked`` when the typed figures and texts of one of ``units`` for ``period`` are closed. ``hold`` them first."""
    closed = closed_for(units=units, period=period)
    if closed:
        raise PeriodLocked(next(iter(closed.values())), ASK)


def homes_on(units, day):
    """{pk: pk of the fact unit} as the units stood on ``day``; what was founded later stands where it stands today."""
    homes = {unit.pk: unit.pk for unit in units}
    climbing = {unit.pk: unit.pk for unit in units if Level(unit.level).rank > Level.CO_SO.rank}
    while climbing:
        parents = _parents_on({*climbing.values()}, day)
        for pk, at in list(climbing.items()):
            parent, level = parents.get(at, (None, None))
            if level == Level.CO_SO:
                homes[pk] = parent
            if level is None or Level(level).rank <= Level.CO_SO.rank:
                del climbing[pk]
            else:
                climbing[pk] = parent
    return homes


def _parents_on(pks, day):
    versions = UnitVersion.objects.filter(unit__in=pks).annotate(later=Case(When(starts_on__gt=day, then=0), default=1)).order_by("later", "starts_on")
    return {pk: (parent, level) for pk, parent, level in versions.values_list("unit", "parent", "parent__level")}


# ── locking and opening ────────────────────────────────────────────────────────────────────


def may_lock(user, unit):
    """Whether ``user`` acts for a unit above ``unit``, or for ``unit`` itself when nothing stands above it."""
    acting = user.acting.unit if user is not None and user.acting else None
    return acting is not None and unit.is_within(acting) and (unit.pk != acting.pk or unit.parent_id is None)


def lock_period(*, unit, period, by):
    """Close the figures of ``unit`` for ``period``, also when they stand open; returns its ``PeriodLock``."""
    return lock_periods(units=[unit], period=period, by=by)[0]


@transaction.atomic
def lock_periods(*, units, period, by):
    """Close ``period`` for each of ``units`` and for the cơ sở that merged into them since; returns the locks of ``units``.

    Raises ``PermissionDenied`` unless ``by`` acts above them, ``ValidationError`` for a period that
    still runs or a unit below the cơ sở.
    """
    for unit in units:
        if Level(unit.level).rank > Level.CO_SO.rank:
            raise ValidationError(f"{unit.name} khóa cùng tổ chức cơ sở của mình, không khóa riêng.")
        if not may_lock(by, unit):
            raise PermissionDenied("Khóa số liệu là việc của Hội cấp trên trực tiếp hoặc cao hơn.")
    dates = _dates(units, period)
    for unit in units:
        if dates[unit.pk][1] >= clock.today():
            raise ValidationError(f"{unit.name}: {period.label} chốt số liệu hết ngày {dates[unit.pk][1]:%d/%m/%Y}. Khóa được từ ngày hôm sau.")
    spans = _with_merged(units, dates)
    _seize(spans)
    Period.objects.select_for_update(of=("self",), no_key=True).get(pk=period.pk)
    stored = {lock.unit_id: lock for lock in PeriodLock.objects.filter(unit__in=spans, period=period)}
    for unit, (first, last) in spans.items():
        lock = stored.setdefault(unit.pk, PeriodLock(unit=unit, period=period, starts_on=first, ends_on=last))
        if lock.pk is None or lock.state_at(clock.now()) == LockState.OPENED:
            _close(lock, by)
    return [stored[unit.pk] for unit in units]


@transaction.atomic
def open_period(*, unit, period, until, reason, by):
    """Open a locked ``period`` of ``unit`` up to the moment ``until``; it closes again by itself.

    Raises ``PermissionDenied`` unless ``by`` acts above ``unit``, and is another person than the one who asked;
    ``ValidationError`` without a reason, for a moment past or more than ``LONGEST_OPENING`` ahead, and when nothing is locked.
    """
    if not may_lock(by, unit):
        raise PermissionDenied("Mở khóa là việc của Hội cấp trên.")
    lock, now = _stored(unit, period), clock.now()
    if unit.parent_id is None and not lock.asked_by_id:
        raise ValidationError("Đơn vị cao nhất mở khóa phải qua hai người: một người xin mở trước, người thứ hai mở.")
    if lock.asked_by_id == by.pk:
        raise PermissionDenied("Người xin mở không tự mở khóa được; cần người thứ hai.")
    if not reason.strip():
        raise ValidationError({"reason": "Chưa ghi lý do mở khóa."})
    if not now < until <= now + LONGEST_OPENING:
        raise ValidationError({"until": f"Chỉ mở từ hôm nay đến nhiều nhất {LONGEST_OPENING.days} ngày. Ghi một ngày trong khoảng ấy."})
    for row in _same_work(lock):
        row.opened_until, row.opened_by, row.reason = until, by, reason.strip()
        row.asked_by = row.asked_by or lock.asked_by
        row.full_clean(exclude=["locked_by"])
        _save(row, by, "mở khóa")
    return _stored(unit, period)


@transaction.atomic
def ask_open(*, unit, period, reason, by):
    """The unit asks for a locked period to be opened. Raises ``PermissionDenied`` for anybody who does not act for it."""
    if by is None or not by.acting or by.acting.unit_id != unit.pk:
        raise PermissionDenied("Đơn vị có số liệu bị khóa thì xin mở.")
    lock = _stored(unit, period)
    if lock.state_at(clock.now()) == LockState.OPENED:
        raise ValidationError("Kỳ này đang mở, không cần xin nữa.")
    if not reason.strip():
        raise ValidationError({"reason": "Chưa ghi lý do xin mở. Một câu là đủ, như “ghi sót 2 hội viên từ trần”."})
    lock.asked_by, lock.reason, lock.opened_until, lock.opened_by = by, reason.strip(), None, None
    lock.full_clean(exclude=["locked_by"])
    return _save(lock, by, "xin mở khóa")


@transaction.atomic
def close_again(*, unit, period, by):
    """Close an opened period before its time. Raises ``PermissionDenied`` unless ``by`` acts above the unit."""
    if not may_lock(by, unit):
        raise PermissionDenied("Khóa số liệu là việc của Hội cấp trên trực tiếp hoặc cao hơn.")
    _seize(_together(unit))
    for row in _same_work(_stored(unit, period)):
        _close(row, by)
    return _stored(unit, period)


def _stored(unit, period):
    lock = PeriodLock.objects.select_for_update(of=("self",)).filter(unit=unit, period=period).select_related("unit", "period").first()
    if lock is None:
        raise ValidationError(f"{unit.name} chưa khóa {period.label}, sửa được như thường.")
    return lock


def _together(unit):
    """The unit and the cơ sở that merged into it, which hang under it now."""
    return Unit.objects.under(unit).filter(level=Level.CO_SO) if unit.level == Level.CO_SO else Unit.objects.filter(pk=unit.pk)


def _same_work(lock):
    """The lock and those of the cơ sở that merged into its unit, whose records lie with it now."""
    rows = PeriodLock.objects.filter(unit__in=_together(lock.unit), period=lock.period)
    return list(rows.select_related("unit", "period").order_by("unit"))


def _seize(units):
    """FOR UPDATE, in one order for everybody: waits for those who are writing, and lets nobody begin."""
    list(Unit.objects.select_for_update(of=("self",)).filter(pk__in=[unit.pk for unit in units]).order_by("pk"))


def _close(lock, by):
    lock.locked_by, lock.locked_at = by, clock.now()
    lock.opened_until, lock.opened_by, lock.asked_by, lock.reason = None, None, None, ""
    return _save(lock, by, "khóa")


def _save(lock, by, words):
    lock._history_user, lock._change_reason = by, words
    lock.save()
    return lock


def _dates(units, period):
    """{pk: (first, last)} of ``period``: the nearest unit above that has dates of its own decides. One query."""
    with all_units("a unit keeps the dates of the nearest unit above, which it may not see"):
        own = {row.unit.path: (row.starts_on, row.ends_on) for row in PeriodDates.objects.filter(period=period).select_related("unit")}
    found = {}
    for unit in units:
        line = [unit.path[:end] for end in range(len(unit.path), 0, -SEGMENT)]
        found[unit.pk] = next((own[path] for path in line if path in own), (period.starts_on, period.ends_on))
    return found


def _with_merged(units, dates):
    """{unit: (first, last)} of ``units`` and of the closed cơ sở under them that stood in the period."""
    found = {unit: dates[unit.pk] for unit in units}
    for unit in units:
        if unit.level == Level.CO_SO:
            closed = Unit.objects.under(unit).filter(level=Level.CO_SO, closes_on__gte=dates[unit.pk][0]).exclude(pk=unit.pk)
            found |= dict.fromkeys(closed, dates[unit.pk])
    return found
