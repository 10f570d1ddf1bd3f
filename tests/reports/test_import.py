"""Bringing a workbook of figures in: what is taken, what is refused and how it is said."""

import datetime
import io
import unicodedata
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import ValidationError

from members.models import Period, PeriodDates, Unit
from members.scoping import all_units, scope_for
from members.services import found_unit
from reports import indicators
from reports.figures import State, figure
from reports.models import EnteredFigure
from reports.services.cell_store import save_cell
from reports.services.cells import read_cell
from reports.services.imports import HEADERS, import_figures
from reports.services.periods import describe, make_period
from reports.workbooks.refusal import WorkbookRefused
from tests.reports.workbook import TITLES, workbook

pytestmark = pytest.mark.django_db

SESSIONS = {"code": "supervision_sessions"}


@pytest.fixture(autouse=True)
def everything():
    with all_units("imports are tested across units"):
        yield


@pytest.fixture
def khoi():
    return found_unit(code="K01", name="Hội CCB Khối cơ quan", level="CUM", kind="khoi")


def stored():
    """code → (state, value, denominator) of every stored cell; parts behind a stroke."""
    return {
        f"{c.code}|{c.part}" if c.part else c.code: (c.state, c.value, c.denominator) for c in EnteredFigure.objects.all()
    }


def refusals(*rows, **options):
    """[(row, column, value)] of what is refused; nothing may be stored then, and every text says how to mend."""
    result = import_figures(workbook(*rows), **options)
    assert (result.stored, EnteredFigure.objects.count(), Period.objects.count()) == (False, 0, 0)
    for refusal in result.refused:
        assert str(refusal).startswith(f"Dòng {refusal.row}, cột {refusal.column}")
        assert any(word in refusal.problem.lower() for word in MENDS), refusal.problem
    return [(r.row, r.column, r.value) for r in result.refused]


MENDS = ("hãy", "ghi", "sửa", "phải", "nhiều hơn 18 chữ số")


# ── The header ─────────────────────────────────────────────────────────────────────────────


def test_the_columns_are_those_that_units_were_told():
    assert [labels[0] for labels in HEADERS.values()] == [
        "Mã đơn vị", "Tên đơn vị", "Cấp", "Mã cấp trên", "Từ ngày", "Đến ngày", "Mã chỉ tiêu", "Tên chỉ tiêu", "Đơn vị tính", "Loại",
        "Giá trị", "Mẫu số", "Ghi chú", "Phân tổ",
    ]


def test_the_column_of_parts_may_be_absent(khoi):
    result = import_figures(workbook(SESSIONS | {"value": 5}, without=["part"]))
    assert (result.created, result.stored, stored()) == (1, True, {"supervision_sessions": ("number", 5, None)})


def test_a_short_table_with_codes_dates_and_values_is_enough(khoi):
    short = ["unit_code", "first", "last", "code", "value"]
    result = import_figures(workbook(SESSIONS | {"value": "5"}, without=[k for k in TITLES if k not in short]))
    assert result.created == 1


@pytest.mark.parametrize("missing", ["unit_code", "first", "last", "code", "value"])
def test_a_table_without_a_needed_column_is_refused_with_the_right_header(missing, khoi):
    with pytest.raises(WorkbookRefused) as caught:
        import_figures(workbook(SESSIONS | {"value": 5}, without=[missing]))
    assert f"thiếu cột “{TITLES[missing]}”" in str(caught.value)
    assert "Dòng tiêu đề phải là: Mã đơn vị | Tên đơn vị (nếu có)" in str(caught.value)


def test_headers_in_other_letters_and_composed_differently_are_the_same_headers(khoi):
    odd = {key: unicodedata.normalize("NFD", label.upper()) for key, label in TITLES.items()}
    assert import_figures(workbook(SESSIONS | {"value": 5}, titles=odd)).created == 1


# ── What a row may hold ────────────────────────────────────────────────────────────────────


