"""Every way to write, tried on a locked period: each is refused in words or stopped by the gate, and nothing moves.

A new way to write is a function under ``@path`` that tries it; it returns what it was answered
(a response, or nothing when the error is raised). The lock is that of xã Thanh Sơn for 2025.
"""

import io
import json
from dataclasses import dataclass
from datetime import date

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.actions import delete_selected
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory
from django.urls import reverse
from django_tasks import task

from ccb import clock
from members import triggers
from members.models import Member, Membership, MemberStatus, Period, PeriodLock
from members.scoping import all_units
from members.services import PeriodLocked, change_member, register_member
from members.services.bulk import create_with_history, update_with_history
from members.services.lifecycle import end_membership, move_within, undo_ending
from members.services.statuses import Held, set_status
from members.services.structure import Decision, NewUnit, carry_out, plan_merge, plan_move
from members.vietnamese import PartialDate
from reports.figures import figure
from reports.models import EnteredFigure, ReportText, SectionConfirmation
from reports.services.cells import confirm_section
from reports.services.imports import import_figures
from reports.services.texts import save_text
from tests.cast import enrolled, logged_in
from tests.members.locking import close
from tests.pages import Page
from tests.reports.typing import address, put
from tests.reports.workbook import workbook

pytestmark = pytest.mark.django_db

WITHIN = date(2025, 5, 5)
CODE = "gift_count"
COUNTED = ["members_opening", "members_total", "members_ccb", "members_deceased", "members_transferred_out", "members_admitted", CODE]
PATHS = {}


def path(function):
    PATHS[function.__name__.replace("_", " ")] = function
    return function


@dataclass
class World:
    """What the paths write to: a member since 2024, a cell, a confirmation and a text of the locked year."""

    tree: object
    cast: object
    period: Period
    member: Member
    cell: EnteredFigure
    text: ReportText
    lock: PeriodLock
    folder: object

    @property
    def spell(self):
        return Membership.objects.get(member=self.member)

    def client(self, name="thu_ky"):
        return logged_in(getattr(self.cast, name))

    def section(self, name="entry_section", unit=None, section="3"):
        return address(name, unit or self.tree.thanh_son, self.period, section)


@pytest.fixture
def world(tree, cast, time_machine, settings, tmp_path):
    time_machine.move_to("2026-12-08 10:32:00+07:00")
    settings.VAR_DIR = tmp_path
    period = Period.objects.create(kind="nam", year=2025, label="năm 2025", starts_on=date(2025, 1, 1), ends_on=date(2025, 11, 30))
    member = enrolled(tree.thon_dong, "Nguyễn Văn An", counted_from=date(2024, 3, 1))
    enrolled(tree.thon_doai, "Lê Thị Bình", counted_from=date(2024, 3, 1))
    gone = enrolled(tree.thon_doai, "Trần Văn Cung", counted_from=date(2024, 3, 1))
    cell = put(tree.thanh_son, period, CODE, "12")
    with all_units("the rows of the locked year"):
        gone.spells.update(ends_on=WITHIN, reason_out="tu_tran")
        SectionConfirmation.objects.create(unit=tree.thanh_son, period=period, section="3", at=clock.now())
        text = ReportText.objects.create(unit=tree.thanh_son, period=period, section="DG1", text="Lời đã viết.", written_at=clock.now())
        yield World(tree, cast, period, member, cell, text, close(tree.thanh_son, period), tmp_path)


# ── pages ──


@path
def form_of_a_section(world):
    answer = world.client().post(world.section(), {f"v:{CODE}": "15", f"b:{CODE}": "12", f"n:{CODE}": str(world.cell.version), "luu": "1"})
    seen = Page(answer)
    assert seen.values(f'input[name="v:{CODE}"]', "value") == ["15"]
    assert "Hội CCB xã Thanh Sơn đã khóa số liệu năm 2025" in seen.text(".error-summary li")
    return answer


@path
def form_sent_again_after_the_lock(world):
    """The very form that was saved before the lock, from a browser's history."""
    sent = {f"v:{CODE}": "12", f"b:{CODE}": "", f"n:{CODE}": "0", "luu": "1"}
    return world.client().post(world.section(), sent)


