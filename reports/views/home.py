"""The first page: what waits for the acting unit."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_GET

from ccb import clock
from members.models import Level
from members.views.access import anybody_logged_in
from reports.todo import WEEKDAYS, todos

from .entry import WRITE

QUICK_JOBS = 6


@require_GET
@anybody_logged_in
def home(request):
    """Everybody who is logged in has this page; a person without a unit learns whom to ask."""
    today = clock.today()
    context = {"today": today, "weekday": capfirst(WEEKDAYS[today.weekday()])}
    if request.user.acting is None:
        return render(request, "reports/home_no_unit.html", context)
    return _home_of_unit(request, context)


@permission_required("members.view_unit", raise_exception=True)
def _home_of_unit(request, context):
    unit = request.user.acting.unit
    found = todos(unit)
    context |= {
        "unit": unit, "todos": found, "can_write": request.user.has_perm(WRITE), "quick": _quick(request),
        "above": _above(unit),
    }
    return render(request, "reports/home.html", context)


def _above(unit):
    """To whom the unit sends its report; '' at the top, which finishes one and sends it to nobody."""
    if unit.parent is None:
        return "Trung ương Hội" if unit.level == Level.TINH else ""
    return "Trung ương Hội" if unit.parent.level == Level.TRUNG_UONG else "Hội cấp trên"


def _quick(request):
    """(words, address) of at most six jobs that the person may do."""
    jobs = [
        ("members.add_member", "Thêm hội viên", "members:member_add"),
        ("members.view_member", "Tìm hội viên", "members:members"),
        ("reports.change_enteredfigure", "Nhập số liệu", "reports:entry"),
        ("reports.import_figures", "Nhập số liệu từ tệp Excel", "reports:import"),
        ("reports.view_enteredfigure", "Xem, tải báo cáo", "reports:reports"),
        ("members.view_unit", "Xem đơn vị", "members:units"),
    ]
    return [(words, reverse(view)) for needs, words, view in jobs if request.user.has_perm(needs)][:QUICK_JOBS]