TAKEN = [
    ({"code": "supervision_sessions", "value": 5}, 5, None),
    ({"code": "supervision_sessions", "value": 5.0}, 5, None),
    ({"code": "supervision_sessions", "value": "05"}, 5, None),
    ({"code": "members_total", "value": "1.862"}, 1862, None),
    ({"code": "members_total", "value": "1.862 đồng chí"}, 1862, None),
    ({"code": "members_total", "value": unicodedata.normalize("NFD", "ước 1.862 hội viên")}, 1862, None),
    ({"code": "gift_value", "value": "10,4", "measure": "tỷ đồng"}, 10_400_000_000, None),
    ({"code": "gift_value", "value": 10.4, "measure": "tỷ đồng"}, 10_400_000_000, None),
    ({"code": "gift_value", "value": "10,4 tỷ đồng", "measure": "đồng"}, 10_400_000_000, None),
    ({"code": "gift_value", "value": 102350000, "measure": "đồng"}, 102_350_000, None),
    ({"code": "gift_value", "value": "102.350.000đ"}, 102_350_000, None),
    ({"code": "vbsp_outstanding", "value": "4.093,7", "measure": "Tỷ đồng"}, 4_093_700_000_000, None),
    ({"code": "members_party_rate", "value": 81.72, "measure": "%"}, Decimal("81.72"), None),
    ({"code": "members_party_rate", "value": "hơn 80%"}, 80, None),
    ({"code": "units_with_party_committee_member_rate", "value": "16/26"}, 16, 26),
    ({"code": "units_with_party_committee_member_rate", "value": 16, "denominator": 26, "measure": "tổ chức"}, 16, 26),
    ({"code": "units_with_party_committee_member_rate", "value": "16", "denominator": "26"}, 16, 26),
    ({"code": "orgs_excellent_rate", "value": "30,7", "denominator": 26, "measure": "%"}, 8, 26),
    ({"code": "orgs_excellent_rate", "value": "8/26", "denominator": 26, "measure": "%"}, 8, 26),
    ({"code": "orgs_excellent_rate", "value": "8/26", "denominator": "26,0"}, 8, 26),
    ({"code": "land_donated_area", "value": "155.514 m2"}, 155_514, None),
    ({"code": "supervision_sessions", "value": 0}, 0, None),
]


def test_a_number_is_taken_as_people_and_excel_write_it():
    """Every row is of a khối of its own, as one indicator stands there several times."""
    rows = [{"unit_code": f"K{i:02}", "unit_name": f"Hội CCB khối {i}", "level": "khối"} | typed for i, (typed, _, _) in enumerate(TAKEN)]
    result = import_figures(workbook(*rows), create_units=True)
    assert [str(r) for r in result.refused] == []
    cells = EnteredFigure.objects.order_by("unit__code")
    assert [(c.code, c.state, c.value, c.denominator) for c in cells] == [(typed["code"], "number", value, below) for typed, value, below in TAKEN]


def test_dates_are_taken_as_text_and_as_dates_of_excel(khoi):
    for i, (first, last) in enumerate([
        ("01/01/2022", "30/11/2022"), ("2022-01-01", "2022-11-30"), (date(2022, 1, 1), datetime.datetime(2022, 11, 30, 0, 0)), ("1/1/2022", "30-11-2022"), ("01.01.2022", " 30/11/2022 "),
    ]):
        result = import_figures(workbook(SESSIONS | {"first": first, "last": last, "value": 5}))
        assert (result.created, result.same, result.refused) == ((1, 0, []) if i == 0 else (0, 1, []))
    assert [(p.kind, p.year, p.label, p.starts_on, p.ends_on) for p in Period.objects.all()] == [
        ("nam", 2022, "năm 2022", date(2022, 1, 1), date(2022, 11, 30))]


