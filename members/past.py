"""The tree of units as it stood at the end of a day, with its members counted."""

from dataclasses import dataclass, field

from django.db.models import Count, Q

from .models import Kind, Level, Membership, Unit, UnitSuccession, UnitVersion
from .scoping import all_units


@dataclass
class Node:
    """A unit under the name and kind of that day; ``members`` counts its own, ``total`` those below too."""

    unit: Unit
    name: str
    kind: str
    members: int = 0
    children: list["Node"] = field(default_factory=list)
    hidden: int = 0  # direct subordinates that a shortened tree leaves out
    below: int = 0  # their members

    @property
    def total(self):
        return self.members + self.below + sum(child.total for child in self.children)

    @property
    def kind_words(self):
        return Kind(self.kind).label

    @property
    def short_name(self):
        return self.unit.short_name if self.name == self.unit.name else Unit(name=self.name).short_name


def tree_on(day, top=None, counted=True):
    """The roots of the tree of ``day`` in the reader's scope; with ``top`` the node of that unit alone, if it stood.

    A spell counts for its unit of that day, or for its cơ sở when the reader does not see the unit.
    ``counted=False`` counts nobody: a nation has too many.
    """
    versions = UnitVersion.objects.filter(starts_on__lte=day).filter(Q(ends_on=None) | Q(ends_on__gt=day)).select_related("unit").order_by("unit__path")
    nodes, parents = {}, {}
    for version in versions:
        nodes[version.unit_id] = Node(version.unit, version.name, version.kind)
        parents[version.unit_id] = version.parent_id
    roots = []
    for pk, node in nodes.items():
        above = nodes.get(parents[pk])
        (above.children if above else roots).append(node)
    counts = Membership.objects.active_on(day).order_by().values_list("unit", "co_so").annotate(n=Count("*"))
    for unit, co_so, n in counts if counted else ():
        node = nodes.get(unit) or nodes.get(co_so)
        if node:
            node.members += n
    if top is None:
        return roots
    return [nodes[top.pk]] if top.pk in nodes else []


def shorten(node, levels):
    """Leave out what stands more than ``levels`` below ``node``."""
    if levels:
        for child in node.children:
            shorten(child, levels - 1)
    else:
        node.hidden, node.below, node.children = len(node.children), node.total - node.members, []


def count_of(nodes):
    """How many units a tree has."""
    return sum(1 + count_of(node.children) for node in nodes)


def forerunners(unit, day):
    """Units from which ``unit`` came, in one step or several, and that stood on ``day``."""
    found, seen, waiting = [], {unit.pk}, [unit]
    while waiting:
        rows = UnitSuccession.objects.filter(new__in=waiting).select_related("old").order_by("old__path")
        waiting = []
        for old in (row.old for row in rows):
            if old.pk not in seen:
                seen.add(old.pk)
                (found if old.opens_on <= day and (old.closes_on is None or old.closes_on > day) else waiting).append(old)
    return found


def history_of(unit):
    """The unit's versions, the newest first, each with ``parent_name``: what the unit above was called at its beginning."""
    versions = list(unit.versions.select_related("parent", "change__unit").order_by("-starts_on"))
    with all_units("a unit names the units above it, also as they were called before"):
        above = UnitVersion.objects.filter(unit__in={version.parent_id for version in versions} - {None}).order_by("starts_on")
        above = list(above.values_list("unit", "starts_on", "name"))
    for version in versions:
        names = [name for pk, starts_on, name in above if pk == version.parent_id and starts_on <= version.starts_on]
        version.parent_name = names[-1] if names else version.parent and version.parent.name
    return versions


def standing_since(unit):
    """The first day since which ``unit`` has stood under the cơ sở where it stands today, and both existed.

    A spell that began earlier would count for a cơ sở to which the unit did not belong then.
    """
    first = unit.opens_on
    line = [unit]
    while Level(line[-1].level).rank > Level.CO_SO.rank and line[-1].parent_id:
        line.append(line[-1].parent)
        first = max(first, line[-1].opens_on)
    for below in line[:-1]:
        parents = list(UnitVersion.objects.filter(unit=below).order_by("-starts_on").values_list("starts_on", "parent"))
        kept = [starts_on for i, (starts_on, parent) in enumerate(parents) if all(p == parent for _, p in parents[: i + 1])]
        first = max([first, *kept[-1:]])
    return first
