"""The gate in the database: exactly what would change a locked figure is refused, on both databases."""

import time
from datetime import date, timedelta

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from ccb import clock
from members import checks, triggers
from members.models import (
    Discipline,
    Household,
    HouseholdStatus,
    Membership,
    MemberStatus,
    PeriodDates,
    Post,
    UnitVersion,
)
from members.services import found_unit
from members.vietnamese import PartialDate
from reports.models import EnteredFigure, ReportText, SectionConfirmation
from tests.cast import enrolled
from tests.members.locking import (
    FIRST,
    LAST,
    LATER,
    LONG_AGO,
    SOON,
    close,
    opened,
    refused,
    reopen,
    year,
)
from tests.members.locking import locked as locked

pytestmark = pytest.mark.django_db

BEFORE, BEGUN, WITHIN = date(2024, 6, 1), date(2024, 3, 1), date(2025, 5, 5)
DAY = timedelta(days=1)


@pytest.fixture
def person(tree, everywhere):
    """In chi hội Thôn Đông since 1 March 2024."""
    return enrolled(tree.thon_dong, "Nguyễn Văn An", counted_from=BEGUN)


def change(row, **values):
    return refused(lambda: type(row).objects.filter(pk=row.pk).update(**values))


# ── spells ──

ENDED = {"reason_out": "tu_tran"}


@pytest.mark.parametrize(("values", "closed"), [
    ({"ends_on": SOON, **ENDED}, False),
    ({"ends_on": LAST, **ENDED}, True),
    ({"ends_on": WITHIN, **ENDED}, True),
    ({"ends_on": BEFORE, **ENDED}, True),  # every day of 2025 loses a member
    ({"starts_on": BEFORE}, False),  # days of 2024 alone
    ({"starts_on": FIRST - DAY}, False),
    ({"starts_on": FIRST}, True),  # the stock at the beginning, and an admission
    ({"starts_on": WITHIN}, True),
    ({"starts_on": SOON}, True),
    ({"category": "cqn"}, True),
    ({"reason_in": "ket_nap"}, False),  # happened in 2024
    ({"member_name": "Nguyễn Văn Ân", "birth_year": 1950, "note": "x", "decision": "y", "decision_out": "z",
      "true_start": PartialDate.parse("1990"), "true_end": None}, False),
])
def test_a_spell_is_kept_on_the_days_of_the_lock_and_free_on_others(values, closed, person, locked):
    assert change(person.spells.get(), **values) is closed


@pytest.mark.parametrize(("first", "last", "closed"), [
    (SOON, None, False), (LAST, None, True), (BEFORE, None, True), (BEFORE, FIRST - DAY, False), (BEFORE, FIRST, True),
    (WITHIN, WITHIN, True), (SOON, SOON, False), (FIRST, LATER, True),
])
def test_a_new_spell_and_its_removal_touch_all_of_its_days(first, last, closed, person, locked, tree):
    spells = Membership.objects.filter(member=person, starts_on=first)

    def write():
        Membership.objects.create(
            member=person, unit=tree.thon_dong, co_so=tree.thanh_son, member_name="x", starts_on=first, ends_on=last,
            reason_in="ket_nap", reason_out="xin_ra" if last else "",
        )

    with opened(locked):
        person.spells.all().delete()
    assert refused(write) is closed
    with opened(locked):
        spells.delete()
        write()
    assert refused(spells.delete) is closed


def test_the_reason_of_an_ending_is_kept_with_its_day(person, locked, tree):
    spell = person.spells.get()
    assert change(spell, ends_on=SOON, **ENDED) is False
    assert change(spell, reason_out="xin_ra") is False
    assert change(spell, ends_on=LATER) is False
    with opened(locked):
        change(spell, ends_on=WITHIN, reason_out="xin_ra")
    assert change(spell, reason_out="tu_tran") is True
    assert change(spell, ends_on=None, reason_out="") is True


def test_no_row_escapes_to_another_unit_or_person_nor_comes_from_one(person, locked, tree):
    stranger = enrolled(tree.xom_ben, "Người Lạ", counted_from=BEGUN)
    other = enrolled(tree.xom_ben, "Người Khác", counted_from=SOON)
    mine, theirs = person.spells.get(), stranger.spells.get()
    mine.unit, mine.co_so = tree.xom_ben, tree.binh_minh
    theirs.unit, theirs.co_so = tree.thon_dong, tree.thanh_son
    assert (refused(mine.save), refused(theirs.save)) == (True, True)
    other.spells.get().delete()
    assert change(person.spells.get(), member=other) is True
    assert change(stranger.spells.get(), member=other) is False
    within = person.spells.get()
    within.unit = tree.thon_doai  # a chi hội of the same commune counts too
    assert refused(within.save) is True


def test_other_communes_are_free(locked, tree):
    stranger = enrolled(tree.xom_ben, "Người Lạ", counted_from=WITHIN)
    assert change(stranger.spells.get(), ends_on=LAST, **ENDED) is False


