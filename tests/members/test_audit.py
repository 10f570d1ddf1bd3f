"""The audit finds nothing in an honest register, and names every fault that is put into one."""

from datetime import date

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from members.audit import audit
from members.models import Kind, Level, Member, Membership, Unit, UnitSuccession, UnitVersion
from members.past import count_of, forerunners, standing_since, tree_on
from members.scoping import scope_for
from members.services.structure import carry_out, plan_merge, plan_move
from tests.members.land import JULY, LONG_AGO, decision, end, found, merged, new_unit
from tests.members.land import everything as everything
from tests.members.land import land as land
from tests.members.land import noon as noon

pytestmark = pytest.mark.django_db


def found_wrong():
    return [(finding.check, finding.words) for finding in audit()]


def checks():
    return sorted({check for check, _ in found_wrong()})


@pytest.fixture
def history(land):
    """A and B became C on 1 July; a2 went on to D on 1 September."""
    merged(land)
    carry_out(plan=plan_move(units=[Unit.objects.get(code="a2")], parent=land["D"], decision=decision(date(2026, 9, 1))))
    return land


def test_a_land_with_a_history_passes(history, capsys):
    call_command("audit_structure")
    assert capsys.readouterr().out == "Cây đơn vị và quá trình sinh hoạt khớp nhau, không có chỗ sai.\n"


def someone():
    return Member.objects.get(name="Người a1 0")


def overlap():
    spell = someone().spells.get(ends_on=None)
    Membership.objects.create(member=someone(), unit=spell.unit, co_so=spell.co_so, member_name="x", starts_on=date(2026, 6, 1), ends_on=date(2026, 8, 1),
                              reason_in="chuyen_den", reason_out="chuyen_di")


def gap():
    someone().spells.filter(ends_on=None).update(starts_on=date(2026, 7, 2))


def nowhere():
    someone().spells.filter(ends_on=None).delete()


def before_its_unit():
    Unit.objects.filter(code="d1").update(opens_on=date(2021, 1, 1))
    UnitVersion.objects.filter(unit__code="d1").update(starts_on=date(2021, 1, 1))


def after_its_unit():
    a = Unit.objects.get(code="A")
    spell = someone().spells.get(ends_on=JULY)
    Membership._base_manager.filter(pk=spell.pk).update(ends_on=date(2026, 7, 9))
    Membership._base_manager.filter(member=someone(), ends_on=None).update(starts_on=date(2026, 7, 9))
    return a


def wrong_co_so():
    Membership._base_manager.filter(member=someone(), ends_on=None).update(co_so=Unit.objects.get(code="D"))


def wrong_place():
    Member._base_manager.filter(pk=someone().pk).update(unit=Unit.objects.get(code="d1"))


def no_spell():
    Member.objects.create(unit=Unit.objects.get(code="d1"), name="Người không ngày", sex="nam")


def wrong_path():
    d1 = Unit.objects.get(code="d1")
    Unit._base_manager.filter(pk=d1.pk).update(path=Unit.objects.get(code="C").path + "0ZZZ")


def no_heir():
    UnitSuccession.objects.filter(old__code="A", is_heir=True).delete()


def beside_its_heir():
    a = Unit.objects.get(code="A")
    Unit._base_manager.filter(pk=a.pk).update(path=Unit.objects.get(code="D").path + "0ZZZ")


def version_gap():
    UnitVersion.objects.filter(unit__code="a1", ends_on=JULY).update(ends_on=date(2026, 6, 1))


def other_name():
    Unit.objects.filter(code="d1").update(name="Chi hội khác")


