"""Rules 1–5 and 8 of the value of a unit, over one loaded subtree. Used by ``figures`` only."""

from collections import defaultdict
from decimal import Decimal

from reports.catalogue.counted import COUNTED

from .cell import (
    CONFIRMED,
    MISSING,
    NOT_CONCERNED,
    Cell,
    from_typed,
    how_many_concerned,
    leaves_of,
    of_records,
    own_and_below,
    partial_of,
    ratio_of,
    sum_of,
)
from .indicators import is_share
from .models import State
from .records import Records
from .structure import Structure


class Resolver:
    def __init__(self, unit, period, mode, entries, with_parts=True):
        self.entries = entries
        self.tree = Structure(unit, period, mode)
        self.unit, self.period = unit, period
        self._cells, self._pairs, self._reached, self._asked = {}, {}, {}, {}
        self._leaves, self._concerned = {}, {}
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
        found = self._cells.get(key)
        if found is None:
            silent = pk not in self._reached_by(code)
            found = self._cells[key] = self._silent(pk, code) if silent else self._resolve(pk, code, part)
        return found

    def _cells_below(self, pk, entry, part):
        """Cells of the direct subordinates; those at the bottom, the many of a large tree, all at once."""
        if entry.is_ratio or entry.computed or self.part_periods:
            return [self.cell(c, entry.code, part) for c in self.tree.children[pk]]
        plain, others = self._split(pk, entry.code)
        cells = self._at_the_bottom(plain, entry, part)
        return cells + [self.cell(c, entry.code, part) for c in others] if others else cells

    def _split(self, pk, code):
        """Direct subordinates with nothing below them that typed nothing for this entry, and all others."""
        plain, others = self._bottoms(pk)
        typing = self._typing_units(code)
        if typing.isdisjoint(plain):
            return plain, others
        return [c for c in plain if c not in typing], others + [c for c in plain if c in typing]

    def _bottoms(self, pk):
        if pk not in self._leaves:
            groups = ([], [])
            for child in self.tree.children[pk]:
                groups[bool(self.tree.children.get(child))].append(child)
            self._leaves[pk] = groups
        return self._leaves[pk]

    def _typing_units(self, code):
        if not hasattr(self, "_typing"):
            self._typing = defaultdict(set)
            for pk, given, _ in self._typed:
                self._typing[given].add(pk)
        return self._typing[code]

    def _at_the_bottom(self, units, entry, part):
        """The rules of ``without_typed`` for units with nothing below them: records, else 0 where that is known."""
        code, counted, concerned = entry.code, self._counted, self._concerned_units(entry)
        counted_by = COUNTED.get(code)
        book = self.books[counted_by.book] if counted_by and self._no_rows_mean_0(entry, part) else ()
        confirmed = set() if part else self._confirming(entry.section)
        cells = []
        for pk in units:
            own = counted.get((pk, code, part))
            if not self.tree.counts(pk, entry):
                cells.append(NOT_CONCERNED)
            elif own is not None:
                cells.append(of_records(own))
            elif pk not in concerned:
                cells.append(NOT_CONCERNED)
            elif pk in book:
                cells.append(of_records(0))
            elif pk in confirmed:
                cells.append(CONFIRMED)
            else:
                cells.append(MISSING)
        return cells

    def _concerned_units(self, entry):
        if entry.concerns not in self._concerned:
            self._concerned[entry.concerns] = {pk for pk in self.tree.units if self.tree.concerns(pk, entry)}
        return self._concerned[entry.concerns]

    def _confirming(self, section):
        if not hasattr(self, "_confirmed_by"):
            self._confirmed_by = defaultdict(set)
            for pk, said in self.confirmed:
                self._confirmed_by[said].add(pk)
        return self._confirmed_by[section]

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
            return from_typed(typed)
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
            return own_and_below(own, below, self._expected_below(pk, entry, part) if alone else 0)
        if not self.tree.concerns(pk, entry):
            return NOT_CONCERNED
        if self._keeps_book(pk, entry, part):
            return own_and_below(0, None, self._expected_below(pk, entry, part))
        if not part and self._is_confirmed(pk, entry):
            return own_and_below(0, None, self._expected_below(pk, entry, part))._replace(source="confirmed")
        return self._missing(pk, entry)

    def gave(self, pk, code, part):
        """Whether the unit itself typed this cell, or a part of it, in this period."""
        return (pk, code, part) in self._typed or (not part and (pk, code) in self._parts_at)

    def _keeps_book(self, pk, entry, part):
        """Whether no rows means 0 here: the unit keeps the register that the entry is counted from."""
        counted = COUNTED.get(entry.code)
        return counted is not None and pk in self.books[counted.book] and self._no_rows_mean_0(entry, part)

    @staticmethod
    def _no_rows_mean_0(entry, part):
        if part and not COUNTED[entry.code].part:
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
        return how_many_concerned(self._cells_below(pk, entry, part))

    def _below(self, pk, entry, part):
        """The sum of the direct subordinates; None when none gives a number or words."""
        if entry.adds_up == "not" or entry.is_ratio or (entry.adds_up == "within_part" and not part):
            return None
        cells = self._cells_below(pk, entry, part)
        numbers = [c for c in cells if c.state == State.NUMBER]
        expected = how_many_concerned(cells)
        if entry.code in COUNTED and COUNTED[entry.code].book == "units" and any(c.state == State.MISSING for c in cells):
            return None  # a count of some of the units would pass for the count of all
        if not numbers:
            words = [c for c in cells if c.state == State.WORDS]
            if words:
                return Cell(State.WORDS, words=words[0].words if len(words) == 1 else "", have=0, expected=expected,
                            source="sum", expected_below=True, leaves=leaves_of(cells))
            return None
        return sum_of(
            numbers, "confirmed" if all(c.source == "confirmed" for c in numbers) else "sum",
            have=len(numbers), expected=expected, partial=partial_of(numbers), expected_below=True, leaves=leaves_of(cells),
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
        numbers = [from_typed(r) for r in group if r.state == State.NUMBER]
        said = [r for r in group if r.state == State.WORDS]
        if said:  # a sum of the other parts would pass for the whole
            return Cell(State.WORDS, words=said[0].words if len(group) == 1 else "", expected=1, source="parts")
        return sum_of(numbers, "parts", have=1, expected=1, leaves=(1, 1)) if numbers else None

    def _sum_of_finer_parts(self, pk, entry, part):
        """"tập thể" when only "tập thể; tổ chức Đại hội" and its like were typed at the unit."""
        wanted = set(part.split("; "))
        finer = [r for r in self._parts_at.get((pk, entry.code), ()) if wanted < set(r.part.split("; ")) and r.state == State.NUMBER]
        if not finer or len({len(r.part.split("; ")) for r in finer}) != 1:
            return None
        return sum_of([from_typed(r) for r in finer], "parts", have=1, expected=1, leaves=(1, 1))

    def _sum_of_periods(self, pk, entry, part):
        """A term from its years: complete or not at all; it stands on as few units as its thinnest year."""
        cells = [r.cell(pk, entry.code, part) for r in self.part_periods if pk in r.tree.units]
        cells = [c for c in cells if c.state != State.NOT_CONCERNED]
        if not cells:
            return NOT_CONCERNED
        if any(c.state != State.NUMBER for c in cells):
            return MISSING
        thin = min(cells, key=lambda c: (Decimal(c.have) / (c.expected or 1), -c.partial))
        return sum_of(cells, "sum", have=thin.have, expected=thin.expected, partial=thin.partial, expected_below=thin.expected_below, leaves=thin.leaves)

    def _computed(self, pk, entry):
        """A sum of other entries, complete or not at all; None when it cannot be told here."""
        if entry.computed.op != "sum":
            return None
        cells = [self.cell(pk, t) for t in entry.computed.terms]
        known = [c for c in cells if c.state != State.NOT_CONCERNED]
        if not known or any(c.state != State.NUMBER for c in known):
            return None
        return sum_of(
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
            return from_typed(typed)._replace(source="ratio")
        if not entry.numerator or not entry.denominator:
            return self._pairs_below(pk, entry)
        top, bottom = self.cell(pk, entry.numerator), self.cell(pk, entry.denominator)
        whole = top.state == bottom.state == State.NUMBER and bottom.value > 0
        if whole and top.value > bottom.value and is_share(entry, self.entries):
            whole = False  # a count above its total comes of a register that is not complete
        if whole and not (top.expected_below or bottom.expected_below):
            return ratio_of(top, bottom, have=1, expected=1, leaves=(1, 1))
        below = self._pairs_below(pk, entry)
        alike = not (top.expected_below and bottom.expected_below) or self._of_the_same_units(pk, entry)
        if whole and alike and top.complete and bottom.complete:
            most = max(top, bottom, key=lambda c: c.expected)
            return ratio_of(top, bottom, have=most.have, expected=most.expected, leaves=most.leaves, expected_below=True)
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
        given, asked = leaves_of(pairs)
        return sum_of(
            pairs, "ratio", denominator=sum(p.denominator for p in pairs), have=len(pairs),
            expected=len(pairs) + len(silent), partial=partial_of(pairs), expected_below=True,
            leaves=(given, asked + sum(self._asked_leaves(c, entry) for c in silent)),
        )
