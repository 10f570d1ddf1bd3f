"""What the database itself refuses, and with which words a form says so."""

from datetime import date

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from ccb import clock
from members.models import (
    Kind,
    Level,
    Member,
    Membership,
    MemberStatus,
    Period,
    PeriodDates,
    Role,
    Unit,
    UnitRole,
    UnitSettings,
    UnitVersion,
    User,
)
from members.scoping import all_units
from members.vietnamese import PartialDate
from tests.cast import enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]

DAY, NEXT = date(2024, 1, 1), date(2024, 1, 2)


def refused_by_database(row):
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Model.save(row)


def said(row):
    """What a form would show: field or NON_FIELD → messages."""
    with pytest.raises(ValidationError) as caught:
        row.full_clean(exclude=["path", "folded_name", "sort_key"])
    return caught.value.message_dict


@pytest.fixture
def member(tree):
    return enrolled(tree.thon_dong, "Nguyễn Văn An", is_party=True)


@pytest.fixture
def year():
    return Period.objects.create(kind="nam", year=2024, label="năm 2024", starts_on=DAY, ends_on=date(2024, 12, 31))


# ── Units ──────────────────────────────────────────────────────────────────────────────────


def test_a_code_and_a_path_are_used_once(tree):
    other = {"name": "Đơn vị khác", "level": "CO_SO", "kind": "xa"}
    refused_by_database(Unit(code="LG", path="0009", **other))
    refused_by_database(Unit(code="MOI", path=tree.lam_giang.path, **other))
    assert said(Unit(code="LG", path="0009", **other)) == {"code": ["Mã đơn vị này đã có. Mỗi mã chỉ dùng một lần, kể cả khi đơn vị đã giải thể."]}


@pytest.mark.parametrize("code", ["", " ", "HN LB", "-HN", "Xã", "HN;LB", "<b>", "HN\n", "HN-LB\n", "x" * 41])
def test_a_code_is_letters_without_marks_digits_and_four_signs(code, tree):
    assert list(said(Unit(code=code, name="X", level="CO_SO", path="0009"))) == ["code"]


@pytest.mark.parametrize("code", ["HN", "hn-lb.01", "01_A/2", "ĐN-đ", "7"])
def test_codes_that_people_use_are_taken(code, tree):
    Unit(code=code, name="X", level="CO_SO", path="0009").full_clean()


def test_a_unit_closes_after_it_opens(tree):
    row = Unit(code="X", name="X", level="CO_SO", path="0009", opens_on=DAY, closes_on=DAY)
    refused_by_database(row)
    assert said(row) == {"__all__": ["Ngày kết thúc phải sau ngày bắt đầu hoạt động."]}
    row.closes_on = NEXT
    row.full_clean()


def test_a_unit_with_anything_of_its_own_is_not_deleted(tree, member):
    for unit in (tree.thon_dong, tree.lam_giang):
        with pytest.raises(models.ProtectedError):
            unit.delete()


def test_units_are_open_from_their_first_day_to_the_day_before_they_close(tree):
    unit = Unit.objects.create(code="X", name="X", level="CO_SO", path="0009", opens_on=DAY, closes_on=date(2024, 1, 3))
    open_on = {day: Unit.objects.open_on(date(2024, 1, day)).filter(pk=unit.pk).exists() for day in (1, 2, 3)}
    assert open_on == {1: True, 2: True, 3: False}
    assert Unit.objects.open_on(date(2023, 12, 31)).filter(pk=unit.pk).exists() is False


@pytest.mark.parametrize(
    ("name", "short", "full"),
    [
        ("Hội CCB tỉnh Cao Bằng", "Tỉnh Cao Bằng", "Hội Cựu chiến binh tỉnh Cao Bằng"),
        ("Hội Cựu chiến binh phường Ngọc Thụy", "Phường Ngọc Thụy", "Hội Cựu chiến binh phường Ngọc Thụy"),
        ("Chi hội 5", "Chi hội 5", "Chi hội 5"),
    ],
)
def test_a_unit_has_a_short_and_a_full_name(name, short, full):
    assert (Unit(name=name).short_name, Unit(name=name).full_name) == (short, full)


