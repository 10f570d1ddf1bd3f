"""Writes an invented association. Runs in a scope that sees all units; the caller opens it."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Count

from members.models import (
    Decoration,
    Household,
    HouseholdStatus,
    Member,
    MemberPrivate,
    Membership,
    MemberStatus,
    Period,
    PeriodKind,
    ReasonIn,
    Role,
    StatusKind,
    Unit,
    UnitChange,
    UnitRole,
    User,
    WarService,
)

from . import country, lives, people, posts
from .tree import Span, TreeBuilder
from .writer import Writer

LIVING = {"ngheo": 2, "can_ngheo": 4, "trung_binh": 46, "kha_giau": 45, "": 3}
BETTER = {"ngheo": "can_ngheo", "can_ngheo": "trung_binh", "trung_binh": "kha_giau"}
IMPROVED, DILAPIDATED, SHARED_ROOF = 7, 2, 7  # of a hundred
ROLES = [("thuky", Role.THU_KY), ("chutich", Role.CHU_TICH)]
PROVINCE_ROLES = [("vanphong", Role.VAN_PHONG), ("kiemtra", Role.KIEM_TRA), ("quantri", Role.QUAN_TRI)]


@dataclass(frozen=True)
class Made:
    """What was written: rows by table, user names with their roles, the first province."""

    counts: Counter
    users: list[tuple[str, str, str]]
    top: Unit


def make_association(*, members, years, seed, today, users=3, password=None, history=False, prefix=""):
    """An association of ``members`` people as of ``today``, with the changes of ``years`` years behind it.

    The same arguments give the same people. Each province is one transaction.
    """
    span = Span(date(today.year - years, 12, 1), today)
    rng = random.Random(f"{seed}")  # noqa: S311 - invented people need no cryptography
    writer, tree, accounts = Writer(history), None, []
    _periods(span, years)
    for province, communes, share in country.choose(members, rng):
        with transaction.atomic():
            tree = tree or TreeBuilder(writer, span, rng, prefix)
            branches = tree.province(province, communes, share)
            accounts += _accounts(writer, branches, users, password, prefix)
            for branch in branches:
                luck = random.Random(f"{seed} {branch.unit.code.removeprefix(prefix)}")  # noqa: S311 - as above
                _people(writer, branch, branches, province, communes, span, luck)
                writer.flush()
            writer.finish()
            _proofs(span)
    return Made(writer.counts, accounts, tree.top)


def _periods(span, years):
    """The years of the span and the one before it: 1 December to 30 November."""
    for year in range(span.today.year - years, span.today.year + 1):
        first, last = date(year - 1, 12, 1), date(year, 11, 30)
        Period.objects.get_or_create(
            kind=PeriodKind.NAM, starts_on=first, ends_on=last, defaults={"year": year, "label": f"năm {year}", "due_on": date(year, 12, 15)})


# ── people ──
def _people(writer, branch, others, province, communes, span, rng):
    staying, household = [], None
    alive, dead = lives.numbers_of(branch, span, rng)
    for number in range(alive + dead):
        is_gone = number >= alive
        life = lives.gone(branch, span, rng) if is_gone else lives.living(branch, others, span, rng)
        hometown = branch.place if rng.randrange(100) < 85 else f"{rng.choice(communes).name}, {province.name}"
        person = people.invent(rng, writer.upcoming(Member), province.code, hometown, branch.place, span.today, dead=life.died_on is not None)
        last = life.spells[-1]
        member = writer.add(Member, **person.columns, unit=last.unit, co_so=last.co_so, admitted_on=life.admitted_on, died_on=life.died_on)
        _papers(writer, member, person, life)
        if household is None or is_gone or rng.randrange(100) >= SHARED_ROOF:
            household = _household(writer, member, life.spells[0].starts_on, span, rng)
        member.household = household
        if not is_gone:
            staying.append((member, last.starts_on))
    for fields in posts.posts_of(branch, staying, span, rng):
        writer.add(posts.Post, **fields)


def _papers(writer, member, person, life):
    for spell in life.spells:
        writer.add(
            Membership, member=member, unit=spell.unit, co_so=spell.co_so, category=member.category, member_name=member.name,
            birth_year=person.born_year, starts_on=spell.starts_on, ends_on=spell.ends_on, reason_in=spell.reason_in,
            reason_out=spell.reason_out, true_start=spell.true_start, true_end=spell.true_end,
        )
    writer.add(MemberPrivate, member=member, **person.private)
    for war in person.wars:
        writer.add(WarService, member=member, period=war)
    joined = life.spells[0].starts_on
    if person.party_on:
        writer.add(MemberStatus, member=member, kind=StatusKind.PARTY, starts_on=person.party_on.first_day, true_start=person.party_on)
    for kind, grade, rate in person.statuses:
        writer.add(MemberStatus, member=member, kind=kind, grade=grade, rate=rate, starts_on=joined)
    for kind, name, year in person.decorations:
        writer.add(Decoration, member=member, kind=kind, name=name, year=year)


def _household(writer, head, since, span, rng):
    household = writer.add(Household, unit=head.unit, head=head, address=head.address)
    living = people.weighted(rng, LIVING)
    house = "nha_tam" if rng.randrange(100) < DILAPIDATED * (5 if living in ("ngheo", "can_ngheo") else 1) else "kien_co"
    until = None
    if living in BETTER and rng.randrange(100) < IMPROVED:
        day = people.some_day(rng, span.first, span.today)
        until = day if day > since else None
    writer.add(HouseholdStatus, household=household, living=living, house=house, starts_on=since, ends_on=until)
    if until:
        writer.add(HouseholdStatus, household=household, living=BETTER[living], house="kien_co", starts_on=until)
    return household


# ── accounts, proofs ──
def _accounts(writer, branches, users, password, prefix):
    """Users of the province, of its first ``users`` cơ sở and of a chi hội of each: (name, role, unit)."""
    led = [branch for branch in branches if branch.leads][:users]
    wanted = [(name, role, led[0].tinh) for name, role in PROVINCE_ROLES] if led else []
    wanted += [(name, role, branch.co_so) for branch in led for name, role in ROLES]
    wanted += [("chihoi", Role.CHI_HOI_TRUONG, branch.unit) for branch in led if branch.unit is not branch.co_so]
    hashed = make_password(password)  # without a password: a one-time code from the unit above
    found = []
    for name, role, unit in wanted:
        user = writer.add(User, username=f"{name}-{unit.code}".lower(), full_name=f"{Role(role).label} {unit.short_name}"[:120], password=hashed)
        writer.add(UnitRole, user=user, unit=unit, role=role, starts_on=unit.opens_on)
        found.append((user.username, Role(role).label, unit.name))
    return found


def _proofs(span):
    """What each merge proves: so many people before and after. Counted from the spells it cut."""
    cut = Membership.objects.filter(reason_in=ReasonIn.MERGED, starts_on__lte=span.today)
    after = {}
    for unit, co_so, code, day, count in cut.values_list("unit_id", "co_so_id", "unit__code", "starts_on").annotate(n=Count("*")).order_by():
        after.setdefault((unit, day), {})[code] = count
        after.setdefault((co_so, day), {})[code] = count
    for change in UnitChange.objects.filter(proof={}).prefetch_related("successions__old", "successions__new"):
        line = list(change.successions.all())
        found = after.get((line[0].new_id, change.effective_on), {})
        before = found if line[0].old.level == "CO_SO" else {line[0].old.code: sum(found.values())}
        total = sum(found.values())
        change.proof = {"before": before, "after": found, "total": total, "cut": total, "moved_units": len(found), "roles": 0}
        UnitChange.objects.bulk_update([change], ["proof"])
