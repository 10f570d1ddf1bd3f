"""Writes over several rows: units, members, codes. Keyword-only, atomic, by whom."""

import secrets
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, Q

from ccb import clock

from .models import (
    FOUNDED_ON,
    Kind,
    Level,
    Member,
    Membership,
    MemberStatus,
    OneTimeCode,
    ReasonIn,
    Role,
    StatusKind,
    Unit,
    UnitVersion,
    User,
)
from .scoping import SEGMENT, all_units, current_scope, encode_segment

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that look alike on paper
# Two groups of five: 31**10 codes. Wrong tries are throttled by address and never end a code, or a
# stranger could take it from its owner: ten million of them find it with a chance below 1 in 10 million.
CODE_GROUP = 5
CODE_LIVES = timedelta(days=2)


def _next_path(parent):
    """A free path under ``parent`` (None: at the top). The parent's row is the lock."""
    with all_units("a path is unique among all units"):
        if parent:
            Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=parent.pk)
            prefix, siblings = parent.path, Unit.objects.filter(path__startswith=parent.path, path__length=len(parent.path) + SEGMENT)
        else:
            prefix, siblings = "", Unit.objects.filter(path__length=SEGMENT)
        last = siblings.aggregate(last=Max("path"))["last"]
    return prefix + encode_segment(int(last[-SEGMENT:], 36) + 1 if last else 0)


@transaction.atomic
def found_unit(*, code, name, level, kind=Kind.KHAC, parent=None, opens_on=FOUNDED_ON, by=None):
    """Create a unit with its first version. Raises ``ValidationError`` for a level in the wrong place."""
    unit = Unit(code=code, name=name, level=level, kind=kind, parent=parent, opens_on=opens_on)
    unit.path = _next_path(parent)
    unit.full_clean(exclude=["path"])
    unit._history_user = by
    unit.save()
    version = UnitVersion(unit=unit, name=name, kind=kind, parent=parent, starts_on=opens_on)
    version._history_user = by
    version.save()
    return unit


@transaction.atomic
def correct_unit(*, unit, name, kind, by=None):
    """Mend a wrongly typed name or kind: the newest version is mended too, no new one begins."""
    unit.name, unit.kind = name, kind
    unit.full_clean(exclude={field.name for field in Unit._meta.fields} - {"name", "kind"})
    unit._history_user = by
    unit.save()
    version = unit.versions.order_by("starts_on").last()
    version.name, version.kind = name, kind
    version._history_user = by
    version.save()
    return unit


def co_so_of(unit):
    """The cơ sở that ``unit`` belongs to, itself included; None above it."""
    while unit and Level(unit.level).rank > Level.CO_SO.rank:
        unit = unit.parent
    return unit if unit and unit.level == Level.CO_SO else None


@transaction.atomic
def register_member(*, unit, name, sex, born=None, admitted_on=None, category="ccb", card_number="", party_on=None,
                    is_party=False, counted_from=None, reason=ReasonIn.FIRST, by=None):
    """Add a person to the register with an open spell in ``unit``.

    ``counted_from`` is the counting date (default: the first day that ``admitted_on`` allows, else
    today). Raises ``ValidationError`` when ``unit`` keeps no members.
    """
    if Level(unit.level).rank < Level.CO_SO.rank:
        raise ValidationError({"unit": "Hội viên sinh hoạt ở chi hội hoặc cơ sở. Hãy chọn một chi hội."})
    start = counted_from or (admitted_on.first_day if admitted_on else clock.today())
    member = Member(unit=unit, co_so=co_so_of(unit), name=name, sex=sex, born=born, admitted_on=admitted_on,
                    category=category, card_number=card_number)
    member.full_clean(exclude=["folded_name", "sort_key"])
    member._history_user = by
    member.save()
    spell = Membership(
        member=member, unit=unit, co_so=member.co_so, category=category, member_name=name,
        birth_year=born.year if born else None, starts_on=start, true_start=admitted_on, reason_in=reason,
    )
    spell._history_user = by
    spell.save()
    set_party(member=member, is_party=is_party, since=party_on, default_day=start, by=by)
    return member