def test_codes_that_excel_made_numbers_are_codes_all_the_same():
    found_unit(code="2601", name="Hội CCB phường Một", level="CO_SO", kind="phuong")
    assert import_figures(workbook(SESSIONS | {"unit_code": 2601, "value": 5})).created == 1
    assert import_figures(workbook(SESSIONS | {"unit_code": 2601.0, "value": 5})).same == 1


def test_an_indicator_is_found_by_its_name_when_the_code_is_empty(khoi):
    name = unicodedata.normalize("NFD", indicators.lookup()["supervision_sessions"].name.upper())
    assert import_figures(workbook({"name": name, "value": 5})).created == 1
    assert list(stored()) == ["supervision_sessions"]


def test_an_empty_value_is_skipped_and_one_with_a_note_is_done_without_a_number(khoi):
    result = import_figures(workbook(
        SESSIONS | {"value": None}, SESSIONS | {"value": "   "}, {"code": "gift_count", "value": None, "note": "có, không nêu số"},
        {"code": "economic_models", "note": "có, không nêu số: hàng nghìn"}, {"code": "border_patrols", "value": "x"},
        {"code": "branches", "note": "chưa báo cáo"},
    ))
    assert (result.created, result.empty, result.stored) == (3, 3, True)
    assert {c.code: (c.state, c.words) for c in EnteredFigure.objects.all()} == {
        "gift_count": ("words", ""), "economic_models": ("words", "hàng nghìn"), "border_patrols": ("not_concerned", "")}
    period = Period.objects.get()
    assert figure("supervision_sessions", Unit.objects.get(), period).state == State.MISSING


def test_a_note_beside_a_number_is_kept_and_what_was_typed_too(khoi):
    import_figures(workbook(SESSIONS | {"value": "hơn 40 cuộc", "note": " theo báo cáo  quý "}))
    row = EnteredFigure.objects.get()
    assert (row.value, row.qualifier, row.note, row.as_typed) == (40, "hơn", "theo báo cáo quý", "hơn 40 cuộc")


def test_parts_are_stored_as_the_catalogue_spells_them(khoi):
    import_figures(workbook(
        {"code": "awards_provincial_merit", "part": "Tổ chức đại hội; TẬP THỂ", "value": 1}, {"code": "awards_provincial_merit", "part": "cá nhân", "value": 2}))
    assert sorted(stored()) == ["awards_provincial_merit|cá nhân", "awards_provincial_merit|tập thể; tổ chức Đại hội"]


# ── Twice, not at all, all or nothing ──────────────────────────────────────────────────────


def test_the_same_file_twice_changes_nothing(khoi):
    file = workbook(
        SESSIONS | {"value": "ước 5"}, {"code": "gift_value", "value": "10,4 tỷ đồng", "note": "quà Tết"}, {"code": "gift_count", "note": "có, không nêu số"},
        {"code": "orgs_excellent_rate", "value": "8/26"}, {"code": "members_party_rate", "value": "81,72%"},
    )
    first, second = import_figures(file), import_figures(file)
    assert [(r.created, r.changed, r.same, r.stored) for r in (first, second)] == [(5, 0, 0, True), (0, 0, 5, True)]
    assert {c.version for c in EnteredFigure.objects.all()} == {1}


def test_a_file_that_says_something_else_changes_that_cell_alone(khoi):
    import_figures(workbook(SESSIONS | {"value": 5}, {"code": "gift_count", "value": 7}))
    result = import_figures(workbook(SESSIONS | {"value": 6}, {"code": "gift_count", "value": 7}))
    assert (result.created, result.changed, result.same) == (0, 1, 1)
    assert [(h.history_type, h.value) for h in EnteredFigure.objects.get(code="supervision_sessions").history.order_by("history_id")] == [("+", 5), ("~", 6)]


