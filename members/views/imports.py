"""Lists of members from Excel: sent, columns chosen, looked at, confirmed, taken back; and lists taken out."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods

from ccb import clock
from members.forms.imports import ColumnsForm, ExportForm, UploadForm
from members.models import ImportJob, JobState, Level, Unit
from members.services.lists import jobs, out
from members.services.private import may_open
from members.tasks import STEPS, run_import
from members.workbooks.refusal import WorkbookRefused

MAY_IMPORT = permission_required("members.import_members", raise_exception=True)
MAY_EXPORT = permission_required("members.export_members", raise_exception=True)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 30
BUSY = (JobState.CHECKING, JobState.WRITING, JobState.UNDOING)
STEP_WORDS = {
    JobState.UPLOADED: "Bước 2: xem các cột", JobState.CHECKING: "Đang kiểm tra", JobState.CHECKED: "Bước 3: xem trước, chưa ghi",
    JobState.WRITING: "Đang ghi vào sổ", JobState.DONE: "Đã ghi vào sổ", JobState.FAILED: "Chưa ghi được", JobState.UNDONE: "Đã hoàn tác",
    JobState.UNDOING: "Đang hoàn tác",
}


def units_of(user):
    """Units a list may be of: from the user's own down to the chi hội; a province's list may hold many communes."""
    found = Unit.objects.open_on(clock.today()).order_by("path")
    top = user.acting.unit if user.acting else None
    if top is None or Level(top.level).rank < Level.CO_SO.rank:
        return found.filter(level__in=[Level.TINH, Level.CUM, Level.CO_SO])
    return found.filter(level__in=[Level.CO_SO, Level.CHI_HOI, Level.PHAN_HOI])


def job_of(pk, **conditions):
    return get_object_or_404(ImportJob.objects.select_related("unit", "user").defer("content"), pk=pk, **conditions)


def leads_to(job):
    return redirect("members:import_job", pk=job.pk)


@require_GET
@MAY_IMPORT
def imports(request):
    found = ImportJob.objects.select_related("unit", "user").defer("content", "errors", "mapping")[:50]
    return render(request, "members/imports.html", {"jobs": found})


@require_http_methods(["GET", "POST"])
@MAY_IMPORT
def import_new(request):
    """Step 1: a workbook, or what was pasted."""
    units = units_of(request.user)
    top = request.user.acting.unit if request.user.acting else None
    if request.method == "GET":
        asked = request.GET.get("don-vi", "")
        form = UploadForm(units=units, initial={"unit": asked if asked.isdecimal() else top})
        return render(request, "members/import_new.html", {"form": form})
    form = UploadForm(request.POST, request.FILES, units=units)
    if form.is_valid():
        unit, file = form.cleaned_data["unit"], form.cleaned_data["file"]
        try:
            content = file.read() if file else jobs.pasted(form.cleaned_data["pasted"])
            job = jobs.upload(unit=unit, file_name=file.name if file else f"Danh sách dán lúc {clock.now():%H:%M}", content=content, by=request.user)
        except WorkbookRefused as refused:
            form.add_error("file" if file else "pasted", f"{refused} Chưa có gì được ghi.")
        else:
            return leads_to(job)
    return render(request, "members/import_new.html", {"form": form}, status=422)


@require_http_methods(["GET", "POST"])
@MAY_IMPORT
def import_job(request, pk):
    """The one page of an import; what it shows and takes depends on how far the import is."""
    job = job_of(pk)
    if request.method == "POST":
        step = ACTS.get(request.POST.get("viec", ""))
        if step is None:
            raise Http404
        return step(request, job)
    if job.state == JobState.UPLOADED or (job.state in (JobState.CHECKED, JobState.FAILED) and "sua-cot" in request.GET):
        return _show_columns(request, job)
    return _show(request, job)


def _context(request, job):
    wrong = [error for error in job.errors if error["kind"] == "wrong"]
    warned = [error for error in job.errors if error["kind"] == "warning"]
    return {
        "job": job, "title": STEP_WORDS[JobState(job.state)], "wrong": wrong[:SHOWN], "warned": warned[:SHOWN], "mine": job.user_id == request.user.pk,
        "to_write": job.counts.get("new", 0) + job.counts.get("changed", 0), "stuck": jobs.is_stuck(job),
        "busy": job.state in BUSY, "percent": min(99, job.done * 100 // job.total) if job.total else 0,
    }


def _show(request, job, status=200):
    return render(request, "members/import_job.html", _context(request, job), status=status)


def _columns_form(request, job, data=None):
    sheet = jobs.sheet_of(ImportJob.objects.get(pk=job.pk))
    columns = list(sheet.columns())
    encoded = {i for i, _, _, before, _ in columns if any(not text.isascii() for text in before)}
    return ColumnsForm(data, columns=columns, mapping=job.mapping, encoded=encoded, private=may_open(request.user))


def _show_columns(request, job, form=None, status=200):
    try:
        form = form or _columns_form(request, job)
    except WorkbookRefused as refused:
        messages.warning(request, str(refused))
        return redirect("members:import_new")
    return render(request, "members/import_columns.html", _context(request, job) | {"form": form}, status=status)


def _choose(request, job):
    """Columns chosen: check the list."""
    try:
        form = _columns_form(request, job, request.POST)
    except WorkbookRefused as refused:
        messages.warning(request, str(refused))
        return redirect("members:import_new")
    if form.is_valid():
        columns, encodings, sex = form.chosen()
        try:
            with transaction.atomic():
                if jobs.choose(job=job, columns=columns, encodings=encodings, sex=sex, by=request.user):
                    _later(request, job, "check")
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _run(request, job, "check")
    return _show_columns(request, job, form, 422)


def _confirm(request, job):
    with transaction.atomic():
        if jobs.confirm(job=job, by=request.user):
            _later(request, job, "write")
    return _run(request, job, "write")


def _later(request, job, step):
    """A long list is the worker's: its task commits with the state."""
    if job.total > jobs.LARGE:
        acting = request.user.acting
        run_import.enqueue(job.pk, step, request.user.pk, acting.pk if acting else None)


