"""Whose rows may be seen: every clause of the one place that decides.

The drawing of ``tests/cast.py`` is the world; the stranger is a member of xã Bình Minh, the
neighbour of xã Thanh Sơn, whose secretary is the one who looks.
"""

import threading
from contextvars import copy_context
from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.test.utils import CaptureQueriesContext

from ccb import clock
from emulation.models import ClusterMember
from emulation.services import set_cluster_members
from members.models import (
    Member,
    Membership,
    MemberStatus,
    Role,
    Unit,
    UnitRole,
    User,
)
from members.scoping import (
    Scope,
    ScopeMissing,
    _open,
    all_units,
    current_scope,
    encode_segment,
    path_after,
    scope_for,
)

from .strangers import OWNED, WITH_HISTORY

pytestmark = pytest.mark.django_db

# Built when this file is imported, with no scope open and no row in any table.
EVERY_MEMBER = Member.objects.all()
EVERY_STATUS = MemberStatus.objects.filter(kind="dang_vien")


# ── No scope: nothing is read, nothing is written ──────────────────────────────────────────


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(list, id="list"),
        pytest.param(len, id="len"),
        pytest.param(bool, id="bool"),
        pytest.param(lambda q: q.count(), id="count"),
        pytest.param(lambda q: q.exists(), id="exists"),
        pytest.param(lambda q: q.first(), id="first"),
        pytest.param(lambda q: q.get(pk=1), id="get"),
        pytest.param(lambda q: q.aggregate(n=Count("pk")), id="aggregate"),
        pytest.param(lambda q: list(q.values("pk")), id="values"),
        pytest.param(lambda q: list(q.values_list("pk").annotate(n=Count("pk"))), id="grouped"),
        pytest.param(lambda q: list(q.iterator(100)), id="iterator"),
        pytest.param(lambda q: q.in_bulk([1]), id="in_bulk"),
        pytest.param(lambda q: list(q.exclude(pk=1) | q.filter(pk=2)), id="or"),
        pytest.param(lambda q: list(q.order_by().union(q.order_by())), id="union"),
        pytest.param(lambda q: str(q.query), id="sql"),
        pytest.param(lambda q: q.delete(), id="delete"),
        pytest.param(lambda q: q.update(**{q.model._meta.fields[-1].name: None}), id="update"),
        pytest.param(lambda q: q.select_for_update(of=("self",)).first(), id="select_for_update"),
        pytest.param(lambda q: q.bulk_create([q.model(pk=1)]), id="bulk_create"),
        pytest.param(lambda q: q.bulk_update([q.model(pk=1)], [q.model._meta.fields[-1].name]), id="bulk_update"),
    ],
)
def test_with_no_scope_open_every_question_to_an_owned_table_is_an_error(question):
    for model in OWNED:
        with transaction.atomic(), pytest.raises(ScopeMissing):
            question(model.objects.all())


def test_with_no_scope_open_history_is_as_closed_as_its_table():
    for model in WITH_HISTORY:
        for manager in (model.history, model.history.model.objects):
            for question in (list, lambda q: q.count(), lambda q: q.exists(), lambda q: q.delete()):
                with pytest.raises(ScopeMissing):
                    question(manager.all())
        for question in (lambda h: list(h.as_of(clock.now())), lambda h: list(h.all().latest_of_each())):
            with pytest.raises(ScopeMissing):
                question(model.history)


def test_with_no_scope_open_a_row_at_hand_is_neither_saved_nor_deleted_nor_followed(mine):
    for act in (mine.save, mine.delete, lambda: list(mine.spells.all()), lambda: mine.statuses.exists(), lambda: mine.history.count()):
        with pytest.raises(ScopeMissing):
            act()
    with pytest.raises(ScopeMissing):
        Member.objects.get_or_create(pk=mine.pk)


def test_with_no_scope_open_a_subquery_on_an_owned_table_is_an_error(mine):
    by_member = Membership.objects.filter(member__unit__roles__user=OuterRef("pk"))
    for question in (
        User.objects.filter(Exists(by_member)),
        User.objects.filter(unit_roles__in=UnitRole.objects.all()),
        User.objects.annotate(n=Subquery(by_member.values("pk")[:1])),
    ):
        with pytest.raises(ScopeMissing):
            list(question)


def test_a_queryset_built_at_import_asks_for_the_scope_of_the_moment_it_runs(tree, mine, stranger):
    with pytest.raises(ScopeMissing):
        list(EVERY_MEMBER.all())
    seen = {}
    for key in ("thanh_son", "binh_minh", "kim_bai", "lam_giang"):
        with _open(Scope((getattr(tree, key).path,))):
            seen[key] = [m.name for m in EVERY_MEMBER.all()], EVERY_STATUS.count()
    assert seen == {
        "thanh_son": (["Nguyễn Văn An"], 1), "binh_minh": (["Người Lạ Mặt"], 1), "kim_bai": ([], 0),
        "lam_giang": (["Nguyễn Văn An", "Người Lạ Mặt"], 2),
    }


