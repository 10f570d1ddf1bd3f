"""What an import may make on the way: units with their places, clusters of a year, indicators."""

from datetime import date

import pytest

from emulation.models import ClusterMember, ClusterYear
from members.models import Kind, Level, Unit
from members.scoping import all_units, scope_for
from members.services import found_unit
from reports import indicators
from reports.figures import figure
from reports.models import EnteredFigure, Indicator
from reports.outlines import AnnualReport
from reports.rendering.html import render_print
from reports.services.imports import import_figures
from reports.services.periods import find_period
from reports.services.unit_words import LEVEL_WORDS
from tests.reports.printed import text_of
from tests.reports.workbook import workbook

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2022, 1, 1), date(2022, 11, 30)


@pytest.fixture(autouse=True)
def everything():
    with all_units("imports are tested across units"):
        yield


FIGURE = {"code": "supervision_sessions", "value": 1}
GIFTS = {"code": "gift_count", "value": 1}


def unit(code, name, level, above=None, cells=FIGURE):
    return {"unit_code": code, "unit_name": name, "level": level, "parent_code": above} | cells


def new(*rows, **options):
    """What an import that makes units says: its result."""
    return import_figures(workbook(*rows), create_units=True, **options)


def refused(*rows):
    result = new(*rows)
    assert (result.stored, Unit.objects.count(), EnteredFigure.objects.count()) == (False, 0, 0)
    return [str(r) for r in result.refused]


def tree():
    return {u.code: (u.level, u.kind, u.parent and u.parent.code) for u in Unit.objects.order_by("path")}


# ── Units ──────────────────────────────────────────────────────────────────────────────────


def test_a_unit_that_is_not_there_is_refused_unless_units_may_be_made():
    rows = [unit("K01", "Hội CCB Khối cơ quan", "khối")]
    result = import_figures(workbook(*rows))
    assert [(r.row, r.column, r.value) for r in result.refused] == [(2, "Mã đơn vị", "K01")]
    assert new(*rows).new_units == ["K01 Hội CCB Khối cơ quan"]
    assert new(*rows).new_units == []


def test_every_word_for_a_level_makes_a_unit_of_that_level():
    words = [
        "Trung ương", "TỈNH", "thành phố", "cụm", "cụm thi đua", "khối", "huyện", "quận", "thị xã", "cơ sở", "xã", "Phường", "thị trấn", "đặc khu",
        "chi hội", "phân hội",
    ]
    assert new(*(unit(f"U{i}", f"Đơn vị {i}", word, cells=GIFTS) for i, word in enumerate(words))).stored is True
    assert [(u.level, u.kind) for u in Unit.objects.order_by("code")] == [
        (u.level, u.kind) for _, u in sorted((f"U{i}", Unit(level=level, kind=kind)) for i, (level, kind) in enumerate([
            (Level.TRUNG_UONG, Kind.TRUNG_UONG), (Level.TINH, Kind.TINH), (Level.TINH, Kind.THANH_PHO), (Level.CUM, Kind.CUM),
            (Level.CUM, Kind.CUM_THI_DUA), (Level.CUM, Kind.KHOI), (Level.CUM, Kind.HUYEN), (Level.CUM, Kind.HUYEN), (Level.CUM, Kind.HUYEN),
            (Level.CO_SO, Kind.KHAC), (Level.CO_SO, Kind.XA), (Level.CO_SO, Kind.PHUONG), (Level.CO_SO, Kind.XA), (Level.CO_SO, Kind.DAC_KHU),
            (Level.CHI_HOI, Kind.CHI_HOI), (Level.PHAN_HOI, Kind.PHAN_HOI),
        ]))]
    assert len(LEVEL_WORDS) == len(words)


