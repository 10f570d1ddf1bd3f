"""The table found in a workbook's rows, and the workbooks that we write ourselves."""

import datetime
import io
import unicodedata
from decimal import Decimal

import openpyxl
import pytest

from reports.workbooks.reader import Row, WorkbookRefused, find_table, read_rows
from reports.workbooks.refusal import column_letter, column_number
from reports.workbooks.writer import Column, Guide, Styled, write_workbook

LABELS = {"unit": ("Mã đơn vị", "Mã ĐV"), "value": ("Giá trị",), "split": ("Phân tổ",)}
TITLE = Row(1, ["SỐ LIỆU NĂM 2022", None, None])


def table(*rows, optional=("split",)):
    return find_table(rows, LABELS, optional=optional)


def test_the_header_is_found_below_merged_title_rows_and_in_decomposed_letters(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "BÁO CÁO SỐ LIỆU"
    book.active.merge_cells("A1:D1")
    book.active["A2"] = "Đơn vị: phường Giang Biên"
    for i, text in enumerate(["STT", "MÃ ĐƠN VỊ (*)", "Giá trị:", "Người nhập"], start=1):
        book.active.cell(4, i, unicodedata.normalize("NFD", text))
        book.active.cell(5, i, i)
        book.active.cell(6, i, ["1", "004-01", 265, None][i - 1])
    path = tmp_path / "biểu.xlsx"
    book.save(path)
    found = find_table(read_rows(path), LABELS, optional=["split"])
    assert (found.header_row, found.columns) == (4, {"unit": 1, "value": 2})
    assert found.ignored == ("STT", "Người nhập")
    assert [(r.row_number, r.values) for r in found.records] == [
        (6, {"unit": "004-01", "value": 265, "split": None})
    ]
    assert found.place(found.records[0], "value") == "C6"
    assert found.place(found.records[0], "split") == "dòng 6"


def test_rows_with_nothing_in_a_known_column_are_left_out():
    found = table(
        TITLE,
        Row(2, ["Mã ĐV", "Giá trị", "Ghi chú"]),
        Row(3, ["A", 1, None]),
        Row(5, [None, None, "người lập biểu"]),
        Row(6, ["B"]),
    )
    assert [(r.row_number, r.values["unit"], r.values["value"]) for r in found.records] == [
        (3, "A", 1),
        (6, "B", None),
    ]


@pytest.mark.parametrize("counting", [[1, 2, 3], ["(1)", "(2)", "(3)"], ["A", 1, 2]])
def test_a_row_that_numbers_the_columns_is_left_out(counting):
    header = Row(1, ["Mã đơn vị", "Giá trị", "Phân tổ"])
    assert table(header, Row(2, counting)).records == []
    assert len(table(header, Row(2, [1, 2, None])).records) == 1
    assert len(table(header, Row(2, [1, 3, 2])).records) == 1


def test_missing_columns_are_named_and_the_right_header_is_shown():
    with pytest.raises(WorkbookRefused) as caught:
        table(TITLE, Row(2, ["Mã đơn vị", "Số lượng"]))
    assert str(caught.value) == (
        "Dòng tiêu đề (dòng 2) thiếu cột “Giá trị”. "
        "Dòng tiêu đề phải là: Mã đơn vị | Giá trị | Phân tổ (nếu có)."
    )
    with pytest.raises(WorkbookRefused, match="Không tìm thấy dòng tiêu đề nào trong 30 dòng đầu"):
        table(TITLE, Row(31, ["Mã đơn vị", "Giá trị"]))


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(WorkbookRefused, match=r"Có hai cột “Mã đơn vị” \(A1 và C1\)"):
        table(Row(1, ["Mã đơn vị", "Giá trị", "MÃ ĐV"]))


def test_column_letters_go_both_ways():
    assert [column_letter(i) for i in (0, 25, 26, 59, 16383)] == ["A", "Z", "AA", "BH", "XFD"]
    assert [column_number(name) for name in ("A", "z", "AA", "BH", "XFD")] == [0, 25, 26, 59, 16383]


def test_a_record_remembers_its_row_and_the_table_its_header():
    found = table(Row(3, ["Mã ĐV", "Người nhập", "Giá trị"]), Row(4, ["A", "ông Tư", 5]))
    assert (found.header, [record.cells for record in found.records]) == (["Mã ĐV", "Người nhập", "Giá trị"], [["A", "ông Tư", 5]])


# our own workbooks


def written(columns, rows, **options):
    buffer = io.BytesIO()
    write_workbook(buffer, columns, rows, **options)
    return buffer.getvalue()


HEADER = ["Tên", "Số", "Tỷ lệ", "Ngày", "CCCD", "Đúng"]
ROWS = [
    ["=1+1", 1862, Decimal("0.5"), datetime.date(2022, 12, 5), "001075000001", True],
    ["https://example.org", 0, None, None, "912345678", False],
    ["@x", Decimal(4_093_700_000_000), 12345678901234567, None, "0912", None],
]


def test_what_we_write_comes_back_the_same():
    columns = [Column(label) for label in HEADER]
    assert written(columns, iter(ROWS)) == written(columns, ROWS)
    assert write_workbook(io.BytesIO(), columns, ROWS) == 3
    read = [(row.number, row.cells) for row in read_rows(written(columns, ROWS))]
    assert read == [
        (1, HEADER),
        (2, ["=1+1", 1862, 0.5, datetime.date(2022, 12, 5), "001075000001", True]),
        (3, ["https://example.org", 0, None, None, "912345678", False]),
        (4, ["@x", 4_093_700_000_000, "12345678901234567", None, "0912", None]),
    ]


def test_a_cell_may_bring_a_look_of_its_own():
    data = written([Column("Giá trị", 20, "number")], [[1862], [Styled("16/26", "typed")], [Decimal("4093.70")], [None]])
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [sheet[f"A{i}"].number_format for i in range(2, 6)] == ["#,##0", "@", "#,##0.0", "#,##0"]


def test_the_header_we_write_is_bold_frozen_and_as_wide_as_asked():
    data = written([Column("Mã"), Column("Giá trị", 30, to_fill=True)], [], sheet_name="Biểu 1")
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Biểu 1"]
    assert (sheet["A1"].font.bold, sheet.freeze_panes) == (True, "A2")
    assert round(sheet.column_dimensions["B"].width) == 31
    assert sheet["A1"].fill.fgColor.rgb != sheet["B1"].fill.fgColor.rgb


def test_a_row_is_as_high_as_its_longest_text():
    data = written([Column("Tên", 20)], [["ngắn"], ["một tên dài hơn hẳn một dòng của cột này, phải xuống dòng"], ["hai\ndòng"]])
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [sheet.row_dimensions[i].height for i in range(2, 5)] == [16.5, 49.5, 33]


def test_a_guide_stands_behind_the_table():
    data = written([Column("Tên")], [["A"]], guide=Guide("Cách điền", [("Tên", "họ và tên")]))
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert [[row for row in sheet.iter_rows(values_only=True)] for sheet in book] == [
        [("Tên",), ("A",)], [("Cách điền", None), (None, None), ("Tên", "họ và tên")]]
    assert (book.sheetnames, book.active.title) == (["Số liệu", "Hướng dẫn"], "Số liệu")


def test_a_text_that_excel_cannot_hold_is_refused_when_written():
    with pytest.raises(ValueError, match=r"dòng 2, cột 1 dài quá 32\.767 ký tự"):
        write_workbook(io.BytesIO(), [Column("Tên")], [["x" * 32_768]])
