"""An uploaded list on its way: sent → columns chosen → checked → confirmed → written → perhaps taken back.

Each step moves the state in one statement, so that two clicks are one. Small lists are read while the user
waits, long ones by the worker; a worker that dies leaves the state where it was and no row written.
"""

import hashlib
import io
from datetime import timedelta
from itertools import islice

import xlsxwriter
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from ccb import clock
from members.models import ImportJob, ImportMapping, JobState
from members.services.private import may_open
from members.workbooks.refusal import WorkbookRefused

from .columns import COLUMNS
from .plan import make_plan
from .read import read_sheet, rows_of
from .write import undo_rows, write_plan

LARGE = 1000  # lines; more are read by the worker
WARNINGS_KEPT = 200
STUCK_AFTER = timedelta(minutes=15)
KEPT_FOR = timedelta(days=7)  # the file itself; what was written stays
PASTED = ("name", "born", "sex", "admitted_on", "card_number", "phone", "address")
BACK = {JobState.CHECKING: JobState.UPLOADED, JobState.WRITING: JobState.CHECKED, JobState.UNDOING: JobState.DONE}


# ── Sending ──


def upload(*, unit, file_name, content, by):
    """Keep a workbook for ``unit`` with a first guess of its columns. Raises ``WorkbookRefused``; nothing is written to the register."""
    sheet = read_sheet(rows_of(content))
    if not sheet.lines:
        raise WorkbookRefused("Dưới dòng tiêu đề không có hội viên nào.", "Kiểm tra lại tệp: danh sách phải nằm ở trang tính đầu tiên đang hiện.")
    _forget_files()
    known = ImportMapping.objects.filter(unit=unit, kind="members", header=sheet.fingerprint).first()
    job = ImportJob(
        unit=unit, user=by, file_name=_short_name(file_name), sha256=hashlib.sha256(content).hexdigest(), content=content,
        mapping=known.mapping if known else _guess(sheet), total=len(sheet.lines), created_at=clock.now(),
    )
    job.save()
    return job


def _short_name(name):
    return "".join(c for c in name if c.isprintable())[-200:] or "danh sách"


def _guess(sheet):
    return {
        "columns": {str(i): key for i, key in sheet.guessed.items()},
        "encodings": {str(i): found for i, found in sheet.encodings.items()},
        "sex": "",
    }


def pasted(text):
    """A workbook of what was pasted from Excel: cells between tabs; headed as the page says when no header came along."""
    rows = [[cell.strip() for cell in line.split("\t")] for line in text.replace("\r", "").split("\n") if line.strip()]
    content = _workbook(rows)
    try:
        read_sheet(rows_of(content))
    except WorkbookRefused:
        return _workbook([[COLUMNS[key].label for key in PASTED], *rows])
    return content


def _workbook(rows):
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet("Danh sách")
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                sheet.write_string(i, j, cell)
    return kept.getvalue()


def _forget_files():
    """Files older than a week are no longer needed, and hold what is private."""
    ImportJob.objects.filter(created_at__lt=clock.now() - KEPT_FOR).exclude(content=b"").update(content=b"")


def sheet_of(job):
    """The table of the job's file under its mapping. Raises ``WorkbookRefused``."""
    if not job.content:
        raise WorkbookRefused("Tệp này đã quá bảy ngày nên không còn giữ.", "Gửi lại tệp.")
    return read_sheet(rows_of(bytes(job.content)), job.mapping)


# ── Choosing the columns, checking ──


def choose(*, job, columns, encodings, sex, by):
    """Say which column is what, and begin to check. ``columns``: index → key. Raises ``ValidationError``."""
    _own(job, by)
    chosen = [key for key in columns.values() if key]
    twice = sorted({COLUMNS[key].label for key in chosen if chosen.count(key) > 1})
    if twice:
        raise ValidationError(f"Hai cột cùng ghép với “{twice[0]}”. Bỏ một cột.")
    if not {"name", "given"} & {*chosen}:
        raise ValidationError("Chưa có cột nào ghép với “Họ và tên”.")
    mapping = {"columns": {str(i): key for i, key in columns.items() if key}, "encodings": {str(i): e for i, e in encodings.items() if e}, "sex": sex}
    fingerprint = sheet_of(job).fingerprint
    with transaction.atomic():
        if not _move(job, (JobState.UPLOADED, JobState.CHECKED, JobState.FAILED), JobState.CHECKING, mapping=mapping, errors=[], counts={}, done=0):
            return False
        ImportMapping.objects.update_or_create(unit=job.unit, kind="members", header=fingerprint, defaults={"mapping": mapping})
    return True


