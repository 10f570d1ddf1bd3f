"""The home page: what waits for the unit, from real data only."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.models import Kind, Level, PeriodDates, Role, UnitRole
from members.scoping import all_units
from members.services import found_unit
from reports.models import ReportText, SectionConfirmation
from reports.outlines import AnnualReport
from reports.services.cells import confirm_section
from tests.cast import enrolled
from tests.pages import Page
from tests.reports.typing import address, put
from tests.reports.typing import years as years

pytestmark = pytest.mark.django_db
HOME = "/"
SECTIONS = "A123456789"


def tasks(seen, heading):
    """[(tag, words of the link)] under a heading."""
    return list(zip(seen.texts(f"section[aria-labelledby={heading}] .tag"), seen.texts(f"section[aria-labelledby={heading}] .task > div:nth-child(2) > a"), strict=True))


def test_the_report_that_is_due_stands_on_top_with_what_is_confirmed(enter, tree, cast, years):
    with all_units("a test confirms"):
        confirm_section(unit=tree.thanh_son, period=years[1], section="4", by=cast.thu_ky)
    seen = Page(enter("thu_ky").get(HOME))
    assert seen.text(".help-line") == "Thứ Ba, ngày 08/12/2026. Bấm vào từng việc để làm ngay; việc gấp nhất ở trên cùng."
    assert seen.text("#ky1") == "Báo cáo tổng kết năm 2026"
    assert seen.texts("section[aria-labelledby=ky1] p")[0] == (
        "Hạn gửi Hội cấp trên: thứ Ba 15/12/2026, còn 7 ngày. Đã xác nhận 1/10 mục."
    )
    assert seen.values(".meter", "aria-label") == ["Đã xác nhận 1 trên 10 mục"]
    assert seen.link("Xem báo cáo đang soạn") == reverse("reports:report", args=[tree.thanh_son.pk, years[1].pk])


def test_every_section_with_something_missing_leads_to_its_form(enter, tree, years):
    put(tree.thanh_son, years[0], "websites", "1")
    put(tree.thanh_son, years[1], "websites", "1")
    put(tree.thon_dong, years[1], "dialogue_opinions", "3")
    for code in ("target_members_admitted", "lessons_count", "key_tasks_count", "targets_count", "target_exemplary_rate", "target_poverty_reduction"):
        put(tree.thanh_son, years[1], code, "2")
    put(tree.thanh_son, years[1], "target_rate_other", "90%", part="gia đình văn hóa")
    seen = Page(enter("thu_ky").get(HOME))
    told = dict((words[:5], tag) for tag, words in tasks(seen, "thieu1"))
    assert told == {
        "Mục A": "Còn 9 chỉ tiêu", "Mục 1": "Còn 9 chỉ tiêu", "Mục 2": "Chưa nhập", "Mục 3": "Chưa nhập", "Mục 4": "Chưa nhập",
        "Mục 5": "Chưa nhập", "Mục 6": "Chưa nhập", "Mục 7": "Chưa nhập", "Mục 8": "Chưa xác nhận", "Mục 9": "Chưa nhập",
        "Phần ": "Chưa viết",
    }
    assert seen.texts("section[aria-labelledby=thieu1] .task p")[1] == (
        "9 trong 11 chỉ tiêu chưa báo cáo. Kỳ trước đã nhập 1 chỉ tiêu ở mục này."
    )
    assert seen.values("section[aria-labelledby=thieu1] .task__act a", "href")[1] == address("entry_section", tree.thanh_son, years[1])


def test_what_the_register_counts_is_not_missing(enter, tree, years):
    enrolled(tree.thon_dong, "Hoàng Văn Sáu", "1950", "2010")
    told = dict((words[:5], tag) for tag, words in tasks(Page(enter("thu_ky").get(HOME)), "thieu1"))
    assert told["Mục A"] == "Còn 4 chỉ tiêu"


def test_sections_of_the_report_without_words_lead_to_where_they_are_written(enter, tree, cast, years):
    with all_units("a test writes"):
        ReportText.objects.create(unit=tree.thanh_son, period=years[1], section="DG2", text="Một là …", written_at="2026-12-01T00:00+07:00")
    seen = Page(enter("thu_ky").get(HOME))
    assert tasks(seen, "thieu1")[-1] == ("Chưa viết", "Phần lời của báo cáo: còn 5 phần")
    links = seen.values("section[aria-labelledby=thieu1] .task:last-child p a", "href")
    assert links == [
        reverse("reports:report_text", args=[tree.thanh_son.pk, years[1].pk, code]) for code in ("DG1", "DG3", "DG4", "PH", "NV")
    ]


def test_subordinates_that_have_not_confirmed_are_named_with_whom_to_call(enter, tree, cast, years):
    cast.chi_hoi_truong.phone = "0900 000 012"
    cast.chi_hoi_truong.save()
    with all_units("a test confirms"):
        for section in SECTIONS:
            confirm_section(unit=tree.thon_doai, period=years[1], section=section, by=None)
        confirm_section(unit=tree.thon_dong, period=years[1], section="A", by=None)
    seen = Page(enter("thu_ky").get(HOME))
    assert seen.text("#duoi1") == "1/2 chi hội chưa xác nhận xong số liệu"
    assert tasks(seen, "duoi1") == [("Xong 1/9 mục", "Chi hội Thôn Đông")]
    assert seen.texts("section[aria-labelledby=duoi1] .task p") == ["Chi hội trưởng Lê Văn Thắng: gọi 0900 000 012"]
    assert seen.values("section[aria-labelledby=duoi1] a.tel", "href") == ["tel:0900000012"]
    assert seen.link("Nhập thay Chi hội Thôn Đông") == address("entry_grid", tree.thanh_son, years[1], "1") + f"#r{tree.thon_dong.pk}"


def test_cells_typed_on_behalf_wait_for_the_unit(enter, tree, cast, years):
    put(tree.thon_dong, years[1], "gift_count", "6", by=cast.thu_ky)
    seen = Page(enter("chi_hoi_truong").get(HOME))
    assert tasks(seen, "thieu1")[0] == ("Chờ xác nhận", "Mục 3: 1 ô do cấp trên nhập thay")


def test_a_late_report_says_so(enter, time_machine, years):
    time_machine.move_to("2026-12-18 09:00:00+07:00")
    assert Page(enter("thu_ky").get(HOME)).text("section[aria-labelledby=ky1] .tag--late") == "Quá hạn 3 ngày"


def test_the_branch_that_has_its_own_dates_sees_its_own_due_date(enter, tree, years):
    with all_units("a test sets dates"):
        PeriodDates.objects.create(
            period=years[1], unit=tree.lam_giang, starts_on=date(2025, 11, 16), ends_on=date(2026, 11, 15), due_on=date(2026, 12, 20),
        )
    seen = Page(enter("thu_ky").get(HOME))
    assert "chủ nhật 20/12/2026" in seen.texts("section[aria-labelledby=ky1] p")[0].lower()


def test_periods_long_past_are_no_work_of_today(enter, time_machine, years):
    time_machine.move_to("2027-03-01 09:00:00+07:00")
    seen = Page(enter("thu_ky").get(HOME))
    assert seen.texts("h2") == ["Chưa có kỳ báo cáo nào đang làm", "Làm nhanh"]


def test_when_all_is_done_the_page_says_so(enter, tree, cast, years):
    with all_units("a test does everything"):
        for unit in (tree.thon_dong,):
            for section in SECTIONS:
                confirm_section(unit=unit, period=years[1], section=section, by=None)
            for view in AnnualReport(unit, years[1]).sections:
                ReportText.objects.create(unit=unit, period=years[1], section=view.section.code, text="Xong.", written_at="2026-12-01T00:00+07:00")
    seen = Page(enter("chi_hoi_truong").get(HOME))
    assert seen.text(".notice--ok strong") == "Đủ số liệu và lời văn cho năm 2026."


def test_an_inspector_is_not_asked_to_type(enter, years):
    seen = Page(enter("kiem_tra").get(HOME))
    assert seen.texts(".quick li") == ["Tìm hội viên", "Xem, tải báo cáo", "Xem đơn vị"]
    assert set(seen.texts("section[aria-labelledby=duoi1] .task__act")) == {""}


def test_somebody_without_a_unit_learns_whom_to_ask(enter, years):
    assert Page(enter("khong_vai").get(HOME)).text(".empty h2") == "Đồng chí chưa được giao vai trò ở đơn vị nào"
    assert Page(enter("superuser").get(HOME)).text(".empty h2") == "Tài khoản cài đặt"


def test_the_number_of_queries_does_not_grow_with_the_tree(enter, tree, years):
    client = enter("thu_ky")
    client.get(HOME)
    counts = []
    for n in (1, 2, 3):
        with all_units("a test founds a unit"):
            unit = found_unit(code=f"LG-TS-9{n}", name=f"Chi hội Thôn {n}", level=Level.CHI_HOI, kind=Kind.CHI_HOI, parent=tree.thanh_son)
            SectionConfirmation.objects.create(unit=unit, period=years[1], section="A", at="2026-12-01T00:00+07:00")
        put(unit, years[1], "gift_count", "3")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(HOME).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[2]
    assert counts[2] < 60


def test_the_association_itself_sends_its_report_to_nobody(enter, tree, cast, years):
    with all_units("a test gives a role"):
        UnitRole.objects.create(user=cast.khong_vai, unit=tree.trung_uong, role=Role.VAN_PHONG)
    seen = Page(enter("khong_vai").get(HOME))
    assert seen.texts("section[aria-labelledby=ky1] p")[0] == "Hạn làm xong: thứ Ba 15/12/2026, còn 7 ngày. Đã xác nhận 0/10 mục."
    assert seen.text("#thieu1") == "Còn thiếu trong báo cáo năm 2026"
    assert seen.text("footer p") == "Cần giúp: bấm “Trợ giúp” ở đầu trang, hoặc gọi người quản trị chương trình."


def test_a_province_sends_its_report_to_the_association(enter, years):
    told = Page(enter("van_phong").get(HOME)).texts("section[aria-labelledby=ky1] p")[0]
    assert told.split(":")[0] == "Hạn gửi Trung ương Hội"


def test_every_page_counts_the_sections_of_a_unit_alike(enter, tree, years):
    """A chi hội fills in nine: nothing of section 9 concerns it."""
    with all_units("a test confirms"):
        confirm_section(unit=tree.thon_dong, period=years[1], section="4", by=None)
        confirm_section(unit=tree.thon_dong, period=years[1], section="9", by=None)
    own, above = enter("chi_hoi_truong"), enter("thu_ky")
    of = [tree.thon_dong.pk, years[1].pk]
    told = [
        Page(own.get(HOME)).texts("section[aria-labelledby=ky1] strong")[1],
        Page(own.get(reverse("reports:entry"))).text("#muc + p strong"),
        Page(own.get(reverse("reports:report", args=of))).texts(".steps li")[0].split("xác nhận ")[1],
        Page(own.get(reverse("reports:reports"))).table()[0][2] + " mục",
        tasks(Page(above.get(HOME)), "duoi1")[-1][0].removeprefix("Xong "),
        next(row[2] for row in Page(above.get(reverse("reports:reports"))).table() if row[0] == "Chi hội Thôn Đông") + " mục",
    ]
    assert told == ["1/9 mục"] * 6
