"""Rules 1–5 and 8 of the value of a unit, over one loaded subtree. Used by ``figures`` only."""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from reports.catalogue.counted import COUNTED

from .indicators import is_share
from .models import State
from .records import Records
from .structure import Structure


class Cell(NamedTuple):
    state: str
    value: Decimal | None = None
    denominator: Decimal | None = None
    qualifier: str = ""
    words: str = ""
    measure: str = ""
    estimated: Decimal | None = None
    have: int = 0
    expected: int = 0
    source: str = ""
    partial: int = 0  # of those that gave a number, how many themselves stand on a part of their units
    expected_below: bool = False  # the counts stand for direct subordinates, not for the unit itself
    leaves: tuple[int, int] = (0, 0)  # units at the bottom that gave a number, and that were asked

    @property
    def complete(self):
        return self.have >= self.expected and not self.partial


MISSING = Cell(State.MISSING, expected=1, leaves=(0, 1))
NOT_CONCERNED = Cell(State.NOT_CONCERNED)
LOWER_BOUND = {"hơn", "trên", "ít nhất", ">", "≥", "từ"}


class Resolver:
    def __init__(self, unit, period, mode, entries, with_parts=True):
        self.entries = entries
        self.tree = Structure(unit, period, mode)
        self.unit, self.period = unit, period
        self._cells, self._pairs, self._reached, self._asked = {}, {}, {}, {}
        self.records = Records(self.tree, period, entries)
        self._typed, self._counted = self.records.typed, self.records.counted
        self._parts, self._parts_at = self.records.parts, self.records.parts_at
        self.confirmed, self.books = self.records.confirmed, self.records.books
        self.part_periods = []
        if period.pk and with_parts:  # the only tiling: a term and its years, one step deep
            self.part_periods = [Resolver(unit, p, mode, entries, False) for p in period.parts.order_by("starts_on")]

    # ── what is there ──
    def typed(self, pk, code, part=""):
        return self._typed.get((pk, code, part))

    def parts_of(self, code):
        """Parts that exist anywhere below, in the order of the catalogue, unknown ones last."""
        order = {value: i for i, value in enumerate(v for d in self.entries[code].parts for v in d.values)}
        known = len(order)
        return sorted(
            set(self._parts.get(code, ())) | {p for r in self.part_periods for p in r._parts.get(code, ())},
            key=lambda part: ([order.get(x, known) for x in part.split("; ")], part),
        )

    def is_live(self, code):
        """Whether anything below may give this entry a value; a quick no for most of the catalogue."""
        if not hasattr(self, "_live"):
            live = {code for _, code, _ in self._typed} | {code for _, code, _ in self._counted}
            sections = {section for _, section in self.confirmed}
            live |= {c for c, e in self.entries.items() if e.section in sections}
            if self.books["members"]:
                live |= {c for c, counted in COUNTED.items() if counted.book == "members"}
            for part in self.part_periods:
                live |= {c for c in self.entries if part.is_live(c)}
            live |= {c for c, e in self.entries.items() if e.computed and live & set(e.computed.terms)}
            live |= {c for c, e in self.entries.items() if e.numerator in live and e.denominator in live}
            self._live = live
        return code in self._live

    def has_typed(self):
        return any(pk == self.unit.pk for pk, _, _ in self._typed)

    def giving(self):
        """Direct subordinates of the unit from which, or from below which, a number or a confirmation has come."""
        said = {pk for pk, _, _ in self._typed} | {pk for pk, _ in self.confirmed}
        found = set()
        for pk in said:
            while pk in self.tree.parent and self.tree.parent[pk] != self.unit.pk:
                pk = self.tree.parent[pk]
            found.add(pk)
        return found & set(self.tree.children[self.unit.pk])

    # ── resolving ──
    def cell(self, pk, code, part=""):
        key = (pk, code, part)
        if key not in self._cells:
            silent = pk not in self._reached_by(code)
            self._cells[key] = self._silent(pk, code) if silent else self._resolve(pk, code, part)
        return self._cells[key]

    def _reached_by(self, code):
        """Units at or below which anything may give this entry a value: only they are resolved."""
        if code not in self._reached:
            if not self._reached:
                self._sources = defaultdict(set)
                for pk, given, _ in (*self._typed, *self._counted):
                    self._sources[given].add(pk)
            self._reached[code] = set()  # an entry that leads back to itself adds nothing
            entry = self.entries[code]
            found = self._sources[code] | {pk for pk, section in self.confirmed if section == entry.section}
            if code in COUNTED:
                found = found | self.books[COUNTED[code].book]
            for term in (*(entry.computed.terms if entry.computed else ()), entry.numerator, entry.denominator):
                found = found | (self._reached_by(term) if term else set())
            for part in self.part_periods:
                found = found | part._reached_by(code)
            above = set()
            for pk in found:
                while pk is not None and pk not in above:
                    above.add(pk)
                    pk = self.tree.parent.get(pk)
            self._reached[code] = above
        return self._reached[code]

    def _silent(self, pk, code):
        """The cell of a unit from which, and from below which, nothing has come."""
        entry = self.entries[code]
        if not self.tree.counts(pk, entry) or not self.tree.concerns(pk, entry):
            return NOT_CONCERNED
        below = [c for c in self.tree.children[pk] if self.tree.counts(c, entry)]
        if entry.adds_up == "not" or not below:
            return MISSING
        asked = 0 if entry.is_ratio else sum(self.tree.concerns(c, entry) for c in below)
        return Cell(State.MISSING, expected=asked or 1, expected_below=True, leaves=(0, self._asked_leaves(pk, entry)))

    def _asked_leaves(self, pk, entry):
        """Units at the bottom under ``pk`` that the entry concerns; at least the unit itself."""
        key = (pk, entry.concerns, entry.kind == "stock" and not entry.at_start)
        if key not in self._asked:
            below = [c for c in self.tree.children[pk] if self.tree.counts(c, entry) and self.tree.concerns(c, entry)]
            self._asked[key] = sum(self._asked_leaves(c, entry) for c in below) or 1
        return self._asked[key]

    def _resolve(self, pk, code, part):
        entry = self.entries[code]
        typed = self._typed.get((pk, code, part))
        if not self.tree.counts(pk, entry):
            return NOT_CONCERNED
        if typed is not None and not (typed.state == State.NUMBER and not part and self._is_computed_rate(pk, entry, typed)):
            return _from_typed(typed)
        rest = self.without_typed(pk, code, part)
        if rest.state == State.NUMBER and rest.source != "confirmed":
            return rest
        # Typed parts tell of a whole, or of a coarser part, only where nothing else gives a number.
        said = self._sum_of_finer_parts(pk, entry, part) if part else self._whole_of_typed_parts(pk, entry)
        return said or rest

    def _is_computed_rate(self, pk, entry, typed):
        """Whether both terms of a rate typed alone are known in full: then it is computed, "như đã in" kept for the check."""
        pair = self._pair(pk, entry.code) if entry.is_ratio and typed.denominator is None else None
        return pair is not None and pair.complete

    def without_typed(self, pk, code, part=""):
        """Rules 2–4: records, parts of the period, subordinates; what is empty is 0 only where a book is kept."""
        entry = self.entries[code]
        if entry.is_ratio and not (entry.computed or part):
            pair = self._pair(pk, code)
            if pair is not None:
                return pair
        if entry.computed and not part:
            computed = self._computed(pk, entry)
            if computed is not None:
                return computed
        if entry.kind == "flow" and any(r.gave(pk, code, part) for r in self.part_periods):
            return self._sum_of_periods(pk, entry, part)
        own = self._counted.get((pk, code, part))
        below = self._below(pk, entry, part)
        if own is not None or below is not None:
            alone = own is not None and below is None
            return _add(own, below, self._expected_below(pk, entry, part) if alone else 0)
        if not self.tree.concerns(pk, entry):
            return NOT_CONCERNED
        if self._keeps_book(pk, entry, part):
            return _add(0, None, self._expected_below(pk, entry, part))
        if not part and self._is_confirmed(pk, entry):
            return _add(0, None, self._expected_below(pk, entry, part))._replace(source="confirmed")
        return self._missing(pk, entry)

    def gave(self, pk, code, part):
        """Whether the unit itself typed this cell, or a part of it, in this period."""
        return (pk, code, part) in self._typed or (not part and (pk, code) in self._parts_at)

    def _keeps_book(self, pk, entry, part):
        """Whether no rows means 0 here: the unit keeps the register that the entry is counted from."""
        counted = COUNTED.get(entry.code)
        if counted is None or pk not in self.books[counted.book] or (part and not counted.part):
            return False
        # No units of a level below is a fact only where the levels between are recorded.
        return entry.code not in ("branches", "sub_branches", "grassroots_associations")

    def _is_confirmed(self, pk, entry):
        return (pk, entry.section) in self.confirmed and not entry.is_ratio and not entry.computed

    def _missing(self, pk, entry):
        if entry.adds_up == "not" or not any(self.tree.counts(c, entry) for c in self.tree.children[pk]):
            return MISSING
        return Cell(State.MISSING, expected=self._expected_below(pk, entry, "") or 1, expected_below=True,
                    leaves=(0, self._asked_leaves(pk, entry)))

    def _expected_below(self, pk, entry, part):
        """How many direct subordinates are asked for this cell; 0 when nothing rolls up."""
        if entry.adds_up == "not" or entry.is_ratio:
            return 0
        return _concerned([self.cell(c, entry.code, part) for c in self.tree.children[pk]])

    def _below(self, pk, entry, part):
        """The sum of the direct subordinates; None when none gives a number or words."""
        if entry.adds_up == "not" or entry.is_ratio or (entry.adds_up == "within_part" and not part):
            return None
        cells = [self.cell(c, entry.code, part) for c in self.tree.children[pk]]
        numbers = [c for c in cells if c.state == State.NUMBER]
        expected = _concerned(cells)
        if entry.code in COUNTED and COUNTED[entry.code].book == "units" and any(c.state == State.MISSING for c in cells):
            return None  # a count of some of the units would pass for the count of all
        if not numbers:
            words = [c for c in cells if c.state == State.WORDS]
            if words:
                return Cell(State.WORDS, words=words[0].words if len(words) == 1 else "", have=0, expected=expected,
                            source="sum", expected_below=True, leaves=_leaves(cells))
            return None
        return _sum(
            numbers, "confirmed" if all(c.source == "confirmed" for c in numbers) else "sum",
            have=len(numbers), expected=expected, partial=_partial(numbers), expected_below=True, leaves=_leaves(cells),
        )

    def _whole_of_typed_parts(self, pk, entry):
        """A unit that typed parts and no whole: the parts of one dimension are the whole."""
        rows = self._parts_at.get((pk, entry.code))
        if not rows or entry.is_ratio or entry.adds_up == "within_part":
            return None
        groups = defaultdict(list)
        for row in rows:
            dims = tuple(entry.dimension_of(value) for value in row.part.split("; "))
            if not any(d is not None and d.overlap for d in dims):
                groups[tuple(d.name if d else "" for d in dims)].append(row)
        if not groups:
            return None
        group = max(groups.values(), key=lambda rows: sum((r.value or 0) for r in rows))
        numbers = [_from_typed(r) for r in group if r.state == State.NUMBER]
        said = [r for r in group if r.state == State.WORDS]
        if said:  # a sum of the other parts would pass for the whole
            return Cell(State.WORDS, words=said[0].words if len(group) == 1 else "", expected=1, source="parts")
        return _sum(numbers, "parts", have=1, expected=1, leaves=(1, 1)) if numbers else None

    def _sum_of_finer_parts(self, pk, entry, part):
        """"tập thể" when only "tập thể; tổ chức Đại hội" and its like were typed at the unit."""
        wanted = set(part.split("; "))
        finer = [r for r in self._parts_at.get((pk, entry.code), ()) if wanted < set(r.part.split("; ")) and r.state == State.NUMBER]
        if not finer or len({len(r.part.split("; ")) for r in finer}) != 1:
            return None
        return _sum([_from_typed(r) for r in finer], "parts", have=1, expected=1, leaves=(1, 1))

    def _sum_of_periods(self, pk, entry, part):
        """A term from its years: complete or not at all; it stands on as few units as its thinnest year."""
        cells = [r.cell(pk, entry.code, part) for r in self.part_periods if pk in r.tree.units]
        cells = [c for c in cells if c.state != State.NOT_CONCERNED]
        if not cells:
            return NOT_CONCERNED
        if any(c.state != State.NUMBER for c in cells):
            return MISSING
        thin = min(cells, key=lambda c: (Decimal(c.have) / (c.expected or 1), -c.partial))
        return _sum(cells, "sum", have=thin.have, expected=thin.expected, partial=thin.partial, expected_below=thin.expected_below, leaves=thin.leaves)

    def _computed(self, pk, entry):
        """A sum of other entries, complete or not at all; None when it cannot be told here."""
        if entry.computed.op != "sum":
            return None
        cells = [self.cell(pk, t) for t in entry.computed.terms]
        known = [c for c in cells if c.state != State.NOT_CONCERNED]
        if not known or any(c.state != State.NUMBER for c in known):
            return None
        return _sum(
            known, "computed", have=min(c.have for c in known), expected=max(c.expected for c in known),
            partial=max(c.partial for c in known), expected_below=any(c.expected_below for c in known),
            leaves=(min(c.leaves[0] for c in known), max(c.leaves[1] for c in known)),
        )

    def _pair(self, pk, code):
        """A ratio with both its terms, or None: Σ numerators ÷ Σ denominators of the units that have both."""
        key = (pk, code)
        if key not in self._pairs:
            self._pairs[key] = None  # a ratio that leads back to itself has no terms
            entry = self.entries[code]
            if not entry.computed and pk in self._reached_by(code):
                self._pairs[key] = self._find_pair(pk, entry)
        return self._pairs[key]

    def _find_pair(self, pk, entry):
        typed = self._typed.get((pk, entry.code, ""))
        if typed is not None and typed.denominator is not None:
            return _from_typed(typed)._replace(source="ratio")
        if not entry.numerator or not entry.denominator:
            return self._pairs_below(pk, entry)
        top, bottom = self.cell(pk, entry.numerator), self.cell(pk, entry.denominator)
        whole = top.state == bottom.state == State.NUMBER and bottom.value > 0
        if whole and top.value > bottom.value and is_share(entry, self.entries):
            whole = False  # a count above its total comes of a register that is not complete
        if whole and not (top.expected_below or bottom.expected_below):
            return _ratio(top, bottom, have=1, expected=1, leaves=(1, 1))
        below = self._pairs_below(pk, entry)
        alike = not (top.expected_below and bottom.expected_below) or self._of_the_same_units(pk, entry)
        if whole and alike and top.complete and bottom.complete:
            most = max(top, bottom, key=lambda c: c.expected)
            return _ratio(top, bottom, have=most.have, expected=most.expected, leaves=most.leaves, expected_below=True)
        return below

    def _of_the_same_units(self, pk, entry):
        """Whether the same subordinates stand behind both terms of a rate."""
        gives = [{c for c in self.tree.children[pk] if self.cell(c, term).state == State.NUMBER} for term in (entry.numerator, entry.denominator)]
        return gives[0] == gives[1]

    def _pairs_below(self, pk, entry):
        if entry.adds_up == "not":
            return None
        pairs = [p for c in self.tree.children[pk] if (p := self._pair(c, entry.code)) is not None]
        if not pairs:
            return None
        silent = [c for c in self.tree.children[pk] if self._pair(c, entry.code) is None and self.tree.concerns(c, entry)]
        given, asked = _leaves(pairs)
        return _sum(
            pairs, "ratio", denominator=sum(p.denominator for p in pairs), have=len(pairs),
            expected=len(pairs) + len(silent), partial=_partial(pairs), expected_below=True,
            leaves=(given, asked + sum(self._asked_leaves(c, entry) for c in silent)),
        )


