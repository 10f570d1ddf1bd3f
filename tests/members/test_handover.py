"""Bàn giao: one role ends, the next begins, the open work is written down, two people sign."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from members.models import Handover, Role, UnitRole, User
from members.scoping import Scope, _open, scope_for
from members.services.handover import NewAccount, hand_over, may_hand_over
from members.services.requests import propose_admission
from members.vietnamese import PartialDate
from tests.pages import Page, body_of


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-12-01 10:32 +0700", tick=False)


@pytest.fixture
def held(cast, tree):
    """The secretary's role at Thanh Sơn."""
    return UnitRole._base_manager.get(user=cast.thu_ky, unit=tree.thanh_son)


@pytest.mark.parametrize(
    ("who", "unit", "role", "may"),
    [
        ("chu_tich", "thanh_son", Role.THU_KY, True), ("chu_tich", "thanh_son", Role.CHU_TICH, False), ("chu_tich", "thon_dong", Role.CHI_HOI_TRUONG, True),
        ("thu_ky", "thanh_son", Role.THU_KY, False), ("thu_ky", "thon_dong", Role.CHI_HOI_TRUONG, True), ("thu_ky", "binh_minh", Role.THU_KY, False),
        ("van_phong", "thanh_son", Role.CHU_TICH, True), ("van_phong", "lam_giang", Role.VAN_PHONG, False), ("quan_tri", "thanh_son", Role.THU_KY, True),
        ("quan_tri", "thanh_son", Role.QUAN_TRI, False), ("kiem_tra", "thanh_son", Role.THU_KY, False), ("chi_hoi_truong", "thon_dong", Role.CHI_HOI_TRUONG, False),
        ("van_phong_ha_dong", "thanh_son", Role.THU_KY, False), ("superuser", "thanh_son", Role.CHU_TICH, True),
    ],
)
def test_the_level_above_hands_over_or_a_chairman_for_those_who_work_for_him(cast, tree, who, unit, role, may):
    assert may_hand_over(getattr(cast, who), getattr(tree, unit), role) is may


def test_one_role_ends_and_the_other_begins_on_the_same_day(cast, tree, held):
    with scope_for(cast.chu_tich):
        propose_admission(unit=tree.thon_dong, name="Lê Văn Tấn", born=PartialDate(1985), sex="nam", by=cast.thu_ky)
        record = hand_over(held=held, receiver=cast.hai_vai, happened_on=date(2026, 12, 1), note="Con dấu", by=cast.chu_tich)
        roles = UnitRole.objects.filter(unit=tree.thanh_son, role="thu_ky", user__in=[cast.thu_ky, cast.hai_vai]).order_by("starts_on")
        assert [(role.user, role.starts_on, role.ends_on, role.history.first().history_user) for role in roles] == [
            (cast.thu_ky, date(2020, 1, 1), date(2026, 12, 1), cast.chu_tich), (cast.hai_vai, date(2026, 12, 1), None, cast.chu_tich)]
    assert (record.from_user, record.to_user, record.role, record.by) == (cast.thu_ky, cast.hai_vai, "thu_ky", cast.chu_tich)
    assert record.open_work[0] == ["Đề nghị kết nạp chờ quyết định", 1]
    assert "Lê Văn Tấn" not in str(record.open_work)


def test_the_former_secretary_sees_nothing_from_that_day_and_the_new_one_everything(enter, cast, held):
    client = enter("thu_ky")
    assert client.get(reverse("members:members")).status_code == 200
    with scope_for(cast.chu_tich):
        hand_over(held=held, receiver=cast.khong_vai, happened_on=date(2026, 12, 1), by=cast.chu_tich)
    assert (client.get(reverse("members:members")).status_code, enter("khong_vai").get(reverse("members:members")).status_code) == (403, 200)


def test_a_new_person_gets_an_account_without_a_password(cast, held):
    with scope_for(cast.van_phong):
        record = hand_over(held=held, receiver=NewAccount("hoa.thanhson", "Nguyễn Văn Hòa"), happened_on=date(2026, 11, 30), by=cast.van_phong)
        with pytest.raises(ValidationError, match="đã có người dùng"):
            hand_over(held=UnitRole.objects.get(user=record.to_user), receiver=NewAccount("HOA.thanhson", "Ai"), happened_on=date(2026, 12, 1), by=cast.van_phong)
    user = User.objects.get(username="hoa.thanhson")
    assert (user.full_name, user.has_usable_password(), user.must_change_password, user.history.get().history_user) == ("Nguyễn Văn Hòa", False, True, cast.van_phong)


