"""Writes over several rows: who may, what is written, in whose name."""

import math
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from ccb import clock
from members.models import (
    FOUNDED_ON,
    Level,
    Member,
    Membership,
    MemberStatus,
    OneTimeCode,
    Unit,
    UnitRole,
    UnitVersion,
    User,
)
from members.scoping import Scope, _open, all_units, scope_for
from members.services import (
    CODE_LETTERS,
    StaleVersion,
    change_member,
    co_so_of,
    correct_unit,
    found_unit,
    issue_code,
    register_member,
    set_party,
    use_code,
)
from members.vietnamese import PartialDate

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(tree, cast):
    """Open as the secretary of xã Thanh Sơn."""
    with scope_for(cast.thu_ky):
        yield cast.thu_ky


def party(member):
    return [(s.starts_on, s.ends_on) for s in member.statuses.order_by("starts_on")]


# ── Units ──────────────────────────────────────────────────────────────────────────────────


def test_units_founded_one_after_the_other_get_paths_one_after_the_other(everywhere):
    province = found_unit(code="T", name="Hội CCB tỉnh T", level="TINH", kind="tinh")
    communes = [found_unit(code=f"X{i}", name=f"Hội CCB xã {i}", level="CO_SO", kind="xa", parent=province) for i in range(37)]
    branch = found_unit(code="C", name="Chi hội 1", level="CHI_HOI", kind="chi_hoi", parent=communes[1])
    other = found_unit(code="U", name="Hội CCB tỉnh U", level="TINH", kind="tinh")
    assert (province.path, other.path, branch.path) == ("0000", "0001", "000000010000")
    assert [c.path[4:] for c in communes][::9] == ["0000", "0009", "000I", "000R", "0010"]
    assert len({c.path for c in communes}) == 37


def test_a_path_once_given_is_not_given_again_when_a_unit_has_closed(everywhere):
    province = found_unit(code="T", name="T", level="TINH")
    first = found_unit(code="A", name="A", level="CO_SO", parent=province)
    first.closes_on = date(2024, 1, 1)
    first.save()
    assert found_unit(code="B", name="B", level="CO_SO", parent=province).path == "00000001"


def test_a_founded_unit_has_one_version_and_a_line_of_history_in_the_name_of_its_founder(tree, cast, everywhere):
    unit = found_unit(code="MOI", name="Chi hội Mới", level="CHI_HOI", kind="chi_hoi", parent=tree.thanh_son, by=cast.quan_tri)
    assert [(v.name, v.kind, v.parent, v.starts_on, v.ends_on) for v in unit.versions.all()] == [
        ("Chi hội Mới", "chi_hoi", tree.thanh_son, FOUNDED_ON, None)]
    assert [(h.history_type, h.history_user) for h in unit.history.all()] == [("+", cast.quan_tri)]


@pytest.mark.parametrize("above", Level.values)
def test_a_unit_stands_under_a_higher_level_and_levels_may_be_skipped(above, everywhere):
    # One unit of `above`, and one of every level tried under it.
    parent = found_unit(code="TREN", name="Trên", level=above)
    allowed = []
    for level in Level.values:
        try:
            found_unit(code=f"DUOI-{level}", name="Dưới", level=level, parent=parent)
            allowed.append(level)
        except ValidationError as error:
            assert list(error.message_dict) == ["parent"]
            assert "không thể trực thuộc" in error.messages[0]
    assert allowed == Level.values[Level.values.index(above) + 1:]


def test_a_refused_unit_leaves_nothing_behind(tree, everywhere):
    for fields in ({"code": "LG-TS"}, {"code": "có dấu cách"}, {"code": "Y", "name": ""}, {"code": "Y", "kind": "lạ"}, {"code": "Y", "level": "TINH"}):
        with pytest.raises(ValidationError):
            found_unit(**{"name": "Y", "level": "CHI_HOI", "parent": tree.thanh_son} | fields)
    assert (Unit.objects.count(), UnitVersion.objects.count()) == (13, 13)


def test_a_correction_mends_the_newest_version_and_begins_none(tree, cast, everywhere):
    correct_unit(unit=tree.thon_dong, name="Chi hội Thôn Đông Hạ", kind="chi_hoi", by=cast.quan_tri)
    stored = Unit.objects.get(pk=tree.thon_dong.pk)
    assert (stored.name, stored.path) == ("Chi hội Thôn Đông Hạ", tree.thon_dong.path)
    assert [(v.name, v.starts_on, v.ends_on) for v in stored.versions.all()] == [("Chi hội Thôn Đông Hạ", FOUNDED_ON, None)]
    assert stored.history.first().history_user == cast.quan_tri


