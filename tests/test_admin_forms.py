"""Forms of the admin that are filled in wrongly: a Vietnamese page that says what to mend, never an error page."""

from datetime import date

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import RequestFactory

from members.admin.base import RowForm
from members.models import Role, Unit, UnitRole, UnitSettings
from reports.models import Indicator, IndicatorConcern
from tests.administration import chief as chief
from tests.administration import common as common
from tests.administration import ours as ours
from tests.administration import page, registered
from tests.pages import Page
from tests.test_pages_language import faults

pytestmark = pytest.mark.django_db

LOOKED_AT = {"member", "enteredfigure", "sectionconfirmation", "reporttext"}
WRITTEN = [model for model in registered() if model._meta.model_name not in LOOKED_AT]
ABOVE = ".errornote"
BUTTONS = {"_save", "_addanother", "_continue", "_saveasnew"}


def errors(response):
    return Page(response).texts(".errorlist li")


def nonsense(form):
    """Every field of a page filled with what no field takes, an empty row of every inline added."""
    sent = {name: "\u202e??" if not name.endswith(("_FORMS", "-id")) else value for name, value in form.items()}
    for name in [name for name in form if name.endswith("-TOTAL_FORMS")]:
        stem, number = name.removesuffix("-TOTAL_FORMS"), int(form[name])
        sent |= {name: str(number + 1), f"{stem}-{number}-starts_on": "31/02/2026", f"{stem}-{number}-unit": "x"}
    return sent


@pytest.mark.parametrize("model", WRITTEN, ids=lambda model: model._meta.label_lower)
@pytest.mark.parametrize("kind", ["add", "change"])
@pytest.mark.parametrize("fill", [dict, nonsense], ids=["empty", "nonsense"])
def test_a_form_filled_in_wrongly_comes_back_in_vietnamese(model, kind, fill, chief, ours, common, everywhere):
    row = (ours.rows | common.rows)[model._meta.label_lower]
    address = page(model, "add") if kind == "add" else page(model, "change", row.pk)
    count, last = model.objects.count(), model.history.count()
    form = Page(chief.get(address)).form("#content form[method=post]")
    management = {name: value for name, value in form.items() if name.endswith("_FORMS")}
    answer = chief.post(address, fill(form) if fill is nonsense else management)
    seen = Page(answer)
    assert (answer.status_code, seen.texts(ABOVE), bool(errors(answer)), faults(answer)) == (200, ["Hãy sửa những lỗi ghi dưới đây."], True, [])
    assert (model.objects.count(), model.history.count()) == (count, last)


@pytest.mark.parametrize("model", WRITTEN, ids=lambda model: model._meta.label_lower)
@pytest.mark.parametrize("kind", ["add", "change"])
def test_one_field_left_empty_or_filled_wrongly_is_never_an_error_page(model, kind, chief, ours, common, everywhere):
    row = (ours.rows | common.rows)[model._meta.label_lower]
    address = page(model, "add") if kind == "add" else page(model, "change", row.pk)
    form = Page(chief.get(address)).form("#content form[method=post]")
    kept = {name: value for name, value in form.items() if name not in BUTTONS}
    typed = [name for name in kept if not name.endswith(("_FORMS", "-id")) and "__prefix__" not in name]
    found = {}
    for name in typed:
        for wrong in ("", "\u202e??", "9" * 18):
            with transaction.atomic():
                answer = chief.post(address, kept | {name: wrong})
                transaction.set_rollback(True)
            if answer.status_code != 302:
                found[name, wrong] = answer.status_code, faults(answer)
    assert found
    assert {case: got for case, got in found.items() if got != (200, [])} == {}


def every_form():
    """(name, form class) of every page and every inline that writes."""
    request = RequestFactory().get("/")
    request.user = type("Anybody", (), {"is_superuser": True, "pk": 0, "acting": None, "has_perm": lambda self, perm: True})()
    for model in WRITTEN:
        kept = admin.site._registry[model]
        for obj in (None, model()):
            yield f"{model.__name__} {obj and 'change'}", kept.get_form(request, obj, change=obj is not None)
            for inline in kept.get_inlines(request, obj):
                if inline(model, admin.site).has_change_permission(request):
                    yield inline.__name__, inline(model, admin.site).get_formset(request, obj).form


def test_every_form_of_the_admin_places_errors_of_fields_it_does_not_show(everywhere):
    forms = dict(every_form())
    assert {name for name, form in forms.items() if not issubclass(form, RowForm)} == set()
    assert {"SettingsInline", "UnitRoleInline", "BranchDatesInline", "MemberInline", "NewMemberInline"} <= set(forms)


# ── what a page does not show can still be wrong ────────────────────────────────────────────