@pytest.mark.parametrize(("day", "said"), [(date(2026, 12, 2), "sau hôm nay"), (date(2020, 1, 1), "nhận vai trò từ 01/01/2020")])
def test_a_day_that_cannot_be_is_refused(cast, held, day, said):
    with scope_for(cast.chu_tich), pytest.raises(ValidationError, match=said):
        hand_over(held=held, receiver=cast.hai_vai, happened_on=day, by=cast.chu_tich)


def test_nobody_hands_over_his_own_role_or_one_out_of_reach_or_one_that_ended(cast, tree, held):
    with scope_for(cast.thu_ky), pytest.raises(PermissionDenied):
        hand_over(held=held, receiver=cast.hai_vai, happened_on=date(2026, 12, 1), by=cast.thu_ky)
    with _open(Scope((tree.ha_dong.path,))), pytest.raises(PermissionDenied):
        hand_over(held=held, receiver=cast.hai_vai, happened_on=date(2026, 12, 1), by=cast.van_phong_ha_dong)
    with scope_for(cast.chu_tich):
        with pytest.raises(ValidationError, match="là một"):
            hand_over(held=held, receiver=cast.thu_ky, happened_on=date(2026, 12, 1), by=cast.chu_tich)
        hand_over(held=held, receiver=cast.hai_vai, happened_on=date(2026, 12, 1), by=cast.chu_tich)
        with pytest.raises(ValidationError, match="đã kết thúc"):
            hand_over(held=held, receiver=cast.hai_vai, happened_on=date(2026, 12, 1), by=cast.chu_tich)


def test_the_page_offers_the_roles_one_may_pass_on_and_prints_a_record_for_two(enter, cast, tree, held, everywhere):
    client = enter("chu_tich")
    path = reverse("members:handovers", args=[tree.thanh_son.pk])
    page = Page(client.get(path))
    assert page.texts("#id_held option") == ["Chọn vai trò", "Thư ký (soạn): Mai Văn Nghỉ", "Thư ký (soạn): Nguyễn Thị Hòa"]
    assert "Ngô Bá Ước (van_phong_ha_dong)" not in page.texts("#id_receiver option")
    answer = client.post(path, page.form() | {"held": held.pk, "full_name": "Nguyễn Văn Hòa", "username": "hoa.thanhson", "note": "Con dấu\nSổ quỹ"})
    record = Handover.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("members:handover", args=[record.pk]))
    paper = Page(client.get(answer.headers["Location"]))
    assert paper.text("h1") == "Biên bản bàn giao"
    assert paper.texts(".two-signatures .sign-space") == ["Nguyễn Thị Hòa", "Nguyễn Văn Hòa"]
    assert "Con dấu" in paper.text(".keep-lines")
    assert client.post(path, page.form() | {"held": held.pk}).status_code == 422


def test_the_page_says_what_is_missing(enter, tree, held):
    page = Page(enter("chu_tich").post(reverse("members:handovers", args=[tree.thanh_son.pk]), {"held": held.pk, "happened_on": "2026"}))
    assert page.texts(".error-text") == [
        "Chưa chọn người nhận, cũng chưa ghi họ tên người mới.", "Chưa ghi tên đăng nhập của người mới.",
        "“2026” chưa đủ ngày. Ghi đủ ngày/tháng/năm, ví dụ 01/07/2026.",
    ]


def test_a_form_sent_twice_hands_over_once(enter, cast, tree, held, everywhere):
    client = enter("chu_tich")
    path = reverse("members:handovers", args=[tree.thanh_son.pk])
    sent = Page(client.get(path)).form() | {"held": held.pk, "receiver": cast.hai_vai.pk}
    assert ([client.post(path, sent).status_code for _ in range(2)], Handover.objects.count()) == ([302, 302], 1)


def test_a_secretary_reads_the_page_of_his_own_unit_without_a_form(enter, tree):
    page = Page(enter("thu_ky").get(reverse("members:handovers", args=[tree.thanh_son.pk])))
    assert (page.texts("main form"), "do đơn vị cấp trên" in body_of(enter("thu_ky").get(reverse("members:handovers", args=[tree.thanh_son.pk])))) == ([], True)
