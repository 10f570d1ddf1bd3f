"""Something of every kind in every unit of the drawn tree, each marked with the unit it belongs to.

A mark (canary) is a word that no page can contain by chance: "Zqthanhsonmemberzq" stands in the
name of the member of Thanh Sơn and nowhere else. Amounts and telephone numbers are marks too.
The clock stands at noon of 20 November 2026, within the working period.
"""

import io
import json
import re
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

import pypdf
import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client

from ccb import clock
from emulation.models import ClusterMember, ClusterYear
from members.models import (
    Member,
    Membership,
    Period,
    PeriodDates,
    Role,
    Unit,
    UnitRole,
    UnitSettings,
    UnitVersion,
    User,
)
from members.scoping import all_units
from members.services import found_unit
from reports.models import (
    EnteredFigure,
    Indicator,
    IndicatorConcern,
    ReportText,
    SectionConfirmation,
)
from tests.cast import BACKEND, PEOPLE, SINCE, UNITS, call_cast, draw_tree

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
FIRST, LAST = date(2025, 12, 1), date(2026, 12, 15)
CODE, SECTION = "training_attendance_tech", "2"  # concerns every level, adds up, is no money
WRITTEN = "DG1"  # a section of free text in both annual outlines
CONFIRMED = "3"
KEYS = list(UNITS)
FAR = 71_000_000  # numbers of rows begin here, each table a million on: none stands in a page by chance
MISSING = 70_999_999


# A cụm thi đua stands under a province, not in a commune: here it is the row of its only member.
CLUSTERS = {"trung_uong": None, "lam_giang": "lam_giang", "thanh_son": "lam_giang", "ha_dong": "ha_dong", "kim_bai": "ha_dong"}


def mark(key, kind):
    return f"Zq{key.replace('_', '')}{kind}zq"


def amount(key):
    """A figure of nine digits that no sum and no difference of the others gives."""
    return 731_000_101 + 10_101_030 * KEYS.index(key)


def dotted(number):
    return f"{number:,}".replace(",", ".")


def phone(key):
    return f"0977{KEYS.index(key):02}731731"[:11]


def above(key):
    """Keys of the units above ``key``, the nearest first."""
    parent = UNITS[key][4]
    return [parent, *above(parent)] if parent else []


def within(key, top):
    return key == top or top in above(key)


@dataclass
class World:
    """Rows by unit key and model label; clients by user name."""

    tree: object
    cast: object
    period: Period
    rows: dict
    common: dict
    cookies: dict = field(default_factory=dict)
    spots: dict = field(default_factory=dict)

    def client(self, name):
        """A new client in the session of ``name``; what it does to the session is rolled back with the rest."""
        client = Client()
        if name in self.cookies:
            client.cookies.load(self.cookies[name])
        return client


def begin_far(*models):
    """Let the numbers of these tables begin at eight digits."""
    with connection.cursor() as cursor:
        for i, model in enumerate(models):
            table, first = model._meta.db_table, FAR + i * 1_000_000
            if connection.vendor == "postgresql":
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [f'"{table}"', model._meta.pk.column, first])
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, first])


def make_world():
    """Insert everything; wants a transaction and an open door to all units."""
    owned = [Unit, UnitSettings, User, UnitRole, Member, PeriodDates, ClusterYear, EnteredFigure, SectionConfirmation, ReportText]
    begin_far(*owned, *(model.history.model for model in owned if hasattr(model, "history")), Period, Indicator, IndicatorConcern)
    tree = draw_tree()
    cast = call_cast(tree)
    for user in cast:
        user.full_name = f"{user.full_name} {mark(user.username, 'cast')}"
        user.save()
    common = {
        "members.period": Period.objects.create(kind="nam", year=2026, label="năm 2026", starts_on=FIRST, ends_on=LAST),
        "reports.indicator": Indicator.objects.create(
            code="vuon_mau", name="Vườn mẫu", unit="vườn", kind="flow", section=SECTION, levels=["TINH", "CO_SO"]),
        "reports.indicatorconcern": IndicatorConcern.objects.create(code="awards_certificate", levels=["TINH"], place="any", needs=[]),
    }
    period = common["members.period"]
    rows = {key: furnish(key, getattr(tree, key), period) for key in KEYS}
    for key, province in CLUSTERS.items():
        cluster = tree.cum_thi_dua if key == "trung_uong" else found_unit(
            code=f"CUM-{KEYS.index(key)}", name=f"Cụm thi đua {mark(key, 'cluster')}", level="CUM", kind="cum_thi_dua", parent=getattr(tree, province))
        of_year = ClusterYear.objects.create(unit=cluster, year=2026, decision=mark(key, "cluster"))
        ClusterMember.objects.create(cluster_year=of_year, unit=getattr(tree, key))
        rows[key]["emulation.clusteryear"] = of_year
    world = World(tree, cast, period, rows, common)
    for user in cast:
        client = Client()
        client.force_login(user, backend=BACKEND)
        session = client.session
        session["began_at"] = session["seen_at"] = int(clock.now().timestamp())
        session.save()
        world.cookies[user.username] = client.cookies.output(header="", sep=";")
    return world


