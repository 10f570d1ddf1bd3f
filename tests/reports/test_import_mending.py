"""The workbook of rows that must be mended: what stands in it, and how it comes back."""

import io
from datetime import date, datetime

import openpyxl
import pytest
from django.urls import reverse

from reports.services.import_columns import LABELS
from reports.workbooks.writer import LOOKS
from tests.pages import Page
from tests.reports.typing import cells
from tests.reports.typing import years as years
from tests.reports.uploading import (
    HEADER,
    book,
    confirm,
    counts,
    files,
    line,
    rows_of,
    sheet_of,
    upload,
)
from tests.reports.uploading import client as client
from tests.reports.uploading import folder as folder

pytestmark = pytest.mark.django_db
RED = "FF" + LOOKS["bad"]["bg_color"].removeprefix("#").upper()


def link(answer):
    return Page(answer).link("Tải các dòng phải sửa (Excel)")


def errors(client, answer):
    return client.get(link(answer)).content


def mend(data, **values):
    """The error workbook with the values of some indicators changed, as a spreadsheet program saves it."""
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    header = [cell.value for cell in workbook.active[1]]
    for row in workbook.active.iter_rows(min_row=2):
        code = row[header.index("Mã chỉ tiêu")].value
        if code in values:
            row[header.index("Giá trị")].value = values[code]
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def send_mended(client, answer, *datas, group=None):
    form = Page(answer).form("main form[enctype]")
    return client.post(reverse("reports:import"), form | {"files": files(*datas)} | ({} if group is None else {"nhom": group}))


@pytest.fixture
def refused(client, tree, years):
    """A file with two good rows and three bad ones."""
    return upload(client, book(
        line(tree.thanh_son, "websites", 3), line(tree.thanh_son, "gift_count", "tốt đẹp", note="quà Tết"),
        line(tree.thanh_son, "dialogue_sessions", 2), line(tree.thanh_son, "labor_days", 1.862), line(tree.thanh_son, "gift_value", date(2026, 12, 8)),
    ))


def test_it_has_the_bad_rows_alone_under_the_same_header_with_the_wrong_cells_red(client, refused, tree):
    answer = client.get(link(refused))
    assert answer["Content-Disposition"] == 'attachment; filename="phai-sua-so-lieu-1.xlsx"'
    sheet = sheet_of(answer.content)
    assert [cell.value for cell in sheet[1]] == [*HEADER, "Lỗi"]
    assert [(row["Mã chỉ tiêu"], row["Giá trị"], row["Ghi chú"]) for row in rows_of(answer.content)] == [
        ("gift_count", "tốt đẹp", "quà Tết"), ("labor_days", 1.862, None), ("gift_value", "08/12/2026", None)]
    assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == RED] == ["K2", "K3", "K4"]
    assert rows_of(answer.content)[1]["Lỗi"] == (
        "Giá trị: “Số ngày công lao động” đếm bằng ngày công nên không có số lẻ: 1,862. Hãy ghi số nguyên. "
        "Nếu định ghi 1.862 thì gõ liền các chữ số, không gõ dấu chấm."
    )
    assert {sheet[f"K{row}"].number_format for row in (2, 3, 4)} == {"@"}  # what is typed there stays as typed: 8/12


def test_it_keeps_the_header_of_the_file_whatever_its_order_and_other_columns(client, tree, years):
    header = ["Người nhập", *reversed(HEADER[:13])]
    row = dict(zip(HEADER, line(tree.thanh_son, "websites", "?"), strict=True)) | {"Người nhập": "=1+1"}
    answer = upload(client, book([row[name] for name in header], header=header))
    assert [cell.value for cell in sheet_of(errors(client, answer))[1]] == [*header, "Lỗi"]
    assert (rows_of(errors(client, answer))[0]["Người nhập"], sheet_of(errors(client, answer))["A2"].data_type) == ("=1+1", "s")


def test_mended_rows_and_the_good_ones_are_stored_together(client, refused, tree, years):
    fixed = mend(errors(client, refused), gift_count=45, labor_days=1862, gift_value="9 triệu")
    answer = send_mended(client, refused, fixed)
    assert (answer.status_code, counts(answer)) == (200, [5, 0, 0, 0])
    assert cells(tree.thanh_son, years[1]) == {}
    assert Page(confirm(client, answer)).text(".notice--ok").startswith("Đã lưu số liệu từ 1 tệp: 5 ô mới, 0 ô sửa, 0 ô giữ nguyên.")
    assert {code: cell[1] for code, cell in cells(tree.thanh_son, years[1]).items()} == {
        "websites": 3, "gift_count": 45, "dialogue_sessions": 2, "labor_days": 1862, "gift_value": 9_000_000}


def test_rows_mended_wrongly_come_back_until_they_are_right_and_nothing_is_stored_before(client, refused, tree, years):
    again = send_mended(client, refused, mend(errors(client, refused), gift_count="bốn ? năm", labor_days=1862, gift_value="9 triệu"))
    assert (again.status_code, counts(again)) == (422, [0, 0, 0, 1])
    assert Page(again).values('button[name="xac-nhan"]', "value") == []
    assert [cell.value for cell in sheet_of(errors(client, again))[1]] == [*HEADER, "Lỗi"]
    right = send_mended(client, again, mend(errors(client, again), gift_count=45))
    confirm(client, right)
    assert len(cells(tree.thanh_son, years[1])) == 5


