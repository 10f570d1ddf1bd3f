"""One named function for each catalogue entry that the register counts.

A function takes the first and the last day of the period (both inclusive) and returns the rows
that are counted: the number and the list behind it come from the same queryset. ``book`` says
which register must be kept for "no rows" to mean 0, ``owner`` which column holds the unit that
the row counts for, ``part`` an expression that sorts rows into parts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Case, CharField, ExpressionWrapper, F, IntegerField, Value, When

from emulation.models import ClusterMember
from members.models import (
    WORKPLACE_KINDS,
    Category,
    Level,
    Membership,
    ReasonIn,
    ReasonOut,
    Sex,
    UnitVersion,
)


@dataclass(frozen=True)
class Counted:
    rows: Callable
    book: str  # "members" | "units" | "cluster"
    owner: str
    part: Callable[..., Any] | None = None


COUNTED: dict[str, Counted] = {}


def _counts(book, owner="unit_id", part=None):
    def register(function):
        COUNTED[function.__name__] = Counted(function, book, owner, part)
        return function

    return register


# ── The register of members ────────────────────────────────────────────────────────────────

def _age_group(first, last):
    """Year of the cut-off less year of birth; the groups are the catalogue's, to be confirmed."""
    age = ExpressionWrapper(Value(last.year) - F("birth_year"), output_field=IntegerField())
    below = [(50, "dưới 50"), (60, "50-59"), (70, "60-69"), (80, "70-79")]
    return age, Case(
        When(birth_year=None, then=Value("chưa rõ")),
        *[When(age__lt=limit, then=Value(label)) for limit, label in below],
        default=Value("80 trở lên"),
        output_field=CharField(),
    )


def _category(first, last):
    return None, Case(
        When(category=Category.CQN, then=Value("CQN")), default=Value("CCB"), output_field=CharField()
    )


@_counts("members")
def members_opening(first, last):
    return Membership.objects.active_on(first - timedelta(days=1))


@_counts("members")
def members_total(first, last):
    return Membership.objects.active_on(last)


@_counts("members")
def members_ccb(first, last):
    return members_total(first, last).filter(category=Category.CCB)


@_counts("members")
def members_cqn(first, last):
    return members_total(first, last).filter(category=Category.CQN)


@_counts("members")
def members_party(first, last):
    return members_total(first, last).of_party_on(last)


@_counts("members")
def members_female(first, last):
    return members_total(first, last).filter(member__sex=Sex.FEMALE)


@_counts("members", part=_age_group)
def members_by_age(first, last):
    return members_total(first, last)


@_counts("members", part=_category)
def members_admitted(first, last):
    return Membership.objects.begun(first, last, ReasonIn.ADMITTED)


@_counts("members")
def members_transferred_in(first, last):
    return Membership.objects.begun(first, last, ReasonIn.TRANSFERRED)


@_counts("members")
def members_merged_in(first, last):
    return Membership.objects.begun(first, last, ReasonIn.MERGED)


@_counts("members")
def members_deceased(first, last):
    return Membership.objects.ended(first, last, ReasonOut.DECEASED)


@_counts("members")
def members_transferred_out(first, last):
    return Membership.objects.ended(first, last, ReasonOut.TRANSFERRED)


@_counts("members")
def members_left(first, last):
    return Membership.objects.ended(first, last, ReasonOut.LEFT)


@_counts("members")
def members_struck_off(first, last):
    return Membership.objects.ended(first, last, ReasonOut.STRUCK_OFF)


@_counts("members")
def members_expelled(first, last):
    return Membership.objects.ended(first, last, ReasonOut.EXPELLED)


@_counts("members")
def members_merged_out(first, last):
    return Membership.objects.ended(first, last, ReasonOut.MERGED)


@_counts("members")
def members_admitted_party(first, last):
    return Membership.objects.joined_party(first, last)


# ── The tree of units: a unit counts for the one it stands under ───────────────────────────

def _versions_on(day):
    return (
        UnitVersion.objects.filter(starts_on__lte=day)
        .exclude(ends_on__lte=day)
        .exclude(unit__closes_on__lte=day)
    )


@_counts("units", owner="parent_id")
def subordinate_associations(first, last):
    return _versions_on(last).filter(unit__level__in=[Level.TINH, Level.CUM])


@_counts("units", owner="parent_id")
def grassroots_associations(first, last):
    return _versions_on(last).filter(unit__level=Level.CO_SO)


@_counts("units", owner="parent_id")
def grassroots_associations_487(first, last):
    return grassroots_associations(first, last).filter(kind__in=WORKPLACE_KINDS)


@_counts("units", owner="parent_id")
def new_grassroots_associations(first, last):
    return grassroots_associations(first, last).filter(unit__opens_on__range=(first, last))


@_counts("units", owner="parent_id")
def branches(first, last):
    return _versions_on(last).filter(unit__level=Level.CHI_HOI)


@_counts("units", owner="parent_id")
def sub_branches(first, last):
    return _versions_on(last).filter(unit__level=Level.PHAN_HOI)


@_counts("cluster", owner="cluster_year__unit_id")
def cluster_member_units(first, last):
    return ClusterMember.objects.filter(cluster_year__year=last.year)
