"""The grid: subordinate units × indicators, typed on behalf, pasted from a spreadsheet."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emulation.services import set_cluster_members
from members.models import Kind, Level, Role, UnitRole
from members.scoping import all_units
from members.services import found_unit
from reports.models import EnteredFigure
from reports.services.cells import confirm_section
from tests.pages import Page
from tests.reports.typing import address, cells, put
from tests.reports.typing import years as years

pytestmark = pytest.mark.django_db


@pytest.fixture
def where(tree, years):
    return address("entry_grid", tree.thanh_son, years[1], "3")


@pytest.fixture
def client(enter, years):
    return enter("thu_ky")


def key(unit, code):
    return f"v:{unit.pk}:{code}"


def sent(answer):
    return Page(answer).form("main form.stack")


def test_rows_are_the_direct_subordinates_and_columns_what_concerns_them(client, where, tree):
    seen = Page(client.get(where))
    assert seen.text("h1") == "Bảng nhập của chi hội"
    assert seen.texts("tbody th") == ["Chi hội Thôn Đông", "Chi hội Thôn Đoài"]
    assert seen.texts("thead th") == [
        "Chi hội", "Suất quà", "Trị giá quà (đồng)", "Lượt thăm hỏi", "Tiền thăm hỏi (đồng)", "Gặp mặt chiến trường",
        "Tiền gặp mặt chiến trường (đồng)", "Tình trạng",
    ]


def test_columns_are_chosen_eight_at_most_and_paged(client, where):
    chosen = Page(client.get(where + "?cot=gift_count&cot=nonsense&cot=charity_total"))
    assert chosen.texts("thead th") == ["Chi hội", "Suất quà", "Ủng hộ nhân đạo (đồng)", "Tình trạng"]
    everything = Page(client.get(where)).values('input[name="cot"]', "value")
    many = Page(client.get(where + "?" + "&".join(f"cot={code}" for code in everything)))
    assert len(many.texts("thead th")) == 1 + 8 + 1
    assert Page(client.get(where + "?nhom=2")).texts("thead th")[1] == "Quà ngày 22/12"
    assert client.get(where + "?nhom=x&trang=-5").status_code == 200


def test_a_saved_grid_marks_every_number_as_typed_on_behalf(client, where, tree, years, cast):
    answer = client.post(where, sent(client.get(where)) | {
        key(tree.thon_dong, "gift_count"): "12", key(tree.thon_dong, "gift_value"): "6 triệu", key(tree.thon_doai, "gift_count"): "có",
    }, follow=True)
    seen = Page(answer)
    assert seen.text(".notice--ok") == "Đã lưu Mục 3 lúc 10:32: 3 ô mới."
    assert cells(tree.thon_dong, years[1]) == {"gift_count": ("number", 12, None, "", ""), "gift_value": ("number", 6_000_000, None, "", "")}
    assert cells(tree.thon_doai, years[1]) == {"gift_count": ("words", None, None, "", "")}
    assert set(EnteredFigure._base_manager.values_list("on_behalf", "typed_by")) == {(True, cast.thu_ky.pk)}
    assert seen.texts("td.by-us .cell-note") == ["nhập thay"] * 3
    assert seen.table()[0][-1] == "Còn 4 ô trống"
    assert seen.texts("tfoot td")[:2] == ["12 có số 1/2", "6.000.000 có số 1/2"]


def test_wrong_cells_are_shown_with_the_reason_and_nothing_is_stored(client, where, tree, years):
    answer = client.post(where, sent(client.get(where)) | {
        key(tree.thon_dong, "gift_count"): "mười hai suất rưỡi", key(tree.thon_dong, "gift_value"): "5 suất", key(tree.thon_doai, "gift_count"): "7",
    })
    seen = Page(answer)
    assert answer.status_code == 422
    assert cells(tree.thon_dong, years[1]) | cells(tree.thon_doai, years[1]) == {}
    assert len(seen.texts("td.bad .cell-note")) == 2
    assert seen.texts(".error-summary li")[1].startswith("Chi hội Thôn Đông, Trị giá quà: ")
    assert seen.values(f'input[name="{key(tree.thon_dong, "gift_count")}"]', "value") == ["mười hai suất rưỡi"]
    assert seen.values(f'input[name="{key(tree.thon_doai, "gift_count")}"]', "value") == ["7"]
    assert seen.table()[0][-1] == "Xem lại 2 ô"


def test_a_part_above_its_whole_in_one_unit_stops_the_whole_grid(client, tree, years):
    where = address("entry_grid", tree.thanh_son, years[1], "A") + "?cot=members_total&cot=members_party"
    answer = client.post(where, sent(client.get(where)) | {
        key(tree.thon_dong, "members_total"): "20", key(tree.thon_dong, "members_party"): "30", key(tree.thon_doai, "members_total"): "9",
    })
    assert answer.status_code == 422
    assert Page(answer).texts(".error-summary li") == [
        "Chi hội Thôn Đông, Đảng viên: “Số hội viên là đảng viên” 30 lớn hơn “Tổng số hội viên” 20, mà phải nằm trong số ấy."
        " Hãy xem lại hai số này."
    ]
    assert cells(tree.thon_dong, years[1]) | cells(tree.thon_doai, years[1]) == {}


def test_a_number_that_the_unit_typed_meanwhile_is_not_overwritten(client, where, tree, years, cast):
    mine = sent(client.get(where)) | {key(tree.thon_dong, "gift_count"): "46", key(tree.thon_doai, "gift_count"): "7"}
    put(tree.thon_dong, years[1], "gift_count", "41", by=cast.chi_hoi_truong)
    answer = client.post(where, mine)
    assert answer.status_code == 409
    assert Page(answer).texts(".error-summary li") == [
        "Chi hội Thôn Đông, Suất quà: Lê Văn Thắng vừa ghi “41”, đồng chí ghi “46”."
    ]
    assert cells(tree.thon_dong, years[1]) == {"gift_count": ("number", 41, None, "", "")}
    assert cells(tree.thon_doai, years[1]) == {}
    assert client.post(where, sent(answer)).status_code == 302
    assert cells(tree.thon_dong, years[1]) == {"gift_count": ("number", 46, None, "", "")}


def test_a_grid_sent_twice_is_saved_once(client, where, tree, years, everywhere):
    once = sent(client.get(where)) | {key(tree.thon_dong, "gift_count"): "12"}
    assert [client.post(where, once).status_code for _ in range(2)] == [302, 302]
    assert EnteredFigure.objects.get().version == 1


def test_rows_of_units_next_door_in_a_post_are_ignored(client, where, tree, years):
    forged = sent(client.get(where)) | {key(tree.xom_ben, "gift_count"): "5", key(tree.binh_minh, "gift_count"): "5"}
    assert client.post(where, forged).status_code == 302
    assert cells(tree.xom_ben, years[1]) | cells(tree.binh_minh, years[1]) == {}


# ── pasting ──
PASTED = "Chi hội\tSuất quà\tTrị giá quà (đồng)\r\nThôn Đông\t12\t6.000.000\r\nCHI HỘI THÔN ĐOÀI\t9\t\r\nThôn Lạ\t3\t4\r\nTổng cộng\t24\t10\r\n"


def told(seen):
    return seen.texts("main > .notice[role=status] :is(p, li)")


@pytest.mark.parametrize(
    ("pasted", "filled", "left_out"),
    [
        ("Chi hội\tGhi chú\tSuất quà\nThôn Đông\tlạ\t12", "12",
         ["Bỏ lại 1 cột không rõ là chỉ tiêu nào: “Ghi chú”. Tên cột phải như ở hàng đầu bảng dưới."]),
        ("Chi hội\tGhi chú\tSuất quà\nThôn Đông\t\t12", "12", []),
        ("Chi hội\tSuất quà\tTổng tiền ủng hộ nhân đạo, từ thiện, đền ơn đáp nghĩa\nThôn Đông\t12\t5", "12",
         ["Bỏ lại 1 cột của chỉ tiêu không mở trong bảng này: “Tổng tiền ủng hộ nhân đạo, từ thiện, đền ơn đáp nghĩa”. "
          "Mở các chỉ tiêu ấy ở “Chọn mục và chỉ tiêu”, rồi dán lại."]),
        ("Chi hội\tCột lạ\tCột khác\nThôn Đông\t12\t5", "",
         ["Bỏ lại 2 cột không rõ là chỉ tiêu nào: “Cột lạ”; “Cột khác”. Tên cột phải như ở hàng đầu bảng dưới."]),
        ("Chi hội\tSuất quà\nThôn Đông\t12\t5", "12",
         ["Bỏ lại 1 cột không rõ là chỉ tiêu nào: “cột thứ 3, không có tên”. Tên cột phải như ở hàng đầu bảng dưới."]),
        ("Thôn Đông\t12\t1\t2\t3\t4\t5\t6\t7", "12", ["Bỏ lại 2 cột thừa ở bên phải: bảng này hết cột."]),
        ("BẢNG TỔNG HỢP\nTT\tChi hội\tSuất quà\n(1)\t(2)\t(3)\n1\tThôn Đông\t12\n\tCộng\t12", "12",
         ["Bỏ lại 2 hàng không rõ là chi hội nào: “BẢNG TỔNG HỢP”; “(1)”. Trong hàng phải có tên hoặc mã chi hội.",
          "Bỏ qua 1 hàng cộng: “Cộng”. Chương trình tự cộng ở cuối bảng."]),
        ("Thôn Đông\t11\nThôn Đông\t12", "12", ["Có 1 chi hội ghi ở nhiều hàng, lấy hàng dưới cùng: “Chi hội Thôn Đông”."]),
        ("Thôn Đông\t12" + "\n" * 200_000, "12", ["Bảng dán dài quá, chưa đọc hết. Hãy dán phần còn lại ở lần sau."]),
    ],
)
def test_what_a_pasted_table_leaves_out_is_told_in_words(client, where, tree, pasted, filled, left_out):
    seen = Page(client.post(where, sent(client.get(where)) | {"dan": pasted, "xem": "1"}))
    assert (seen.values(f'input[name="{key(tree.thon_dong, "gift_count")}"]', "value"), told(seen)[1:]) == ([filled], left_out)


def test_a_pasted_number_for_a_unit_that_is_not_concerned_is_told(enter, tree, years):
    client, where = enter("van_phong"), address("entry_grid", tree.lam_giang, years[1], "1") + "?cot=members_dept_heads"
    seen = Page(client.post(where, sent(client.get(where)) | {"dan": "Xã Thanh Sơn\t3", "xem": "1"}))
    assert told(seen)[0] == "Chưa điền được ô nào từ bảng dán."
    assert told(seen)[1].startswith("Không điền 1 ô không thuộc diện: “Xã Thanh Sơn, ")


def test_a_table_pasted_from_excel_fills_the_boxes_and_stores_nothing(client, where, tree, years):
    answer = client.post(where, sent(client.get(where)) | {"dan": PASTED, "xem": "1"})
    seen = Page(answer)
    assert answer.status_code == 200
    assert [seen.values(f'input[name="{key(unit, code)}"]', "value")[0] for unit in (tree.thon_dong, tree.thon_doai)
            for code in ("gift_count", "gift_value", "member_visits_count")] == ["12", "6.000.000", "", "9", "", ""]
    assert told(seen) == [
        "Đã điền 3 ô từ bảng dán, chưa lưu. Xem lại rồi bấm “Lưu bảng”.",
        "Bỏ lại 1 hàng không rõ là chi hội nào: “Thôn Lạ”. Trong hàng phải có tên hoặc mã chi hội.",
        "Bỏ qua 1 hàng cộng: “Tổng cộng”. Chương trình tự cộng ở cuối bảng.",
    ]
    assert cells(tree.thon_dong, years[1]) == {}
    assert client.post(where, sent(answer) | {"luu": "1"}).status_code == 302
    assert cells(tree.thon_dong, years[1]) == {"gift_count": ("number", 12, None, "", ""), "gift_value": ("number", 6_000_000, None, "", "")}


@pytest.mark.parametrize(
    ("pasted", "found"),
    [
        ("Thôn Đông\t12", "12"),
        ("1\tThôn Đông\t12", "12"),
        ("LG-TS-01\t12", "12"),
        ("chi hoi thon dong\t 12 ", "12"),
        ("Chỉ tiêu\tgift_value\tgift_count\nThôn Đông\t5\t12", "12"),
        ("Thôn Đông\t12\t1\t2\t3\t4\t5\t6\t7\t8\t9", "12"),
        ("Thôn Đông\n\n\t\t\n", ""),
        ("\t\t\t", ""),
        ("", ""),
    ],
)
def test_whatever_is_pasted_never_fails(client, where, tree, pasted, found):
    answer = client.post(where, sent(client.get(where)) | {"dan": pasted, "xem": "1"})
    assert answer.status_code == 200
    assert Page(answer).values(f'input[name="{key(tree.thon_dong, "gift_count")}"]', "value") == [found]


# ── states, others ──
def test_the_last_column_says_how_far_each_unit_is(client, where, tree, cast, years):
    assert [row[-1] for row in Page(client.get(where)).table()] == ["Chưa có số liệu", "Chưa có số liệu"]
    with all_units("a test confirms"):
        confirm_section(unit=tree.thon_dong, period=years[1], section="3", by=cast.chi_hoi_truong)
    assert [row[-1] for row in Page(client.get(where)).table()] == ["Đã xác nhận", "Chưa có số liệu"]


def test_members_of_a_cluster_type_their_own_numbers(enter, tree, years, cast):
    with all_units("a test makes a cluster"):
        set_cluster_members(cluster=tree.cum_thi_dua, year=2026, units=[tree.lam_giang, tree.ha_dong])
        UnitRole.objects.create(user=cast.khong_vai, unit=tree.cum_thi_dua, role=Role.THU_KY)
    client = enter("khong_vai")
    seen = Page(client.get(address("entry_grid", tree.cum_thi_dua, years[1], "3")))
    assert seen.text(".empty h2") == "Thành viên cụm thi đua tự nhập số của mình"
    assert seen.values("table input", "name") == []
    assert client.get(address("entry_grid", tree.lam_giang, years[1], "3")).status_code == 404
    assert client.get(address("entry_section", tree.cum_thi_dua, years[1], "3")).status_code == 200


def test_the_province_sees_its_communes_and_its_khoi(enter, tree, years):
    seen = Page(enter("van_phong").get(address("entry_grid", tree.lam_giang, years[1], "3")))
    assert seen.text("h1") == "Bảng nhập của cơ sở"
    assert seen.texts("tbody th") == ["Khối cơ quan tỉnh Lam Giang", "Xã Thanh Sơn", "Xã Bình Minh"]


def test_the_number_of_queries_does_not_grow_with_the_units(client, where, tree, years, cast):
    client.get(where)
    counts = []
    for n in (1, 2, 3):
        with all_units("a test founds a unit"):
            unit = found_unit(code=f"LG-TS-9{n}", name=f"Chi hội Thôn {n}", level=Level.CHI_HOI, kind=Kind.CHI_HOI, parent=tree.thanh_son)
        put(unit, years[1], "gift_count", "3", by=cast.thu_ky)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(where).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[2]
