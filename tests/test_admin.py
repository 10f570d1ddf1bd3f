"""The admin: every page for its administrator, nothing of a stranger's, nothing round history."""

import re
from urllib.parse import unquote

import pytest
from django.contrib import admin
from django.urls import reverse
from zeal import zeal_context

from emulation.services import set_cluster_members
from members.models import Unit
from reports.models import EnteredFigure
from tests.administration import CANARIES, COMMON, administrator_of, page, registered
from tests.administration import chief as chief
from tests.administration import common as common
from tests.administration import ours as ours
from tests.administration import theirs as theirs
from tests.pages import Page

pytestmark = pytest.mark.django_db

LOOKED_AT = {"member", "enteredfigure", "sectionconfirmation", "reporttext"}
DELETABLE = ["members.perioddates", "members.unitrole", "members.unitsettings", "emulation.clusteryear"]
SCOPED = [model for model in registered() if model not in COMMON]


def canaries(response):
    body = response.content.decode()
    return [canary for canary in CANARIES if canary in body]


def addresses(model, row):
    """Every page about one row."""
    names = ["change", "history"] + (["delete"] if model._meta.label_lower in DELETABLE else [])
    records = model.history.filter(**{model._meta.pk.attname: row.pk}) if hasattr(model, "history") else []
    return [page(model, name, row.pk) for name in names] + [page(model, "simple_history", row.pk, record.pk) for record in records]


def places():
    return [page(model, "changelist") for model in registered()] + [reverse("admin:index")] + [
        reverse("admin:app_list", args=[app]) for app in ("members", "emulation", "reports")]


# ── every page ─────────────────────────────────────────────────────────────────────────────


def test_there_is_a_page_for_each_of_these_tables_and_no_other():
    assert [model._meta.label_lower for model in registered()] == [
        "emulation.clusteryear", "members.member", "members.period", "members.perioddates", "members.unit", "members.unitrole",
        "members.unitsettings", "members.user", "reports.enteredfigure", "reports.indicator", "reports.indicatorconcern",
        "reports.reporttext", "reports.sectionconfirmation",
    ]
    assert "auth.group" not in [model._meta.label_lower for model in admin.site._registry]


def test_an_administrator_opens_every_page_about_his_own_rows(enter, ours, theirs, common, everywhere):
    client = enter("quan_tri")
    for model in registered():
        row = (ours.rows | common.rows)[model._meta.label_lower]
        answers = {address: client.get(address) for address in [page(model, "changelist"), *addresses(model, row)]}
        assert {address: (answer.status_code, canaries(answer)) for address, answer in answers.items()} == {address: (200, []) for address in answers}
        assert str(row) in answers[page(model, "change", row.pk)].content.decode()


@pytest.mark.parametrize("name", ["quan_tri", "chief", "superuser"])
def test_a_table_written_elsewhere_has_no_page_to_add(name, enter, chief):
    client = chief if name == "chief" else enter(name)
    answers = {model: client.get(page(model, "add")).status_code for model in registered()}
    looked_at = {model for model in registered() if model._meta.model_name in LOOKED_AT or (name == "quan_tri" and model in COMMON)}
    assert answers == {model: 403 if model in looked_at else 200 for model in registered()}


@pytest.mark.parametrize("name", ["chi_hoi_truong", "thu_ky", "chu_tich", "van_phong", "kiem_tra", "khong_vai"])
def test_whoever_is_no_administrator_gets_no_admin(name, enter, ours, everywhere):
    client = enter(name)
    pages = [*places(), page("members.unit", "change", ours["members.unit"].pk), page("members.user", "add"), reverse("admin:autocomplete")]
    assert {address: client.get(address).status_code for address in pages} == dict.fromkeys(pages, 403)


def test_a_visitor_is_led_to_the_one_login_page(client, db):
    ends = [unquote(client.get(address, follow=True).redirect_chain[-1][0]) for address in places()]
    assert ends == [f"{reverse('members:login')}?next={address}" for address in places()]