def test_the_co_so_of_a_unit_is_itself_or_the_one_above_it(tree, everywhere):
    group = found_unit(code="PH", name="Phân hội", level="PHAN_HOI", parent=tree.thon_dong)
    assert [co_so_of(u) for u in (group, tree.thon_dong, tree.thanh_son, tree.khoi, tree.lam_giang)] == [
        tree.thanh_son, tree.thanh_son, tree.thanh_son, None, None]


# ── Members ────────────────────────────────────────────────────────────────────────────────


def test_a_member_is_registered_with_an_open_spell_and_the_words_of_that_day(register, tree):
    member = register_member(
        unit=tree.thon_dong, name="Nguyễn Văn Ất", sex="nam", born=PartialDate(1952), admitted_on=PartialDate(1990, 3),
        is_party=True, party_on=PartialDate(1975, 5, 1), by=register,
    )
    spell = member.spells.get()
    assert (member.unit, member.co_so, member.version) == (tree.thon_dong, tree.thanh_son, 1)
    assert (spell.unit, spell.co_so, spell.member_name, spell.birth_year) == (tree.thon_dong, tree.thanh_son, "Nguyễn Văn Ất", 1952)
    assert (spell.starts_on, spell.ends_on, spell.true_start, spell.reason_in) == (date(1990, 3, 1), None, PartialDate(1990, 3), "dau_ky")
    assert party(member) == [(date(1975, 5, 1), None)]
    for row in (member, spell, member.statuses.get()):
        assert [(h.history_type, h.history_user) for h in row.history.all()] == [("+", register)]


def test_a_member_whose_admission_nobody_knows_counts_from_today_and_late_news_from_the_day_given(register, tree, time_machine):
    time_machine.move_to("2024-05-06 23:30:00+07:00", tick=False)
    unknown = register_member(unit=tree.thon_dong, name="A", sex="nam", by=register)
    late = register_member(unit=tree.thon_dong, name="B", sex="nu", admitted_on=PartialDate(2023, 11, 30), counted_from=date(2024, 1, 1), by=register)
    assert [m.spells.get().starts_on for m in (unknown, late)] == [date(2024, 5, 6), date(2024, 1, 1)]
    assert late.spells.get().true_start == PartialDate(2023, 11, 30)


def test_members_are_kept_by_chi_hoi_and_co_so_only(tree, everywhere):
    for unit in (tree.lam_giang, tree.khoi, tree.trung_uong):
        with pytest.raises(ValidationError, match="chi hội hoặc cơ sở"):
            register_member(unit=unit, name="A", sex="nam")
    assert register_member(unit=tree.so_noi_vu, name="A", sex="nam").co_so == tree.so_noi_vu
    assert (Member.objects.count(), Membership.objects.count()) == (1, 1)


def test_a_change_is_taken_over_by_the_open_spell_and_counted_as_the_next_version(register, tree):
    member = register_member(unit=tree.thon_dong, name="Nguyễn Văn Ất", sex="nam", by=register)
    change_member(member=member, version=1, is_party=False, name="Nguyễn Văn Át", born=PartialDate(1950), category="cqn", by=register)
    stored, spell = Member.objects.get(), Membership.objects.get()
    assert (stored.version, stored.name, stored.folded_name) == (2, "Nguyễn Văn Át", " nguyen van at ")
    assert (spell.member_name, spell.birth_year, spell.category) == ("Nguyễn Văn Át", 1950, "cqn")
    for row in (stored, spell):
        assert [h.history_user for h in row.history.all()] == [register, register]


def test_the_second_of_two_people_gets_both_values_and_overwrites_nothing(register, tree, cast):
    member = register_member(unit=tree.thon_dong, name="Nguyễn Văn Ất", sex="nam", by=register)
    mine, theirs = Member.objects.get(), Member.objects.get()
    change_member(member=theirs, version=theirs.version, is_party=True, name="Sửa trước", by=cast.chu_tich)
    with pytest.raises(StaleVersion) as caught:
        change_member(member=mine, version=mine.version, is_party=False, name="Sửa sau", by=register)
    assert (caught.value.args[0].name, caught.value.args[0].version) == ("Sửa trước", 2)
    stored = Member.objects.get(pk=member.pk)
    assert (stored.name, stored.version, stored.history.count(), len(party(stored))) == ("Sửa trước", 2, 2, 1)