def test_the_kind_of_a_co_so_is_read_from_its_name():
    names = {
        "Hội CCB Sở Nội vụ": "co_quan", "Hội CCB Bệnh viện Đa khoa": "co_quan", "Hội CCB Công ty Xây lắp": "doanh_nghiep",
        "Hội CCB Trường Cao đẳng Y": "truong", "Hội CCB phường Ngọc Thụy": "phuong", "Hội CCB xã Thanh Sơn": "xa", "Hội CCB Điện Biên": "khac",
    }
    new(*(unit(f"C{i}", name, "cơ sở") for i, name in enumerate(names)))
    assert {u.name: u.kind for u in Unit.objects.all()} == names


def test_units_above_may_come_later_in_the_file():
    assert new(
        unit("X1-1", "Chi hội 1", "chi hội", "X1", cells=GIFTS), unit("X1", "Hội CCB xã Một", "xã", "T"),
        unit("T", "Hội CCB tỉnh T", "tỉnh"), unit("VN", "Hội CCB Việt Nam", "trung ương"), unit("X2", "Hội CCB xã Hai", "xã", "T"),
    ).stored is True
    assert tree() == {
        "VN": ("TRUNG_UONG", "trung_uong", None), "T": ("TINH", "tinh", "VN"), "X1": ("CO_SO", "xa", "T"), "X1-1": ("CHI_HOI", "chi_hoi", "X1"),
        "X2": ("CO_SO", "xa", "T"),
    }
    for row in Unit.objects.exclude(parent=None):
        assert row.path[:-4] == row.parent.path
        assert [v.parent for v in row.versions.all()] == [row.parent]


def test_one_row_that_describes_a_unit_is_enough():
    rows = [{"unit_code": "T", "code": "gift_count", "value": 1}, unit("T", "Hội CCB tỉnh T", "tỉnh"), {"unit_code": "T", "code": "gift_value", "value": "1 triệu đồng"}]
    result = new(*rows)
    assert (result.created, result.new_units, result.stored) == (3, ["T Hội CCB tỉnh T"], True)


def test_a_unit_that_is_there_keeps_its_name_and_place():
    found_unit(code="T", name="Hội CCB tỉnh T", level="TINH", kind="tinh")
    assert new(unit("T", "Tên khác hẳn", "xã", "KHONG-CO")).created == 1
    assert tree() == {"T": ("TINH", "tinh", None)}
    assert Unit.objects.get().name == "Hội CCB tỉnh T"


def test_a_unit_without_what_it_needs_is_refused_by_the_column_that_lacks_it():
    assert refused(
        unit("A", None, "xã"), unit("B", "Hội CCB B", "làng"), unit("C", "Hội CCB C", None), unit("D", "Hội CCB D", "xã", "KHONG-CO"),
        unit("E E", "Hội CCB E", "xã"), unit("F", "F" * 201, "xã"), unit("G" * 41, "Hội CCB G", "xã"),
    ) == [
        "Dòng 2, cột Tên đơn vị: đơn vị mới cần có tên đầy đủ.",
        "Dòng 3, cột Cấp “làng”: cấp phải là một trong: trung ương, tỉnh, thành phố, cụm, khối, huyện, quận, cơ sở, xã, phường, chi hội, phân hội.",
        "Dòng 4, cột Cấp: cấp phải là một trong: trung ương, tỉnh, thành phố, cụm, khối, huyện, quận, cơ sở, xã, phường, chi hội, phân hội.",
        "Dòng 5, cột Mã cấp trên “KHONG-CO”: chưa có đơn vị cấp trên với mã này. Hãy thêm dòng của đơn vị ấy vào tệp, hoặc sửa mã.",
        "Dòng 6, cột Mã đơn vị “E E”: Mã đơn vị chỉ gồm chữ không dấu, số và các dấu . _ - /, bắt đầu bằng chữ hoặc số. Ghi như HN-LB-01.",
        f"Dòng 7, cột Tên đơn vị “{'F' * 80}”: Chỉ ghi tối đa 200 ký tự (đang có 201).",
        f"Dòng 8, cột Mã đơn vị “{'G' * 41}”: Chỉ ghi tối đa 40 ký tự (đang có 41).",
    ]


