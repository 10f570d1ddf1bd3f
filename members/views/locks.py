"""Locked periods: which unit has closed which period, closing many at once, opening one for a time."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ccb import clock
from members.forms.lock import AskForm, OpenForm
from members.models import Kind, Level, LockState, Period, PeriodLock, Unit
from members.services.locks import (
    ask_open,
    close_again,
    lock_periods,
    locks_of,
    may_lock,
    open_period,
    waiting_for,
)

from .access import permission_required

PERIODS_SHOWN = 60
READ = "members.view_periodlock"
LOCK = "members.lock_period"
OPEN = "members.open_period"
WRITE = "members.change_member"
FACT_LEVELS = [Level.TRUNG_UONG, Level.TINH, Level.CUM, Level.CO_SO]
TAGS = {LockState.LOCKED: "ok", LockState.ASKED: "late", LockState.OPENED: "soon"}


@dataclass(frozen=True)
class Row:
    """A unit, or a period of one unit, with its lock or None."""

    lock: PeriodLock | None
    unit: Unit | None = None
    leads_down: bool = False

    @property
    def state(self):
        return self.lock and self.lock.state_at(clock.now())

    @property
    def tag(self):
        return TAGS.get(self.state, "quiet")

    @property
    def words(self):
        if self.lock is None:
            return "Chưa khóa"
        if self.state == LockState.OPENED:
            return f"Đang mở đến hết {last_day(self.lock.opened_until):%d/%m/%Y}"
        return LockState(self.state).label

    @property
    def is_closed(self):
        return self.state not in (None, LockState.OPENED)


def last_day(moment):
    """The last day of an opening, which ends at a midnight."""
    return (moment.astimezone(clock.HO_CHI_MINH) - timedelta(seconds=1)).date()


def asked_period(request, periods):
    """The period of ``?ky=`` or of the form, else the newest that has ended, else the newest; 404 for an unknown one."""
    asked = request.POST.get("ky") or request.GET.get("ky", "")
    if asked:
        found = next((period for period in periods if str(period.pk) == asked), None)
        found = found or (Period.objects.filter(pk=int(asked)).first() if asked.isascii() and asked.isdigit() and len(asked) < 18 else None)
        if found is None:
            raise Http404
        return found
    return next((period for period in periods if period.ends_on < clock.today()), next(iter(periods), None))


def asked_top(request):
    """The unit of ``?don-vi=`` within the scope, else the acting one; None for whoever acts for nobody."""
    asked = request.GET.get("don-vi", "")
    if asked:
        return get_object_or_404(Unit.objects.select_related("parent"), pk=asked if asked.isascii() and asked.isdigit() else None)
    return request.user.acting.unit if request.user.acting else None


def subordinates(top):
    """The fact units directly below ``top``; at the top of everything when there is none."""
    return Unit.objects.filter(parent=top, level__in=FACT_LEVELS).exclude(kind=Kind.CUM_THI_DUA).open_on(clock.today()).order_by("path")


def rows_of(units, period):
    locks = {lock.unit_id: lock for lock in PeriodLock.objects.filter(unit__in=units, period=period).select_related("asked_by", "period")}
    above = set(Unit.objects.filter(parent__in=units, level__in=FACT_LEVELS).exclude(kind=Kind.CUM_THI_DUA).values_list("parent", flat=True))
    return [Row(locks.get(unit.pk), unit, unit.pk in above) for unit in units]


@require_http_methods(["GET", "POST"])
@permission_required(READ, raise_exception=True)
def locks(request):
    """One period at a time for the units below; every lock of the own unit; who waits for an opening."""
    periods = list(Period.objects.all()[:PERIODS_SHOWN])
    period = asked_period(request, periods)
    top = asked_top(request)
    if period and period not in periods:
        periods.append(period)
    if request.method == "POST":
        return _lock_many(request, periods, period, top)
    return _show(request, periods, period, top)


@permission_required(LOCK, raise_exception=True)
def _lock_many(request, periods, period, top):
    units = list(subordinates(top)) if period else []
    if "tat-ca" in request.POST:  # what was opened for a time stays so
        units = [row.unit for row in rows_of(units, period) if row.lock is None]
    else:
        chosen = set(request.POST.getlist("chon"))
        if chosen - {str(unit.pk) for unit in units}:
            raise Http404
        units = [unit for unit in units if str(unit.pk) in chosen]
    if "duoi" in request.POST:
        below = [each for unit in units for each in Unit.objects.under(unit).filter(level__in=FACT_LEVELS, closes_on=None).exclude(kind=Kind.CUM_THI_DUA)]
        units += [row.unit for row in rows_of(below, period) if row.lock is None and row.unit not in units]
    if not units:
        return _show(request, periods, period, top, "Chưa chọn đơn vị nào. Đánh dấu những đơn vị cần khóa rồi bấm lại.")
    try:
        found = lock_periods(units=units, period=period, by=request.user)
    except ValidationError as error:
        return _show(request, periods, period, top, " ".join(error.messages))
    named = found[0].unit.name if len(found) == 1 else f"{len(found)} đơn vị"
    messages.success(request, f"Đã khóa số liệu {period.label} của {named}. Ai cần sửa thì xin mở khóa ở trang này.")
    return redirect(request.get_full_path())


def _show(request, periods, period, top, error=""):
    units = list(subordinates(top)) if period else []
    acting = request.user.acting.unit if request.user.acting else None
    rows = rows_of(units, period)
    may = bool(units) and request.user.has_perm(LOCK) and may_lock(request.user, units[0])
    own, home = [], None
    if top == acting and acting is not None:
        home = locks_of(acting)
        own = [Row(lock) for lock in home.found]
    context = {
        "unit": top, "periods": periods, "period": period, "rows": rows, "may_lock": may, "unlocked": sum(row.lock is None for row in rows),
        "all_closed": all(row.is_closed for row in rows), "leads_down": any(row.leads_down for row in rows), "error": error, "chosen": request.POST.getlist("chon"),
        "asked": waiting_for(request.user) if request.user.has_perm(OPEN) else [],
        "home": home and home.unit, "own": own, "lockable": period is not None and period.ends_on < clock.today(),
    }
    return render(request, "members/locks.html", context, status=422 if error else 200)


# --- one lock ------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@permission_required(READ, raise_exception=True)
def lock(request, pk):
    """The lock of one unit and period with its history; the unit asks here, the one above opens and closes."""
    found = get_object_or_404(PeriodLock.objects.select_related("unit__parent", "period", "locked_by", "opened_by", "asked_by"), pk=pk)
    state = found.state_at(clock.now())
    above = may_lock(request.user, found.unit)
    is_own = bool(request.user.acting and request.user.acting.unit_id == found.unit_id)
    opens = above and request.user.has_perm(OPEN) and found.asked_by_id != request.user.pk
    opens = opens and (found.unit.parent_id is not None or state == LockState.ASKED)
    asks = is_own and request.user.has_perm(WRITE) and state == LockState.LOCKED
    sent = request.POST if request.method == "POST" else None
    forms = {
        "ask": AskForm(sent if sent and "xin" in sent else None),
        "open": OpenForm(sent if sent and "mo" in sent else None, today=clock.today(), reason=found.reason if state == LockState.ASKED else ""),
    }
    if sent is not None and _done(request, found, forms):
        return redirect("members:lock", found.pk)
    row = Row(found)
    context = {
        "lock": found, "unit": found.unit, "row": row, "state": state, "ask": forms["ask"] if asks else None, "open": forms["open"] if opens else None,
        "closes": above and request.user.has_perm(LOCK) and state == LockState.OPENED, "waits": state == LockState.ASKED and not opens,
        "bound": next((form for form in forms.values() if form.errors), None), "history": history_of(found),
        "back": f"{reverse('members:locks')}?ky={found.period_id}", "is_top": found.unit.parent_id is None,
    }
    return render(request, "members/lock.html", context, status=200 if sent is None else 422)


def _done(request, found, forms):
    """Carry out what was sent; True when it is done, else its form says why not."""
    if "xin" in request.POST:
        return _ask(request, found, forms["ask"])
    if "mo" in request.POST:
        return _unlock(request, found, forms["open"])
    return _close(request, found)


@permission_required(WRITE, raise_exception=True)
def _ask(request, found, form):
    return _try(form, lambda: ask_open(unit=found.unit, period=found.period, reason=form.cleaned_data["reason"], by=request.user)) and _say(
        request, f"Đã gửi lời xin mở {found.period.label}. Người mở khóa thấy ở trang Việc cần làm và trang Khóa số liệu.")


@permission_required(OPEN, raise_exception=True)
def _unlock(request, found, form):
    def act():
        until = datetime.combine(form.cleaned_data["until"] + timedelta(days=1), time(), clock.HO_CHI_MINH)
        open_period(unit=found.unit, period=found.period, until=until, reason=form.cleaned_data["reason"], by=request.user)

    return _try(form, act) and _say(
        request, f"Đã mở {found.period.label} của {found.unit.name} đến hết ngày {form.cleaned_data['until']:%d/%m/%Y}. Hết ngày ấy kỳ tự khóa lại.")


@permission_required(LOCK, raise_exception=True)
def _close(request, found):
    if "khoa" not in request.POST:
        return False
    close_again(unit=found.unit, period=found.period, by=request.user)
    return _say(request, f"Đã khóa lại {found.period.label} của {found.unit.name}.")


def _try(form, act):
    if not form.is_valid():
        return False
    try:
        act()
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _say(request, words):
    messages.success(request, words)
    return True


def history_of(found):
    """The last steps, the newest first."""
    rows = found.history.select_related("history_user").order_by("-history_date", "-history_id")[:50]
    return [
        {"at": row.history_date, "by": row.history_user, "words": row.history_change_reason or "ghi", "reason": row.reason,
         "until": last_day(row.opened_until) if row.opened_until else None}
        for row in rows
    ]
