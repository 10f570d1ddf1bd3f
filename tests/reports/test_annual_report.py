"""The annual report as one document: opening, headings, lists, appendices, sign-off."""

from datetime import date

import pytest

from emulation.services import set_cluster_members
from members.models import UnitSettings
from members.scoping import all_units
from members.services import found_unit
from reports import catalogue
from reports.asked import is_asked
from reports.explain import explain
from reports.figures import FigureSet
from reports.forms.grid import GridForm
from reports.outlines import AnnualReport
from reports.rendering.content import Heading, Paragraph
from reports.services.cells import confirm_section
from reports.services.periods import describe, make_period
from reports.services.texts import save_text
from tests.reports.typing import put

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everything():
    with all_units("reports are tested across units"):
        yield


@pytest.fixture
def commune():
    province = found_unit(code="T", name="Hội CCB tỉnh Lam Giang", level="TINH", kind="tinh")
    return found_unit(code="X", name="Hội CCB xã Thanh Sơn", level="CO_SO", kind="xa", parent=province)


@pytest.fixture
def branches(commune):
    return [found_unit(code=f"C{i}", name=f"Chi hội {name}", level="CHI_HOI", kind="chi_hoi", parent=commune)
            for i, name in enumerate(["Thôn Đông", "Thôn Đoài", "Gò Mây"])]


@pytest.fixture
def year():
    return make_period(date(2022, 1, 1), date(2022, 11, 30))


def write(unit, period, **sections):
    for section, text in sections.items():
        save_text(unit=unit, period=period, section=section, text=text)


def lines(document):
    return [f"{b.number} {b.title}" if isinstance(b, Heading) else b.text for b in document.blocks]


def opening(unit, period):
    return AnnualReport(unit, period).document().blocks[0].text


# ── the opening sentence ──
@pytest.mark.parametrize(
    ("today", "typed", "said"),
    [
        ("2022-06-30", True, "Số liệu tạm tính từ ngày 01 tháng 01 năm 2022 đến hết ngày 30 tháng 6 năm 2022, kỳ báo cáo chốt ngày 30 tháng 11 năm 2022."),
        ("2022-12-05", True, "Số liệu tính từ ngày 01 tháng 01 năm 2022 đến hết ngày 30 tháng 11 năm 2022."),
        ("2022-12-05", False, "Kỳ báo cáo từ ngày 01 tháng 01 năm 2022 đến hết ngày 30 tháng 11 năm 2022; chưa có số liệu."),
        ("2021-12-05", False, "Kỳ báo cáo từ ngày 01 tháng 01 năm 2022 đến hết ngày 30 tháng 11 năm 2022; kỳ chưa bắt đầu."),
    ],
)
def test_the_opening_says_which_days_the_numbers_are_of(today, typed, said, commune, year, time_machine):
    time_machine.move_to(f"{today} 09:00:00+07:00")
    if typed:
        put(commune, year, "charity_total", "5.000.000")
    assert opening(commune, year) == (
        f"Ban Chấp hành Hội Cựu chiến binh xã Thanh Sơn báo cáo kết quả công tác năm 2022 và phương hướng, nhiệm vụ năm 2023. {said}"
    )


def test_units_whose_numbers_are_missing_all_over_are_named_once_in_the_opening(commune, branches, year):
    for code in ("gift_count", "labor_days", "tradition_talks"):
        for branch in branches[:2]:
            put(branch, year, code, "5")
    said = "\n".join(lines(AnnualReport(commune, year).document()))
    assert "tổng hợp của 2/3 chi hội; số liệu của chi hội Gò Mây chưa đủ." in said
    assert said.count("Gò Mây") == 1
    assert said.count("mới tổng hợp của 2/3 chi hội.") == 3


