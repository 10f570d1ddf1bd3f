"""Making a period that is not there yet: its dates, and what it overlaps."""

from datetime import date

import pytest
from django.urls import reverse

from members.models import Period, PeriodDates
from members.scoping import all_units
from reports.services.periods import label_of, periods_of
from tests.pages import Page, text_of
from tests.reports.typing import put
from tests.reports.typing import years as years

pytestmark = pytest.mark.django_db


def make(client, **typed):
    return client.post(reverse("reports:period_add"), typed)


def told(kind="nam", **columns):
    period = Period.objects.get(kind=kind, **columns)
    return period.label, period.starts_on, period.ends_on


def test_an_earlier_year_is_made_by_its_number_alone_and_only_once(enter):
    client = enter("thu_ky")
    answers = [make(client, kind="nam", year="2023") for _ in range(2)]
    period = Period.objects.get(year=2023)
    assert [a.url for a in answers] == [f"{reverse('reports:entry')}?ky={period.pk}"] * 2
    assert told() == ("năm 2023", date(2023, 1, 1), date(2023, 12, 31))


def test_a_year_takes_the_dates_that_were_announced(enter, years):
    make(enter("thu_ky"), kind="nam", year="2023")
    assert told(year=2023) == ("năm 2023", date(2023, 1, 1), date(2023, 11, 30))


@pytest.fixture
def own_year(tree, years):
    """A year from 1 December to 30 November beside the announced one."""
    return Period.objects.create(kind="nam", year=2025, label="năm 2025", starts_on=date(2024, 12, 1), ends_on=date(2025, 11, 30))


@pytest.mark.parametrize("user_of_it", ["thanh_son", "lam_giang"])
def test_a_year_takes_the_dates_that_the_unit_or_the_nearest_above_used(enter, tree, own_year, user_of_it):
    put(getattr(tree, user_of_it), own_year, "gift_count", "3")
    client = enter("thu_ky")
    hint = Page(client.get(reverse("reports:period_add"))).text("#id_year_helptext")
    assert hint == "Năm công tác, ví dụ 2025. Chỉ ghi năm thì kỳ lấy từ 01/12 năm trước đến hết 30/11 như thường lệ."
    make(client, kind="nam", year="2023")
    assert told(year=2023) == ("năm 2023", date(2022, 12, 1), date(2023, 11, 30))


def test_the_dates_of_the_unit_itself_go_before_those_of_the_unit_above(enter, tree, years, own_year):
    put(tree.lam_giang, own_year, "gift_count", "3")
    put(tree.thanh_son, years[0], "gift_count", "3")
    make(enter("thu_ky"), kind="nam", year="2023")
    assert told(year=2023)[1:] == (date(2023, 1, 1), date(2023, 11, 30))


def test_dates_set_for_the_branch_are_the_usual_ones_and_a_year_ends_where_february_does(enter, tree, years):
    with all_units("a test sets dates"):
        PeriodDates.objects.create(period=years[1], unit=tree.lam_giang, starts_on=date(2025, 3, 1), ends_on=date(2026, 2, 28))
    make(enter("thu_ky"), kind="nam", year="2024")
    assert told(year=2024)[1:] == (date(2023, 3, 1), date(2024, 2, 29))


def test_the_year_that_is_there_is_found_and_not_made_twice(enter, tree, own_year):
    put(tree.thanh_son, own_year, "gift_count", "3")
    assert make(enter("thu_ky"), kind="nam", year="2025").url == f"{reverse('reports:entry')}?ky={own_year.pk}"
    assert Period.objects.count() == 3