def test_what_is_written_at_once_has_versions_and_history_as_if_written_one_by_one(cast, khoi):
    entry, period = indicators.lookup()["supervision_sessions"], make_period(date(2022, 1, 1), date(2022, 11, 30))
    for text in ("5", "6", None):
        save_cell(unit=khoi, period=period, entry=entry, part="", cell=text and read_cell(entry, text))
    import_figures(workbook(SESSIONS | {"value": 7}, {"code": "gift_count", "value": 1}), by=cast.quan_tri)
    import_figures(workbook(SESSIONS | {"value": 7}, {"code": "gift_count", "value": 2, "note": "thêm"}), by=cast.quan_tri)
    rows = {c.code: c for c in EnteredFigure.objects.all()}
    assert {code: (row.value, row.version, row.note, row.typed_by) for code, row in rows.items()} == {
        "supervision_sessions": (7, 3, "", cast.quan_tri), "gift_count": (2, 2, "thêm", cast.quan_tri)}
    past = EnteredFigure.history.order_by("history_id").values_list("code", "history_type", "value", "version", "history_user", "id")
    mine, gifts = rows["supervision_sessions"].pk, rows["gift_count"].pk
    assert list(past)[3:] == [
        ("supervision_sessions", "+", 7, 3, cast.quan_tri.pk, mine), ("gift_count", "+", 1, 1, cast.quan_tri.pk, gifts),
        ("gift_count", "~", 2, 2, cast.quan_tri.pk, gifts)]


def test_a_thousand_cells_are_written_with_a_bounded_number_of_queries(khoi, django_assert_max_num_queries):
    codes = [c for c, e in indicators.lookup().items() if e.kind == "flow" and not e.needs_part and not e.measure.is_measured and e.measure.unit != "xếp loại"]
    file = [{"code": code, "value": 0} for code in codes]
    with django_assert_max_num_queries(40):
        assert import_figures(workbook(*file)).created == len(codes)
    with django_assert_max_num_queries(40):
        assert import_figures(workbook(*(row | {"value": 1} for row in file))).changed == len(codes)


def test_a_dry_run_says_everything_and_stores_nothing():
    file = workbook(
        {"unit_name": "Hội CCB Khối", "level": "khối", "code": "so_bai_hat", "name": "Số bài hát", "measure": "bài", "kind": "trong kỳ", "value": 5})
    result = import_figures(file, create_units=True, create_indicators=True, dry_run=True)
    assert (result.created, result.new_units, result.new_indicators, result.stored) == (1, ["K01 Hội CCB Khối"], ["so_bai_hat Số bài hát"], False)
    assert (Unit.objects.count(), Period.objects.count(), EnteredFigure.objects.count(), "so_bai_hat" in indicators.lookup()) == (0, 0, 0, False)


def test_one_bad_row_keeps_every_good_one_out():
    good = {"unit_name": "Hội CCB Khối", "level": "khối", "code": "supervision_sessions", "value": 5}
    bad = {"code": "gift_count", "value": "12 13"}
    result = import_figures(workbook(good, bad), create_units=True)
    assert [(r.row, r.column, r.value) for r in result.refused] == [(3, "Giá trị", "12 13")]
    assert (result.stored, Unit.objects.count(), Period.objects.count(), EnteredFigure.objects.count()) == (False, 0, 0, 0)


def test_every_bad_row_is_named_at_once(khoi):
    rows = [SESSIONS | {"value": "a b c"}, SESSIONS | {"unit_code": "K99", "value": 1}, SESSIONS | {"first": "hôm qua", "value": 1}, {"code": "khong_co", "value": 1}]
    assert refusals(*rows) == [(2, "Giá trị", "a b c"), (3, "Mã đơn vị", "K99"), (4, "Từ ngày", "hôm qua"), (5, "Mã chỉ tiêu", "khong_co")]


# ── Bad input ──────────────────────────────────────────────────────────────────────────────