@pytest.mark.parametrize(
    ("first", "last"), [("2022-03-07", "2022-03-07"), ("2019-02-03", "2024-07-01"), ("2022-04-01", "2022-06-30"), ("2022-02-01", "2022-02-28")]
)
def test_any_span_of_dates_has_a_report_with_its_figures(first, last, commune):
    period = make_period(date.fromisoformat(first), date.fromisoformat(last))
    put(commune, period, "charity_total", "5.000.000")
    document = AnnualReport(commune, period).document()
    assert any("5.000.000 đồng" in line for line in lines(document))
    assert period.label in document.full_title


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        (date(2022, 1, 1), date(2022, 11, 30), "Báo cáo tổng kết năm 2022"),
        (date(2022, 4, 1), date(2022, 6, 30), "Báo cáo sơ kết quý II năm 2022"),
    ],
)
def test_a_report_inside_the_year_is_no_final_one(first, last, name, commune):
    report = AnnualReport(commune, describe(first, last))
    assert report.name == name
    assert name.split(" ")[2] in report.document().subject_lines[0].lower()


def test_a_cluster_reports_on_emulation(year):
    cluster = found_unit(code="CUM", name="Cụm thi đua số 3", level="CUM", kind="cum_thi_dua")
    document = AnnualReport(cluster, year).document()
    assert document.subject_lines == ["Tổng kết công tác thi đua, khen thưởng năm 2022", "và phương hướng, nhiệm vụ năm 2023"]
    assert document.blocks[0].text.startswith("Cụm thi đua số 3 báo cáo kết quả công tác thi đua, khen thưởng năm 2022")


def test_a_sum_of_the_frontier_says_how_many_frontier_provinces_it_stands_on(year):
    cluster = found_unit(code="CUM", name="Cụm thi đua số 3", level="CUM", kind="cum_thi_dua")
    provinces = [found_unit(code=f"T{i}", name=f"Hội CCB tỉnh {name}", level="TINH", kind="tinh")
                 for i, name in enumerate(["Cao Bằng", "Lạng Sơn", "Bắc Ninh"])]
    for province in provinces:
        UnitSettings.objects.create(unit=province, starts_on=date(2000, 1, 1), frontier=province.code != "T2")
    set_cluster_members(cluster=cluster, year=2022, units=provinces)
    for province, count in zip(provinces, ("265", "500"), strict=False):
        put(province, year, "border_patrols", count)
    said = "\n".join(lines(AnnualReport(cluster, year).document()))
    assert "phối hợp tuần tra biên giới 765 lần (2/2 tỉnh biên giới), trong đó Cao Bằng 265 lần, Lạng Sơn 500 lần." in said


# ── headings and lists ──
def test_a_heading_with_one_part_below_and_no_words_of_its_own_takes_the_name_of_the_part(commune, year):
    write(commune, year, DG2="Hai chi hội họp không đều.")
    alone = lines(AnnualReport(commune, year).document())
    assert [line for line in alone if line[:2] in ("I.", "1.")] == ["I. TỒN TẠI, HẠN CHẾ"]
    write(commune, year, DG1="Hội hoàn thành kế hoạch.")
    both = lines(AnnualReport(commune, year).document())
    assert [line for line in both if line[:2] in ("I.", "1.", "2.")] == ["I. ĐÁNH GIÁ CHUNG", "1. Ưu điểm", "2. Tồn tại, hạn chế"]


def test_a_sentence_that_counts_a_list_ends_in_a_colon_before_it_and_else_in_a_full_stop(commune, year):
    put(commune, year, "key_tasks_count", "2")
    assert "Hội tập trung vào 02 nhiệm vụ trọng tâm." in lines(AnnualReport(commune, year).document())
    write(commune, year, NV="Kết nạp từ 3 hội viên trở lên.\nGiữ đủ 12 kỳ sinh hoạt.")
    said = lines(AnnualReport(commune, year).document())
    at = said.index("Hội tập trung vào 02 nhiệm vụ trọng tâm:")
    assert said[at + 1:at + 3] == ["Một là, kết nạp từ 3 hội viên trở lên.", "Hai là, giữ đủ 12 kỳ sinh hoạt."]


