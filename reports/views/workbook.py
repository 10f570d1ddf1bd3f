"""Workbooks in and out: the page that does what ``import_figures`` does."""

from io import BytesIO

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods

from reports import catalogue
from reports.forms.upload import UploadForm
from reports.services import uploads
from reports.services.imports import Refusal
from reports.services.periods import periods_of
from reports.services.workbook_out import TooManyRows, write_template
from reports.todo import open_periods
from reports.workbooks.refusal import WorkbookRefused

from .entry import PERIODS_SHOWN, chosen_period, chosen_unit

MAY_IMPORT = "reports.import_figures"
MAY_CREATE = "members.add_unit"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LINES_SHOWN = 200


@require_http_methods(["GET", "POST"])
@permission_required(MAY_IMPORT, raise_exception=True)
def import_page(request):
    """Upload → preview → confirm. Nothing is stored before the last step, which reads the same bytes again."""
    if request.method == "GET":
        return _show_page(request, UploadForm(may_create=request.user.has_perm(MAY_CREATE)))
    if "bo" in request.POST:
        uploads.forget(request.session, request.POST["bo"])
        messages.info(request, "Đã bỏ bản xem trước. Chưa có gì được lưu.")
        return redirect("reports:import")
    if "xac-nhan" in request.POST:
        return _confirm(request, request.POST["xac-nhan"])
    form = UploadForm(request.POST, request.FILES, may_create=request.user.has_perm(MAY_CREATE))
    if not form.is_valid():
        return _show_page(request, form, 422)
    files = [(file.name, file.read()) for file in form.cleaned_data["files"]]
    choices = {name: form.cleaned_data.get(name, False) for name in ("create_units", "create_indicators")}
    try:
        batch = uploads.import_batch(files, **choices, dry_run=True, by=request.user)
    except WorkbookRefused as refused:
        form.add_error("files", str(refused))
        return _show_page(request, form, 422)
    token = "" if batch.refused else uploads.keep(request.session, files, **choices).token
    return _show_preview(request, batch, token)


def _confirm(request, token):
    upload = uploads.kept(request.session, token)
    files = upload.files() if upload else None
    if files is None:
        messages.warning(request, "Bản xem trước này đã lưu xong, đã bỏ hoặc quá một ngày. Muốn nhập nữa thì gửi lại tệp.")
        return redirect("reports:import")
    may_create = request.user.has_perm(MAY_CREATE)
    choices = {"create_units": upload.create_units and may_create, "create_indicators": upload.create_indicators and may_create}
    uploads.forget(request.session, token)
    try:
        batch = uploads.import_batch(files, **choices, by=request.user, previewed_at=upload.previewed_at)
    except WorkbookRefused as refused:
        messages.error(request, str(refused))
        return redirect("reports:import")
    if not batch.stored:
        return _show_preview(request, batch, "")
    messages.success(
        request,
        f"Đã lưu số liệu từ {len(files)} tệp: {batch.created} ô mới, {batch.changed} ô sửa, {batch.same} ô giữ nguyên. "
        "Việc tiếp: xem từng mục rồi xác nhận số liệu.",
    )
    return redirect("reports:entry")


def _show_page(request, form, status=200):
    unit = request.user.acting.unit if request.user.acting else None
    periods = periods_of(unit, PERIODS_SHOWN) if unit else []
    current = open_periods(unit, periods) if unit else []
    context = {
        "form": form, "unit": unit, "periods": periods, "chosen": current[0].period if current else next(iter(periods), None),
        "sections": catalogue.SECTIONS.items(),
    }
    return render(request, "reports/import.html", context, status=status)


def _show_preview(request, batch, token):
    tables = []
    for name, result in batch.results:
        news = [
            {"row": row, "unit": unit, "period": period, "entry": entry, "part": part, "done": done, "text": text}
            for row, unit, period, entry, part, done, text in result.cells if done != "same"
        ]
        tables.append({
            "name": name, "result": result, "news": news[:LINES_SHOWN], "more": max(0, len(news) - LINES_SHOWN),
            "refused": sorted(result.refused, key=_place)[:LINES_SHOWN], "more_refused": max(0, len(result.refused) - LINES_SHOWN),
        })
    context = {"batch": batch, "tables": tables, "token": token}
    return render(request, "reports/import_preview.html", context, status=422 if batch.refused else 200)


def _place(refusal: Refusal):
    return refusal.row, refusal.column


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
    response = HttpResponse(buffer.getvalue(), content_type=XLSX)
    name = f"so-lieu-{slugify(unit.code)}-{period.ends_on:%Y-%m-%d}{'-muc-' + section.lower() if sections else ''}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
