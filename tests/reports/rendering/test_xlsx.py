"""Tables as a workbook, read back."""

from decimal import Decimal
from io import BytesIO

from openpyxl import load_workbook

from reports.rendering.content import Cell, Column, Row, Table
from reports.rendering.xlsx import write_tables
from tests.reports.rendering import sample


def written(*tables) -> bytes:
    target = BytesIO()
    write_tables(list(tables), target)
    return target.getvalue()


def values(content: bytes) -> dict[str, list[list]]:
    book = load_workbook(BytesIO(content))
    return {sheet.title: [[c.value for c in row] for row in sheet.rows] for sheet in book}


def one_column(*cells: Cell, caption: str = "", align: str = "right") -> Table:
    return Table([Column("Cột", 20, align)], [Row([cell]) for cell in cells], caption=caption)


def test_a_table_keeps_captions_groups_numbers_and_states():
    table = sample.matrix(1)
    table.caption, table.unit_note = "Bảng 2. Theo chi hội", "Đơn vị tính: việc"
    assert values(written(table)) == {
        "Bảng 2. Theo chi hội": [
            ["Bảng 2. Theo chi hội"] + [None] * 7,
            ["Đơn vị tính: việc"] + [None] * 7,
            ["Chỉ tiêu", None, "Chi hội"] + [None] * 5,
            ["TT", "Chỉ tiêu", *sample.HAMLETS],
            ["1", "Việc thứ 1", 1, 10, 30, "chưa báo cáo", "chưa báo cáo", "không thuộc diện"],
        ]
    }


def test_printed_numbers_become_numbers_and_nothing_else_does():
    table = one_column(
        Cell("1.862"), Cell("4.093,7"), Cell("-0,5"), Cell("100%"), Cell("16/26"), Cell("2026"),
        Cell("hơn 80", value=Decimal("80.25")), Cell("0"), Cell(state="missing"),
    )  # fmt: skip
    column = [row[0] for row in values(written(table))["Bảng 1"]]
    assert column == ["Cột", 1862, 4093.7, -0.5, "100%", "16/26", "2026", 80.25, 0, "chưa báo cáo"]


def test_text_never_becomes_a_formula_or_a_link():
    hostile = ["=1+1", "+1", "@x", "http://a.vn", "001234567890", "{=A1}"]
    table = one_column(*(Cell(text) for text in hostile), align="left")
    sheet = load_workbook(BytesIO(written(table))).active
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [(c.value, c.data_type, c.hyperlink) for c in cells] == [(t, "s", None) for t in hostile]


def test_sheets_get_names_that_a_workbook_accepts():
    long = "Bảng 1. Số liệu theo từng chi hội, năm 2026 / 2025"
    names = values(written(*(one_column(caption=c) for c in (long, long, "", "[a]:*?", "A"))))
    assert list(names) == [
        "Bảng 1. Số liệu theo từng chi h",
        "Bảng 1. Số liệu theo từng (2)",
        "Bảng 3",
        "a",
        "A (5)",
    ]


def test_equal_tables_give_equal_bytes():
    assert written(sample.matrix(5)) == written(sample.matrix(5))
    assert written(sample.matrix(5)) != written(sample.matrix(6))


def test_a_document_gives_its_tables_in_printed_order():
    document = sample.report(appendices=[sample.appendix(rows=2)])
    assert [len(table.columns) for table in document.tables()] == [4, 8]
    assert list(values(written(*document.tables()))) == ["Bảng 1. Số liệu năm 2026", "Bảng 2"]


def test_no_table_still_gives_a_workbook():
    assert values(written()) == {"Trống": []}