REFUSED = [
    (SESSIONS | {"unit_code": "K99", "value": 5}, "Mã đơn vị", "K99"),
    (SESSIONS | {"unit_code": "k01", "value": 5}, "Mã đơn vị", "k01"),
    (SESSIONS | {"unit_code": None, "value": 5}, "Mã đơn vị", ""),
    ({"code": "khong_co", "value": 5}, "Mã chỉ tiêu", "khong_co"),
    ({"name": "Chỉ tiêu không có", "value": 5}, "Mã chỉ tiêu", "Chỉ tiêu không có"),
    ({"value": 5}, "Mã chỉ tiêu", ""),
    (SESSIONS | {"value": "hỏi đồng chí Tư"}, "Giá trị", "hỏi đồng chí Tư"),
    (SESSIONS | {"value": "1,5"}, "Giá trị", "1,5"),
    (SESSIONS | {"value": 1.5}, "Giá trị", "1.5"),
    (SESSIONS | {"value": -3}, "Giá trị", "-3"),
    (SESSIONS | {"value": "12 13"}, "Giá trị", "12 13"),
    (SESSIONS | {"value": True}, "Giá trị", "True"),
    (SESSIONS | {"value": date(2022, 8, 12)}, "Giá trị", "12/08/2022"),
    (SESSIONS | {"value": datetime.datetime(2022, 8, 12, 7, 30)}, "Giá trị", "12/08/2022"),
    (SESSIONS | {"value": "#REF!"}, "Giá trị", "#REF!"),
    (SESSIONS | {"value": "=1+1"}, "Giá trị", "=1+1"),
    (SESSIONS | {"value": "1e5"}, "Giá trị", "1e5"),
    (SESSIONS | {"value": 10**18}, "Giá trị", str(10**18)),
    (SESSIONS | {"value": "5 km"}, "Giá trị", "5 km"),
    ({"code": "gift_value", "value": "5 người"}, "Giá trị", "5 người"),
    ({"code": "gift_value", "value": "1,5 đồng"}, "Giá trị", "1,5 đồng"),
    ({"code": "orgs_excellent_rate", "value": "27/26"}, "Giá trị", "27/26"),
    ({"code": "orgs_excellent_rate", "value": 27, "denominator": 26}, "Giá trị", "27"),
    ({"code": "orgs_excellent_rate", "value": 5, "denominator": 0}, "Mẫu số", "0"),
    ({"code": "orgs_excellent_rate", "value": "8/26", "denominator": 25}, "Giá trị", "8/26"),
    ({"code": "orgs_excellent_rate", "value": "5/0"}, "Giá trị", "5/0"),
    ({"code": "orgs_excellent_rate", "value": 5, "denominator": "nhiều"}, "Mẫu số", "nhiều"),
    ({"code": "orgs_excellent_rate", "value": 5, "denominator": date(2022, 1, 26)}, "Mẫu số", "26/01/2022"),
    ({"code": "orgs_excellent_rate", "value": "99%", "denominator": "999999999999999999 tỷ"}, "Mẫu số", "999999999999999999 tỷ"),
    ({"code": "orgs_excellent_rate", "value": 5, "denominator": "26,123456"}, "Giá trị", "5"),
    ({"code": "orgs_excellent_rate", "value": "30,12345%"}, "Giá trị", "30,12345%"),
    (SESSIONS | {"first": None, "value": 5}, "Từ ngày", ""),
    (SESSIONS | {"last": "31/11/2022", "value": 5}, "Đến ngày", "31/11/2022"),
    (SESSIONS | {"last": "30/11/22", "value": 5}, "Đến ngày", "30/11/22"),
    (SESSIONS | {"last": "2022", "value": 5}, "Đến ngày", "2022"),
    (SESSIONS | {"last": "31/12/2021", "value": 5}, "Đến ngày", "31/12/2021"),
    (SESSIONS | {"first": "01/01/0022", "value": 5}, "Đến ngày", "30/11/2022"),
    (SESSIONS | {"last": "30/11/9999", "value": 5}, "Đến ngày", "30/11/9999"),
    ({"code": "members_admitted", "part": "TNXP", "value": 5}, "Phân tổ", "TNXP"),
    (SESSIONS | {"part": "x" * 300, "value": 5}, "Phân tổ", "x" * 80),
    (SESSIONS | {"note": "x" * 301, "value": 5}, "Giá trị", "5"),
    ({"code": "inkind_gifts", "value": 5}, "Phân tổ", ""),
]


