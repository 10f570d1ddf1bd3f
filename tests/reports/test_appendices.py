"""The tables behind a report: one for the unit, and the matrices of its subordinates."""

from datetime import date

import pytest

from members.scoping import all_units
from members.services import found_unit
from reports.appendices import Matrices, own_table
from reports.figures import FigureSet
from reports.prose import Context
from reports.services.periods import make_period
from tests.reports.typing import put

pytestmark = pytest.mark.django_db
OFFICES = Context(subordinate_noun="tổ chức cơ sở Hội")


@pytest.fixture(autouse=True)
def everything():
    with all_units("tables are tested across units"):
        yield


@pytest.fixture
def year():
    return make_period(date(2022, 1, 1), date(2022, 11, 30))


@pytest.fixture
def khoi():
    return found_unit(code="K", name="Hội CCB Khối cơ quan", level="CUM", kind="khoi")


def offices(khoi, count, name="Hội CCB Cơ quan {}"):
    return [found_unit(code=f"K{i}", name=name.format(i), level="CO_SO", kind="co_quan", parent=khoi) for i in range(1, count + 1)]


def fill(units, period, *codes, start=1):
    for i, unit in enumerate(units, start):
        for code in codes:
            put(unit, period, code, str(i))


def shown(row):
    return [cell.shown for cell in row.cells]


def matrices(khoi, year):
    return Matrices(FigureSet(khoi, year))


MANY = ["supervision_sessions", "dialogue_sessions", "draft_document_opinions", "resolution_study_sessions", "gift_count", "gift_value",
        "charity_total", "funerals_count", "labor_days", "trees_planted", "tradition_talks", "heritage_trips"]


def test_few_columns_are_one_upright_table_without_a_number(khoi, year):
    fill(offices(khoi, 3), year, "supervision_sessions", "labor_days")
    found = matrices(khoi, year)
    (table,) = found.tables()
    assert (found.orientation, table.caption) == ("portrait", "")
    assert [c.title for c in table.columns] == ["TT", "Tổ chức cơ sở Hội", "Giám sát\n(cuộc)", "Ngày công"]
    assert shown(table.rows[-1]) == ["", "Tổng cộng: 3 tổ chức cơ sở Hội", "6", "6"]


def test_many_columns_are_tables_by_theme_each_with_its_title(khoi, year):
    fill(offices(khoi, 3), year, *MANY)
    found = matrices(khoi, year)
    assert (found.orientation, [table.caption for table in found.tables()]) == ("landscape", [
        "Bảng 1. Xây dựng Đảng, chính quyền; tình nghĩa, từ thiện, chính sách",
        "Bảng 2. Phong trào, cuộc vận động; giáo dục truyền thống, thanh niên, cựu quân nhân",
    ])
    assert [sum(column.width_mm for column in table.columns) for table in found.tables()] == [pytest.approx(257)] * 2


def test_of_many_units_the_columns_fill_as_few_tables_as_they_can(khoi, year):
    fill(offices(khoi, 21), year, *MANY)
    tables = matrices(khoi, year).tables()
    assert [len(table.columns) - 2 for table in tables] == [6, 6]
    assert tables[1].caption.startswith("Bảng 2. Tình nghĩa, từ thiện, chính sách; phong trào")


def test_a_table_says_how_many_gave_a_number_where_some_did_not(khoi, year):
    units = offices(khoi, 3)
    fill(units, year, "labor_days")
    fill(units[:2], year, "supervision_sessions")
    (table,) = matrices(khoi, year).tables()
    assert [shown(row) for row in table.rows[-3:]] == [
        ["3", "Cơ quan 3", "chưa báo cáo", "3"],
        ["", "Tổng cộng: 3 tổ chức cơ sở Hội", "3", "6"],
        ["", "Có số liệu/thuộc diện", "2/3", "3/3"],
    ]


def test_a_reported_total_stands_beside_what_the_units_add_up_to(khoi, year):
    fill(offices(khoi, 3), year, "labor_days", "supervision_sessions")
    put(khoi, year, "labor_days", "9")
    (table,) = matrices(khoi, year).tables()
    assert [shown(row) for row in table.rows[-2:]] == [["", "Cộng 3 tổ chức cơ sở Hội", "6", "6"], ["", "Số báo cáo chung", "6", "9"]]


def test_a_long_name_has_a_wide_column_and_numbers_keep_theirs(khoi, year):
    long = "Hội CCB Công ty trách nhiệm hữu hạn một thành viên Khai thác công trình thủy lợi Bắc Sông Cầu số {}"
    units = offices(khoi, 2, name=long)
    fill(units, year, *MANY[:6])
    put(units[0], year, "gift_value", "4.093.700.000.000")
    (table,) = matrices(khoi, year).tables()
    widths = {column.title: column.width_mm for column in table.columns}
    assert widths["Tổ chức cơ sở Hội"] >= 80
    assert widths["Trị giá quà\n(đồng)"] > widths["Suất quà"]


def test_the_notes_of_the_own_table_give_count_and_total_and_never_repeat_the_rate(khoi, year):
    fill([khoi], year, "supervision_sessions", "labor_days")
    put(khoi, year, "members_total", "476")
    put(khoi, year, "exemplary_members", "476")
    put(khoi, year, "exemplary_members_rate", "100%")
    put(khoi, year, "orgs_excellent_rate", "30,7%")
    notes = {row.cells[1].text: row.cells[-1].text for row in own_table(FigureSet(khoi, year), OFFICES).rows if len(row.cells) > 1}
    assert notes["Tỷ lệ hội viên đạt Cựu chiến binh gương mẫu"] == "476/476"
    assert notes["Tỷ lệ tổ chức cơ sở Hội hoàn thành xuất sắc nhiệm vụ"] == "không kèm số đếm"
    assert notes["Số cuộc giám sát (Quyết định 217)"] == ""


def test_the_note_of_an_incomplete_sum_names_the_kind_of_unit(khoi, year):
    units = offices(khoi, 3)
    fill(units[:2], year, *MANY[:4])
    table = own_table(FigureSet(khoi, year), OFFICES)
    assert {row.cells[-1].text for row in table.rows if row.kind == "data"} == {"", "số của 2/3 tổ chức cơ sở Hội"}