def test_a_change_that_is_refused_changes_nothing(register, tree):
    member = register_member(unit=tree.thon_dong, name="Nguyễn Văn Ất", sex="nam", by=register)
    with pytest.raises(ValidationError):
        change_member(member=member, version=1, is_party=True, name="", by=register)
    stored = Member.objects.get()
    assert (stored.name, stored.version, stored.history.count(), party(stored)) == ("Nguyễn Văn Ất", 1, 1, [])


def test_party_membership_is_opened_dated_anew_and_ended(register, tree, time_machine):
    time_machine.move_to("2024-05-06 09:00:00+07:00", tick=False)
    member = register_member(unit=tree.thon_dong, name="A", sex="nam", admitted_on=PartialDate(2000), by=register)

    def after(is_party, since=None):
        set_party(member=member, is_party=is_party, since=since, default_day=clock.today(), by=register)
        return party(member)

    assert after(False) == []
    assert after(True) == [(date(2024, 5, 6), None)]
    assert after(True) == [(date(2024, 5, 6), None)]
    assert after(True, PartialDate(1999, 2)) == [(date(1999, 2, 1), None)]
    assert after(False) == [(date(1999, 2, 1), date(2024, 5, 6))]
    assert [h.history_user for h in member.statuses.get().history.all()] == [register] * 3


def test_a_party_membership_ended_by_mistake_goes_on_instead_of_being_counted_twice(register, tree, time_machine):
    time_machine.move_to("2024-05-06 09:00:00+07:00", tick=False)
    member = register_member(unit=tree.thon_dong, name="A", sex="nam", admitted_on=PartialDate(2000), is_party=True, party_on=PartialDate(2001), by=register)
    set_party(member=member, is_party=False, since=None, default_day=clock.today(), by=register)
    set_party(member=member, is_party=True, since=PartialDate(2001), default_day=clock.today(), by=register)
    assert party(member) == [(date(2001, 1, 1), None)]
    time_machine.move_to("2025-01-01 09:00:00+07:00", tick=False)
    set_party(member=member, is_party=False, since=None, default_day=clock.today(), by=register)
    time_machine.move_to("2026-01-01 09:00:00+07:00", tick=False)
    set_party(member=member, is_party=True, since=None, default_day=clock.today(), by=register)
    assert party(member) == [(date(2001, 1, 1), date(2025, 1, 1)), (date(2026, 1, 1), None)]
    counted = [Membership.objects.active_on(day).of_party_on(day).count() for day in (date(2024, 12, 31), date(2025, 1, 1), date(2026, 1, 1))]
    assert counted == [1, 0, 1]


def test_two_statuses_that_overlap_are_one_party_member(register, tree):
    member = register_member(unit=tree.thon_dong, name="A", sex="nam", admitted_on=PartialDate(2000), is_party=True, by=register)
    MemberStatus.objects.create(member=member, kind="dang_vien", starts_on=date(2001, 1, 1), ends_on=date(2030, 1, 1))
    assert Membership.objects.of_party_on(date(2020, 1, 1)).count() == 1


def test_a_name_is_found_by_its_words_in_any_order_with_or_without_marks(register, tree):
    for name in ("Nguyễn Thị Hòa", "Nguyễn Văn Hoan", "Trần Hòa"):
        register_member(unit=tree.thon_dong, name=name, sex="nam", by=register)
    found = {text: [m.name for m in Member.objects.named(text)] for text in ("hoa", "hoà nguyen", "NGUYỄN", "oan", "", "%")}
    assert found == {
        "hoa": ["Nguyễn Thị Hòa", "Trần Hòa", "Nguyễn Văn Hoan"], "hoà nguyen": ["Nguyễn Thị Hòa", "Nguyễn Văn Hoan"],
        "NGUYỄN": ["Nguyễn Thị Hòa", "Nguyễn Văn Hoan"], "oan": [], "": ["Nguyễn Thị Hòa", "Trần Hòa", "Nguyễn Văn Hoan"], "%": [],
    }


# ── One-time codes ─────────────────────────────────────────────────────────────────────────


def issued(by, user):
    """The code that ``by``, in the scope of a request of theirs, prints for ``user``."""
    with scope_for(by):
        return issue_code(user=user, by=by)


def may_issue(by, user):
    try:
        return bool(issued(by, user))
    except PermissionDenied:
        return False


