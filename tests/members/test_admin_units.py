"""Units, their settings and dates in the admin: founded by the service, never moved, never deleted."""

from datetime import date

import pytest
from django.test import Client

from members.models import Kind, Level, Period, PeriodDates, Unit, UnitSettings, UnitVersion, User
from tests.administration import chief as chief
from tests.administration import page
from tests.cast import logged_in
from tests.pages import Page

pytestmark = pytest.mark.django_db

NEW = {"code": "LG-VT", "name": "Hội CCB xã Vĩnh Thanh", "level": Level.CO_SO, "kind": Kind.XA, "opens_on": "01/07/2025"}
VERSIONS = {"versions-TOTAL_FORMS": "0", "versions-INITIAL_FORMS": "0"}
NO_SETTINGS = {"settings-TOTAL_FORMS": "0", "settings-INITIAL_FORMS": "0", **VERSIONS}


def errors(response):
    return Page(response).texts(".errorlist li")


def test_a_unit_made_here_has_its_path_its_version_and_its_history(enter, tree, cast, everywhere):
    assert enter("quan_tri").post(page("members.unit", "add"), NEW | {"parent": tree.lam_giang.pk}).status_code == 302
    unit = Unit.objects.get(code="LG-VT")
    assert (unit.path[:-4], len(unit.path), unit.parent) == (tree.lam_giang.path, 8 + 4, tree.lam_giang)
    version = UnitVersion.objects.get(unit=unit)
    assert (version.name, version.kind, version.parent, version.starts_on) == (unit.name, "xa", tree.lam_giang, date(2025, 7, 1))
    assert [(record.history_type, record.history_user) for record in Unit.history.filter(id=unit.pk)] == [("+", cast.quan_tri)]


def test_the_form_for_a_new_unit_proposes_the_administrators_own_as_parent(enter, tree):
    assert Page(enter("quan_tri").get(page("members.unit", "add"))).values("#id_parent option[selected]", "value") == [str(tree.lam_giang.pk)]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"parent": "kim_bai"}, "Hãy chọn lại: mục vừa chọn không có trong danh sách."),
        ({"parent": None}, "Ô này không được để trống."),
        ({"parent": "thon_dong"}, "Cơ sở không thể trực thuộc chi hội."),
        ({"parent": "lam_giang", "code": "HD-KB"}, "Mã đơn vị này đã có. Mỗi mã chỉ dùng một lần, kể cả khi đơn vị đã giải thể."),
    ],
    ids=["outside", "top", "below", "code"],
)
def test_a_unit_in_the_wrong_place_is_refused_and_explained(wrong, words, enter, tree, everywhere):
    parent = wrong["parent"] and getattr(tree, wrong["parent"]).pk
    before = Unit.objects.count()
    answer = enter("quan_tri").post(page("members.unit", "add"), NEW | wrong | {"parent": parent or ""})
    assert (answer.status_code, errors(answer), Unit.objects.count()) == (200, [words], before)


def test_a_superuser_founds_the_first_unit_of_an_empty_database(db, everywhere):
    client = logged_in(User.objects.create(username="cai_dat", is_superuser=True))
    first = {"code": "VN", "name": "Hội CCB Việt Nam", "level": Level.TRUNG_UONG, "kind": Kind.TRUNG_UONG, "opens_on": "06/12/1989", "parent": ""}
    assert client.get(page("members.unit", "changelist")).status_code == 200
    assert client.post(page("members.unit", "add"), first).status_code == 302
    unit = Unit.objects.get()
    assert (unit.code, unit.path, unit.versions.count()) == ("VN", "0000", 1)
    assert client.post(page("members.unit", "add"), NEW | {"parent": unit.pk}).status_code == 302
    assert Unit.objects.get(code="LG-VT").path == "00000000"


def test_a_wrong_name_is_mended_in_the_version_too_and_nothing_else_changes(enter, tree, cast, everywhere):
    sent = {"name": "Hội CCB xã Thanh Sơn Thượng", "kind": Kind.PHUONG, "code": "KHAC", "parent": tree.binh_minh.pk, "level": Level.CHI_HOI,
            "opens_on": "01/01/2000", "closes_on": "01/01/2001", **NO_SETTINGS}
    before = tree.thanh_son
    assert enter("quan_tri").post(page("members.unit", "change", before.pk), sent).status_code == 302
    unit = Unit.objects.get(pk=before.pk)
    assert (unit.name, unit.kind) == (sent["name"], "phuong")
    kept = ("code", "parent_id", "level", "path", "opens_on", "closes_on")
    assert [getattr(unit, name) for name in kept] == [getattr(before, name) for name in kept]
    assert [(version.name, version.kind) for version in unit.versions.all()] == [(sent["name"], "phuong")]
    assert Unit.history.filter(id=unit.pk).latest().history_user == cast.quan_tri