def test_a_level_in_the_wrong_place_is_refused_whether_the_unit_above_is_new_or_known():
    wrong = "Cơ sở không thể trực thuộc chi hội."
    assert [r.split(": ")[1] for r in refused(unit("A", "Chi hội A", "chi hội"), unit("B", "Hội CCB xã B", "xã", "A"))] == [
        f"{wrong} Hãy sửa cột Cấp hoặc cột Mã cấp trên."]
    found_unit(code="A", name="Chi hội A", level="CHI_HOI")
    assert [str(r) for r in new(unit("B", "Hội CCB xã B", "xã", "A")).refused] == [f"Dòng 2, cột Mã cấp trên “A”: {wrong}"]


def test_a_circle_is_refused_in_every_row_of_it():
    circle = "đơn vị này lại là cấp trên của chính nó. Hãy sửa cột Mã cấp trên."
    assert refused(unit("A", "Xã A", "xã", "A")) == [f"Dòng 2, cột Mã cấp trên “A”: {circle}"]
    assert refused(unit("A", "Xã A", "xã", "B"), unit("B", "Chi hội B", "chi hội", "A"), unit("C", "Phân hội C", "phân hội", "B")) == [
        f"Dòng 2, cột Mã cấp trên “B”: {circle}", f"Dòng 3, cột Mã cấp trên “A”: {circle}",
        "Dòng 4, cột Mã cấp trên “B”: chưa lập được đơn vị cấp trên này; hãy sửa dòng 3 trước.",
    ]


def test_a_unit_below_a_refused_one_points_at_the_row_to_mend():
    assert refused(unit("A1", "Chi hội 1", "chi hội", "A"), unit("A", None, "xã"), unit("A1", "Chi hội 1", "chi hội", "A", cells=GIFTS)) == [
        "Dòng 2, cột Mã cấp trên “A”: chưa lập được đơn vị cấp trên này; hãy sửa dòng 3 trước.",
        "Dòng 3, cột Tên đơn vị: đơn vị mới cần có tên đầy đủ.",
        "Dòng 4, cột Mã cấp trên “A”: chưa lập được đơn vị cấp trên này; hãy sửa dòng 3 trước.",
    ]


def test_a_long_chain_of_units_is_refused_and_does_not_exhaust_the_program():
    rows = [unit(f"U{i}", f"Chi hội {i}", "chi hội", f"U{i + 1}") for i in range(1500)]
    assert len(refused(*rows)) == 1500


def test_a_secretary_makes_units_below_the_own_one_and_nowhere_else(cast):
    below = unit("LG-TS-09", "Chi hội Thôn Hạ", "chi hội", "LG-TS", cells=GIFTS)
    for wrong, column in ((unit("LG-BM-09", "Chi hội X", "chi hội", "LG-BM"), "Mã cấp trên"), (unit("HD-KB", "Trùng mã", "chi hội", "LG-TS"), "Mã đơn vị"), (unit("T9", "Tỉnh lạ", "tỉnh"), "Mã cấp trên")):
        with scope_for(cast.thu_ky):
            result = new(below, wrong, by=cast.thu_ky)
        assert [(r.row, r.column) for r in result.refused] == [(3, column)]
        assert "Bình Minh" not in str(result.refused[0]) and "Kim Bài" not in str(result.refused[0])
    with scope_for(cast.thu_ky):
        assert new(below, by=cast.thu_ky).new_units == ["LG-TS-09 Chi hội Thôn Hạ"]
        assert Unit.objects.get(code="LG-TS-09").history.get().history_user == cast.thu_ky


# ── Clusters ───────────────────────────────────────────────────────────────────────────────


def members(year):
    return [m.unit.code for m in ClusterMember.objects.filter(cluster_year__year=year)]


