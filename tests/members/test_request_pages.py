"""Pages of admissions, transfers and endings: two units, two clicks, two people."""

import pytest
from django.urls import reverse

from members.models import Member, Membership, MembershipRequest
from members.scoping import all_units
from tests.cast import enrolled
from tests.pages import Page, body_of

NEW, ALL = reverse("members:admission_new"), reverse("members:requests")


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-12-01 10:32 +0700", tick=False)


@pytest.fixture
def an(tree):
    return enrolled(tree.thon_dong, "Bùi Văn An", "1948", "12/1990")


def page_of(name, member, *more):
    return reverse(f"members:{name}", args=[member.pk, *more])


def only_request():
    with all_units("a test finds the request"):
        return MembershipRequest.objects.get()


def at(request):
    return reverse("members:request", args=[request.pk])


def decide(client, request, what, **said):
    """The form of one step as it stands on the page."""
    page = Page(client.get(at(request)))
    (form,) = [form for form in page.all("main form[method=post]") if form.find(f".//input[@value='{what}']") is not None]
    sent = {box.get("name"): box.get("value", "") for box in form.iter("input") if box.get("name") and box.get("name") != "csrfmiddlewaretoken"}
    return client.post(at(request), sent | said), sent | said


# --- admission -----------------------------------------------------------------------------


@pytest.fixture
def proposed(enter, tree):
    answer = enter("chi_hoi_truong").post(NEW, {
        "name": "Lê Văn Tấn", "born": "1985", "sex": "nam", "category": "ccb", "unit": tree.thon_dong.pk, "enlisted_on": "02/2004",
        "reason": "38/38 đồng ý"})
    assert (answer.status_code, answer.headers["Location"]) == (302, ALL)
    return only_request()


def test_a_proposal_waits_for_the_co_so_and_is_seen_by_who_proposed(enter, proposed):
    for who, heading in (("chi_hoi_truong", "Đang chờ nơi khác"), ("thu_ky", "Chờ đồng chí quyết định"), ("van_phong", "Chờ đồng chí quyết định"), ("kiem_tra", "Đang chờ nơi khác")):
        page = Page(enter(who).get(ALL))
        assert page.texts(f"section[aria-labelledby={'cho' if heading.startswith('Chờ') else 'khac'}] tbody th") == ["Lê Văn Tấn"], who
    assert "Lê Văn Tấn" not in body_of(enter("thu_ky_ben_canh").get(ALL))
    page = Page(enter("thu_ky").get(at(proposed)))
    assert page.texts("dd") == ["Chờ quyết định", "1985", "Nam", "Cựu chiến binh", "02/2004", "38/38 đồng ý"]


def test_the_co_so_admits_once_however_often_the_button_is_pressed(enter, proposed, everywhere):
    client = enter("thu_ky")
    answer, sent = decide(client, proposed, "dong-y", decision="9/QĐ-CCB ngày 15/11/2026", admitted_on="15/11/2026")
    again = client.post(at(proposed), sent)
    assert (answer.status_code, again.status_code, Member.objects.count(), Membership.objects.get().reason_in) == (302, 302, 1, "ket_nap")
    assert Page(client.get(ALL)).texts(".notice") == [
        "Đã kết nạp Lê Văn Tấn, lúc 10:32. Tính từ 15/11/2026. Việc tiếp: ghi thêm vào hồ sơ.", "Việc này đã được ghi ở lần gửi trước, không ghi thêm lần nữa."]


def test_the_second_of_two_people_is_told_what_the_first_decided(enter, proposed, everywhere):
    slow, quick = enter("thu_ky"), enter("chu_tich")
    _, late = Page(slow.get(at(proposed))), None
    form = {"viec": "dong-y", "version": "1", "decision": "9/QĐ-CCB", "admitted_on": "15/11/2026"}
    decide(quick, proposed, "tu-choi", reason="Chưa đủ hồ sơ")
    late = slow.post(at(proposed), form, follow=True)
    assert Page(late).texts(".notice") == [
        "Đề nghị về Lê Văn Tấn đã có người xử lý trước: không chấp nhận, đồng chí Trần Đình Quế. Chưa ghi phần của đồng chí."]
    assert Member.objects.count() == 0


