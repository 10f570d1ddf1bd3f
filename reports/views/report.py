"""The report of a unit: list, page, files, and the words a secretary writes."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_http_methods

from ccb import clock
from members.models import Unit
from members.services import StaleVersion
from reports import indicators
from reports.asked import nearby, section_progress
from reports.forms.text import TextForm
from reports.models import EnteredFigure
from reports.outlines import AnnualReport
from reports.rendering.html import render_page, render_print
from reports.rendering.pdf import WAIT_SECONDS, PdfBusy, PdfUnavailable, render_pdf
from reports.services.periods import periods_of
from reports.services.texts import save_text

from .common import unit_and_period

READ = "reports.view_enteredfigure"


@require_GET
@permission_required(READ, raise_exception=True)
def report_list(request):
    """Which periods there are, and for the chosen one the acting unit and its direct subordinates."""
    unit = request.user.acting.unit if request.user.acting else None
    periods = periods_of(unit) if unit else []
    chosen = next((p for p in periods if str(p.pk) == request.GET.get("ky")), periods[0] if periods else None)
    rows = []
    if unit and chosen:
        units = [unit, *Unit.objects.filter(parent=unit).order_by("path")[:200]]
        typed = dict(
            EnteredFigure.objects.filter(period=chosen, unit__in=units).values_list("unit").annotate(n=Count("*"))
        )
        progress = section_progress(nearby(unit, chosen), indicators.lookup())
        rows = [(u, typed.get(u.pk, 0), *map(len, progress.get(u.pk, ("", "")))) for u in units]
    context = {"periods": periods, "period": chosen, "unit": unit, "rows": rows}
    return render(request, "reports/report_list.html", context)


def report_context(request, report, current=""):
    """What the report page needs, with or without a figure open beside it."""
    unit, period = report.unit, report.period

    def figure_url(code, part):
        url = reverse("reports:figure", args=[unit.pk, period.pk, code])
        return f"{url}{'?' + urlencode({'phan': part}) if part else ''}#so-nay"

    confirmed, sections = section_progress(nearby(unit, period), indicators.lookup())[unit.pk]
    prompted = [v for v in report.sections if v.section.prompts]
    writing = [v for v in prompted if v.text or v.section.if_empty == "ask"]
    return {
        "unit": unit, "period": period, "report": report, "last": report.last,
        "paper": render_page(report.document(with_prompts=True), figure_url, current),
        "confirmed": len(confirmed), "section_count": len(sections), "writing": writing,
        "optional": [v for v in prompted if v not in writing],
        "unwritten": [v for v in writing if v.is_empty and v.section.if_empty == "ask"],
    }


@require_GET
@permission_required(READ, raise_exception=True)
def report(request, unit_pk, period_pk):
    unit, period = unit_and_period(unit_pk, period_pk)
    return render(request, "reports/report.html", report_context(request, AnnualReport(unit, period)))


def _file_name(unit, period, ending):
    return f"bao-cao-{slugify(unit.code)}-{period.ends_on:%Y-%m-%d}.{ending}"


@require_GET
@permission_required(READ, raise_exception=True)
def report_pdf(request, unit_pk, period_pk):
    unit, period = unit_and_period(unit_pk, period_pk)
    try:
        data = render_pdf(AnnualReport(unit, period).document())
    except PdfUnavailable as error:
        messages.error(request, str(error))
        return redirect("reports:report", unit.pk, period.pk)
    except PdfBusy as error:
        context = {"heading": "Máy đang bận, chưa in được PDF", "words": str(error), "is_get": True, "again": request.path}
        busy = render(request, "503.html", context, status=503)
        busy["Retry-After"] = str(WAIT_SECONDS)
        return busy
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(unit, period, "pdf")}"'
    return response


@require_GET
@permission_required(READ, raise_exception=True)
def report_html(request, unit_pk, period_pk):
    """The paper as one HTML file to keep: an attachment, so that its own stylesheet never meets our policy."""
    unit, period = unit_and_period(unit_pk, period_pk)
    response = HttpResponse(render_print(AnnualReport(unit, period).document()), content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(unit, period, "html")}"'
    return response


@require_http_methods(["GET", "POST"])
@permission_required(READ, raise_exception=True)
@permission_required("reports.change_reporttext", raise_exception=True)
def report_text(request, unit_pk, period_pk, section):
    """Write one section. The second of two people gets both texts (409); nothing typed is lost."""
    unit, period = unit_and_period(unit_pk, period_pk)
    built = AnnualReport(unit, period)
    view = next((v for v in built.sections if v.section.code == section), None)
    if view is None:
        raise Http404
    stored, status = None, 200
    form = TextForm(request.POST or None, initial={"text": view.text, "version": view.version})
    if request.method == "POST":
        if form.is_valid():
            try:
                save_text(unit=unit, period=period, section=section, text=form.cleaned_data["text"],
                          version=form.cleaned_data["version"], by=request.user)
            except StaleVersion as stale:
                stored, status = stale.args[0], 409
                form = TextForm(initial={"text": form.cleaned_data["text"], "version": stored.version})
            else:
                messages.success(request, f"Đã lưu phần “{view.section.heading}” lúc {localtime(clock.now()):%H:%M}. Xem lại trong báo cáo bên dưới.", extra_tags=request.path)
                return redirect("reports:report", unit.pk, period.pk)
        else:
            status = 422
    figures_said = [b for b in view.blocks if getattr(b, "runs", None) and any(r.figure for r in b.runs)]
    context = {"unit": unit, "period": period, "report": built, "view": view, "form": form, "stored": stored, "said": figures_said}
    return render(request, "reports/report_text.html", context, status=status)