# ── appendices and sign-off ──
def test_appendices_are_tied_to_the_report_by_its_number_and_day(commune, year):
    for code, value in (("gift_count", 5), ("labor_days", 9), ("tradition_talks", 2), ("funerals_count", 1)):
        put(commune, year, code, str(value))
    (appendix,) = AnnualReport(commune, year).document().appendices
    assert appendix.attached_line == "Kèm theo Báo cáo số …/BC-CCB ngày … tháng … năm 2022 của\nHội Cựu chiến binh xã Thanh Sơn"


def test_words_of_empty_cells_are_explained_above_the_tables_that_use_them(commune, branches, year):
    put(branches[0], year, "labor_days", "5")
    (appendix,) = AnnualReport(commune, year).document().appendices
    assert [b.text for b in appendix.blocks if isinstance(b, Paragraph)] == [
        "Trong bảng, “chưa báo cáo” là đơn vị chưa gửi số, không phải là 0."
    ]
    for branch in branches[1:]:
        put(branch, year, "labor_days", "0")
    (appendix,) = AnnualReport(commune, year).document().appendices
    assert [b for b in appendix.blocks if isinstance(b, Paragraph)] == []


def test_as_above_is_written_only_where_somebody_is_addressed(commune, year):
    assert AnnualReport(commune, year).document().sign_off.recipients == ["Như trên", "Ủy viên Ban Chấp hành", "Lưu: VT"]
    alone = found_unit(code="K", name="Hội CCB Khối cơ quan", level="CUM", kind="khoi")
    document = AnnualReport(alone, year).document()
    assert (document.addressed_to, document.sign_off.recipients) == ("", ["Ủy viên Ban Chấp hành", "Lưu: VT"])


# ── sums that stand on some of the units ──
@pytest.fixture
def deep(commune, branches):
    """A province of two communes; of the first one only two of three chi hội report."""
    other = found_unit(code="Y", name="Hội CCB xã An Bình", level="CO_SO", kind="xa", parent=commune.parent)
    return commune.parent, other, branches


def test_a_unit_that_itself_stands_on_some_units_counts_and_is_named(deep, year):
    province, other, branches = deep
    for unit in (*branches[:2], other):
        put(unit, year, "gift_count", "5")
        put(unit, year, "labor_days", "5")
    report = AnnualReport(province, year)
    document = report.document()
    found = report.figures.get("gift_count")
    assert (found.value, found.have, found.expected, found.partial, found.complete) == (15, 2, 2, 1, False)
    standing = "2/2 xã, trong đó xã Thanh Sơn mới 2/3 chi hội"
    assert any(line.endswith(f"tổng hợp của {standing}.") for line in lines(document))
    assert explain(report.figures, "gift_count").remarks == [f"Có số của {standing} (3/4 đơn vị ghi số)."]
    matrix = [[c.shown for c in row.cells] for row in document.appendices[-1].blocks[-1].rows]
    assert matrix[-1] == ["", "Có số liệu/thuộc diện", "1/2", "2/2 (1 chưa đủ)", "2/2 (1 chưa đủ)"]


def test_opening_and_movement_that_do_not_make_up_the_total_say_whose_are_lacking(commune, branches, year):
    for branch, total, opening in zip(branches, ("40", "38", "48"), ("39", "37", ""), strict=True):
        put(branch, year, "members_total", total)
        if opening:
            put(branch, year, "members_opening", opening)
            put(branch, year, "members_increase", "3")
            put(branch, year, "members_decrease", "2")
            put(branch, year, "members_ccb", total)
            put(branch, year, "members_cqn", "0")
    said = "\n".join(lines(AnnualReport(commune, year).document()))
    assert "Số hội viên đầu kỳ, tăng, giảm chưa đủ số của chi hội Gò Mây nên không cộng thành tổng số 126 hội viên." in said
    assert "Số cựu chiến binh, cựu quân nhân chưa đủ số của chi hội Gò Mây nên không cộng thành tổng số 126 hội viên." in said
    for code, value in (("members_opening", "48"), ("members_increase", "0"), ("members_decrease", "0"), ("members_ccb", "48"), ("members_cqn", "0")):
        put(branches[2], year, code, value)
    assert "126 hội viên." not in "\n".join(lines(AnnualReport(commune, year).document())).replace("có 126 hội viên.", "")


