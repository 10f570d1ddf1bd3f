"""The workbook for my units: what stands in it, how it looks, and that it comes back with nothing changed."""

from datetime import datetime

import openpyxl
import pytest
from django.core.management import call_command
from django.urls import reverse

from members.models import PeriodDates, Unit
from members.scoping import all_units
from reports.services.workbook_out import COLUMNS
from reports.workbooks.writer import LOOKS
from tests.pages import Page
from tests.reports.typing import cells, put
from tests.reports.typing import years as years
from tests.reports.uploading import HEADER, counts, rows_of, sheet_of, template, upload
from tests.reports.uploading import client as client
from tests.reports.uploading import folder as folder

pytestmark = pytest.mark.django_db
LAST = "Năm trước"
YELLOW = "FF" + LOOKS["number"]["bg_color"].removeprefix("#").upper()


def row_of(data, code, unit="LG-TS", part=None):
    (row,) = [r for r in rows_of(data) if (r["Mã đơn vị"], r["Mã chỉ tiêu"], r["Phân tổ"]) == (unit, code, part)]
    return row


def cell_of(data, label, code):
    sheet = sheet_of(data)
    header = [cell.value for cell in sheet[1]]
    (row,) = [r for r in sheet.iter_rows(min_row=2) if (r[0].value, r[6].value, r[13].value) == ("LG-TS", code, None)]
    return row[header.index(label)]


def test_it_has_the_columns_of_the_command_then_last_year_and_a_row_for_each_unit_and_indicator(client, tree, years):
    put(tree.thanh_son, years[1], "websites", "3")
    answer, data = template(client, tree.thanh_son, years[1], muc="1")
    assert answer["Content-Disposition"] == 'attachment; filename="so-lieu-lg-ts-2026-11-30-muc-1.xlsx"'
    assert [cell.value for cell in sheet_of(data)[1]] == [
        "Mã đơn vị", "Tên đơn vị", "Cấp", "Mã cấp trên", "Từ ngày", "Đến ngày", "Mã chỉ tiêu", "Tên chỉ tiêu", "Đơn vị tính", "Loại",
        "Giá trị", "Mẫu số", "Ghi chú", "Phân tổ", "Năm trước",
    ]
    assert [*rows_of(data)[0].values()] == [
        "LG-TS", "Hội CCB xã Thanh Sơn", "xã", "LG", datetime(2026, 1, 1), datetime(2026, 11, 30), "supervision_sessions",
        "Số cuộc giám sát (Quyết định 217)", "cuộc", "trong kỳ", *[None] * 5,
    ]
    assert [row["Giá trị"] for row in rows_of(data) if row["Mã chỉ tiêu"] == "websites"] == [3, None, None]
    assert {row["Mã đơn vị"]: row["Cấp"] for row in rows_of(data)} == {"LG-TS": "xã", "LG-TS-01": "chi hội", "LG-TS-02": "chi hội"}


def test_own_or_subordinate_units_alone_can_be_asked_for(client, tree, years):
    assert {row["Mã đơn vị"] for row in rows_of(template(client, tree.thanh_son, years[1], gom="minh")[1])} == {"LG-TS"}
    assert {row["Mã đơn vị"] for row in rows_of(template(client, tree.thanh_son, years[1], gom="duoi")[1])} == {"LG-TS-01", "LG-TS-02"}


def test_the_page_offers_the_unit_and_the_period_it_was_opened_for(enter, folder, tree, years):
    office = enter("van_phong")
    own = Page(office.get(reverse("reports:import")))
    other = Page(office.get(reverse("reports:import") + f"?don-vi={tree.thanh_son.pk}&ky={years[0].pk}"))
    assert [page.values("#ky option[selected]", "value") for page in (own, other)] == [[str(years[1].pk)], [str(years[0].pk)]]
    assert [page.texts("#gom option")[0] for page in (own, other)] == ["Của mình và trực thuộc", "Xã Thanh Sơn và trực thuộc"]
    assert [enter("thu_ky").get(reverse("reports:import") + f"?don-vi={unit.pk}").status_code for unit in (tree.thon_dong, tree.binh_minh)] == [200, 404]


