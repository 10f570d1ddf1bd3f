"""Dated statuses of a person: opened, dated anew, ended. The sensitive kinds are read by ``private`` alone."""

from dataclasses import dataclass

from ccb import clock
from members.models import SENSITIVE_STATUSES, MemberStatus
from members.vietnamese import PartialDate

from .counting import counting_day_of

PLAIN_STATUSES = [kind for kind in MemberStatus._meta.get_field("kind").choices if kind[0] not in SENSITIVE_STATUSES]


@dataclass(frozen=True)
class Held:
    """What a form says of one kind: ``since`` and ``until`` are what papers say."""

    holds: bool
    since: PartialDate | None = None
    until: PartialDate | None = None
    grade: str = ""
    rate: int | None = None


def without_private(statuses):
    return statuses.exclude(kind__in=SENSITIVE_STATUSES)


def plain_statuses(member):
    """The statuses of a person that anybody with the file may read."""
    return without_private(member.statuses).order_by("kind", "starts_on")


def set_status(*, member, kind, held, default_day, by=None):
    """Open, date anew or end a status; returns whether anything was written.

    ``default_day`` counts when papers give no day. A change of grade with a later date ends the old
    row and opens the next. A date inside a locked period is kept as the true one alone.
    """
    row = member.statuses.filter(kind=kind, ends_on=None).first()
    if held.holds and row is None:
        _begin(member, kind, held, default_day, by)
    elif held.holds and (held.grade, held.rate) != (row.grade, row.rate) and held.since and held.since.first_day > row.starts_on:
        _end(row, held.since, by)
        _begin(member, kind, held, default_day, by)
    elif held.holds and ((held.grade, held.rate) != (row.grade, row.rate) or (held.since and held.since != row.true_start)):
        row.grade, row.rate = held.grade, held.rate
        if held.since and held.since != row.true_start:
            row.true_start = held.since
            first = min(held.since.first_day, row.starts_on)
            if counting_day_of(member=member, day=first) == first:
                row.starts_on = held.since.first_day
        _save(row, by)
    elif not held.holds and row is not None:
        _end(row, held.until, by)
    else:
        return False
    return True


def _begin(member, kind, held, default_day, by):
    start = counting_day_of(member=member, day=held.since.first_day if held.since else default_day)
    ended = member.statuses.filter(kind=kind, ends_on__gt=start).order_by("starts_on").last()
    row = ended or MemberStatus(member=member, kind=kind)  # ended by mistake: it goes on
    row.starts_on, row.true_start, row.ends_on, row.true_end = start, held.since, None, None
    row.grade, row.rate = held.grade, held.rate
    row.full_clean(exclude=["member"])
    _save(row, by)


def _end(row, until, by):
    day = until.first_day if until else clock.today()
    row.ends_on, row.true_end = max(counting_day_of(member=row.member, day=day), row.starts_on), until
    _save(row, by)


def _save(row, by):
    row._history_user = by
    row.save()
