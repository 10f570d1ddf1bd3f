"""Whose spells a change moves: those of its people, of closing units, and below units that change their cơ sở."""

from django.db.models import Q

from members.models import Membership, Unit

from .plan import changes_co_so


def lasting(day):
    """Spells of ``day`` or later: what began on the day already belongs to the new structure."""
    return Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gt=day) | Q(starts_on__gte=day))


def cut_below(plan):
    """Spells below units whose cơ sở changes."""
    condition = Q(pk__in=[])
    for unit, to in plan.branches.items():
        if changes_co_so(unit, to):
            condition |= Q(unit__in=Unit.objects.under(unit).values("pk"))
    return lasting(plan.decision.effective_on).filter(condition)


def of_sources(plan):
    """Spells in units that close or give people away, whether they go or not."""
    return lasting(plan.decision.effective_on).filter(unit__in=[*plan.closing, *plan.partial])


def touched_spells(plan):
    """Every later spell, in whatever unit, of the people of whom the change moves one."""
    closing = lasting(plan.decision.effective_on).filter(unit__in=list(plan.closing))
    whom = Q(member__in=cut_below(plan).values("member")) | Q(member__in=closing.values("member"))
    if plan.partial:
        whom |= Q(member__in=list(plan.people))
    return lasting(plan.decision.effective_on).filter(whom)
