"""Lists in and out, against django-import-export and Django's own bulk calls. Whatever is written is rolled back."""

import io
import random
import threading
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import xlsxwriter
from django.db import transaction

from ccb import clock
from members.models import Level, Member, Membership, ReasonIn, Unit
from members.sample.people import name_of
from members.scoping import scope_for
from members.services.lists import jobs
from members.services.lists.columns import COLUMNS
from members.services.lists.out import export_members
from members.vietnamese import PartialDate

from .registry import Measured, NotMeasured, row, seconds

KEYS = ("unit", "name", "sex", "born", "card_number", "phone", "address")
SAMPLE = 2_000  # rows of the slow peers, whose cost grows with the rows
FEW = 5_000  # rows that a peer writes to a workbook
EVERY = 20  # one row in so many has changed when the list comes again: 5 %
PER = 1_000  # costs are told for so many rows


# ── the list ──
def people(world):
    """``world.rows`` people who are in no register yet, spread over the chi hội of the province."""
    units = list(Unit.objects.under(world.tinh).open_on(clock.today()).filter(level=Level.CHI_HOI).order_by("path"))
    if not units:
        raise NotMeasured(f"{world.tinh.name} chưa có chi hội nào")
    luck = random.Random("danh-sach")  # noqa: S311 - invented people
    return [
        {
            "unit": unit, "name": name_of(luck, "nam"), "sex": "nam", "born": PartialDate(luck.randint(1940, 1990)),
            "card_number": f"DO-{number:06}", "phone": f"08{luck.randrange(10**8):08}", "address": unit.name,
        }
        for number, unit in zip(range(world.rows), cycle(units), strict=False)
    ]


def workbook(rows):
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Danh sách")
        for column, key in enumerate(KEYS):
            sheet.write_string(0, column, COLUMNS[key].label)
        for number, person in enumerate(rows, start=1):
            for column, text in enumerate(texts(person)):
                sheet.write_string(number, column, text)
    return kept.getvalue()


def texts(person):
    return [person["unit"].code, person["name"], "Nam", person["born"].display, *(person[key] for key in KEYS[4:])]


def bring_in(world, content):
    """The list through every step that a user takes: sent, columns, checked, confirmed, written."""
    job = jobs.upload(unit=world.tinh, file_name="do.xlsx", content=content, by=world.user)
    columns = {int(index): key for index, key in job.mapping["columns"].items()}
    jobs.choose(job=job, columns=columns, encodings={}, sex="", by=world.user)
    jobs.check(job=job, by=world.user)
    jobs.confirm(job=job, by=world.user)
    jobs.write(job=job, by=world.user)
    job.refresh_from_db()
    counts = job.counts
    if job.state != "xong" or counts.get("wrong") or counts.get("read") != world.rows:
        raise NotMeasured(f"danh sách thử không vào được: {job.get_state_display()}, {counts}, {job.errors[:1]}")


@contextmanager
def undone(world):
    """In the scope of who looks; nothing stays."""
    with scope_for(world.user), transaction.atomic():
        yield
        transaction.set_rollback(True)


def each(rows, work):
    """Seconds for ``PER`` of ``rows``, of work over them all."""
    return seconds(work) * PER / len(rows)


# ── peers ──
def members_of(rows):
    made = [Member(co_so=person["unit"].parent, **person) for person in rows]
    for member in made:
        member.fill_search_columns()
    return made


def create_plainly(rows):
    """Members and their spells by ``bulk_create``, with no look at the register and no history."""
    members = Member.objects.bulk_create(members_of(rows), batch_size=2000)
    Membership.objects.bulk_create([
        Membership(member=m, unit=m.unit, co_so=m.co_so, member_name=m.name, starts_on=clock.today(), reason_in=ReasonIn.FIRST) for m in members
    ], batch_size=2000)
    return members


def resource():
    """A ``ModelResource`` of the same columns with every default of the package."""
    try:
        from import_export import resources, widgets
        from import_export.fields import Field
    except ImportError as error:
        raise NotMeasured("chưa cài gói django-import-export, là đối chứng") from error

    class Plain(resources.ModelResource):
        unit = Field("unit", "unit", widgets.ForeignKeyWidget(Unit, "code"))

        class Meta:
            model = Member
            fields = KEYS
            import_id_fields = ("card_number",)

    return Plain()


def import_with_package(rows):
    """Seconds for ``PER`` rows; every row is looked up, checked and saved by itself."""
    import tablib

    plain = resource()
    data = tablib.Dataset(*([*texts(person)[:2], "nam", *texts(person)[3:]] for person in rows), headers=KEYS)
    found = []
    spent = each(rows, lambda: found.append(plain.import_data(data, raise_errors=True)))
    if found[0].totals["new"] != len(rows):
        raise NotMeasured(f"đối chứng chỉ nhập được {found[0].totals}")
    return spent


# ── rows ──
@row("members", "nhap", "nhập danh sách mới, mỗi 1.000 dòng (tốc độ)", "django-import-export mặc định", at_least=5, faster=True)
def import_against_package(world):
    rows = people(world)
    with undone(world):
        peer = import_with_package(rows[:SAMPLE])
    content = workbook(rows)
    with undone(world):
        ours = each(rows, lambda: bring_in(world, content))
    return Measured(ours, peer)


@row("members", "nhap-tran", "nhập danh sách mới, mỗi 1.000 dòng (tốc độ)", "bulk_create trần", at_least=0.4, faster=True)
def import_against_bulk_create(world):
    rows = people(world)
    with undone(world):
        peer = each(rows, lambda: create_plainly(rows))
    content = workbook(rows)
    with undone(world):
        ours = each(rows, lambda: bring_in(world, content))
    return Measured(ours, peer)


@row("members", "nhap-lai", "nhập lại, 5 % dòng đã đổi, mỗi 1.000 dòng (tốc độ)", "bulk_update", at_least=15, faster=True)
def import_again(world):
    rows = people(world)
    with undone(world):
        bring_in(world, workbook(rows))
        changed = [person | {"phone": "0999999999"} if number % EVERY == 0 else person for number, person in enumerate(rows)]
        content = workbook(changed)
        ours = each(rows, lambda: bring_in(world, content))
    with undone(world):
        members = create_plainly(rows[:SAMPLE])
        peer = each(members, lambda: Member.objects.bulk_update(members, [*KEYS[1:], "folded_name", "sort_key"]))
    return Measured(ours, peer)


@row("members", "nhap-bo-nho", "bộ nhớ thêm khi nhập cả danh sách", "–", at_most=300)
def memory_of_an_import(world):
    status = Path("/proc/self/status")
    if not status.exists():
        raise NotMeasured("máy này không có /proc")
    content, most, done = workbook(people(world)), [], threading.Event()

    def resident():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def watch():
        while not done.wait(0.05):
            most.append(resident())

    before = resident()
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with undone(world):
            bring_in(world, content)
    finally:
        done.set()
        watcher.join()
    return Measured(max([before, *most]) - before, unit="MiB")


@row("members", "xuat", "xuất danh sách, mỗi 1.000 dòng (tốc độ)", "django-import-export ra .xlsx", at_least=3, faster=True)
def export_against_package(world):
    plain = resource()
    with undone(world):
        few = Member.objects.filter(unit__in=Unit.objects.under(world.tinh)).order_by("pk")[:FEW]
        peer = each(list(few.values_list("pk")), lambda: plain.export(few).export("xlsx"))
        ours = seconds(lambda: export_members(unit=world.tinh, reason="đo tốc độ", by=world.user)) * PER / world.members_of_tinh
    return Measured(ours, peer)
