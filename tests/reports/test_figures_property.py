"""Figures of random trees and random histories, against a recount in plain Python.

The recount below was written from the rules of a unit's value, not from the program: it walks
the tree unit by unit with lists and sums, and knows no query.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ccb import clock
from members.models import (
    Member,
    Membership,
    MemberStatus,
    Period,
    PeriodDates,
    Unit,
    UnitVersion,
)
from members.scoping import all_units, encode_segment
from reports.figures import FigureSet, rows_behind
from reports.models import EnteredFigure, SectionConfirmation

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2022, 1, 1), date(2022, 11, 30)
LONG_AGO = date(1989, 12, 6)
IN = {"ket_nap": "members_admitted", "chuyen_den": "members_transferred_in", "sap_nhap": "members_merged_in"}
OUT = {
    "tu_tran": "members_deceased", "chuyen_di": "members_transferred_out", "xin_ra": "members_left", "xoa_ten": "members_struck_off",
    "khai_tru": "members_expelled", "sap_nhap": "members_merged_out",
}
STOCKS = {"members_total", "members_ccb", "members_cqn", "members_party", "members_female", "members_by_age"}
REGISTER = ["members_opening", *sorted(STOCKS), *IN.values(), *OUT.values()]
TYPED = ["dialogue_sessions", "gift_value", "members_deceased"]  # the last one is counted too
SECTION = {"dialogue_sessions": "1", "gift_value": "3", "members_deceased": "A"}


@dataclass
class Place:
    level: str
    above: int | None
    closes_on: date | None = None
    dates: tuple | None = None  # of its branch, when it has its own


@dataclass
class Spell:
    place: int
    starts_on: date
    reason_in: str
    ends_on: date | None = None
    reason_out: str = ""


@dataclass
class Person:
    sex: str
    category: str
    born: int | None
    spells: list
    party: tuple | None = None  # (from, to or None)


@dataclass
class World:
    places: list
    people: list
    typed: dict  # (place, code) -> ("number", value, estimate) | ("words", …) | ("not_concerned", …)
    confirmed: set
    units: list = field(default_factory=list)  # the rows of the places

    def below(self, i):
        return [k for k, place in enumerate(self.places) if place.above == i]


# ── What can happen ────────────────────────────────────────────────────────────────────────

days = st.integers(min_value=-400, max_value=500).map(lambda n: FIRST + timedelta(days=n))
edges = st.sampled_from([FIRST, LAST, FIRST - timedelta(days=1), LAST + timedelta(days=1)])
moments = st.one_of(days, edges)
branch_dates = st.sampled_from([None, None, None, (FIRST, date(2022, 11, 15)), (date(2021, 12, 1), LAST)])


@st.composite
def trees(draw):
    places = [Place("TINH", None)]
    if draw(st.booleans()):
        places.append(Place("CUM", 0))
    for _ in range(draw(st.integers(1, 3))):
        above = draw(st.sampled_from(range(len(places)))) if len(places) <= 2 else draw(st.sampled_from([0, 1]))
        above = above if places[above].level in ("TINH", "CUM") else 0
        co_so = len(places)
        places.append(Place("CO_SO", above, dates=draw(branch_dates)))
        for _ in range(draw(st.integers(0, 3))):
            places.append(Place("CHI_HOI", co_so, closes_on=draw(st.one_of(st.none(), st.none(), moments))))
    return places


def last_day_in(place):
    """Nobody stays in a unit after it has closed."""
    return place.closes_on or date.max


@st.composite
def people_of(draw, places):
    homes = [i for i, place in enumerate(places) if place.level in ("CO_SO", "CHI_HOI")]
    people = []
    for _ in range(draw(st.integers(0, 9))):
        day, at, spells = draw(moments), draw(st.sampled_from(homes)), []
        reason = "dau_ky" if day < date(2021, 12, 1) else draw(st.sampled_from(["ket_nap", "chuyen_den"]))
        while len(spells) < 4 and day < last_day_in(places[at]):
            spell = Spell(at, day, reason)
            spells.append(spell)
            what = draw(st.sampled_from(["stays", "leaves", "moves"]))
            day = max(day, draw(moments))
            if day >= last_day_in(places[at]):
                day, what = last_day_in(places[at]), "merges"
            if what == "stays":
                if places[at].closes_on is None:
                    break
                day, what = places[at].closes_on, "merges"
            spell.ends_on = day
            if what == "leaves":
                spell.reason_out = draw(st.sampled_from(["tu_tran", "xin_ra", "xoa_ten", "khai_tru"]))
                break
            spell.reason_out, reason = ("sap_nhap", "sap_nhap") if what == "merges" else ("chuyen_di", "chuyen_den")
            at = draw(st.sampled_from(homes))
        if spells:
            party = None
            if draw(st.booleans()):
                start = draw(moments)
                party = (start, draw(st.one_of(st.none(), st.integers(0, 400).map(lambda n, s=start: s + timedelta(days=n)))))
            people.append(Person(
                draw(st.sampled_from(["nam", "nu"])), draw(st.sampled_from(["ccb", "cqn"])), draw(st.one_of(st.none(), st.integers(1930, 1990))),
                spells, party,
            ))
    return people


@st.composite
def worlds(draw):
    places = draw(trees())
    everywhere = st.integers(0, len(places) - 1)
    cells = st.one_of(
        st.tuples(st.just("number"), st.integers(0, 50), st.booleans()), st.just(("words", 0, False)), st.just(("not_concerned", 0, False)),
    )
    typed = {}
    for key in draw(st.lists(st.tuples(everywhere, st.sampled_from(TYPED)), max_size=7, unique=True)):
        cell = draw(cells)
        # Words beside a register of one's own are another rule: numbers only there.
        typed[key] = cell if key[1] != "members_deceased" else ("number", cell[1], False)
    confirmed = set(draw(st.lists(st.tuples(everywhere, st.sampled_from(["1", "3"])), max_size=3)))
    return World(places, draw(people_of(places)), typed, confirmed)


# ── The world in the tables ────────────────────────────────────────────────────────────────


@contextmanager
def stored(world):
    """The world in the database and its period, undone at the end."""
    with all_units("a random world is written and counted"), transaction.atomic():
        period = Period.objects.create(kind="nam", year=2022, label="năm 2022", starts_on=FIRST, ends_on=LAST)
        world.units = []
        for i, place in enumerate(world.places):
            above = None if place.above is None else world.units[place.above]
            world.units.append(Unit.objects.bulk_create([Unit(
                code=f"U{i}", name=f"Hội CCB số {i}", level=place.level, kind={"TINH": "tinh", "CUM": "khoi", "CO_SO": "xa"}.get(place.level, "chi_hoi"),
                parent=above, path=(above.path if above else "") + encode_segment(i), closes_on=place.closes_on,
            )])[0])
        UnitVersion.objects.bulk_create(
            UnitVersion(unit=u, name=u.name, kind=u.kind, parent=u.parent, starts_on=LONG_AGO, ends_on=u.closes_on) for u in world.units)
        PeriodDates.objects.bulk_create(
            PeriodDates(period=period, unit=u, starts_on=p.dates[0], ends_on=p.dates[1])
            for u, p in zip(world.units, world.places, strict=True) if p.dates)
        for n, person in enumerate(world.people):
            home = world.units[person.spells[-1].place]
            member = Member.objects.bulk_create([Member(unit=home, name=f"Người {n}", sex=person.sex, category=person.category)])[0]
            Membership.objects.bulk_create(
                Membership(
                    member=member, unit=world.units[s.place], category=person.category, member_name=member.name, birth_year=person.born,
                    starts_on=s.starts_on, ends_on=s.ends_on, reason_in=s.reason_in, reason_out=s.reason_out,
                ) for s in person.spells)
            if person.party:
                MemberStatus.objects.bulk_create([MemberStatus(member=member, kind="dang_vien", starts_on=person.party[0], ends_on=person.party[1])])
        EnteredFigure.objects.bulk_create(
            EnteredFigure(
                unit=world.units[i], period=period, code=code, state=state, value=value if state == "number" else None, estimate=estimate,
                typed_at=clock.now(),
            ) for (i, code), (state, value, estimate) in world.typed.items())
        SectionConfirmation.objects.bulk_create(
            SectionConfirmation(unit=world.units[i], period=period, section=section, at=clock.now()) for i, section in world.confirmed)
        try:
            yield period
        finally:
            transaction.set_rollback(True)


# ── The recount ────────────────────────────────────────────────────────────────────────────


@dataclass
class Count:
    state: str
    value: int = 0
    have: int = 0
    expected: int = 0
    estimated: int | None = None
    partial: int = 0

    @property
    def complete(self):
        return self.have >= self.expected and not self.partial


def dates(world, i):
    while i is not None:
        if world.places[i].dates:
            return world.places[i].dates
        i = world.places[i].above
    return FIRST, LAST


def has_closed(world, i):
    closes_on = world.places[i].closes_on
    return closes_on is not None and closes_on <= dates(world, i)[1]


def gone_before(world, i):
    """Closed before the period of the whole: it is no part of it."""
    return world.places[i].closes_on is not None and world.places[i].closes_on < FIRST


def age_group(person, day):
    if person.born is None:
        return "chưa rõ"
    age = day.year - person.born
    return "dưới 50" if age < 50 else "80 trở lên" if age >= 80 else f"{age // 10 * 10}-{age // 10 * 10 + 9}"


def is_counted(code, part, person, spell, first, last):
    """Whether a spell is one of the rows of a figure."""
    def there(day):
        return spell.starts_on <= day and (spell.ends_on is None or day < spell.ends_on)

    if code == "members_opening":
        return there(first - timedelta(days=1))
    if code in IN.values():
        return IN.get(spell.reason_in) == code and first <= spell.starts_on <= last and part in ("", person.category.upper())
    if code in OUT.values():
        return OUT.get(spell.reason_out) == code and first <= spell.ends_on <= last
    if not there(last):
        return False
    party = person.party and person.party[0] <= last and (person.party[1] is None or last < person.party[1])
    return {
        "members_total": True, "members_ccb": person.category == "ccb", "members_cqn": person.category == "cqn",
        "members_female": person.sex == "nu", "members_party": bool(party), "members_by_age": part in ("", age_group(person, last)),
    }[code]


def recount(world, i, code, part=""):
    first, last = dates(world, i)
    if has_closed(world, i) and code in STOCKS:
        return Count("not_concerned")
    if (i, code) in world.typed and not part:
        state, value, estimate = world.typed[i, code]
        return Count(state, value, have=1, expected=1, estimated=value if estimate else None) if state == "number" else Count(state)
    below = [recount(world, k, code, part) for k in world.below(i) if not gone_before(world, k)]
    asked = [c for c in below if c.state != "not_concerned"]
    numbers = [c for c in below if c.state == "number"]
    own = [(p, s) for p in world.people for s in p.spells if s.place == i]
    keeps_book = code in REGISTER and any(s.starts_on <= last for _, s in own)
    rows = sum(is_counted(code, part, p, s, first, last) for p, s in own) if keeps_book else 0
    if numbers or keeps_book:
        estimates = [c.estimated for c in numbers if c.estimated is not None]
        return Count(
            "number", rows + sum(c.value for c in numbers), have=len(numbers) if asked else 1, expected=len(asked) or 1,
            partial=sum(not c.complete for c in numbers), estimated=sum(estimates) if estimates else None,
        )
    if any(c.state == "words" for c in below):
        return Count("words")
    if (i, SECTION.get(code, "A")) in world.confirmed and not part:
        return Count("number", 0, have=0 if asked else 1, expected=len(asked) or 1)
    return Count("missing")


def is_typed_below(world, i, code):
    return (i, code) in world.typed or any(is_typed_below(world, k, code) for k in world.below(i))


# ── The promises ───────────────────────────────────────────────────────────────────────────


def found(figure):
    return (figure.state, figure.value, figure.have, figure.expected, figure.partial, figure.estimated)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large])
@given(worlds())
@example(World(  # a chi hội that closes between the cut-off of its branch and that of the province
    [Place("TINH", None), Place("CO_SO", 0, dates=(FIRST, date(2022, 11, 15))), Place("CHI_HOI", 1, closes_on=date(2022, 11, 20))],
    [Person("nam", "ccb", 1950, [Spell(2, LONG_AGO, "dau_ky", date(2022, 11, 20), "sap_nhap"), Spell(1, date(2022, 11, 20), "sap_nhap")])],
    typed={}, confirmed=set(),
))
def test_every_figure_of_every_unit_equals_its_records_counted_one_by_one(world):
    with stored(world) as period:
        whole = FigureSet(world.units[0], period, compare=False)
        for i, unit in enumerate(world.units):
            if gone_before(world, i) and world.places[i].above is not None:
                continue
            figures = {code: whole._figure(unit.pk, code, "") for code in [*REGISTER, *TYPED]}
            for code, figure in figures.items():
                count = recount(world, i, code)
                assert (figure.state, figure.value) == (count.state, count.value if count.state == "number" else None), (i, code)
                assert figure.estimated == count.estimated, (i, code)
                if figure.expected and count.state == "number":  # units below stand behind it
                    assert (figure.have, figure.expected, figure.partial) == (count.have, count.expected, count.partial), (i, code)
                if figure.source == "entered" or (not world.below(i) and count.state == "number"):
                    assert (figure.have, figure.expected) == (0, 0), (i, code)
            balance(world, i, figures)
        check_parts(world, whole)


def balance(world, i, figures):
    """opening + in - out = closing, by reason, at every unit that typed nothing over its records."""
    if figures["members_opening"].state != "number" or is_typed_below(world, i, "members_deceased"):
        return
    closing = figures["members_total"].value if figures["members_total"].state == "number" else Decimal(0)
    comes = sum(figures[code].value for code in IN.values())
    goes = sum(figures[code].value for code in OUT.values())
    assert figures["members_opening"].value + comes - goes == closing, i


def check_parts(world, whole):
    for code, labels in (("members_by_age", ["dưới 50", "50-59", "60-69", "70-79", "80 trở lên", "chưa rõ"]), ("members_admitted", ["CCB", "CQN"])):
        shown = {f.part: f.value for f in whole.parts(code)}
        counted = {part: recount(world, 0, code, part) for part in labels}
        assert {part: value for part, value in shown.items() if value} == {part: c.value for part, c in counted.items() if c.value}
        assert sum(shown.values()) == recount(world, 0, code).value


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large])
@given(worlds(), st.data())
def test_a_figure_is_as_many_as_the_rows_behind_it_and_the_same_whichever_report_asks(world, data):
    with stored(world) as period:
        there = [i for i in range(len(world.units)) if world.places[i].above is None or not gone_before(world, i)]
        whole = FigureSet(world.units[0], period, compare=False)
        for i in {0, data.draw(st.sampled_from(there))}:
            own = FigureSet(world.units[i], period, compare=False)
            for code in REGISTER:
                figure = own.get(code)
                assert found(figure) == found(whole._figure(world.units[i].pk, code, "")), (i, code)
                if figure.state == "number" and not is_typed_below(world, i, code):
                    rows = rows_behind(code, world.units[i], period)
                    assert rows.count() == len(list(rows)) == figure.value, (i, code)
            for figure in own.parts("members_by_age"):
                assert rows_behind("members_by_age", world.units[i], period, figure.part).count() == figure.value
            assert sum(f.value for _, f in own.breakdown("members_total") if f.value) <= (own.get("members_total").value or 0)