def _run(request, job, step):
    """A short list is done while the user waits; whoever clicks twice finds it done."""
    if job.total <= jobs.LARGE:
        STEPS[step](job=ImportJob.objects.select_related("unit").get(pk=job.pk), by=request.user)
    return leads_to(job)


def _undo(request, job):
    with transaction.atomic():
        if jobs.begin_undo(job=job):
            _later(request, job, "undo")
    return _run(request, job, "undo")


def _again(request, job):
    if jobs.again(job=job):
        messages.info(request, "Đã quay lại bước trước. Chưa có gì được ghi vào sổ.")
    return leads_to(job)


ACTS = {"ghep": _choose, "ghi": _confirm, "hoan-tac": _undo, "lai": _again}


@require_GET
@MAY_IMPORT
def import_progress(request, pk):
    """The piece of the page that asks again; once the work is over it leads to the whole page."""
    job = job_of(pk)
    answer = render(request, "members/import_progress.html", _context(request, job))
    if job.state not in BUSY:
        answer["HX-Redirect"] = reverse("members:import_job", args=[job.pk])
    return answer


@require_GET
@MAY_IMPORT
def import_errors(request, pk):
    """The bad lines alone, to be mended and sent again."""
    job = get_object_or_404(ImportJob.objects.select_related("unit"), pk=pk)
    if not job.counts.get("wrong"):
        raise Http404
    try:
        sheet, problems = jobs.lines_to_mend(job=job, by=request.user)
    except WorkbookRefused as refused:
        messages.warning(request, str(refused))
        return leads_to(job)
    return _file(out.error_workbook(sheet_read=sheet, problems=problems), f"dong-can-sua-{job.pk}.xlsx")


@require_GET
@MAY_IMPORT
def import_template(request):
    return _file(out.template(), "mau-danh-sach-hoi-vien.xlsx")


@require_http_methods(["GET", "POST"])
@MAY_EXPORT
def export(request):
    """The members' list as a workbook, once a reason is given."""
    units = units_of(request.user)
    if request.method == "GET":
        asked = request.GET.get("don-vi", "")
        top = request.user.acting.unit if request.user.acting else None
        form = ExportForm(units=units, initial={"unit": asked if asked.isdecimal() else top})
        return render(request, "members/export.html", {"form": form, "private": may_open(request.user)})
    form = ExportForm(request.POST, units=units)
    if not form.is_valid():
        return render(request, "members/export.html", {"form": form, "private": may_open(request.user)}, status=422)
    unit = form.cleaned_data["unit"]
    content = out.export_members(unit=unit, reason=form.cleaned_data["reason"], by=request.user)
    return _file(content, f"hoi-vien-{slugify(unit.code)}-{clock.today():%Y-%m-%d}.xlsx")


def _file(content, name):
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
