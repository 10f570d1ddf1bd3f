"""Adding and changing a member: what is refused, what is only doubted, what happens twice or to two."""

from datetime import date

import pytest
from django.urls import reverse

from members.models import Member, Membership, MemberStatus
from members.scoping import all_units
from members.services import change_member
from members.vietnamese import PartialDate
from tests.cast import enrolled
from tests.pages import Page, body_of

ADD = reverse("members:member_add")
TODAY = "2026-12-01 10:32 +0700"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(TODAY, tick=False)


@pytest.fixture
def typed(tree):
    """What the secretary types for one person."""
    return {
        "name": "Đinh Văn Tráng", "born": "02/1954", "sex": "nam", "unit": tree.thon_dong.pk, "category": "ccb",
        "reason": "dau_ky", "admitted_on": "1990", "card_number": "LG-01188", "is_party": "1", "party_on": "03/02/1975",
    }


def edit_url(member):
    return reverse("members:member_edit", args=[member.pk])


def refusals(page):
    return page.texts(".error-text")


def doubts(page):
    return page.texts(".warn-text")


def messages(client):
    return Page(client.get("/tro-giup/hoi-vien/")).texts(".notice")


# --- adding --------------------------------------------------------------------------------


def test_a_member_is_stored_as_typed_and_the_next_jobs_are_named(enter, tree, typed, everywhere):
    client = enter("thu_ky")
    answer = client.post(ADD, typed)
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("members:members"))
    member = Member.objects.get()
    assert (member.name, member.sex, member.born.iso, member.admitted_on.iso, member.category, member.card_number) == (
        "Đinh Văn Tráng", "nam", "1954-02", "1990", "ccb", "LG-01188",
    )
    assert (member.unit, member.co_so, member.history.get().history_user.username) == (tree.thon_dong, tree.thanh_son, "thu_ky")
    spell, party = Membership.objects.get(), MemberStatus.objects.get()
    assert (spell.unit, spell.starts_on, spell.reason_in, spell.true_start.iso) == (tree.thon_dong, date(1990, 1, 1), "dau_ky", "1990")
    assert (party.starts_on, party.true_start.iso) == (date(1975, 2, 3), "1975-02-03")
    assert messages(client) == [
        "Đã lưu hội viên Đinh Văn Tráng, Chi hội Thôn Đông, lúc 10:32. Việc tiếp: thêm người nữa hoặc xem lại hồ sơ vừa ghi."
    ]


def test_name_year_sex_and_chi_hoi_are_enough(enter, tree, everywhere):
    enter("thu_ky").post(ADD, {"name": " Lê   Thị Mẫu ", "born": "1960", "sex": "nu", "unit": tree.thon_doai.pk, "category": "cqn", "reason": "dau_ky"})
    assert list(Member.objects.values_list("name", "category", "admitted_on")) == [("Lê Thị Mẫu", "cqn", None)]
    assert Membership.objects.get().starts_on == date(2026, 12, 1)
    assert MemberStatus.objects.count() == 0


