"""The grid of subordinate units × indicators of one section."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ccb import clock
from members.models import Level
from reports import catalogue, wording
from reports.forms.grid import COLUMNS_AT_ONCE, GridForm

from .common import unit_and_period
from .entry import READ, WRITE, figures_of, known_section, store


def _page(text):
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


@require_http_methods(["GET", "POST"])
@permission_required(READ, raise_exception=True)
def entry_grid(request, unit_pk, period_pk, section):
    """Rows are the direct subordinates in the tree; a cụm thi đua's members type their own numbers."""
    unit, period = unit_and_period(unit_pk, period_pk)
    title = known_section(section)
    if request.method == "POST":
        return _post_grid(request, unit, period, section, title)
    return _show(request, _form(request, unit, period, section), title)


def _form(request, unit, period, section, data=None):
    query = request.GET
    return GridForm(
        figures_of(unit, period, section, compare=False), section, query.getlist("cot")[:COLUMNS_AT_ONCE * 8], _page(query.get("nhom", "")),
        _page(query.get("trang", "")), data,
    )


@permission_required(WRITE, raise_exception=True)
def _post_grid(request, unit, period, section, title):
    form = _form(request, unit, period, section, request.POST)
    if "xem" in request.POST:
        return _show(request, form, title, pasted=form.paste(request.POST.get("dan", "")))
    changes = form.changes()
    if changes is None:
        return _show(request, form, title, 422)
    if not store(request, form, period, changes, title):
        return _show(request, form, title, 409 if any(c.conflict for c in form.cells) else 422)
    return redirect(request.get_full_path())


def _show(request, form, title, status=200, pasted=None):
    unit, period = form.figures.unit, form.period
    noun = wording.subordinate_noun(form.units) if form.units else "đơn vị"
    left_out = pasted.left_out(noun) if pasted else []
    here = reverse("reports:entry_grid", args=[unit.pk, period.pk, form.section])
    context = {
        "form": form, "unit": unit, "period": period, "section": form.section, "title": title, "noun": noun,
        "heading": f"Bảng nhập của {'cơ sở' if unit.level == Level.TINH else noun}", "pasted": pasted, "here": here,
        "can_write": request.user.has_perm(WRITE), "today": clock.today(), "totals": form.totals(), "column_limit": COLUMNS_AT_ONCE,
        "row_pages": range(1, form.row_pages + 1),
        "sections": [(code, f"Mục {code}. {name}") for code, name in catalogue.SECTIONS.items()],
        "left_out": left_out, "pasted_text": request.POST.get("dan", "") if left_out else "",
    }
    return render(request, "reports/entry_grid.html", context, status=status)