def test_a_sum_keeps_the_words_more_than(commune, branches, year):
    for branch, count in zip(branches, ("12", "hơn 20", "7"), strict=True):
        put(branch, year, "gift_count", count)
    report = AnnualReport(commune, year)
    assert explain(report.figures, "gift_count").value == "hơn 39 suất"
    assert [t[1] for t in GridForm(report.figures, "3", ["gift_count"]).totals()] == ["hơn 39"]
    matrix = report.document().appendices[-1].blocks[-1]
    assert [c.shown for c in matrix.rows[-1].cells] == ["", "Tổng cộng: 3 chi hội", "hơn 39"]
    put(commune, year, "gift_count", "50")
    matrix = AnnualReport(commune, year).document().appendices[-1].blocks[-1]
    assert [[c.shown for c in row.cells] for row in matrix.rows[-2:]] == [["", "Cộng 3 chi hội", "hơn 39"], ["", "Số báo cáo chung", "50"]]


def test_a_sum_of_some_units_beside_a_typed_number_is_no_register(commune, branches, year):
    put(commune, year, "members_total", "101")
    put(branches[0], year, "members_total", "39")
    assert explain(FigureSet(commune, year), "members_total").remarks == ["Báo cáo 101; cộng 1/3 chi hội: 39."]
    put(branches[1], year, "members_total", "40")
    put(branches[2], year, "members_total", "20")
    assert explain(FigureSet(commune, year), "members_total").remarks == ["Báo cáo 101; theo sổ: 99; chênh lệch 2."]


# ── the page and the paper ──
def test_sections_have_the_same_numbers_on_the_page_and_on_paper(commune, year):
    put(commune, year, "gift_count", "5")
    put(commune, year, "members_total", "120")
    write(commune, year, DG1="Làm tốt.")
    report = AnnualReport(commune, year)
    paper = [(b.number, b.title) for b in report.document().blocks if isinstance(b, Heading)]
    page = [(b.number, b.title) for b in report.document(with_prompts=True).blocks if isinstance(b, Heading)]
    assert [h for h in page if h in paper] == paper
    assert {number for number, title in page if (number, title) not in paper} == {"", "Phần thứ hai"}
    assert paper[-1] == ("III.", "ƯU ĐIỂM")


def test_a_draft_on_paper_says_which_parts_are_not_written(commune, year):
    write(commune, year, DG1="Làm tốt.", DG2="Còn chậm.", DG3="Do bận.", DG4="Sát cơ sở.")
    report = AnnualReport(commune, year)
    assert report.document().draft_note.split("\n")[1:] == ["Chưa viết: Chỉ tiêu chủ yếu; Nhiệm vụ trọng tâm"]
    assert "\n" not in report.document(with_prompts=True).draft_note
    write(commune, year, PH="Kết nạp 10 hội viên.", NV="Củng cố chi hội.")
    assert "\n" not in AnnualReport(commune, year).document().draft_note


def test_a_confirmed_blank_is_a_zero_of_the_appendix_like_a_typed_one(commune, year):
    for code in ("members_total", "members_party", "members_female", "members_ccb"):
        put(commune, year, code, "9")
    confirm_section(unit=commune, period=year, section="1", by=None)
    put(commune, year, "supervision_sessions", "0")
    rows = [[c.shown for c in row.cells] for row in AnnualReport(commune, year).document().appendices[0].blocks[-1].rows]
    zeros = {row[1]: row[3] for row in rows if len(row) > 3 and row[3] == "0"}
    asked = {e.name for e in catalogue.ENTRIES.values()
             if e.section == "1" and is_asked(e, FigureSet(commune, year).concerns(e.code), (), ()) and not e.is_ratio and not e.computed and not e.needs_part}
    assert set(zeros) == asked | {catalogue.ENTRIES["supervision_sessions"].name}