def test_nothing_is_deleted_but_what_may_be_and_that_is_remembered(enter, ours, common, everywhere):
    client = enter("quan_tri")
    for model in registered():
        label = model._meta.label_lower
        row, allowed = (ours.rows | common.rows)[label], label in DELETABLE
        answer = client.post(page(model, "delete", row.pk), {"post": "yes"})
        kept = model._default_manager.filter(pk=row.pk).exists()
        assert (label, answer.status_code, kept) == (label, *((302, False) if allowed else (403, True)))
        if allowed:
            assert (label, model.history.filter(id=row.pk).latest().history_type) == (label, "-")


def test_no_list_offers_a_mass_action(enter, ours, common):
    client = enter("superuser")
    offered = [model for model in registered() if b'name="action"' in client.get(page(model, "changelist")).content]
    assert offered == []


# ── whose rows ─────────────────────────────────────────────────────────────────────────────


def test_no_list_shows_a_strangers_row(enter, ours, theirs, everywhere):
    client = enter("quan_tri")
    assert {address: canaries(client.get(address)) for address in places()} == {address: [] for address in places()}


def test_the_same_pages_show_those_rows_to_whoever_may_see_everything(enter, ours, theirs, everywhere):
    """Else the test above would pass with empty pages."""
    client = enter("superuser")
    assert {model._meta.label_lower for model in SCOPED if not canaries(client.get(page(model, "changelist")))} == set()


def test_a_strangers_row_answers_like_one_that_does_not_exist(enter, theirs, everywhere):
    client, index = enter("quan_tri"), reverse("admin:index")
    for model in SCOPED:
        row = theirs[model._meta.label_lower]
        said = f"Không có {model._meta.verbose_name} số “?”. Có thể mục này đã được xóa."
        for address in addresses(model, row):
            answers = [client.get(address), client.get(address.replace(f"/{row.pk}/", "/999999/", 1))]
            assert [(address, answer.status_code, answer.headers["Location"]) for answer in answers] == [(address, 302, index)] * 2
            messages = re.findall(r'<li class="warning">(.*?)</li>', client.get(index).content.decode())
            assert [re.sub("“.*?”", "“?”", text) for text in messages] == [said] * 2


def test_history_of_ones_own_row_does_not_open_a_strangers_record(enter, ours, theirs, everywhere):
    client = enter("quan_tri")
    for model in SCOPED:
        label, records = model._meta.label_lower, []
        if hasattr(model, "history"):
            records = [record.pk for record in model.history.filter(id=theirs[label].pk)] + ["x"]
        answers = [client.get(page(model, "simple_history", ours[label].pk, record)) for record in records]
        assert [(label, answer.status_code, canaries(answer)) for answer in answers] == [(label, 404, [])] * len(answers)


def test_nobody_writes_into_history(enter, ours, everywhere):
    record = Unit.history.filter(id=ours["members.unit"].pk).first()
    client = enter("superuser")
    before = Unit.history.count()
    address = page("members.unit", "simple_history", ours["members.unit"].pk, record.pk)
    client.post(address, {"name": "Tên khác", "kind": "xa", "_save": "1"})
    client.post(address, {"_change_history": "1", "name": "Tên khác"})
    assert (Unit.history.count(), Unit.objects.filter(name="Tên khác").count()) == (before, 0)


CHOICES = [
    ("members", "unit", "parent"), ("members", "unitrole", "unit"), ("members", "unitrole", "user"), ("members", "perioddates", "unit"),
    ("members", "unitsettings", "unit"), ("members", "membership", "member"), ("members", "historicalunit", "history_user"),
    ("emulation", "clustermember", "unit"), ("emulation", "clusteryear", "head"), ("reports", "enteredfigure", "typed_by"),
]