def test_a_unit_above_is_locked_with_its_own_records_alone(tree, everywhere, person):
    close(tree.lam_giang)
    assert change(person.spells.get(), ends_on=WITHIN, **ENDED) is False
    own = Membership(member=person, unit=tree.lam_giang, member_name="x", starts_on=WITHIN, reason_in="ket_nap")
    assert refused(own.save) is True


# ── what is counted beside the spell ──


def status(member, first, last=None, **more):
    return lambda: MemberStatus.objects.create(member=member, kind="bhyt", starts_on=first, ends_on=last, **more)


def test_a_status_counts_where_the_person_stood_on_its_days(person, locked, tree):
    newcomer = enrolled(tree.thon_dong, "Người Mới", counted_from=SOON)
    stranger = enrolled(tree.xom_ben, "Người Lạ", counted_from=BEGUN)
    assert refused(status(person, WITHIN)) is True
    assert refused(status(person, SOON)) is False
    assert refused(status(person, BEFORE, FIRST - DAY)) is False
    assert refused(status(newcomer, WITHIN)) is False  # counted nowhere in 2025
    assert refused(status(stranger, WITHIN)) is False


def test_a_status_of_someone_who_moved_away_is_kept_where_he_stood(person, locked, tree):
    spell = person.spells.get()
    spell.ends_on, spell.reason_out = LATER, "chuyen_di"
    spell.save()
    Membership.objects.create(member=person, unit=tree.xom_ben, co_so=tree.binh_minh, member_name="x", starts_on=LATER, reason_in="chuyen_den")
    person.unit, person.co_so = tree.xom_ben, tree.binh_minh
    person.save()
    assert (refused(status(person, WITHIN)), refused(status(person, LATER))) == (True, False)


def test_a_status_keeps_its_days_and_its_grade(person, locked):
    with opened(locked):
        row = MemberStatus.objects.create(member=person, kind="thuong_binh", grade="4/4", starts_on=BEFORE)
    assert [change(row, **values) for values in (
        {"true_start": PartialDate.parse("1972")}, {"ends_on": SOON}, {"ends_on": LAST}, {"grade": "3/4"}, {"starts_on": BEGUN}, {"starts_on": FIRST},
    )] == [False, False, True, True, False, True]


def test_living_posts_and_discipline_are_kept_by_their_days(person, locked, tree):
    home = Household.objects.create(unit=tree.thon_dong, head=person)
    elsewhere = Household.objects.create(unit=tree.xom_ben, head_name="Ai đó")
    person.household = home
    person.save()
    made = {
        "household": lambda day: HouseholdStatus.objects.create(household=home, living="ngheo", starts_on=day, ends_on=day + DAY),
        "elsewhere": lambda day: HouseholdStatus.objects.create(household=elsewhere, living="ngheo", starts_on=day, ends_on=day + DAY),
        "post": lambda day: Post.objects.create(member=person, body="chi_hoi", unit=tree.thon_dong, title="chi hội trưởng", starts_on=day, ends_on=day + DAY),
        "outside": lambda day: Post.objects.create(member=person, body="hdnd", title="đại biểu", level="5_xa", starts_on=day, ends_on=day + DAY),
        "discipline": lambda day: Discipline.objects.create(
            member=person, unit=tree.thon_dong, co_so=tree.thanh_son, kind="khien_trach", happened_on=day, decision="1", reason="x"),
    }
    answers = {name: [refused(lambda make=make, day=day: make(day)) for day in (BEFORE, WITHIN, LATER)] for name, make in made.items()}
    kept, free = [False, True, False], [False, False, False]
    assert answers == {"household": kept, "elsewhere": free, "post": kept, "outside": kept, "discipline": kept}


def test_facts_about_a_person_stay_correctable(person, locked):
    person.name, person.sex, person.phone = "Nguyễn Thị An", "nu", "0912"
    person.save()
    person.war_services.create(period="chong_my")
    assert person.history.count() == 2


# ── the tree and the calendar ──


def test_no_branch_is_founded_into_a_locked_year(locked, tree):
    def found(code, day):
        return refused(lambda: found_unit(code=code, name=f"Chi hội {code}", level="CHI_HOI", kind="chi_hoi", parent=tree.thanh_son, opens_on=day))

    assert (found("x", date(1989, 12, 6)), found("y", SOON)) == (True, False)
    version = UnitVersion.objects.get(unit=tree.thon_dong)
    assert [change(version, **values) for values in ({"name": "Chi hội Đông"}, {"ends_on": SOON}, {"ends_on": LAST}, {"parent": tree.binh_minh})] == [
        False, False, True, True]


def test_a_locked_period_keeps_its_dates(locked, tree):
    period = locked.period
    for row in (year(2024), year(2026)):
        assert change(row, ends_on=row.ends_on + DAY) is False
    assert [change(period, **values) for values in ({"label": "năm Ất Tỵ"}, {"due_on": LATER}, {"ends_on": LAST - DAY})] == [False, False, True]
    assert refused(lambda: period.parts.add(year(2024))) is True
    answers = {
        unit.code: refused(lambda unit=unit: PeriodDates.objects.create(period=period, unit=unit, starts_on=FIRST, ends_on=LAST - DAY))
        for unit in (tree.thanh_son, tree.lam_giang, tree.binh_minh, tree.ha_dong)
    }
    assert answers == {"LG-TS": True, "LG": True, "LG-BM": False, "HD": False}