def test_provinces_under_a_cum_become_its_members_of_the_year_and_not_its_children():
    rows = [unit("CUM3", "Cụm 3", "cụm"), *(unit(f"T{i}", f"Hội CCB tỉnh {i}", "tỉnh", "CUM3") for i in range(3))]
    assert new(*rows).stored is True
    assert tree() == {"CUM3": ("CUM", "cum_thi_dua", None), **{f"T{i}": ("TINH", "tinh", None) for i in range(3)}}
    assert (members(2022), members(2023)) == (["T0", "T1", "T2"], [])
    assert figure("supervision_sessions", Unit.objects.get(code="CUM3"), find_period(Unit.objects.get(code="CUM3"), FIRST, LAST)).value == 1


def test_the_same_file_again_and_another_year_add_members_and_remove_none():
    rows = [unit("CUM3", "Cụm thi đua số 3", "cụm"), *(unit(f"T{i}", f"Hội CCB tỉnh {i}", "tỉnh", "CUM3") for i in range(2))]
    later = unit("T2", "Hội CCB tỉnh 2", "tỉnh", "CUM3")
    next_year = [row | {"first": "01/01/2023", "last": "30/11/2023"} for row in rows]
    for file in (rows, rows, [later], next_year):
        assert new(*file).stored is True
    assert (members(2022), members(2023), ClusterYear.objects.count()) == (["T0", "T1", "T2"], ["T0", "T1"], 2)


def test_a_cum_of_communes_is_a_standing_unit_of_the_tree():
    new(unit("T", "Hội CCB tỉnh T", "tỉnh"), unit("C", "Cụm Đồng Bằng", "cụm", "T"), unit("X", "Hội CCB xã X", "xã", "C"))
    assert tree() == {"T": ("TINH", "tinh", None), "C": ("CUM", "cum", "T"), "X": ("CO_SO", "xa", "C")}
    assert ClusterYear.objects.count() == 0


def test_a_khoi_has_no_provinces():
    result = new(unit("K", "Hội CCB Khối", "khối"), unit("T", "Hội CCB tỉnh T", "tỉnh", "K"))
    assert [(r.row, r.column, r.value) for r in result.refused] == [(3, "Mã cấp trên", "K")]


# ── Indicators ─────────────────────────────────────────────────────────────────────────────


def indicator(code, name, measure, kind, value, part=None):
    cells = {"code": code, "name": name, "measure": measure, "kind": kind, "value": value, "part": part}
    return unit("K01", "Hội CCB Khối cơ quan", "khối", cells=cells)


def made(*rows):
    return new(*rows, create_indicators=True)


def test_indicators_of_every_kind_are_made_typed_and_printed_in_a_section_like_theirs():
    result = made(
        indicator("cay_xanh", "Số cây xanh hội viên trồng", "cây", "Trong kỳ", "1.234"),
        indicator("clb_tho", "Số câu lạc bộ thơ ca Cựu chiến binh", "câu lạc bộ", "thời điểm", 7),
        indicator("quy_khuyen_hoc", "Số tiền ủng hộ quỹ khuyến học", "triệu đồng", "TRONG KỲ", "12,5"),
        indicator("ty_le_tho", "Tỷ lệ hội viên dùng điện thoại thông minh", "%", "tỷ lệ", "431/476"),
        indicator("danh_hieu", "Số danh hiệu gia đình hiếu học", "gia đình", "theo năm", 19),
    )
    assert [str(r) for r in result.refused] == []
    entries = indicators.lookup()
    rows = {i.code: i for i in Indicator.objects.all()}
    assert {code: (row.kind, row.unit) for code, row in rows.items()} == {
        "cay_xanh": ("flow", "cây"), "clb_tho": ("stock", "câu lạc bộ"), "quy_khuyen_hoc": ("flow", "đồng"), "ty_le_tho": ("ratio", "%"), "danh_hieu": ("yearly", "gia đình")}
    assert all(entries[code].section == row.section for code, row in rows.items())
    khoi = Unit.objects.get()
    report = AnnualReport(khoi, find_period(khoi, FIRST, LAST))
    text = text_of(render_print(report.document()))
    for number in ("1.234", "12,5 triệu đồng", "431/476", "19"):
        assert number in text, number


