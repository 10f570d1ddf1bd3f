"""Which indicators a unit is asked for in a period, and how far each section of them is."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Q

from members.models import Level, Membership, Unit, UnitSettings
from members.scoping import all_units, path_after
from reports import catalogue, indicators
from reports.catalogue.counted import COUNTED
from reports.figures import previous_period
from reports.models import EnteredFigure, SectionConfirmation
from reports.structure import Structure


class Nearby(Structure):
    """A unit and its direct subordinates only: whom an entry concerns, at any size of tree."""

    def _grow(self, frontier):
        for parent, child in self._below(frontier):
            if child.pk not in self.units:
                self.units[child.pk] = child
                self.children[parent].append(child.pk)
                self.parent[child.pk] = parent

    def _read_flags(self):
        super()._read_flags()
        inside = Q(pk__in=[])
        for unit in self.units.values():
            if unit is self.unit or self.unit.is_cluster:
                inside |= _below(unit, "unit__path")
        frontier = {}
        rows = UnitSettings.objects.filter(inside, starts_on__lte=self.last).exclude(frontier=None)
        for path, value in rows.order_by("starts_on").values_list("unit__path", "frontier"):
            frontier[path] = value
        having = [path for path, value in frontier.items() if value]
        for pk, unit in self.units.items():
            below = [unit.path, *(self.units[c].path for c in self.children[pk])] if unit.is_cluster else [unit.path]
            if any(path.startswith(tuple(below)) for path in having):
                self.flags[pk] |= {"bien_gioi"}

    # ── what has been said at or below the unit; read once ──
    @cached_property
    def _inside(self):
        """Units at or below this one; of a cụm thi đua also its members of the year with theirs."""
        tops = self.units.values() if self.unit.is_cluster else [self.unit]
        found = Q(pk__in=[])
        for unit in tops:
            found |= _below(unit, "path")
        return Unit.objects.filter(found).order_by().values("pk")

    @cached_property
    def typed_codes(self):
        """Codes that the unit, or any unit below it, typed in the period."""
        if not self.period.pk:
            return frozenset()
        with all_units("which indicators already have a number below the unit"):
            rows = EnteredFigure.objects.filter(period=self.period, unit__in=self._inside).order_by().values_list("code", flat=True)
            if Level(self.unit.level).rank < Level.CO_SO.rank:
                rows = rows.distinct()  # at a cơ sở it would make SQLite walk the whole period
            return frozenset(rows)

    @cached_property
    def used_codes(self):
        """Codes that make an indicator worth asking again: of a cơ sở all typed there, above it the unit's own."""
        if Level(self.unit.level).rank >= Level.CO_SO.rank:
            return self.typed_codes
        with all_units("what the unit itself typed"):
            return frozenset(EnteredFigure.objects.filter(period=self.period, unit=self.unit).values_list("code", flat=True))

    @cached_property
    def counted_codes(self):
        """Codes that the registers answer for the unit: of members when one is kept, of units when it has any."""
        books = set()
        if self.children[self.unit.pk]:
            books.add("cluster" if self.unit.is_cluster else "units")
        with all_units("whether a register of members is kept at or below the unit"):
            if Membership.objects.filter(unit__in=self._inside, starts_on__lte=self.last).exists():
                books.add("members")
        return frozenset(code for code, counted in COUNTED.items() if counted.book in books)

    @cached_property
    def confirmed_sections(self):
        """Sections that the unit, or any unit below it, has confirmed: what is empty there is 0."""
        if not self.period.pk:
            return frozenset()
        with all_units("which sections are confirmed below the unit"):
            rows = SectionConfirmation.objects.filter(period=self.period, unit__in=self._inside).order_by()
            return frozenset(rows.values_list("section", flat=True).distinct())

    def given_codes(self, entries):
        """Codes with a number, or words, from anywhere at or below the unit."""
        sections = self.confirmed_sections
        zero = {e.code for e in entries.values() if e.section in sections and not e.is_ratio}
        return self.typed_codes | self.counted_codes | zero


def _below(unit, lookup):
    return Q(**{f"{lookup}__gte": unit.path, f"{lookup}__lt": path_after(unit.path)})


def nearby(unit, period):
    """The ``Nearby`` structure; the caller has checked that ``unit`` lies in the scope."""
    with all_units("whom an indicator concerns is the same whoever asks"):
        return Nearby(unit, period)


def entries_of(section):
    """Entries of a section by code, in printed order, followed by those that they are worked out from."""
    every = indicators.lookup()
    wanted = [code for code, entry in every.items() if entry.section == section]
    for code in wanted:
        entry = every[code]
        terms = [entry.numerator, entry.denominator, entry.part_of, *(entry.computed.terms if entry.computed else ())]
        wanted += [term for term in terms if term in every and term not in wanted]
    return {code: every[code] for code in wanted}