@pytest.mark.parametrize(
    ("reason", "counted_from", "starts_on"),
    [
        ("dau_ky", "", date(1990, 1, 1)),
        ("ket_nap", "", date(1990, 1, 1)),
        ("chuyen_den", "", date(2026, 12, 1)),
        ("chuyen_den", "15/10/2026", date(2026, 10, 15)),
    ],
)
def test_the_way_of_coming_decides_from_when_a_member_counts(enter, typed, reason, counted_from, starts_on, everywhere):
    enter("thu_ky").post(ADD, typed | {"reason": reason, "counted_from": counted_from})
    assert list(Membership.objects.values_list("reason_in", "starts_on")) == [(reason, starts_on)]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "Chưa ghi họ và tên."),
        ({"name": "Đinh Văn Tr4ng"}, "“Đinh Văn Tr4ng” có chữ số. Họ và tên chỉ gồm chữ, ghi như Lê Văn Mẫu."),
        ({"born": ""}, "Chưa ghi năm sinh. Chỉ biết năm thì ghi như 1954."),
        ({"born": "31/02/1954"}, "31/02/1954 không có trong lịch. Ghi như 30/04/1954, hoặc 02/1954 nếu không rõ ngày"),
        ({"born": "2027"}, "Ngày sinh 2027 ở sau hôm nay. Xem lại năm đã ghi."),
        ({"admitted_on": "02/12/2026"}, "Ngày vào Hội 02/12/2026 ở sau hôm nay. Ghi ngày đã kết nạp, hoặc để trống."),
        ({"born": "1991", "party_on": ""}, "Ngày vào Hội 1990 có trước ngày sinh 1991. Xem lại một trong hai ô."),
        ({"party_on": "1950"}, "Ngày vào Đảng 1950 có trước ngày sinh 02/1954. Xem lại một trong hai ô."),
        ({"party_on": "2027"}, "Ngày vào Đảng 2027 ở sau hôm nay. Xem lại năm đã ghi."),
        ({"is_party": ""}, "Đã ghi ngày vào Đảng 03/02/1975 mà chưa chọn “Đúng”. Chọn “Đúng”, hoặc xóa ngày vào Đảng."),
        ({"sex": ""}, "Chưa chọn nam hay nữ."),
        ({"unit": ""}, "Chưa chọn chi hội."),
        ({"counted_from": "2026"}, "“2026” chưa đủ ngày. Ghi đủ ngày/tháng/năm, ví dụ 01/07/2026, hoặc để trống."),
        ({"counted_from": "02/12/2026"}, "Ngày 02/12/2026 ở sau hôm nay. Chỉ tính hội viên từ hôm nay trở về trước."),
        ({"counted_from": "31/12/1989"}, "Ngày 31/12/1989 có trước ngày vào Hội 1990. Sửa lại, hoặc để trống."),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_nothing_typed_is_lost(enter, typed, changed, said, everywhere):
    sent = {key: str(value) for key, value in (typed | changed).items()}
    page = Page(enter("thu_ky").post(ADD, sent))
    assert (page.status, Member.objects.count()) == (422, 0)
    assert (refusals(page), page.texts(".error-summary li")) == ([said], [f"Phải sửa. {said}"])
    assert page.text(".error-summary h2") == "Chưa lưu: 1 chỗ phải sửa"
    kept = page.form()
    assert {key: kept.get(key, "") for key in sent} == sent


def test_the_summary_takes_the_focus_and_leads_to_the_boxes(enter, typed):
    page = Page(enter("thu_ky").post(ADD, typed | {"born": "31/02/1954", "sex": "", "admitted_on": "1970"}))
    assert page.text("h2#loi") == "Chưa lưu: 2 chỗ phải sửa, 1 chỗ cần xem lại"
    assert (page.values(".error-summary", "autofocus"), page.values(".error-summary", "tabindex")) == ([""], ["-1"])
    targets = [href.removeprefix("#") for href in page.values(".error-summary a", "href")]
    assert targets == ["id_born", "id_sex_0", "id_admitted_on"]
    assert set(targets) <= {box.get("id") for box in page.all("input")}


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({"name": "Tráng"}, "mot-chu", "Họ và tên chỉ có một chữ “Tráng”. Ghi đủ họ, đệm và tên như trong giấy tờ."),
        ({"admitted_on": "1970"}, "truoc-thanh-lap", "Ngày vào Hội 1970 có trước ngày thành lập Hội (06/12/1989)."),
        (
            {"born": "10/05/1975", "admitted_on": "09/05/1993", "party_on": "", "is_party": ""}, "chua-18",
            "Sinh 10/05/1975, vào Hội 09/05/1993: lúc đó chưa đủ 18 tuổi. Xem lại hai ngày này.",
        ),
    ],
)
def test_what_is_strange_is_saved_once_it_has_been_looked_at(enter, typed, changed, code, said, everywhere):
    client = enter("thu_ky")
    first = Page(client.post(ADD, typed | changed))
    assert (first.status, doubts(first), refusals(first), Member.objects.count()) == (422, [said], [], 0)
    assert first.texts(".error-summary li") == [f"Cần xem lại. {said}"]
    assert first.values("input[name=confirm]", "value") == [code]
    assert client.post(ADD, typed | changed | {"confirm": [code]}).status_code == 302
    assert Member.objects.count() == 1