def test_a_period_that_overlaps_another_of_its_kind_is_made_only_on_purpose(enter, years):
    client, typed = enter("thu_ky"), {"kind": "nam", "first": "01/12/2024", "last": "15/12/2025"}
    answer = make(client, **typed)
    seen = Page(answer)
    assert (answer.status_code, Period.objects.count()) == (422, 2)
    assert seen.text(".warn-text") == (
        "Kỳ từ 01/12/2024 đến hết 15/12/2025 trùng ngày với “năm 2025” (từ 01/01/2025 đến hết 30/11/2025). "
        "Nếu là cùng một kỳ thì nhập vào kỳ đã có; số của một ngày không nên nằm ở hai kỳ."
    )
    assert seen.link("mở năm 2025 (01/01/2025 – 30/11/2025) để nhập") == f"{reverse('reports:entry')}?ky={years[0].pk}"
    (code,) = seen.values("input[name=confirm]", "value")
    assert make(client, **typed, confirm=code).status_code == 302
    assert told(ends_on=date(2025, 12, 15)) == ("năm 2025", date(2024, 12, 1), date(2025, 12, 15))


def test_what_was_ticked_for_one_overlap_is_not_ticked_for_another(enter, years):
    client = enter("thu_ky")
    (code,) = Page(make(client, kind="nam", first="01/12/2024", last="15/12/2025")).values("input[name=confirm]", "value")
    assert make(client, kind="nam", first="01/12/2025", last="15/12/2026", confirm=code).status_code == 422
    assert Period.objects.count() == 2


def test_periods_of_other_kinds_may_share_days(enter, years):
    assert make(enter("thu_ky"), kind="quy", year="2026", number="4").status_code == 302


def test_two_dates_and_a_name_make_any_period(enter):
    make(enter("thu_ky"), kind="nua_nhiem_ky", first="01/01/2022", last="30/06/2024", label="nửa đầu nhiệm kỳ 2022 - 2027")
    period = Period.objects.get()
    assert (period.kind, period.label, period.starts_on, period.ends_on) == (
        "nua_nhiem_ky", "nửa đầu nhiệm kỳ 2022 - 2027", date(2022, 1, 1), date(2024, 6, 30)
    )


def test_a_quarter_is_made_by_its_number(enter):
    make(enter("thu_ky"), kind="quy", year="2026", number="4")
    period = Period.objects.get()
    assert (period.label, period.starts_on, period.ends_on) == ("quý IV năm 2026", date(2026, 10, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"kind": "nam", "first": "30/11/2025", "last": "01/01/2025"},
         "Kỳ kết thúc (01/01/2025) trước khi bắt đầu (30/11/2025). Hãy sửa ngày chốt cho bằng hoặc sau ngày đầu kỳ."),
        ({"kind": "nam", "first": "31/02/2025", "last": "30/11/2025"}, "31/02/2025 không có trong lịch. Ghi như 30/04/2025, hoặc 02/2025 nếu không rõ ngày"),
        ({"kind": "nam", "first": "2025", "last": "30/11/2025"}, "“2025” chưa đủ ngày. Ghi đủ ngày/tháng/năm, như 30/11/2025."),
        ({"kind": "nam", "first": "01/01/2025"}, "Ghi cả hai ngày, hoặc để trống cả hai và ghi năm."),
        ({"kind": "nam"}, "Hãy ghi năm, như 2025, hoặc ghi hai ngày."),
        ({"kind": "nam", "year": "25"}, "Năm từ 1989 trở đi. Ghi bốn chữ số, như 2025."),
        ({"kind": "quy", "year": "2025"}, "Hãy ghi thứ tự trong năm, từ 1 đến 4."),
        ({"kind": "nhiem_ky", "year": "2025"}, "Kỳ này không theo năm: hãy ghi từ ngày nào đến hết ngày nào."),
        ({"kind": "quy", "number": "12", "first": "01/01/2024", "last": "30/04/2024"}, "Hãy ghi thứ tự trong năm, từ 1 đến 4."),
        ({"kind": "quy", "first": "01/01/2024", "last": "30/04/2024"}, "Hãy ghi thứ tự trong năm, từ 1 đến 4."),
        ({"kind": "quy", "number": "2", "first": "01/01/2024", "last": "30/04/2024"},
         "Kỳ từ 01/01/2024 đến hết 30/04/2024 quá dài so với loại kỳ này. Hãy chọn lại loại kỳ, hoặc sửa hai ngày."),
        ({"kind": "thang", "number": "5", "first": "01/01/2024", "last": "31/12/2024"},
         "Kỳ từ 01/01/2024 đến hết 31/12/2024 là năm 2024. Hãy chọn lại loại kỳ, hoặc sửa hai ngày."),
        ({"kind": "thang", "first": "01/01/2024", "last": "31/12/2024"}, "Hãy ghi thứ tự trong năm, từ 1 đến 12."),
        ({"kind": "nam", "year": "2020", "first": "01/01/2023", "last": "30/11/2023"},
         "Kỳ từ 01/01/2023 đến hết 30/11/2023 là kỳ của năm 2023, không phải năm 2020. Hãy sửa năm, hoặc sửa hai ngày."),
        ({"kind": "quy", "number": "2", "first": "01/01/2024", "last": "31/03/2024"},
         "Kỳ từ 01/01/2024 đến hết 31/03/2024 là quý I năm 2024. Hãy sửa thứ tự trong năm, hoặc sửa hai ngày."),
        ({"kind": "nam", "year": "2024", "number": "3"},
         "Loại kỳ này không có thứ tự trong năm. Hãy để trống ô này, hoặc chọn lại loại kỳ."),
    ],
)
def test_a_period_that_cannot_be_is_refused_with_what_was_typed(enter, typed, said):
    answer = make(enter("thu_ky"), **typed)
    seen = Page(answer)
    assert answer.status_code == 422
    assert seen.texts(".error-text") == [said]
    assert {k: v for k, v in seen.form().items() if v} == typed
    assert Period.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ({"kind": "quy", "first": "01/01/2024", "last": "31/03/2024"}, "quý I năm 2024"),
        ({"kind": "quy", "number": "1", "first": "01/12/2023", "last": "29/02/2024"}, "quý I năm 2024"),
        ({"kind": "6_thang", "number": "1", "year": "2024", "first": "01/12/2023", "last": "31/05/2024"}, "6 tháng đầu năm 2024"),
        ({"kind": "nam", "year": "2024", "first": "01/12/2023", "last": "15/09/2024"}, "năm 2024"),
    ],
)
def test_dates_of_a_working_year_of_its_own_are_taken_as_typed(enter, typed, label):
    assert make(enter("thu_ky"), **typed).status_code == 302
    assert told(kind=typed["kind"])[0] == label