def test_an_indicator_adds_up_over_the_units_below_like_any_other():
    rows = [indicator("cay_xanh", "Số cây xanh", "cây", "trong kỳ", n) | {"unit_code": f"C{n}", "unit_name": f"Hội CCB Sở {n}", "level": "cơ sở", "parent_code": "K01"} for n in (3, 4)]
    rows += [indicator("ty_le", "Tỷ lệ làm thơ", "%", "tỷ lệ", value) | {"unit_code": f"C{n}"} for n, value in ((3, "1/10"), (4, "5/30"))]
    made(*rows, indicator("gift_count", None, None, None, 1))
    khoi = Unit.objects.get(code="K01")
    period = find_period(khoi, FIRST, LAST)
    assert figure("cay_xanh", khoi, period).value == 7
    assert (figure("ty_le", khoi, period).value, figure("ty_le", khoi, period).denominator) == (6, 40)


def test_an_unknown_indicator_is_made_only_when_asked_and_once_for_all_its_rows():
    rows = [indicator("cay_xanh", "Số cây xanh", "cây", "trong kỳ", 3), indicator("cay_xanh", "Số cây xanh", "cây", "trong kỳ", 1, part="cây ăn quả")]
    assert [(r.row, r.column, r.value) for r in new(*rows).refused] == [(2, "Mã chỉ tiêu", "cay_xanh"), (3, "Mã chỉ tiêu", "cay_xanh")]
    result = made(*rows)
    assert (result.new_indicators, result.created) == (["cay_xanh Số cây xanh"], 2)
    assert (made(*rows).new_indicators, Indicator.objects.count()) == ([], 1)


@pytest.mark.parametrize(("name", "code"), [("Số cây xanh", "so_cay_xanh"), ("5 không, 3 sạch", "ct_5_khong_3_sach"), ("!!!", None), ("T" * 90, "t" * 60)])
def test_an_indicator_without_a_code_gets_one_from_its_name(name, code):
    result = made(indicator(None, name, "cây", "trong kỳ", 3))
    assert [i.code for i in Indicator.objects.all()] == ([code] if code else [])
    assert [r.column for r in result.refused] == ([] if code else ["Mã chỉ tiêu"])


@pytest.mark.parametrize(
    ("change", "column", "value"),
    [
        ({"kind": None}, "Loại", ""), ({"kind": "hằng năm"}, "Loại", "hằng năm"), ({"measure": None}, "Đơn vị tính", ""),
        ({"measure": "c" * 31}, "Đơn vị tính", "c" * 31), ({"name": "T" * 201}, "Tên chỉ tiêu", "T" * 80), ({"code": "Cây Xanh"}, "Mã chỉ tiêu", "Cây Xanh"),
        ({"code": "x" * 65}, "Mã chỉ tiêu", "x" * 65), ({"value": "hỏi đồng chí Tư"}, "Giá trị", "hỏi đồng chí Tư"),
    ],
)
def test_an_indicator_that_is_not_described_well_enough_is_refused(change, column, value):
    result = made(indicator("cay_xanh", "Số cây xanh", "cây", "trong kỳ", 3) | change)
    assert [(r.row, r.column, r.value) for r in result.refused] == [(2, column, value)]
    assert (Indicator.objects.count(), Unit.objects.count()) == (0, 0)


def test_an_indicator_with_the_code_of_a_built_in_one_is_the_built_in_one():
    result = made(indicator("members_total", "Tên khác", "đồng chí", "trong kỳ", 3))
    assert (result.new_indicators, EnteredFigure.objects.get().code) == ([], "members_total")


def test_new_parts_of_built_in_indicators_are_taken_with_a_word_about_it():
    row = indicator("members_admitted", None, None, None, 3, part=" TNXP ")
    assert [(r.row, r.column, r.value) for r in new(row).refused] == [(2, "Phân tổ", "TNXP")]
    result = made(row)
    assert (result.warnings, EnteredFigure.objects.get().part) == (["“Số hội viên mới kết nạp”: nhận phân tổ mới “TNXP”."], "TNXP")