# ── what units typed ──


def typed(unit, period, code="gift_count", value=1):
    return EnteredFigure.objects.create(unit=unit, period=period, code=code, state="number", value=value, typed_at=clock.now())


def test_typed_figures_are_kept_by_fact_unit_and_period(locked, tree):
    units = (tree.thanh_son, tree.thon_dong, tree.binh_minh, tree.lam_giang)
    assert [refused(lambda unit=unit: typed(unit, year(2025))) for unit in units] == [True, True, False, False]
    assert [refused(lambda unit=unit: typed(unit, year(2026))) for unit in units] == [False, False, False, False]


def test_a_stored_figure_is_neither_changed_nor_deleted(tree, everywhere):
    row = typed(tree.thon_dong, year(2025))
    close(tree.thanh_son)
    moved = EnteredFigure.objects.get()
    moved.unit = tree.binh_minh
    assert (change(row, value=2), change(row, note="x"), refused(row.delete), refused(moved.save)) == (True, True, True, True)
    assert EnteredFigure.objects.get().value == 1


def test_confirmations_and_texts_are_kept_too(locked, tree):
    own = {"unit": tree.thanh_son, "period": locked.period}
    assert refused(lambda: SectionConfirmation.objects.create(section="1", at=clock.now(), **own)) is True
    assert refused(lambda: ReportText.objects.create(section="A", text="x", written_at=clock.now(), **own)) is True


def test_a_locked_term_keeps_the_years_it_is_summed_from(tree, everywhere):
    term, part, other = year(2027), year(2025), year(2023)
    term.parts.add(part)
    close(tree.thanh_son, term)
    assert [refused(lambda period=period: typed(tree.thanh_son, period)) for period in (term, part, other)] == [True, True, False]


def test_a_branch_that_moved_away_is_kept_where_it_stood_in_the_period(locked, tree):
    UnitVersion.objects.filter(unit=tree.thon_dong).update(ends_on=LATER)
    UnitVersion.objects.create(unit=tree.thon_dong, name="x", kind="chi_hoi", parent=tree.binh_minh, starts_on=LATER)
    type(tree.thon_dong).objects.filter(pk=tree.thon_dong.pk).update(parent=tree.binh_minh)
    close(tree.thanh_son, year(2026))
    assert [refused(lambda number=number: typed(tree.thon_dong, year(number))) for number in (2024, 2025, 2026)] == [False, True, False]
    close(tree.binh_minh, year(2026))
    assert refused(lambda: typed(tree.thon_dong, year(2026), "gift_value")) is True


# ── opened for a time ──


def test_an_opened_lock_lets_through_until_its_time_has_passed(locked, tree, cast):
    reopen(locked, LONG_AGO, cast.van_phong)
    assert refused(lambda: typed(tree.thanh_son, locked.period)) is True
    reopen(locked, timezone.now() + timedelta(seconds=1.2), cast.van_phong)
    assert refused(lambda: typed(tree.thanh_son, locked.period)) is False
    time.sleep(1.4)
    assert refused(lambda: typed(tree.thon_dong, locked.period)) is True


# ── the gate itself ──


def test_the_database_has_every_trigger_of_the_list():
    assert len(triggers.wanted(connection)) == len(triggers.GUARDS) * (3 if connection.vendor == "sqlite" else 1)
    assert triggers.laid(connection) == triggers.wanted(connection)
    assert (triggers.differences(connection), run_checks(databases=["default"], tags=["database"])) == ([], [])


def test_a_missing_trigger_is_told_and_stops_the_server():
    name = sorted(triggers.wanted(connection))[0]
    table = name.removeprefix(triggers.PREFIX).removesuffix("_delete")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))
    assert triggers.differences(connection) == [name]
    (warning,) = run_checks(databases=["default"], tags=["database"])
    assert (warning.id, name in warning.msg, "manage.py migrate" in warning.hint) == ("members.W001", True, True)
    with pytest.raises(ImproperlyConfigured, match=name):
        checks.refuse_without_gate()
    call_command("migrate", verbosity=0)
    assert triggers.differences(connection) == []
    checks.refuse_without_gate()


@pytest.mark.postgres
def test_a_trigger_that_was_switched_off_does_not_stand():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE members_membership DISABLE TRIGGER ccb_gate_members_membership")
    assert triggers.differences(connection) == ["ccb_gate_members_membership"]


@pytest.mark.sqlite
def test_replacing_a_row_is_a_change_of_it(person, locked):
    """REPLACE deletes without telling triggers, unless the connection asks for it."""
    spell = person.spells.get()
    columns = ", ".join(field.column for field in Membership._meta.concrete_fields)
    values = columns.replace("starts_on", "'2026-01-01'")

    def replace():
        with connection.cursor() as cursor:
            cursor.execute(f"REPLACE INTO members_membership ({columns}) SELECT {values} FROM members_membership WHERE id = {spell.pk}")  # noqa: S608

    assert refused(replace) is True

