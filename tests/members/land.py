"""A small land for changes of the structure: quick to settle, easy to count."""

from datetime import date

import pytest

from members.models import Kind, Level, Member, Membership, Period, PeriodKind, Unit
from members.scoping import all_units
from members.services import co_so_of, found_unit
from members.services.bulk import create_with_history
from members.services.structure import Decision, NewUnit, carry_out, plan_merge
from reports.figures import figure

JULY = date(2026, 7, 1)
LONG_AGO = date(2020, 1, 1)
FLOW = ("members_opening", "members_merged_in", "members_merged_out", "members_total")


def decision(day=JULY, number="12/QĐ-CCB"):
    return Decision(day, number, "Ban Thường vụ Hội CCB tỉnh T", date(2026, 6, 20))


def settle(unit, size, since=LONG_AGO, **fields):
    """``size`` people of ``unit``, named after it."""
    home = co_so_of(unit)
    people = [Member(unit=unit, co_so=home, name=f"Người {unit.code} {i}", sex="nam", **fields) for i in range(size)]
    for person in people:
        person.fill_search_columns()
    create_with_history(rows=people)
    create_with_history(rows=[
        Membership(member=person, unit=unit, co_so=home, member_name=person.name, starts_on=since, reason_in="dau_ky") for person in people
    ])
    return people


def found(code, level, parent, **fields):
    kind = {Level.TINH: Kind.TINH, Level.CUM: Kind.HUYEN, Level.CO_SO: Kind.XA}.get(level, Kind.CHI_HOI)
    word = {Level.TINH: "Hội CCB tỉnh", Level.CUM: "Hội CCB huyện", Level.CO_SO: "Hội CCB xã"}.get(level, "Chi hội")
    return found_unit(code=code, name=f"{word} {code}", level=level, kind=kind, parent=parent, **fields)


def new_unit(code, level=Level.CO_SO, parent=None):
    kind = Kind.XA if level == Level.CO_SO else Kind.CHI_HOI
    return NewUnit(code, f"{'Hội CCB xã' if level == Level.CO_SO else 'Chi hội'} {code}", level, kind, parent)


@pytest.fixture
def everything():
    with all_units("a test"):
        yield


@pytest.fixture
def noon(time_machine):
    """22 November 2026."""
    time_machine.move_to("2026-11-22 03:00:00+00:00", tick=False)


@pytest.fixture
def land(db, noon, everything):
    """tỉnh T ─ cơ sở A (chi hội a1 30, a2 20), cơ sở B (b1 40), cơ sở D (d1 5)"""
    units = {"T": found("T", Level.TINH, None)}
    for co_so, branches in {"A": {"a1": 30, "a2": 20}, "B": {"b1": 40}, "D": {"d1": 5}}.items():
        units[co_so] = found(co_so, Level.CO_SO, units["T"])
        for code, size in branches.items():
            units[code] = found(code, Level.CHI_HOI, units[co_so])
            settle(units[code], size)
    return units


def merged(land, day=JULY):
    """A and B become C; returns the change and C."""
    change = carry_out(plan=plan_merge(olds=[land["A"], land["B"]], into=new_unit("C", parent=land["T"]), decision=decision(day)))
    return change, Unit.objects.get(code="C")


def end(member, day, reason):
    """The member's open spell ends, as the register would write it."""
    spell = member.spells.get(ends_on=None)
    spell.ends_on, spell.reason_out = day, reason
    spell.save()
    return spell


def year(number):
    return Period.objects.get_or_create(
        kind=PeriodKind.NAM, year=number, number=0,
        defaults={"label": f"năm {number}", "starts_on": date(number, 1, 1), "ends_on": date(number, 12, 31)},
    )[0]


def value(code, unit, number, structure="then"):
    return figure(code, Unit.objects.get(pk=unit.pk), year(number), structure=structure).value


def spells_of(member):
    """(unit, cơ sở, from, to, reason out) of each spell, in order."""
    return list(member.spells.order_by("starts_on", "pk").values_list("unit__code", "co_so__code", "starts_on", "ends_on", "reason_out"))
