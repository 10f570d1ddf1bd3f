"""The tree of units, the search, and the page of one unit."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.models import Kind, Level, UnitSettings
from members.scoping import all_units
from members.services import correct_unit, found_unit
from members.views import units as views
from tests.cast import enrolled
from tests.pages import Page, body_of

TREE = reverse("members:units")


def url(unit):
    return reverse("members:unit", args=[unit.pk])


def test_the_tree_shows_two_levels_with_their_people_and_a_way_deeper(enter, tree):
    enrolled(tree.thon_dong, "Bùi Văn An")
    enrolled(tree.thon_dong, "Lê Văn Bình")
    enrolled(tree.so_y_te, "Mai Thị Cúc", sex="nu")
    page = Page(enter("van_phong").get(TREE))
    assert page.texts(".tree a") == [
        "Tỉnh Lam Giang", "Khối cơ quan tỉnh Lam Giang", "Sở Nội vụ", "Sở Y tế", "Xã Thanh Sơn", "Chi hội Thôn Đông",
        "Chi hội Thôn Đoài", "Xã Bình Minh", "Chi hội Xóm Bến",
    ]
    assert page.texts(".tree span") == ["3", "1", "0", "1", "2", "2", "0", "0", "0"]


def test_a_wide_tree_shows_one_level_and_says_what_lies_below(enter, tree, monkeypatch):
    monkeypatch.setattr(views, "MANY", 5)
    page = Page(enter("van_phong").get(TREE))
    assert page.texts(".tree a.soft") == [
        "Mở 2 đơn vị cấp dưới của Hội CCB khối cơ quan tỉnh Lam Giang", "Mở 2 đơn vị cấp dưới của Hội CCB xã Thanh Sơn",
        "Mở 1 đơn vị cấp dưới của Hội CCB xã Bình Minh",
    ]
    deeper = Page(enter("van_phong").get(f"{TREE}?goc={tree.thanh_son.pk}"))
    assert deeper.texts(".tree a") == ["Xã Thanh Sơn", "Chi hội Thôn Đông", "Chi hội Thôn Đoài"]


@pytest.mark.parametrize(
    ("who", "top", "size"),
    [("chi_hoi_truong", "Chi hội Thôn Đông", 1), ("thu_ky", "Xã Thanh Sơn", 3), ("van_phong_ha_dong", "Tỉnh Hà Đông", 2), ("superuser", "Việt Nam", 8)],
)
def test_the_tree_begins_at_the_acting_unit(enter, who, top, size):
    drawn = Page(enter(who).get(TREE)).texts(".tree a:not(.soft)")
    assert (drawn[0], len(drawn)) == (top, size)


def test_people_are_not_counted_for_the_whole_nation(enter):
    assert Page(enter("superuser").get(TREE)).texts(".tree li > span") == []


def test_a_tree_below_a_unit_out_of_scope_does_not_exist(enter, tree):
    client = enter("thu_ky")
    assert [client.get(TREE, {"goc": value}).status_code for value in (tree.lam_giang.pk, tree.binh_minh.pk, "x", "²")] == [404] * 4


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("thon", ["Chi hội Thôn Đông", "Chi hội Thôn Đoài"]),
        ("DOAI", ["Chi hội Thôn Đoài"]),
        ("đoài thôn", ["Chi hội Thôn Đoài"]),
        ("lg-k", ["Hội CCB khối cơ quan tỉnh Lam Giang", "Hội CCB Sở Nội vụ", "Hội CCB Sở Y tế"]),
        ("kim bai", []),
    ],
)
def test_a_unit_is_found_by_name_or_code_inside_the_scope(enter, typed, found):
    page = Page(enter("van_phong").get(TREE, {"q": typed}))
    assert page.text("#kq") == f"{len(found)} đơn vị khớp “{typed}”"
    assert ([row[0] for row in page.table()] if found else page.texts(".empty h3")) == (
        found or ["Không có đơn vị nào như vậy trong phạm vi của đồng chí"]
    )


def test_the_page_of_a_unit_says_what_it_is_and_who_acts_for_it(enter, tree):
    page = Page(enter("van_phong").get(url(tree.thanh_son)))
    assert page.text("h1") == "Hội Cựu chiến binh xã Thanh Sơn"
    assert page.text(".help-line") == (
        "Mã LG-TS. Xã, cấp cơ sở, trực thuộc Hội Cựu chiến binh tỉnh Lam Giang; đang có 2 chi hội, 0 hội viên."
    )
    assert [row[:2] for row in page.table()] == [
        ["Trần Đình Quế", "Chủ tịch (ký)"], ["Đặng Hữu Song", "Chủ tịch (ký)"], ["Nguyễn Thị Hòa", "Thư ký (soạn)"],
    ]
    assert page.texts(".history li") == ["Từ khi có trong sổ Hội CCB xã Thanh Sơn (xã), trực thuộc Hội CCB tỉnh Lam Giang."]
    assert page.texts("nav.row-acts a") == ["Danh sách hội viên", "Số liệu", "Báo cáo"]


@pytest.mark.parametrize(
    ("who", "unit", "offered"),
    [("van_phong", "thanh_son", 3), ("thu_ky", "thanh_son", 0), ("thu_ky", "thon_dong", 1), ("kiem_tra", "thanh_son", 0), ("quan_tri", "lam_giang", 3)],
)
def test_codes_are_offered_for_the_people_below(enter, tree, who, unit, offered):
    page = Page(enter(who).get(url(getattr(tree, unit))))
    assert sum(words.startswith("Cấp mã đăng nhập") for words in page.texts("tbody a")) == offered


def test_the_unit_above_is_named_but_opens_only_inside_the_scope(enter, tree):
    for who, opens in (("thu_ky", []), ("van_phong", [url(tree.lam_giang)])):
        page = Page(enter(who).get(url(tree.thanh_son)))
        assert page.values(".tree > li > a", "href") == opens
        assert page.texts(".tree > li")[0].startswith("Hội Cựu chiến binh tỉnh Lam Giang")


def test_units_out_of_scope_answer_like_units_that_do_not_exist(enter, tree):
    client = enter("thu_ky")
    answers = [client.get(reverse("members:unit", args=[pk])) for pk in (tree.binh_minh.pk, tree.lam_giang.pk, tree.kim_bai.pk, 999_999)]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({body_of(answer) for answer in answers}) == 1


def test_settings_taken_from_above_are_shown(enter, tree, everywhere):
    UnitSettings.objects.create(unit=tree.lam_giang, signer_title="CHỦ TỊCH", signer_name="Người của tỉnh", outline="annual7")
    UnitSettings.objects.create(unit=tree.thanh_son, signer_name="Trần Đình Quế", place_name="Thanh Sơn", starts_on=date(2020, 1, 1))
    page = Page(enter("thu_ky").get(url(tree.thanh_son)))
    assert dict(zip(page.texts(".facts dt"), page.texts(".facts dd"), strict=True)) == {
        "Tên cơ quan ban hành": "chưa đặt riêng", "Địa danh": "Thanh Sơn", "Chức vụ người ký": "CHỦ TỊCH",
        "Họ tên người ký": "Trần Đình Quế", "Kính gửi": "chưa đặt riêng", "Khung báo cáo năm": "Bảy mặt công tác",
    }


def test_a_correction_is_told_with_its_author(enter, cast, tree, time_machine):
    time_machine.move_to("2026-12-01 08:00 +0700", tick=False)
    with all_units("a unit is founded and mended"):
        unit = found_unit(code="LG-TS-03", name="Chi hội Xom Mới", level=Level.CHI_HOI, kind=Kind.CHI_HOI, parent=tree.thanh_son, by=cast.quan_tri)
        correct_unit(unit=unit, name="Chi hội Xóm Mới", kind=Kind.CHI_HOI, by=cast.quan_tri)
    page = Page(enter("thu_ky").get(url(unit)))
    assert page.texts("[aria-labelledby=ls] ul li") == ["08:00 01/12/2026, đồng chí Bùi Quang Lịch: tên từ “Chi hội Xom Mới” thành “Chi hội Xóm Mới”."]


def test_the_page_of_a_unit_takes_as_many_queries_for_three_children_as_for_one(enter, cast, tree):
    client, sent = enter("thu_ky"), []
    client.get(TREE)  # the first page of a session notes when it began
    for number in range(3):
        with all_units("more chi hội"):
            found_unit(code=f"LG-TS-1{number}", name=f"Chi hội Xóm {number}", level=Level.CHI_HOI, kind=Kind.CHI_HOI, parent=tree.thanh_son)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(tree.thanh_son)).status_code == 200
        sent.append(len(queries))
    assert sent[1:] == sent[:1] * 2
