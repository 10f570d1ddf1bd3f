"""``import_figures``: a workbook of cells, previewed, all or nothing.

One path for the command and the page: rows are written inside a transaction, which is rolled
back when a row is refused or only a preview is wanted.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from emulation.services import set_cluster_members
from members.models import Period, Unit
from members.vietnamese import fold, format_number
from reports import indicators
from reports.catalogue import Entry
from reports.models import EnteredFigure, State
from reports.services.as_text import in_words
from reports.services.cell_store import Cells
from reports.services.cells import disagreements, lock_units, read_cell, read_denominator
from reports.services.import_columns import (
    HEADERS,
    KINDS,
    OPTIONAL,
    Refusal,
    Refused,
    day_of,
    text_of,
)
from reports.services.import_units import UnitsOfFile
from reports.services.periods import describe, find_period, store_period
from reports.structure import dates_of
from reports.workbooks.reader import Table, find_table, read_rows

LONGEST_PART = EnteredFigure._meta.get_field("part").max_length
MONEY = {name: "đồng" for name in ("trieu dong", "ty dong", "nghin dong", "vnd", "d", "trieu", "ty")}
ROWS_NAMED = 10


@dataclass(frozen=True)
class CellChange:
    """One cell of a preview: what is stored ("" when nothing is) and what would be, in words."""

    row: int
    unit: Unit
    period: Period
    entry: Entry
    part: str
    done: str
    old: str
    new: str

    @property
    def place(self):
        return self.unit.pk, self.period.pk, self.entry.code, self.part


@dataclass
class ImportResult:
    created: int = 0
    changed: int = 0
    same: int = 0
    empty: int = 0
    refused: list[Refusal] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    new_units: list[str] = field(default_factory=list)
    new_indicators: list[str] = field(default_factory=list)
    cells: list[CellChange] = field(default_factory=list)
    stored: bool = False

    @property
    def read(self):
        return self.created + self.changed + self.same + self.empty + len({r.row for r in self.refused})


class _RollBack(Exception):
    pass


def read_table(source):
    """The table of figures in the first sheet of ``source`` (path or bytes); raises ``WorkbookRefused``."""
    return find_table(read_rows(source), HEADERS, optional=OPTIONAL)


def import_figures(source, *, create_units=False, create_indicators=False, dry_run=False, by=None, previewed_at=None):
    """Read the first sheet of ``source`` (path, bytes, or what ``read_table`` gave) and store its cells, all or none.

    A cell that somebody typed after ``previewed_at`` is refused: nothing is overwritten unseen.
    Returns an ``ImportResult``; ``stored`` is False when anything was refused or ``dry_run``.
    Raises ``WorkbookRefused`` for a file that cannot be read at all.
    """
    table = source if isinstance(source, Table) else read_table(source)
    reader = _Import(create_units, create_indicators, by, previewed_at)
    try:
        with transaction.atomic():
            reader.run(table.records)
            if dry_run or reader.result.refused:
                raise _RollBack
        reader.result.stored = True
    except _RollBack:
        pass
    return reader.result


class _Import:
    def __init__(self, create_units, create_indicators, by, previewed_at=None):
        self.create_units, self.create_indicators, self.by = create_units, create_indicators, by
        self.previewed_at = previewed_at
        self.result = ImportResult()
        self.entries = indicators.lookup()
        self.cells = Cells(by)
        self.seen, self.touched, self.rows_of = {}, {}, {}
        self.left_alone = []  # rows that are empty where a number is stored

    def run(self, records):
        self.units = UnitsOfFile(records, create=self.create_units, by=self.by)
        lock_units(self.units.all())
        for record in records:
            try:
                self._take(record)
            except Refused as refused:
                self.result.refused.append(refused.at(record.row_number))
        self.result.new_units = self.units.founded
        self.result.warnings += self.units.warnings
        self._say_left_alone()
        self.cells.write()
        self._check_agreement()

    # ── one row ──
    def _take(self, record):
        unit = self.units.of(record)
        first, last = (day_of(record.values.get(key), key) for key in ("first", "last"))
        entry = self._entry(record)
        period = self._period(unit, first, last)
        self._join_cluster(record, unit, period)
        part = self._part(entry, record.values.get("part"))
        cell = self._cell(entry, part, record)
        old = self.cells.stored(unit, period, entry.code, part)
        if cell is None:
            self.result.empty += 1
            if old is not None:
                self.left_alone.append(record.row_number)
            return
        where = (unit.pk, period.pk, entry.code, part)
        if where in self.seen:
            other = self.seen[where].row_number
            raise Refused(
                "value", record.values.get("value"),
                f"ô này đã có ở dòng {other}. Một chỉ tiêu của một đơn vị trong một kỳ chỉ ghi một lần; hãy bỏ một dòng, hoặc ghi phân tổ khác nhau.",
                [other],
            )
        self.seen[where] = record
        done = self.cells.take(unit=unit, period=period, entry=entry, part=part, cell=cell)
        if done != "same":
            self._refuse_if_newer(record, old)
        if cell.warning:
            self.result.warnings.append(f"Dòng {record.row_number}: {cell.warning}")
        setattr(self.result, done, getattr(self.result, done) + 1)
        self.result.cells.append(CellChange(record.row_number, unit, period, entry, part, done, *_told(old, cell, entry)))
        self.touched.setdefault((unit, period), set()).add((entry.code, part))

    def _refuse_if_newer(self, record, old):
        if self.previewed_at is not None and old is not None and old.typed_at > self.previewed_at:
            raise Refused(
                "value", record.values.get("value"),
                f"{old.typed_by or 'người khác'} vừa ghi “{old.as_typed}” vào ô này sau khi đồng chí xem trước. Hãy thống nhất rồi gửi lại tệp.",
            )

    def _entry(self, record):
        code, name = text_of(record.values.get("code")), text_of(record.values.get("name"))
        if not code and not name:
            raise Refused("code", "", "thiếu mã chỉ tiêu. Hãy ghi mã như trong danh mục chỉ tiêu.")
        entry = self.entries.get(code) if code else indicators.by_name(self.entries, name)
        if entry is not None:
            return entry
        if not self.create_indicators:
            raise Refused("code", code or name, "không có chỉ tiêu này trong danh mục. Hãy sửa mã, hoặc để quản trị thêm chỉ tiêu trước.")
        return self._new_entry(record, code or _code_of(name), name or code)

    def _new_entry(self, record, code, name):
        kind = KINDS.get(fold(text_of(record.values.get("kind"))))
        measure = text_of(record.values.get("measure"))
        if kind is None:
            raise Refused("kind", record.values.get("kind"), "chỉ tiêu mới cần loại: thời điểm, trong kỳ hoặc tỷ lệ.")
        if not measure:
            raise Refused("measure", "", "chỉ tiêu mới cần đơn vị tính, như đồng chí, đồng, cuộc, %.")
        measure = MONEY.get(fold(measure), measure)
        try:
            row = indicators.add_indicator(code=code, name=name, unit=measure, kind=kind, by=self.by)
        except ValidationError as error:
            wrong = error.message_dict
            column, value = next(
                (c, v) for f, c, v in (("name", "name", name), ("unit", "measure", measure), ("", "code", code)) if f in wrong or not f
            )
            raise Refused(column, value, " ".join(error.messages)) from error
        self.entries = indicators.lookup()
        self.result.new_indicators.append(f"{code} {name}")
        return self.entries[row.code]

    def _period(self, unit, first, last):
        key = (unit.pk, first, last)
        if key not in self.rows_of:
            try:
                period = find_period(unit, first, last) or store_period(describe(first, last))[0]
                if dates_of(unit, period) != (first, last):
                    raise ValidationError("Đã có một kỳ cùng loại với đúng hai ngày này.")
            except ValidationError as error:
                raise Refused("last", f"{last:%d/%m/%Y}", " ".join(error.messages)) from error
            self.rows_of[key] = period
        return self.rows_of[key]

    def _join_cluster(self, record, unit, period):
        """Under "Mã cấp trên" a cụm thi đua: the unit is its member in the year of the period."""
        cluster = self.units.cluster_of(record)
        if cluster is None:
            return
        key = ("cluster", cluster.pk, unit.pk, period.year)
        if key not in self.rows_of:
            try:
                set_cluster_members(cluster=cluster, year=period.year, units=[unit], add_only=True, by=self.by)
            except ValidationError as error:
                raise Refused("parent_code", cluster.code, " ".join(error.messages)) from error
            self.rows_of[key] = True

    def _part(self, entry, text):
        part = text_of(text)
        if len(part) > LONGEST_PART:
            raise Refused("part", part, f"phân tổ dài {len(part)} chữ. Hãy ghi ngắn lại, nhiều nhất {LONGEST_PART} chữ.")
        try:
            return entry.check_part(part)
        except ValueError as error:
            if self.create_indicators and part:
                self.result.warnings.append(f"“{entry.name}”: nhận phân tổ mới “{part}”.")
                return "; ".join(" ".join(value.split()) for value in part.split(";") if value.strip())
            raise Refused("part", part, str(error)) from error

    def _cell(self, entry, part, record):
        value = record.values.get("value")
        if isinstance(value, (date, datetime)):
            raise Refused("value", value, "Excel đã đổi ô này thành ngày. Hãy định dạng ô là Văn bản (Text) rồi ghi lại con số, như 12 hoặc 16/26.")
        if isinstance(value, bool):
            raise Refused("value", value, "ô này là đúng/sai, không phải số. Hãy ghi số, hoặc “có” nếu đã làm mà không nêu số.")
        denominator = record.values.get("denominator")
        try:
            below = read_denominator(denominator)
        except ValueError as error:
            raise Refused("denominator", denominator, str(error)) from error
        try:
            cell = read_cell(
                entry, value, part=part, measure=text_of(record.values.get("measure")),
                denominator=denominator, note=record.values.get("note"),
            )
        except ValueError as error:
            raise Refused("value", value, f"{error}{_perhaps_thousands(value)}") from error
        if below is not None:
            self._doubt_total(entry, cell, value, below, record)
        return cell

    def _doubt_total(self, entry, cell, value, below, record):
        """A total that is left out, or beside which 8 was taken for 8 %."""
        if cell is None or cell.state != State.NUMBER:
            self.result.warnings.append(
                f"Dòng {record.row_number}: có Mẫu số {format_number(below)} mà Giá trị không phải là số, nên Mẫu số không được ghi."
            )
        elif entry.unit == "%" and isinstance(value, int) and cell.denominator == below and cell.value != value:
            self.result.warnings.append(
                f"Dòng {record.row_number}: {value} được hiểu là {value}% của {format_number(below)}, tức {format_number(cell.value)}/{format_number(below)}. "
                f"Nếu là số đếm thì ghi {value}/{format_number(below)} ở cột Giá trị."
            )

    # ── the file as a whole ──
    def _say_left_alone(self):
        rows = self.left_alone
        if rows:
            named = ", ".join(map(str, rows[:ROWS_NAMED])) + (" …" if len(rows) > ROWS_NAMED else "")
            self.result.warnings.append(
                f"{len(rows)} ô để trống trong tệp mà chương trình đang có số (dòng {named}): số đang có giữ nguyên. "
                "Muốn bỏ số nào thì xóa ở trang nhập số liệu."
            )

    def _check_agreement(self):
        for (unit, period), cells in self.touched.items():
            for code, part, text in disagreements(unit, period, self.entries, only=cells):
                about = self._rows_about(unit, period, code)
                record = self.seen.get((unit.pk, period.pk, code, part)) or about[0]
                self.result.refused.append(Refused(
                    "value", record.values.get("value"), f"{unit}: {text} Hãy xem lại hai số này.", [r.row_number for r in about],
                ).at(record.row_number))

    def _rows_about(self, unit, period, code):
        """The rows of a contradiction about an indicator: its own, of its whole, of its share's total; else any of the unit's."""
        totals = {e.denominator for e in self.entries.values() if e.numerator == code}
        parts = {c for c, e in self.entries.items() if e.part_of == code}
        rows = {(c, p): r for (u, t, c, p), r in self.seen.items() if (u, t) == (unit.pk, period.pk)}
        about = [r for (c, _), r in rows.items() if c in {code, self.entries[code].part_of, *totals, *parts}]
        return about or list(rows.values())[:1]


def _told(old, cell, entry):
    """(what is stored, what will be): the notes too where they differ, and whose word it was."""
    new = in_words(cell, entry)
    if old is None:
        return "", new
    was = in_words(old, entry)
    if old.note != cell.note:
        was, new = (f"{text}, ghi chú “{note}”" if note else text for text, note in ((was, old.note), (new, cell.note)))
    if was == new and old.on_behalf:
        was += " (nhập thay)"
    return was, new


def _perhaps_thousands(value):
    """A word about 1.862 that a spreadsheet took for 1,862."""
    if isinstance(value, float) and value < 1000 and (value * 1000).is_integer() and not (value * 100).is_integer():
        return f" Nếu định ghi {format_number(int(value * 1000))} thì gõ liền các chữ số, không gõ dấu chấm."
    return ""


def _code_of(name):
    """A code for an indicator that came with a name alone."""
    code = re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_")[:60]
    return f"ct_{code}" if code[:1].isdigit() else code
