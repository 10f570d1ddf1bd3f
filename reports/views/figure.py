"""Where a number comes from: the panel beside the report, and all its rows as a workbook."""

from io import BytesIO

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from members.models import Membership
from members.scoping import current_scope
from reports import indicators
from reports.appendices import cell_text
from reports.explain import explain
from reports.figures import rows_behind, typed_rows
from reports.outlines import AnnualReport
from reports.rendering.content import figure_key
from reports.services.cells import longest
from reports.workbooks.writer import Column, write_workbook

from .common import unit_and_period
from .report import READ, report_context

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _part(request):
    """The part asked for; 404 for one that no cell could have."""
    part = request.GET.get("phan", "")
    if len(part) > longest("part"):
        raise Http404
    return part


@require_GET
@permission_required(READ, raise_exception=True)
def figure(request, unit_pk, period_pk, code):
    unit, period = unit_and_period(unit_pk, period_pk)
    built = AnnualReport(unit, period)
    if code not in built.figures.entries:
        raise Http404
    part = _part(request)
    said = explain(built.figures, code, part)
    scope = current_scope()
    below = [(u, f, scope.contains(u.path), cell_text(f)) for u, f in said.below_figures]
    context = report_context(request, built, current=figure_key(code, part))
    context |= {"said": said, "below": below, "previous": said.figure.previous and cell_text(said.figure.previous)}
    return render(request, "reports/figure.html", context)


@require_GET
@permission_required(READ, raise_exception=True)
def figure_rows_xlsx(request, unit_pk, period_pk, code):
    """Every row behind a number: as many rows as the number counts, or every typed cell."""
    unit, period = unit_and_period(unit_pk, period_pk)
    entry = indicators.lookup().get(code)
    part = _part(request)
    if entry is None or entry.sensitive:
        raise Http404
    buffer = BytesIO()
    rows = rows_behind(code, unit, period, part)
    if rows is not None and rows.model is Membership:
        header = ["Họ và tên", "Năm sinh", "Đơn vị", "Tính từ ngày", "Đến ngày"]
        lines = ([r.member_name, r.birth_year, r.unit.name, r.starts_on, r.ends_on] for r in rows.select_related("unit").iterator(2000))
    elif rows is not None:
        header, lines = ["Đơn vị, hội viên"], ([str(getattr(r, "unit", None) or r.member)] for r in rows.iterator(2000))
    else:
        header = ["Mã đơn vị", "Đơn vị", "Phân tổ", "Giá trị", "Mẫu số", "Đã gõ", "Người nhập"]
        lines = (
            [r.unit.code, r.unit.name, r.part, r.value, r.denominator, r.as_typed, str(r.typed_by or "")]
            for r in typed_rows(code, unit, period) if not part or r.part == part
        )
    write_workbook(buffer, [Column(label, 34, "year" if label == "Năm sinh" else "plain") for label in header], lines)
    response = HttpResponse(buffer.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{code}-{unit.pk}.xlsx"'
    return response
