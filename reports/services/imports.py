"""``import_figures``: a workbook of cells, previewed, all or nothing.

One path for the command and the page: rows are written inside a transaction, which is rolled
back when a row is refused or only a preview is wanted.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from emulation.services import set_cluster_members
from members.models import Level, Unit, UnitSettings
from members.services import found_unit
from members.vietnamese import fold
from reports import indicators
from reports.models import EnteredFigure
from reports.services.cells import disagreements, lock_units, read_cell, read_denominator, save_cell
from reports.services.periods import describe, find_period, store_period
from reports.services.unit_words import LEVEL_WORDS, guess_kind, stands_in_cluster
from reports.structure import dates_of
from reports.workbooks.reader import Table, find_table, read_rows

HEADERS = {
    "unit_code": ("Mã đơn vị",), "unit_name": ("Tên đơn vị",), "level": ("Cấp",), "parent_code": ("Mã cấp trên",),
    "first": ("Từ ngày",), "last": ("Đến ngày",), "code": ("Mã chỉ tiêu",), "name": ("Tên chỉ tiêu",),
    "measure": ("Đơn vị tính",), "kind": ("Loại",), "value": ("Giá trị",), "denominator": ("Mẫu số",), "note": ("Ghi chú",),
    "part": ("Phân tổ",),
}
OPTIONAL = {"part", "unit_name", "level", "parent_code", "name", "measure", "kind", "denominator", "note"}
LABELS = {key: names[0] for key, names in HEADERS.items()}
KINDS = {"thoi diem": "stock", "trong ky": "flow", "ty le": "ratio", "theo nam": "yearly"}


@dataclass(frozen=True)
class Refusal:
    """A cell that cannot be taken: where it is, what it says, what is wrong and how to mend it."""

    row: int
    column: str
    value: str
    problem: str

    def __str__(self):
        shown = f" “{self.value}”" if self.value else ""
        return f"Dòng {self.row}, cột {self.column}{shown}: {self.problem}"


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
    cells: list[tuple] = field(default_factory=list)  # (row, unit, period, entry, part, done, text), for the preview
    stored: bool = False

    @property
    def read(self):
        return self.created + self.changed + self.same + self.empty + len({r.row for r in self.refused})


class _Refused(Exception):
    def __init__(self, column, value, problem):
        self.column, self.value, self.problem = column, value, problem


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
        self.units, self.seen, self.touched, self.rows_of = {}, {}, {}, {}
        self.doubted = set()

    def run(self, records):
        self._prepare_units(records)
        lock_units(self.units.values())
        for record in records:
            try:
                self._take(record)
            except _Refused as refused:
                self.result.refused.append(
                    Refusal(record.row_number, LABELS[refused.column], _shown(refused.value), refused.problem)
                )
        self._check_agreement()

    # ── units ──
    def _prepare_units(self, records):
        """Known units of the file, and with ``create_units`` the new ones, those above first."""
        described = {}
        for record in records:
            code = _text(record.values.get("unit_code"))
            if code and not (code in described and described[code].values.get("unit_name")):
                described[code] = record
        self.described = described
        self.units = {u.code: u for u in Unit.objects.filter(code__in=self._codes(described))}
        self.cluster_codes = stands_in_cluster(described, self.units)
        self.failed_units = {}
        if self.create_units:
            for code in sorted(described, key=lambda c: _rank(described[c])):
                if code not in self.units:
                    try:
                        self._found(code)
                    except _Refused as refused:
                        self.failed_units[code] = refused

    @staticmethod
    def _codes(described):
        codes = set(described)
        for record in described.values():
            codes.add(_text(record.values.get("parent_code")))
        return codes - {""}

    def _found(self, code):
        if code in self.units:
            return self.units[code]
        if code in self.failed_units:
            raise self.failed_units[code]
        record = self.described.get(code)
        if record is None:
            raise _Refused("parent_code", code, "chưa có đơn vị cấp trên với mã này. Hãy thêm dòng của đơn vị ấy vào tệp, hoặc sửa mã.")
        name, level_word = _text(record.values.get("unit_name")), _text(record.values.get("level"))
        if not name:
            raise _Refused("unit_name", "", "đơn vị mới cần có tên đầy đủ.")
        if fold(level_word) not in LEVEL_WORDS:
            raise _Refused("level", level_word, "cấp phải là một trong: trung ương, tỉnh, thành phố, cụm, khối, huyện, quận, cơ sở, xã, phường, chi hội, phân hội.")
        level, kind = LEVEL_WORDS[fold(level_word)]
        kind = guess_kind(level, kind, name, is_cluster=code in self.cluster_codes)
        parent_code = _text(record.values.get("parent_code"))
        parent = None
        if parent_code and parent_code not in self.cluster_codes:
            parent = self._found_above(code, level, parent_code)
        elif level == Level.TINH:
            parent = Unit.objects.filter(level=Level.TRUNG_UONG).first()
        try:
            unit = found_unit(code=code, name=name, level=level, kind=kind, parent=parent, by=self.by)
        except ValidationError as error:
            wrong = error.message_dict
            column, value = next(
                (c, v) for f, c, v in (("parent", "parent_code", parent_code), ("name", "unit_name", name), ("", "unit_code", code)) if f in wrong or not f
            )
            raise _Refused(column, value, " ".join(error.messages)) from error
        except PermissionDenied as error:
            raise _Refused("parent_code", parent_code, f"{error} Hãy ghi mã một đơn vị của mình ở cột này.") from error
        self.units[code] = unit
        self._say_incomplete(parent)
        self.result.new_units.append(f"{code} {name}")
        return unit

    def _found_above(self, code, level, parent_code):
        """The unit above ``code``, founded first when the file describes it; levels go down, so this ends."""
        above = self.described.get(parent_code)
        if above is None or parent_code in self.units:
            return self._found(parent_code)
        if self._leads_back(code):
            raise _Refused("parent_code", parent_code, "đơn vị này lại là cấp trên của chính nó. Hãy sửa cột Mã cấp trên.")
        higher, _ = LEVEL_WORDS.get(fold(_text(above.values.get("level"))), (None, None))
        if higher and not level.may_stand_under(higher):
            raise _Refused("parent_code", parent_code, f"{level.label} không thể trực thuộc {higher.label.lower()}. Hãy sửa cột Cấp hoặc cột Mã cấp trên.")
        try:
            return self._found(parent_code)
        except _Refused as refused:
            raise _Refused("parent_code", parent_code, f"chưa lập được đơn vị cấp trên này; hãy sửa dòng {above.row_number} trước.") from refused

    def _leads_back(self, code):
        above = code
        for _ in Level:  # a longer circle breaks the order of levels somewhere
            record = self.described.get(above)
            above = _text(record.values.get("parent_code")) if record else ""
            if above == code:
                return True
        return False

    def _say_incomplete(self, parent):
        """Units that a workbook happens to name are no full list: they are not counted as such."""
        if parent and f"{parent.code} {parent.name}" in self.result.new_units:
            UnitSettings.objects.get_or_create(unit=parent, defaults={"complete_tree": False})

    def _unit(self, record):
        code = _text(record.values.get("unit_code"))
        if not code:
            raise _Refused("unit_code", "", "dòng có số liệu nhưng thiếu mã đơn vị. Hãy ghi mã ở cột này.")
        if code in self.failed_units:
            raise self.failed_units[code]
        unit = self.units.get(code)
        if unit is None:
            raise _Refused("unit_code", code, "không có đơn vị nào mang mã này trong phạm vi của đồng chí. Hãy sửa mã, hoặc lập đơn vị trước.")
        said = _text(record.values.get("unit_name"))
        if said and fold(said) not in (fold(unit.name), fold(unit.full_name), fold(unit.short_name)) and code not in self.doubted:
            self.doubted.add(code)
            self.result.warnings.append(f"Dòng {record.row_number}: mã {code} là “{unit.name}”, tệp ghi “{said}”. Số liệu vẫn ghi cho mã {code}.")
        return unit

    # ── one row ──
    def _take(self, record):
        unit = self._unit(record)
        first, last = (_day(record.values.get(key), key) for key in ("first", "last"))
        entry = self._entry(record)
        period = self._period(unit, first, last)
        self._join_cluster(record, unit, period)
        part = self._part(entry, record.values.get("part"))
        cell = self._cell(entry, part, record)
        where = (unit.pk, period.pk, entry.code, part)
        if cell is None:
            self.result.empty += 1
            return
        if where in self.seen:
            raise _Refused("value", record.values.get("value"), f"ô này đã có ở dòng {self.seen[where].row_number}. Một chỉ tiêu của một đơn vị trong một kỳ chỉ ghi một lần; hãy bỏ một dòng, hoặc ghi phân tổ khác nhau.")
        self.seen[where] = record
        if cell.warning:
            self.result.warnings.append(f"Dòng {record.row_number}: {cell.warning}")
        self._refuse_if_newer(record, unit, period, entry, part)
        done = save_cell(unit=unit, period=period, entry=entry, part=part, cell=cell, by=self.by)
        setattr(self.result, done, getattr(self.result, done) + 1)
        self.result.cells.append((record.row_number, unit, period, entry, part, done, cell.as_typed))
        self.touched.setdefault((unit, period), set()).add((entry.code, part))

    def _refuse_if_newer(self, record, unit, period, entry, part):
        if self.previewed_at is None:
            return
        newer = EnteredFigure.objects.filter(unit=unit, period=period, code=entry.code, part=part, typed_at__gt=self.previewed_at)
        row = newer.select_related("typed_by").first()
        if row is not None:
            raise _Refused("value", record.values.get("value"), f"{row.typed_by or 'người khác'} vừa ghi “{row.as_typed}” vào ô này sau khi đồng chí xem trước. Hãy thống nhất rồi gửi lại tệp.")

    def _entry(self, record):
        code, name = _text(record.values.get("code")), _text(record.values.get("name"))
        if not code and not name:
            raise _Refused("code", "", "thiếu mã chỉ tiêu. Hãy ghi mã như trong danh mục chỉ tiêu.")
        entry = self.entries.get(code) if code else indicators.by_name(self.entries, name)
        if entry is not None:
            return entry
        if not self.create_indicators:
            raise _Refused("code", code or name, "không có chỉ tiêu này trong danh mục. Hãy sửa mã, hoặc để quản trị thêm chỉ tiêu trước.")
        return self._new_entry(record, code or _code_of(name), name or code)

    def _new_entry(self, record, code, name):
        kind = KINDS.get(fold(_text(record.values.get("kind"))))
        measure = _text(record.values.get("measure"))
        if kind is None:
            raise _Refused("kind", record.values.get("kind"), "chỉ tiêu mới cần loại: thời điểm, trong kỳ hoặc tỷ lệ.")
        if not measure:
            raise _Refused("measure", "", "chỉ tiêu mới cần đơn vị tính, như đồng chí, đồng, cuộc, %.")
        measure = MONEY.get(fold(measure), measure)
        try:
            row = indicators.add_indicator(code=code, name=name, unit=measure, kind=kind, by=self.by)
        except ValidationError as error:
            wrong = error.message_dict
            column, value = next(
                (c, v) for f, c, v in (("name", "name", name), ("unit", "measure", measure), ("", "code", code)) if f in wrong or not f
            )
            raise _Refused(column, value, " ".join(error.messages)) from error
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
                raise _Refused("last", f"{last:%d/%m/%Y}", " ".join(error.messages)) from error
            self.rows_of[key] = period
        return self.rows_of[key]

    def _join_cluster(self, record, unit, period):
        """Under "Mã cấp trên" a cụm thi đua: the unit is its member in the year of the period."""
        parent_code = _text(record.values.get("parent_code"))
        if not self.create_units or parent_code not in self.cluster_codes:
            return
        key = ("cluster", parent_code, unit.pk, period.year)
        if key not in self.rows_of:
            try:
                set_cluster_members(cluster=self._found(parent_code), year=period.year, units=[unit], add_only=True, by=self.by)
            except ValidationError as error:
                raise _Refused("parent_code", parent_code, " ".join(error.messages)) from error
            self.rows_of[key] = True

    def _part(self, entry, text):
        part = _text(text)
        if len(part) > LONGEST_PART:
            raise _Refused("part", part, f"phân tổ dài {len(part)} chữ. Hãy ghi ngắn lại, nhiều nhất {LONGEST_PART} chữ.")
        try:
            return entry.check_part(part)
        except ValueError as error:
            if self.create_indicators and part:
                self.result.warnings.append(f"“{entry.name}”: nhận phân tổ mới “{part}”.")
                return "; ".join(" ".join(value.split()) for value in part.split(";") if value.strip())
            raise _Refused("part", part, str(error)) from error

    def _cell(self, entry, part, record):
        value = record.values.get("value")
        if isinstance(value, (date, datetime)):
            raise _Refused("value", value.strftime("%d/%m/%Y"), "Excel đã đổi ô này thành ngày. Hãy định dạng ô là Text rồi ghi lại, như 16/26.")
        if isinstance(value, bool):
            raise _Refused("value", value, "ô này là đúng/sai, không phải số. Hãy ghi số, hoặc “có” nếu đã làm mà không nêu số.")
        denominator = record.values.get("denominator")
        try:
            read_denominator(denominator)
        except ValueError as error:
            raise _Refused("denominator", denominator, str(error)) from error
        try:
            return read_cell(
                entry, value, part=part, measure=_text(record.values.get("measure")),
                denominator=denominator, note=record.values.get("note"),
            )
        except ValueError as error:
            raise _Refused("value", value, str(error)) from error

    def _check_agreement(self):
        for (unit, period), cells in self.touched.items():
            for code, part, text in disagreements(unit, period, self.entries, only=cells):
                record = self.seen.get((unit.pk, period.pk, code, part)) or self._row_about(unit, period, (code, self.entries[code].part_of))
                self.result.refused.append(
                    Refusal(record.row_number, LABELS["value"], _shown(record.values.get("value")), f"{unit}: {text} Hãy xem lại hai số này.")
                )

    def _row_about(self, unit, period, codes):
        """The row to name for a contradiction: of one of the indicators, else any of the unit's."""
        rows = {c: r for (u, p, c, _), r in self.seen.items() if (u, p) == (unit.pk, period.pk)}
        return next((rows[c] for c in codes if c in rows), next(iter(rows.values())))


LONGEST_PART = EnteredFigure._meta.get_field("part").max_length
MONEY = {name: "đồng" for name in ("trieu dong", "ty dong", "nghin dong", "vnd", "d", "trieu", "ty")}


def _rank(record):
    """How high the unit of a row stands; what says no level comes last."""
    level, _ = LEVEL_WORDS.get(fold(_text(record.values.get("level"))), (None, None))
    return level.rank if level else len(Level)


def _code_of(name):
    """A code for an indicator that came with a name alone."""
    code = re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_")[:60]
    return f"ct_{code}" if code[:1].isdigit() else code


def _text(value):
    if value is None:
        return ""
    return " ".join("".join(ch if ch.isprintable() else " " for ch in str(value)).split())


def _shown(value):
    return value.strftime("%d/%m/%Y") if isinstance(value, (date, datetime)) else _text(value)[:80]


def _day(value, column):
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = _text(value)
    for pattern in ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    if not text:
        raise _Refused(column, "", "thiếu ngày. Ghi ngày/tháng/năm, như 01/01/2022.")
    raise _Refused(column, text, "không phải một ngày có trong lịch. Ghi ngày/tháng/năm, như 30/11/2022.")
