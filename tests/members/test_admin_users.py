"""Users in the admin: who reaches whom, and nobody raises himself."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from members.models import Role, UnitRole, User
from members.scoping import all_units
from tests.administration import page
from tests.pages import Page

pytestmark = pytest.mark.django_db

FIRST = "ba con trâu 1968"
EMPTY = {"unit_roles-TOTAL_FORMS": "0", "unit_roles-INITIAL_FORMS": "0"}
WITHIN_LAM_GIANG = [
    "bi_khoa", "chi_hoi_truong", "chu_tich", "hai_vai", "kiem_tra", "quan_tri", "thu_ky", "thu_ky_ben_canh", "thu_ky_co_quan", "van_phong",
]


def grants(*rows, initial=()):
    """The rows of the roles under a user, as the form sends them; dates in ISO."""
    sent = {"unit_roles-TOTAL_FORMS": str(len(rows)), "unit_roles-INITIAL_FORMS": str(len(initial))}
    for number, (unit, role, more) in enumerate(rows):
        sent |= {f"unit_roles-{number}-{key}": value for key, value in
                 {"unit": unit.pk, "role": role, "starts_on": "01/01/2026", "ends_on": ""} .items()}
        sent |= {f"unit_roles-{number}-{key}": value for key, value in more.items()}
    return sent


def add(client, username="nguoi_moi", **sent):
    return client.post(page("members.user", "add"), {"username": username, "full_name": "Người Mới", "phone": "", "first_password": FIRST, **EMPTY, **sent})


def change(client, user, **sent):
    fields = {"username": user.username, "full_name": user.full_name, "phone": user.phone, "is_active": "on"}
    return client.post(page("members.user", "change", user.pk), {**fields, **EMPTY, **sent})


def listed(client):
    return [cells[0] for cells in Page(client.get(page("members.user", "changelist"))).table("#result_list")]


def errors(response):
    return Page(response).texts(".errorlist li")


@pytest.fixture
def peer(tree, cast):
    """Another administrator of the same province."""
    user = User.objects.create(username="quan_tri_2", full_name="Quách Văn Tuất")
    with all_units("a test names a second administrator"):
        UnitRole.objects.create(user=user, unit=tree.lam_giang, role=Role.QUAN_TRI, starts_on=date(2020, 1, 1))
    return user


# ── who reaches whom ───────────────────────────────────────────────────────────────────────


def test_an_administrator_sees_those_whose_roles_all_lie_within_his_scope(enter, cast):
    assert listed(enter("quan_tri")) == WITHIN_LAM_GIANG
    assert listed(enter("superuser")) == sorted([*WITHIN_LAM_GIANG, "khong_vai", "superuser", "van_phong_ha_dong"])


def test_one_role_elsewhere_takes_a_user_out_of_reach_until_it_has_ended(enter, tree, cast, everywhere):
    role = UnitRole.objects.create(user=cast.thu_ky, unit=tree.kim_bai, role=Role.THU_KY, starts_on=date(2099, 1, 1))
    assert listed(enter("quan_tri")) == [name for name in WITHIN_LAM_GIANG if name != "thu_ky"]
    assert change(enter("quan_tri"), cast.thu_ky, full_name="Đổi tên").status_code == 302
    assert User.objects.get(pk=cast.thu_ky.pk).full_name == "Nguyễn Thị Hòa"
    role.starts_on, role.ends_on = date(2021, 1, 1), date(2022, 1, 1)
    role.save()
    assert listed(enter("quan_tri")) == WITHIN_LAM_GIANG


def test_those_whose_roles_have_all_ended_stay_with_the_province_they_served(enter, cast, everywhere):
    UnitRole.objects.filter(user__in=[cast.thu_ky, cast.van_phong_ha_dong]).update(ends_on=date(2024, 1, 1))
    assert listed(enter("quan_tri")) == WITHIN_LAM_GIANG


def test_a_user_without_any_role_is_seen_by_whoever_created_him(enter, cast, peer):
    assert add(enter("quan_tri")).status_code == 302
    assert "nguoi_moi" in listed(enter("quan_tri"))
    client = Client()
    client.force_login(peer, backend="members.backends.RoleBackend")
    assert "nguoi_moi" not in listed(client)


def test_nobody_but_a_superuser_touches_a_superuser(enter, tree, cast, everywhere):
    UnitRole.objects.create(user=cast.superuser, unit=tree.thanh_son, role=Role.THU_KY, starts_on=date(2020, 1, 1))
    client = enter("quan_tri")
    answers = [client.get(page("members.user", name, cast.superuser.pk)) for name in ("change", "history", "set_password")]
    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [(302, reverse("admin:index"))] * 3
    change(client, cast.thu_ky, is_superuser="on")
    add(client, is_superuser="on", **{"is_staff": "on"})
    assert list(User.objects.filter(is_superuser=True)) == [cast.superuser]


# ── accounts ───────────────────────────────────────────────────────────────────────────────


def test_a_new_user_has_a_first_password_and_must_choose_his_own(enter, tree, cast, everywhere):
    answer = add(enter("quan_tri"), **grants((tree.binh_minh, Role.THU_KY, {})))
    assert answer.status_code == 302
    user = User.objects.get(username="nguoi_moi")
    assert (user.check_password(FIRST), user.must_change_password, user.is_superuser) == (True, True, False)
    assert [(role.unit, role.role) for role in user.unit_roles.all()] == [(tree.binh_minh, Role.THU_KY)]
    assert [record.history_user for record in User.history.filter(id=user.pk)] == [cast.quan_tri]
    assert [record.history_user for record in UnitRole.history.filter(user=user)] == [cast.quan_tri]
    client = Client()
    client.post(reverse("members:login"), {"username": "nguoi_moi", "password": FIRST})
    assert client.get("/").headers["Location"] == reverse("members:password_change")


def test_a_weak_first_password_is_refused_and_no_user_is_made(enter, cast):
    assert errors(add(enter("quan_tri"), first_password="12345678901")) == ["Mật khẩu này quá dễ đoán vì nhiều người dùng.", "Mật khẩu không được toàn chữ số."]
    assert not User.objects.filter(username="nguoi_moi").exists()


def test_a_set_password_works_once_and_is_remembered_without_the_password(enter, cast):
    client, address = enter("quan_tri"), page("members.user", "set_password", cast.thu_ky.pk)
    assert errors(client.post(address, {"first_password": "ngắn"})) == ["Mật khẩu quá ngắn, phải có ít nhất 10 ký tự."]
    assert client.post(address, {"first_password": FIRST}).headers["Location"] == page("members.user", "change", cast.thu_ky.pk)
    user = User.objects.get(pk=cast.thu_ky.pk)
    assert (user.check_password(FIRST), user.must_change_password) == (True, True)
    record = User.history.filter(id=user.pk).latest()
    assert (record.history_user, record.history_change_reason, hasattr(record, "password")) == (cast.quan_tri, "Đặt mật khẩu tạm", False)


def test_nobody_sets_the_password_of_an_equal_or_his_own(enter, cast, peer):
    client = enter("quan_tri")
    before = {user.pk: user.password for user in User.objects.all()}
    for user in (peer, cast.quan_tri):
        address = page("members.user", "set_password", user.pk)
        assert [client.get(address).status_code, client.post(address, {"first_password": FIRST}).status_code] == [403, 403]
        assert Page(client.get(page("members.user", "change", user.pk))).values(f'a[href="{address}"]', "href") == []
    assert {user.pk: user.password for user in User.objects.all()} == before


def test_the_administrator_above_sets_the_password_of_one_below_and_a_superuser_of_all_but_superusers(enter, tree, cast, peer, everywhere):
    UnitRole.objects.create(user=cast.khong_vai, unit=tree.trung_uong, role=Role.QUAN_TRI, starts_on=date(2020, 1, 1))
    other = User.objects.create(username="superuser_2", is_superuser=True)
    asked = {
        (by, user.username): enter(by).get(page("members.user", "set_password", user.pk)).status_code
        for by in ("khong_vai", "superuser") for user in (peer, cast.quan_tri, cast.van_phong_ha_dong, other)
    }
    assert {pair for pair, status in asked.items() if status == 200} == {
        (by, name) for by in ("khong_vai", "superuser") for name in ("quan_tri_2", "quan_tri", "van_phong_ha_dong")}


def test_an_administrator_of_a_unit_to_come_counts_already(enter, tree, cast, everywhere):
    UnitRole.objects.create(user=cast.thu_ky, unit=tree.lam_giang, role=Role.QUAN_TRI, starts_on=date(2099, 1, 1))
    assert enter("quan_tri").get(page("members.user", "set_password", cast.thu_ky.pk)).status_code == 403


def test_the_hash_of_a_password_is_on_no_page(enter, cast):
    change(enter("quan_tri"), cast.thu_ky, full_name="Nguyễn Thị Hoà")
    record = User.history.filter(id=cast.thu_ky.pk).latest()
    client, pk = enter("superuser"), cast.thu_ky.pk
    pages = [*(page("members.user", name, pk) for name in ("change", "history", "set_password")), page("members.user", "simple_history", pk, record.pk)]
    assert [b"argon2" in client.get(address).content for address in pages] == [False] * 4


def test_an_account_is_switched_off_but_not_by_its_own_holder(enter, cast):
    client = enter("quan_tri")
    change(client, cast.thu_ky, is_active="")
    change(client, cast.quan_tri, is_active="", full_name="Bùi Lịch")
    assert [User.objects.get(pk=user.pk).is_active for user in (cast.thu_ky, cast.quan_tri)] == [False, True]
    assert User.objects.get(pk=cast.quan_tri.pk).full_name == "Bùi Lịch"
    assert client.get(page("members.user", "delete", cast.thu_ky.pk)).status_code == 403


# ── roles ──────────────────────────────────────────────────────────────────────────────────

ONLY_BELOW = "Đồng chí chỉ giao vai trò Quản trị cho đơn vị cấp dưới, vai trò khác cho đơn vị mình và cấp dưới."


@pytest.mark.parametrize(
    ("unit", "role", "granted"),
    [
        ("lam_giang", Role.VAN_PHONG, True), ("lam_giang", Role.QUAN_TRI, False), ("thanh_son", Role.QUAN_TRI, True),
        ("thon_dong", Role.CHI_HOI_TRUONG, True), ("trung_uong", Role.KIEM_TRA, False), ("kim_bai", Role.THU_KY, False),
    ],
    ids=lambda value: str(value),
)
def test_a_role_is_granted_at_home_and_below_and_an_administrators_only_below(unit, role, granted, enter, tree, cast, everywhere):
    client, unit = enter("quan_tri"), getattr(tree, unit)
    new = {"unit": unit.pk, "role": role, "starts_on": "01/01/2026", "ends_on": ""}
    before = UnitRole.objects.count()
    alone = client.post(page("members.unitrole", "add"), {"user": cast.thu_ky.pk, **new})
    assert (alone.status_code, UnitRole.objects.count() - before) == ((302, 1) if granted else (200, 0))
    under = change(client, cast.thu_ky_co_quan, **grants((unit, role, {})))
    assert (under.status_code, UnitRole.objects.count() - before) == ((302, 2) if granted else (200, 0))


def test_nobody_changes_his_own_roles(enter, tree, cast, everywhere):
    client, own = enter("quan_tri"), cast.quan_tri.unit_roles.get()
    alone = client.post(page("members.unitrole", "add"), {
        "user": cast.quan_tri.pk, "unit": tree.thanh_son.pk, "role": Role.CHU_TICH, "starts_on": "01/01/2026", "ends_on": ""})
    assert errors(alone) == ["Vai trò của chính đồng chí do quản trị cấp trên giao."]
    change(client, cast.quan_tri, **grants((tree.thanh_son, Role.CHU_TICH, {})))
    answers = [client.post(page("members.unitrole", name, own.pk), {"post": "yes"}).status_code for name in ("change", "delete")]
    assert (answers, list(cast.quan_tri.unit_roles.all())) == ([403, 403], [own])


def test_an_equal_is_neither_raised_nor_dismissed(enter, tree, peer, everywhere):
    client, held = enter("quan_tri"), peer.unit_roles.get()
    assert [client.post(page("members.unitrole", name, held.pk), {"post": "yes"}).status_code for name in ("change", "delete")] == [403, 403]
    known = {"id": held.pk, "user": peer.pk, "starts_on": "01/01/2020"}
    ended = change(client, peer, **grants((tree.lam_giang, Role.QUAN_TRI, {**known, "ends_on": "01/01/2026"}), initial=[held]))
    refused = "Vai trò Quản trị tại Hội CCB tỉnh Lam Giang do quản trị cấp trên giao và sửa."
    assert errors(ended) == [refused]
    disguised = change(client, peer, **grants((tree.thanh_son, Role.THU_KY, {**known, "DELETE": "on"}), initial=[held]))
    assert errors(disguised) == ["Quản trị – Hội CCB tỉnh Lam Giang: vai trò này do quản trị cấp trên thu lại.", refused]
    assert [(role.unit, role.role, role.ends_on) for role in peer.unit_roles.all()] == [(tree.lam_giang, Role.QUAN_TRI, None)]


def test_a_role_does_not_move_to_a_unit_or_a_person_outside(enter, tree, cast, everywhere):
    role = cast.thu_ky.unit_roles.get()
    sent = {"user": cast.van_phong_ha_dong.pk, "unit": tree.kim_bai.pk, "role": Role.THU_KY, "starts_on": "01/01/2020", "ends_on": ""}
    client = enter("quan_tri")
    assert client.post(page("members.unitrole", "change", role.pk), sent).status_code == 200
    assert client.post(page("members.unitrole", "change", role.pk), sent | {"unit": tree.binh_minh.pk}).status_code == 302
    stored = UnitRole.objects.get(pk=role.pk)
    assert (stored.user, stored.unit) == (cast.thu_ky, tree.binh_minh)
    assert UnitRole.history.filter(id=role.pk).latest().history_user == cast.quan_tri


def test_a_superuser_names_the_first_administrator(enter, tree, cast, everywhere):
    assert add(enter("superuser"), **grants((tree.trung_uong, Role.QUAN_TRI, {}))).status_code == 302
    assert [role.unit for role in User.objects.get(username="nguoi_moi").unit_roles.all()] == [tree.trung_uong]
