"""The pages of locked periods: locking many, asking, opening for a time, and what others see meanwhile."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError
from django.urls import reverse

from ccb import clock
from members.models import LockState, PeriodDates, PeriodLock
from members.scoping import all_units
from tests.members.locking import close, year
from tests.pages import Page
from tests.reports.typing import address, put

pytestmark = pytest.mark.django_db

LOCKS = reverse("members:locks")
NOON = datetime(2026, 11, 22, 12, tzinfo=clock.HO_CHI_MINH)
CODE = "gift_count"


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def locked(tree):
    with all_units("a test locks a commune"):
        return close(tree.thanh_son)


def states():
    with all_units("a test looks at the locks"):
        return {lock.unit.code: lock.state_at(clock.now()).value for lock in PeriodLock.objects.select_related("unit")}


def page_of(lock):
    return reverse("members:lock", args=[lock.pk])


def said(client, where=LOCKS):
    return Page(client.get(where)).texts("main .notice--ok")


# ── locking ──


def test_a_province_sees_its_units_and_locks_some_or_all(enter, tree, locked):
    client, period = enter("van_phong"), year(2025)
    seen = Page(client.get(LOCKS))
    assert seen.table() == [
        ["Khối cơ quan tỉnh Lam Giang, xem đơn vị trực thuộc", "Chưa khóa", "Khóa Khối cơ quan tỉnh Lam Giang"],
        ["Xã Thanh Sơn", "Đã khóa", "Mở một thời gian Xã Thanh Sơn"],
        ["Xã Bình Minh", "Chưa khóa", "Khóa Xã Bình Minh"],
    ]
    answer = client.post(LOCKS, {"ky": period.pk, "chon": tree.binh_minh.pk}, follow=True)
    assert Page(answer).texts("main .notice--ok") == ["Đã khóa số liệu năm 2025 của Hội CCB xã Bình Minh. Ai cần sửa thì xin mở khóa ở trang này."]
    assert states() == {"LG-TS": "khoa", "LG-BM": "khoa"}
    client.post(LOCKS, {"ky": period.pk, "tat-ca": "1", "duoi": "1"})
    assert states() == dict.fromkeys(["LG-TS", "LG-BM", "LG-K", "LG-K-01", "LG-K-02"], "khoa")
    assert "tất cả đã khóa" in Page(client.get(LOCKS)).text("table caption")


def test_nothing_chosen_and_a_running_period_are_told(enter, tree):
    client, running = enter("van_phong"), year(2026)
    year(2025)
    answer = client.post(LOCKS, {"ky": year(2025).pk})
    assert (answer.status_code, Page(answer).text(".error-summary p")) == (422, "Chưa chọn đơn vị nào. Đánh dấu những đơn vị cần khóa rồi bấm lại.")
    answer = client.post(LOCKS, {"ky": running.pk, "chon": tree.binh_minh.pk})
    assert (answer.status_code, Page(answer).text(".error-summary p")) == (
        422, "Hội CCB xã Bình Minh: năm 2026 chốt số liệu hết ngày 31/12/2026. Khóa được từ ngày hôm sau.")
    assert Page(answer).values("input[name=chon][checked]", "value") == [str(tree.binh_minh.pk)]
    assert states() == {}


@pytest.mark.parametrize(("who", "unit", "status"), [
    ("van_phong", "kim_bai", 404), ("van_phong", "thon_dong", 404), ("thu_ky", "binh_minh", 404), ("chi_hoi_truong", "thon_dong", 403), ("kiem_tra", "binh_minh", 403),
    ("quan_tri", "binh_minh", 403),
])
def test_nobody_locks_what_is_not_below_him(who, unit, status, enter, tree):
    assert enter(who).post(LOCKS, {"ky": year(2025).pk, "chon": getattr(tree, unit).pk}).status_code == status
    assert states() == {}


def test_a_unit_further_down_is_reached_by_its_name(enter, tree):
    client, period = enter("van_phong"), year(2025)
    where = f"{LOCKS}?don-vi={tree.khoi.pk}&ky={period.pk}"
    assert [row[:2] for row in Page(client.get(where)).table()] == [["Sở Nội vụ", "Chưa khóa"], ["Sở Y tế", "Chưa khóa"]]
    client.post(where, {"ky": period.pk, "chon": tree.so_y_te.pk})
    assert states() == {"LG-K-02": "khoa"}


# ── asking and opening ──


def test_the_unit_asks_and_the_one_above_opens_for_a_time(enter, tree, locked, cast):
    secretary, office = enter("thu_ky"), enter("van_phong")
    assert Page(secretary.get(LOCKS)).table() == [["năm 2025, 01/01/2025 – 31/12/2025", "Đã khóa", "", "Xin mở khóa, năm 2025"]]
    answer = secretary.post(page_of(locked), {"xin": "1", "reason": ""})
    assert (answer.status_code, Page(answer).texts(".error-text")) == (422, ["Chưa ghi lý do xin mở."])
    secretary.post(page_of(locked), {"xin": "1", "reason": "ghi sót 2 hội viên"})
    assert states() == {"LG-TS": LockState.ASKED}
    for where in ("/", LOCKS):
        assert Page(office.get(where)).texts(".box--act li") == ["Hội CCB xã Thanh Sơn, năm 2025: ghi sót 2 hội viên (đồng chí Nguyễn Thị Hòa)"]
    seen = Page(office.get(page_of(locked)))
    assert (seen.values("input[name=until]", "value"), seen.values("input[name=reason]", "value")) == (["29/11/2026"], ["ghi sót 2 hội viên"])
    answer = office.post(page_of(locked), {"mo": "1", "until": "31/02/2026", "reason": "cho bổ sung"})
    assert (answer.status_code, Page(answer).values("input[name=until]", "value"), len(Page(answer).texts(".error-text"))) == (422, ["31/02/2026"], 1)
    office.post(page_of(locked), {"mo": "1", "until": "30/11/2026", "reason": "cho bổ sung"})
    assert said(office) == ["Đã mở năm 2025 của Hội CCB xã Thanh Sơn đến hết ngày 30/11/2026. Hết ngày ấy kỳ tự khóa lại."]
    assert Page(office.get(LOCKS)).table()[1][1] == "Đang mở đến hết 30/11/2026"
    with all_units("a test looks at the lock"):
        assert PeriodLock.objects.get().opened_until == datetime(2026, 12, 1, tzinfo=clock.HO_CHI_MINH)
    history = Page(secretary.get(page_of(locked))).texts(".history li")
    assert [step.partition(": ")[2] for step in history[:2]] == [
        "mở khóa đến hết 30/11/2026 Lý do: cho bổ sung", "xin mở khóa Lý do: ghi sót 2 hội viên"]
    office.post(page_of(locked), {"khoa": "1"})
    assert states() == {"LG-TS": LockState.LOCKED}


def test_an_opening_too_long_keeps_what_was_typed(enter, locked):
    answer = enter("van_phong").post(page_of(locked), {"mo": "1", "until": "30/12/2026", "reason": "cho bổ sung"})
    seen = Page(answer)
    assert (answer.status_code, seen.values("input[name=reason]", "value"), seen.texts(".error-text")) == (
        422, ["cho bổ sung"], ["Chỉ mở từ hôm nay đến nhiều nhất 31 ngày. Ghi một ngày trong khoảng ấy."])


def test_a_branch_reads_the_locks_of_its_commune_and_no_more(enter, locked):
    client = enter("chi_hoi_truong")
    seen = Page(client.get(LOCKS))
    assert seen.table() == [["năm 2025, 01/01/2025 – 31/12/2025", "Đã khóa"]]
    assert "đồng chí báo Hội CCB xã Thanh Sơn xin mở khóa" in seen.text("main")
    assert client.get(page_of(locked)).status_code == 404


def test_the_admin_shows_locks_and_changes_none(enter, locked):
    client = enter("superuser")
    where = reverse("admin:members_periodlock_change", args=[locked.pk])
    assert "năm 2025" in Page(client.get(where)).text("#content")
    for page in (where, where.replace("change", "delete"), reverse("admin:members_periodlock_add")):
        assert client.post(page, {"opened_until": "2030-01-01"}).status_code == 403
    assert Page(client.get(where.replace("change", "history"))).status == 200


# ── what others see of it ──


def test_a_section_of_a_locked_period_is_read_calmly(enter, tree, locked):
    put_before_the_lock(tree, locked)
    for who in ("thu_ky", "van_phong"):
        seen = Page(enter(who).get(address("entry_section", tree.thanh_son, locked.period, "3")))
        assert (seen.all("form#so-lieu input.form-control"), seen.all(".btn-primary")) == ([], [])
        assert seen.text(".notice--info").startswith("Hội CCB xã Thanh Sơn đã khóa số liệu năm 2025 lúc 12:00 22/11/2026, nên các ô chỉ để xem")
        assert seen.values(".notice--info a", "href") == [f"{LOCKS}?ky={locked.period_id}"]
    assert "12" in seen.texts(".line .line__last")[1]


def put_before_the_lock(tree, lock, value="12"):
    PeriodLock._base_manager.filter(pk=lock.pk).delete()
    put(tree.thanh_son, lock.period, CODE, value)
    with all_units("a test locks again"):
        lock.save(force_insert=True)


def test_other_pages_of_a_locked_period_say_so_too(enter, tree, locked):
    client = enter("thu_ky")
    for where in (
        f"{reverse('reports:entry')}?ky={locked.period_id}", address("confirm_section", tree.thanh_son, locked.period, "3"),
        reverse("reports:report_text", args=[tree.thanh_son.pk, locked.period_id, "DG1"]),
    ):
        seen = Page(client.get(where))
        assert "đã khóa số liệu năm 2025" in seen.text(".notice--info"), where
        assert seen.all("main .btn-primary") == [], where
    assert len(seen.all("textarea[readonly]")) == 1


def test_a_grid_has_boxes_for_the_units_that_are_open(enter, tree, locked):
    seen = Page(enter("van_phong").get(address("entry_grid", tree.lam_giang, locked.period, "3") + f"?cot={CODE}"))
    assert seen.text(".notice--info").startswith("1 đơn vị đã khóa số liệu kỳ này")
    boxes = seen.values("table input.form-control", "name")
    assert f"v:{tree.binh_minh.pk}:{CODE}" in boxes
    assert f"v:{tree.thanh_son.pk}:{CODE}" not in boxes


def test_what_the_gate_stops_is_a_page_that_keeps_what_was_typed(enter, tree, locked):
    """No service stands before this write: the trigger refuses, and the same form can be sent again once it is open."""
    client = enter("quan_tri")
    sent = {"period": locked.period_id, "unit": tree.thanh_son.pk, "starts_on": "01/01/2025", "ends_on": "30/11/2025", "due_on": ""}
    answer = client.post(reverse("admin:members_perioddates_add"), sent)
    seen = Page(answer)
    assert (answer.status_code, seen.text("h1")) == (409, "Chưa lưu: kỳ này đã khóa số liệu")
    assert seen.form("main form[method=post]") == {name: str(value) for name, value in sent.items()}
    with all_units("a test looks for what was stored"):
        assert not PeriodDates.objects.exists()
        PeriodLock.objects.all().delete()
    again = client.post(reverse("admin:members_perioddates_add"), seen.form("main form[method=post]"))
    assert again.status_code == 302
    with all_units("a test looks for what was stored"):
        assert PeriodDates.objects.get().ends_on == date(2025, 11, 30)


def test_other_errors_of_the_database_are_not_taken_for_a_lock(enter, tree, monkeypatch):
    def broken(**given):
        raise IntegrityError("something else")

    monkeypatch.setattr("reports.views.entry.save_cells", broken)
    client = enter("thu_ky")
    client.raise_request_exception = False
    assert client.post(address("entry_section", tree.thanh_son, year(2026), "3"), {f"v:{CODE}": "1", f"n:{CODE}": "0", "luu": "1"}).status_code == 500


def test_pages_take_no_more_queries_for_more_units(enter, tree, locked, django_assert_max_num_queries):
    client = enter("van_phong")
    with all_units("a test locks more units"):
        close(tree.binh_minh)
        close(tree.khoi)
    with django_assert_max_num_queries(12):
        client.get(LOCKS)