def check(*, job, by):
    """Stage 1: what the list would do. Writes nothing to the register."""
    job.refresh_from_db()
    if job.state != JobState.CHECKING:
        return
    with Failing(job):
        plan = _plan(job, by)
        _move(job, (JobState.CHECKING,), JobState.CHECKED, counts=plan.counts | {"ignored": _ignored(job, by)}, errors=_errors(plan), done=job.total)


def _plan(job, by, lock=False):
    sheet = sheet_of(job)
    return make_plan(
        sheet=sheet, columns=job.mapping["columns"], sex=job.mapping.get("sex", ""), top=job.unit, by=by, log=job, lock=lock,
        progress=(lambda done: None) if lock else (lambda done: ImportJob.objects.filter(pk=job.pk).update(done=done)),
    )


def lines_to_mend(*, job, by):
    """(sheet, problems by row) for the workbook of the bad lines, as they were found."""
    _own(job, by)
    found = {}
    for error in job.errors:
        if error["kind"] == "wrong" and error["row"]:
            found.setdefault(error["row"], []).append(error)
    return sheet_of(job), found


def _ignored(job, by):
    """Columns that are not taken because this reader does not open the private part of files."""
    return [] if may_open(by) else sorted({COLUMNS[key].label for key in job.mapping["columns"].values() if COLUMNS[key].private})


def _errors(plan):
    """Every problem, for the workbook of the bad lines, and the first warnings."""
    people = [outcome.person for outcome in plan.outcomes]
    wrong = [_told(person, problem, "wrong") for person in people for problem in person.problems]
    warned = (_told(person, problem, "warning") for person in people if not person.problems for problem in person.warnings)
    return wrong + list(islice(warned, WARNINGS_KEPT))


def _told(person, problem, kind):
    return {"row": person.line.number, "at": problem.column, "column": problem.label, "value": problem.value, "text": problem.text, "kind": kind}


# ── Writing, taking back ──


def confirm(*, job, by):
    """Begin to write what was checked; False when somebody did so already."""
    _own(job, by)
    return _move(job, (JobState.CHECKED,), JobState.WRITING, done=0)


def write(*, job, by):
    """Stage 2: check once more and write, all in one transaction."""
    with Failing(job), transaction.atomic():
        job = ImportJob.objects.select_for_update(of=("self",)).select_related("unit").get(pk=job.pk)
        if job.state != JobState.WRITING:
            return
        plan = _plan(job, by, lock=True)
        counts = write_plan(plan=plan, job=job, by=by)
        left = {} if counts["wrong"] else {"content": b""}
        _move(job, (JobState.WRITING,), JobState.DONE, counts=job.counts | counts, errors=_errors(plan), done=job.total, finished_at=clock.now(), **left)


def begin_undo(*, job):
    """Begin to take the list back; False when it is not written, or somebody did so already."""
    return _move(job, (JobState.DONE,), JobState.UNDOING)


def undo(*, job, by):
    """Take the whole list back, unless somebody went on working with it: then it stays, and the job says why."""
    try:
        with transaction.atomic():
            job = ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
            if job.state != JobState.UNDOING:
                return
            undo_rows(job=job, by=by)
            job.rows.all().delete()
            _move(job, (JobState.UNDOING,), JobState.UNDONE, content=b"", errors=[])
    except ValidationError as refused:
        _move(job, (JobState.UNDOING,), JobState.DONE, counts=job.counts | {"kept": " ".join(refused.messages)})


def again(*, job):
    """Step back from work that has stopped; nothing of it was written."""
    return job.state in BACK and is_stuck(job) and _move(job, (job.state,), BACK[job.state])


def is_stuck(job):
    return job.state in BACK and job.moved_at is not None and clock.now() - job.moved_at > STUCK_AFTER


def _own(job, by):
    if job.user_id != by.pk:
        raise PermissionDenied("Người gửi tệp mới làm tiếp được lần nhập này.")


def _move(job, sources, target, **values):
    """One statement from one of ``sources`` to ``target``: whoever comes second finds another state."""
    moved = ImportJob.objects.filter(pk=job.pk, state__in=sources).update(state=target, moved_at=clock.now(), **values)
    job.refresh_from_db()
    return bool(moved)


class Failing:
    """What goes wrong inside is said at the job; what nobody foresaw is raised again."""

    def __init__(self, job):
        self.job = job

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if error is None:
            return False
        known = isinstance(error, ValidationError | WorkbookRefused | PermissionDenied)
        words = " ".join(error.messages) if isinstance(error, ValidationError) else str(error) if known else "Chương trình gặp lỗi khi làm việc này. Thử lại; nếu vẫn vậy thì báo người quản trị."
        _move(self.job, (JobState.CHECKING, JobState.WRITING), JobState.FAILED, errors=[{"row": None, "column": "", "value": "", "text": words, "kind": "wrong"}])
        return known