def test_an_iterator_made_inside_a_scope_and_begun_outside_is_refused(tree, mine):
    with _open(Scope((tree.thanh_son.path,))):
        rows = Member.objects.iterator(100)
    with pytest.raises(ScopeMissing):
        next(rows)


# ── Reading inside a scope ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("model", OWNED)
def test_rows_of_a_neighbour_exist_for_the_neighbour_and_for_nobody_else(model, rows, tree):
    with _open(Scope((tree.binh_minh.path,))):
        theirs = {row.pk for row in model.objects.all()}
    assert theirs
    with _open(Scope((tree.thanh_son.path,))):
        shown = {row.pk for row in model.objects.all()}
        assert shown & theirs == set()
        assert model.objects.filter(pk__in=theirs).count() == 0
        assert model.objects.filter(pk__in=theirs).exists() is False
        assert model.objects.filter(Q(pk__in=theirs) | Q(pk__gt=0)).count() == len(shown)
        assert model.objects.exclude(pk__in=shown).count() == 0
        assert list(model.objects.filter(pk=0) | model.objects.filter(pk__in=theirs)) == []
        assert model.objects.in_bulk(list(theirs)) == {}
        with pytest.raises(model.DoesNotExist):
            model.objects.get(pk=min(theirs))


@pytest.mark.parametrize("model", WITH_HISTORY)
def test_the_history_of_a_neighbour_is_as_hidden_as_its_rows(model, rows, tree):
    with _open(Scope((tree.binh_minh.path,))):
        row = model.objects.first()
        row.save()  # the drawing inserts in bulk, which leaves no history
        kept = row.history.count()
        assert kept > 0
        assert [r.pk for r in model.history.as_of(clock.now()) if r.pk == row.pk] == [row.pk]
    with _open(Scope((tree.thanh_son.path,))):
        assert (row.history.count(), model.history.filter(id=row.pk).count(), model.history.model.objects.filter(id=row.pk).count()) == (0, 0, 0)
        assert [r.pk for r in model.history.as_of(clock.now()) if r.pk == row.pk] == []
        assert [r.pk for r in model.history.all().latest_of_each() if r.id == row.pk] == []
        with pytest.raises(model.DoesNotExist):
            row.history.most_recent()


def test_a_scope_reaches_down_and_neither_up_nor_aside(tree):
    def units(*paths):
        with _open(Scope(paths)):
            return {u.code for u in Unit.objects.all()}

    assert units(tree.thanh_son.path) == {"LG-TS", "LG-TS-01", "LG-TS-02"}
    assert units(tree.thon_dong.path) == {"LG-TS-01"}
    assert units(tree.thon_dong.path, tree.kim_bai.path) == {"LG-TS-01", "HD-KB"}
    assert units(tree.thanh_son.path, tree.thon_dong.path) == {"LG-TS", "LG-TS-01", "LG-TS-02"}
    assert units(tree.ha_dong.path) == {"HD", "HD-KB"}
    assert len(units(tree.trung_uong.path)) == 13
    assert units() == set()


def test_a_cluster_sees_its_list_of_members_and_none_of_their_rows(tree, mine):
    with all_units("the list of the year"):
        set_cluster_members(cluster=tree.cum_thi_dua, year=2022, units=[tree.lam_giang, tree.ha_dong])
    with _open(Scope((tree.cum_thi_dua.path,))):
        assert [m.unit.code for m in ClusterMember.objects.all()] == ["LG", "HD"]
        assert (Unit.objects.count(), Member.objects.count()) == (1, 0)
    with _open(Scope((tree.lam_giang.path,))):
        assert ClusterMember.objects.count() == 0


def test_an_empty_scope_sees_nothing_and_writes_nothing(tree, mine):
    with _open(Scope()):
        assert [model.objects.count() for model in OWNED] == [0] * len(OWNED)
        with pytest.raises(PermissionDenied):
            mine.save()


def test_an_empty_path_never_means_everything():
    for paths in (("",), ("0000", "")):
        with pytest.raises(ValueError, match="empty path"):
            Scope(paths)


