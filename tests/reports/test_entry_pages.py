"""Typing the numbers of one section: which lines there are, what is read, what is refused."""

import pytest
from django.urls import reverse
from django.utils import timezone

from members.models import UnitSettings
from members.scoping import all_units
from reports.models import Indicator, SectionConfirmation
from tests.pages import Page
from tests.reports.typing import address, by_code, cells, form_of, put
from tests.reports.typing import page as page
from tests.reports.typing import years as years

pytestmark = pytest.mark.django_db


# ── reading ──
def test_numbers_are_taken_as_people_write_them(page, tree, years):
    answer = page(**by_code({
        "supervision_sessions": "03", "dialogue_opinions": "1.250", "self_training_plan_rate": "16/26",
        "prevented_spending_note": "10 tỷ 797 triệu", "current_affairs_sessions": "có", "websites": "x",
    }))
    assert answer.status_code == 302
    assert page(section="3", **by_code({"gift_value": "4.093,7 tỷ"})).status_code == 302
    assert page(section="A", **by_code({"members_party_rate": "hơn 80%"})).status_code == 302
    assert cells(tree.thanh_son, years[1]) == {
        "supervision_sessions": ("number", 3, None, "", ""),
        "dialogue_opinions": ("number", 1250, None, "", ""),
        "self_training_plan_rate": ("number", 16, 26, "", ""),
        "prevented_spending_note": ("number", 10_797_000_000, None, "", ""),
        "current_affairs_sessions": ("words", None, None, "", ""),
        "websites": ("not_concerned", None, None, "", ""),
        "gift_value": ("number", 4_093_700_000_000, None, "", ""),
        "members_party_rate": ("number", 80, None, "hơn", ""),
    }


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"s__websites": "co", "w__websites": "a" * 201}, "Lời ghi dài 201 chữ. Hãy ghi ngắn lại, nhiều nhất 200 chữ."),
        ({"v__websites": "3", "e__websites": "a" * 301}, "Lời giải trình dài 301 chữ. Hãy ghi ngắn lại, nhiều nhất 300 chữ."),
    ],
)
def test_words_that_a_cell_cannot_keep_whole_are_refused_at_their_line(page, tree, years, typed, said):
    answer = page(**typed)
    assert (answer.status_code, cells(tree.thanh_son, years[1])) == (422, {})
    assert Page(answer).texts(".error-text") == [said]


def test_a_part_too_long_for_any_cell_is_not_found(enter, tree, years):
    client, where = enter("thu_ky"), reverse("reports:figure", args=[tree.thanh_son.pk, years[1].pk, "websites"])
    assert [client.get(where, {"phan": "a" * n}).status_code for n in (160, 161)] == [200, 404]


def test_the_box_shows_what_was_typed_and_money_is_echoed_in_words(page):
    page(section="3", **by_code({"gift_value": "4.093,7 tỷ"}))
    seen = Page(page(section="3"))
    assert seen.values('input[name="v:gift_value"]', "value") == ["4.093,7 tỷ"]
    assert seen.text(".echo") == "4.093.700.000.000 đồng: bốn nghìn không trăm chín mươi ba tỷ bảy trăm triệu đồng."
    assert seen.text("main .notice--ok") == "Đã lưu Mục 3 lúc 10:32: 1 ô mới."
    assert seen.text(".saved") == seen.text(".saved-strip") == "Đã lưu lúc 10:32"


def test_money_in_words_is_of_what_stands_in_the_box_also_after_a_refusal(page):
    page(section="3", **by_code({"gift_value": "4.093,7 tỷ"}))
    answer = page(section="3", **by_code({"gift_value": "6 triệu", "gift_count": "mười ? hai"}))
    assert (answer.status_code, Page(answer).text(".echo")) == (422, "6.000.000 đồng: sáu triệu đồng.")
    assert Page(answer).text(".saved") == "Chưa lưu lần này: còn chỗ phải sửa."
    assert Page(page(section="3", **by_code({"gift_value": "sáu củ"}))).texts(".echo") == []


def test_done_without_a_number_takes_words_and_can_be_taken_back(page, tree, years):
    page(**{"s__dialogue_opinions": "co", "w__dialogue_opinions": "hàng nghìn ý kiến"})
    assert cells(tree.thanh_son, years[1]) == {"dialogue_opinions": ("words", None, None, "", "hàng nghìn ý kiến")}
    seen = Page(page())
    assert seen.text(".state--words") == "Có, không nêu số"
    assert seen.values('input[name="w:dialogue_opinions"]', "value") == ["hàng nghìn ý kiến"]
    page(**{"v__dialogue_opinions": "1.200"})
    assert cells(tree.thanh_son, years[1]) == {"dialogue_opinions": ("number", 1200, None, "", "")}
    page(**{"v__dialogue_opinions": ""})
    assert cells(tree.thanh_son, years[1]) == {}


