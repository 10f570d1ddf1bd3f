"""Saving a section: beside the register, by two people at once, on behalf of others, by whom."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.models import Unit
from members.scoping import all_units
from reports import indicators
from reports.figures import FigureSet, figure
from reports.models import EnteredFigure, SectionConfirmation
from tests.cast import enrolled
from tests.pages import Page
from tests.reports.typing import address, by_code, cells, form_of, put
from tests.reports.typing import page as page
from tests.reports.typing import years as years

pytestmark = pytest.mark.django_db
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')


# ── records ──
def test_an_empty_box_says_what_the_register_counts(page, tree):
    for name in ("Hoàng Văn Sáu", "Lê Văn Tám", "Lê Thị Bảy"):
        enrolled(tree.thon_dong if "Thị" in name else tree.thon_doai, name, "1950", "2010")
    seen = Page(page(section="A"))
    assert seen.texts("#d3-n, #d3-g .line__more") == ["Tổng số hội viên", "Theo sổ hội viên: 3. Để trống thì báo cáo lấy số này."]


def test_a_number_that_differs_from_the_register_asks_why_and_keeps_the_answer(page, tree, years):
    for name in ("Hoàng Văn Sáu", "Lê Văn Bảy"):
        enrolled(tree.thon_dong, name, "1950", "2010")
        enrolled(tree.thon_doai, name, "1951", "2011")
    page(section="A", **by_code({"members_total": "5"}))
    seen = Page(page(section="A"))
    assert seen.texts(".line .notice strong") == ["Báo cáo 5, theo sổ hội viên 4, chênh lệch 1."]
    page(section="A", **{"e__members_total": "Một đồng chí mới chuyển đến, chưa ghi sổ"})
    row = EnteredFigure._base_manager.get(code="members_total", period=years[1])
    assert (row.value, row.explanation) == (5, "Một đồng chí mới chuyển đến, chưa ghi sổ")
    page(section="A", **{"t__members_total": "records"})
    assert cells(tree.thanh_son, years[1]) == {}


def test_a_sum_of_subordinates_says_how_many_it_stands_on(page, tree, years):
    put(tree.thon_dong, years[1], "dialogue_opinions", "9")
    hints = Page(page()).texts(".line__more.soft")
    assert "Cộng 2 chi hội: 9 (mới có số của 1/2 chi hội). Để trống thì báo cáo lấy số này." in hints


def test_an_empty_whole_says_what_its_parts_come_to_as_the_report_prints_it(page, tree, years):
    put(tree.thanh_son, years[1], "supervision_sessions", "4", part="chủ trì")
    put(tree.thanh_son, years[1], "supervision_sessions", "3", part="phối hợp")
    assert Page(page()).text("#d1-h") == "Cộng các phần: 7. Để trống thì báo cáo lấy số này."
    with all_units("a test asks for a figure"):
        assert figure("supervision_sessions", tree.thanh_son, years[1]).value == 7
    put(tree.thanh_son, years[1], "supervision_sessions", "8")
    assert "Cộng các phần" not in Page(page()).text("form#so-lieu")


# ── two people, two clicks ──
def test_the_second_of_two_people_sees_both_values_and_nothing_is_overwritten(enter, tree, years):
    where = address("entry_section", tree.thanh_son, years[1])
    first, second = enter("thu_ky"), enter("chu_tich")
    mine, theirs = form_of(first.get(where)), form_of(second.get(where))
    assert second.post(where, theirs | {"v:websites": "41"}).status_code == 302
    answer = first.post(where, mine | {"v:websites": "46", "v:dialogue_sessions": "2"})
    seen = Page(answer)
    assert answer.status_code == 409
    assert cells(tree.thanh_son, years[1]) == {"websites": ("number", 41, None, "", "")}
    assert seen.text(".line .notice--info p") == (
        "Đồng chí Trần Đình Quế vừa sửa ô này lúc 10:32. Số của đồng chí: 46. Số đang lưu: 41."
    )
    assert seen.values('input[name="v:websites"]', "value") == ["46"]
    assert seen.values('input[name="v:dialogue_sessions"]', "value") == ["2"]
    again = form_of(answer)
    assert first.post(where, again | {"t:websites": "saved"}).status_code == 302
    assert cells(tree.thanh_son, years[1]) == {
        "websites": ("number", 41, None, "", ""), "dialogue_sessions": ("number", 2, None, "", "")
    }
    assert first.post(where, again | {"t:websites": "mine"}).status_code == 302
    assert cells(tree.thanh_son, years[1])["websites"] == ("number", 46, None, "", "")


def test_a_line_that_i_did_not_touch_never_undoes_what_another_typed(enter, tree, years):
    where = address("entry_section", tree.thanh_son, years[1])
    first, second = enter("thu_ky"), enter("chu_tich")
    mine = form_of(first.get(where))
    second.post(where, form_of(second.get(where)) | {"v:websites": "41"})
    assert first.post(where, mine | {"v:dialogue_sessions": "2"}).status_code == 302
    assert cells(tree.thanh_son, years[1])["websites"] == ("number", 41, None, "", "")


def test_a_form_sent_twice_is_saved_once(enter, tree, years, everywhere):
    client, where = enter("thu_ky"), address("entry_section", tree.thanh_son, years[1])
    sent = form_of(client.get(where)) | {"v:websites": "1"}
    assert [client.post(where, sent).status_code for _ in range(2)] == [302, 302]
    row = EnteredFigure.objects.get(code="websites")
    assert (row.version, row.history.count()) == (1, 1)


def test_saving_keeps_untouched_cells_as_an_import_left_them(page, tree, years):
    row = put(tree.thanh_son, years[1], "self_training_plan_rate", "30,7", measure="%", denominator="26")
    assert (row.value, row.denominator, row.as_typed, row.note) == (8, 26, "30,7", "ghi 30,7%")
    page(**by_code({"websites": "1"}))
    row.refresh_from_db()
    assert (row.value, row.denominator, row.version, row.as_typed) == (8, 26, 1, "30,7")


# ── on behalf, confirming ──
def test_what_a_unit_above_types_is_marked_until_the_unit_confirms(page, enter, tree, years):
    page("van_phong", **by_code({"websites": "1"}))
    seen = Page(page())
    assert seen.texts(".line__name .tag") == ["Nhập thay"]
    assert seen.texts(".notice--info strong")[0] == "1 ô do Hội cấp trên nhập thay."
    enter("thu_ky").post(address("confirm_section", tree.thanh_son, years[1]), {"xac-nhan": "1"})
    assert Page(page()).texts(".line__name .tag") == []
    assert EnteredFigure._base_manager.get(code="websites").on_behalf is False


def test_the_main_button_saves_first_and_then_shows_every_line_beside_last_year(page, enter, tree, years):
    put(tree.thanh_son, years[0], "websites", "1")
    answer = page(**{"v__websites": "2", "xac-nhan": "1"})
    where = address("confirm_section", tree.thanh_son, years[1])
    assert answer.url == where
    rows = {row[0]: row[1:] for row in Page(enter("thu_ky").get(where)).table()}
    assert rows["Số trang tin, trang thông tin điện tử của Hội (trang)"] == ["1", "2", ""]
    assert rows["Số ý kiến tại các cuộc đối thoại (ý kiến)"] == ["–", "để trống", "Sẽ tính là 0"]
    assert cells(tree.thanh_son, years[1]) == {"websites": ("number", 2, None, "", "")}


def test_confirming_makes_empty_cells_zero_and_can_be_withdrawn(enter, tree, years, everywhere):
    client, where = enter("thu_ky"), address("confirm_section", tree.thanh_son, years[1])
    assert client.post(where, {"xac-nhan": "1"}).status_code == 302
    assert client.post(where, {"xac-nhan": "1"}).status_code == 302
    row = SectionConfirmation.objects.get()
    assert (row.unit_id, row.period_id, row.section, row.by.username) == (tree.thanh_son.pk, years[1].pk, "1", "thu_ky")
    assert FigureSet(tree.thanh_son, years[1]).get("websites").value == Decimal(0)
    assert client.post(where, {"rut-lai": "1"}).status_code == 302
    assert SectionConfirmation.objects.count() == 0
    assert FigureSet(tree.thanh_son, years[1]).get("websites").state == "missing"


# ── who may ──
def test_an_inspector_reads_everything_and_writes_nothing(enter, tree, years):
    put(tree.thanh_son, years[1], "websites", "7")
    client, where = enter("kiem_tra"), address("entry_section", tree.thanh_son, years[1])
    seen = Page(client.get(where))
    assert seen.values("main input:not([type=hidden]), main textarea, main button", "name") == []
    assert seen.texts("#d12-g .line__last") == ["–", "7 trang"]
    assert client.post(where, {"v:websites": "9", "b:websites": "", "n:websites": "1"}).status_code == 403
    assert client.get(address("confirm_section", tree.thanh_son, years[1])).status_code == 403
    assert client.post(address("confirm_section", tree.thanh_son, years[1])).status_code == 403
    assert client.post(address("entry_grid", tree.thanh_son, years[1]), {}).status_code == 403
    assert cells(tree.thanh_son, years[1])["websites"] == ("number", 7, None, "", "")


@pytest.mark.parametrize("name", ["entry_section", "entry_grid", "confirm_section"])
def test_units_out_of_scope_answer_like_units_that_do_not_exist(enter, tree, years, name):
    client = enter("thu_ky")
    units = [tree.binh_minh, tree.lam_giang, tree.trung_uong, tree.kim_bai, tree.xom_ben, Unit(pk=987654321)]
    for send in (client.get, client.post):
        answers = [send(address(name, unit, years[1])) for unit in units]
        assert [answer.status_code for answer in answers] == [404] * 6
        assert len({TOKEN.sub(b"", answer.content) for answer in answers}) == 1


def test_unknown_sections_periods_and_units_do_not_exist(enter, tree, years):
    client = enter("thu_ky")
    assert client.get(address("entry_section", tree.thanh_son, years[1], "Z")).status_code == 404
    assert client.get(reverse("reports:entry") + "?ky=999").status_code == 404
    assert client.get(reverse("reports:entry") + "?ky=abc").status_code == 404
    assert client.get(reverse("reports:entry") + f"?don-vi={tree.binh_minh.pk}").status_code == 404
    assert client.get(reverse("reports:entry") + "?don-vi=9999999999999999999").status_code == 404


def test_nothing_of_the_commune_next_door_is_on_any_page(enter, tree, cast, years):
    canary = put(tree.binh_minh, years[1], "websites", "987654", by=cast.thu_ky_ben_canh)
    put(tree.xom_ben, years[1], "dialogue_opinions", "876543")
    put(tree.binh_minh, years[0], "resolution_study_sessions", "765432")
    assert canary.value == 987654
    client = enter("thu_ky")
    pages = [reverse(f"reports:{name}") for name in ("home", "entry", "import")]
    pages += [address(name, tree.thanh_son, years[1]) for name in ("entry_section", "entry_grid", "confirm_section")]
    for where in pages:
        body = client.get(where).content.decode()
        assert client.get(where).status_code == 200
        leaked = [w for w in ("987654", "987.654", "876543", "876.543", "765432", "765.432", "Bình Minh", "Xóm Bến", "Bường") if w in body]
        assert leaked == [], where


def test_the_number_of_queries_does_not_grow_with_the_filled_cells(enter, tree, cast, years):
    client, where = enter("thu_ky"), address("entry_section", tree.thanh_son, years[1])
    client.get(where)  # the session is written once
    counts = []
    for code in ("websites", "dialogue_sessions", "supervision_sessions"):
        put(tree.thanh_son, years[1], code, "2", by=cast.thu_ky)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(where).status_code == 200
        counts.append(len(captured))
    assert counts == [47, 47, 47]


def test_saving_thirty_cells_asks_the_database_as_often_as_saving_one(enter, tree, years):
    client, where = enter("thu_ky"), address("entry_section", tree.thanh_son, years[0], "3")
    shown = [name.removeprefix("v:") for name in form_of(client.get(f"{where}?tat-ca=1")) if name.startswith("v:") and "|" not in name]
    entries = indicators.lookup()
    codes = [code for code in shown if not (entries[code].is_ratio or entries[code].part_of)][:30]

    def asked(codes, text):
        """How many statements the POST sends, and whether all the cells are stored."""
        boxes = form_of(client.get(f"{where}?tat-ca=1")) | {f"v:{code}": text for code in codes}
        with CaptureQueriesContext(connection) as captured:
            assert client.post(where, boxes).status_code == 302
        stored = cells(tree.thanh_son, years[0])
        return len(captured), [stored[code][1] for code in codes] == [Decimal(text)] * len(codes)

    assert len(codes) == 30
    one, is_stored = asked(codes[:1], "2")
    assert is_stored
    assert asked(codes[1:], "2") == (one, True)
    assert asked(codes, "3") == (one - 1, True)  # cells that are there have no deleted row to look for


def test_a_cell_that_was_emptied_and_typed_again_goes_on_counting_its_versions(page, tree, years, cast, everywhere):
    for text in ("1", "", "4"):
        page(**by_code({"websites": text}))
    row = EnteredFigure.objects.get(code="websites")
    assert (row.version, row.value) == (2, 4)
    assert list(EnteredFigure.history.order_by("history_id").values_list("history_type", "version", "history_user")) == [
        ("+", 1, cast.thu_ky.pk), ("-", 1, cast.thu_ky.pk), ("+", 2, cast.thu_ky.pk)
    ]