def test_paths_that_begin_alike_do_not_leak_into_each_other(tree):
    """'0001' holds '00010002'; '0010' and '00100001' only look like it."""
    with all_units("paths are drawn by hand"):
        parent = Unit.objects.create(code="A", name="A", level="TINH", path="0001")
        Unit.objects.create(code="A2", name="A2", level="CO_SO", parent=parent, path="00010002")
        Unit.objects.create(code="A20", name="A20", level="CO_SO", parent=parent, path="00010020")
        other = Unit.objects.create(code="B", name="B", level="TINH", path="0010")
        Unit.objects.create(code="B1", name="B1", level="CO_SO", parent=other, path="00100001")
        for code, path in (("Z", "000Z"), ("Y", "0002")):
            Unit.objects.create(code=code, name=code, level="TINH", path=path)
    seen = {}
    for path in ("0001", "00010002", "0010", "000Z"):
        with _open(Scope((path,))):
            seen[path] = {u.code for u in Unit.objects.all()}
            assert seen[path] == {u.code for u in Unit._base_manager.all() if current_scope().contains(u.path)}
    assert seen == {"0001": {"A", "A2", "A20"}, "00010002": {"A2"}, "0010": {"B", "B1"}, "000Z": {"Z"}}


@pytest.mark.parametrize(
    ("path", "after"),
    [
        ("0000", "0001"), ("0009", "000A"), ("000Z", "0010"), ("00ZZ", "0100"), ("0ZZZ", "1000"), ("00010000", "00010001"),
        ("0001000Z", "00010010"), ("00010ZZZ", "00011000"), ("0001ZZZZ", "0002"), ("0001ZZZZZZZZ", "0002"), ("000ZZZZZ", "0010"), ("ZZZY", "ZZZZ"),
    ],
)
def test_the_path_behind_a_subtree_counts_on_in_base_thirty_six(path, after):
    assert path_after(path) == after
    assert path < path + "ZZZZ" < after


def test_the_last_of_all_segments_has_none_behind_it():
    assert (encode_segment(0), encode_segment(35), encode_segment(36), encode_segment(36**4 - 1)) == ("0000", "000Z", "0010", "ZZZZ")
    for overflow in (lambda: encode_segment(36**4), lambda: path_after("ZZZZ"), lambda: path_after("ZZZZZZZZ")):
        with pytest.raises(OverflowError):
            overflow()


def test_a_subtree_is_the_same_range_to_the_database_and_to_python(tree):
    """Bytewise order, whatever the collation of the database."""
    with all_units("segments with every kind of digit"):
        for i, path in enumerate(("0009", "000A", "000Z", "0010", "0A00", "A000", "Z000", "ZZZY")):
            Unit.objects.create(code=f"N{i}", name=str(i), level="TINH", path=path)
            Unit.objects.create(code=f"N{i}X", name=str(i), level="CO_SO", path=path + "ZZZZ")
        paths = [u.path for u in Unit.objects.order_by("path")]
        assert paths == sorted(paths)
        for unit in list(Unit.objects.exclude(path__startswith="0000")):
            assert {u.path for u in Unit.objects.under(unit)} == {p for p in paths if p.startswith(unit.path)}


# ── Who acts for which unit ────────────────────────────────────────────────────────────────


def seen_by(user):
    with scope_for(user):
        return {u.code for u in Unit.objects.all()}


def fresh(user):
    """The user as the next request reads it: roles are read once a request."""
    return User.objects.get(pk=user.pk)


def test_everybody_sees_the_units_below_the_unit_acted_for(cast):
    assert {user.username: len(seen_by(user)) for user in cast} == {
        "chi_hoi_truong": 1, "thu_ky": 3, "chu_tich": 3, "thu_ky_ben_canh": 2, "thu_ky_co_quan": 1, "van_phong": 9, "kiem_tra": 9,
        "quan_tri": 9, "van_phong_ha_dong": 2, "hai_vai": 3, "bi_khoa": 0, "khong_vai": 0, "superuser": 13,
    }


def test_a_superuser_sees_everything_and_a_disabled_one_nothing(cast):
    assert seen_by(cast.superuser) == seen_by_all()
    cast.superuser.is_active = False
    assert seen_by(cast.superuser) == set()


def seen_by_all():
    with all_units("every code"):
        return set(Unit.objects.values_list("code", flat=True))


def test_a_disabled_user_sees_nothing_even_with_a_role_in_hand(cast):
    cast.bi_khoa.acting_role = UnitRole._base_manager.get(user=cast.bi_khoa)
    assert seen_by(cast.bi_khoa) == set()


def test_nobody_logged_in_has_no_scope_at_all():
    with pytest.raises(AttributeError):
        scope_for(AnonymousUser())


def test_a_role_holds_from_its_first_day_to_the_day_before_its_last(cast, time_machine):
    UnitRole._base_manager.filter(user=cast.thu_ky).update(starts_on=date(2024, 3, 1), ends_on=date(2024, 6, 1))
    seen = {}
    for moment in ("2024-02-29 23:59", "2024-03-01 00:01", "2024-05-31 23:59", "2024-06-01 00:01"):
        time_machine.move_to(f"{moment}:00+07:00", tick=False)
        seen[moment] = len(seen_by(fresh(cast.thu_ky)))
    assert seen == {"2024-02-29 23:59": 0, "2024-03-01 00:01": 3, "2024-05-31 23:59": 3, "2024-06-01 00:01": 0}