def test_not_concerned_is_a_choice_too(page, tree, years):
    page(**{"s__dialogue_opinions": "x"})
    assert cells(tree.thanh_son, years[1]) == {"dialogue_opinions": ("not_concerned", None, None, "", "")}
    assert Page(page()).text(".state--none") == "Không thuộc diện"


def test_a_rating_is_said_in_words(page, tree, years):
    put(tree.thanh_son, years[0], "own_rating", "Hoàn thành tốt nhiệm vụ")
    page(section="7", **by_code({"own_rating": "Hoàn thành xuất sắc nhiệm vụ"}))
    assert cells(tree.thanh_son, years[1]) == {"own_rating": ("words", None, None, "", "Hoàn thành xuất sắc nhiệm vụ")}
    assert Page(page(section="7")).values('input[name="v:own_rating"]', "value") == ["Hoàn thành xuất sắc nhiệm vụ"]


def test_last_years_value_stands_beside_each_box(page, tree, years):
    put(tree.thanh_son, years[0], "supervision_sessions", "3")
    put(tree.thanh_son, years[0], "prevented_spending_note", "có")
    seen = Page(page())
    names, last = seen.texts(".line .line__name"), seen.texts(".line .line__last")
    told = dict(zip(names, last, strict=True))
    assert told["Số cuộc giám sát (Quyết định 217)"] == "3"
    assert told["Khoản chi chưa hợp lý đã đấu tranh ngăn chặn"] == "Có, không nêu số"
    assert told["Số cuộc đối thoại với lãnh đạo Đảng, chính quyền"] == "–"
    assert seen.texts(".lines__head span") == ["Chỉ tiêu", "Năm 2025", "Năm 2026"]


def test_counts_open_the_number_pad_money_has_a_comma_and_rates_have_letters(page):
    seen = Page(page(section="1"))
    assert seen.values('input[name="v:supervision_sessions"]', "inputmode") == ["numeric"]
    assert seen.values('input[name="v:self_training_plan_rate"]', "inputmode") == ["text"]
    assert Page(page(section="3")).values('input[name="v:gift_value"]', "inputmode") == ["decimal"]


# ── which lines ──
def boxes(answer):
    return [name.removeprefix("v:") for name in Page(answer).values('input[name^="v:"]', "name")]


def test_a_section_asks_what_concerns_the_unit_and_is_core_or_was_used_last_year(page, tree, years):
    core = [
        "supervision_sessions", "dialogue_sessions", "dialogue_opinions", "draft_document_opinions", "members_party_committee",
        "members_peoples_council", "members_local_posts", "current_affairs_sessions", "current_affairs_attendance",
        "self_training_plan_rate", "prevented_spending_note", "websites",
    ]
    assert boxes(page()) == core
    put(tree.thanh_son, years[0], "resolution_study_sessions", "4")
    assert sorted(set(boxes(page())) - set(core)) == ["resolution_study_sessions"]


def test_the_rest_comes_on_request_and_what_was_typed_stays(page, enter, tree, years):
    offered = Page(page()).values("input[name=them]", "value")
    assert "social_criticism_sessions" in offered
    assert "members_dept_heads" not in offered  # of workplaces, not of communes
    assert set(offered) & set(boxes(page())) == set()
    answer = page(**{"v__websites": "1", "v__supervision_sessions": "nhiều lắm", "them": "social_criticism_sessions", "hien": "1"})
    assert answer.status_code == 200
    seen = Page(answer)
    assert set(boxes(answer)) - set(boxes(page())) == {"social_criticism_sessions"}
    assert seen.text("main > .notice--info") == "Chỉ tiêu đồng chí chọn: Số cuộc phản biện xã hội."
    assert seen.values("form#so-lieu", "data-again") == ["?them=social_criticism_sessions"]
    assert seen.values('input[name="v:websites"]', "value") == ["1"]
    assert seen.values('input[name="v:supervision_sessions"]', "value") == ["nhiều lắm"]
    assert cells(tree.thanh_son, years[1]) == {}


def test_indicators_ticked_and_sent_with_saving_come_next(page):
    answer = page(**{"v__websites": "1", "them": "social_criticism_sessions"})
    assert answer.url.endswith("/muc-1/?them=social_criticism_sessions")


def test_adding_without_a_tick_says_how(page):
    seen = Page(page(hien="1", v__websites="1"))
    assert seen.text("#them .error-text") == "Chưa đánh dấu chỉ tiêu nào. Đánh dấu vào ô vuông trước tên chỉ tiêu, rồi bấm “Thêm vào bảng”."
    assert seen.values('input[name="v:websites"]', "value") == ["1"]


