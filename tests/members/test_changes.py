"""The history of a file: every change, who, when, from what to what, bulk and structure changes too."""

from datetime import date

import pytest
from django.urls import reverse

from members.models import Member
from members.scoping import all_units, scope_for
from members.services import change_member
from members.services.bulk import update_with_history
from members.services.changes import changes_of
from members.services.structure import Decision, carry_out, plan_merge
from tests.cast import enrolled
from tests.pages import Page


@pytest.fixture
def an(tree, cast, time_machine):
    time_machine.move_to("2026-11-01 08:00 +0700", tick=False)
    with scope_for(cast.thu_ky):
        return enrolled(tree.thon_dong, "Bùi Văn An", "1948", "12/1990", by=cast.thu_ky)


def lines(member):
    with all_units("a test reads the history"):
        return [(change.by, change.what, change.reason, change.lines) for change in changes_of(member)]


def test_each_change_says_who_what_from_and_to(cast, an, time_machine):
    time_machine.move_to("2026-11-02 08:00 +0700", tick=False)
    with scope_for(cast.chu_tich):
        change_member(member=Member.objects.get(), version=1, by=cast.chu_tich, name="Bùi Văn Ân", sex="nu", phone="0912345678")
    found = lines(an)
    assert found[:2] == [
        ("Trần Đình Quế", "Sửa hồ sơ", "", [("họ và tên", "Bùi Văn An", "Bùi Văn Ân"), ("giới tính", "Nam", "Nữ"), ("điện thoại", "để trống", "0912345678")]),
        ("Trần Đình Quế", "Sửa thời gian sinh hoạt", "", [("họ tên lúc đó", "Bùi Văn An", "Bùi Văn Ân")]),
    ]
    assert [(by, what) for by, what, _, _ in found[2:]] == [("Nguyễn Thị Hòa", "Lập hồ sơ"), ("Nguyễn Thị Hòa", "Ghi thời gian sinh hoạt")]


def test_a_bulk_write_stands_in_it_with_its_reason(cast, an, time_machine):
    time_machine.move_to("2026-11-02 08:00 +0700", tick=False)
    with all_units("a list is read in"):
        member = Member.objects.get()
        member.card_number = "LG-7"
        update_with_history(rows=[member], fields=["card_number"], by=cast.thu_ky, reason="nhập tệp so-the.xlsx")
    assert lines(an)[0] == ("Nguyễn Thị Hòa", "Sửa hồ sơ", "nhập tệp so-the.xlsx", [("số thẻ hội viên", "để trống", "LG-7")])


def test_a_merge_of_units_stands_in_it(tree, cast, an, time_machine):
    time_machine.move_to("2026-11-05 08:00 +0700", tick=False)
    with scope_for(cast.chu_tich):
        decision = Decision(effective_on=date(2026, 11, 5), number="3/QĐ-CCB", authority="Hội CCB xã Thanh Sơn")
        plan = plan_merge(olds=[tree.thon_dong], into=tree.thon_doai, decision=decision)
        carry_out(plan=plan, by=cast.chu_tich)
    said = [line for _, _, reason, found in lines(an) for line in found if "3/QĐ-CCB" in reason]
    assert ("chi hội", "Chi hội Thôn Đông", "Chi hội Thôn Đoài") in said
    assert ("ra vì", "để trống", "Sáp nhập đi") in said


def test_the_page_puts_together_what_one_person_wrote_at_once(enter, an):
    page = Page(enter("kiem_tra").get(reverse("members:member_history", args=[an.pk])))
    assert page.texts(".history > li > p:first-child") == ["08:00 01/11/2026, đồng chí Nguyễn Thị Hòa"]
    assert page.texts(".history p")[1].startswith("Ghi thời gian sinh hoạt: đơn vị “Chi hội Thôn Đông”; đối tượng “Cựu chiến binh”;")
