"""The grid: subordinate units × indicators of one section."""

from dataclasses import dataclass

from django.utils.functional import cached_property

from members.scoping import current_scope
from reports.appendices import given
from reports.asked import is_asked, nearby, used_before
from reports.forms.paste import paste
from reports.forms.words import said
from reports.models import EnteredFigure, SectionConfirmation, State
from reports.services.as_text import written
from reports.services.cells import SAID_IN_WORDS, read_cell
from reports.services.entry import Change

COLUMNS_AT_ONCE = 8
COLUMNS_DEFAULT = 6
ROWS_AT_ONCE = 200


@dataclass
class GridCell:
    """One box. ``text`` is what stands in it, ``before`` what stood in it when the page was drawn."""

    unit: object
    entry: object
    row: object
    figure: object
    concerned: bool
    text: str = ""
    before: str = ""
    version: int = 0
    error: str = ""
    conflict: str = ""

    def __post_init__(self):
        if self.row is not None:
            self.text, self.version = written(self.row, self.entry), self.row.version
        self.before = self.text

    @property
    def key(self):
        return f"{self.unit.pk}:{self.entry.code}"

    @property
    def id(self):
        return f"o{self.unit.pk}-{self.entry.code}"

    @property
    def label(self):
        """The heading of its column, for a phone."""
        return f"{self.entry.short} ({self.entry.unit})" if self.entry.measure.is_measured else self.entry.short

    @property
    def by_us(self):
        return self.row is not None and self.row.on_behalf

    @property
    def hint(self):
        """What the records and the units below already give, when nothing is typed."""
        if self.row is None and not self.text and self.figure.state == State.NUMBER:
            return f"đã có {said(self.figure)}" if self.figure.value else "tính là 0"
        return ""

    @property
    def keyboard(self):
        measure = self.entry.measure
        plain = not any(ch.isalpha() or ch == "/" for ch in self.text.replace("%", ""))
        if self.entry.is_ratio or self.entry.unit in SAID_IN_WORDS or not plain:
            return "text"
        return "decimal" if measure.is_measured else "numeric"

    @property
    def is_touched(self):
        return self.text.strip() != self.before.strip()

    @property
    def is_empty(self):
        return self.concerned and not self.text.strip() and self.figure.state == State.MISSING


@dataclass
class GridRow:
    unit: object
    cells: list
    confirmed: bool

    @property
    def status(self):
        """(class, words) of the last column."""
        wrong = sum(bool(c.error or c.conflict) for c in self.cells)
        if wrong:
            return "late", f"Xem lại {wrong} ô"
        empty, mine = sum(c.is_empty for c in self.cells), any(c.by_us for c in self.cells)
        concerned = sum(c.concerned for c in self.cells)
        if mine and not empty:
            return "soon", "Chờ xác nhận"
        if self.confirmed:
            return "ok", "Đã xác nhận"
        if empty and empty == concerned:
            return "soon", "Chưa có số liệu"
        if empty:
            return "soon", f"Còn {empty} ô trống"
        return "soon", "Chưa xác nhận"


