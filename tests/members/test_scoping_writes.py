"""Whose rows may be written: creating, changing, moving and deleting rows inside a scope."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction

from emulation.models import ClusterMember
from members.models import Member, MemberStatus, Unit, UnitSettings
from members.scoping import Scope, _open, all_units, current_scope
from members.services import change_member, found_unit, register_member

from .strangers import OWNED

pytestmark = pytest.mark.django_db


def unscoped(model, **lookup):
    """A row as a careless programmer might fetch it."""
    return model._base_manager.get(**lookup)


def test_a_row_is_created_for_units_of_the_scope_only(thanh_son, tree):
    fields = {"name": "Lê Văn Cả", "sex": "nam"}
    assert Member.objects.create(unit=tree.thon_doai, **fields).pk
    for act in (
        lambda: Member.objects.create(unit=tree.xom_ben, **fields),
        lambda: Member.objects.get_or_create(unit=tree.xom_ben, **fields),
        lambda: Member.objects.update_or_create(unit=tree.xom_ben, **fields),
        lambda: Member.objects.bulk_create([Member(unit=tree.thon_dong, **fields), Member(unit=tree.xom_ben, **fields)]),
        lambda: tree.xom_ben.members.create(**fields),
        lambda: Member(unit=tree.lam_giang, **fields).save(),
    ):
        with pytest.raises(PermissionDenied), transaction.atomic():
            act()
    assert [m.unit for m in Member.objects.filter(name="Lê Văn Cả")] == [tree.thon_doai]


def test_a_stranger_fetched_round_the_scope_is_neither_saved_nor_deleted(thanh_son, stranger):
    row = unscoped(Member, pk=stranger.pk)
    for act in (row.save, row.delete, lambda: Member.objects.bulk_update([row], ["name"])):
        with pytest.raises(PermissionDenied):
            act()
    assert unscoped(Member, pk=stranger.pk).name == "Người Lạ Mặt"


def test_a_stranger_pointed_at_ones_own_unit_is_still_a_stranger(thanh_son, tree, stranger):
    row = unscoped(Member, pk=stranger.pk)
    row.unit = tree.thon_dong
    new = Member(pk=stranger.pk, unit=tree.thon_dong, name="Thay người", sex="nam")
    for act in (
        row.save, row.delete, lambda: row.save(update_fields=["unit"]), lambda: row.save(force_update=True),
        lambda: Member.objects.bulk_update([row], ["name"]), lambda: Member.objects.bulk_update([row], ["unit"]),
        new.save, new.delete, lambda: Member.objects.bulk_create([new]),
        lambda: Member.objects.bulk_create([new], update_conflicts=True, unique_fields=["pk"], update_fields=["unit", "name"]),
    ):
        with pytest.raises(PermissionDenied), transaction.atomic():
            act()
    stored = unscoped(Member, pk=stranger.pk)
    assert (stored.unit, stored.name) == (tree.xom_ben, "Người Lạ Mặt")


def test_an_own_row_is_not_given_away(thanh_son, tree, mine):
    mine.unit = tree.xom_ben
    for act in (mine.save, lambda: Member.objects.bulk_update([mine], ["unit"])):
        with pytest.raises(PermissionDenied):
            act()
    assert unscoped(Member, pk=mine.pk).unit == tree.thon_dong
    mine.unit = tree.thon_doai
    mine.save()
    assert unscoped(Member, pk=mine.pk).unit == tree.thon_doai


def test_a_queryset_changes_rows_and_never_their_unit(tree, mine, stranger, cast):
    with all_units("the rule holds for everybody"):
        for change in (
            lambda: Member.objects.update(unit=tree.thon_doai),
            lambda: Member.objects.update(unit_id=tree.thon_doai.pk),
            lambda: Member.objects.bulk_update([mine], ["unit"]),
            lambda: MemberStatus.objects.update(member=mine),
            lambda: MemberStatus.objects.update(member_id=mine.pk),
            lambda: ClusterMember.objects.update(cluster_year_id=1),
            lambda: Unit.objects.update(path="0000"),
            lambda: Member.history.model.objects.update(unit_id=tree.thon_doai.pk),
            lambda: MemberStatus.history.model.objects.update(member=mine),
        ):
            with pytest.raises(TypeError, match=r"save\(\)"), transaction.atomic():
                change()
    with _open(Scope((tree.thanh_son.path,))):
        assert Member.objects.update(card_number="7") == 1
        assert MemberStatus.objects.update(ends_on=date(2090, 1, 1)) == 1
        assert Unit.objects.filter(level="CHI_HOI").update(closes_on=date(2090, 1, 1)) == 2
    assert {m.name: m.card_number for m in Member._base_manager.all()} == {"Nguyễn Văn An": "7", "Người Lạ Mặt": ""}
    assert set(MemberStatus._base_manager.values_list("member__name", "ends_on")) == {
        ("Nguyễn Văn An", date(2090, 1, 1)), ("Người Lạ Mặt", None)}


def test_a_queryset_deletes_within_the_scope_only(thanh_son, tree):
    assert MemberStatus.objects.all().delete()[0] == 1
    assert MemberStatus.objects.filter(member__unit=tree.xom_ben).delete()[0] == 0
    assert [s.member.name for s in MemberStatus._base_manager.all()] == ["Người Lạ Mặt"]


def test_an_upsert_names_the_unit_or_is_refused(tree):
    """Else a row of mine that meets another unit's key would overwrite theirs."""
    theirs = Unit(code="LG-BM", name="Đổi tên", level="CO_SO", path=tree.thanh_son.path + "0009")
    with _open(Scope((tree.thanh_son.path,))):
        with pytest.raises(TypeError, match="upsert"):
            Unit.objects.bulk_create([theirs], update_conflicts=True, unique_fields=["code"], update_fields=["name"])
        setting = UnitSettings(unit=tree.thanh_son, place_name="Thanh Sơn")
        for place in ("Thanh Sơn", "Sơn Thanh"):
            setting = UnitSettings(unit=tree.thanh_son, place_name=place)
            UnitSettings.objects.bulk_create(
                [setting], update_conflicts=True, unique_fields=["unit", "starts_on"], update_fields=["place_name"])
        assert [s.place_name for s in UnitSettings.objects.all()] == ["Sơn Thanh"]