def test_one_version_is_open_and_none_begins_on_the_day_of_another(tree):
    unit, fields = tree.thon_dong, {"name": "X", "kind": "chi_hoi"}
    first = unit.versions.get()
    refused_by_database(UnitVersion(unit=unit, starts_on=DAY, **fields))
    refused_by_database(UnitVersion(unit=unit, starts_on=first.starts_on, ends_on=NEXT, **fields))
    refused_by_database(UnitVersion(unit=unit, starts_on=DAY, ends_on=DAY, **fields))
    UnitVersion.objects.create(unit=unit, starts_on=DAY, ends_on=NEXT, **fields)


def test_settings_of_a_unit_begin_once_a_day(tree):
    UnitSettings.objects.create(unit=tree.thanh_son, starts_on=DAY)
    refused_by_database(UnitSettings(unit=tree.thanh_son, starts_on=DAY))
    assert said(UnitSettings(unit=tree.thanh_son, starts_on=DAY)) == {"__all__": ["Đơn vị đã có thiết lập bắt đầu từ ngày này."]}


# ── People ─────────────────────────────────────────────────────────────────────────────────


def test_a_member_has_one_open_spell(tree, member):
    second = Membership(member=member, unit=tree.thon_doai, co_so=tree.thanh_son, member_name="A", starts_on=DAY, reason_in="chuyen_den")
    refused_by_database(second)
    assert said(second) == {"__all__": ["Hội viên này đang sinh hoạt ở một đơn vị."]}
    second.ends_on, second.reason_out = NEXT, "chuyen_di"
    second.full_clean()


def test_a_spell_may_end_on_the_day_it_began_and_not_before(tree, member):
    spell = member.spells.get()
    spell.starts_on, spell.ends_on, spell.reason_out = NEXT, DAY, "tu_tran"
    refused_by_database(spell)
    assert said(spell) == {"__all__": ["Ngày ra phải bằng hoặc sau ngày vào."]}
    spell.ends_on = NEXT
    spell.full_clean()
    spell.save()


@pytest.mark.parametrize(("ends_on", "reason"), [(date(2090, 1, 1), ""), (None, "tu_tran")])
def test_a_spell_has_a_day_and_a_reason_of_its_end_or_neither(ends_on, reason, member):
    spell = member.spells.get()
    spell.ends_on, spell.reason_out = ends_on, reason
    refused_by_database(spell)
    assert said(spell) == {"__all__": ["Ngày ra và lý do ra phải đi cùng nhau."]}


def test_a_status_is_open_once_and_ends_after_it_starts(member):
    refused_by_database(MemberStatus(member=member, kind="dang_vien", starts_on=DAY))
    refused_by_database(MemberStatus(member=member, kind="dang_vien", starts_on=NEXT, ends_on=DAY))


def test_a_spell_counts_from_its_first_day_to_the_day_before_its_last(tree, member):
    spell = member.spells.get()
    spell.starts_on, spell.ends_on, spell.reason_out, spell.reason_in = DAY, date(2024, 1, 3), "tu_tran", "ket_nap"
    spell.save()
    active = {day: Membership.objects.active_on(date(2024, 1, day)).count() for day in (1, 2, 3)}
    assert active == {1: 1, 2: 1, 3: 0}
    assert Membership.objects.active_on(date(2023, 12, 31)).count() == 0
    assert [Membership.objects.begun(DAY, DAY, "ket_nap").count(), Membership.objects.begun(NEXT, NEXT, "ket_nap").count()] == [1, 0]
    assert [Membership.objects.ended(DAY, NEXT, "tu_tran").count(), Membership.objects.ended(NEXT, date(2024, 1, 3), "tu_tran").count()] == [0, 1]


@pytest.mark.parametrize(
    ("stored", "partial"),
    [("1954", PartialDate(1954)), ("1954-04", PartialDate(1954, 4)), ("1954-04-30", PartialDate(1954, 4, 30)), (None, None)],
)
def test_partial_dates_come_back_as_they_were_and_text_order_is_date_order(stored, partial, member):
    member.born = partial
    member.save()
    assert Member.objects.get(pk=member.pk).born == partial
    assert Member.objects.filter(born=partial).exists() is True
    with all_units("as the database holds it"):
        assert list(Member.objects.annotate(text=models.functions.Cast("born", models.CharField())).values_list("text", flat=True)) == [stored]


@pytest.mark.parametrize("text", ["30/02/1954", "hôm qua", "13/1954", "54"])
def test_a_partial_date_that_is_none_is_refused_in_vietnamese(text, member):
    member.born = text
    assert list(said(member)) == ["born"]


