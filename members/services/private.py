"""The private part of a person's file: the only code that reads it by person (Law 91/2025/QH15).

Private are the number of the identity card, ethnicity, religion, the Party badge, and the statuses
of ``SENSITIVE_STATUSES``. Whoever may opens them in full with one click, which leaves a ``FileView``
in the same transaction. Counting (``reports.catalogue``) reads the tables without it, never by person.
"""

import re
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Right

from ccb import clock
from members.models import (
    SENSITIVE_STATUSES,
    ExportLog,
    FileView,
    ImportJob,
    Level,
    Member,
    MemberPrivate,
    MemberStatus,
    StatusKind,
)
from members.scoping import all_units

from .bulk import create_with_history, update_with_history
from .register import next_version
from .statuses import set_status

MASK = "••••••••"
FIELDS = ("cccd", "ethnicity", "religion", "party_badge")
LABELS = {name: MemberPrivate._meta.get_field(name).verbose_name for name in FIELDS}
KINDS = tuple(kind for kind in StatusKind if kind in SENSITIVE_STATUSES)
MAJORITY = "Kinh"


@dataclass(frozen=True)
class PrivatePart:
    """What stands in the private part; ``statuses`` are rows, the open one of a kind last."""

    cccd: str = ""
    ethnicity: str = ""
    religion: str = ""
    party_badge: str = ""
    statuses: list = field(default_factory=list)

    def held(self, kind):
        return next((row for row in self.statuses if row.kind == kind and row.ends_on is None), None)


# ── Who may ──


def may_open(user):
    """The people of the unit itself: head of a chi hội, secretary and chairman of a cơ sở. Nobody above."""
    acting = user.acting
    return acting is not None and Level(acting.unit.level).rank >= Level.CO_SO.rank and user.has_perm("members.open_private")


def _check(by):
    if not may_open(by):
        raise PermissionDenied("Vai trò này không mở phần riêng của hồ sơ.")


# ── One person ──


def masked(*, member, by):
    """The number with all but its last four digits hidden, '' when none is stored; None for who may not open it."""
    if not may_open(by):
        return None
    tail = MemberPrivate.objects.filter(member=member).exclude(cccd="").annotate(tail=Right("cccd", 4)).values_list("tail", flat=True).first()
    return f"{MASK}{tail}" if tail else ""


@transaction.atomic
def open_file(*, member, by, purpose=""):
    """Everything private of one person, and a line that says who read it.

    Raises ``PermissionDenied`` for who may not, and for a member outside the scope.
    """
    _check(by)
    member.check_scope(stored=True)
    parts = [*LABELS.values(), *(kind.label for kind in KINDS)]
    FileView(member=member, user=by, unit=by.acting.unit, fields=parts, purpose=purpose[:120], at=clock.now()).save()
    return _read([member.pk]).get(member.pk, PrivatePart())


def _read(members):
    """Private parts by member."""
    found = {
        row.pop("member"): PrivatePart(**row) for row in MemberPrivate.objects.filter(member__in=members).values("member", *FIELDS)
    }
    rows = MemberStatus.objects.filter(member__in=members, kind__in=KINDS).order_by("kind", "starts_on")
    for row in rows:
        part = found.setdefault(row.member_id, PrivatePart())
        part.statuses.append(row)
    return found


def clean_cccd(text):
    """Twelve digits, or ''. Raises ``ValidationError`` (the number itself is not repeated)."""
    digits = re.sub(r"[\s.-]", "", text)
    if digits and not re.fullmatch(r"[0-9]{12}", digits):
        kept = sum(character.isdigit() for character in digits)
        found = f"Đồng chí ghi {kept} chữ số" if kept == len(digits) else "Có ký tự không phải chữ số"
        raise ValidationError(f"Số căn cước gồm đúng 12 chữ số. {found}; xem lại trên thẻ, hoặc để trống.")
    return digits


@transaction.atomic
def change_private(*, member, version, held, by, **values):
    """Write the private part: ``values`` of ``FIELDS``, ``held`` by sensitive kind.

    Raises ``StaleVersion``, ``ValidationError`` for a number that is none, and ``PermissionDenied``.
    """
    _check(by)
    next_version(member=member, version=version)
    written = write_values(member=member, by=by, **values)
    statuses = [set_status(member=member, kind=kind, held=said, default_day=clock.today(), by=by) for kind, said in held.items()]
    if written or any(statuses):
        member._history_user = by
        member.save()
    return member