# ── values ──
WRITTEN = [  # as typed, with further columns; value, its format, denominator, unit of measure
    ("supervision_sessions", "03", {}, 3, "#,##0", None, "cuộc"),
    ("members_total", "1.862", {}, 1862, "#,##0", None, "đồng chí"),
    ("gift_value", "4.093,7 tỷ", {}, 4_093_700_000_000, "#,##0", None, "đồng"),
    ("roads_km", "1,5", {}, 1.5, "#,##0.0", None, "km"),
    ("units_with_party_committee_member_rate", "16/26", {}, 16, "#,##0", 26, None),
    ("orgs_excellent_rate", "8/26", {}, 8, "#,##0", 26, None),
    ("members_party_rate", "81,72%", {}, 81.72, "#,##0.00", None, "%"),
    ("dialogue_opinions", "ước hơn 1.200", {}, "ước hơn 1.200", "@", None, "ý kiến"),
    ("members_peoples_council", "x", {}, "x", "@", None, "đồng chí"),
    ("dialogue_sessions", "hàng chục cuộc", {}, "hàng chục cuộc", "@", None, "cuộc"),
]


@pytest.mark.parametrize(("code", "text", "columns", "value", "number_format", "denominator", "measure"), WRITTEN, ids=[row[0] for row in WRITTEN])
def test_numbers_are_numbers_with_a_format_and_the_rest_is_text(client, tree, years, code, text, columns, value, number_format, denominator, measure):
    put(tree.thanh_son, years[1], code, text, **columns)
    _, data = template(client, tree.thanh_son, years[1])
    cell = cell_of(data, "Giá trị", code)
    assert (cell.value, cell.number_format) == (value, number_format)
    assert (cell_of(data, "Mẫu số", code).value, cell_of(data, "Đơn vị tính", code).value) == (denominator, measure)


@pytest.mark.parametrize(
    ("code", "number_format", "filled"),
    [("gift_count", "#,##0", True), ("gift_value", "#,##0", True), ("roads_km", "@", True), ("members_party_rate", "General", False)],
)
def test_an_empty_box_takes_a_number_where_only_a_number_is_usual_and_text_where_a_stroke_could_be_misread(client, tree, years, code, number_format, filled):
    _, data = template(client, tree.thanh_son, years[1])
    cell = cell_of(data, "Giá trị", code)
    assert (cell.value, cell.number_format, cell.fill.fgColor.rgb == YELLOW) == (None, number_format, filled)


