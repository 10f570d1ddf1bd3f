"""Several workbooks of figures as one import: each file whole or not at all."""

from dataclasses import dataclass, field, replace

from django.db import transaction

from members.models import Unit
from reports.services.cells import lock_units
from reports.services.import_columns import LABELS, Refusal
from reports.services.import_errors import ERRORS, rows_to_mend
from reports.services.imports import ImportResult, import_figures, read_table
from reports.workbooks.reader import Table
from reports.workbooks.refusal import WorkbookRefused


@dataclass(frozen=True)
class Workbook:
    """A workbook as it was sent.

    ``group``: a file and the rows mended for it are one group, taken whole or not at all.
    ``mends``: it holds mended rows alone. ``left_out``: rows that a later workbook of the group
    replaces. ``refusals`` and ``unreadable`` are what its preview said.
    """

    name: str
    data: bytes = field(repr=False)
    group: int
    mends: bool = False
    left_out: frozenset = frozenset()
    refusals: tuple = ()
    unreadable: str = ""


@dataclass
class Outcome:
    """What reading a workbook gave; ``table`` and ``result`` are None when it could not be read at all."""

    workbook: Workbook
    table: Table | None = None
    result: ImportResult | None = None
    unreadable: str = ""

    @property
    def refused(self):
        return self.result.refused if self.result else []

    @property
    def is_bad(self):
        return bool(self.unreadable or self.refused)

    def remembered(self):
        """The workbook with what there is to mend in it."""
        return replace(self.workbook, refusals=tuple(self.refused), unreadable=self.unreadable)


@dataclass
class Batch:
    outcomes: list[Outcome]
    stored: bool = False

    @property
    def bad_groups(self):
        return {o.workbook.group for o in self.outcomes if o.is_bad}

    @property
    def good(self):
        """What would be stored, or was."""
        return [o for o in self.outcomes if o.workbook.group not in self.bad_groups]

    def total(self, name):
        return sum(getattr(o.result, name) for o in self.good)

    @property
    def cells(self):
        """How many cells would be written, or were."""
        return self.total("created") + self.total("changed")

    @property
    def writes(self):
        """Whether there is anything to store: a cell, a new unit, a new indicator."""
        return bool(self.cells) or any(o.result.new_units or o.result.new_indicators for o in self.good)

    @property
    def refused(self):
        return sum(len(o.refused) for o in self.outcomes)


class _RollBack(Exception):
    pass


def sent(files):
    """[(name, bytes)] as workbooks, each a group of its own."""
    return [Workbook(name, data, group) for group, (name, data) in enumerate(files)]


def mended(workbooks, group, files):
    """``workbooks`` with ``files`` [(name, bytes)] in the place of the rows that were to be mended in ``group``."""
    out = [replace(w, left_out=w.left_out | rows_to_mend(w.refusals)) if w.group == group else w for w in workbooks]
    return out + [Workbook(name, data, group, mends=True) for name, data in files]


def preview(workbooks, **options):
    """A ``Batch`` of what importing ``workbooks`` would do; files with something wrong are left out of the rest."""
    batch = Batch([_read(workbook) for workbook in workbooks])
    while left := batch.good:
        _run(left, dry_run=True, **options)
        if batch.good == left:
            break
    return batch


def store(workbooks, **options):
    """Import ``workbooks`` together: all of them, or none when anything is refused now. Returns the ``Batch``."""
    batch = Batch([_read(workbook) for workbook in workbooks])
    if not batch.bad_groups:
        _run(batch.outcomes, dry_run=False, **options)
        batch.stored = not batch.bad_groups
    return batch


def _run(outcomes, *, dry_run, **options):
    seen = {}
    codes = {str(record.values.get("unit_code")).strip() for o in outcomes for record in o.table.records}
    try:
        with transaction.atomic():
            lock_units(Unit.objects.filter(code__in=codes))  # all at once, in one order: no two batches wait for each other
            for outcome in outcomes:
                outcome.result = import_figures(outcome.table, **options)
                outcome.result.warnings += _partial(outcome)
                _refuse_repeated(outcome, seen)
            if dry_run or any(o.is_bad for o in outcomes):
                raise _RollBack
    except _RollBack:
        for outcome in outcomes:
            outcome.result.stored = False


def _read(workbook):
    """The table of a workbook, before the database is held."""
    try:
        table = read_table(workbook.data)
    except WorkbookRefused as refused:
        return Outcome(workbook, unreadable=str(refused))
    kept = [record for record in table.records if record.row_number not in workbook.left_out]
    return Outcome(workbook, replace(table, records=kept))


def _partial(outcome):
    """A word about a workbook of mended rows that comes alone."""
    if ERRORS not in outcome.table.ignored or outcome.workbook.mends:
        return []
    return [
        f"Tệp này có cột “{ERRORS}”, chỉ gồm các dòng đã sửa. Các dòng đúng của tệp gốc chưa được lưu: "
        "hãy gửi thêm tệp gốc đã sửa, hoặc gửi tệp này ở trang xem trước của tệp gốc."
    ]


def _refuse_repeated(outcome, seen):
    """A cell that stands in two workbooks is refused in both: nobody could tell which one is meant."""
    for cell in outcome.result.cells:
        if cell.place not in seen:
            seen[cell.place] = outcome, cell
            continue
        other, there = seen[cell.place]
        for here, mine, elsewhere, its in ((outcome, cell, other, there), (other, there, outcome, cell)):
            problem = f"ô này có cả ở tệp “{elsewhere.workbook.name}”, dòng {its.row}. Hãy bỏ một trong hai dòng."
            here.result.refused.append(Refusal(mine.row, LABELS["value"], mine.new, problem))
