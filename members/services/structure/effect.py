"""What a plan would do, counted before anything is written: for the preview."""

from dataclasses import dataclass

from django.db.models import Count, Q

from members.models import Level, Membership, MembershipRequest, Post, RequestState, Unit, UnitRole
from members.scoping import path_after

from .moved import cut_below
from .plan import NewUnit, Plan, changes_co_so


@dataclass(frozen=True)
class Row:
    """Members at or below a unit before and after; ``heir`` says who carries on what a closing unit leaves."""

    unit: Unit | NewUnit
    before: int
    after: int
    heir: Unit | NewUnit | None = None

    @property
    def is_new(self):
        return isinstance(self.unit, NewUnit)


@dataclass(frozen=True)
class Branch:
    """A unit that gets another parent, with its members; ``cut``: they change their cơ sở with it."""

    unit: Unit
    to: Unit | NewUnit
    members: int
    cut: bool


@dataclass(frozen=True)
class RoleRow:
    role: UnitRole
    to: Unit | NewUnit | None  # where the person goes on; None: the role ends


@dataclass(frozen=True)
class Effect:
    rows: list[Row]
    branches: list[Branch]
    roles: list[RoleRow]
    posts: list[Post]
    requests: int
    moving: int
    cut: int
    total: int


def effect_of(plan: Plan):
    """Counted on the spells that are open now. Runs in the reader's scope: the plan's units lie inside it."""
    rows_of = shown(plan)
    counts = _members_by_path(roots(plan) + [u for u in rows_of if isinstance(u, Unit)])

    def below(path):
        return sum(n for key, n in counts.items() if key.startswith(path))

    branches = [Branch(unit, to, below(unit.path), changes_co_so(unit, to)) for unit, to in plan.branches.items()]
    moves = [(b.unit.path, b.members, b.to) for b in branches] + _people_moves(plan)
    rows = []
    for unit in rows_of:
        path = unit.path if isinstance(unit, Unit) else None
        before = below(path) if path else 0
        gone = sum(n for source, n, _ in moves if path and source.startswith(path))
        come = sum(n for _, n, to in moves if to == unit or (path and _stands_under(to, path)))
        rows.append(Row(unit, before, before - gone + come, plan.closing.get(unit) if path else None))
    closing = list(plan.closing)
    waiting = Q(unit__in=[*closing, *plan.partial]) | Q(to_unit__in=closing)
    return Effect(
        rows, branches, _roles(plan),
        posts=list(_lasting(Post.objects.filter(unit__in=closing), plan).select_related("member", "unit").order_by("unit__path", "body", "title")),
        requests=MembershipRequest.objects.filter(waiting, state=RequestState.PROPOSED).count(),
        moving=len(plan.people), cut=cut_below(plan).filter(ends_on=None).count() + len(plan.people),
        total=sum(below(unit.path) for unit in roots(plan)),
    )


def roots(plan):
    """Units of the plan under which its members stand, none below another."""
    found = sorted({u for u in plan.units if Level(u.level).rank >= Level.CO_SO.rank or u in plan.closing or u in plan.branches}, key=lambda u: u.path)
    return [u for u in found if not any(u != other and u.is_within(other) for other in found)]


def shown(plan):
    """Units whose members are compared: those that close or give, whatever takes, and the places that branches leave."""
    left = [unit.parent for unit in plan.branches if unit.parent]
    return list(dict.fromkeys([*plan.closing, *plan.partial, *left, *plan.renaming, *plan.targets]))


def _stands_under(target, path):
    """Whether a target lies in the subtree of ``path``; a new unit stands under its parent."""
    stands = target if isinstance(target, Unit) else target.parent
    return stands is not None and stands.path.startswith(path)


def _members_by_path(units):
    condition = Q(pk__in=[])
    for unit in units:
        condition |= Q(path__gte=unit.path, path__lt=path_after(unit.path))
    rows = Membership.objects.filter(ends_on=None, unit__in=Unit.objects.filter(condition)).order_by()
    return dict(rows.values_list("unit__path").annotate(n=Count("*")))


def _people_moves(plan):
    """(path of the unit they leave, how many, where to) of those whom the plan names."""
    found = {}
    for source in (*plan.closing, *plan.partial):
        for member in Membership.objects.filter(unit=source, ends_on=None).values_list("member_id", flat=True):
            if member in plan.people:
                key = (source.path, plan.people[member])
                found[key] = found.get(key, 0) + 1
    return [(path, n, to) for (path, to), n in found.items()]


def _lasting(rows, plan):
    day = plan.decision.effective_on
    return rows.filter(Q(ends_on=None) | Q(ends_on__gt=day))


def _roles(plan):
    found = _lasting(UnitRole.objects.filter(unit__in=list(plan.closing)), plan).select_related("user", "unit").order_by("unit__path", "role", "pk")
    rows = []
    for role in found:
        heir = plan.closing[role.unit]
        rows.append(RoleRow(role, heir if plan.carry_roles and heir.level == role.unit.level else None))
    return rows