@pytest.mark.parametrize(("born", "admitted"), [("10/05/1975", "10/05/1993"), ("1975", "1993"), ("29/02/1972", "28/02/1990")])
def test_eighteen_on_the_day_or_perhaps_is_old_enough(enter, typed, born, admitted):
    assert enter("thu_ky").post(ADD, typed | {"born": born, "admitted_on": admitted, "is_party": "", "party_on": ""}).status_code == 302


def test_a_namesake_of_the_same_year_is_doubted_without_naming_his_unit(enter, tree, typed):
    enrolled(tree.thon_doai, "ĐINH VĂN TRÁNG", "05/11/1954")
    page = Page(enter("thu_ky").post(ADD, typed))
    assert doubts(page) == ["Trong sổ đã có hội viên tên Đinh Văn Tráng sinh năm 1954. Nếu là người khác thì đánh dấu dưới đây rồi lưu."]


def test_a_namesake_out_of_scope_or_of_another_year_raises_no_doubt(enter, tree, typed):
    enrolled(tree.xom_ben, "Đinh Văn Tráng", "1954")
    enrolled(tree.thon_dong, "Đinh Văn Tráng", "1955")
    assert enter("thu_ky").post(ADD, typed).status_code == 302


def test_two_doubts_about_one_box_are_ticked_together(enter, tree, typed, everywhere):
    enrolled(tree.thon_dong, "Tráng", "1954")
    client = enter("thu_ky")
    page = Page(client.post(ADD, typed | {"name": "Tráng"}))
    assert page.values("input[name=confirm]", "value") == ["mot-chu+trung-ten"]
    assert client.post(ADD, typed | {"name": "Tráng", "confirm": ["mot-chu"]}).status_code == 422
    assert client.post(ADD, typed | {"name": "Tráng", "confirm": ["mot-chu+trung-ten"]}).status_code == 302


def test_a_form_sent_twice_is_saved_once(enter, typed, everywhere):
    client = enter("thu_ky")
    sent = typed | {"token": Page(client.get(ADD)).form()["token"]}
    answers = [client.post(ADD, sent).status_code for _ in range(2)]
    assert (answers, Member.objects.count()) == ([302, 302], 1)
    assert messages(client)[-1] == "Hội viên này đã được lưu ở lần gửi trước, không lưu thêm lần nữa."


def test_a_form_gone_back_to_and_typed_anew_is_saved_too(enter, typed, everywhere):
    client = enter("thu_ky")
    sent = typed | {"token": Page(client.get(ADD)).form()["token"]}
    client.post(ADD, sent)
    client.post(ADD, sent | {"name": "Đinh Văn Khác"})
    assert sorted(Member.objects.values_list("name", flat=True)) == ["Đinh Văn Khác", "Đinh Văn Tráng"]


def test_a_form_whose_saving_failed_may_be_sent_again(enter, typed, monkeypatch, everywhere):
    client = enter("thu_ky")
    sent = typed | {"token": Page(client.get(ADD)).form()["token"]}
    with monkeypatch.context() as broken, pytest.raises(OSError, match="full"):
        broken.setattr("members.views.members.register_member", lambda **_: (_ for _ in ()).throw(OSError("disk full")))
        client.post(ADD, sent)
    assert (client.post(ADD, sent).status_code, Member.objects.count()) == (302, 1)


def test_the_next_person_goes_to_the_same_chi_hoi(enter, tree, typed):
    client = enter("thu_ky")
    answer = client.post(ADD, typed | {"unit": tree.thon_doai.pk, "them": "1"})
    assert answer.headers["Location"] == f"{ADD}?don-vi={tree.thon_doai.pk}"
    assert Page(client.get(answer.headers["Location"])).form()["unit"] == str(tree.thon_doai.pk)


# --- where one may add ---------------------------------------------------------------------


def test_the_head_of_a_chi_hoi_has_his_own_only(enter, tree):
    page = Page(enter("chi_hoi_truong").get(ADD))
    assert (page.form()["unit"], page.all("select")) == (str(tree.thon_dong.pk), [])