def test_a_code_comes_from_a_unit_above_and_from_nobody_else(cast):
    allowed = {by.username: sorted(u.username for u in cast if may_issue(by, u)) for by in cast}
    communes = ["chi_hoi_truong", "chu_tich", "hai_vai", "thu_ky", "thu_ky_ben_canh", "thu_ky_co_quan"]
    assert {name: users for name, users in allowed.items() if users} == {
        "thu_ky": ["chi_hoi_truong"], "chu_tich": ["chi_hoi_truong"], "hai_vai": ["chi_hoi_truong"],
        "van_phong": communes, "kiem_tra": communes,  # whether the role may at all is the view's permission
        "quan_tri": sorted([*communes, "van_phong", "kiem_tra"]),  # no other administrator, not even himself
        "superuser": sorted([*communes, "van_phong", "kiem_tra", "quan_tri", "van_phong_ha_dong"]),
    }


def test_one_role_outside_is_enough_to_refuse(tree, cast):
    with all_units("a role in another province"):
        UnitRole.objects.create(user=cast.chi_hoi_truong, unit=tree.kim_bai, role="thu_ky", starts_on=date(2020, 1, 1))
    assert may_issue(cast.van_phong, User.objects.get(username="chi_hoi_truong")) is False


def test_a_code_has_letters_that_can_be_told_apart_and_is_stored_only_as_a_hash(cast):
    code = issued(cast.van_phong, cast.thu_ky)
    first, second = code.split("-")
    assert (len(first), len(second)) == (5, 5)
    assert math.log2(len(CODE_LETTERS)) * len(first + second) > 49  # bits to guess
    assert set(first + second) <= set(CODE_LETTERS)
    row = OneTimeCode.objects.get()
    assert row.code_hash.startswith("argon2")
    assert first not in row.code_hash and second not in row.code_hash
    assert (row.user, row.issued_by, row.expires_at - row.issued_at) == (cast.thu_ky, cast.van_phong, timedelta(days=2))


def test_a_code_lets_its_user_in_once_who_must_then_choose_a_password(cast):
    code = issued(cast.van_phong, cast.thu_ky)
    user = use_code(username="thu_ky", code=f" {code.lower().replace('-', ' ')} ")
    assert user == cast.thu_ky
    stored = User.objects.get(pk=user.pk)
    assert (stored.must_change_password, stored.has_usable_password()) == (True, False)
    assert use_code(username="thu_ky", code=code) is None


def test_a_code_is_of_no_use_to_another_user_or_a_disabled_one(cast):
    code = issued(cast.van_phong, cast.thu_ky)
    assert use_code(username="chu_tich", code=code) is None
    assert use_code(username="nobody", code=code) is None
    User.objects.filter(username="thu_ky").update(is_active=False)
    assert use_code(username="thu_ky", code=code) is None


def test_a_code_lives_two_days(cast, time_machine):
    time_machine.move_to("2024-05-06 09:00:00+07:00", tick=False)
    first = issued(cast.van_phong, cast.thu_ky)
    second = issued(cast.van_phong, cast.chu_tich)
    time_machine.move_to("2024-05-08 08:59:59+07:00", tick=False)
    assert use_code(username="thu_ky", code=first) == cast.thu_ky
    time_machine.move_to("2024-05-08 09:00:00+07:00", tick=False)
    assert use_code(username="chu_tich", code=second) is None


def test_a_new_code_ends_the_old_one(cast):
    old, new = issued(cast.van_phong, cast.thu_ky), issued(cast.van_phong, cast.thu_ky)
    assert use_code(username="thu_ky", code=old) is None
    assert use_code(username="thu_ky", code=new) == cast.thu_ky


def test_no_number_of_wrong_tries_takes_a_code_from_its_owner(cast):
    code = issued(cast.van_phong, cast.thu_ky)
    assert [use_code(username="thu_ky", code="22222-22222") for _ in range(12)] == [None] * 12
    assert use_code(username="thu_ky", code=code) == cast.thu_ky


def test_a_code_works_with_no_scope_open_and_an_issue_does_not(tree, cast):
    with _open(Scope((tree.lam_giang.path,))):
        code = issue_code(user=cast.thu_ky, by=cast.van_phong)
    with pytest.raises(RuntimeError):
        issue_code(user=cast.thu_ky, by=cast.van_phong)
    assert use_code(username="thu_ky", code=code) == cast.thu_ky
