"""Adding people to the register and changing what it says of them."""

from django.core.exceptions import ValidationError
from django.db import transaction

from ccb import clock
from members.models import Level, Member, Membership, ReasonIn, StatusKind, WarService

from .counting import beginning_day
from .locks import ensure_open, hold_member
from .statuses import Held, set_status
from .units import co_so_of

SEARCH_COLUMNS = ["folded_name", "sort_key"]
JOINING = {ReasonIn.FIRST, ReasonIn.ADMITTED}


class StaleVersion(Exception):
    """Someone else saved the row first; ``args[0]`` is the row as stored now."""


def check_keeps_members(unit):
    if Level(unit.level).rank < Level.CO_SO.rank:
        raise ValidationError({"unit": "Hội viên sinh hoạt ở chi hội hoặc cơ sở. Hãy chọn một chi hội."})


@transaction.atomic
def register_member(*, unit, name, sex, born=None, admitted_on=None, category="ccb", card_number="", party_on=None,
                    is_party=False, counted_from=None, reason=ReasonIn.FIRST, decision="", by=None, **facts):
    """Add a person to the register with an open spell in ``unit``; ``facts`` are further fields of the file.

    The spell counts from ``counted_from`` (default: the first day that ``admitted_on`` allows, else
    today), or from the first open day after it. Raises ``ValidationError`` when ``unit`` keeps no members.
    """
    check_keeps_members(unit)
    wanted = counted_from or (admitted_on.first_day if admitted_on else clock.today())
    start = beginning_day(unit=unit, day=wanted)
    member = Member(unit=unit, co_so=co_so_of(unit), name=name, sex=sex, born=born, admitted_on=admitted_on,
                    category=category, card_number=card_number, **facts)
    member.full_clean(exclude=SEARCH_COLUMNS)
    member._history_user = by
    member.save()
    open_spell(member=member, start=start, true_start=admitted_on, reason=reason, decision=decision, by=by)
    set_status(member=member, kind=StatusKind.PARTY, held=Held(is_party, party_on), default_day=start, by=by)
    return member


def open_spell(*, member, start, true_start, reason, decision="", note="", by=None):
    """A spell in the unit that the member's row names, with the words of that day."""
    spell = Membership(
        member=member, unit=member.unit, co_so=member.co_so, category=member.category, member_name=member.name,
        birth_year=member.born.year if member.born else None, starts_on=start, true_start=true_start, reason_in=reason,
        decision=decision, note=note,
    )
    spell._history_user = by
    spell.save()
    return spell


def next_version(*, member, version):
    """Lock the person's row and count the change to come; ``member`` is not saved yet. Returns the row as stored.

    Raises ``StaleVersion`` when someone else saved since ``version`` was read.
    """
    hold_member(member)
    stored = Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if stored.version != version:
        raise StaleVersion(stored)
    member.version = version + 1
    return stored


@transaction.atomic
def change_member(*, member, version, by=None, **fields):
    """Change what the register says of a person; the open spell takes over name, year of birth and category.

    Raises ``StaleVersion`` when someone else saved since ``version`` was read, ``PeriodLocked`` when the
    category changes and a period of the spell is closed.
    """
    stored = next_version(member=member, version=version)
    for name, value in fields.items():
        setattr(member, name, value)
    member.full_clean(exclude=SEARCH_COLUMNS)
    member._history_user = by
    member.save()
    _correct_spells(member, stored.admitted_on, by)
    return member


def _correct_spells(member, admitted_before, by):
    """The open spell takes over the words; the first one a corrected date of joining that it began with."""
    spells = list(member.spells.select_related("unit").order_by("starts_on", "pk"))
    wanted = {}
    if spells and spells[-1].ends_on is None:
        wanted[spells[-1]] = {"member_name": member.name, "category": member.category, "birth_year": member.born.year if member.born else None}
    if spells and member.admitted_on != admitted_before and spells[0].true_start == admitted_before and spells[0].reason_in in JOINING:
        wanted.setdefault(spells[0], {}).update(_joined(spells[0], member.admitted_on))
    for spell, values in wanted.items():
        if all(getattr(spell, name) == value for name, value in values.items()):
            continue
        if spell.category != values.get("category", spell.category):
            ensure_open(unit=spell.unit, first=spell.starts_on)
        for name, value in values.items():
            setattr(spell, name, value)
        spell._history_user = by
        spell.save()


def _joined(spell, admitted):
    """A spell that counted from the date of joining counts from the corrected one, unless a locked period would change."""
    counted = spell.true_start is not None and spell.starts_on == spell.true_start.first_day
    found = {"true_start": admitted}
    if counted and admitted is not None and (spell.ends_on is None or admitted.first_day <= spell.ends_on):
        first = min(admitted.first_day, spell.starts_on)
        if beginning_day(unit=spell.unit, day=first) == first:
            found["starts_on"] = admitted.first_day
    return found


@transaction.atomic
def change_service(*, member, version, periods, by=None, **fields):
    """What a person's military papers say; ``periods`` are all the war periods he served in."""
    change_member(member=member, version=version, by=by, **fields)
    kept = set()
    for row in member.war_services.all():
        if row.period in periods:
            kept.add(row.period)
            continue
        row._history_user = by
        row.delete()
    for period in sorted({*periods} - kept):
        row = WarService(member=member, period=period)
        row._history_user = by
        row.save()
    return member


@transaction.atomic
def change_statuses(*, member, version, held, by=None):
    """``held``: kind → ``Held``, for kinds that are not sensitive. Those go through ``private``."""
    next_version(member=member, version=version)
    written = [set_status(member=member, kind=kind, held=said, default_day=clock.today(), by=by) for kind, said in held.items()]
    if any(written):
        member._history_user = by
        member.save()
    return member