def test_a_row_that_is_deleted_from_it_is_given_up(client, refused, tree, years):
    workbook = openpyxl.load_workbook(io.BytesIO(mend(errors(client, refused), labor_days=1862, gift_value="9 triệu")))
    workbook.active.delete_rows(2)
    buffer = io.BytesIO()
    workbook.save(buffer)
    confirm(client, send_mended(client, refused, buffer.getvalue()))
    assert sorted(cells(tree.thanh_son, years[1])) == ["dialogue_sessions", "gift_value", "labor_days", "websites"]


def test_both_rows_of_a_contradiction_stand_in_it_so_that_either_can_be_mended(client, tree, years):
    answer = upload(client, book(
        line(tree.thanh_son, "members_total", 42), line(tree.thanh_son, "websites", 1), line(tree.thanh_son, "members_party", 57),
    ))
    rows = rows_of(errors(client, answer))
    assert [(row["Mã chỉ tiêu"], row["Lỗi"].split(":")[0]) for row in rows] == [
        ("members_total", "Xem lại cùng dòng trên hoặc dưới"), ("members_party", "Giá trị")]
    confirm(client, send_mended(client, answer, mend(errors(client, answer), members_total=57, members_party=42)))
    assert {code: cell[1] for code, cell in cells(tree.thanh_son, years[1]).items()} == {"members_total": 57, "websites": 1, "members_party": 42}


def test_the_mended_rows_of_one_file_can_be_sent_before_or_after_the_good_files_are_saved(client, tree, years):
    good, bad = book(line(tree.thon_dong, "gift_count", 5)), book(line(tree.thanh_son, "gift_count", "?"), line(tree.thanh_son, "websites", 1))
    first = upload(client, good, bad)
    whole = send_mended(client, first, mend(errors(client, first), gift_count=6))
    assert counts(whole) == [3, 0, 0, 0]
    second = confirm(client, upload(client, good, bad))
    assert counts(second) == [0, 0, 0, 1]
    confirm(client, send_mended(client, second, mend(errors(client, second), gift_count=6)))
    assert (cells(tree.thon_dong, years[1])["gift_count"][1], sorted(cells(tree.thanh_son, years[1]))) == (5, ["gift_count", "websites"])


def test_sent_on_the_ordinary_page_it_warns_that_the_good_rows_are_missing(client, refused, tree):
    answer = upload(client, mend(errors(client, refused), gift_count=45, labor_days=1862, gift_value="9 triệu"))
    assert counts(answer) == [3, 0, 0, 0]
    (warning,) = Page(answer).texts(".notice li")
    assert warning.startswith("Tệp này có cột “Lỗi”, chỉ gồm các dòng đã sửa. Các dòng đúng của tệp gốc chưa được lưu")


@pytest.mark.parametrize(("data", "said"), [(b"PK\x03\x04 hong", "Tệp “so-lieu-1.xlsx” bị từ chối. Tệp bị hỏng"), (b"", "Tệp này rỗng.")], ids=["broken", "empty"])
def test_a_file_that_cannot_be_read_leaves_the_preview_as_it_was(client, refused, data, said):
    answer = send_mended(client, refused, data)
    assert (answer.status_code, link(answer)) == (422, link(refused))
    assert Page(answer).text("form .error-text").startswith(said)


def test_no_file_chosen_and_a_group_that_is_not_there(client, refused):
    assert Page(send_mended(client, refused)).text("form .error-text").startswith("Chưa chọn tệp nào.")
    for group in ("7", "", "x", "-1", "²"):
        assert send_mended(client, refused, book(), group=group).status_code == 302


def test_it_belongs_to_who_sent_the_file_and_goes_with_it(client, enter, refused):
    where = link(refused)
    assert (client.get(where).status_code, enter("chu_tich").get(where).status_code, enter("kiem_tra").get(where).status_code) == (200, 404, 403)
    assert client.get(where.replace("phai-sua-0", "phai-sua-1")).status_code == 404
    assert send_mended(enter("chu_tich"), refused, book()).status_code == 302
    (token,) = Page(refused).values('button[name="bo"]', "value")
    client.post(reverse("reports:import"), {"bo": token})
    assert client.get(where).status_code == 404


def test_dates_and_numbers_stand_in_it_as_such(client, tree, years):
    row = line(tree.thanh_son, "websites", "?")
    row[HEADER.index("Từ ngày")] = datetime(2026, 1, 1)
    row[HEADER.index("Mẫu số")] = 1862
    found = rows_of(errors(client, upload(client, book(row))))
    assert [(r["Từ ngày"], r["Mẫu số"]) for r in found] == [(datetime(2026, 1, 1), 1862)]


def test_a_bad_file_with_many_wrong_cells_has_them_all(client, tree, years):
    answer = upload(client, book(*(line("KHONG-CO", "websites", 1) for _ in range(60))))
    assert (len(Page(answer).table()), len(rows_of(errors(client, answer)))) == (50, 60)
    assert "… và 10 dòng nữa, có đủ trong tệp các dòng phải sửa." in Page(answer).texts("section > p")
    assert LABELS["unit_code"] == Page(answer).table()[0][1]