def test_the_history_of_a_unit_tells_old_and_new_in_words(enter, tree, everywhere):
    client = enter("quan_tri")
    for name, kind in (("Hội CCB xã Thanh Sơn", Kind.XA), ("Hội CCB phường Thanh Sơn", Kind.PHUONG)):
        client.post(page("members.unit", "change", tree.thanh_son.pk), {"name": name, "kind": kind, **NO_SETTINGS})
    seen = Page(client.get(page("members.unit", "history", tree.thanh_son.pk)))
    assert seen.texts("#change-history li") == ["Loại: Xã → Phường", "Tên đơn vị: Hội CCB xã Thanh Sơn → Hội CCB phường Thanh Sơn"]
    assert [cells[1:3] for cells in seen.table("#change-history")] == [["Thay đổi", "Bùi Quang Lịch"]] * 2
    then = Page(client.get(page("members.unit", "simple_history", tree.thanh_son.pk, Unit.history.earliest().pk)))
    assert dict(then.table("#content-main table"))["Tên đơn vị"] == "Hội CCB xã Thanh Sơn"


def test_no_unit_is_ever_deleted(enter, tree, everywhere):
    answers = [enter(name).post(page("members.unit", "delete", tree.xom_ben.pk), {"post": "yes"}).status_code for name in ("quan_tri", "superuser")]
    assert (answers, Unit.objects.filter(pk=tree.xom_ben.pk).count()) == ([403, 403], 1)


def test_settings_are_added_under_the_unit_and_stay_with_it(enter, tree, cast, everywhere):
    client = enter("quan_tri")
    new = {"settings-TOTAL_FORMS": "1", "settings-INITIAL_FORMS": "0", **VERSIONS, "settings-0-starts_on": "01/01/2025",
           "settings-0-signer_name": "Trần Đình Quế", "settings-0-frontier": "true", "settings-0-entrusted": "unknown"}
    unit = tree.thanh_son
    assert client.post(page("members.unit", "change", unit.pk), {"name": unit.name, "kind": unit.kind, **new}).status_code == 302
    row = UnitSettings.objects.get()
    assert (row.unit, row.signer_name, row.frontier, row.entrusted) == (unit, "Trần Đình Quế", True, None)
    moved = {"unit": tree.kim_bai.pk, "starts_on": "01/01/2025", "signer_name": "Khác", "frontier": "false", "entrusted": "unknown"}
    client.post(page("members.unitsettings", "change", row.pk), moved)
    outside = client.post(page("members.unitsettings", "add"), moved)
    row.refresh_from_db()
    assert (row.unit, row.signer_name, outside.status_code, UnitSettings.objects.count()) == (unit, "Khác", 200, 1)
    assert [record.history_user for record in UnitSettings.history.all()] == [cast.quan_tri] * 2


@pytest.fixture
def year(db):
    return Period.objects.create(kind="nam", year=2026, label="năm 2026", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))


def test_a_period_has_dates_of_ones_own_branches_only(enter, tree, year, cast, everywhere):
    client, add = enter("quan_tri"), page("members.perioddates", "add")
    branch = {"period": year.pk, "starts_on": "01/12/2025", "ends_on": "30/11/2026", "due_on": ""}
    refused = client.post(add, branch | {"unit": tree.kim_bai.pk})
    assert (errors(refused), PeriodDates.objects.count()) == (["Hãy chọn lại: mục vừa chọn không có trong danh sách."], 0)
    assert client.post(add, branch | {"unit": tree.lam_giang.pk}).status_code == 302
    row = PeriodDates.objects.get()
    assert (row.unit, row.period.label, row.starts_on) == (tree.lam_giang, "năm 2026", date(2025, 12, 1))
    sent = {"unit": tree.kim_bai.pk, "starts_on": "02/12/2025", "ends_on": "30/11/2026", "due_on": ""}
    client.post(page("members.perioddates", "change", row.pk), sent)
    row.refresh_from_db()
    assert (row.unit, row.starts_on) == (tree.lam_giang, date(2025, 12, 2))


def test_a_period_that_ends_before_it_begins_or_holds_itself_is_explained(chief, year):
    sent = {"kind": "nam", "year": "2026", "number": "0", "label": "năm 2026", "starts_on": "01/01/2026", "ends_on": "31/12/2026", "due_on": "",
            "branch_dates-TOTAL_FORMS": "0", "branch_dates-INITIAL_FORMS": "0"}
    address = page("members.period", "change", year.pk)
    assert errors(chief.post(address, sent | {"ends_on": "31/12/2025"})) == [
        "Kỳ kết thúc trước khi bắt đầu: ngày chốt phải bằng hoặc sau ngày đầu kỳ."]
    assert errors(chief.post(address, sent | {"parts": [year.pk]})) == ["Một kỳ không thể gồm chính nó."]


def test_one_who_acts_as_secretary_today_has_no_admin_until_he_acts_as_administrator(tree, cast, everywhere):
    cast.thu_ky.unit_roles.create(unit=tree.thon_dong, role="quan_tri", starts_on=date(2020, 1, 1))
    client = Client()
    client.force_login(cast.thu_ky, backend="members.backends.RoleBackend")
    assert client.get(page("members.unit", "changelist")).status_code == 403
    session = client.session
    session["acting_role"] = cast.thu_ky.unit_roles.get(role="quan_tri").pk
    session.save()
    rows = Page(client.get(page("members.unit", "changelist"))).table("#result_list")
    assert [cells[:2] for cells in rows] == [["Chi hội Thôn Đông", "LG-TS-01"]]