def test_a_workplace_without_chi_hoi_keeps_its_members_itself(enter, tree, typed, everywhere):
    client = enter("thu_ky_co_quan")
    page = Page(client.get(ADD))
    assert page.form()["unit"] == str(tree.so_noi_vu.pk)
    client.post(ADD, typed | {"unit": page.form()["unit"]})
    assert list(Member.objects.values_list("unit__code", "co_so__code")) == [("LG-K-01", "LG-K-01")]


def test_above_the_co_so_one_first_says_for_which(enter, tree, typed, everywhere):
    client = enter("van_phong")
    first = Page(client.get(ADD))
    assert first.texts("#dv option") == ["Sở Nội vụ", "Sở Y tế", "Xã Thanh Sơn", "Xã Bình Minh"]
    then = f"{ADD}?don-vi={tree.binh_minh.pk}"
    page = Page(client.get(then))
    assert "is_party" not in page.form()
    client.post(then, typed | {"unit": tree.xom_ben.pk})
    assert list(Member.objects.values_list("unit__code", flat=True)) == ["LG-BM-01"]
    assert MemberStatus.objects.count() == 0  # the province does not write Party membership


@pytest.mark.parametrize("place", ["xom_ben", "kim_bai", "thanh_son", "lam_giang"])
def test_nobody_is_entered_in_a_unit_that_is_not_offered(enter, tree, typed, place, everywhere):
    page = Page(enter("thu_ky").post(ADD, typed | {"unit": getattr(tree, place).pk}))
    assert (page.status, refusals(page)) == (422, ["Chi hội này không có trong danh sách của đồng chí. Chọn lại một chi hội."])
    assert Member.objects.count() == 0


@pytest.mark.parametrize(("who", "answered"), [("kiem_tra", 403), ("quan_tri", 403), ("khong_vai", 403), ("superuser", 200)])
def test_only_those_who_may_write_open_the_form(enter, who, answered):
    assert enter(who).get(ADD).status_code == answered


# --- changing ------------------------------------------------------------------------------


@pytest.fixture
def an(tree, typed):
    return enrolled(tree.thon_dong, "Bùi Văn An", "1948", "12/1990", card_number="LG-00412", is_party=True, party_on=PartialDate(1968))


def test_the_form_shows_what_is_stored(enter, an):
    form = Page(enter("thu_ky").get(edit_url(an))).form()
    assert form.pop("token")
    assert form == {
        "version": "1", "name": "Bùi Văn An", "born": "1948", "sex": "nam", "category": "ccb", "admitted_on": "12/1990",
        "card_number": "LG-00412", "is_party": "1", "party_on": "1968",
    }


def changed_form(client, member, **changes):
    return Page(client.get(edit_url(member))).form() | changes


def test_a_change_is_stored_told_and_remembered(enter, an, everywhere):
    client = enter("thu_ky")
    answer = client.post(edit_url(an), changed_form(client, an, name="Bùi Văn Ân", born="15/08/1948", is_party="", party_on=""))
    assert (answer.status_code, messages(client)) == (
        302, ["Đã lưu thay đổi của hội viên Bùi Văn Ân, Chi hội Thôn Đông, lúc 10:32. Việc tiếp: xem lại hồ sơ này."],
    )
    an.refresh_from_db()
    assert (an.name, an.born.iso, an.version, an.spells.get().member_name) == ("Bùi Văn Ân", "1948-08-15", 2, "Bùi Văn Ân")
    assert [row.name for row in an.history.all()] == ["Bùi Văn Ân", "Bùi Văn An"]
    assert MemberStatus.objects.get().ends_on == date(2026, 12, 1)
    assert Page(client.get(edit_url(an))).text(".saved") == "Lưu lần cuối lúc 10:32 ngày 01/12/2026, đồng chí Nguyễn Thị Hòa"


def test_an_old_contradiction_is_not_asked_about_again_when_something_else_changes(enter, tree):
    old = enrolled(tree.thon_dong, "Tráng", "1954", "1970")
    client = enter("thu_ky")
    assert client.post(edit_url(old), changed_form(client, old, card_number="LG-1")).status_code == 302
    assert len(doubts(Page(client.post(edit_url(old), changed_form(client, old, born="1960"))))) == 1


