"""A proof for every counted entry: rows that count, rows just outside, and as many rows behind the number."""

from datetime import date

import pytest

from emulation.services import set_cluster_members
from members.models import Membership, MemberStatus, Period, Unit, UnitVersion
from members.scoping import all_units
from members.services import found_unit, register_member
from members.vietnamese import PartialDate
from reports.catalogue.counted import COUNTED
from reports.figures import figure, rows_behind

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
BEFORE, AFTER = date(2024, 12, 31), date(2026, 1, 1)

# A count of units stands only where the list is known to be whole: a commune without chi hội makes the province's unknown.
ASKED_AT = {"branches": "X", "sub_branches": "X1"}

# What the province of the fixture, or the unit above, must show for the year 2025, by code.
EXPECTED = {
    "members_opening": 5, "members_total": 6, "members_ccb": 5, "members_cqn": 1, "members_party": 2, "members_female": 1,
    "members_by_age": 6, "members_admitted": 2, "members_transferred_in": 1, "members_merged_in": 1, "members_deceased": 1,
    "members_transferred_out": 1, "members_left": 0, "members_struck_off": 1, "members_expelled": 0, "members_merged_out": 0,
    "members_admitted_party": 1,
    "subordinate_associations": 1, "grassroots_associations": 3, "grassroots_associations_487": 1, "new_grassroots_associations": 1,
    "branches": 2, "sub_branches": 1, "cluster_member_units": None,
}


@pytest.fixture
def world():
    with all_units("a test"):
        year = Period.objects.create(kind="nam", year=2025, label="năm 2025", starts_on=FIRST, ends_on=LAST)
        t = found_unit(code="T", name="Hội CCB tỉnh T", level="TINH", kind="tinh")
        khoi = found_unit(code="K", name="Hội CCB khối", level="CUM", kind="khoi", parent=t)
        xa = found_unit(code="X", name="Hội CCB xã X", level="CO_SO", kind="xa", parent=t)
        found_unit(code="M", name="Hội CCB xã M", level="CO_SO", kind="xa", parent=t, opens_on=date(2025, 7, 1))
        found_unit(code="W", name="Hội CCB cơ quan W", level="CO_SO", kind="co_quan", parent=khoi)
        found_unit(code="S", name="Hội CCB xã S", level="CO_SO", kind="xa", parent=t, opens_on=AFTER)
        gone = found_unit(code="G", name="Hội CCB xã G", level="CO_SO", kind="xa", parent=t)
        close(gone, BEFORE)
        one = found_unit(code="X1", name="Chi hội 1", level="CHI_HOI", kind="chi_hoi", parent=xa)
        two = found_unit(code="X2", name="Chi hội 2", level="CHI_HOI", kind="chi_hoi", parent=xa)
        found_unit(code="X1a", name="Phân hội", level="PHAN_HOI", kind="phan_hoi", parent=one)
        people(one, two)
        yield t, year


def close(unit, day):
    unit.closes_on = day
    unit.save()
    version = UnitVersion.objects.get(unit=unit)
    version.ends_on = day
    version.save()


def person(unit, name, start, reason="dau_ky", end=None, why="", **fields):
    member = register_member(unit=unit, name=name, sex=fields.pop("sex", "nam"), counted_from=start, reason=reason, **fields)
    if end:
        Membership.objects.filter(member=member).update(ends_on=end, reason_out=why)
    return member


def people(one, two):
    long_ago = date(2000, 1, 1)
    old = person(one, "Đã vào Đảng từ trước, không rõ ngày", long_ago, is_party=True)
    person(one, "Vào Đảng trong năm", long_ago, is_party=True, party_on=PartialDate(2025, 5, 19))
    person(two, "Từ trần cuối năm", long_ago, end=LAST, why="tu_tran")
    person(two, "Xóa tên đầu năm", long_ago, end=FIRST, why="xoa_ten")
    person(two, "Chuyển đi giữa năm", long_ago, end=date(2025, 6, 1), why="chuyen_di")
    person(two, "Từ trần trước năm", long_ago, end=BEFORE, why="tu_tran")
    person(one, "Kết nạp ngày đầu", FIRST, "ket_nap", sex="nu")
    person(one, "Kết nạp ngày cuối", LAST, "ket_nap", category="cqn")
    person(one, "Kết nạp năm sau", AFTER, "ket_nap")
    person(two, "Chuyển đến", date(2025, 3, 3), "chuyen_den")
    person(two, "Sáp nhập đến", date(2025, 3, 3), "sap_nhap")
    # Joined the Party in the year, but in the Hội only afterwards: no member who joined.
    person(two, "Vào Đảng rồi mới vào Hội", AFTER, "ket_nap", is_party=True, party_on=PartialDate(2025, 5, 19))
    assert MemberStatus.objects.get(member=old).true_start is None


def test_every_counted_entry_has_its_proof():
    assert set(EXPECTED) == set(COUNTED)


@pytest.mark.parametrize("code", EXPECTED)
def test_a_counted_entry_counts_its_rows_and_none_beside(world, code):
    unit, year = world
    if code in ASKED_AT:
        unit = Unit.objects.get(code=ASKED_AT[code])
    found = figure(code, unit, year)
    assert found.value == EXPECTED[code]
    if found.value is not None:
        assert rows_behind(code, unit, year).count() == found.value


def test_the_members_of_a_cluster_are_those_of_the_year(world):
    _, year = world
    cluster = found_unit(code="C", name="Cụm thi đua số 1", level="CUM", kind="cum_thi_dua")
    provinces = [found_unit(code=code, name=f"Hội CCB tỉnh {code}", level="TINH", kind="tinh") for code in ("P", "Q", "R")]
    set_cluster_members(cluster=cluster, year=2024, units=provinces)
    set_cluster_members(cluster=cluster, year=2025, units=provinces[:2])
    assert figure("cluster_member_units", cluster, year).value == 2


def test_who_joined_the_party_counts_for_the_unit_of_that_day(world):
    _, year = world
    moved = Membership.objects.get(member__name="Vào Đảng trong năm")
    two = Unit.objects.get(code="X2")
    Membership.objects.filter(pk=moved.pk).update(ends_on=AFTER, reason_out="chuyen_di")
    moved.member.unit = two
    moved.member.save()
    Membership.objects.create(member=moved.member, unit=two, co_so=moved.co_so, member_name="x", starts_on=AFTER, reason_in="chuyen_den")
    assert (figure("members_admitted_party", moved.unit, year).value, figure("members_admitted_party", two, year).value) == (1, 0)