def write_values(*, member, by, **values):
    """Write what is given of ``FIELDS``; nothing when nothing changes. For lists that are read in, too."""
    values["cccd"] = clean_cccd(values["cccd"]) if "cccd" in values else None
    values = {name: value for name, value in values.items() if value is not None}
    row = MemberPrivate.objects.filter(member=member).first() or MemberPrivate(member=member)
    if all(getattr(row, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(row, name, value)
    row.full_clean(exclude=["member"])
    row._history_user = by
    row.save()
    return True


def changed_when(member):
    """When the private part was written, and by whom: never what."""
    with all_units("the history of a file goes with the person"):
        rows = list(MemberPrivate.history.filter(member=member).select_related("history_user").defer(*FIELDS))
        rows += MemberStatus.history.filter(member=member, kind__in=KINDS).select_related("history_user").defer("kind", "grade", "rate")
    return [(row.history_date, row.history_user) for row in rows]


# ── Many ──


def _check_record(by, log):
    _check(by)
    if not isinstance(log, ExportLog | ImportJob) or log.pk is None or log.user_id != by.pk:
        raise ValueError("a list with private parts has its record first")


def read_many(*, members, by, log):
    """Private parts by member, for a list that is taken out or read in; ``log`` is its stored record."""
    _check_record(by, log)
    return _read(Member.objects.filter(pk__in=members).values("pk"))


def found_by_cccd(*, numbers, by, log):
    """Members of the scope by the number of their identity card, for a list that is read in."""
    _check_record(by, log)
    found, numbers = {}, sorted({*numbers} - {""})
    for start in range(0, len(numbers), 500):
        for number, member in MemberPrivate.objects.filter(cccd__in=numbers[start:start + 500]).values_list("cccd", "member"):
            found.setdefault(number, []).append(member)
    return found


def write_many(*, values, by, log, reason=""):
    """Write private parts of many: ``values`` is member → {field: value}, checked by the caller.

    Returns [(key of the row, values before or None for a new row, values after)]. The caller answers for whose rows they are.
    """
    _check_record(by, log)
    stored = {}
    wanted = sorted(values)
    for start in range(0, len(wanted), 500):
        stored |= {row.member_id: row for row in MemberPrivate.objects.filter(member__in=wanted[start:start + 500])}
    new, changed, before, fields = [], [], {}, set()
    for member, said in values.items():
        row = stored.get(member)
        if row is None:
            new.append(MemberPrivate(member_id=member, **said))
            continue
        before[row.pk] = {name: getattr(row, name) for name in said}
        fields |= {*said}
        for name, value in said.items():
            setattr(row, name, value)
        changed.append(row)
    create_with_history(rows=new, by=by, reason=reason)
    update_with_history(rows=changed, fields=sorted(fields), by=by, reason=reason)
    return [(row.pk, before.get(row.pk), values[row.member_id]) for row in (*new, *changed)]


def with_party(members, by):
    """``members`` with ``of_party`` for the list of those who may open files; without it for others."""
    if not may_open(by):
        return members
    return members.annotate(of_party=Exists(MemberStatus.objects.filter(member=OuterRef("pk"), kind=StatusKind.PARTY, ends_on=None)))


def holding(*, kinds, day, by):
    """A condition on members: a status of ``kinds`` in force on ``day``. The sensitive ones for who may open files."""
    if SENSITIVE_STATUSES & {*kinds}:
        _check(by)
    rows = MemberStatus.objects.filter(member=OuterRef("pk"), kind__in=kinds, starts_on__lte=day)
    return Exists(rows.filter(Q(ends_on=None) | Q(ends_on__gt=day)))


def with_cccd(*, number, by):
    """A condition on members: the one whose identity card has this number, for who may open files."""
    _check(by)
    return Q(pk__in=MemberPrivate.objects.filter(cccd=clean_cccd(number)).exclude(cccd="").values("member"))


def same_cccd(*, number, but=None):
    """Whether another file of the scope has this number."""
    return bool(number) and MemberPrivate.objects.filter(cccd=number).exclude(member=but).exists()


def sharing_cccd():
    """Members of the scope by a number that several files have; the number itself stays here."""
    numbers = MemberPrivate.objects.exclude(cccd="").filter(
        Exists(MemberPrivate.objects.filter(cccd=OuterRef("cccd")).exclude(pk=OuterRef("pk")))
    ).order_by("cccd", "member").values_list("cccd", "member")
    groups = {}
    for number, member in numbers:
        groups.setdefault(number, []).append(member)
    return list(groups.values())


# ── Erasing ──


def blank(*, member, by):
    """Take the values out of the row and of its history. What figures count stays in the coarsest words."""
    row = MemberPrivate.objects.filter(member=member).first()
    if row is None:
        return
    coarse = {"ethnicity": _coarse(row.ethnicity, "Dân tộc thiểu số", MAJORITY), "religion": _coarse(row.religion, "Có tôn giáo", "Không")}
    row.cccd = row.party_badge = ""
    row.ethnicity, row.religion = coarse["ethnicity"], coarse["religion"]
    row._history_user = by
    row.save()
    with all_units("the history of a file goes with the person"):
        MemberPrivate.history.filter(member=member).update(cccd="", party_badge="", **coarse)


def _coarse(value, word, same):
    return value if value in ("", same) else word

