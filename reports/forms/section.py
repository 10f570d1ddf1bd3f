"""The form of one section of a unit's numbers, built from the catalogue."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.utils.functional import cached_property

from reports import wording
from reports.asked import is_asked, nearby
from reports.forms.lines import Line, compare, signature
from reports.forms.words import said
from reports.models import EnteredFigure, State
from reports.services.as_text import cell_of, written
from reports.services.cells import check_length, longest, read_cell
from reports.services.entry import Change

PARTS_NAMED = 12


@dataclass
class NewPart:
    """The empty line under an indicator that has parts: a value for each dimension, and a box."""

    number: int
    entry: object
    chosen: list = field(default_factory=list)
    free: str = ""
    text: str = ""
    known: str = ""
    errors: list = field(default_factory=list)

    @property
    def id(self):
        return f"d{self.number}"

    @property
    def selects(self):
        """(index, dimension, chosen value) for each dimension."""
        chosen = self.chosen or [""] * len(self.entry.parts)
        return [(i, d, chosen[i]) for i, d in enumerate(self.entry.parts) if d.values]

    @property
    def is_open(self):
        """Whether units may write values of their own."""
        return any(d.open for d in self.entry.parts)

    @property
    def is_filled(self):
        return bool(self.text.strip() or self.free.strip() or any(self.chosen))

    def fill(self, data):
        code = self.entry.code
        self.chosen = [data.get(f"p:{code}:{i}", "") for i in range(len(self.entry.parts))]
        self.free, self.text = data.get(f"pf:{code}", ""), data.get(f"pv:{code}", "")

    def read(self):
        """(part, cell). Raises ``ValueError``."""
        part = self.entry.check_part("; ".join(v for v in [*self.chosen, self.free] if v.strip()))
        if not part:
            raise ValueError("Có số mà chưa chọn là phần nào. Hãy chọn, hoặc ghi số vào ô chung ở trên.")
        check_length("Tên phần", part, "part")
        if not self.text.strip():
            raise ValueError(f"Đã chọn “{part}” nhưng chưa ghi số. Hãy ghi số, hoặc bỏ chọn.")
        cell = read_cell(self.entry, self.text, part=part)
        if cell is None:
            raise ValueError(f"Phần “{part}” chưa có số thì để trống cả dòng này.")
        return part, cell


class SectionForm:
    """Lines of one section. ``data`` is a POST; ``errors`` is [(anchor, text)] for the summary.

    ``added`` are codes of indicators that concern the unit and were not used last time, ``show_all``
    takes all of these; the others are in ``hidden``. ``show_parts`` adds an empty part line to
    every indicator that may be split.
    """

    def __init__(self, figures, section, data=None, show_all=False, show_parts=False, added=()):
        self.figures, self.section, self.data = figures, section, data
        self.unit, self.period = figures.unit, figures.period
        self.show_all, self.added = show_all, set(added)
        self.show_parts = show_parts
        self.errors = []
        self.rows = {
            (row.code, row.part): row
            for row in EnteredFigure.objects.filter(unit=self.unit, period=self.period, code__in=self._codes).select_related("typed_by")
        }
        self.blocks = self._blocks()
        if data is not None:
            for line in self.lines:
                line.fill(data)
            for _, _, new in self.blocks:
                if new:
                    new.fill(data)

    # ── which lines ──
    @cached_property
    def _codes(self):
        return [code for code, entry in self.figures.entries.items() if entry.section == self.section]

    def _posted(self):
        """Codes that stood on the page that was sent, whatever would stand on it now."""
        names = [name.split(":", 1)[1] for name in self.data or () if name.startswith(("v:", "pv:"))]
        return {name.split("|")[0] for name in names}

    def _blocks(self):
        """[(entry, lines, new part)] in printed order: the whole, then its parts, then an empty one."""
        before = self.figures.before
        used = nearby(self.unit, before.period).used_codes if before else frozenset()
        structure = nearby(self.unit, self.period)
        counted = structure.counted_codes
        below = [structure.units[pk] for pk in structure.children[self.unit.pk]]
        noun = wording.subordinate_noun(below) if below else "đơn vị"
        here = {code for code, _ in self.rows}
        posted = self._posted()
        before_parts = self._parts_before(before)
        blocks, self.hidden, self.extra, self.is_split, self.may_split = [], [], [], False, False
        number = 0
        for code in self._codes:
            entry = self.figures.entries[code]
            concerned = self.figures.concerns(code)
            wanted = is_asked(entry, concerned, used, here) or (concerned and self._has_value(code))
            if not wanted:
                if code not in posted and not (concerned and (self.show_all or code in self.added)):
                    self.hidden += [entry] if concerned else []
                    continue
                self.extra.append(entry)
            parts = [] if entry.needs_part else [""]
            known = {p for c, p in self.rows if c == code and p} | before_parts.get(code, set()) | self._posted_parts(code)
            parts += sorted(known, key=lambda p: _order(entry, p))
            lines = []
            for part in parts:
                number += 1
                lines.append(Line(
                    number, entry, part, self.figures.get(code, part), before.get(code, part) if before else None,
                    self.rows.get((code, part)),
                ))
                compare(lines[-1], self.figures.by_records(code, part), counted, noun, len(below))
            new = None
            usual = any(parts) or entry.needs_part
            if entry.parts and (usual or self.show_parts or f"pv:{code}" in (self.data or ())):
                self.is_split |= not usual
                number += 1
                new = NewPart(number, entry, known=self._known_parts(code, parts))
            self.may_split |= bool(entry.parts) and new is None
            blocks.append((entry, lines, new))
        return blocks

    def _known_parts(self, code, shown):
        """Parts that the register or the units below give and that have no line of their own."""
        if not self.figures.is_live(code):
            return ""
        found = [f"{f.part}: {said(f)}" for f in self.figures.parts(code) if f.part not in shown]
        return "; ".join(found[:PARTS_NAMED]) + ("; …" if len(found) > PARTS_NAMED else "")

    def _has_value(self, code):
        if not self.figures.is_live(code):
            return False
        figure = self.figures.get(code)
        return figure.state == State.WORDS or (figure.state == State.NUMBER and bool(figure.value))

    def _parts_before(self, before):
        found = {}
        if before:
            rows = EnteredFigure.objects.filter(unit=self.unit, period=before.period, code__in=self._codes).exclude(part="")
            for code, part in rows.values_list("code", "part"):
                found.setdefault(code, set()).add(part)
        return found

    def _posted_parts(self, code):
        """Parts of lines that stood on the page; only those that the catalogue takes."""
        found = set()
        for name in self.data or ():
            if name.startswith(f"v:{code}|"):
                part = name.split("|", 1)[1]
                try:
                    if self.figures.entries[code].check_part(part) == part and len(part) <= longest("part"):
                        found.add(part)
                except ValueError:
                    continue
        return found

    @property
    def lines(self):
        return [line for _, lines, _ in self.blocks for line in lines]

    @property
    def again(self):
        """The query that draws these very lines: a draft is offered where its boxes are."""
        query = [("them", entry.code) for entry in self.extra] + [("phan", "1")] * self.is_split
        return f"?{urlencode(query)}" if query else ""

    def boxes_of(self, codes):
        """[(id of its first box, name)] of these indicators, in printed order."""
        return [((lines or [new])[0].id, entry.name) for entry, lines, new in self.blocks if entry.code in codes]

    @property
    def first_missing(self):
        """Key of the first line without a number: there the page explains what empty means."""
        return next((line.key for line in self.lines if line.is_missing and not line.is_derived and not line.part), "")

    @property
    def behalf(self):
        return [line for line in self.lines if line.row is not None and line.row.on_behalf]

    @property
    def saved_at(self):
        """When a cell of this section was last stored, or None."""
        return max((row.typed_at for row in self.rows.values()), default=None)

    # ── reading ──
    def changes(self):
        """The touched cells, to be stored together; None when something cannot be read."""
        out = []
        for line in self.lines:
            try:
                change = self._change(line)
            except ValueError as error:
                self.fail(line, str(error))
            else:
                out += [change] if change else []
        for _, _, new in self.blocks:
            if new and new.is_filled:
                try:
                    part, cell = new.read()
                    if any(c.entry is new.entry and c.part == part for c in out):
                        raise ValueError(f"Phần “{part}” đã có dòng riêng ở trên. Hãy sửa ở dòng ấy.")
                except ValueError as error:
                    self.fail(new, str(error))
                else:
                    out.append(Change(self.unit, new.entry, part, cell, 0))
        return None if self.errors else out

    def _change(self, line):
        if line.take == "saved":
            return None
        if line.take == "records":
            return Change(self.unit, line.entry, line.part, None, line.version)
        explained = " ".join(line.explanation.split())
        check_length("Lời giải trình", explained, "explanation")
        old = line.row.explanation if line.row else ""
        explanation = explained if explained != old else None
        if line.is_touched:
            return Change(self.unit, line.entry, line.part, line.read(), line.version, explanation)
        if explanation is not None and line.row is not None:
            return Change(self.unit, line.entry, line.part, cell_of(line.row), line.version, explanation)
        return None

    # ── answers of the store ──
    def fail(self, line, text):
        text = text if text.endswith(".") else f"{text}."
        line.errors.append(text)
        named = text if line.entry.name in text else f"{line.entry.name}: {text}"
        self.errors.append((line.id, named))

    def contradict(self, found):
        """Put what would disagree at its line; a text of a line that is not on the page goes to the summary only."""
        at = {(line.entry.code, line.part): line for line in self.lines}
        for _, code, part, text in found:
            line = at.get((code, part)) or at.get((code, ""))
            text = f"{text} Hãy xem lại hai số này."
            if line:
                self.fail(line, text)
            else:
                self.errors.append(("", text))

    def conflict(self, found):
        """Show both values: the box keeps mine, the version becomes the stored one."""
        at = {(line.entry.code, line.part): line for line in self.lines}
        for change, row in found:
            line = at.get((change.entry.code, change.part))
            if line is None:  # a new part that somebody else has just made: it gets its line
                entry, part = change.entry, change.part
                text = next((n.text for e, _, n in self.blocks if e is entry and n), "")
                lines, new = next((lines, n) for e, lines, n in self.blocks if e is entry)
                line = Line(len(self.lines) + 900, entry, part, self.figures.get(entry.code, part), None, row)
                line.text = text
                new.chosen, new.free, new.text = [], "", ""
                lines.append(line)
            stored = Line(0, line.entry, line.part, line.figure, None, row)
            line.row, line.version = row, row.version if row else 0
            line.before = signature(stored.choice, stored.text, stored.words, stored.note)
            line.conflict = {
                "who": row.typed_by if row else None, "at": row.typed_at if row else None,
                "theirs": written(row, line.entry) if row else "để trống", "mine": _mine(line),
            }
            self.errors.append((line.id, f"“{line.entry.name}” vừa được người khác sửa thành “{line.conflict['theirs']}”."))


def _mine(line):
    if line.choice:
        return line.words or ("có, không nêu số" if line.choice == "co" else "không thuộc diện")
    return line.text.strip() or "để trống"


def _order(entry, part):
    known = [value for d in entry.parts for value in d.values]
    return [known.index(v) if v in known else len(known) for v in part.split("; ")], part