def test_a_status_belongs_to_the_unit_of_its_member(thanh_son, stranger, mine):
    with pytest.raises(PermissionDenied):
        MemberStatus.objects.create(member=stranger, kind="dang_vien", starts_on=date(2020, 1, 1), ends_on=date(2021, 1, 1))
    status = unscoped(MemberStatus, member=stranger)
    status.member = mine
    for act in (status.save, status.delete):
        with pytest.raises(PermissionDenied):
            act()


def test_units_themselves_are_rows_of_their_own_path(thanh_son, tree):
    new = {"name": "Chi hội mới", "level": "CHI_HOI"}
    assert Unit.objects.create(code="MOI-1", path=tree.thanh_son.path + "0005", parent=tree.thanh_son, **new).pk
    for path in (tree.binh_minh.path + "0005", "0009", tree.lam_giang.path + "0009"):
        with pytest.raises(PermissionDenied):
            Unit.objects.create(code="MOI-2", path=path, **new)
    neighbour = unscoped(Unit, pk=tree.binh_minh.pk)
    neighbour.name = "Đổi tên"
    with pytest.raises(PermissionDenied):
        neighbour.save()
    neighbour.path = tree.thanh_son.path + "0006"
    for act in (neighbour.save, neighbour.delete):
        with pytest.raises(PermissionDenied):
            act()
    own = Unit.objects.get(pk=tree.thon_dong.pk)
    own.path = tree.binh_minh.path + "0007"
    with pytest.raises(PermissionDenied):
        own.save()
    assert unscoped(Unit, pk=tree.binh_minh.pk).name == "Hội CCB xã Bình Minh"
    assert unscoped(Unit, pk=tree.thon_dong.pk).path == tree.thon_dong.path


def test_services_are_held_by_the_same_rule(thanh_son, tree, stranger, cast):
    for act in (
        lambda: register_member(unit=tree.xom_ben, name="Ai Đó", sex="nam", by=cast.thu_ky),
        lambda: found_unit(code="X", name="X", level="CHI_HOI", parent=tree.binh_minh, by=cast.thu_ky),
        lambda: found_unit(code="X", name="X", level="TINH", by=cast.thu_ky),
    ):
        with pytest.raises(PermissionDenied):
            act()
    with pytest.raises(Member.DoesNotExist):
        change_member(member=stranger, version=1, is_party=False, by=cast.thu_ky)


def test_every_history_row_is_written_whoever_may_read_it(thanh_son, tree, mine):
    """A row that leaves the scope with its member keeps both its lines."""
    before = mine.history.count()
    mine.unit = tree.thon_doai
    mine.save()
    assert mine.history.count() == before + 1
    with _open(Scope((tree.thon_dong.path,))):
        assert [h.unit for h in Member.history.all()] == [tree.thon_dong]
    with _open(Scope((tree.thon_doai.path,))):
        assert [h.unit for h in Member.history.all()] == [tree.thon_doai]


# ── Uniqueness is checked everywhere and tells of nobody ───────────────────────────────────


def messages(row):
    with pytest.raises(ValidationError) as caught:
        row.full_clean(exclude=["path", "folded_name", "sort_key"])
    return caught.value.message_dict


def test_a_code_of_another_unit_is_refused_without_naming_the_unit(thanh_son, tree):
    said = messages(Unit(code="HD-KB", name="Chi hội mới", level="CHI_HOI", parent=tree.thanh_son, path=tree.thanh_son.path + "0009"))
    assert said == {"code": ["Mã đơn vị này đã có. Mỗi mã chỉ dùng một lần, kể cả khi đơn vị đã giải thể."]}


def test_no_message_about_a_duplicate_names_a_unit_or_its_values(rows, tree, cast):
    hidden = ["Bình Minh", "LG-BM", "Người Lạ Mặt", "Kim Bài"]
    with _open(Scope((tree.thanh_son.path,))):
        checked = 0
        for model in OWNED:
            row = model._base_manager.last()
            uniques = [c for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]
            if not uniques and not any(f.unique and not f.primary_key for f in model._meta.fields):
                continue
            row.pk, row._state.adding = None, True
            text = str(messages(row))
            assert [word for word in hidden if word in text] == [], (model, text)
            checked += 1
        assert checked == 12  # all but Member, which has no key of its own


def test_the_scope_is_the_same_after_a_check_of_uniqueness(thanh_son, tree):
    before = current_scope()
    messages(Unit(code="HD-KB", name="x", level="CHI_HOI", parent=tree.thanh_son, path="z"))
    assert current_scope() is before