def test_a_refusal_is_read_by_the_chi_hoi(enter, proposed):
    client = enter("thu_ky")
    answer, _ = decide(client, proposed, "tu-choi")
    assert Page(answer).texts(".error-summary li") == ["Phải sửa. Chưa ghi lý do không chấp nhận; nơi đề nghị sẽ đọc dòng này."]
    decide(client, proposed, "tu-choi", reason="Chưa đủ hồ sơ")
    page = Page(enter("chi_hoi_truong").get(ALL))
    assert page.table("section[aria-labelledby=xong] table") == [["Lê Văn Tấn", "Kết nạp", "Chi hội Thôn Đông", "", "Không chấp nhận Chưa đủ hồ sơ"]]


def test_the_chi_hoi_takes_its_proposal_back_and_decides_nothing(enter, proposed):
    client = enter("chi_hoi_truong")
    page = Page(client.get(at(proposed)))
    assert page.texts("main form button") == ["Rút lại đề nghị"]
    assert client.post(at(proposed), {"viec": "dong-y", "version": "1", "decision": "1", "admitted_on": "2026"}).status_code == 403
    decide(client, proposed, "rut")
    assert only_request().state == "rut"


def test_a_namesake_in_the_register_is_doubted(enter, tree):
    enrolled(tree.thon_doai, "Lê Văn Tấn", "1985")
    page = Page(enter("thu_ky").post(NEW, {"name": "lê văn tấn", "born": "1985", "sex": "nam", "category": "ccb", "unit": tree.thon_dong.pk}))
    assert (page.status, page.values("input[name=confirm]", "value")) == (422, ["trung-ten"])


def test_a_chi_hoi_enters_old_members_and_proposes_new_ones(enter, tree):
    page = Page(enter("chi_hoi_truong").get(reverse("members:member_add")))
    assert page.values("input[name=reason]", "value") == ["dau_ky"]
    answer = enter("chi_hoi_truong").post(reverse("members:member_add"), {
        "name": "Lê Văn Tấn", "born": "1985", "sex": "nam", "category": "ccb", "unit": tree.thon_dong.pk, "reason": "ket_nap"})
    assert answer.status_code == 422


# --- transfer ------------------------------------------------------------------------------


def test_where_to_is_found_by_name_in_the_whole_hoi_and_names_are_all_that_is_told(enter, tree, an):
    enrolled(tree.kim_bai, "Người Lạ Mặt", "1950")
    page = Page(enter("thu_ky").get(page_of("member_transfer", an), {"q": "kim bai ha dong"}))
    assert (page.texts(".found li"), page.values(".found a", "href")) == (["Hội CCB xã Kim Bài Hội CCB tỉnh Hà Đông"], [f"?den={tree.kim_bai.pk}"])
    assert Page(enter("thu_ky").get(page_of("member_transfer", an), {"q": "a"})).texts(".found li") == []
    for wrong in (tree.xom_ben.pk, tree.ha_dong.pk, 0, "x", "9" * 40):
        assert enter("thu_ky").get(page_of("member_transfer", an), {"den": wrong}).status_code == 404


@pytest.fixture
def released(enter, tree, an):
    path = f"{page_of('member_transfer', an)}?den={tree.kim_bai.pk}"
    client = enter("thu_ky")
    answer = client.post(path, Page(client.get(path)).form() | {"decision": "07/GT-CCB", "reason": "về ở với con"})
    assert answer.status_code == 302
    return only_request()


def test_a_paper_of_introduction_waits_at_both_ends_and_the_file_says_so(enter, tree, an, released):
    file = Page(enter("thu_ky").get(page_of("member", an)))
    assert file.texts(".notice strong") == ["Đang có giấy giới thiệu đến Hội CCB xã Kim Bài."]
    there = Page(enter("van_phong_ha_dong").get(at(released)))
    assert there.texts("main dd")[:2] == ["Chờ quyết định", "07/GT-CCB"]
    assert (there.texts("#id_unit option")[1:], there.values("main p a", "href")) == (["Hội CCB xã Kim Bài"], [])
    assert enter("thu_ky_ben_canh").get(at(released)).status_code == 404


def test_the_receiving_unit_accepts_and_the_member_is_in_its_list_from_then(enter, tree, an, released, everywhere):
    decide(enter("van_phong_ha_dong"), released, "dong-y", unit=tree.kim_bai.pk, arrived_on="30/11/2026")
    assert Page(enter("van_phong_ha_dong").get(reverse("members:members"))).texts("tbody th") == ["Bùi Văn An"]
    assert enter("thu_ky").get(page_of("member", an)).status_code == 404
    history = Page(enter("van_phong_ha_dong").get(page_of("member_history", an)))
    assert any("Chuyển từ Chi hội Thôn Đông" in line for line in history.texts(".history p"))


