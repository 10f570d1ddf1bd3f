"""How invented people came to a branch, moved and left: one unbroken line of spells each."""

from dataclasses import dataclass
from datetime import date, timedelta

from members.models import FOUNDED_ON, ReasonIn, ReasonOut
from members.vietnamese import PartialDate

from .people import exactly, partly, some_day

# Of a hundred members in one year.
JOIN_A_YEAR, GO_A_YEAR = 2.8, 2.7
JOINED = {ReasonIn.ADMITTED: 82, ReasonIn.TRANSFERRED: 18}
GONE = {
    ReasonOut.DECEASED: 80, ReasonOut.TRANSFERRED: 9, ReasonOut.LEFT: 6, ReasonOut.STRUCK_OFF: 4, ReasonOut.EXPELLED: 1,
}
FROM_OUTSIDE, UNKNOWN_JOINING, HEARD_LATE = 50, 5, 3  # of a hundred


@dataclass(frozen=True)
class Spell:
    """A spell ``[starts_on, ends_on)`` in one unit; ``true_*`` as papers say it."""

    unit: object
    co_so: object
    starts_on: date
    reason_in: str
    ends_on: date | None = None
    reason_out: str = ""
    true_start: PartialDate | None = None
    true_end: PartialDate | None = None


@dataclass(frozen=True)
class Life:
    """A member's time in the association; ``admitted_on`` None when nobody remembers."""

    spells: list[Spell]
    admitted_on: PartialDate | None
    died_on: PartialDate | None = None


def numbers_of(branch, span, rng):
    """(members today, members gone since the first day) of a branch."""
    years = (span.today - span.first).days / 365
    return branch.size, round(branch.size * GO_A_YEAR * years / 100 + rng.random() - 0.5)


def living(branch, others, span, rng):
    """The life of somebody who is a member today."""
    years = (span.today - span.first).days / 365
    if rng.random() * 100 >= JOIN_A_YEAR * years:
        return _member_since_long_ago(branch, span, rng, None, "")
    day = some_day(rng, span.first, span.today)
    reason = rng.choices(list(JOINED), weights=JOINED.values())[0]
    if reason == ReasonIn.ADMITTED:
        return Life(_along(rng.choice(branch.tracks), day, reason, None, "", true_start=exactly(day)), exactly(day))
    if rng.randrange(100) < FROM_OUTSIDE or len(others) < 2:
        admitted = some_day(rng, FOUNDED_ON, span.first)
        return Life(_along(rng.choice(branch.tracks), day, reason, None, "", true_start=exactly(day)), partly(rng, admitted))
    before = rng.choice(others)
    while before is branch:
        before = rng.choice(others)
    earlier = _member_since_long_ago(before, span, rng, day, ReasonOut.TRANSFERRED)
    if not earlier.spells:
        return _member_since_long_ago(branch, span, rng, None, "")
    return Life(earlier.spells + _along(rng.choice(branch.tracks), day, reason, None, "", true_start=exactly(day)), earlier.admitted_on)


def gone(branch, span, rng):
    """The life of somebody who died, left or went elsewhere since the first day."""
    day = some_day(rng, span.first + timedelta(days=1), span.today)
    reason = rng.choices(list(GONE), weights=GONE.values())[0]
    return _member_since_long_ago(branch, span, rng, day, reason)


def _member_since_long_ago(branch, span, rng, until, reason_out):
    """In the book since it was opened; until ``until`` (None: to this day)."""
    track = rng.choice(branch.tracks)
    last = span.first - timedelta(days=1)
    if rng.randrange(100) < UNKNOWN_JOINING:
        start, admitted = last, None
    else:
        start = some_day(rng, FOUNDED_ON, last)
        admitted = partly(rng, start, 40, 25)
        start = max(FOUNDED_ON, admitted.first_day)
    true_end = until
    if until and rng.randrange(100) < HEARD_LATE:
        true_end = until - timedelta(days=rng.randint(10, 60))
    end = exactly(true_end) if true_end else None
    spells = _along(track, start, ReasonIn.FIRST, until, reason_out, true_start=admitted, true_end=end)
    return Life(spells, admitted, died_on=end if reason_out == ReasonOut.DECEASED else None)


def _along(track, start, reason_in, end, reason_out, true_start=None, true_end=None):
    """Spells from ``start`` to ``end`` through the stops of ``track``, cut where people were merged."""
    spells = []
    for number, stop in enumerate(track):
        until = track[number + 1].since if number + 1 < len(track) else None
        begins = max(start, stop.since)
        if until is not None and begins >= until:
            continue
        if end is not None and begins >= end and spells:
            break
        ends_here = end is not None and (until is None or end <= until)
        spells.append(Spell(
            stop.unit, stop.co_so, begins, ReasonIn.MERGED if spells else reason_in,
            end if ends_here else until, reason_out if ends_here else ReasonOut.MERGED if until else "",
            None if spells else true_start, true_end if ends_here else None,
        ))
        if ends_here:
            break
    return spells
