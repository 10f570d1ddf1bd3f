"""Dates and numbers are read and written the Vietnamese way; "today" is today in Việt Nam."""

from datetime import date

import pytest
from django import forms
from django.template import Context, Template

from ccb import clock


def rendered(template: str, **values) -> str:
    return Template("{% load humanize %}" + template).render(Context(values))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("03/04/1954", date(1954, 4, 3)),
        ("30/04/1975", date(1975, 4, 30)),
        ("30-4-1975", date(1975, 4, 30)),
        ("30.04.1975", date(1975, 4, 30)),
        ("1975-04-30", date(1975, 4, 30)),
    ],
)
def test_the_day_comes_first(typed, read):
    assert forms.DateField().clean(typed) == read


@pytest.mark.parametrize("typed", ["30/04/75", "04/30/1975", "31/02/1954", "April 30, 1975"])
def test_a_year_of_two_digits_or_a_day_that_is_not_in_the_calendar_is_refused(typed):
    with pytest.raises(forms.ValidationError, match=r"Ghi như 30/04/1975\."):
        forms.DateField().clean(typed)


def test_a_date_is_written_with_the_day_first():
    assert rendered("{{ day }}", day=date(1975, 4, 3)) == "03/04/1975"


def test_ids_and_years_are_never_grouped_and_amounts_are_when_asked():
    shown = rendered("{{ n }} {{ n|intcomma }} {{ d }} {{ d|floatformat:'1g' }}", n=1862, d=4093.7)
    assert shown == "1862 1.862 4093,7 4.093,7"


def test_today_is_the_day_in_viet_nam(time_machine):
    time_machine.move_to("2026-12-31 18:30 +0000")
    assert (clock.today(), clock.now().isoformat()[:16]) == (date(2027, 1, 1), "2027-01-01T01:30")
