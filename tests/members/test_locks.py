"""Who locks and opens a period, for how long, and what the services say before the gate has to."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from ccb import clock
from members.models import LockState, Period, PeriodDates, PeriodLock, Unit
from members.scoping import all_units, scope_for
from members.services import PeriodLocked
from members.services.locks import (
    ask_open,
    close_again,
    closed_for,
    ensure_open,
    ensure_period_open,
    first_open_day,
    lock_period,
    lock_periods,
    open_period,
    waiting_for,
)
from members.services.structure import Decision, NewUnit, carry_out, plan_merge
from tests.members.locking import FIRST, LAST, SOON, close, year
from tests.members.locking import locked as locked

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 12, tzinfo=clock.HO_CHI_MINH)
TOMORROW = NOON + timedelta(days=1)
WHY = "ghi sót 2 hội viên từ trần"


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to(NOON, tick=False)


def by(user, act, **given):
    with scope_for(user):
        return act(by=user, **given)


def stored(unit, period=None):
    with all_units("a test looks at a lock"):
        return PeriodLock.objects.select_related("unit", "period").get(unit=unit, period=period or year(2025))


# ── locking ──


def test_the_unit_above_locks_and_the_dates_of_the_branch_are_kept(cast, tree):
    period = year(2025)
    with all_units("a test"):
        PeriodDates.objects.create(period=period, unit=tree.lam_giang, starts_on=date(2024, 12, 1), ends_on=date(2025, 11, 30))
    lock = by(cast.van_phong, lock_period, unit=tree.thanh_son, period=period)
    assert (lock.starts_on, lock.ends_on, lock.locked_by, lock.locked_at, lock.opened_until) == (
        date(2024, 12, 1), date(2025, 11, 30), cast.van_phong, NOON, None)
    with all_units("a test looks at the history"):
        assert lock.history.get().history_change_reason == "khóa"


@pytest.mark.parametrize(("who", "unit", "reason"), [
    ("thu_ky", "thanh_son", PermissionDenied),  # one's own unit
    ("van_phong", "lam_giang", PermissionDenied),
    ("van_phong", "trung_uong", PermissionDenied),
    ("van_phong", "kim_bai", PermissionDenied),  # another province's
    ("superuser", "thanh_son", PermissionDenied),  # who sets up the program holds no office
    ("van_phong", "thon_dong", ValidationError),  # is locked with its commune
    ("van_phong", "khoi", None), ("van_phong", "so_noi_vu", None), ("van_phong", "binh_minh", None),
])
def test_only_the_level_above_locks(who, unit, reason, cast, tree):
    unit, user = getattr(tree, unit), getattr(cast, who)
    if reason:
        with pytest.raises(reason):
            by(user, lock_period, unit=unit, period=year(2025))
    else:
        assert by(user, lock_period, unit=unit, period=year(2025)).unit == unit
    with all_units("a test looks at the locks"):
        assert PeriodLock.objects.count() == (0 if reason else 1)


def test_a_period_that_still_runs_is_not_locked(cast, tree):
    with pytest.raises(ValidationError, match="chốt số liệu hết ngày 31/12/2026"):
        by(cast.van_phong, lock_period, unit=tree.thanh_son, period=year(2026))


def test_many_are_locked_at_once_and_twice_is_once(cast, tree):
    units = [tree.thanh_son, tree.binh_minh, tree.khoi]
    for _ in range(2):
        found = by(cast.van_phong, lock_periods, units=units, period=year(2025))
    assert [lock.unit for lock in found] == units
    with all_units("a test looks at the locks"):
        assert (PeriodLock.objects.count(), PeriodLock.history.count()) == (3, 3)


def test_one_refused_unit_refuses_all(cast, tree):
    with pytest.raises(PermissionDenied):
        by(cast.van_phong, lock_periods, units=[tree.thanh_son, tree.kim_bai], period=year(2025))
    with all_units("a test looks at the locks"):
        assert not PeriodLock.objects.exists()


def test_the_communes_that_merged_into_one_are_locked_and_opened_with_it(cast, tree):
    decision = Decision(date(2026, 7, 1), "1/QĐ", "Tỉnh Hội", date(2026, 6, 1))
    new = NewUnit("LG-MOI", "Hội CCB xã Mới", "CO_SO", "xa", tree.lam_giang)
    with all_units("a test merges two communes"):
        carry_out(plan=plan_merge(olds=[tree.thanh_son, tree.binh_minh], into=new, decision=decision))
        merged = Unit.objects.get(code="LG-MOI")
    by(cast.van_phong, lock_period, unit=merged, period=year(2025))
    assert [stored(unit).state_at(NOON) for unit in (merged, tree.thanh_son, tree.binh_minh)] == [LockState.LOCKED] * 3
    by(cast.van_phong, open_period, unit=merged, period=year(2025), until=TOMORROW, reason=WHY)
    assert [stored(unit).state_at(NOON) for unit in (merged, tree.thanh_son, tree.binh_minh)] == [LockState.OPENED] * 3
    by(cast.van_phong, close_again, unit=merged, period=year(2025))
    assert [stored(unit).state_at(NOON) for unit in (merged, tree.thanh_son, tree.binh_minh)] == [LockState.LOCKED] * 3


# ── opening ──


def test_asked_opened_expired_and_each_step_remembered(locked, cast, tree, time_machine):
    unit, period = tree.thanh_son, locked.period
    by(cast.thu_ky, ask_open, unit=unit, period=period, reason=WHY)
    assert (stored(unit).state_at(NOON), waiting_for(cast.van_phong), waiting_for(cast.thu_ky)) == (LockState.ASKED, [locked], [])
    by(cast.van_phong, open_period, unit=unit, period=period, until=TOMORROW, reason="cho bổ sung")
    lock = stored(unit)
    assert (lock.state_at(NOON), lock.opened_by, lock.asked_by, lock.reason) == (LockState.OPENED, cast.van_phong, cast.thu_ky, "cho bổ sung")
    assert (lock.state_at(TOMORROW), closed_for(units=[unit], period=period)) == (LockState.LOCKED, {})
    time_machine.move_to(TOMORROW)
    assert closed_for(units=[unit], period=period) == {unit.pk: lock}
    with pytest.raises(PeriodLocked):
        ensure_period_open(units=[unit], period=period)
    steps = list(lock.history.order_by("history_id").values_list("history_change_reason", "history_user__username", "reason"))
    assert steps == [(None, None, ""), ("xin mở khóa", "thu_ky", WHY), ("mở khóa", "van_phong", "cho bổ sung")]


def test_it_is_closed_again_before_its_time_and_asked_for_anew(locked, cast, tree):
    unit, period = tree.thanh_son, locked.period
    by(cast.van_phong, open_period, unit=unit, period=period, until=TOMORROW, reason=WHY)
    by(cast.van_phong, close_again, unit=unit, period=period)
    lock = stored(unit)
    assert (lock.state_at(NOON), lock.opened_until, lock.opened_by, lock.asked_by, lock.reason) == (LockState.LOCKED, None, None, None, "")
    by(cast.chu_tich, ask_open, unit=unit, period=period, reason=WHY)
    assert stored(unit).state_at(NOON) == LockState.ASKED


@pytest.mark.parametrize("who", ["thu_ky", "thu_ky_ben_canh", "van_phong_ha_dong", "superuser"])
def test_only_the_level_above_opens_and_closes(who, locked, cast, tree):
    for act, given in ((open_period, {"until": TOMORROW, "reason": WHY}), (close_again, {})):
        with pytest.raises(PermissionDenied):
            by(getattr(cast, who), act, unit=tree.thanh_son, period=locked.period, **given)


@pytest.mark.parametrize("who", ["thu_ky_ben_canh", "van_phong", "chi_hoi_truong", "superuser"])
def test_only_the_unit_itself_asks(who, locked, cast, tree):
    with pytest.raises(PermissionDenied):
        by(getattr(cast, who), ask_open, unit=tree.thanh_son, period=locked.period, reason=WHY)


@pytest.mark.parametrize(("given", "field", "words"), [
    ({"reason": "  "}, "reason", "Chưa ghi lý do mở khóa."),
    ({"until": NOON}, "until", "nhiều nhất 31 ngày"),
    ({"until": NOON + timedelta(days=31, seconds=1)}, "until", "nhiều nhất 31 ngày"),
])
def test_an_opening_has_a_reason_and_an_end(given, field, words, locked, cast, tree):
    with pytest.raises(ValidationError) as error:
        by(cast.van_phong, open_period, **{"unit": tree.thanh_son, "period": locked.period, "until": TOMORROW, "reason": WHY} | given)
    assert words in error.value.message_dict[field][0]


def test_what_is_not_locked_is_not_opened_and_what_is_open_not_asked_for(locked, cast, tree):
    with pytest.raises(ValidationError, match="chưa khóa năm 2024"):
        by(cast.van_phong, open_period, unit=tree.thanh_son, period=year(2024), until=TOMORROW, reason=WHY)
    by(cast.van_phong, open_period, unit=tree.thanh_son, period=locked.period, until=TOMORROW, reason=WHY)
    with pytest.raises(ValidationError, match="đang mở"):
        by(cast.thu_ky, ask_open, unit=tree.thanh_son, period=locked.period, reason=WHY)


def test_the_topmost_unit_locks_itself_and_a_second_person_opens(cast, tree, django_user_model):
    root, period = tree.trung_uong, year(2025)
    first, second = (django_user_model.objects.create_user(name, password="x") for name in ("mot", "hai"))
    with all_units("a test gives two people of the top their roles"):
        for user in (first, second):
            user.unit_roles.create(unit=root, role="van_phong", starts_on=FIRST)
    by(first, lock_period, unit=root, period=period)
    given = {"unit": root, "period": period, "until": TOMORROW, "reason": WHY}
    with pytest.raises(ValidationError, match="hai người"):
        by(first, open_period, **given)
    by(first, ask_open, unit=root, period=period, reason=WHY)
    with pytest.raises(PermissionDenied, match="người thứ hai"):
        by(first, open_period, **given)
    with all_units("a test asks for both"):
        assert (waiting_for(first), waiting_for(second)) == ([], [stored(root)])
    by(second, open_period, **given)
    assert stored(root).state_at(NOON) == LockState.OPENED


def test_nobody_opens_what_he_asked_for_in_another_role(locked, cast, tree):
    with all_units("a test gives the secretary a role above"):
        cast.thu_ky.unit_roles.create(unit=tree.lam_giang, role="van_phong", starts_on=FIRST)
    below, above = (next(role for role in cast.thu_ky.roles_today if role.unit == unit) for unit in (tree.thanh_son, tree.lam_giang))
    cast.thu_ky.acting_role = below
    by(cast.thu_ky, ask_open, unit=tree.thanh_son, period=locked.period, reason=WHY)
    cast.thu_ky.acting_role = above
    with pytest.raises(PermissionDenied, match="người thứ hai"):
        by(cast.thu_ky, open_period, unit=tree.thanh_son, period=locked.period, until=TOMORROW, reason=WHY)


def test_no_hand_opens_a_lock_without_saying_who_and_why(locked, cast):
    rows = PeriodLock.objects.filter(pk=locked.pk)
    for values in (
        {"opened_until": TOMORROW}, {"opened_until": TOMORROW, "opened_by": cast.van_phong}, {"opened_until": TOMORROW, "reason": WHY},
        {"opened_until": TOMORROW, "reason": WHY, "opened_by": cast.van_phong, "asked_by": cast.van_phong},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)


# ── what services ask ──


def test_a_branch_is_bound_by_the_lock_of_its_commune_which_it_does_not_see(locked, cast, tree):
    with scope_for(cast.chi_hoi_truong):
        assert not PeriodLock.objects.exists()
        with pytest.raises(PeriodLocked) as refusal:
            ensure_open(unit=tree.thon_dong, first=LAST, last=LAST)
        assert refusal.value.message == (
            "Hội CCB xã Thanh Sơn đã khóa số liệu năm 2025 (từ 01/01/2025 đến hết 31/12/2025). "
            "Ghi ngày từ 01/01/2026 trở đi, hoặc xin Hội cấp trên mở khóa."
        )
        with pytest.raises(PeriodLocked, match="xin Hội cấp trên mở khóa"):
            ensure_period_open(units=[tree.thon_dong], period=locked.period)
        ensure_open(unit=tree.thon_dong, first=SOON)
        ensure_period_open(units=[tree.thon_dong], period=year(2026))


@pytest.mark.parametrize(("first", "last", "free"), [
    (LAST, None, False), (date(2020, 1, 1), None, False), (date(2020, 1, 1), date(2024, 12, 31), True), (SOON, None, True), (FIRST, FIRST, False),
])
def test_days_are_asked_for_inclusive(first, last, free, locked, tree):
    if free:
        ensure_open(unit=tree.thanh_son, first=first, last=last)
    else:
        with pytest.raises(PeriodLocked):
            ensure_open(unit=tree.thanh_son, first=first, last=last)


def test_late_news_counts_on_the_first_day_after_which_nothing_is_locked(locked, tree):
    close(tree.thanh_son, year(2023))
    days = {day: first_open_day(unit=tree.thon_dong, day=day) for day in (date(2022, 5, 5), date(2024, 5, 5), LAST, SOON, date(2026, 5, 5))}
    assert days == {date(2022, 5, 5): SOON, date(2024, 5, 5): SOON, LAST: SOON, SOON: SOON, date(2026, 5, 5): date(2026, 5, 5)}
    assert first_open_day(unit=tree.xom_ben, day=LAST) == LAST


def test_a_province_is_not_bound_by_its_communes(locked, tree):
    ensure_open(unit=tree.lam_giang, first=FIRST, last=LAST)
    ensure_period_open(units=[tree.lam_giang, tree.binh_minh], period=locked.period)


def test_a_term_binds_its_years(tree, everywhere):
    term = Period.objects.create(kind="nhiem_ky", year=2027, label="nhiệm kỳ 2022 - 2027", starts_on=date(2022, 1, 1), ends_on=date(2027, 12, 31))
    term.parts.add(year(2025))
    lock = close(tree.thanh_son, term)
    assert closed_for(units=[tree.thon_dong, tree.xom_ben], period=year(2025)) == {tree.thon_dong.pk: lock}
    assert closed_for(units=[tree.thon_dong], period=year(2024)) == {}
