"""What a decision does, before anything is written."""

from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError

from members.models import ChangeKind, Kind, Level, Membership, Unit
from members.services.units import co_so_of


@dataclass(frozen=True)
class Decision:
    """The paper that orders a change. ``effective_on`` is the first day of the new structure."""

    effective_on: date
    number: str
    authority: str
    signed_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class NewUnit:
    """A unit that the decision founds."""

    code: str
    name: str
    level: str
    kind: str = Kind.KHAC
    parent: Unit | None = None
    place_code: str = ""


@dataclass
class Plan:
    """``closing`` maps a unit that ends to its heir; ``branches`` a unit to its new parent; ``people`` a
    member's pk to the new unit; ``partial`` lists units that live on and give a part of themselves away.
    Targets may be ``NewUnit``.
    """

    kind: str
    decision: Decision
    founding: list[NewUnit] = field(default_factory=list)
    closing: dict[Unit, "Unit | NewUnit"] = field(default_factory=dict)
    branches: dict[Unit, "Unit | NewUnit"] = field(default_factory=dict)
    people: dict[int, "Unit | NewUnit"] = field(default_factory=dict)
    partial: list[Unit] = field(default_factory=list)
    renaming: dict[Unit, tuple[str, str]] = field(default_factory=dict)  # unit → name, kind
    carry_roles: bool = True

    @property
    def targets(self):
        """Where closed units, branches and people go, and what the decision founds; each once."""
        return list(dict.fromkeys([*self.founding, *self.closing.values(), *self.branches.values(), *self.people.values()]))

    @property
    def changed(self):
        """Units that stand already and that the plan itself changes."""
        return list(dict.fromkeys([*self.closing, *self.branches, *self.partial, *self.renaming]))

    @property
    def units(self):
        """Units that stand already and that the plan touches or names, each once."""
        found = [*self.changed, *(t for t in self.targets if isinstance(t, Unit)), *(n.parent for n in self.founding if n.parent)]
        return list({unit.pk: unit for unit in found}.values())


# ── the plans ──────────────────────────────────────────────────────────────────────────────


def plan_founding(*, new, decision):
    """``new``: one ``NewUnit`` or several."""
    return Plan(ChangeKind.FOUND, decision, founding=[new] if isinstance(new, NewUnit) else list(new))


def plan_rename(*, unit, name, kind, decision):
    return plan_renames(names={unit: (name, kind)}, decision=decision)


def plan_renames(*, names, decision):
    """``names``: unit → name and kind from the day on."""
    return Plan(ChangeKind.RENAME, decision, renaming=dict(names))


def plan_move(*, units, parent, decision):
    return Plan(ChangeKind.MOVE, decision, branches=dict.fromkeys(units, parent))


def plan_merge(*, olds, into, decision, carry_roles=True):
    """``into``: a ``NewUnit``, or a unit that stands already and is not among ``olds``."""
    founding = [into] if isinstance(into, NewUnit) else []
    plan = Plan(ChangeKind.MERGE, decision, founding, dict.fromkeys(olds, into), carry_roles=carry_roles)
    for old in olds:
        plan.branches |= dict.fromkeys(branches_of(old), into)
        plan.people |= dict.fromkeys(people_of(old), into)
    return plan


def plan_split(*, sources, targets, heirs, people=None, branches=None, decision, carry_roles=True):
    """Parts of ``sources`` go to ``targets``. ``heirs`` maps each source that closes to its heir."""
    return Plan(
        ChangeKind.SPLIT, decision, [t for t in targets if isinstance(t, NewUnit)], dict(heirs), dict(branches or {}), dict(people or {}),
        partial=[source for source in sources if source not in heirs], carry_roles=carry_roles,
    )


def plan_dissolution(*, unit, heir=None, people=None, branches=None, decision, carry_roles=True):
    """``heir`` carries on the figures (default: the parent); whoever is not named in ``people`` goes there too."""
    heir = heir or unit.parent
    if heir is None:
        raise ValidationError(f"{unit.name} không có đơn vị cấp trên: chọn đơn vị kế thừa.")
    plan = Plan(ChangeKind.DISSOLVE, decision, closing={unit: heir}, carry_roles=carry_roles)
    plan.branches = dict.fromkeys(branches_of(unit), heir) | dict(branches or {})
    plan.people = dict.fromkeys(people_of(unit), heir) | dict(people or {})
    return plan


# ── what a unit has, and what a new place means ─────────────────────────────────────────────


def branches_of(unit):
    """Open units directly below; closed ones that hang there under their heir are left out."""
    return list(Unit.objects.filter(parent=unit, closes_on=None).order_by("path"))


def people_of(unit):
    """Members with an open spell in the unit itself."""
    return list(Membership.objects.filter(unit=unit, ends_on=None).order_by("pk").values_list("member_id", flat=True))


def home_of(target):
    """The cơ sở of a target: a ``Unit``, or the ``NewUnit`` itself when it will be one; None above the cơ sở."""
    if isinstance(target, Unit):
        return co_so_of(target)
    return target if target.level == Level.CO_SO else co_so_of(target.parent)


def changes_co_so(unit, to):
    """Whether what stands below ``unit`` answers to another cơ sở under ``to``. Above the cơ sở nothing is cut."""
    return Level(unit.level).rank > Level.CO_SO.rank and co_so_of(unit) != home_of(to)
