"""What an invented person is: names, years, service, papers. Plain data, no table is asked."""

from dataclasses import dataclass, field
from datetime import date

from members.models import Category, Sex, StatusKind, WarPeriod
from members.vietnamese import PartialDate, fold, sort_key

from . import words

# (share of a hundred, war period, years of birth): who is a member today
COHORTS = [
    (2, WarPeriod.FRENCH, (1927, 1936)), (44, WarPeriod.AMERICAN, (1940, 1956)), (12, WarPeriod.SOUTHWEST, (1955, 1963)),
    (14, WarPeriod.NORTH, (1957, 1968)), (8, WarPeriod.ABROAD, (1956, 1967)), (20, WarPeriod.LATER, (1964, 1990)),
]
# Whoever died in the last years was mostly of the older ones.
COHORTS_OF_THE_DEAD = [(8, *COHORTS[0][1:]), (78, *COHORTS[1][1:]), (8, *COHORTS[2][1:]), (6, *COHORTS[5][1:])]
WOMEN, PARTY, CQN_OF_LATER = 6, 52, 35  # of a hundred
ALSO_SERVED = {WarPeriod.FRENCH: (WarPeriod.AMERICAN, 25), WarPeriod.AMERICAN: (WarPeriod.SOUTHWEST, 14), WarPeriod.SOUTHWEST: (WarPeriod.ABROAD, 45)}
STATUSES = [(StatusKind.WOUNDED, 11), (StatusKind.SICK, 3), (StatusKind.AGENT_ORANGE, 4), (StatusKind.MARTYR_KIN, 6), (StatusKind.INSURED, 96)]
ELDERLY_AGE, ELDERLY, EMPLOYED = 60, 85, 55  # above this age, so many of a hundred; below it, so many at work
COMMEMORATIVE, DECORATED = 30, 24


@dataclass
class Person:
    """Columns of ``Member`` and of the tables beside it."""

    columns: dict
    private: dict
    born_year: int
    wars: list
    party_on: PartialDate | None
    statuses: list = field(default_factory=list)  # (kind, grade, rate)
    decorations: list = field(default_factory=list)  # (kind, name, year)


def weighted(rng, table):
    """One key of ``{key: weight}``."""
    return rng.choices(list(table), weights=table.values())[0]


def partly(rng, day, full=35, month=12):
    """A day as papers know it: in ``full`` of a hundred cases whole, in ``month`` without the day, else the year."""
    chance = rng.randrange(100)
    if chance < full:
        return exactly(day)
    return PartialDate(day.year, day.month) if chance < full + month else PartialDate(day.year)


def exactly(day):
    return PartialDate(day.year, day.month, day.day)


def some_day(rng, first, last):
    return date.fromordinal(rng.randint(first.toordinal(), max(first, last).toordinal()))


def name_of(rng, sex):
    middles, givens = (words.MIDDLE_MALE, words.GIVEN_MALE) if sex == Sex.MALE else (words.MIDDLE_FEMALE, words.GIVEN_FEMALE)
    return f"{weighted(rng, words.FAMILY)} {weighted(rng, middles)} {rng.choice(givens)}"


def invent(rng, number, province_code, hometown, address, before, dead=False):
    """A person of whom nobody has heard; ``number`` makes card and CCCD unique, ``before`` bounds the service."""
    sex = Sex.FEMALE if rng.randrange(100) < WOMEN else Sex.MALE
    cohorts = COHORTS_OF_THE_DEAD if dead else COHORTS
    _, war, years = rng.choices(cohorts, weights=[share for share, _, _ in cohorts])[0]
    born = some_day(rng, date(years[0], 1, 1), date(years[1], 12, 31))
    enlisted = some_day(rng, date(born.year + 18, 1, 1), date(born.year + 21, 12, 1))
    served = rng.choices([3, 5, 9, 18, 26], weights=[46, 26, 12, 10, 6])[0] + rng.randint(0, 2)
    discharged = min(some_day(rng, date(enlisted.year + served, 1, 1), date(enlisted.year + served, 12, 31)), before)
    name = name_of(rng, sex)
    wars = [war]
    if war in ALSO_SERVED and rng.randrange(100) < ALSO_SERVED[war][1]:
        wars.append(ALSO_SERVED[war][0])
    cqn = war == WarPeriod.LATER and rng.randrange(100) < CQN_OF_LATER
    party = rng.randrange(100) < PARTY
    party_day = min(some_day(rng, date(born.year + 20, 1, 1), date(born.year + 34, 12, 31)), before)
    columns = {
        "name": name, "folded_name": f" {fold(name)} ", "sort_key": sort_key(name), "sex": sex, "born": partly(rng, born),
        "hometown": hometown, "address": address, "phone": f"09{rng.randrange(10**8):08}" if rng.randrange(100) < 70 else "",
        "enlisted_on": partly(rng, enlisted, 10, 45), "discharged_on": partly(rng, discharged, 10, 40),
        "rank": rng.choice(next(ranks for most, ranks in words.RANKS if served <= most)), "military_post": rng.choice(words.MILITARY_POSTS),
        "military_unit": rng.choice(words.MILITARY_UNITS), "category": Category.CQN if cqn else Category.CCB,
        "card_number": f"{province_code}-{number:07}", "education": weighted(rng, words.EDUCATION),
        "political_theory": weighted(rng, words.THEORY) if party else "", "qualification": weighted(rng, words.QUALIFICATION),
        "livelihood": weighted(rng, words.LIVELIHOODS),
    }
    private = {
        "cccd": f"0{province_code}{1 if sex == Sex.FEMALE else 0}{born.year % 100:02}{number * 7919 % 10**6:06}",
        "ethnicity": weighted(rng, words.ETHNICITIES), "religion": weighted(rng, words.RELIGIONS),
    }
    person = Person(columns, private, born.year, wars, partly(rng, party_day, 55, 25) if party else None)
    old = before.year - born.year >= ELDERLY_AGE
    shares = [*STATUSES, (StatusKind.ELDERLY, ELDERLY) if old else (StatusKind.EMPLOYED, EMPLOYED)]
    person.statuses = [(kind, *_detail(rng, kind)) for kind, share in shares if rng.randrange(100) < share]
    person.decorations = list(_decorations(rng, before.year))
    return person


def _detail(rng, kind):
    if kind == StatusKind.WOUNDED:
        grade = rng.choices(["1/4", "2/4", "3/4", "4/4"], weights=[3, 15, 36, 46])[0]
        least, most = {"1/4": (81, 100), "2/4": (61, 80), "3/4": (41, 60), "4/4": (21, 40)}[grade]
        return grade, rng.randint(least, most)
    return "", rng.randint(41, 80) if kind in (StatusKind.SICK, StatusKind.AGENT_ORANGE) else None


def _decorations(rng, last_year):
    if rng.randrange(100) < DECORATED:
        kind, name = rng.choice(words.ORDERS)
        yield kind, name, rng.randint(1972, 1989)
    if rng.randrange(100) < COMMEMORATIVE:
        yield "ky_niem", "", rng.randint(2004, last_year)
