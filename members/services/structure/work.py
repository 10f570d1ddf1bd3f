"""The single steps of a change, on units already locked and checked."""

from collections import defaultdict

from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Substr

from ccb import clock
from members.models import (
    ChangeKind,
    Household,
    Member,
    Membership,
    MembershipRequest,
    Post,
    ReasonIn,
    ReasonOut,
    RequestState,
    Unit,
    UnitRole,
    UnitSettings,
    UnitSuccession,
    UnitVersion,
)
from members.scoping import SEGMENT, path_after
from members.services.bulk import create_with_history, update_with_history
from members.services.units import co_so_of, found_unit, next_path

from .moved import lasting, of_sources
from .plan import changes_co_so


class Work:
    """The steps of one change, on units already locked and checked, with every unit in scope.

    The order matters: people go before the unit they leave is closed, branches before it hangs
    under its heir. Everybody who changes his unit or his cơ sở is moved in one go.
    """

    def __init__(self, plan, change, by):
        self.plan, self.change, self.by, self.day = plan, change, by, plan.decision.effective_on
        self.made = {}
        self.known = plan.units  # their paths follow every move
        self.taken = defaultdict(dict)  # unit that gave → units that took, in order
        self.cut_spells = self.repointed = self.moved_units = self.moved_roles = 0

    def run(self):
        self._found()
        self._rename()
        moves = self._moves_of_people()
        moves += self._move_branches()
        self._cut(moves)
        self._households()
        self._close()
        self._pass_on_requests()

    def unit(self, target):
        return target if isinstance(target, Unit) else self.made[target.code]

    # ── units ──
    def _found(self):
        for new in self.plan.founding:
            made = found_unit(code=new.code, name=new.name, level=new.level, kind=new.kind, parent=new.parent, opens_on=self.day,
                              place_code=new.place_code, by=self.by)
            version = made.versions.get()
            version.change = self.change
            self._save(version)
            self.made[new.code] = made
            self.known.append(made)
            if self.plan.kind in (ChangeKind.MERGE, ChangeKind.SPLIT):
                self._keep_flags(made)

    def _keep_flags(self, made):
        """A frontier does not go away with the commune that had it: what the old units had set of this kind is set again."""
        said = {"frontier": [], "entrusted": [], "complete_tree": []}
        for old in (*self.plan.closing, *self.plan.partial):
            own = {}
            for row in UnitSettings.objects.filter(unit=old, starts_on__lte=self.day).order_by("starts_on"):
                own |= {name: getattr(row, name) for name in said if getattr(row, name) is not None}
            for name, value in own.items():
                said[name].append(value)
        known = {name: (all if name == "complete_tree" else any)(values) for name, values in said.items() if values}
        if known:
            self._save(UnitSettings(unit=made, starts_on=self.day, **known))

    def _rename(self):
        for unit, (name, kind) in self.plan.renaming.items():
            self._new_version(unit, name=name, kind=kind, parent=unit.parent)

    def _new_version(self, unit, *, name, kind, parent):
        version = unit.versions.get(ends_on=None)
        if version.starts_on < self.day:
            version.ends_on = self.day
            self._save(version)
            version = UnitVersion(unit=unit, starts_on=self.day)
        version.name, version.kind, version.parent, version.change = name, kind, parent, self.change
        self._save(version)
        unit.name, unit.kind, unit.parent = name, kind, parent
        self._save(unit)

    def _rehang(self, unit, parent):
        """Give the whole subtree its new path; who answers for it changes with this, today."""
        old, new = unit.path, next_path(parent)
        for table in (Unit, Unit.history.model):
            rows = table._base_manager.filter(path__gte=old, path__lt=path_after(old))
            rows.update(path=Concat(Value(new), Substr(F("path"), len(old) + 1)))
        for known in self.known:
            if known.path.startswith(old):
                known.path = new + known.path[len(old):]
        unit.path = new

    # ── people ──
    def _moves_of_people(self):
        """(spell, its new unit, its new cơ sở) of those whom the plan names, and of whoever left a closing unit on or after the day."""
        moves = []
        for spell in of_sources(self.plan).select_related("member").order_by("starts_on", "pk"):
            if spell.ends_on is None and spell.member_id in self.plan.people:
                target = self.plan.people[spell.member_id]
                self.taken[spell.unit_id][self.unit(target)] = True
            elif spell.unit_id in self._heirs:
                target = self._heirs[spell.unit_id]
            else:
                continue
            moves.append((spell, self.unit(target), co_so_of(self.unit(target))))
        return moves

    @property
    def _heirs(self):
        return {old.pk: heir for old, heir in self.plan.closing.items()}

    def _move_branches(self):
        """Hang the branches elsewhere; returns the moves of the people below whose cơ sở changes with it."""
        moves = []
        for unit, target in self.plan.branches.items():
            parent, cut = self.unit(target), changes_co_so(unit, target)
            self.taken[unit.parent_id][parent] = True
            self._new_version(unit, name=unit.name, kind=unit.kind, parent=parent)
            self._rehang(unit, parent)
            self.moved_units += 1
            if cut:
                home, below = co_so_of(unit), Unit.objects.under(unit)
                spells = lasting(self.day).filter(unit__in=below).select_related("member", "unit").order_by("starts_on", "pk")
                moves += [(spell, spell.unit, home) for spell in spells]
        return moves

    def _cut(self, moves):
        """End each spell and open the next in its new unit; members follow. History is written for every row.

        A spell that began on the day or later is in the new unit from its beginning: nothing is cut.
        """
        ended, opened, repointed, last = [], [], [], {}
        for spell, unit, home in moves:
            last[spell.member_id] = (spell.member, spell.unit_id, unit, home)
            if spell.starts_on >= self.day:
                spell.unit, spell.co_so = unit, home
                repointed.append(spell)
                continue
            opened.append(Membership(
                member=spell.member, unit=unit, co_so=home, category=spell.category, member_name=spell.member_name,
                birth_year=spell.birth_year, starts_on=self.day, reason_in=ReasonIn.MERGED, decision=self.change.decision_number,
                ends_on=spell.ends_on, true_end=spell.true_end, reason_out=spell.reason_out, decision_out=spell.decision_out,
            ))
            spell.ends_on, spell.true_end = self.day, None
            spell.reason_out, spell.decision_out = ReasonOut.MERGED, self.change.decision_number
            ended.append(spell)
        members = []
        for member, before, unit, home in last.values():
            if member.unit_id == before:  # else a later spell elsewhere is the last one
                member.unit, member.co_so = unit, home
                member.version += 1
                members.append(member)
        said = {"by": self.by, "reason": str(self.change)}
        update_with_history(rows=ended, fields=["ends_on", "true_end", "reason_out", "decision_out"], **said)
        update_with_history(rows=repointed, fields=["unit", "co_so"], **said)
        create_with_history(rows=opened, **said)
        update_with_history(rows=members, fields=["unit", "co_so", "version"], **said)
        self.cut_spells += len(ended)
        self.repointed = len(repointed)

    def _households(self):
        """A household stands where its head stands, or else its first member; nothing stays behind in a closed unit."""
        given = [*self.plan.closing, *self.plan.partial]
        people = defaultdict(list)
        for household, unit in Member.objects.filter(household__unit__in=given).order_by("pk").values_list("household", "unit"):
            people[household].append(unit)
        moved = []
        for household in Household.objects.filter(unit__in=given).select_related("head"):
            line = [household.head.unit_id] if household.head_id else []
            line = line + people[household.pk] or [household.unit_id]
            unit = next((pk for pk in line if pk not in self._heirs), line[0])
            unit = self.unit(self._heirs[unit]).pk if unit in self._heirs else unit
            if unit != household.unit_id:
                household.unit_id = unit
                moved.append(household)
        update_with_history(rows=moved, fields=["unit"], by=self.by, reason=str(self.change))

    # ── what closes ──
    def _close(self):
        for old, target in self.plan.closing.items():
            heir = self.unit(target)
            self._end_versions(old)
            old.closes_on = self.day
            self._save(old)
            self._hang_under(old, heir)
            self._succession(old, heir, is_heir=True)
            self._end_posts(old)
            self._end_roles(old, heir)
        for old in (*self.plan.closing, *self.plan.partial):
            heir = self._heirs.get(old.pk)
            for target in self.taken[old.pk]:
                if target != old and (heir is None or target != self.unit(heir)):
                    self._succession(old, target, is_heir=False)

    def _end_versions(self, old):
        """The open version ends; one that another decision of the same day began never held."""
        version = old.versions.get(ends_on=None)
        if version.starts_on == self.day:
            version._history_user = self.by
            version.delete()
            version = old.versions.get(ends_on=self.day)
            old.name, old.kind, old.parent = version.name, version.kind, version.parent
        else:
            version.ends_on = self.day
            self._save(version)

    def _hang_under(self, old, heir):
        """A closed unit hangs directly under the open one that answers for it, and so do those closed before."""
        for former in Unit.objects.under(old).filter(path__length=len(old.path) + SEGMENT):
            self._rehang(former, heir)
        self._rehang(old, heir)

    def _succession(self, old, new, *, is_heir):
        self._save(UnitSuccession(change=self.change, old=old, new=new, is_heir=is_heir))

    def _end_posts(self, old):
        posts = list(Post.objects.filter(unit=old).filter(Q(ends_on=None) | Q(ends_on__gt=self.day)))
        for post in posts:
            post.ends_on = max(self.day, post.starts_on)
        update_with_history(rows=posts, fields=["ends_on"], by=self.by, reason=str(self.change))

    def _end_roles(self, old, heir):
        """Roles end with the unit; when they are carried over, the same people act for the heir."""
        for role in UnitRole.objects.filter(unit=old).filter(Q(ends_on=None) | Q(ends_on__gt=self.day)):
            starts_on = max(self.day, role.starts_on)
            kept = UnitRole.objects.filter(user=role.user_id, unit=heir, role=role.role).filter(Q(ends_on=None) | Q(ends_on__gt=starts_on))
            if self.plan.carry_roles and heir.level == old.level and not kept.exists():
                self._save(UnitRole(user_id=role.user_id, unit=heir, role=role.role, starts_on=starts_on, ends_on=role.ends_on))
                self.moved_roles += 1
            if role.starts_on >= self.day:
                role._history_user = self.by
                role.delete()
            else:
                role.ends_on = self.day
                self._save(role)

    # ── open work ──
    def _pass_on_requests(self):
        """Admissions and transfers on their way go on from where the person, else the heir, now is."""
        heirs = {pk: self.unit(heir) for pk, heir in self._heirs.items()}
        concerned = Q(unit__in=[*self.plan.closing, *self.plan.partial]) | Q(to_unit__in=list(self.plan.closing))
        changed = []
        for request in MembershipRequest.objects.filter(concerned, state=RequestState.PROPOSED).select_related("member__unit", "unit", "to_unit"):
            before = (request.unit, request.to_unit)
            request.unit = request.member.unit if request.member else heirs.get(request.unit_id, request.unit)
            request.to_unit = heirs.get(request.to_unit_id, request.to_unit)
            if request.kind == MembershipRequest.Kind.TRANSFER and request.unit == request.to_unit:
                request.state, request.reason = RequestState.WITHDRAWN, f"Hai đơn vị đã thành một, {self.change}."[:250]
                request.decided_at = clock.now()
            if (request.unit, request.to_unit) != before:
                request.version += 1
                changed.append(request)
        fields = ["unit", "to_unit", "state", "reason", "decided_at", "version"]
        update_with_history(rows=changed, fields=fields, by=self.by, reason=str(self.change))

    def _save(self, row):
        row._history_user = self.by
        row.save()