def test_a_role_is_given_once_and_ends_after_it_starts(tree, cast):
    fields = {"user": cast.thu_ky, "unit": tree.thanh_son}
    role = UnitRole(role=Role.THU_KY, starts_on=date(2020, 1, 1), **fields)
    refused_by_database(role)
    assert said(role) == {"__all__": ["Người này đã có vai trò ấy ở đơn vị từ ngày này."]}
    ends = UnitRole(role=Role.CHU_TICH, starts_on=DAY, ends_on=DAY, **fields)
    refused_by_database(ends)
    assert said(ends) == {"__all__": ["Ngày kết thúc phải sau ngày bắt đầu."]}


def test_only_an_administrator_or_a_superuser_enters_the_admin_site_and_no_disabled_one(cast):
    assert [u.username for u in cast if u.is_staff] == ["quan_tri", "superuser"]
    for user in (cast.quan_tri, cast.superuser):
        user.is_active = False
    assert [u.username for u in cast if u.is_staff] == []


def test_the_history_of_a_user_holds_no_password(cast):
    user = User.objects.get(username="thu_ky")
    user.save()
    assert {"password", "last_login"} & {f.name for f in user.history.first()._meta.get_fields()} == set()


# ── Periods ────────────────────────────────────────────────────────────────────────────────


def test_a_period_ends_on_or_after_its_first_day_and_has_its_dates_once_for_a_kind(year):
    fields = {"kind": "nam", "year": 2024, "label": "x"}
    refused_by_database(Period(starts_on=NEXT, ends_on=DAY, **fields))
    refused_by_database(Period(starts_on=year.starts_on, ends_on=year.ends_on, **fields))
    assert "trước khi bắt đầu" in str(said(Period(starts_on=NEXT, ends_on=DAY, **fields)))
    Period.objects.create(starts_on=DAY, ends_on=DAY, **fields)
    Period.objects.create(kind="khac", year=2024, label="x", starts_on=year.starts_on, ends_on=year.ends_on)


def test_the_year_of_a_period_is_that_of_its_last_day():
    dates = {"kind": "nam", "label": "x", "starts_on": date(2025, 12, 1), "ends_on": date(2026, 11, 30)}
    assert said(Period(year=2025, **dates)) == {"year": ["Kỳ chốt ngày 30/11/2026 là kỳ của năm 2026. Hãy sửa năm hoặc sửa ngày chốt."]}
    Period(year=2026, **dates).full_clean()


def test_a_branch_has_its_own_dates_of_a_period_once(tree, year):
    dates = {"period": year, "unit": tree.thanh_son}
    PeriodDates.objects.create(starts_on=DAY, ends_on=DAY, **dates)
    refused_by_database(PeriodDates(starts_on=DAY, ends_on=NEXT, **dates))
    refused_by_database(PeriodDates(period=year, unit=tree.binh_minh, starts_on=NEXT, ends_on=DAY))


# ── All tables ─────────────────────────────────────────────────────────────────────────────


def test_levels_stand_in_their_order_and_every_level_has_its_noun():
    assert [level.rank for level in Level] == list(range(6))
    assert len({level.noun for level in Level}) == 6


def test_every_choice_and_name_that_people_read_is_vietnamese_with_marks():
    assert [label for e in (Level, Kind, Role) for label in e.labels if label.isascii()] == []
    for model in apps.get_models():
        if model._meta.app_label in {"members", "emulation", "reports"} and not model.__name__.startswith("Historical"):
            assert not str(model._meta.verbose_name).isascii(), model


def test_every_constraint_whose_message_people_may_meet_speaks_vietnamese():
    """Django's own text for a check names the constraint, in English."""
    silent = {
        constraint.name
        for model in apps.get_models()
        if model._meta.app_label in {"members", "emulation", "reports"}
        for constraint in model._meta.constraints
        if constraint.violation_error_message == constraint.default_violation_error_message
    }
    # Written by services alone; no form holds their fields.
    assert silent == {"unit_version_starts_once", "unit_version_one_open", "member_status_one_open", "section_confirmed_once", "report_text_once"}


def test_the_clock_is_the_one_of_viet_nam(time_machine):
    time_machine.move_to("2024-12-31 17:00:00+00:00", tick=False)
    assert (clock.today(), clock.now().isoformat()) == (date(2025, 1, 1), "2025-01-01T00:00:00+07:00")