def test_a_year_of_what_is_no_cluster_any_more_says_so_and_may_be_deleted(chief, ours, everywhere):
    year = ours["emulation.clusteryear"]
    Unit.objects.filter(pk=year.unit_id).update(kind="khoi")
    address = page("emulation.clusteryear", "change", year.pk)
    sent = Page(chief.get(address)).form("#clusteryear_form")
    answer = chief.post(address, sent | {"decision": "Quyết định số 9"})
    assert (answer.status_code, errors(answer)) == (200, ["Chỉ cụm thi đua mới có danh sách thành viên theo năm."])
    assert chief.post(page("emulation.clusteryear", "delete", year.pk), {"post": "yes"}).status_code == 302


def test_a_concern_of_an_entry_that_left_the_catalogue_says_so_and_may_be_deleted(chief, common):
    row = common["reports.indicatorconcern"]
    IndicatorConcern.objects.filter(pk=row.pk).update(code="bo_roi")
    answer = chief.post(page("reports.indicatorconcern", "change", row.pk), {"levels": ["TINH"], "place": "any"})
    assert (answer.status_code, errors(answer)) == (200, ["Không có chỉ tiêu “bo_roi” trong danh mục."])
    assert chief.post(page("reports.indicatorconcern", "delete", row.pk), {"post": "yes"}).status_code == 302


def test_an_added_indicator_whose_code_the_program_has_taken_over_says_so(chief, common):
    row = common["reports.indicator"]
    Indicator.objects.filter(pk=row.pk).update(code="members_total")
    address = page("reports.indicator", "change", row.pk)
    answer = chief.post(address, Page(chief.get(address)).form("#indicator_form"))
    assert (answer.status_code, errors(answer)) == (200, ["Mã này đã là chỉ tiêu có sẵn của chương trình."])


def test_a_unit_under_one_of_a_lower_level_says_so(chief, tree, everywhere):
    Unit.objects.filter(pk=tree.thanh_son.pk).update(level="CHI_HOI")
    address = page("members.unit", "change", tree.thon_dong.pk)
    answer = chief.post(address, Page(chief.get(address)).form("#unit_form"))
    assert (answer.status_code, errors(answer)) == (200, ["Chi hội không thể trực thuộc chi hội."])


def test_a_second_row_with_the_same_fixed_field_is_refused_before_the_database_does(chief, ours, cast, everywhere):
    settings = ours["members.unitsettings"]
    UnitSettings.objects.create(unit=settings.unit, starts_on=date(2025, 1, 1))
    address = page("members.unitsettings", "change", settings.pk)
    twice = chief.post(address, Page(chief.get(address)).form("#unitsettings_form") | {"starts_on": "01/01/2025"})
    assert errors(twice) == ["Đơn vị đã có thiết lập bắt đầu từ ngày này."]
    held = cast.thu_ky.unit_roles.get()
    other = UnitRole.objects.create(user=cast.thu_ky, unit=held.unit, role=Role.CHU_TICH, starts_on=held.starts_on)
    address = page("members.unitrole", "change", other.pk)
    twice = chief.post(address, Page(chief.get(address)).form("#unitrole_form") | {"role": held.role})
    assert errors(twice) == ["Người này đã có vai trò ấy ở đơn vị từ ngày này."]


def test_an_old_code_that_is_wrong_today_does_not_stand_in_the_way_of_a_name(chief, tree, everywhere):
    Unit.objects.filter(pk=tree.thanh_son.pk).update(code="LG TS\n")
    address = page("members.unit", "change", tree.thanh_son.pk)
    assert chief.post(address, Page(chief.get(address)).form("#unit_form") | {"name": "Hội CCB xã Thanh Sơn Hạ"}).status_code == 302
    assert Unit.objects.get(pk=tree.thanh_son.pk).name == "Hội CCB xã Thanh Sơn Hạ"


@pytest.mark.parametrize(("name", "text", "said"), [
    ("issuer_line", "a\nb\nc\nd", "Có 4 dòng. Hãy gộp lại, nhiều nhất 3 dòng."),
    ("recipients", "x" * 121, "Có dòng dài 121 chữ cái. Hãy ngắt hoặc rút gọn, mỗi dòng nhiều nhất 120 chữ cái."),
    ("recipients", "\n".join("x" * 41), "Có 41 dòng. Hãy gộp lại, nhiều nhất 40 dòng."),
])
def test_a_letterhead_that_no_sheet_bears_is_refused(name, text, said, chief, ours):
    address = page("members.unitsettings", "change", ours["members.unitsettings"].pk)
    assert errors(chief.post(address, Page(chief.get(address)).form("#unitsettings_form") | {name: text})) == [said]