def test_the_day_is_that_of_viet_nam_and_not_of_the_server(cast, time_machine):
    UnitRole._base_manager.filter(user=cast.thu_ky).update(starts_on=date(2024, 3, 1))
    time_machine.move_to("2024-02-29 17:30:00+00:00", tick=False)
    assert len(seen_by(fresh(cast.thu_ky))) == 3


def test_one_unit_is_acted_for_at_a_time_and_can_be_switched(cast):
    two = cast.hai_vai
    assert seen_by(two) == {"LG-TS", "LG-TS-01", "LG-TS-02"}
    two.acting_role = next(role for role in two.roles_today if role.role == Role.CHI_HOI_TRUONG)
    assert seen_by(two) == {"LG-TS-02"}


# ── Opening and closing ────────────────────────────────────────────────────────────────────


def test_scopes_nest_and_the_outer_one_comes_back(tree, cast):
    with scope_for(cast.thu_ky) as outer:
        with all_units("a look at everything"):
            assert Unit.objects.count() == 13
            with scope_for(cast.chi_hoi_truong):
                assert Unit.objects.count() == 1
            assert Unit.objects.count() == 13
        assert current_scope() is outer
    with pytest.raises(ScopeMissing):
        current_scope()


def test_the_outer_scope_comes_back_after_an_error_and_none_is_left_behind(cast):
    with scope_for(cast.thu_ky) as outer:
        with pytest.raises(ZeroDivisionError), all_units("this ends badly"):
            1 / 0  # noqa: B018 - the error is the point
        assert current_scope() is outer
    with pytest.raises(ZeroDivisionError), scope_for(cast.thu_ky):
        1 / 0  # noqa: B018
    with pytest.raises(ScopeMissing):
        Unit.objects.count()


def test_a_scope_made_and_not_entered_opens_nothing(cast):
    scope_for(cast.thu_ky)
    all_units("never entered")
    with pytest.raises(ScopeMissing):
        Unit.objects.count()


def test_all_units_wants_a_reason():
    for reason in ("", None):
        with pytest.raises(ValueError, match="reason"):
            all_units(reason)


def test_a_thread_of_its_own_starts_with_no_scope(cast):
    found = {}

    def work():
        try:
            found["scope"] = current_scope()
        except ScopeMissing as error:
            found["scope"] = type(error)

    with all_units("in this thread only"):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert found == {"scope": ScopeMissing}


def test_two_threads_hold_two_scopes_at_the_same_time():
    both = threading.Barrier(2, timeout=10)
    found = {}

    def work(path):
        with _open(Scope((path,))):
            both.wait()
            found[path] = current_scope().paths
            both.wait()

    threads = [threading.Thread(target=work, args=(path,)) for path in ("0001", "0002")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {"0001": ("0001",), "0002": ("0002",)}


def test_what_copies_the_context_takes_the_scope_along():
    """So do asyncio tasks; a plain thread does not."""
    with _open(Scope(("0001",))):
        copied = copy_context()
    assert copied.run(current_scope).paths == ("0001",)
    with pytest.raises(ScopeMissing):
        current_scope()


# ── What the condition costs, and the limits that are known ────────────────────────────────


def test_the_condition_is_a_range_and_nothing_at_all_for_everything(tree, django_assert_num_queries):
    with _open(Scope((tree.thanh_son.path,))), CaptureQueriesContext(connection) as queries:
        Unit.objects.count()
    assert f"'{tree.thanh_son.path}'" in queries[0]["sql"]
    assert f"'{path_after(tree.thanh_son.path)}'" in queries[0]["sql"]
    with all_units("no condition"), CaptureQueriesContext(connection) as queries:
        Member.objects.count()
    assert "WHERE" not in queries[0]["sql"]
    with _open(Scope()), django_assert_num_queries(0):
        assert list(Member.objects.all()) == []


def test_a_unit_may_always_name_the_unit_above_it(thanh_son, tree):
    own = Unit.objects.get(pk=tree.thanh_son.pk)
    assert (own.parent.name, own.parent.parent.code) == ("Hội CCB tỉnh Lam Giang", "VN")


def test_a_join_is_not_filtered_by_the_joined_table(thanh_son, cast):
    """A known limit: start a query from the table you print."""
    through_join = User.objects.filter(unit_roles__unit__code="LG-BM")
    from_the_table = UnitRole.objects.filter(unit__code="LG-BM")
    assert (through_join.count(), from_the_table.count()) == (1, 0)
