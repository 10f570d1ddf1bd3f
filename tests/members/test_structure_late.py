"""Changes that are written down late, several decisions of one day, and what a closed unit leaves behind."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emulation.services import set_cluster_members
from members.models import (
    Household,
    Kind,
    Level,
    Member,
    Membership,
    MembershipRequest,
    Post,
    Unit,
    UnitRole,
    UnitSettings,
    UnitSuccession,
)
from members.services import found_unit, register_member
from members.services.structure import (
    carry_out,
    effect_of,
    people_of,
    plan_dissolution,
    plan_founding,
    plan_merge,
    plan_move,
    plan_rename,
    plan_split,
)
from tests.members.land import (
    FLOW,
    JULY,
    LONG_AGO,
    decision,
    end,
    found,
    merged,
    new_unit,
    settle,
    spells_of,
    value,
)
from tests.members.land import everything as everything
from tests.members.land import land as land
from tests.members.land import noon as noon

pytestmark = pytest.mark.django_db

AUGUST = date(2026, 8, 1)


def merge_branches(land, day=JULY):
    new = new_unit("c", Level.CHI_HOI, land["A"])
    return carry_out(plan=plan_merge(olds=[land["a1"], land["a2"]], into=new, decision=decision(day)))


# ── written down late ──────────────────────────────────────────────────────────────────────


def test_who_was_admitted_after_the_day_was_admitted_by_the_new_unit(land):
    late = register_member(unit=land["a1"], name="Mới", sex="nam", counted_from=AUGUST, reason="ket_nap")
    change = merge_branches(land)
    assert spells_of(late) == [("c", "A", AUGUST, None, "")]
    late.refresh_from_db()
    assert (late.unit.code, change.proof["repointed"], change.proof["cut"]) == ("c", 1, 50)
    assert [value(code, land["A"], 2026) for code in (*FLOW, "members_admitted")] == [50, 50, 50, 51, 1]


def test_who_left_and_came_back_after_the_day_keeps_one_unit_a_day(land):
    wanderer = Member.objects.filter(unit=land["a1"]).first()
    end(wanderer, date(2026, 7, 5), "chuyen_di")
    Membership.objects.create(member=wanderer, unit=land["d1"], co_so=land["D"], member_name="x", starts_on=date(2026, 7, 5),
                              ends_on=AUGUST, reason_in="chuyen_den", reason_out="chuyen_di")
    Membership.objects.create(member=wanderer, unit=land["a1"], co_so=land["A"], member_name="x", starts_on=AUGUST, reason_in="chuyen_den")
    merge_branches(land)
    assert spells_of(wanderer) == [
        ("a1", "A", LONG_AGO, JULY, "sap_nhap"), ("c", "A", JULY, date(2026, 7, 5), "chuyen_di"),
        ("d1", "D", date(2026, 7, 5), AUGUST, "chuyen_di"), ("c", "A", AUGUST, None, ""),
    ]
    wanderer.refresh_from_db()
    assert (wanderer.unit.code, wanderer.version) == ("c", 2)


def test_a_branch_that_moves_takes_the_later_events_of_its_people_along(land):
    late = register_member(unit=land["a2"], name="Mới", sex="nam", counted_from=AUGUST, reason="ket_nap")
    dead = Member.objects.filter(unit=land["a2"]).first()
    end(dead, AUGUST, "tu_tran")
    carry_out(plan=plan_move(units=[land["a2"]], parent=land["B"], decision=decision()))
    assert (spells_of(late), spells_of(dead)[1:]) == ([("a2", "B", AUGUST, None, "")], [("a2", "B", JULY, AUGUST, "tu_tran")])
    assert [value(code, land["B"], 2026) for code in (*FLOW, "members_admitted", "members_deceased")] == [40, 20, 0, 60, 1, 1]


@pytest.mark.parametrize("what", ["closes", "takes"])
def test_a_change_before_a_later_one_of_the_same_unit_is_refused(land, what):
    carry_out(plan=plan_move(units=[land["a2"]], parent=land["B"], decision=decision(AUGUST)))
    a1, a2 = Unit.objects.get(code="a1"), Unit.objects.get(code="a2")
    olds, into = ([a1, a2], new_unit("c", Level.CHI_HOI, land["A"])) if what == "closes" else ([a1], a2)
    with pytest.raises(ValidationError, match=r"Chi hội a2 đã có thay đổi từ 01/08/2026, sau ngày 01/07/2026"):
        carry_out(plan=plan_merge(olds=olds, into=into, decision=decision()))


def test_nothing_is_merged_into_a_unit_that_did_not_exist_yet(land):
    young = found("y", Level.CHI_HOI, land["A"], opens_on=AUGUST)
    with pytest.raises(ValidationError, match=r"Chi hội y hoạt động từ 01/08/2026"):
        carry_out(plan=plan_merge(olds=[land["a1"]], into=young, decision=decision()))
    with pytest.raises(ValidationError, match=r"Chi hội y hoạt động từ 01/08/2026, không trước"):
        carry_out(plan=plan_merge(olds=[young], into=land["a1"], decision=decision(AUGUST)))


# ── several decisions of one day, as on 1 July 2025 ────────────────────────────────────────


@pytest.mark.parametrize("order", ["communes first", "districts first"])
def test_communes_merge_and_districts_dissolve_by_decisions_of_one_day(land, order):
    huyen = [found(code, Level.CUM, land["T"]) for code in ("H1", "H2")]
    for unit, home in zip((land["A"], land["B"]), huyen, strict=True):
        carry_out(plan=plan_move(units=[unit], parent=home, decision=decision(date(2021, 1, 1))))

    def merge():
        carry_out(plan=plan_merge(olds=[Unit.objects.get(code=c) for c in "AB"], into=new_unit("C", parent=land["T"]), decision=decision()))

    def dissolve():
        for unit in huyen:
            carry_out(plan=plan_dissolution(unit=Unit.objects.get(pk=unit.pk), decision=decision()))

    for step in (merge, dissolve) if order == "communes first" else (dissolve, merge):
        step()
    c = Unit.objects.get(code="C")
    assert [value(code, c, 2026) for code in FLOW] == [90, 90, 90, 90]
    assert [value(code, land["T"], 2026) for code in FLOW] == [95, 90, 90, 95]
    assert (value("members_total", huyen[0], 2025), value("members_total", land["T"], 2025, "today")) == (50, 95)
    versions = list(Unit.objects.get(code="A").versions.order_by("starts_on").values_list("parent__code", "starts_on", "ends_on"))
    assert versions == [("T", date(1989, 12, 6), date(2021, 1, 1)), ("H1", date(2021, 1, 1), JULY)]


def test_a_second_decision_of_the_day_sends_the_same_people_on_without_a_spell_of_no_days(land):
    merge_branches(land)
    c = Unit.objects.get(code="c")
    carry_out(plan=plan_move(units=[c], parent=land["D"], decision=decision(number="13/QĐ-CCB")))
    person = Member.objects.get(name="Người a1 0")
    assert spells_of(person) == [("a1", "A", LONG_AGO, JULY, "sap_nhap"), ("c", "D", JULY, None, "")]
    assert list(c.versions.values_list("parent__code", "starts_on", "change__decision_number")) == [("D", JULY, "13/QĐ-CCB")]
    assert [value(code, land["A"], 2026) for code in FLOW] == [50, 0, 50, 0]
    assert [value(code, land["D"], 2026) for code in FLOW] == [5, 50, 0, 55]


def test_what_was_founded_that_day_does_not_close_the_same_day(land):
    _, c = merged(land)
    with pytest.raises(ValidationError, match=r"Hội CCB xã C hoạt động từ 01/07/2026, không trước ngày 01/07/2026"):
        carry_out(plan=plan_merge(olds=[c, land["D"]], into=new_unit("E", parent=land["T"]), decision=decision()))


# ── done twice ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["found", "rename", "move", "merge", "part"])
def test_the_same_plan_a_second_time_is_refused_and_writes_nothing(land, kind):
    x = new_unit("x", Level.CHI_HOI, land["A"])
    some = people_of(land["a1"])[:3]
    plan = {
        "found": lambda: plan_founding(new=x, decision=decision()),
        "rename": lambda: plan_rename(unit=land["a1"], name="Chi hội Một", kind=Kind.CHI_HOI, decision=decision()),
        "move": lambda: plan_move(units=[land["a1"]], parent=land["B"], decision=decision()),
        "merge": lambda: plan_merge(olds=[land["A"]], into=land["B"], decision=decision()),
        "part": lambda: plan_split(sources=[land["a1"]], targets=[land["a2"]], heirs={}, people=dict.fromkeys(some, land["a2"]), decision=decision()),
    }[kind]()
    carry_out(plan=plan)
    before = (Unit.history.count(), Membership.history.count())
    if kind == "rename":  # the same name again changes nothing that anybody sees
        return
    with pytest.raises(ValidationError):
        carry_out(plan=plan)
    assert (Unit.history.count(), Membership.history.count()) == before


# ── places in the tree ─────────────────────────────────────────────────────────────────────


def test_a_merge_into_a_unit_that_stands_keeps_its_people_and_its_name(land):
    change = carry_out(plan=plan_merge(olds=[land["A"]], into=land["B"], decision=decision()))
    assert (change.proof["total"], change.proof["after"]) == (90, {"a1": 30, "a2": 20, "b1": 40})
    assert [value(code, land["B"], 2026) for code in FLOW] == [90, 50, 50, 90]
    assert (value("members_total", land["B"], 2025), value("members_total", land["B"], 2025, "today")) == (40, 90)
    assert list(UnitSuccession.objects.values_list("old__code", "new__code", "is_heir")) == [("A", "B", True)]


def test_paths_do_not_grow_with_every_merge(land):
    """A closed unit hangs directly under the open one that answers for it."""
    into, closed = Unit.objects.get(code="A"), 0
    for number in range(12):
        olds = [into, found(f"Z{number}", Level.CO_SO, land["T"])]
        day = date(2022, 1 + number, 1)
        carry_out(plan=plan_merge(olds=olds, into=new_unit(f"M{number}", parent=land["T"]), decision=decision(day)))
        into, closed = Unit.objects.get(code=f"M{number}"), closed + 2
    below = Unit.objects.under(into).exclude(pk=into.pk)
    assert {len(u.path) - len(into.path) for u in below} == {4}
    assert (below.filter(closes_on=None).count(), below.exclude(closes_on=None).count()) == (2, closed)
    assert (value("members_total", into, 2022), value("members_total", Unit.objects.get(code="A"), 2021)) == (50, 50)


def test_a_branch_below_another_branch_is_not_moved_in_the_same_decision(land):
    phan_hoi = found("p", Level.PHAN_HOI, land["a1"])
    with pytest.raises(ValidationError, match="Chi hội p trực thuộc Chi hội a1"):
        carry_out(plan=plan_move(units=[land["a1"], phan_hoi], parent=land["B"], decision=decision()))


def test_below_a_new_branch_of_the_same_commune_nobody_is_cut(land):
    phan_hoi = found("p", Level.PHAN_HOI, land["a1"])
    settle(phan_hoi, 4)
    change = merge_branches(land)
    phan_hoi.refresh_from_db()
    assert (change.proof["cut"], phan_hoi.parent.code) == (50, "c")
    assert spells_of(Member.objects.get(name="Người p 0")) == [("p", "A", LONG_AGO, None, "")]


def test_only_whoever_stands_there_is_moved(land):
    stranger = people_of(land["d1"])[0]
    with pytest.raises(ValidationError, match="Không còn sinh hoạt ở những đơn vị này, không chuyển được: Người d1 0"):
        carry_out(plan=plan_split(sources=[land["a1"]], targets=[land["a2"]], heirs={}, people={stranger: land["a2"]}, decision=decision()))


def test_a_district_moved_to_another_province_takes_everything_along_and_cuts_nobody(land):
    other = found("U", Level.TINH, None)
    huyen = found("H", Level.CUM, land["T"])
    carry_out(plan=plan_move(units=[land["A"]], parent=huyen, decision=decision(date(2021, 1, 1))))
    huyen.refresh_from_db()
    change = carry_out(plan=plan_move(units=[huyen], parent=other, decision=decision()))
    assert (change.proof["cut"], change.proof["total"], Unit.objects.get(code="a1").is_within(other)) == (0, 50, True)
    assert [value("members_total", unit, 2026) for unit in (other, land["T"])] == [50, 45]


def test_a_cluster_counts_the_heir_of_a_member_that_merged(land):
    cluster = found_unit(code="CUM", name="Cụm thi đua", level=Level.CUM, kind=Kind.CUM_THI_DUA, parent=land["T"])
    for number in (2025, 2026):
        set_cluster_members(cluster=cluster, year=number, units=[land["A"], land["B"], land["D"]])
    merged(land)
    totals = [value("members_total", cluster, number, mode) for number in (2025, 2026) for mode in ("then", "today")]
    assert totals == [95, 95, 95, 95]
    assert value("cluster_member_units", cluster, 2025) == 3


# ── what goes along ────────────────────────────────────────────────────────────────────────


def test_households_posts_requests_and_roles_follow_or_end(land, django_user_model):
    head, friend = Member.objects.filter(unit=land["a1"]).order_by("pk")[:2]
    own = Household.objects.create(unit=land["a1"], head=head)
    shared = Household.objects.create(unit=land["a1"], head_name="Vợ")
    friend.household = shared
    friend.save()
    Post.objects.create(member=head, body="chi_hoi", unit=land["a1"], title="Chi hội trưởng", starts_on=LONG_AGO)
    open_request = MembershipRequest.objects.create(kind="ket_nap", unit=land["a1"], name="Người Mới", proposed_at="2026-06-01T00:00Z")
    moot = MembershipRequest.objects.create(kind="chuyen", unit=land["a1"], to_unit=land["a2"], member=friend, name=friend.name, proposed_at="2026-06-01T00:00Z")
    user = django_user_model.objects.create_user("lan", password="x")
    until = date(2027, 1, 1)
    UnitRole.objects.create(user=user, unit=land["a1"], role="chi_hoi_truong", starts_on=LONG_AGO, ends_on=until)
    effect = effect_of(plan_merge(olds=[land["a1"], land["a2"]], into=new_unit("c", Level.CHI_HOI, land["A"]), decision=decision()))
    assert (len(effect.posts), effect.requests, [r.to.code for r in effect.roles], effect.cut, effect.total) == (1, 2, ["c"], 50, 50)
    merge_branches(land)
    for row in (own, shared, open_request, moot):
        row.refresh_from_db()
    assert [row.unit.code for row in (own, shared, open_request, moot)] == ["c"] * 4
    assert (moot.to_unit.code, moot.state, open_request.state, open_request.version) == ("c", "rut", "de_nghi", 2)
    assert list(Post.objects.values_list("ends_on", flat=True)) == [JULY]
    assert list(UnitRole.objects.order_by("starts_on").values_list("unit__code", "starts_on", "ends_on")) == [("a1", LONG_AGO, JULY), ("c", JULY, until)]


def test_users_stay_behind_when_the_decision_says_so(land, django_user_model):
    user = django_user_model.objects.create_user("lan", password="x")
    UnitRole.objects.create(user=user, unit=land["A"], role="thu_ky", starts_on=LONG_AGO)
    new = new_unit("C", parent=land["T"])
    plan = plan_merge(olds=[land["A"], land["B"]], into=new, decision=decision(), carry_roles=False)
    assert [r.to for r in effect_of(plan).roles] == [None]
    carry_out(plan=plan)
    assert django_user_model.objects.get(pk=user.pk).roles_today == []


def test_a_frontier_does_not_disappear_with_its_commune(land):
    UnitSettings.objects.create(unit=land["A"], starts_on=LONG_AGO, frontier=True, signer_name="Người ký cũ")
    UnitSettings.objects.create(unit=land["B"], starts_on=LONG_AGO, frontier=False, entrusted=False)
    _, c = merged(land)
    kept = UnitSettings.objects.get(unit=c)
    assert (kept.starts_on, kept.frontier, kept.entrusted, kept.complete_tree, kept.signer_name) == (JULY, True, False, None, "")


# ── the preview says what will be ──────────────────────────────────────────────────────────


def rows(effect):
    return {row.unit.code: (row.before, row.after) for row in effect.rows}


def test_the_preview_counts_as_the_proof_does(land):
    half = dict.fromkeys(people_of(land["a1"])[:10], land["a2"])
    plan = plan_split(sources=[land["a1"]], targets=[land["a2"]], heirs={}, people=half, decision=decision())
    assert rows(effect_of(plan)) == {"a1": (30, 20), "a2": (20, 30)}
    change = carry_out(plan=plan)
    assert change.proof["after"] == {"a1": 20, "a2": 30}
    whole = plan_merge(olds=[land["A"], land["B"]], into=new_unit("C", parent=land["T"]), decision=decision(AUGUST))
    assert rows(effect_of(whole)) == {"A": (50, 0), "B": (40, 0), "C": (0, 90)}
    assert [(b.unit.code, b.to.code, b.members, b.cut) for b in effect_of(whole).branches] == [("a1", "C", 20, True), ("a2", "C", 30, True), ("b1", "C", 40, True)]
    moved = plan_move(units=[land["a2"]], parent=land["B"], decision=decision(AUGUST))
    assert rows(effect_of(moved)) == {"A": (50, 20), "B": (40, 70)}


# ── size ───────────────────────────────────────────────────────────────────────────────────


def test_the_number_of_queries_does_not_grow_with_the_people(land):
    asked = []
    for size, codes in ((10, "EF"), (300, "GH")):
        units = [found(code, Level.CO_SO, land["T"]) for code in codes]
        for unit in units:
            settle(found(f"{unit.code}1", Level.CHI_HOI, unit), size)
        plan = plan_merge(olds=units, into=new_unit(f"N{size}", parent=land["T"]), decision=decision())
        with CaptureQueriesContext(connection) as queries:
            carry_out(plan=plan)
        asked.append(len(queries))
    assert (asked[1] - asked[0]) / 580 < 0.15  # batches of the same six statements, some fifty rows each on SQLite