def test_the_second_of_two_people_sees_both_values_and_may_save_his_own(enter, cast, an, everywhere):
    client = enter("thu_ky")
    mine = changed_form(client, an, born="15/08/1948", card_number="LG-00999")
    with all_units("the chairman is faster"):
        change_member(
            member=Member.objects.get(pk=an.pk), version=1, is_party=True, party_on=PartialDate(1968), by=cast.chu_tich,
            name="Bùi Văn An", born=PartialDate(1949), card_number="LG-00412",
        )
    page = Page(client.post(edit_url(an), mine))
    assert page.status == 409
    assert page.text(".notice strong") == "Đồng chí Trần Đình Quế vừa sửa hội viên này lúc 10:32."
    assert page.table() == [["Ngày sinh", "15/08/1948", "1949"], ["Số thẻ hội viên", "LG-00999", "LG-00412"]]
    assert list(Member.objects.values_list("born", "version")) == [(PartialDate(1949), 2)]
    again = page.form()
    assert {name: again[name] for name in mine if name not in ("token", "version")} == {
        name: mine[name] for name in mine if name not in ("token", "version")
    }
    assert client.post(edit_url(an), again).status_code == 302
    assert list(Member.objects.values_list("born", "card_number", "version")) == [(PartialDate(1948, 8, 15), "LG-00999", 3)]


def test_a_change_sent_twice_is_saved_once(enter, an, everywhere):
    client = enter("thu_ky")
    sent = changed_form(client, an, card_number="LG-00999")
    assert [client.post(edit_url(an), sent).status_code for _ in range(2)] == [302, 302]
    assert Member.objects.get().version == 2


def test_a_change_without_a_version_is_a_conflict_not_a_blind_overwrite(enter, an):
    client = enter("thu_ky")
    sent = changed_form(client, an, card_number="LG-00999")
    del sent["version"]
    assert client.post(edit_url(an), sent).status_code == 409


def test_the_province_changes_an_entry_without_touching_party_membership(enter, an, everywhere):
    client = enter("van_phong")
    sent = changed_form(client, an, card_number="LG-00999")
    assert "is_party" not in sent
    assert client.post(edit_url(an), sent | {"is_party": "", "party_on": ""}).status_code == 302
    assert list(MemberStatus.objects.values_list("ends_on", "true_start")) == [(None, PartialDate(1968))]


def test_a_change_moves_nobody_to_another_unit(enter, tree, an, everywhere):
    client = enter("thu_ky")
    client.post(edit_url(an), changed_form(client, an, unit=tree.thon_doai.pk, co_so=tree.binh_minh.pk))
    assert list(Member.objects.values_list("unit", "co_so")) == [(tree.thon_dong.pk, tree.thanh_son.pk)]


@pytest.mark.parametrize(
    ("who", "answered"),
    [
        ("chi_hoi_truong", 200), ("thu_ky", 200), ("chu_tich", 200), ("van_phong", 200), ("superuser", 200),
        ("kiem_tra", 403), ("quan_tri", 403), ("thu_ky_ben_canh", 404), ("thu_ky_co_quan", 404), ("van_phong_ha_dong", 404),
    ],
)
def test_who_may_change_an_entry(enter, an, who, answered):
    client = enter(who)
    sent = {"name": "Kẻ Lạ", "born": "1950", "sex": "nam", "category": "ccb", "version": "1"}
    assert client.get(edit_url(an)).status_code == answered
    if answered != 200:
        assert client.post(edit_url(an), sent).status_code == answered
        an.refresh_from_db()
        assert an.name == "Bùi Văn An"


def test_a_member_out_of_scope_answers_like_one_that_does_not_exist(enter, an):
    client = enter("thu_ky_ben_canh")
    there, nowhere = client.get(edit_url(an)), client.get(reverse("members:member_edit", args=[999_999]))
    assert (there.status_code, body_of(there)) == (nowhere.status_code, body_of(nowhere))
    assert "Bùi Văn An" not in body_of(there)