def test_the_receiving_unit_may_refuse_and_the_member_stays(enter, an, released, everywhere):
    decide(enter("van_phong_ha_dong"), released, "tu-choi", reason="Chưa có nơi ở")
    assert (Member.objects.get().unit_id, Membership.objects.get().ends_on) == (an.unit_id, None)
    assert "Chưa có nơi ở" in body_of(enter("thu_ky").get(ALL))


def test_a_move_to_the_next_chi_hoi_is_one_step(enter, tree, an, everywhere):
    client = enter("thu_ky")
    path = page_of("member_move", an)
    assert Page(client.get(path)).texts("#id_unit option") == ["Chọn chi hội", "Chi hội Thôn Đoài"]
    assert client.post(path, {"unit": tree.thon_doai.pk, "true_day": "01/11/2026"}).status_code == 302
    assert Member.objects.get().unit == tree.thon_doai


# --- endings -------------------------------------------------------------------------------


def test_a_death_is_told_with_its_day_and_may_be_taken_back(enter, an, everywhere):
    client = enter("chi_hoi_truong")
    client.post(page_of("member_end", an, "tu-tran"), {"true_end": "10/11/2026"})
    page = Page(client.get(page_of("member", an)))
    assert page.texts(".notice") == ["Đã ghi từ trần: Bùi Văn An, lúc 10:32.", "Từ trần ngày 10/11/2026. Ghi nhầm?"]
    assert Page(client.get(reverse("members:members"))).texts("tbody th") == []
    client.post(page.link("Ghi nhầm?"), {"why": "nhầm người cùng tên"})
    assert Membership.objects.get().ends_on is None
    lines = Page(client.get(page_of("member_history", an))).texts(".history p")
    assert sum("Ghi nhầm “Từ trần”: nhầm người cùng tên" in line for line in lines) == 2


def test_an_ending_sent_twice_is_written_once(enter, an, everywhere):
    client = enter("thu_ky")
    path = page_of("member_end", an, "xoa-ten")
    sent = Page(client.get(path)).form() | {"true_end": "11/2026", "decision": "12/QĐ-CCB", "note": "Bỏ sinh hoạt"}
    assert [client.post(path, sent).status_code for _ in range(2)] == [302, 302]
    assert (Membership.objects.get().reason_out, Membership.history.count()) == ("xoa_ten", 2)


def test_what_cannot_be_is_refused_in_words_and_nothing_typed_is_lost(enter, an, everywhere):
    page = Page(enter("thu_ky").post(page_of("member_end", an, "khai-tru"), {"true_end": "31/02/2026", "note": "Vi phạm"}))
    assert (page.status, page.texts(".error-text")) == (422, [
        "31/02/2026 không có trong lịch. Ghi như 30/04/2026, hoặc 02/2026 nếu không rõ ngày", "Chưa ghi quyết định. Ghi số và ngày, ví dụ 12/QĐ-CCB ngày 05/03/2026."])
    assert (page.form()["true_end"], page.form()["note"]) == ("31/02/2026", "Vi phạm")
    page = Page(enter("thu_ky").post(page_of("member_end", an, "tu-tran"), {"true_end": "1985"}))
    assert page.texts(".error-summary li") == [
        "Ngày 1985 có trước ngày về Chi hội Thôn Đông (12/1990). Xem lại ngày, hoặc sửa quá trình sinh hoạt trước."]


def test_a_measure_and_a_return_are_told_on_the_file(enter, tree, an, everywhere):
    client = enter("chu_tich")
    client.post(page_of("member_discipline", an), {"kind": "canh_cao", "true_day": "03/11/2026", "decision": "5/QĐ-CCB", "reason": "Vắng họp"})
    client.post(page_of("member_end", an, "xin-ra"), {"true_end": "20/11/2026"})
    client.post(page_of("member_return", an), {"unit": tree.thon_doai.pk, "true_start": "30/11/2026", "decision": "8/QĐ-CCB"})
    page = Page(client.get(page_of("member", an)))
    assert "Kỷ luật cảnh cáo, tính ngày 03/11/2026, quyết định 5/QĐ-CCB: Vắng họp." in page.texts("section[aria-labelledby=p9] p")
    assert page.texts("section[aria-labelledby=p10] li") == [
        "Chi hội Thôn Đoài: kết nạp 30/11/2026, 8/QĐ-CCB. Đang sinh hoạt.",
        "Chi hội Thôn Đông: có trong sổ khi lập 12/1990. Xin ra khỏi Hội 20/11/2026.",
    ]
