"""Names of units for choosing where somebody goes: names are all that is said beyond one's own scope."""

from dataclasses import dataclass

from ccb import clock
from members.models import Level, Unit
from members.scoping import all_units
from members.vietnamese import fold

FOUND = 20
SHORTEST = 2  # letters


@dataclass(frozen=True)
class Named:
    """A cơ sở by name, with the unit above it."""

    pk: int
    name: str
    above: str


def _named(unit):
    return Named(unit.pk, unit.name, unit.parent.name if unit.parent else "")


def find_co_so(text):
    """Open cơ sở of the whole Hội whose name, or the name of the unit above, holds every word of ``text``.

    At most ``FOUND``, and how many there are.
    """
    words = fold(text).split()
    if len("".join(words)) < SHORTEST:
        return [], 0
    with all_units("names of units are no secret"):
        units = Unit.objects.filter(level=Level.CO_SO).open_on(clock.today())
        names = units.values_list("pk", "name", "parent__name").order_by("path")
        hits = [pk for pk, *said in names if all(f" {word}" in f" {fold(' '.join(filter(None, said)))}" for word in words)]
        found = {unit.pk: unit for unit in units.filter(pk__in=hits[:FOUND]).select_related("parent")}
    return [_named(found[pk]) for pk in hits[:FOUND]], len(hits)


def co_so_named(pk):
    """The open cơ sở with this number, anywhere in the Hội; None when there is none."""
    with all_units("names of units are no secret"):
        return Unit.objects.filter(pk=pk, level=Level.CO_SO).open_on(clock.today()).select_related("parent").first()
