"""Which users an administrator reaches, and which roles he may grant.

Users belong to no unit; their roles do. An administrator reaches a user when every role that
has not ended lies within his scope. Of a user whose roles have all ended the past ones decide
the same way, so that a province can call back its own people. A user who never had a role is
reached by whoever created him. Superusers are reached by superusers only.
"""

from django.db.models import Exists, OuterRef, Q

from ccb import clock
from members.models import Role, Unit, UnitRole, User


def visible_users(actor):
    """A queryset of the users whom ``actor`` may see and change."""
    if actor.is_superuser:
        return User.objects.all()
    # The base manager sees every unit's roles: a role elsewhere must hide its holder.
    roles = UnitRole._base_manager.filter(user=OuterRef("pk"))
    lasting = roles.filter(Q(ends_on=None) | Q(ends_on__gt=clock.today()))
    own_units = Unit.objects.values("pk")
    created = User.history.filter(history_type="+", history_user=actor).values("id")
    return User.objects.filter(
        Exists(lasting) & ~Exists(lasting.exclude(unit__in=own_units))
        | ~Exists(lasting) & Exists(roles) & ~Exists(roles.exclude(unit__in=own_units))
        | ~Exists(roles) & Q(pk__in=created),
        is_superuser=False,
    )


def may_grant(actor, unit, role):
    """Whether ``actor`` may give or take away ``role`` at ``unit``.

    Any role at his own unit and below it, but the administrator's only below: nobody makes
    himself equals.
    """
    if actor.is_superuser:
        return True
    own = actor.acting and actor.acting.unit
    if own is None or not unit.is_within(own):
        return False
    return role != Role.QUAN_TRI or unit.pk != own.pk


def may_change_role(actor, held):
    """Whether ``actor`` may change or end the ``UnitRole`` ``held``: never one of his own."""
    return actor.is_superuser or (held.user_id != actor.pk and may_grant(actor, held.unit, held.role))