def furnish(key, unit, period):
    """A row of every kind for one unit."""
    unit.name = f"{unit.name} {mark(key, 'unit')}"
    unit.save()
    UnitVersion.objects.filter(unit=unit).update(name=unit.name)
    role = Role.CHI_HOI_TRUONG if unit.level == "CHI_HOI" else Role.THU_KY
    user = User.objects.create(username=f"nguoi_{key}", password="!", full_name=f"Phan Văn {mark(key, 'user')}", phone=phone(key))
    member = Member.objects.create(
        unit=unit, co_so=None, name=f"Nguyễn Văn {mark(key, 'member')}", sex="nam", card_number=mark(key, "card"))
    Membership.objects.create(
        member=member, unit=unit, member_name=member.name, starts_on=SINCE, reason_in="dau_ky", decision=mark(key, "decision"))
    own = {"unit": unit, "period": period}
    cell = own | {"typed_by": user, "typed_at": clock.now(), "note": mark(key, "note"), "explanation": mark(key, "why")}
    figure = EnteredFigure.objects.create(code=CODE, state="number", value=Decimal(amount(key)), as_typed=str(amount(key)), **cell)
    EnteredFigure.objects.create(code="arts_sports_prizes", state="words", words=mark(key, "words"), **cell)
    return {
        "members.unit": unit,
        "members.unitsettings": UnitSettings.objects.create(
            unit=unit, signer_name=mark(key, "signer"), place_name=mark(key, "place"), addressed_to=mark(key, "to"),
            recipients=mark(key, "recipient")),
        "members.user": user,
        "members.unitrole": UnitRole.objects.create(user=user, unit=unit, role=role, starts_on=SINCE),
        "members.member": member,
        "members.perioddates": PeriodDates.objects.create(period=period, unit=unit, starts_on=FIRST, ends_on=LAST),
        "reports.enteredfigure": figure,
        "reports.sectionconfirmation": SectionConfirmation.objects.create(**own, section=CONFIRMED, by=user, at=clock.now()),
        "reports.reporttext": ReportText.objects.create(
            **own, section=WRITTEN, text=f"Lời {mark(key, 'text')}", written_by=user, written_at=clock.now()),
    }


OF_PARENTS = {"unit"}  # what may be said of the units above one's own: their names


@cache
def forbidden(key):
    """Words, in small letters, that nobody who acts for ``key`` may be sent."""
    found = set()
    for other in KEYS:
        if within(other, key):
            continue
        kinds = {"user", "member", "card", "decision", "note", "why", "words", "signer", "place", "to", "recipient", "cluster", "text", "unit"}
        found |= {mark(other, kind) for kind in kinds - (OF_PARENTS if other in above(key) else set())}
        found |= {f"{amount(other)}", dotted(amount(other)), phone(other)}
    for name, (_, roles) in PEOPLE.items():
        if not any(within(unit, key) for unit, _ in roles):
            found.add(mark(name, "cast"))
    return {word.casefold() for word in found}


# --- looking at an answer ------------------------------------------------------------------

TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=|name="token" value=)"\w+"')


def words_of(response):
    """Everything that was sent: headers, cookies and the body, files unpacked."""
    body = response.content
    if body.startswith(b"%PDF"):
        text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages)
    elif body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            text = "\n".join(package.read(name).decode() for name in package.namelist())
    else:
        text = body.decode()
        if response.headers.get("Content-Type") == "application/json":
            text = str(json.loads(text))
    return "\n".join([*(f"{k}: {v}" for k, v in response.headers.items()), response.cookies.output(), text])


def leaks(response, words):
    text = words_of(response).casefold()
    return sorted(word for word in words if word in text)


def plain(response, *numbers):
    """Status, address and body without what differs by chance: tokens and the number asked for."""
    text = TOKEN.sub(r"\1", response.content.decode(errors="replace"))
    address = response.headers.get("Location", "")
    for number in numbers:
        text, address = (re.sub(rf"(?<!\d){number}(?!\d)", "#", said) for said in (text, address))
    return response.status_code, address, text


WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE)\b.*?\b(?:INTO|UPDATE|FROM)?\s*\"(\w+)\"", re.IGNORECASE | re.DOTALL)
OWN_NOTES = {"django_session", "axes_accesslog", "axes_accessattempt", "axes_accessfailurelog", "ccb_cache"}


@contextmanager
def rolled_back():
    """Whatever happens inside is undone; yields the tables that were written to."""
    written = set()

    def watch(execute, sql, params, many, context):
        if (found := WRITES.match(sql)) and found[2] not in OWN_NOTES:
            written.add(found[2])
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(watch):
        yield written
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One world for all tests of a module; every request of theirs is rolled back."""
    with (
        django_db_blocker.unblock(), time_machine.travel(NOON), transaction.atomic(),
    ):
        with all_units("a test furnishes every unit"):
            made = make_world()
        yield made
        transaction.set_rollback(True)