@transaction.atomic
def change_member(*, member, version, is_party, party_on=None, by=None, **fields):
    """Change what the register says of a person.

    Raises ``StaleVersion`` when someone else saved since ``version`` was read.
    """
    stored = Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if stored.version != version:
        raise StaleVersion(stored)
    for name, value in fields.items():
        setattr(member, name, value)
    member.version = version + 1
    member.full_clean(exclude=["folded_name", "sort_key"])
    member._history_user = by
    member.save()
    spell = member.spells.filter(ends_on=None).first()
    if spell:
        spell.member_name, spell.category = member.name, member.category
        spell.birth_year = member.born.year if member.born else None
        spell._history_user = by
        spell.save()
    set_party(member=member, is_party=is_party, since=party_on, default_day=clock.today(), by=by)
    return member


def set_party(*, member, is_party, since, default_day, by=None):
    """Open, re-date or end the Party status; nothing is written when nothing changes."""
    status = member.statuses.filter(kind=StatusKind.PARTY, ends_on=None).first()
    if is_party and status is None:
        start = since.first_day if since else default_day
        ended = member.statuses.filter(kind=StatusKind.PARTY, ends_on__gt=start).order_by("starts_on").last()
        status = ended or MemberStatus(member=member, kind=StatusKind.PARTY)  # ended by mistake: it goes on
        status.starts_on, status.true_start, status.ends_on = start, since, None
    elif is_party and since and status.true_start != since:
        status.true_start, status.starts_on = since, since.first_day
    elif not is_party and status is not None:
        status.ends_on = max(clock.today(), status.starts_on)
    else:
        return
    status._history_user = by
    status.save()


class StaleVersion(Exception):
    """Someone else saved the row first; ``args[0]`` is the row as stored now."""


def may_let_in(*, user, by):
    """Whether ``by`` may give ``user`` a way in, a one-time code or a first password: never an equal, never oneself.

    Every role of the user, in force or to come, lies within the scope and below the unit of ``by``;
    an administrator also helps the people of the own unit, but no other administrator there. A
    superuser is helped by nobody: there is a command for that.
    """
    with all_units("a role to come elsewhere counts too"):
        roles = list(user.unit_roles.filter(Q(ends_on=None) | Q(ends_on__gt=clock.today())).select_related("unit"))
    own = by.acting.unit.path if by.acting else None
    return not user.is_superuser and all(
        current_scope().contains(r.unit.path) and (own != r.unit.path or (by.is_staff and r.role != Role.QUAN_TRI)) for r in roles
    )


@transaction.atomic
def issue_code(*, user, by):
    """A one-time code for ``user``, shown once to ``by`` for printing; earlier codes stop working.

    Raises ``PermissionDenied`` unless ``may_let_in``, and for somebody without a role today.
    """
    if not user.roles_today or not may_let_in(user=user, by=by):
        raise PermissionDenied("Mã đăng nhập do đơn vị cấp trên của người dùng cấp.")
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(2 * CODE_GROUP))
    now = clock.now()
    user.one_time_codes.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
    OneTimeCode.objects.create(user=user, code_hash=make_password(code), issued_by=by, issued_at=now, expires_at=now + CODE_LIVES)
    return f"{code[:CODE_GROUP]}-{code[CODE_GROUP:]}"


def use_code(*, username, code):
    """The user whose valid code this is, who must then choose a password; None when it is not."""
    user = User.objects.filter(username=username, is_active=True).first()
    typed = "".join(ch for ch in code.upper() if ch.isalnum())
    now = clock.now()
    with transaction.atomic():
        row = user and user.one_time_codes.select_for_update().filter(used_at=None, expires_at__gt=now).first()
        if not row:
            make_password(typed)  # the same time as a real check
            return None
        if not check_password(typed, row.code_hash):
            return None
        row.used_at = now
        row.save(update_fields=["used_at"])
        user.must_change_password = True
        user.set_unusable_password()
        user.save()
    return user
