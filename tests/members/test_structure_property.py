"""Random histories, lived through the services: nobody is lost, every unit balances, every figure equals a recount.

The recount reads the rows as they stand in the tables and walks them in plain Python, with the rules of
a reorganisation written down once more: a unit that closed inside the period stands under its heir, a
dated row counts for the cơ sở of its day.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members.audit import audit
from members.models import Level, Member, Membership, Period, Unit, UnitSuccession, UnitVersion
from members.services import lifecycle, register_member
from members.services.structure import (
    branches_of,
    carry_out,
    people_of,
    plan_dissolution,
    plan_founding,
    plan_merge,
    plan_move,
    plan_rename,
    plan_split,
)
from members.vietnamese import PartialDate
from reports.figures import FigureSet, rows_behind
from tests.members.land import decision, found, new_unit
from tests.members.land import everything as everything
from tests.members.land import noon as noon

pytestmark = pytest.mark.django_db

BEGINNING, TODAY = date(2024, 1, 1), date(2026, 11, 22)
IN = {"ket_nap": "members_admitted", "chuyen_den": "members_transferred_in", "sap_nhap": "members_merged_in"}
OUT = {"tu_tran": "members_deceased", "chuyen_di": "members_transferred_out", "xin_ra": "members_left", "sap_nhap": "members_merged_out"}
CODES = ["members_opening", "members_total", *IN.values(), *OUT.values()]
PERIODS = [(date(2024, 1, 1), date(2024, 12, 31)), (date(2025, 3, 1), date(2025, 8, 31)), (date(2026, 1, 1), date(2026, 12, 31))]


# ── What can happen ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Step:
    """One thing that is done; numbers choose among what is there."""

    kind: str
    day: date
    a: int
    b: int
    c: int


small = st.integers(0, 20)
days = st.one_of(
    st.integers(0, (TODAY - BEGINNING).days).map(lambda n: BEGINNING + timedelta(days=n)),
    st.sampled_from([date(2025, 7, 1), date(2026, 1, 1), date(2024, 12, 31), date(2025, 8, 31)]),  # days on which much happens, edges of periods
)
KINDS = ["admit", "transfer", "die", "leave", "merge", "merge", "into", "split", "give", "move", "move", "dissolve", "found", "rename", "district"]
steps = st.lists(st.builds(Step, st.sampled_from(KINDS), days, small, small, small), min_size=3, max_size=14)
trees = st.lists(st.lists(st.integers(0, 4), max_size=3), min_size=1, max_size=4)  # cơ sở, each with the sizes of its chi hội


class Land:
    """A province with what happened to it; units are found by level, whatever became of them."""

    def __init__(self, sizes):
        self.tinh = found("T", Level.TINH, None)
        self.huyen = found("H", Level.CUM, self.tinh)
        self.made = self.done = 0
        for i, branches in enumerate(sizes):
            co_so = found(f"S{i}", Level.CO_SO, self.huyen if i % 2 else self.tinh)
            for k, size in enumerate(branches):
                chi_hoi = found(f"S{i}-{k}", Level.CHI_HOI, co_so)
                for _ in range(size):
                    self.enrol(chi_hoi, BEGINNING, "dau_ky")

    def open(self, level):
        return list(Unit.objects.filter(level=level, closes_on=None).order_by("pk"))

    def keepers(self):
        return [unit for unit in self.open(Level.CHI_HOI) + self.open(Level.CO_SO)]

    def enrol(self, unit, day, reason):
        self.made += 1
        return register_member(unit=unit, name=f"Người {self.made}", sex="nam", counted_from=day, reason=reason)

    def code(self):
        self.made += 1
        return f"N{self.made}"

    def alive(self):
        return list(Member.objects.filter(spells__ends_on=None).order_by("pk"))

    def do(self, step):
        """Whatever is refused has changed nothing."""
        try:
            with transaction.atomic():
                getattr(self, step.kind)(step, pick)
            self.done += 1
        except (ValidationError, IndexError):
            return

    # ── people ──
    def admit(self, step, pick):
        self.enrol(pick(self.keepers(), step.a), step.day, "ket_nap")

    def transfer(self, step, pick):
        lifecycle.move(member=pick(self.alive(), step.a), unit=pick(self.keepers(), step.b), true_day=whole(step.day))

    def die(self, step, pick):
        lifecycle.end_membership(member=pick(self.alive(), step.a), reason="tu_tran", true_end=whole(step.day))

    def leave(self, step, pick):
        lifecycle.end_membership(member=pick(self.alive(), step.a), reason="xin_ra", true_end=whole(step.day), decision="1/QĐ", note="xin ra")

    # ── units ──
    def merge(self, step, pick):
        level = Level.CO_SO if step.c % 2 else Level.CHI_HOI
        olds = several(self.open(level), step.a, step.b)
        carry_out(plan=plan_merge(olds=olds, into=new_unit(self.code(), level, olds[0].parent), decision=decision(step.day)))

    def into(self, step, pick):
        units = self.open(Level.CO_SO if step.c % 2 else Level.CHI_HOI)
        old, into = several(units, step.a, step.b)
        carry_out(plan=plan_merge(olds=[old], into=into, decision=decision(step.day)))

    def split(self, step, pick):
        """A unit ends; its branches and people go to two new ones in turn."""
        level = Level.CO_SO if step.c % 2 else Level.CHI_HOI
        source = pick(self.open(level), step.a)
        targets = [new_unit(self.code(), level, source.parent) for _ in range(2)]
        carry_out(plan=plan_split(
            sources=[source], targets=targets, heirs={source: targets[step.b % 2]}, decision=decision(step.day),
            branches={unit: targets[n % 2] for n, unit in enumerate(branches_of(source))},
            people={pk: targets[(n + step.b) % 2] for n, pk in enumerate(people_of(source))}))

    def give(self, step, pick):
        """Parts of two units go to a third; all of them live on."""
        one, other, taking = (pick(self.keepers(), n) for n in (step.a, step.b, step.c))
        people = dict.fromkeys([*people_of(one)[::2], *people_of(other)[1::2]], taking)
        carry_out(plan=plan_split(sources=list({one.pk: one, other.pk: other}.values()), targets=[taking], heirs={}, people=people, decision=decision(step.day)))

    def move(self, step, pick):
        carry_out(plan=plan_move(units=[pick(self.open(Level.CHI_HOI), step.a)], parent=pick(self.open(Level.CO_SO), step.b), decision=decision(step.day)))

    def district(self, step, pick):
        carry_out(plan=plan_move(units=[pick(self.open(Level.CO_SO), step.a)], parent=pick([self.tinh, self.huyen], step.b), decision=decision(step.day)))

    def dissolve(self, step, pick):
        unit = pick(self.open(Level.CHI_HOI) + self.open(Level.CO_SO), step.a)
        heir = pick(self.open(unit.level), step.b) if step.c % 2 else None
        carry_out(plan=plan_dissolution(unit=unit, heir=heir, decision=decision(step.day)))

    def found(self, step, pick):
        carry_out(plan=plan_founding(new=new_unit(self.code(), Level.CHI_HOI, pick(self.open(Level.CO_SO), step.a)), decision=decision(step.day)))

    def rename(self, step, pick):
        unit = pick(self.keepers(), step.a)
        carry_out(plan=plan_rename(unit=unit, name=f"{unit.name} mới", kind=unit.kind, decision=decision(step.day)))


def pick(rows, number):
    return rows[number % len(rows)] if rows else rows[0]


def several(rows, a, b):
    """Two different ones, or nothing to be done."""
    first = pick(rows, a)
    rest = [row for row in rows if row != first]
    return [first, pick(rest, b)]


def whole(day):
    return PartialDate(day.year, day.month, day.day)


@contextmanager
def lived(sizes, history):
    with transaction.atomic():
        land = Land(sizes)
        for step in history:
            land.do(step)
        try:
            yield land
        finally:
            transaction.set_rollback(True)


# ── The recount ────────────────────────────────────────────────────────────────────────────


class Recount:
    """What the tables say of one period, without a query but the four that read them whole."""

    def __init__(self, first, last):
        self.first, self.last = first, last
        self.units = {unit.pk: unit for unit in Unit.objects.all()}
        self.heir = dict(UnitSuccession.objects.filter(is_heir=True).values_list("old", "new"))
        self.parents = {}
        for version in UnitVersion.objects.order_by("starts_on"):
            if version.starts_on <= last:
                self.parents[version.unit_id] = version.parent_id
        self.spells = list(Membership.objects.all())

    def above(self, pk):
        """The unit above at the end of the period; its heir for one that closed inside it."""
        closed = self.units[pk].closes_on
        return self.heir.get(pk) if closed and self.first <= closed <= self.last else self.parents.get(pk)

    def stands(self, pk):
        unit = self.units[pk]
        return unit.opens_on <= self.last and (unit.closes_on is None or unit.closes_on >= self.first)

    def line(self, pk):
        """The unit and everything above it."""
        while pk is not None and self.stands(pk):
            yield pk
            pk = self.above(pk)

    def place(self, spell):
        """For which unit a spell counts: a chi hội that has moved on counts for its former cơ sở."""
        home = next((pk for pk in self.line(spell.unit_id) if self.units[pk].level == Level.CO_SO), None)
        return spell.unit_id if home == spell.co_so_id and self.stands(spell.unit_id) else spell.co_so_id

    def counts(self, code, spell):
        def there(day):
            return spell.starts_on <= day and (spell.ends_on is None or day < spell.ends_on)

        if code == "members_opening":
            return there(self.first - timedelta(days=1))
        if code == "members_total":
            return there(self.last)
        if code in IN.values():
            return IN.get(spell.reason_in) == code and self.first <= spell.starts_on <= self.last
        return OUT.get(spell.reason_out) == code and self.first <= spell.ends_on <= self.last

    def of(self, code):
        """{unit: number} for every unit that stands in the period."""
        found = dict.fromkeys((pk for pk in self.units if self.stands(pk)), 0)
        for spell in self.spells:
            if self.counts(code, spell):
                for pk in self.line(self.place(spell)):
                    found[pk] += 1
        return found


# ── The promises ───────────────────────────────────────────────────────────────────────────

QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=30, suppress_health_check=QUIET)
@given(trees, steps)
def test_the_audit_finds_nothing_in_any_history(everything, noon, sizes, history):
    with lived(sizes, history) as land:
        assert [finding.words for finding in audit()] == []
        open_spells = Membership.objects.filter(ends_on=None)
        assert open_spells.values("member").distinct().count() == open_spells.count() == len(land.alive())


@settings(max_examples=20, suppress_health_check=QUIET)
@given(trees, steps)
def test_opening_and_all_that_came_and_went_is_closing_and_every_figure_its_recount(everything, noon, sizes, history):
    with lived(sizes, history) as land:
        for first, last in PERIODS:
            period = Period(kind="khac", year=last.year, label="kỳ", starts_on=first, ends_on=last)
            figures, recount = FigureSet(land.tinh, period, compare=False), Recount(first, last)
            counted = {code: recount.of(code) for code in CODES}
            for pk in figures._resolver.tree.units:
                closed = pk in figures._resolver.tree.closed
                found = {code: figures._figure(pk, code, "") for code in CODES}
                for code, figure in found.items():
                    if code == "members_total" and closed:
                        assert figure.state == "not_concerned"
                        continue
                    assert (figure.value or 0) == counted[code][pk], (code, recount.units[pk].code, first)
                if not closed:
                    flow = sum(counted[code][pk] for code in IN.values()) - sum(counted[code][pk] for code in OUT.values())
                    assert counted["members_opening"][pk] + flow == counted["members_total"][pk], (recount.units[pk].code, first)
            assert rows_behind("members_merged_in", land.tinh, period).count() == counted["members_merged_in"][land.tinh.pk]


@settings(max_examples=20, suppress_health_check=QUIET)
@given(trees, steps)
def test_as_things_stand_today_every_person_is_counted_where_he_is(everything, noon, sizes, history):
    with lived(sizes, history) as land:
        members = {member.pk: member.unit for member in Member.objects.select_related("unit")}
        for first, last in PERIODS:
            period = Period(kind="khac", year=last.year, label="kỳ", starts_on=first, ends_on=last)
            there = [members[pk] for pk in Membership.objects.active_on(last).values_list("member", flat=True)]
            figures = FigureSet(land.tinh, period, "today", compare=False)
            for pk, unit in figures._resolver.tree.units.items():
                if pk not in figures._resolver.tree.closed:
                    figure = figures._figure(pk, "members_total", "")
                    assert (figure.value or 0) == sum(place.is_within(unit) for place in there), (unit.code, last)
            assert (figures.get("members_total").value or 0) == len(there)