def closed_parent():
    Unit.objects.filter(code="D").update(closes_on=date(2026, 11, 1))


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (overlap, ["hai nơi cùng lúc", "ngoài thời gian của đơn vị"]), (gap, ["khoảng trống"]), (nowhere, ["khoảng trống", "nơi của hội viên"]),
        (before_its_unit, ["ngoài thời gian của đơn vị"]), (after_its_unit, ["ngoài thời gian của đơn vị"]), (wrong_co_so, ["nơi của hội viên", "tổ chức cơ sở"]),
        (wrong_place, ["nơi của hội viên"]), (no_spell, ["không có quá trình sinh hoạt"]), (wrong_path, ["đường dẫn"]), (no_heir, ["kế thừa"]),
        (beside_its_heir, ["đường dẫn"]), (version_gap, ["lịch sử tên", "tổ chức cơ sở"]), (other_name, ["lịch sử tên"]),
        (closed_parent, ["kế thừa", "lịch sử tên", "ngoài thời gian của đơn vị", "đường dẫn"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_fault_is_named(history, fault, named):
    fault()
    assert checks() == named


def test_the_command_prints_the_rows_and_fails(history, capsys):
    gap()
    before_its_unit()
    with pytest.raises(CommandError, match=r"^6 chỗ sai: khoảng trống 1, ngoài thời gian của đơn vị 5\.$") as failed:
        call_command("audit_structure", limit=2)
    person = someone()
    assert failed.value.returncode == 1
    assert capsys.readouterr().out.splitlines()[0] == (
        f"khoảng trống: {person.name} (hồ sơ {person.pk}), Chi hội a1 (a1), 01/01/2020 – 01/07/2026: lần sau mãi từ 02/07/2026")


def test_whoever_left_and_came_back_later_leaves_no_gap(history):
    person = someone()
    end(person, date(2026, 8, 1), "xin_ra")
    Membership.objects.create(member=person, unit=person.unit, co_so=person.co_so, member_name="x", starts_on=date(2026, 10, 1), reason_in="ket_nap")
    assert found_wrong() == []


# ── the tree of a day ──────────────────────────────────────────────────────────────────────


def test_the_tree_of_a_day_has_the_names_and_people_of_that_day(history, capsys):
    call_command("tree", at="2026-06-30")
    before = capsys.readouterr().out.splitlines()
    call_command("tree", at="31/12/2026", unit="C")
    after = capsys.readouterr().out.splitlines()
    assert before == [
        "Hội CCB tỉnh T (T), Tỉnh: 95", "  Hội CCB xã D (D), Xã: 5", "    Chi hội d1 (d1), Chi hội: 5", "  Hội CCB xã A (A), Xã: 50",
        "    Chi hội a2 (a2), Chi hội: 20", "    Chi hội a1 (a1), Chi hội: 30", "  Hội CCB xã B (B), Xã: 40", "    Chi hội b1 (b1), Chi hội: 40",
        "Ngày 30/06/2026: 8 đơn vị, 95 hội viên.",
    ]
    assert after == ["Hội CCB xã C (C), Xã: 70", "  Chi hội a1 (a1), Chi hội: 30", "  Chi hội b1 (b1), Chi hội: 40", "Ngày 31/12/2026: 3 đơn vị, 70 hội viên."]


@pytest.mark.parametrize(("at", "unit", "words"), [
    ("2026-02-30", "C", "“2026-02-30” không phải một ngày có trong lịch"), ("2026-01-01", "ZZ", "không có đơn vị mang mã “ZZ”"),
    ("2026-01-01", "C", r"Ngày 01/01/2026 không có Hội CCB xã C \(C\). Trước đó là: Hội CCB xã A \(A\), Hội CCB xã B \(B\)"),
])
def test_the_tree_says_what_it_cannot_draw(history, at, unit, words):
    with pytest.raises(CommandError, match=words):
        call_command("tree", at=at, unit=unit)


def test_a_reader_sees_the_part_of_the_past_tree_that_is_his(history, django_user_model):
    """Who answers for C today sees A and B; the chi hội that went to D counts for A, as its members did then."""
    user = django_user_model.objects.create_user("lan", password="x")
    user.unit_roles.create(unit=Unit.objects.get(code="C"), role="thu_ky", starts_on=LONG_AGO)
    with scope_for(user):
        c = Unit.objects.get(code="C")
        roots = tree_on(date(2026, 6, 30))
        assert tree_on(date(2026, 6, 30), c) == []
        assert [u.code for u in forerunners(c, date(2026, 6, 30))] == ["A", "B"]
    assert [(node.unit.code, node.total, [child.unit.code for child in node.children]) for node in roots] == [("A", 50, ["a1"]), ("B", 40, ["b1"])]
    assert count_of(roots) == 4


def test_a_spell_may_begin_when_the_unit_came_to_its_commune(history):
    days = {code: standing_since(Unit.objects.get(code=code)) for code in ("a1", "a2", "d1", "C", "T")}
    assert days == {"a1": JULY, "a2": date(2026, 9, 1), "d1": date(1989, 12, 6), "C": JULY, "T": date(1989, 12, 6)}


def test_a_rename_does_not_begin_a_new_place(land):
    carry_out(plan=plan_merge(olds=[land["a1"]], into=land["a2"], decision=decision()))
    young = found("y", Level.CHI_HOI, land["A"], opens_on=date(2026, 8, 1))
    assert [standing_since(Unit.objects.get(code=code)) for code in ("a2", "y")] == [date(1989, 12, 6), young.opens_on]
    assert new_unit("q").kind == Kind.XA
