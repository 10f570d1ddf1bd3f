"""Carrying out a plan: locks, checks, the steps, and the proof."""

from dataclasses import replace
from typing import NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q

from ccb import clock
from members.models import Membership, Unit, UnitChange
from members.scoping import SEGMENT, all_units, current_scope, path_after
from members.services.locks import ensure_open
from members.services.units import co_so_of

from .checks import check
from .effect import roots, shown
from .plan import Plan, changes_co_so
from .work import Work

CHUNK = 5000  # fewer than the parameters that one SQLite statement takes


@transaction.atomic
def carry_out(*, plan, by=None):
    """Do what ``plan`` says; returns the ``UnitChange`` with its proof.

    Raises ``PermissionDenied`` for a unit outside the scope, and ``ValidationError`` (in Vietnamese) for
    what cannot be: a level in the wrong place, a later event, somebody left behind or in two units.
    Two at the same moment: the second waits for the units, then finds them changed and is refused.
    """
    _check_place(plan, by)
    with all_units("every unit of the plan was checked; members and roles move between them"):
        plan = _with_fresh_units(plan, _lock(plan))
        check(plan)
        _check_open(plan)
        before = _count(plan)
        change = _record(plan, by)
        work = Work(plan, change, by)
        work.run()
        change.proof = _compare(plan, before, work)
        change.save()
    return change


def examine(*, plan, by=None):
    """Raise what ``carry_out`` would raise now, and write nothing: for the preview."""
    _check_place(plan, by)
    with all_units("every unit of the plan was checked; people may have spells elsewhere"):
        check(plan)
        _check_open(plan)
        for new in plan.founding:
            if Unit.objects.filter(code=new.code).exists():
                raise ValidationError(f"Mã {new.code} đã có đơn vị khác dùng, kể cả khi đơn vị ấy đã kết thúc. Ghi mã khác cho {new.name}.")


def _check_place(plan, by):
    """Every unit must stand below the one acted for, and be open to the reader's scope."""
    scope = current_scope()
    acting = by.acting.unit if by is not None and by.acting else None
    for unit in plan.units:
        if not scope.contains(unit.path) or (unit in plan.changed and acting and unit.path == acting.path):
            raise PermissionDenied("Việc tổ chức lại do đơn vị cấp trên của các đơn vị ấy thực hiện.")


def _lock(plan):
    """{pk: row} of the plan's units, kept from everybody else together with the units whose figures change with them."""
    homes = [home for unit in plan.units if (home := co_so_of(unit))]
    above = [unit.parent_id for unit in plan.changed if unit.parent_id]
    keys = {*(unit.pk for unit in (*plan.units, *homes)), *above}
    return {unit.pk: unit for unit in Unit.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")}  # as every lock of units


def _check_open(plan):
    """Raises ``PeriodLocked`` when figures that change are closed from the day on; a name changes none."""
    changed = [*plan.closing, *plan.partial, *(unit for unit, to in plan.branches.items() if changes_co_so(unit, to))]
    left = [unit.parent for unit in (*plan.closing, *plan.branches) if unit.parent]
    taking = [t for t in plan.targets if isinstance(t, Unit)] + [new.parent for new in plan.founding if new.parent]
    for unit in dict.fromkeys([*changed, *left, *taking]):
        ensure_open(unit=unit, first=plan.decision.effective_on)


def _with_fresh_units(plan, stored):
    """The same plan on the rows as they stand now that they are locked."""
    def fresh(target):
        return stored[target.pk] if isinstance(target, Unit) else replace(target, parent=target.parent and stored[target.parent.pk])

    return Plan(
        plan.kind, plan.decision, [fresh(new) for new in plan.founding],
        closing={fresh(unit): fresh(to) for unit, to in plan.closing.items()},
        branches={fresh(unit): fresh(to) for unit, to in plan.branches.items()},
        people={pk: fresh(to) for pk, to in plan.people.items()},
        partial=[fresh(unit) for unit in plan.partial],
        renaming={fresh(unit): words for unit, words in plan.renaming.items()}, carry_roles=plan.carry_roles,
    )


def _record(plan, by):
    decision = plan.decision
    change = UnitChange(
        unit=_holder(plan), kind=plan.kind, effective_on=decision.effective_on, decision_number=decision.number,
        decision_on=decision.signed_on, authority=decision.authority, note=decision.note, by=by, at=clock.now(),
    )
    change._history_user = by
    change.full_clean(exclude=["by"])
    change.save()
    return change


def _holder(plan):
    """The unit that keeps the change: the lowest one above all that it touches."""
    paths = [u.path[:-SEGMENT] for u in plan.changed] + [n.parent.path for n in plan.founding if n.parent]
    if not paths:
        raise ValidationError("Đơn vị mới phải trực thuộc một đơn vị. Chọn đơn vị cấp trên.")
    prefix = paths[0]
    for path in paths[1:]:
        while not path.startswith(prefix):
            prefix = prefix[:-SEGMENT]
    return Unit.objects.filter(path=prefix).first() if prefix else (plan.changed[0] if plan.changed else plan.founding[0].parent)


# ── the proof ──────────────────────────────────────────────────────────────────────────────


class Count(NamedTuple):
    """Open spells of some units: their codes and paths, and how many there are in each."""

    codes: dict[int, str]
    paths: dict[int, str]
    spells: dict[int, int]

    def by_code(self):
        return {self.codes[pk]: self.spells[pk] for pk in self.codes if pk in self.spells}

    def below(self, path):
        return sum(n for pk, n in self.spells.items() if self.paths[pk].startswith(path))


def _count(plan):
    """Counted at and below the units of the plan."""
    below = Q(pk__in=[])
    for unit in roots(plan):
        below |= Q(path__gte=unit.path, path__lt=path_after(unit.path))
    return _counted(list(Unit.objects.filter(below).order_by("path").values_list("pk", flat=True)))


def _counted(keys):
    codes, paths, spells = {}, {}, {}
    for i in range(0, len(keys), CHUNK):
        part = keys[i:i + CHUNK]
        for pk, code, path in Unit.objects.filter(pk__in=part).order_by("path").values_list("pk", "code", "path"):
            codes[pk], paths[pk] = code, path
        spells |= dict(Membership.objects.filter(ends_on=None, unit__in=part).order_by().values_list("unit").annotate(n=models.Count("*")))
    return Count(codes, paths, spells)


def _compare(plan, before, work):
    """The proof that is kept. Raises ``ValidationError`` when somebody was lost, doubled or sent elsewhere."""
    after = _counted([*before.codes, *(made.pk for made in work.made.values())])
    arrived = {}
    keys = list(plan.people)
    for i in range(0, len(keys), CHUNK):
        rows = Membership.objects.filter(ends_on=None, member__in=keys[i:i + CHUNK])
        arrived |= dict(rows.values_list("member", "unit"))
    meant = {pk: work.unit(target).pk for pk, target in plan.people.items()}
    total = sum(before.spells.values())
    if total != sum(after.spells.values()) or arrived != meant:
        raise ValidationError("Số hội viên trước và sau không khớp; chưa ghi gì. Báo cho quản trị viên kèm số quyết định.")
    rows = {}
    for unit in map(work.unit, shown(plan)):
        if unit.pk in after.codes:
            was = before.below(before.paths[unit.pk]) if unit.pk in before.paths else 0
            rows[unit.code] = [was, after.below(after.paths[unit.pk])]
    return {
        "rows": rows, "before": before.by_code(), "after": after.by_code(), "total": total,
        "cut": work.cut_spells, "repointed": work.repointed, "moved_units": work.moved_units, "roles": work.moved_roles,
    }