def test_a_name_that_looks_like_a_formula_stays_a_text(client, tree, years):
    with all_units("a test renames"):
        Unit.objects.filter(pk=tree.thon_dong.pk).update(name="=1+1")
    cell = sheet_of(template(client, tree.thanh_son, years[1], gom="duoi", muc="1")[1])["B2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


# ── last year ──
def test_last_year_stands_behind_as_number_or_words_and_its_parts_have_rows(client, tree, years):
    before = years[0]
    for code, text, part in [
        ("websites", "2", ""), ("gift_value", "12,5 triệu", ""), ("dialogue_opinions", "hơn 80", ""), ("labor_days", "có", ""),
        ("members_peoples_council", "x", ""), ("gift_count", "5", "27/7"),
    ]:
        put(tree.thanh_son, before, code, text, part=part)
    put(tree.thon_dong, before, "gift_count", "7")
    _, data = template(client, tree.thanh_son, years[1])
    assert {code: row_of(data, code)[LAST] for code in ("websites", "gift_value", "dialogue_opinions", "labor_days", "members_peoples_council", "branches")} == {
        "websites": 2, "gift_value": 12_500_000, "dialogue_opinions": "hơn 80", "labor_days": "có, không nêu số",
        "members_peoples_council": "không thuộc diện", "branches": 2,
    }
    assert (row_of(data, "gift_count", part="27/7")[LAST], row_of(data, "gift_count", "LG-TS-01")[LAST]) == (5, 7)
    assert cell_of(data, LAST, "gift_value").number_format == "#,##0"
    assert counts(upload(client, data)) == [0, 0, 0, 0]


def test_without_a_year_before_the_column_is_empty_and_the_guide_says_so(client, tree, years):
    _, data = template(client, tree.thanh_son, years[0])
    assert {row[LAST] for row in rows_of(data)} == {None}
    assert ("Năm trước", "Chưa có số của kỳ trước.") in sheet_of(data, 1).iter_rows(values_only=True)


# ── and back ──
TYPED = [
    ("supervision_sessions", "03", {}), ("dialogue_opinions", "ước hơn 1.200", {}), ("self_training_plan_rate", "16/26", {}),
    ("members_party_rate", "hơn 80%", {}), ("members_peoples_council", "x", {}), ("current_affairs_sessions", "có", {}),
    ("dialogue_sessions", "hàng chục cuộc", {}), ("gift_value", "4.093,7 tỷ", {}), ("charity_total", "102.350.000đ", {}),
    ("websites", "2", {"note": "một trang, một trang mạng xã hội"}), ("own_rating", "Hoàn thành tốt nhiệm vụ", {}),
    ("roads_km", "1.500 m", {}), ("labor_days", "0", {}), ("target_exemplary_rate", "trên 95%", {}), ("orgs_excellent_rate", "8/26", {}),
    ("units_with_party_committee_member_rate", "50/100", {}), ("members_total", "1.862 hội viên", {}), ("vbsp_outstanding", "999.999.999.999.999", {}),
]
SPLIT = [("gift_count", "12", ""), ("gift_count", "5", "27/7"), ("inkind_gifts", "500 kg", "gạo"), ("awards_certificate", "7", "tập thể; khối")]


@pytest.fixture
def typed(tree, years):
    """A year typed in every way, and another before it; returns how many cells of this year there are."""
    for period in years:
        for code, text, columns in TYPED:
            put(tree.thanh_son, period, code, text, **columns)
        for code, text, part in SPLIT:
            put(tree.thanh_son, period, code, text, part=part)
    put(tree.thon_dong, years[1], "self_training_plan_rate", "30,7", measure="%", denominator="26")
    put(tree.thon_dong, years[1], "dialogue_opinions", "", note="rất nhiều ý kiến")
    return len(TYPED) + len(SPLIT) + 2


def test_what_we_write_comes_back_with_no_change_at_all(client, tree, years, typed):
    was = cells(tree.thanh_son, years[1])
    _, data = template(client, tree.thanh_son, years[1])
    assert counts(upload(client, data)) == [0, 0, typed, 0]
    assert cells(tree.thanh_son, years[1]) == was


def test_another_program_may_have_saved_it_between(client, tree, years, typed, tmp_path):
    _, data = template(client, tree.thanh_son, years[1])
    (tmp_path / "a.xlsx").write_bytes(data)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book.save(tmp_path / "b.xlsx")
    assert counts(upload(client, (tmp_path / "b.xlsx").read_bytes())) == [0, 0, typed, 0]


def test_the_command_reads_it_too(client, tree, years, typed, tmp_path, capsys):
    (tmp_path / "a.xlsx").write_bytes(template(client, tree.thanh_son, years[1])[1])
    call_command("import_figures", str(tmp_path / "a.xlsx"), "--dry-run")
    assert capsys.readouterr().out.splitlines()[-2].startswith(f"Tạo mới 0, thay đổi 0, giữ nguyên {typed},")


def test_the_dates_of_the_branch_are_written_and_found_again(client, tree, years):
    with all_units("a test sets dates"):
        PeriodDates.objects.create(period=years[1], unit=tree.lam_giang, starts_on="2025-11-16", ends_on="2026-11-15")
    put(tree.thanh_son, years[1], "websites", "3")
    _, data = template(client, tree.thanh_son, years[1], muc="1")
    first, last = cell_of(data, "Từ ngày", "websites"), cell_of(data, "Đến ngày", "websites")
    assert [(c.value, c.number_format) for c in (first, last)] == [(datetime(2025, 11, 16), "dd/mm/yyyy"), (datetime(2026, 11, 15), "dd/mm/yyyy")]
    assert counts(upload(client, data)) == [0, 0, 1, 0]


# ── looks ──
def test_the_header_is_frozen_and_wrapped_and_every_column_wide_enough(client, tree, years):
    sheet = sheet_of(template(client, tree.thanh_son, years[1])[1])
    assert (sheet.freeze_panes, sheet.auto_filter.ref[:4], sheet.print_title_rows, sheet.page_setup.orientation) == ("A2", "A1:O", "$1:$1", "landscape")
    assert {(cell.font.bold, cell.alignment.wrap_text) for cell in sheet[1]} == {(True, True)}
    assert [sheet.column_dimensions[cell.column_letter].width >= column.width for cell, column in zip(sheet[1], COLUMNS, strict=False)] == [True] * len(HEADER)


def test_the_second_sheet_says_how_to_fill_it_in(client, tree, years):
    guide = sheet_of(template(client, tree.thanh_son, years[1])[1], 1)
    lines = [row for row in guide.iter_rows(values_only=True) if row[0]]
    assert (guide.title, lines[0][0]) == ("Hướng dẫn", "Số liệu năm 2026 (01/01/2026 - 30/11/2026), Hội Cựu chiến binh xã Thanh Sơn")
    assert [row[0] for row in lines[1:]] == [
        "Điền ở đâu", "Giá trị", "Mẫu số", "Có làm, không nêu số", "Không thuộc diện", "Chưa báo cáo", "Phân tổ", "Năm trước", "Gửi lại"]
    assert lines[8][1] == "Số của năm 2025, để so sánh; gửi lên thì chương trình không đọc cột này."
