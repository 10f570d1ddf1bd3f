"""Everything that was changed in a person's file: when, by whom, what from and to, in words.

History is read across units: a file takes its past along when the person moves. Of the private part
only that it was changed is said here.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from django.db.models import Q
from django.utils.formats import date_format

from members.models import (
    SENSITIVE_STATUSES,
    Attachment,
    Decoration,
    Discipline,
    Household,
    HouseholdStatus,
    Member,
    Membership,
    MembershipRequest,
    MemberStatus,
    Post,
    Unit,
    User,
    WarService,
)
from members.scoping import all_units
from members.vietnamese import PartialDate

from .private import changed_when

EMPTY = "để trống"
INTERNAL = {
    "id", "version", "folded_name", "sort_key", "member", "kept", "household", "co_so", "content_type", "sha256", "added_at", "data",
    "proposed_by", "proposed_at", "decided_by", "decided_at", "merged_into",
}


@dataclass
class Change:
    """One row written: ``lines`` are (label, old, new); ``old`` is '' for a row that was made. ``by`` '' is the program."""

    at: datetime
    by: str
    what: str
    lines: list = field(default_factory=list)
    reason: str = ""


def changes_of(member):
    """All changes, the newest first. The caller has fetched ``member`` in his scope."""
    found = []
    with all_units("the history of a file goes with the person"):
        words = Words()
        for rows in _histories(member):
            found += _differences(rows, words)
    found += [Change(at, words.user(who), "Sửa phần riêng của hồ sơ") for at, who in changed_when(member)]
    return sorted(found, key=lambda change: change.at, reverse=True)


def visits_of(member):
    """(when, by whom, changes): what one person wrote within a minute belongs together."""
    for (at, by), found in groupby(changes_of(member), key=lambda change: (change.at.replace(second=0, microsecond=0), change.by)):
        lines = list(found)[::-1]
        yield at, by, [change for i, change in enumerate(lines) if change.lines or change.what not in [said.what for said in lines[:i]]]


def _histories(member):
    """Rows of each table that speak of the member, oldest first."""
    own = Q(member=member.pk)
    yield _rows(Member, Q(id=member.pk))
    for model in (Membership, WarService, Decoration, Attachment, Post, Discipline, MembershipRequest):
        yield _rows(model, own)
    yield _rows(MemberStatus, own & ~Q(kind__in=SENSITIVE_STATUSES))
    households = [pk for pk in Member.history.filter(id=member.pk).values_list("household", flat=True).distinct().order_by("household") if pk]
    yield _rows(Household, Q(id__in=households))
    yield _rows(HouseholdStatus, Q(household__in=households))


def _rows(model, condition):
    return list(model.history.filter(condition).select_related("history_user").order_by("history_date", "history_id"))


def _differences(rows, words):
    last = {}
    for row in rows:
        older, last[row.id] = last.get(row.id), row
        model = row.instance_type
        named = str(model._meta.verbose_name)
        if row.history_type == "-":
            lines, what = _lines(None, row, words), f"Bỏ {named}"
        elif older is None:
            lines, what = _lines(None, row, words), "Lập hồ sơ" if model is Member else f"Ghi {named}"
        else:
            lines, what = _lines(older, row, words), "Sửa hồ sơ" if model is Member else f"Sửa {named}"
        if lines:
            yield Change(row.history_date, words.user(row.history_user), what, lines, row.history_change_reason or "")


def _lines(older, row, words):
    found = []
    hidden = INTERNAL | ({"title"} if row.instance_type is Attachment else set())  # it may say what the paper is about
    for column in row.tracked_fields:
        if column.name in hidden:
            continue
        new = getattr(row, column.attname)
        old = getattr(older, column.attname) if older is not None else None
        if older is None and new in (None, "", []):
            continue
        if older is not None and old == new:
            continue
        label = str(column.verbose_name)
        found.append((label, words.of(column, old) if older is not None else "", words.of(column, new)))
    return found


class Words:
    """Values as people say them; names of units are read once each."""

    def __init__(self):
        self.names = {}

    def user(self, user):
        return str(user) if user is not None else ""

    def of(self, column, value):
        if value is None or value == "":
            return EMPTY
        if column.is_relation:
            return self._named(column.related_model, value)
        if column.flatchoices:
            return str(dict(column.flatchoices).get(value, value))
        if isinstance(value, bool):
            return "có" if value else "không"
        if isinstance(value, PartialDate):
            return value.display
        if isinstance(value, datetime):
            return date_format(value, "H:i d/m/Y")
        if isinstance(value, date):
            return f"{value:%d/%m/%Y}"
        return str(value)

    def _named(self, model, pk):
        if (model, pk) not in self.names:
            found = model.objects.filter(pk=pk).first() if model in (Unit, Member, User) else None
            self.names[model, pk] = str(found) if found is not None else "một mục khác"
        return self.names[model, pk]
