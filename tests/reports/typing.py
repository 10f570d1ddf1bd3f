"""What the tests of the entry pages share: two years, cells, and the form as a browser would send it."""

from datetime import date

import pytest
from django.urls import reverse

from members.models import Period
from members.scoping import all_units
from reports import indicators
from reports.models import EnteredFigure
from reports.services.cell_store import save_cell
from reports.services.cells import read_cell
from tests.pages import Page

NOON = "2026-12-08 10:32:00+07:00"


def make_years():
    """(năm 2025, năm 2026), cut off on 30 November, due on 15 December."""
    return [
        Period.objects.create(
            kind="nam", year=year, label=f"năm {year}", starts_on=date(year, 1, 1), ends_on=date(year, 11, 30),
            due_on=date(year, 12, 15),
        )
        for year in (2025, 2026)
    ]


def put(unit, period, code, text, part="", by=None, **columns):
    """Store one cell as if it had been typed; returns the row."""
    with all_units("a test types a cell"):
        entry = indicators.lookup()[code]
        save_cell(unit=unit, period=period, entry=entry, part=part, cell=read_cell(entry, text, part=part, **columns), by=by)
        return EnteredFigure.objects.get(unit=unit, period=period, code=code, part=part)


def cells(unit, period):
    """{"code" or "code|part": (state, value, denominator, qualifier, words)} of what ``unit`` has typed."""
    with all_units("a test looks into the tables"):
        return {
            f"{r.code}|{r.part}" if r.part else r.code: (r.state, r.value, r.denominator, r.qualifier, r.words)
            for r in EnteredFigure.objects.filter(unit=unit, period=period)
        }


def address(name, unit, period, section="1"):
    return reverse(f"reports:{name}", args=[unit.pk, period.pk, section])


def form_of(response, form="main form#so-lieu"):
    """The fields of the section's form as they stand, to be changed and posted."""
    return Page(response).form(form)


@pytest.fixture
def years(db, time_machine):
    time_machine.move_to(NOON)
    return make_years()


@pytest.fixture
def page(enter, tree, years):
    """``page(person, section, **typed)``: open a section of Thanh Sơn, type, send; without typing just open."""

    clients = {}

    def send(person="thu_ky", section="1", unit=None, period=None, **typed):
        client = clients[person] = clients.get(person) or enter(person)
        where = address("entry_section", unit or tree.thanh_son, period or years[1], section)
        answer = client.get(where)
        if not typed:
            return answer
        return client.post(where, form_of(answer) | {name.replace("__", ":"): text for name, text in typed.items()})

    return send


def by_code(codes):
    """Field names with the code behind the colon: ``v__gift_count`` is "v:gift_count"."""
    return {f"v__{code}": text for code, text in codes.items()}