@path
def grid(world):
    key = f"{world.tree.thon_dong.pk}:{CODE}"
    answer = world.client().post(world.section("entry_grid"), {f"v:{key}": "7", f"b:{key}": "", f"n:{key}": "0", "luu": "1"})
    assert Page(answer).values(f'input[name="v:{key}"]', "value") == ["7"]
    return answer


@path
def paste_into_the_grid(world):
    where, client = world.section("entry_grid") + f"?cot={CODE}", world.client()
    preview = client.post(where, {"dan": "Thôn Đông\t46\nThôn Đoài\t7", "xem": "1"})
    assert Page(preview).values(f'input[name="v:{world.tree.thon_dong.pk}:{CODE}"]', "value") == ["46"]
    return client.post(where, Page(preview).form("main form[method=post]") | {"luu": "1"})


@path
def confirmation_of_a_section(world):
    return world.client().post(world.section("confirm_section", section="2"), {"xac-nhan": "1"})


@path
def withdrawal_of_a_confirmation(world):
    return world.client().post(world.section("confirm_section"), {"rut-lai": "1"})


@path
def words_of_a_report(world):
    where = reverse("reports:report_text", args=[world.tree.thanh_son.pk, world.period.pk, "DG1"])
    answer = world.client().post(where, {"text": "Lời khác hẳn.", "version": world.text.version})
    assert Page(answer).text("textarea") == "Lời khác hẳn."
    return answer


@path
def form_of_a_member(world):
    """The category of the spell counts; name and birth would be free."""
    where, client = reverse("members:member_edit", args=[world.member.pk]), world.client()
    answer = client.post(where, Page(client.get(where)).form() | {"category": "cqn", "name": "Nguyễn Văn Ân"})
    assert Page(answer).values('input[name="name"]', "value") == ["Nguyễn Văn Ân"]
    return answer


@path
def upload_of_a_workbook(world):
    answer = world.client().post(reverse("reports:import"), {"files": [SimpleUploadedFile("so-lieu.xlsx", rows_of(world))]})
    assert "đã khóa số liệu năm 2025" in answer.content.decode()
    return answer


@path
def confirmation_of_a_workbook_previewed_before_the_lock(world):
    PeriodLock.objects.filter(pk=world.lock.pk).delete()
    client = world.client()
    preview = client.post(reverse("reports:import"), {"files": [SimpleUploadedFile("so-lieu.xlsx", rows_of(world))]})
    close(world.tree.thanh_son, world.period)
    (token,) = Page(preview).values('button[name="xac-nhan"]', "value")
    return client.post(reverse("reports:import"), {"xac-nhan": token})


def rows_of(world):
    return workbook({"unit_code": world.tree.thanh_son.code, "first": "01/01/2025", "last": "30/11/2025", "code": CODE, "value": 99})


@path
def admin_page_of_a_period(world):
    where = reverse("admin:members_period_change", args=[world.period.pk])
    sent = {
        "kind": "nam", "year": "2025", "number": "0", "label": "năm 2025", "starts_on": "01/01/2025", "ends_on": "31/12/2025", "due_on": "",
        "branch_dates-TOTAL_FORMS": "0", "branch_dates-INITIAL_FORMS": "0",
    }
    answer = world.client("superuser").post(where, sent)
    assert ("ends_on", "31/12/2025") in [(box.get("name"), box.get("value")) for box in Page(answer).all("form input[type=hidden]")]
    return answer


@path
def admin_page_of_a_cell(world):
    where = reverse("admin:reports_enteredfigure_change", args=[world.cell.pk])
    return world.client("superuser").post(where, {"value": "99"})


@path
def admin_page_of_a_lock(world):
    return world.client("superuser").post(reverse("admin:members_periodlock_change", args=[world.lock.pk]), {"opened_until": "01/01/2030"})


@path
def admin_action(world):
    """Our own site has none; this one has Django's."""
    site = admin.AdminSite()
    site.register(EnteredFigure)
    request = RequestFactory().post("/", {"post": "yes", "action": "delete_selected"})
    request.user = world.cast.superuser
    request.session = {}
    request._messages = FallbackStorage(request)
    delete_selected(site._registry[EnteredFigure], request, EnteredFigure.objects.all())


# ── services, commands, tasks ──


@path
def service_for_words(world):
    save_text(unit=world.tree.thanh_son, period=world.period, section="DG1", text="Khác.")


@path
def service_for_confirmations(world):
    confirm_section(unit=world.tree.thon_dong, period=world.period, section="1", by=world.cast.chi_hoi_truong)


