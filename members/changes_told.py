"""A change of the structure told in words and counts, from what it left in the tables."""

from dataclasses import dataclass
from functools import cached_property

from .models import ChangeKind, Unit


@dataclass(frozen=True)
class Counted:
    """Members of a unit before and after; ``unit`` is None when the reader does not see it."""

    code: str
    unit: Unit | None
    before: int
    after: int


class Told:
    """``change`` as a page shows it. Lists read the prefetched rows where a list of changes is shown."""

    def __init__(self, change):
        self.change = change

    @cached_property
    def _versions(self):
        return sorted(self.change.versions.all(), key=lambda version: version.unit.path)

    @cached_property
    def _successions(self):
        return sorted(self.change.successions.all(), key=lambda row: (row.old.path, row.new.path))

    @cached_property
    def founded(self):
        return [v.unit for v in self._versions if v.starts_on == v.unit.opens_on]

    @cached_property
    def changed(self):
        """Versions of units that stood before: renamed or moved."""
        return [v for v in self._versions if v.starts_on != v.unit.opens_on]

    @cached_property
    def ended(self):
        """(old unit, heir, others that took a part) of each unit that gave, those that closed first."""
        rows = {}
        for row in self._successions:
            _, heirs, others = rows.setdefault(row.old_id, (row.old, [], []))
            (heirs if row.is_heir else others).append(row.new)
        found = [(old, heirs[0] if heirs else None, others) for old, heirs, others in rows.values()]
        return sorted(found, key=lambda row: row[1] is None)

    @cached_property
    def visible(self):
        """Keys of the units named that the reader may open: some may have moved out of his reach since."""
        named = {row.old_id for row in self._successions} | {row.new_id for row in self._successions} | {v.unit_id for v in self._versions}
        return set(Unit.objects.filter(pk__in=named).values_list("pk", flat=True))

    @cached_property
    def summary(self):
        """One line: "Xã A, xã B → xã C"."""
        if self.change.kind in (ChangeKind.MERGE, ChangeKind.SPLIT, ChangeKind.DISSOLVE):
            olds = dict.fromkeys(row.old.short_name for row in self._successions)
            news = dict.fromkeys(row.new.short_name for row in self._successions)
            return f"{', '.join(olds)} → {', '.join(news)}"
        if self.change.kind == ChangeKind.FOUND:
            return ", ".join(unit.short_name for unit in self.founded)
        if self.change.kind == ChangeKind.MOVE:
            return "; ".join(f"{v.unit.short_name} → {v.parent.short_name}" for v in self.changed if v.parent)
        return ", ".join(Unit(name=v.name).short_name for v in self._versions)

    @cached_property
    def rows(self):
        """Units of the decision, each with its members before and after."""
        return self._counted(self.change.proof.get("rows", {}))

    @cached_property
    def counts(self):
        """Units that hold members themselves and whose number changed."""
        before, after = self.change.proof.get("before", {}), self.change.proof.get("after", {})
        return self._counted({code: (before.get(code, 0), after.get(code, 0)) for code in {**before, **after} if before.get(code, 0) != after.get(code, 0)})

    def _counted(self, numbers):
        units = {unit.code: unit for unit in Unit.objects.filter(code__in=numbers)}
        return [Counted(code, units.get(code), *both) for code, both in numbers.items()]

    @property
    def total(self):
        return self.change.proof.get("total", 0)