def test_every_indicator_of_the_unit_is_listed_by_section_and_leads_to_its_box(enter, tree, years):
    client = enter("thu_ky")
    seen = Page(client.get(reverse("reports:entry")))
    assert [title[:5] for title in seen.texts("#tim-ds h3")] == [f"Mục {code}" for code in "A123456789"]
    there = client.get(seen.link("Số cuộc phản biện xã hội"))
    assert "social_criticism_sessions" in boxes(there)
    assert "Số cán bộ Hội là trưởng, phó phòng" not in seen.texts("#tim-ds li")


def test_only_codes_that_concern_the_unit_are_added(page, enter, tree, years):
    client, where = enter("thu_ky"), address("entry_section", tree.thanh_son, years[1])
    assert boxes(client.get(where + "?them=members_dept_heads&them=nonsense&them=gift_count")) == boxes(page())


def test_a_workplace_is_asked_other_things_than_a_commune(page, tree):
    asked = boxes(page("thu_ky_co_quan", unit=tree.so_noi_vu))
    assert "members_dept_heads" in asked
    assert "members_local_posts" not in asked


def test_border_patrols_are_asked_where_there_is_a_frontier(page, tree):
    assert "border_patrols" not in boxes(page(section="4"))
    with all_units("a test sets a frontier"):
        UnitSettings.objects.create(unit=tree.thanh_son, frontier=True)
    assert "border_patrols" in boxes(page(section="4"))


def test_an_indicator_added_by_an_administrator_is_asked_once_it_was_used(page, tree, years):
    Indicator.objects.create(
        code="doi_thoai_thanh_nien", name="Cuộc đối thoại với thanh niên", unit="cuộc", kind="flow", section="1", levels=["CO_SO"],
    )
    client_page = page(**{"them": "doi_thoai_thanh_nien", "hien": "1"})
    assert "doi_thoai_thanh_nien" in boxes(client_page)
    put(tree.thanh_son, years[0], "doi_thoai_thanh_nien", "2")
    assert page(**by_code({"doi_thoai_thanh_nien": "5"})).status_code == 302
    assert cells(tree.thanh_son, years[1]) == {"doi_thoai_thanh_nien": ("number", 5, None, "", "")}