@path
def service_for_members(world):
    change_member(member=world.member, version=world.member.version, category="cqn")


@path
def taking_back_an_ending(world):
    undo_ending(member=Member.objects.get(name="Trần Văn Cung"), why="ghi nhầm người")


@path
def import_in_code(world):
    result = import_figures(rows_of(world))
    assert [str(refusal)[:29] for refusal in result.refused] == ["Dòng 2, cột Đến ngày “30/11/2"]
    raise PeriodLocked(world.lock, "")  # told as refusals of rows


@path
def import_by_command(world):
    file = world.folder / "so-lieu.xlsx"
    file.write_bytes(rows_of(world))
    said = io.StringIO()
    with pytest.raises(CommandError, match="chưa lưu gì"):
        call_command("import_figures", str(file), stdout=said)
    assert "Hội CCB xã Thanh Sơn đã khóa số liệu năm 2025" in said.getvalue()
    raise PeriodLocked(world.lock, "")


@path
def loading_of_a_fixture(world):
    file = world.folder / "rows.json"
    fields = {"unit": world.tree.thanh_son.pk, "period": world.period.pk, "code": CODE, "state": "number", "value": "99", "typed_at": "2026-01-01T00:00:00Z"}
    file.write_text(json.dumps([{"model": "reports.enteredfigure", "pk": world.cell.pk, "fields": fields}]))
    call_command("loaddata", str(file), verbosity=0)


@path
def merge_of_units_into_the_year(world):
    decision = Decision(WITHIN, "1/QĐ", "Tỉnh Hội", WITHIN)
    into = NewUnit("LG-MOI", "Hội CCB xã Mới", "CO_SO", "xa", world.tree.lam_giang)
    carry_out(plan=plan_merge(olds=[world.tree.thanh_son, world.tree.binh_minh], into=into, decision=decision))


@path
def move_of_a_branch_in_the_year(world):
    carry_out(plan=plan_move(units=[world.tree.thon_dong], parent=world.tree.binh_minh, decision=Decision(WITHIN, "1/QĐ", "Tỉnh Hội", WITHIN)))


@task
def write_a_cell(pk):
    with all_units("a test's task"), transaction.atomic():
        EnteredFigure.objects.filter(pk=pk).update(value=99)


@path
def task_in_the_background(world):
    result = write_a_cell.enqueue(world.cell.pk)
    assert (result.status, result.errors[0].exception_class) == ("FAILED", IntegrityError)
    raise PeriodLocked(world.lock, "")  # told in the task's result


# ── the shell ──


@path
def save_of_a_spell(world):
    spell = world.spell
    spell.ends_on, spell.reason_out = WITHIN, "tu_tran"
    spell.save()


@path
def transfer_by_hand(world):
    spell = world.spell
    Membership.objects.filter(pk=spell.pk).update(ends_on=WITHIN, reason_out="chuyen_di")
    Membership.objects.create(
        member=world.member, unit=world.tree.xom_ben, co_so=world.tree.binh_minh, member_name="x", starts_on=WITHIN, reason_in="chuyen_den")


@path
def merge_of_two_files_by_hand(world):
    twin = Member.objects.create(unit=world.tree.thon_dong, co_so=world.tree.thanh_son, name="Nguyễn Văn An", sex="nam")
    Membership.objects.filter(member=world.member).update(member=twin)


@path
def deletion_of_a_row(world):
    world.cell.delete()


@path
def undo_by_writing_back_an_old_version(world):
    old = world.cell.history.first().instance
    old.value = 1
    old.save()


@path
def bulk_create_of_spells(world):
    Membership.objects.bulk_create([
        Membership(member=world.member, unit=world.tree.thon_dong, co_so=world.tree.thanh_son, member_name="x", starts_on=WITHIN, ends_on=WITHIN,
                   reason_in="ket_nap", reason_out="xin_ra")])


@path
def bulk_create_that_updates(world):
    spell = world.spell
    spell.starts_on = WITHIN
    Membership.objects.bulk_create([spell], update_conflicts=True, unique_fields=["id"], update_fields=["starts_on"])


@path
def bulk_create_with_history(world):
    create_with_history(rows=[MemberStatus(member=world.member, kind="bhyt", starts_on=WITHIN)])


@path
def bulk_update_with_history(world):
    spell = world.spell
    spell.category = "cqn"
    update_with_history(rows=[spell], fields=["category"])