def test_what_cannot_be_taken_is_named_by_row_column_and_value_with_the_way_to_mend_it(khoi):
    expected = [(number, column, value) for number, (_, column, value) in enumerate(REFUSED, start=2)]
    assert refusals(*(row for row, _, _ in REFUSED)) == expected


def test_two_totals_that_differ_are_told_apart(khoi):
    (refused,) = import_figures(workbook({"code": "orgs_excellent_rate", "value": "16/26", "denominator": 30})).refused
    assert str(refused) == (
        "Dòng 2, cột Giá trị “16/26”: Ghi 16/26 mà cột Mẫu số lại ghi 30. Hãy sửa một trong hai cho khớp, hoặc để trống cột Mẫu số."
    )


def test_a_total_that_is_not_stored_or_made_8_a_percentage_is_told(khoi):
    result = import_figures(workbook(
        {"code": "orgs_excellent_rate", "value": None, "denominator": 26}, {"code": "members_party_rate", "value": "hàng chục", "denominator": 40},
        {"code": "units_with_party_committee_member_rate", "value": 8, "denominator": 26, "measure": "%"},
    ))
    assert result.warnings == [
        "Dòng 2: có Mẫu số 26 mà Giá trị không phải là số, nên Mẫu số không được ghi.",
        "Dòng 3: có Mẫu số 40 mà Giá trị không phải là số, nên Mẫu số không được ghi.",
        "Dòng 4: 8 được hiểu là 8% của 26, tức 2/26. Nếu là số đếm thì ghi 8/26 ở cột Giá trị.",
    ]


@pytest.mark.parametrize(("value", "meant"), [(1.862, "1.862"), (12.305, "12.305"), (1.86, ""), (1.5, ""), ("1,862", "")])
def test_a_thousand_that_became_a_decimal_is_asked_about(khoi, value, meant):
    (refused,) = import_figures(workbook(SESSIONS | {"value": value})).refused
    asked = f" Nếu định ghi {meant} thì gõ liền các chữ số, không gõ dấu chấm."
    assert refused.problem.endswith(asked if meant else "Hãy ghi số nguyên.")


def test_a_cell_that_stands_twice_is_refused_where_it_comes_again(khoi):
    rows = [SESSIONS | {"value": 5}, {"code": "gift_count", "value": 1}, SESSIONS | {"value": 5}]
    result = import_figures(workbook(*rows))
    assert [str(r)[:62] for r in result.refused] == ["Dòng 4, cột Giá trị “5”: ô này đã có ở dòng 2. Một chỉ tiêu củ"]


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ([{"code": "members_total", "value": 100}, {"code": "members_party", "value": 101}], [(3, "101")]),
        ([{"code": "members_party", "value": 101}, {"code": "members_total", "value": 100}], [(2, "101")]),
        ([{"code": "awards_provincial_merit", "value": 3}, {"code": "awards_provincial_merit", "part": "tập thể", "value": 4}], [(2, "3"), (3, "4")]),
        (
            [{"code": "awards_provincial_merit", "value": 3}, {"code": "awards_provincial_merit", "part": "tập thể", "value": 2},
             {"code": "awards_provincial_merit", "part": "cá nhân", "value": 2}], [(2, "3")],
        ),
    ],
)
def test_a_part_above_its_whole_is_refused_by_its_row(rows, named, khoi):
    assert refusals(*rows) == [(row, "Giá trị", value) for row, value in named]


def test_a_whole_below_a_part_that_was_stored_before_is_refused_too(khoi):
    import_figures(workbook({"code": "members_party", "value": 101}))
    result = import_figures(workbook({"code": "members_total", "value": 100}))
    assert [(r.row, r.column, r.value) for r in result.refused] == [(2, "Giá trị", "100")]
    assert list(stored()) == ["members_party"]