# ── refusing ──
@pytest.mark.parametrize(
    ("section", "code", "typed", "said"),
    [
        ("1", "supervision_sessions", "tốt đẹp", "Chưa đọc được “tốt đẹp”."),
        ("1", "supervision_sessions", "4,5", "đếm bằng cuộc nên không có số lẻ: 4,5."),
        ("1", "supervision_sessions", "-3", "Chưa đọc được “-3”."),
        ("1", "supervision_sessions", "5 triệu đồng", "không ghi được “đồng”"),
        ("1", "self_training_plan_rate", "27/26", "Số đếm 27 lớn hơn tổng số 26."),
        ("1", "dialogue_opinions", "16/0", "Mẫu số phải lớn hơn 0"),
        ("3", "gift_value", "12 suất", "không ghi được “suất”"),
        ("3", "gift_value", "x" * 400, "Dài quá"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_box_and_nothing_typed_is_lost(page, tree, years, section, code, typed, said):
    other = {"1": "websites", "3": "gift_count"}[section]
    answer = page(section=section, **by_code({code: typed, other: "2"}))
    seen = Page(answer)
    assert answer.status_code == 422
    assert cells(tree.thanh_son, years[1]) == {}
    assert seen.values(f'input[name="v:{code}"]', "value") == [typed]
    assert seen.values(f'input[name="v:{code}"]', "aria-invalid") == ["true"]
    assert seen.values(f'input[name="v:{other}"]', "value") == ["2"]
    (at_field,) = seen.texts(".error-text")
    assert said in at_field
    (told,) = seen.texts(".error-summary li")
    assert told.endswith(at_field)
    (anchor,) = seen.values(".error-summary a", "href")
    assert seen.values(f"input{anchor}", "name") == [f"v:{code}"]


def test_a_number_and_the_choice_of_none_contradict(page, tree, years):
    answer = page(**{"v__dialogue_opinions": "12", "s__dialogue_opinions": "x"})
    assert answer.status_code == 422
    assert Page(answer).texts(".error-text") == ["Vừa ghi “12” vừa chọn “Không thuộc diện”. Hãy bỏ một trong hai."]
    assert cells(tree.thanh_son, years[1]) == {}


def test_a_part_above_its_whole_is_refused_and_both_stay_typed(page, tree, years):
    answer = page(section="A", **by_code({"members_total": "50", "members_party": "60"}))
    seen = Page(answer)
    assert answer.status_code == 422
    assert seen.texts(".error-text") == [
        "“Số hội viên là đảng viên” 60 lớn hơn “Tổng số hội viên” 50, mà phải nằm trong số ấy. Hãy xem lại hai số này."
    ]
    assert seen.values('input[name="v:members_party"]', "value") == ["60"]
    assert cells(tree.thanh_son, years[1]) == {}


def test_a_box_of_another_section_is_not_taken(enter, tree, years):
    client, where = enter("thu_ky"), address("entry_section", tree.thanh_son, years[1], "1")
    sent = form_of(client.get(where)) | {"v:gift_count": "9", "b:gift_count": "", "n:gift_count": "0", "v:nonsense": "1", "v:": "2"}
    assert client.post(where, sent).status_code == 302
    assert cells(tree.thanh_son, years[1]) == {}


# ── parts ──
def test_a_part_is_added_by_choosing_it_and_gets_its_own_line(page, tree, years):
    opened = page(section="3", **{"phan": "1", "v__websites": ""})
    assert "p:gift_count:0" in Page(opened).values("select", "name")
    answer = page(section="3", **{"v__gift_count": "12", "p__gift_count__0": "27/7", "pv__gift_count": "5"})
    assert answer.status_code == 302
    assert cells(tree.thanh_son, years[1]) == {"gift_count": ("number", 12, None, "", ""), "gift_count|27/7": ("number", 5, None, "", "")}
    assert boxes(page(section="3"))[:2] == ["gift_count", "gift_count|27/7"]


def test_the_parts_of_last_year_are_asked_again(page, tree, years):
    put(tree.thanh_son, years[0], "gift_count", "7", part="Tết Nguyên đán")
    assert boxes(page(section="3"))[:2] == ["gift_count", "gift_count|Tết Nguyên đán"]


def test_goods_in_kind_have_no_whole_and_take_their_own_unit(page, tree, years):
    answer = page(section="3", **{"p__inkind_gifts__0": "gạo", "pv__inkind_gifts": "500 kg"})
    assert answer.status_code == 302
    assert cells(tree.thanh_son, years[1]) == {"inkind_gifts|gạo": ("number", 500, None, "", "")}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"pv__inkind_gifts": "500 kg"}, "“Quà bằng hiện vật” phải ghi phân tổ"),
        ({"p__inkind_gifts__0": "gạo"}, "Đã chọn “gạo” nhưng chưa ghi số."),
        ({"p__inkind_gifts__0": "vàng", "pf__inkind_gifts": "bạc", "pv__inkind_gifts": "1"}, "không có phân tổ"),
    ],
)
def test_a_part_that_cannot_be_is_refused(page, tree, years, typed, said):
    answer = page(section="3", **typed)
    (text,) = Page(answer).texts(".error-text")
    assert answer.status_code == 422
    assert said in text
    assert cells(tree.thanh_son, years[1]) == {}


def test_parts_above_their_whole_are_refused(page, tree, years):
    put(tree.thanh_son, years[1], "gift_count", "7", part="27/7")
    answer = page(section="3", **by_code({"gift_count": "5"}))
    assert answer.status_code == 422
    assert cells(tree.thanh_son, years[1]) == {"gift_count|27/7": ("number", 7, None, "", "")}


# ── choosing ──
def test_the_choice_of_sections_says_how_far_each_one_is(enter, tree, years):
    put(tree.thanh_son, years[1], "members_total", "50")
    with all_units("a test confirms"):
        SectionConfirmation.objects.create(unit=tree.thanh_son, period=years[1], section="4", by=None, at=timezone.now())
    seen = Page(enter("thu_ky").get(reverse("reports:entry")))
    states = dict(zip([t[:5] for t in seen.texts(".task > div:nth-child(2) > a")], seen.texts(".task .tag"), strict=True))
    assert states == {
        "Mục A": "Còn 8 chỉ tiêu", "Mục 1": "Chưa nhập", "Mục 2": "Chưa nhập", "Mục 3": "Chưa nhập", "Mục 4": "Đã xác nhận",
        "Mục 5": "Chưa nhập", "Mục 6": "Chưa nhập", "Mục 7": "Chưa nhập", "Mục 8": "Chưa nhập", "Mục 9": "Chưa nhập",
    }
    assert seen.texts("select#don-vi option") == ["Hội CCB xã Thanh Sơn", "Chi hội Thôn Đông", "Chi hội Thôn Đoài"]
    assert seen.texts("select#ky option") == ["năm 2026 (01/01/2026 – 30/11/2026)", "năm 2025 (01/01/2025 – 30/11/2025)"]


def test_without_any_period_the_page_says_what_to_do_first(enter):
    assert Page(enter("thu_ky").get(reverse("reports:entry"))).text(".empty h2") == "Chưa có kỳ báo cáo nào"