def _from_typed(row):
    if row.state == State.NOT_CONCERNED:
        return NOT_CONCERNED
    if row.state == State.WORDS:
        return Cell(State.WORDS, words=row.words, measure=row.measure, expected=1, source="entered", leaves=(0, 1))
    return Cell(
        State.NUMBER, row.value, row.denominator, row.qualifier, row.words, row.measure,
        estimated=row.value if row.estimate else None, have=1, expected=1, source="entered", leaves=(1, 1),
    )


def _sum(cells, source, **counts):
    """Numbers added up: what was "hơn" or "ước" in one of them stays so in the sum."""
    estimates = [c.estimated for c in cells if c.estimated is not None]
    measures = {c.measure for c in cells}
    return Cell(
        State.NUMBER, sum((c.value for c in cells), Decimal(0)), qualifier=_common_qualifier(cells),
        measure=measures.pop() if len(measures) == 1 else "",
        estimated=sum(estimates, Decimal(0)) if estimates else None, source=source,
        **counts,
    )


def _ratio(top, bottom, **counts):
    """Two terms as one cell; an estimate in either makes the rate an estimate, a "hơn" makes it "khoảng"."""
    guessed = top.estimated is not None or bottom.estimated is not None
    near = "khoảng" if top.qualifier or bottom.qualifier else ""
    return Cell(State.NUMBER, top.value, bottom.value, near, estimated=top.value if guessed else None, source="ratio", **counts)


def _leaves(cells):
    return sum(c.leaves[0] for c in cells), sum(c.leaves[1] for c in cells)


def _partial(cells):
    return sum(not c.complete for c in cells)


def _concerned(cells):
    """How many direct subordinates are expected to have a number."""
    return sum(c.state != State.NOT_CONCERNED for c in cells)


def _add(own, below, expected):
    """Own records plus the sum below; a word below says nothing beside a number.

    ``expected`` units below were asked: they count, or the unit itself when there are none.
    """
    if own is None:
        return below
    own = Decimal(own)
    if below is None and expected:
        return Cell(State.NUMBER, own, expected=expected, source="counted", expected_below=True, leaves=(0, expected))
    if below is None:
        return Cell(State.NUMBER, own, have=1, expected=1, source="counted", leaves=(1, 1))
    if below.state != State.NUMBER:
        return below._replace(state=State.NUMBER, value=own, words="", source="counted")
    return below._replace(value=own + below.value)


def _common_qualifier(cells):
    said = {c.qualifier for c in cells if c.qualifier}
    if not said:
        return ""
    if len(cells) == 1:
        return said.pop()
    return "hơn" if said <= LOWER_BOUND else "khoảng"