def test_a_contradiction_that_was_there_before_does_not_stop_other_figures(khoi):
    entries, period = indicators.lookup(), make_period(date(2022, 1, 1), date(2022, 11, 30))
    for code, value in (("members_total", 100), ("members_party", 101)):
        save_cell(unit=khoi, period=period, entry=entries[code], part="", cell=read_cell(entries[code], value))
    assert import_figures(workbook(SESSIONS | {"value": 5})).stored is True


def test_a_unit_with_dates_of_its_own_is_told_to_use_them(khoi):
    period = make_period(date(2022, 1, 1), date(2022, 11, 30))
    PeriodDates.objects.create(period=period, unit=khoi, starts_on=date(2022, 1, 1), ends_on=date(2022, 11, 15))
    result = import_figures(workbook(SESSIONS | {"value": 5}))
    assert [(r.row, r.column, r.value, r.problem) for r in result.refused] == [
        (2, "Đến ngày", "30/11/2022", "Đã có một kỳ cùng loại với đúng hai ngày này.")]
    assert import_figures(workbook(SESSIONS | {"last": "15/11/2022", "value": 5})).created == 1
    assert EnteredFigure.objects.get().period == period


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7", b"\x00" * 5000, "Mã đơn vị,Giá trị\n".encode()])
def test_what_is_no_workbook_is_refused_in_vietnamese(content):
    with pytest.raises(WorkbookRefused, match=r"[ệạầổ]"):
        import_figures(content)


def test_the_small_file_with_a_cell_at_the_far_corner_is_refused(khoi):
    book = openpyxl.load_workbook(io.BytesIO(workbook(SESSIONS | {"value": 5})))
    book.active["XFD1048576"] = 1
    buffer = io.BytesIO()
    book.save(buffer)
    assert len(buffer.getvalue()) < 6000
    with pytest.raises(WorkbookRefused, match="XFD"):
        import_figures(buffer.getvalue())
    assert EnteredFigure.objects.count() == 0


def test_an_empty_table_stores_nothing_and_is_no_error(khoi):
    result = import_figures(workbook())
    assert (result.read, result.created, result.refused, result.stored) == (0, 0, [], True)


# ── Whose rows ─────────────────────────────────────────────────────────────────────────────


def test_a_secretary_imports_for_the_own_units_and_learns_of_no_other(tree, cast):
    own, other = SESSIONS | {"unit_code": "LG-TS", "value": 5}, SESSIONS | {"unit_code": "LG-BM", "value": 5}
    nobody = SESSIONS | {"unit_code": "KHONG-CO", "value": 5}
    with scope_for(cast.thu_ky):
        result = import_figures(workbook(own), by=cast.thu_ky)
        refused = [import_figures(workbook(row), by=cast.thu_ky).refused[0].problem for row in (other, nobody)]
    assert result.stored is True
    assert refused[0] == refused[1]
    row = EnteredFigure.objects.get()
    assert (row.unit, row.typed_by, row.on_behalf, row.history.get().history_user) == (tree.thanh_son, cast.thu_ky, False, cast.thu_ky)


def test_a_province_types_for_a_commune_and_it_is_marked(tree, cast):
    with scope_for(cast.van_phong):
        import_figures(workbook(SESSIONS | {"unit_code": "LG-TS", "value": 5}), by=cast.van_phong)
    assert EnteredFigure.objects.get().on_behalf is True


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2022, 1, 1), date(2021, 12, 31), "trước khi bắt đầu"), (date(22, 1, 1), date(2022, 1, 1), "Năm phải từ 1989"),
        (date(2022, 1, 1), date(9999, 12, 31), "đến 2100"),
    ],
)
def test_a_span_that_is_no_period_is_refused(first, last, said):
    with pytest.raises(ValidationError, match=said):
        describe(first, last)