def is_derived(entry):
    """Worked out from other indicators: nobody has to type it."""
    return bool(entry.computed or (entry.numerator and entry.denominator))


def is_asked(entry, concerned, used, said):
    """Whether a form asks for the entry unbidden: a core one, one used last time, or one that has a cell."""
    if entry.code in said:
        return True
    return concerned and not entry.legacy and (entry.tier == "core" or entry.code in used)


def sections_of(structure, pk, entries):
    """Codes of the sections that a unit fills in, in printed order: the total in every "3/10 mục"."""
    filled = {e.section for e in entries.values() if not e.legacy and structure.concerns(pk, e)}
    return [section for section in catalogue.SECTIONS if section in filled]


def section_progress(structure, entries):
    """{unit key: (sections it has confirmed, sections it fills in)} of the unit and its direct subordinates."""
    confirmed, known, out = {}, {}, {}
    rows = SectionConfirmation.objects.filter(period=structure.period, unit__in=structure.units)
    for pk, section in rows.values_list("unit", "section"):
        confirmed.setdefault(pk, set()).add(section)
    for pk, unit in structure.units.items():
        alike = (unit.level, structure.place[pk], structure.flags[pk])
        if alike not in known:
            known[alike] = sections_of(structure, pk, entries)
        out[pk] = [s for s in known[alike] if s in confirmed.get(pk, ())], known[alike]
    return out


def used_before(unit, period):
    """Codes used in the previous period of the same kind, see ``Nearby.used_codes``."""
    before = previous_period(unit, period)
    return nearby(unit, before).used_codes if before else frozenset()


@dataclass(frozen=True)
class SectionState:
    """One section of a unit's numbers: indicators asked, those without any number, cells typed."""

    code: str
    asked: int
    missing: int
    used: int
    cells: int
    on_behalf: int
    confirmation: SectionConfirmation | None

    @property
    def title(self):
        return f"Mục {self.code}. {catalogue.SECTIONS[self.code]}"

    @property
    def is_open(self):
        return self.confirmation is None

    @property
    def nothing_yet(self):
        return self.is_open and self.missing and not self.cells and self.missing == self.asked


def section_states(unit, period, structure=None, entries=None):
    """The sections that concern the unit, in printed order. A bounded number of queries."""
    structure = structure or nearby(unit, period)
    entries = entries or indicators.lookup()
    given = structure.given_codes(entries)
    used = used_before(unit, period)
    own = {}
    for code, behalf, n in (
        EnteredFigure.objects.filter(unit=unit, period=period).order_by().values_list("code", "on_behalf").annotate(n=Count("*"))
    ):
        own.setdefault(code, [0, 0])[behalf] += n
    confirmed = {c.section: c for c in SectionConfirmation.objects.filter(unit=unit, period=period).select_related("by")}
    out = []
    for section in sections_of(structure, unit.pk, entries):
        asked = [
            e for e in entries.values()
            if e.section == section and is_asked(e, structure.concerns(unit.pk, e), used, own)
        ]
        todo = [e for e in asked if not is_derived(e) or e.code in own]
        cells = [own[e.code] for e in entries.values() if e.section == section and e.code in own]
        out.append(SectionState(
            code=section, asked=len(todo), missing=sum(e.code not in given for e in todo),
            used=sum(e.code in used for e in todo), cells=sum(map(sum, cells)),
            on_behalf=sum(c[1] for c in cells), confirmation=confirmed.get(section),
        ))
    return out


@dataclass(frozen=True)
class ChildState:
    """A direct subordinate: sections it has confirmed of those that concern it, and its cells."""

    unit: object
    confirmed: int
    sections: int
    cells: int
    first_open: str

    @property
    def is_done(self):
        return self.confirmed >= self.sections


def child_states(structure, entries):
    """How far each direct subordinate is, in the order of the tree; empty for a cụm thi đua."""
    if structure.unit.is_cluster:
        return []
    units = [structure.units[pk] for pk in structure.children[structure.unit.pk] if pk not in structure.closed]
    keys = [u.pk for u in units]
    progress, cells = section_progress(structure, entries), {}
    for owner, wanted in (("unit", keys), ("co_so", [u.pk for u in units if u.level == Level.CO_SO])):
        rows = EnteredFigure.objects.filter(period=structure.period, **{f"{owner}__in": wanted}).order_by()
        for pk, n in rows.values_list(owner).annotate(n=Count("*")):
            cells[pk] = max(cells.get(pk, 0), n)
    out = []
    for unit in units:
        confirmed, sections = progress[unit.pk]
        left = [s for s in sections if s not in confirmed]
        out.append(ChildState(unit, len(confirmed), len(sections), cells.get(unit.pk, 0), (left or sections or ["A"])[0]))
    return out