class GridForm:
    """``figures`` are those of the unit above. ``errors`` is [(anchor, text)]."""

    def __init__(self, figures, section, columns=(), page=1, rows_page=1, data=None):
        self.figures, self.section, self.data = figures, section, data
        self.period = figures.period
        self.errors = []
        scope = current_scope()
        every = [u for u in figures.subordinates() if scope.contains(u.path)]
        self.total_units = len(every)
        self.row_pages = max(1, -(-len(every) // ROWS_AT_ONCE))
        self.rows_page = min(max(1, rows_page), self.row_pages)
        self.units = every[(self.rows_page - 1) * ROWS_AT_ONCE:self.rows_page * ROWS_AT_ONCE]
        self.columns, self.page = self._columns(columns, page)
        self.rows = self._rows()
        if data is not None:
            self._fill(data)

    # ── columns ──
    @cached_property
    def entries(self):
        """Indicators of the section that concern any of the units; those with no whole stay out."""
        return [
            e for e in self.figures.entries.values()
            if e.section == self.section and not e.needs_part and any(self.figures.concerns(e.code, u) for u in self.units)
        ]

    def _columns(self, chosen, page):
        known = {e.code: e for e in self.entries}
        picked = [known[code] for code in dict.fromkeys(chosen) if code in known][:COLUMNS_AT_ONCE]
        self.chosen = [e.code for e in picked]
        unit = self.figures.unit
        used = used_before(unit, self.period)
        here = nearby(unit, self.period).typed_codes
        asked = [e for e in self.entries if is_asked(e, True, used, here)] or self.entries
        self.asked = asked
        self.pages = max(1, -(-len(asked) // COLUMNS_DEFAULT))
        page = min(max(1, page), self.pages)
        return picked or asked[(page - 1) * COLUMNS_DEFAULT:page * COLUMNS_DEFAULT], page

    @property
    def groups(self):
        """[(number, "Tổ TK&VV … Nợ quá hạn")] of the columns that are opened together."""
        every = [self.asked[i:i + COLUMNS_DEFAULT] for i in range(0, len(self.asked), COLUMNS_DEFAULT)]
        return [(n, " … ".join(dict.fromkeys([group[0].short, group[-1].short]))) for n, group in enumerate(every, start=1)]

    # ── cells ──
    def _rows(self):
        codes, keys = [e.code for e in self.columns], [u.pk for u in self.units]
        stored = {
            (row.unit_id, row.code): row
            for row in EnteredFigure.objects.filter(period=self.period, unit__in=keys, code__in=codes, part="").select_related("typed_by")
        }
        confirmed = set(
            SectionConfirmation.objects.filter(period=self.period, unit__in=keys, section=self.section).values_list("unit_id", flat=True)
        )
        found = {code: {u.pk: f for u, f in self.figures.breakdown(code)} for code in codes}
        return [
            GridRow(unit, [
                GridCell(unit, e, stored.get((unit.pk, e.code)), found[e.code][unit.pk], self.figures.concerns(e.code, unit))
                for e in self.columns
            ], unit.pk in confirmed)
            for unit in self.units
        ]

    @property
    def cells(self):
        return [cell for row in self.rows for cell in row.cells]

    def totals(self):
        """(entry, number, "15/16" units) of the unit above, as if it had typed nothing itself."""
        out = []
        for entry in self.columns:
            figure = self.figures.by_records(entry.code)
            text = said(figure) if figure.state == State.NUMBER else "–"
            out.append((entry, text, given(figure)))
        return out

    @property
    def saved_at(self):
        return max((c.row.typed_at for c in self.cells if c.row), default=None)

    # ── posting ──
    def _fill(self, data):
        for cell in self.cells:
            if f"v:{cell.key}" not in data:
                continue
            cell.text = data[f"v:{cell.key}"]
            cell.before = data.get(f"b:{cell.key}", cell.before)
            version = data.get(f"n:{cell.key}", "")
            cell.version = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else cell.version

    def paste(self, text):
        """Put a table copied from a spreadsheet into the boxes, see ``paste``; nothing is stored."""
        return paste(text, self.rows, self.columns, self.entries)

    def changes(self):
        """The cells that were changed; None when something cannot be read."""
        out = []
        for cell in self.cells:
            if (not cell.concerned and cell.row is None) or not cell.is_touched:
                continue
            note = cell.row.note if cell.row else ""
            try:
                value = read_cell(cell.entry, cell.text, note=note if cell.text.strip() else "")
            except ValueError as error:
                self.fail(cell, str(error))
            else:
                out.append(Change(cell.unit, cell.entry, "", value, cell.version))
        return None if self.errors else out

    def fail(self, cell, text):
        text = cell.error = text if text.endswith(".") else f"{text}."
        self.errors.append((cell.id, f"{cell.unit.short_name}, {cell.entry.short}: {text}"))

    def contradict(self, found):
        at = {(c.unit.pk, c.entry.code): c for c in self.cells}
        for unit, code, _, text in found:
            cell = at.get((unit.pk, code))
            if cell:
                self.fail(cell, f"{text} Hãy xem lại hai số này.")
            else:
                self.errors.append(("", f"{unit.short_name}: {text} Hãy xem lại hai số này."))

    def conflict(self, found):
        at = {c.key: c for c in self.cells}
        for change, row in found:
            cell = at[f"{change.unit.pk}:{change.entry.code}"]
            theirs = written(row, cell.entry) if row else "để trống"
            who = row.typed_by.get_full_name() if row and row.typed_by else "người khác"
            cell.row, cell.version, cell.before = row, row.version if row else 0, theirs if row else ""
            cell.conflict = f"{who} vừa ghi “{theirs}”"
            self.errors.append((cell.id, f"{cell.unit.short_name}, {cell.entry.short}: {cell.conflict}, đồng chí ghi “{cell.text.strip() or 'để trống'}”."))