@path
def bulk_update_of_cells(world):
    world.cell.value = 99
    EnteredFigure.objects.bulk_update([world.cell], ["value"])


@path
def update_of_a_queryset(world):
    EnteredFigure.objects.filter(code=CODE).update(value=99)


@path
def deletion_of_a_queryset(world):
    Membership.objects.all()._raw_delete("default")


@path
def get_or_create_of_a_cell(world):
    EnteredFigure.objects.get_or_create(
        unit=world.tree.thon_dong, period=world.period, code=CODE, part="", defaults={"state": "number", "value": 5, "typed_at": clock.now()})


def by_hand(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


@path
def sql_insert(world):
    by_hand("INSERT INTO reports_sectionconfirmation (unit_id, period_id, section, at) VALUES (%s, %s, '5', %s)",
            world.tree.thon_dong.pk, world.period.pk, clock.now())


@path
def sql_update(world):
    by_hand("UPDATE members_membership SET ends_on = %s, reason_out = 'tu_tran' WHERE member_id = %s", WITHIN, world.member.pk)


@path
def sql_delete(world):
    by_hand("DELETE FROM reports_reporttext WHERE id = %s", world.text.pk)


# ── all of them ──


def guarded_rows():
    """Every row of every table behind the gate."""
    tables = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    return {guard.table: sorted(tables[guard.table]._base_manager.values_list()) for guard in triggers.GUARDS}


def figures_of(world):
    period = Period.objects.get(pk=world.period.pk)
    return {code: figure(code, world.tree.thanh_son, period).value for code in COUNTED}


@pytest.mark.parametrize("name", PATHS)
def test_a_locked_period_refuses_every_way_to_write(name, world):
    before, said = guarded_rows(), figures_of(world)
    try:
        with transaction.atomic():
            answer = PATHS[name](world)
    except (ValidationError, IntegrityError) as error:
        answer = None
        told = "khóa" in " ".join(error.messages) if isinstance(error, ValidationError) else triggers.was_refused(error)
        assert told, error
    if answer is not None:
        assert answer.status_code in (403, 409, 422), answer.content.decode()[:400]
    assert guarded_rows() == before
    assert figures_of(world) == said
    assert (said["members_total"], said["members_deceased"], said[CODE]) == (2, 1, 12)


@pytest.mark.parametrize("name", ["form of a section", "confirmation of a section", "words of a report", "update of a queryset", "sql update"])
def test_the_same_ways_are_open_when_the_lock_is(name, world, monkeypatch):
    """So that none of them is refused for another reason."""
    PeriodLock.objects.filter(pk=world.lock.pk).delete()
    before = guarded_rows()
    try:
        PATHS[name](world)
    except (AssertionError, ValueError):
        assert "form" in name or "words" in name  # they look for the refusal on the page
    assert guarded_rows() != before


# ── late news ──


MAY = PartialDate.parse("05/05/2025")
LATE = {
    "a death": lambda w: end_membership(member=w.member, reason="tu_tran", true_end=MAY),
    "an admission": lambda w: register_member(unit=w.tree.thon_dong, name="Đỗ Văn Mới", sex="nam", admitted_on=MAY, reason="ket_nap"),
    "a move": lambda w: move_within(member=w.member, unit=w.tree.thon_doai, true_day=MAY),
    "a Party card": lambda w: set_status(member=w.member, kind="dang_vien", held=Held(True, MAY), default_day=clock.today()),
}


@pytest.mark.parametrize("name", LATE)
def test_news_that_come_late_are_taken_and_count_after_the_lock(name, world):
    said, before = figures_of(world), guarded_rows()
    LATE[name](world)
    assert figures_of(world) == said
    assert guarded_rows() != before
    days = {day for row in (*Membership.objects.all(), *MemberStatus.objects.all()) for day in (row.starts_on, row.ends_on)}
    assert date(2025, 12, 1) in days  # the first open day


def test_a_death_of_the_locked_year_is_typed_with_its_true_day(world):
    client, where = world.client(), reverse("members:member_end", args=[world.member.pk, "tu-tran"])
    answer = client.post(where, Page(client.get(where)).form() | {"true_end": "05/05/2025"})
    assert (answer.status_code, world.spell.ends_on, world.spell.true_end) == (302, date(2025, 12, 1), MAY)