@pytest.mark.parametrize("source", CHOICES, ids="-".join)
def test_a_choice_offers_what_lies_within_reach_and_nothing_else(source, enter, ours, theirs, everywhere):
    asked = dict(zip(("app_label", "model_name", "field_name"), source, strict=True))
    address = reverse("admin:autocomplete")
    offered, everything = (enter(name).get(address, asked) for name in ("quan_tri", "superuser"))
    assert (offered.status_code, bool(offered.json()["results"]), canaries(offered)) == (200, True, [])
    assert len(everything.json()["results"]) > len(offered.json()["results"])
    for canary in ("Kim", "HD", "van_phong_ha", "Hoàng"):
        assert canaries(enter("quan_tri").get(address, {**asked, "term": canary})) == []


def test_a_unit_is_offered_with_its_code(enter, tree):
    found = enter("quan_tri").get(reverse("admin:autocomplete"), {
        "app_label": "members", "model_name": "unitrole", "field_name": "unit", "term": "Thôn Đông"})
    assert [result["text"] for result in found.json()["results"]] == ["Chi hội Thôn Đông (LG-TS-01)"]


def test_no_search_reaches_a_strangers_row(enter, ours, theirs, everywhere):
    client = enter("quan_tri")
    for model in SCOPED:
        for term in ("Kim Bài", "HD", "Hoàng Yến", "hoang yen", "van_phong_ha_dong"):
            answer = client.get(page(model, "changelist"), {"q": term})
            seen = (answer.status_code, "0 kết quả" in answer.content.decode(), b"result_list" in answer.content)
            assert (model._meta.model_name, term, *seen) == (model._meta.model_name, term, 200, True, False)


def test_an_address_does_not_ask_about_a_column_that_the_list_does_not_offer(enter, cast):
    guess = enter("quan_tri").get(page("members.user", "changelist"), {"password__startswith": "argon2"})
    across = enter("quan_tri").get(page("members.unitrole", "changelist"), {"user__password__startswith": "argon2"})
    assert [guess.status_code, across.status_code] == [400, 400]


# ── what the pages are made of ─────────────────────────────────────────────────────────────


def every_page(branch, common):
    rows = branch.rows | common.rows
    for model in registered():
        yield page(model, "changelist")
        if model._meta.model_name not in LOOKED_AT:
            yield page(model, "add")
        yield from addresses(model, rows[model._meta.label_lower])
    yield page("reports.indicatorconcern", "delete", rows["reports.indicatorconcern"].pk)
    yield from [reverse("admin:index"), page("members.user", "set_password", rows["members.user"].pk)]


INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>\s*[^\s<]|\sstyle=|\son\w+=|data:|<style|https?://(?!www\.w3\.org)")
ENGLISH = re.compile(
    r"\b(the|add|change[ds]?|delete[ds]?|history|historical|save|unit|user|period|section|view|select|by|all|of|and|show|filter|object|"
    r"date|home|yes|search|close|version|code|role|none|true|false|created|at|is|password|typed|written)\b", re.I)


def test_every_page_keeps_to_the_policy_and_speaks_vietnamese(chief, ours, common, everywhere):
    inline, english = {}, {}
    for address in every_page(ours, common):
        answer = chief.get(address)
        assert answer.status_code == 200, address
        body = answer.content.decode()
        inline[address] = INLINE.findall(body)
        spoken = re.findall(r'\b(?:title|alt|aria-label|placeholder)="([^"]*)"', body) + re.split("<[^>]*>", body)
        english[address] = ENGLISH.findall(" ".join(spoken))
    assert {address: found for address, found in inline.items() if found} == {}
    assert {address: found for address, found in english.items() if found} == {}


def test_a_long_list_sends_no_query_for_each_row(enter, ours, theirs, common):
    client = enter("superuser")
    for model in registered():
        with zeal_context():
            assert client.get(page(model, "changelist")).status_code == 200


# ── figures ────────────────────────────────────────────────────────────────────────────────


