"""A merge, a split and a move lose nobody, and last year's numbers can be told both ways."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from members.models import Kind, Level, Member, Membership, Unit, UnitRole, UnitSuccession
from members.scoping import scope_for
from members.services import found_unit, register_member
from members.services.structure import (
    NewUnit,
    branches_of,
    carry_out,
    people_of,
    plan_dissolution,
    plan_merge,
    plan_move,
    plan_rename,
    plan_split,
)
from reports.figures import rows_behind
from tests.members.land import (
    FLOW,
    JULY,
    LONG_AGO,
    decision,
    end,
    merged,
    new_unit,
    spells_of,
    value,
    year,
)
from tests.members.land import everything as everything
from tests.members.land import land as land
from tests.members.land import noon as noon

pytestmark = pytest.mark.django_db


def test_a_merge_of_two_communes_keeps_every_number_both_ways(land):
    change, c = merged(land)
    assert change.proof["total"] == 90
    assert value("members_total", c, 2026) == 90
    assert (value("members_total", land["A"], 2025), value("members_total", land["B"], 2025)) == (50, 40)
    assert value("members_total", c, 2025, "today") == 90
    assert value("members_total", land["T"], 2025) == 95
    assert value("members_total", land["T"], 2025, "today") == 95
    assert value("members_total", land["T"], 2026) == 95


def test_the_year_of_a_merge_balances_at_every_unit(land):
    _, c = merged(land)
    for unit, opening, merged_in, merged_out, closing in ((c, 90, 90, 90, 90), (land["T"], 95, 90, 90, 95), (land["D"], 5, 0, 0, 5)):
        found = [value(code, unit, 2026) for code in FLOW]
        assert found == [opening, merged_in, merged_out, closing], unit


def test_a_flow_of_the_year_keeps_the_part_of_a_closed_unit(land):
    end(Member.objects.filter(unit=land["a1"]).first(), date(2026, 3, 5), "tu_tran")
    _, c = merged(land)
    end(Member.objects.filter(unit=land["a2"]).first(), date(2026, 9, 9), "tu_tran")
    assert value("members_deceased", c, 2026) == 2
    assert value("members_deceased", land["T"], 2026) == 2
    assert rows_behind("members_deceased", land["T"], year(2026)).count() == 2


def test_a_moved_branch_counts_for_its_former_commune_up_to_that_day(land):
    carry_out(plan=plan_move(units=[land["a2"]], parent=land["B"], decision=decision()))
    assert [value(code, land["A"], 2026) for code in FLOW] == [50, 0, 20, 30]
    assert [value(code, land["B"], 2026) for code in FLOW] == [40, 20, 0, 60]
    assert [value(code, land["T"], 2026) for code in FLOW] == [95, 20, 20, 95]
    assert value("members_total", land["A"], 2025) == 50
    assert value("members_total", Unit.objects.get(code="A"), 2025, "today") == 30


def test_a_split_back_by_person(land):
    _, c = merged(land)
    a1, b1 = Unit.objects.get(code="a1"), Unit.objects.get(code="b1")
    north = NewUnit("N", "Hội CCB xã Bắc", Level.CO_SO, Kind.XA, land["T"])
    south = NewUnit("S", "Hội CCB xã Nam", Level.CO_SO, Kind.XA, land["T"])
    branches = {unit: north if unit.code in ("a1", "a2") else south for unit in branches_of(c)}
    carry_out(plan=plan_split(sources=[c], targets=[north, south], heirs={c: north}, branches=branches, decision=decision(date(2026, 10, 1))))
    assert [value("members_total", Unit.objects.get(code=code), 2026) for code in ("N", "S")] == [50, 40]
    assert value("members_total", land["T"], 2026) == 95
    assert (a1.path, b1.path) != (Unit.objects.get(code="a1").path, Unit.objects.get(code="b1").path)


def test_a_branch_split_by_person_takes_parts_of_several(land):
    new = NewUnit("x", "Chi hội x", Level.CHI_HOI, Kind.CHI_HOI, land["A"])
    people = dict.fromkeys(people_of(land["a1"])[:10] + people_of(land["a2"])[:5], new)
    change = carry_out(plan=plan_split(sources=[land["a1"], land["a2"]], targets=[new], heirs={}, people=people, decision=decision()))
    x = Unit.objects.get(code="x")
    assert [value("members_total", u, 2026) for u in (land["a1"], land["a2"], x)] == [20, 15, 15]
    assert change.proof["before"] == {"a1": 30, "a2": 20}
    assert change.proof["after"] == {"a1": 20, "a2": 15, "x": 15}
    assert set(UnitSuccession.objects.filter(change=change).values_list("old__code", "new__code", "is_heir")) == {("a1", "x", False), ("a2", "x", False)}


def test_who_died_after_the_day_of_the_merge_died_in_the_new_unit(land):
    dead = Member.objects.filter(unit=land["a1"]).first()
    end(dead, date(2026, 7, 10), "tu_tran")
    carry_out(plan=plan_merge(olds=[land["a1"], land["a2"]], into=new_unit("c", Level.CHI_HOI, land["A"]), decision=decision()))
    assert spells_of(dead) == [("a1", "A", LONG_AGO, JULY, "sap_nhap"), ("c", "A", JULY, date(2026, 7, 10), "tu_tran")]
    dead.refresh_from_db()
    assert dead.unit.code == "c"


def test_a_reused_name_never_joins_old_and_new(land):
    merged(land)
    again = found_unit(code="A2", name="Hội CCB xã A", level=Level.CO_SO, kind=Kind.XA, parent=land["T"], opens_on=date(2026, 8, 1))
    assert value("members_total", again, 2026) is None
    assert value("members_total", Unit.objects.get(code="A"), 2025) == 50


def test_a_rename_keeps_the_old_name_for_the_old_days(land):
    carry_out(plan=plan_rename(unit=land["A"], name="Hội CCB phường A", kind=Kind.PHUONG, decision=decision()))
    versions = list(land["A"].versions.order_by("starts_on").values_list("name", "ends_on"))
    assert versions == [("Hội CCB xã A", JULY), ("Hội CCB phường A", None)]


def test_a_member_in_two_units_refuses_the_merge_and_is_named(land):
    torn = Member.objects.filter(unit=land["a1"]).first()
    end(torn, date(2026, 9, 1), "chuyen_di")
    Membership.objects.create(member=torn, unit=land["d1"], co_so=land["D"], member_name=torn.name, starts_on=date(2026, 8, 1), reason_in="chuyen_den")
    plan = plan_merge(olds=[land["d1"], land["b1"]], into=new_unit("c", Level.CHI_HOI, land["D"]), decision=decision())
    with pytest.raises(ValidationError, match=r"Người a1 0 \(Chi hội a1 và Chi hội d1 từ 01/08/2026\)"):
        carry_out(plan=plan)
    assert not Unit.objects.filter(code="c").exists()


def test_nobody_is_left_behind(land):
    with pytest.raises(ValidationError, match="còn 30 hội viên"):
        carry_out(plan=plan_split(sources=[land["a1"]], targets=[land["a2"]], heirs={land["a1"]: land["a2"]}, decision=decision()))
    register_member(unit=land["A"], name="Người của xã", sex="nam", counted_from=date(2020, 1, 1))
    with pytest.raises(ValidationError, match="không giữ danh sách hội viên"):
        carry_out(plan=plan_dissolution(unit=land["A"], decision=decision()))


def test_a_dissolved_branch_leaves_its_people_with_the_commune(land):
    carry_out(plan=plan_dissolution(unit=land["a2"], decision=decision()))
    assert value("members_total", land["A"], 2026) == 50
    assert Membership.objects.filter(unit=land["A"], ends_on=None).count() == 20


def test_users_of_the_old_units_act_for_the_new_one_and_see_their_records(land, django_user_model):
    user = django_user_model.objects.create_user("lan", password="x")
    UnitRole.objects.create(user=user, unit=land["A"], role="thu_ky", starts_on=date(2025, 1, 1))
    _, c = merged(land)
    assert [r.unit.code for r in django_user_model.objects.get(pk=user.pk).roles_today] == ["C"]
    assert Unit.objects.get(code="A").is_within(c)


def test_a_unit_does_not_reorganise_itself(land, django_user_model):
    user = django_user_model.objects.create_user("lan", password="x")
    UnitRole.objects.create(user=user, unit=land["A"], role="thu_ky", starts_on=date(2025, 1, 1))
    with scope_for(user), pytest.raises(PermissionDenied):
        carry_out(plan=plan_rename(unit=land["A"], name="Hội CCB xã Z", kind=Kind.XA, decision=decision()), by=user)
    with scope_for(user), pytest.raises(PermissionDenied):
        carry_out(plan=plan_move(units=[land["b1"]], parent=land["A"], decision=decision()), by=user)
    with scope_for(user):
        carry_out(plan=plan_rename(unit=land["a1"], name="Chi hội thôn 1", kind=Kind.CHI_HOI, decision=decision()), by=user)