@pytest.mark.parametrize(("kind", "number"), [("quy", 0), ("quy", 5), ("thang", 0), ("thang", 13), ("6_thang", 0), ("6_thang", 3), ("nam", 1)])
def test_no_period_is_named_by_a_number_that_its_kind_does_not_have(kind, number):
    with pytest.raises(ValueError, match=f"{kind} has no number {number}"):
        label_of(kind, 2024, number)


def test_only_the_office_makes_periods(enter):
    assert [enter(name).get(reverse("reports:period_add")).status_code for name in ("thu_ky", "chi_hoi_truong", "kiem_tra")] == [200, 403, 403]


@pytest.mark.parametrize(
    "typed",
    [
        {"kind": "nam", "year": "2027", "label": "năm của riêng tôi"},
        {"kind": "nua_nhiem_ky", "first": "01/01/2022", "last": "30/06/2024", "label": "nửa đầu <b>{x}</b>"},
    ],
)
def test_nobody_writes_his_own_words_into_the_titles_of_all(enter, typed):
    answer = make(enter("thu_ky"), **typed)
    assert (answer.status_code, Period.objects.count()) == (422, 0)
    assert "Tên kỳ" in text_of(Page(answer).all("main")[0])


def test_periods_that_others_made_for_far_years_hide_none_of_ours(enter, tree, years):
    far = [Period(kind="khac", year=2080 + n, label=f"kỳ {n}", starts_on=date(2080 + n, 1, 1), ends_on=date(2080 + n, 1, 31)) for n in range(15)]
    near = [Period(kind="khac", year=2026, label=f"kỳ gần {n}", starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 1 + n % 28)) for n in range(28)]
    Period.objects.bulk_create([*far, *near])
    with all_units("a test"):
        shown = periods_of(tree.thanh_son, most=10)
    assert set(years) <= set(shown)
    assert not set(far) & set(shown)
