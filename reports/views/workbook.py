"""Workbooks in and out: the page that does what ``import_figures`` does."""

from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods

from reports import catalogue
from reports.forms.upload import UploadForm
from reports.services import import_batch, uploads
from reports.services.import_errors import write_errors
from reports.services.imports import read_table
from reports.services.periods import periods_of
from reports.services.workbook_out import TooManyRows, write_template
from reports.todo import open_periods
from reports.workbooks.refusal import WorkbookRefused

from .entry import PERIODS_SHOWN, chosen_period, chosen_unit

MAY_IMPORT = "reports.import_figures"
MAY_CREATE = {"create_units": "members.add_unit", "create_indicators": "reports.add_indicator"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LINES_SHOWN = 50
GONE = "Lần gửi này đang được lưu, đã lưu xong, đã bỏ hoặc đã quá một ngày, nên không lưu thêm lần nữa. Xem số liệu để biết đã lưu chưa; muốn nhập nữa thì gửi lại tệp."


@require_http_methods(["GET", "POST"])
@permission_required(MAY_IMPORT, raise_exception=True)
def import_page(request):
    """Upload → preview → confirm. Nothing is stored before the last step, which reads the same bytes again."""
    if request.method == "GET":
        upload = uploads.kept(request.session, request.GET.get("xem", ""))
        if upload:
            return _show_again(request, upload)
        return _show_page(request, UploadForm(may_create=_may_create(request)))
    if "bo" in request.POST:
        uploads.forget(request.session, request.POST["bo"])
        messages.info(request, "Đã bỏ bản xem trước. Chưa có gì được lưu.")
        return redirect("reports:import")
    if "xac-nhan" in request.POST:
        return _confirm(request, request.POST["xac-nhan"])
    if "sua" in request.POST:
        return _take_mended(request, request.POST["sua"])
    form = UploadForm(request.POST, request.FILES, may_create=_may_create(request))
    if not form.is_valid():
        return _show_page(request, form, 422)
    choices = {name: form.cleaned_data.get(name, False) for name in MAY_CREATE}
    batch = _preview(request, import_batch.sent(_read(form)), choices)
    if all(outcome.unreadable for outcome in batch.outcomes):
        for outcome in batch.outcomes:
            form.add_error("files", f"Tệp “{outcome.workbook.name}” bị từ chối. {outcome.unreadable} Chưa có gì được lưu.")
        return _show_page(request, form, 422)
    return _keep_and_show(request, batch, choices)


def _may_create(request):
    return {name for name, permission in MAY_CREATE.items() if request.user.has_perm(permission)}


def _read(form):
    return [(file.name, file.read()) for file in form.cleaned_data["files"]]


def _preview(request, workbooks, choices):
    return import_batch.preview(workbooks, by=request.user, **_allowed(request, choices))


def _allowed(request, choices):
    may_create = _may_create(request)
    return {name: chosen and name in may_create for name, chosen in choices.items()}


def _keep_and_show(request, batch, choices, instead_of="", **more):
    token = ""
    if batch.bad_groups or batch.writes:
        token = uploads.keep(request.session, [outcome.remembered() for outcome in batch.outcomes], instead_of=instead_of, **choices)
    else:
        uploads.forget(request.session, instead_of)
    return _show_preview(request, batch, token, **more)


def _show_again(request, upload, **more):
    batch = _preview(request, upload.workbooks, upload.choices)
    if [outcome.remembered() for outcome in batch.outcomes] == upload.workbooks:
        return _show_preview(request, batch, upload.token, **more)
    # What was stored meanwhile makes other cells wrong.
    return _keep_and_show(request, batch, upload.choices, instead_of=upload.token, **more)


def _take_mended(request, token):
    """Rows that were mended take the place of those of their file; then everything is previewed anew."""
    upload = uploads.kept(request.session, token)
    group = request.POST.get("nhom", "")
    if upload is None or group not in {str(g) for g in upload.bad_groups}:
        messages.warning(request, GONE)
        return redirect("reports:import")
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show_again(request, upload, wrong=(int(group), form.errors["files"]))
    batch = _preview(request, import_batch.mended(upload.workbooks, int(group), _read(form)), upload.choices)
    unreadable = [f"Tệp “{o.workbook.name}” bị từ chối. {o.unreadable}" for o in batch.outcomes if o.unreadable and o.workbook.mends]
    if unreadable:
        return _show_again(request, upload, wrong=(int(group), unreadable))
    return _keep_and_show(request, batch, upload.choices, instead_of=token)


def _confirm(request, token):
    upload = uploads.take(request.session, token)
    if upload is None:
        messages.warning(request, GONE)
        return redirect("reports:import")
    try:
        answer = _store(request, upload)
    except BaseException:  # the server giving up on the request, too: it may be confirmed again
        uploads.put_back(token)
        raise
    uploads.forget(request.session, token)
    return answer


def _store(request, upload):
    batch = import_batch.store(upload.good, by=request.user, previewed_at=upload.previewed_at, **_allowed(request, upload.choices))
    if not (upload.good and batch.stored):
        stopped = [(outcome.workbook.name, refusal) for outcome in batch.outcomes for refusal in outcome.refused]
        return _keep_and_show(request, _preview(request, upload.workbooks, upload.choices), upload.choices, stopped=stopped, status=409)
    saved = (
        f"Đã lưu số liệu từ {len({w.group for w in upload.good})} tệp: {batch.total('created')} ô mới, {batch.total('changed')} ô sửa, "
        f"{batch.total('same')} ô giữ nguyên."
    )
    if upload.mendable:
        left = uploads.keep(request.session, upload.mendable, **upload.choices)
        messages.success(request, f"{saved} Việc tiếp: sửa các tệp dưới đây.")
        return redirect(f"{reverse('reports:import')}?{urlencode({'xem': left})}")
    messages.success(request, f"{saved} Việc tiếp: xem từng mục rồi xác nhận số liệu.")
    return redirect("reports:entry")


def _show_page(request, form, status=200):
    unit = chosen_unit(request)
    periods = periods_of(unit, PERIODS_SHOWN) if unit else []
    current = open_periods(unit, periods) if unit else []
    chosen = chosen_period(request, periods, current[0].period if current else next(iter(periods), None))
    if chosen and chosen not in periods:
        periods.append(chosen)
    context = {
        "form": form, "unit": unit, "periods": periods, "chosen": chosen, "is_own": bool(unit and request.user.acting and unit == request.user.acting.unit),
        "sections": catalogue.SECTIONS.items(), "waiting": uploads.waiting(request.session),
    }
    return render(request, "reports/import.html", context, status=status)


def _show_preview(request, batch, token, *, stopped=(), wrong=(None, ()), status=None):
    """``stopped``: [(file name, refusal)] of a confirmation that was refused. ``wrong``: (group, errors) of mended rows."""
    last = {outcome.workbook.group: place for place, outcome in enumerate(batch.outcomes)}
    unreadable = {outcome.workbook.group for outcome in batch.outcomes if outcome.unreadable}
    tables = []
    for place, outcome in enumerate(batch.outcomes):
        group = outcome.workbook.group
        held = group in batch.bad_groups
        takes_mended = held and last[group] == place and group not in unreadable
        tables.append(_table(outcome) | {
            "place": place, "held": held, "takes_mended": takes_mended, "wrong_files": wrong[1] if takes_mended and wrong[0] == group else (),
        })
    context = {
        "batch": batch, "tables": tables, "token": token, "stopped": stopped[:LINES_SHOWN], "bad": [t for t in tables if t["outcome"].is_bad],
        "bad_files": len(batch.bad_groups), "good_files": len({o.workbook.group for o in batch.good}),
        **{name: batch.total(name) for name in ("created", "changed", "same")},
    }
    return render(request, "reports/import_preview.html", context, status=status or (422 if batch.bad_groups or wrong[1] else 200))


def _table(outcome):
    """One workbook of a preview: each list with how many lines of it are not shown."""
    result = outcome.result
    cells = result.cells if result else []
    lists = {
        "wrong": sorted(outcome.refused, key=lambda refusal: (refusal.row, refusal.column)),
        "changed": [cell for cell in cells if cell.done == "changed"], "created": [cell for cell in cells if cell.done == "created"],
        "warnings": result.warnings if result else [],
    }
    return {"outcome": outcome, "result": result} | {
        name: (lines[:LINES_SHOWN], max(0, len(lines) - LINES_SHOWN)) for name, lines in lists.items()
    }


@require_GET
@permission_required(MAY_IMPORT, raise_exception=True)
def import_errors(request, token, place):
    """The rows to be mended of one workbook of a preview; 404 for whoever did not send it."""
    upload = uploads.kept(request.session, token)
    if upload is None or place >= len(upload.workbooks) or not upload.workbooks[place].refusals:
        raise Http404
    workbook = upload.workbooks[place]
    buffer = BytesIO()
    try:
        write_errors(buffer, read_table(workbook.data), workbook.refusals)
    except WorkbookRefused as refused:
        raise Http404 from refused
    return _download(buffer, f"phai-sua-{slugify(Path(workbook.name).stem)}.xlsx")


@require_GET
@permission_required(MAY_IMPORT, raise_exception=True)
def import_template(request):
    """The workbook for the chosen period: the unit, its direct subordinates, or both; all sections or one."""
    unit = chosen_unit(request)
    period = chosen_period(request, [], None)
    if unit is None or period is None:
        raise Http404
    which = request.GET.get("gom", "")
    section = request.GET.get("muc", "")
    sections = [section] if section in catalogue.SECTIONS else None
    buffer = BytesIO()
    try:
        write_template(buffer, unit, period, own=which != "duoi", below=which != "minh", sections=sections)
    except TooManyRows as error:
        messages.warning(request, str(error))
        return redirect(f"{reverse('reports:import')}?ky={period.pk}")
    return _download(buffer, f"so-lieu-{slugify(unit.code)}-{period.ends_on:%Y-%m-%d}{'-muc-' + section.lower() if sections else ''}.xlsx")


def _download(buffer, name):
    response = HttpResponse(buffer.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