def test_a_typed_figure_is_found_by_the_name_of_its_indicator_and_is_not_written_here(enter, ours, theirs, everywhere):
    client, row = enter("superuser"), ours["reports.enteredfigure"]
    changelist = page("reports.enteredfigure", "changelist")
    found = Page(client.get(changelist, {"q": "vuon mau"})).table("#result_list")
    assert [cells[:3] + cells[5:6] for cells in found] == [
        ["Vườn mẫu", "–", "Hội CCB xã Thanh Sơn", "12.345"], ["Vườn mẫu", "–", "Hội CCB xã Kim Bài", "987.654.321"]]
    assert [len(Page(client.get(changelist, {"muc": section})).table("#result_list")) for section in "23"] == [2, 0]
    answers = [client.post(page("reports.enteredfigure", name, *args), {"value": "1"}) for name, args in (("add", []), ("change", [row.pk]), ("delete", [row.pk]))]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert EnteredFigure.objects.get(pk=row.pk).value == 12345


# ── clusters ───────────────────────────────────────────────────────────────────────────────


def cluster_form(cluster, *new, kept=(), **sent):
    """A year of a cluster as its form sends it: ``kept`` members under their numbers, ``new`` ones behind."""
    fields = {"unit": cluster.pk, "year": "2026", "decision": "", "head": "", "deputy": ""}
    fields |= {"members-TOTAL_FORMS": len(kept), "members-INITIAL_FORMS": len(kept), "members-2-TOTAL_FORMS": len(new), "members-2-INITIAL_FORMS": 0}
    for number, member in enumerate(kept):
        fields |= {f"members-{number}-id": member.pk, f"members-{number}-position": number}
    for number, unit in enumerate(new):
        fields |= {f"members-2-{number}-unit": unit.pk, f"members-2-{number}-position": number}
    return fields | sent


def test_a_cluster_gets_its_members_of_a_year_from_within_the_scope(enter, tree, ours, theirs, everywhere):
    client, cluster = enter("quan_tri"), ours["emulation.clusteryear"].unit
    add = page("emulation.clusteryear", "add")
    refused = [Page(client.post(add, cluster_form(cluster, unit))).texts(".errorlist li") for unit in (tree.kim_bai, cluster)]
    assert refused == [["Hãy chọn lại: mục vừa chọn không có trong danh sách."], ["Cụm không thể là thành viên của chính mình."]]
    assert client.post(add, cluster_form(cluster, tree.binh_minh, tree.thanh_son, head=tree.binh_minh.pk)).status_code == 302
    year = cluster.cluster_years.get(year=2026)
    assert ([member.unit for member in year.members.all()], year.head) == ([tree.binh_minh, tree.thanh_son], tree.binh_minh)
    kept = list(year.members.all())
    gone = {"members-0-DELETE": "on"}
    assert client.post(page("emulation.clusteryear", "change", year.pk), cluster_form(cluster, kept=kept, **gone)).status_code == 302
    assert [member.unit for member in year.members.all()] == [tree.thanh_son]


def test_the_administrator_of_a_cluster_reads_its_members_and_loses_none_by_saving(tree, cast, everywhere):
    year = set_cluster_members(cluster=tree.cum_thi_dua, year=2025, units=[tree.lam_giang, tree.ha_dong])
    year.head = tree.ha_dong
    year.save()
    client, address = administrator_of(tree.cum_thi_dua, cast.khong_vai), page("emulation.clusteryear", "change", year.pk)
    assert Page(client.get(address)).texts("#members-group .field-unit p") == ["Hội CCB tỉnh Lam Giang", "Hội CCB tỉnh Hà Đông"]
    kept = list(year.members.all())
    assert client.post(address, cluster_form(tree.cum_thi_dua, kept=kept, decision="Quyết định số 12")).status_code == 302
    year.refresh_from_db()
    assert (year.decision, year.head, list(year.members.all())) == ("Quyết định số 12", tree.ha_dong, kept)
