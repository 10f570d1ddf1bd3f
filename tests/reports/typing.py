"""What the tests of the entry pages share: two years, cells, and the form as a browser would send it."""

from datetime import date

from django.urls import reverse

from members.models import Period
from members.scoping import all_units
from reports import indicators
from reports.models import EnteredFigure
from reports.services.cells import read_cell, save_cell
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
