"""Typing numbers: which period and unit, one section, and confirming it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_http_methods

from ccb import clock
from members.models import Period, Unit
from members.scoping import current_scope
from reports import catalogue, indicators, wording
from reports.asked import entries_of, nearby, section_states
from reports.figures import FigureSet
from reports.forms.section import SectionForm
from reports.models import SectionConfirmation
from reports.services.cells import confirm_section as store_confirmation
from reports.services.cells import withdraw_confirmation
from reports.services.entry import Conflicts, Contradictions, save_cells
from reports.services.periods import periods_of
from reports.structure import ancestors_of
from reports.todo import open_periods

from .common import unit_and_period

READ = "reports.view_enteredfigure"
WRITE = "reports.change_enteredfigure"
PERIODS_SHOWN = 60
CHILDREN_SHOWN = 200


def known_section(section):
    if section not in catalogue.SECTIONS:
        raise Http404
    return f"Mục {section}. {catalogue.SECTIONS[section]}"


def chosen_unit(request):
    """The unit asked for by ``?don-vi=``, else the acting one; 404 out of scope, None without a role."""
    acting = request.user.acting
    asked = request.GET.get("don-vi", "")
    if not asked:
        return acting.unit if acting else None
    unit = Unit.objects.select_related("parent").filter(pk=int(asked) if _is_key(asked) else 0).first()
    if unit is None:
        raise Http404
    return unit


def chosen_period(request, periods, default):
    """The period asked for by ``?ky=``; 404 for one that does not exist."""
    asked = request.GET.get("ky", "")
    if not asked:
        return default
    known = next((p for p in periods if str(p.pk) == asked), None)
    known = known or (Period.objects.filter(pk=int(asked)).first() if _is_key(asked) else None)
    if known is None:
        raise Http404
    return known


def _is_key(text):
    return text.isascii() and text.isdigit() and len(text) < 18


def units_to_choose(unit):
    """The way down to ``unit`` within the scope, and the units directly below it."""
    scope = current_scope()
    line = [u for u in ancestors_of(unit) if scope.contains(u.path)]
    below = Unit.objects.filter(parent=unit).open_on(clock.today()).order_by("path")[:CHILDREN_SHOWN]
    return [*line, unit, *below]


@require_GET
@permission_required(READ, raise_exception=True)
def entry(request):
    """Choose a period and a unit; then the sections with how far each of them is."""
    unit = chosen_unit(request)
    periods = periods_of(unit, PERIODS_SHOWN) if unit else []
    current = open_periods(unit, periods) if unit else []
    period = chosen_period(request, periods, current[0].period if current else next(iter(periods), None))
    if period and period not in periods:
        periods.append(period)
    context = {"unit": unit, "periods": periods, "period": period}
    if unit and period:
        structure, entries = nearby(unit, period), indicators.lookup()
        states = section_states(unit, period, structure, entries)
        below = [structure.units[pk] for pk in structure.children[unit.pk]]
        context |= {
            "units": units_to_choose(unit), "states": states, "first": structure.first, "last": structure.last,
            "confirmed": sum(not s.is_open for s in states),
            "has_children": bool(below) and not unit.is_cluster, "noun": wording.subordinate_noun(below),
            "finder": [(s, [e for e in entries.values() if e.section == s.code and not e.legacy and structure.concerns(unit.pk, e)]) for s in states],
        }
    return render(request, "reports/entry.html", context)


def figures_of(unit, period, section, compare=True):
    """The figures that a page of one section needs, and no others."""
    return FigureSet(unit, period, entries=entries_of(section), compare=compare)


def _saved_words(done, title):
    parts = [f"{n} {words}" for n, words in (
        (done["created"], "ô mới"), (done["changed"], "ô sửa"), (done["deleted"], "ô bỏ trống"),
    ) if n]
    if not parts:
        return f"{title.split('.')[0]}: không có gì mới để lưu, số liệu đã lưu từ trước."
    return f"Đã lưu {title.split('.')[0]} lúc {localtime(clock.now()):%H:%M}: {', '.join(parts)}."


def store(request, form, period, changes, title):
    """Save what a form read; True when stored. Else the form knows why: its errors, or both values."""
    try:
        done = save_cells(period=period, changes=changes, by=request.user)
    except Conflicts as conflicts:
        form.conflict(conflicts.found)
        return False
    except Contradictions as contradictions:
        form.contradict(contradictions.found)
        return False
    messages.success(request, _saved_words(done, title), extra_tags=request.path)
    for warning in dict.fromkeys(c.cell.warning for c in changes if c.cell and c.cell.warning):
        messages.warning(request, f"{warning} Nếu đúng thì để nguyên.")
    return True


@require_http_methods(["GET", "POST"])
@permission_required(READ, raise_exception=True)
def entry_section(request, unit_pk, period_pk, section):
    """One section. POST saves every line or none; the second of two people sees both values (409)."""
    unit, period = unit_and_period(unit_pk, period_pk)
    title = known_section(section)
    if request.method == "POST":
        return _post_section(request, unit, period, section, title)
    added = request.GET.getlist("them")
    form = SectionForm(
        figures_of(unit, period, section), section, show_all="tat-ca" in request.GET, show_parts="phan" in request.GET, added=added,
    )
    return _show_section(request, form, title, added=added)


@permission_required(WRITE, raise_exception=True)
def _post_section(request, unit, period, section, title):
    added = request.POST.getlist("them")
    form = SectionForm(
        figures_of(unit, period, section), section, request.POST, "tat-ca" in request.GET, "phan" in request.POST or "phan" in request.GET,
        [*added, *request.GET.getlist("them")],
    )
    if "hien" in request.POST or "phan" in request.POST:  # more lines, what was typed stays typed
        return _show_section(request, form, title, added=added)
    changes = form.changes()
    if changes is None:
        return _show_section(request, form, title, 422)
    if not store(request, form, period, changes, title):
        return _show_section(request, form, title, 409 if any(line.conflict for line in form.lines) else 422)
    if "xac-nhan" in request.POST:
        return redirect("reports:confirm_section", unit.pk, period.pk, section)
    here = reverse("reports:entry_section", args=[unit.pk, period.pk, section])
    ticked = [entry.code for entry in form.extra if entry.code in added]  # and sent with "Lưu": they come next
    return redirect(f"{here}?{urlencode({'them': ticked}, doseq=True)}" if ticked else here)


def _show_section(request, form, title, status=200, added=()):
    unit, period, section = form.unit, form.period, form.section
    before = form.figures.before
    confirmation = SectionConfirmation.objects.filter(unit=unit, period=period, section=section).select_related("by").first()
    context = {
        "form": form, "unit": unit, "period": period, "section": section, "title": title,
        "before_label": before.period.label if before else "kỳ trước", "last": form.figures.last,
        "confirmation": confirmation, "can_write": request.user.has_perm(WRITE),
        "is_own": bool(request.user.acting and request.user.acting.unit_id == unit.pk),
        "today": clock.today(), "has_children": bool(form.figures.subordinates()) and not unit.is_cluster,
        "neighbours": _neighbours(unit, period, section), "added": form.boxes_of(added), "picking": "hien" in request.POST and not added,
    }
    return render(request, "reports/entry_section.html", context, status=status)


def _neighbours(unit, period, section):
    """(words, address) of the sections before and after this one."""
    codes = list(catalogue.SECTIONS)
    at = codes.index(section)
    return [
        (f"{words}: Mục {codes[i]}", reverse("reports:entry_section", args=[unit.pk, period.pk, codes[i]]))
        for words, i in (("Mục trước", at - 1), ("Mục sau", at + 1)) if 0 <= i < len(codes)
    ]


@require_http_methods(["GET", "POST"])
@permission_required("reports.add_sectionconfirmation", raise_exception=True)
def confirm_section(request, unit_pk, period_pk, section):
    """GET: every line with last time's value beside it, and what will count as 0. POST: confirm, or withdraw."""
    unit, period = unit_and_period(unit_pk, period_pk)
    title = known_section(section)
    back = redirect("reports:entry_section", unit.pk, period.pk, section)
    if request.method == "GET":
        form = SectionForm(figures_of(unit, period, section), section)
        before = form.figures.before
        zero = [line for line in form.lines if line.is_missing and not line.is_derived and not line.part and not line.entry.is_ratio]
        context = {
            "form": form, "unit": unit, "period": period, "section": section, "title": title, "zero": zero, "today": clock.today(),
            "before_label": before.period.label if before else "kỳ trước", "last": form.figures.last,
            "confirmation": SectionConfirmation.objects.filter(unit=unit, period=period, section=section).first(),
        }
        return render(request, "reports/entry_confirm.html", context)
    if "rut-lai" in request.POST:
        return _withdraw(request, unit, period, section, title, back)
    with transaction.atomic():
        store_confirmation(unit=unit, period=period, section=section, by=request.user)
    messages.success(request, f"Đã xác nhận {title.split('.')[0]} của {unit.name}, {period.label}. Việc tiếp: {_next_job(unit, period)}")
    return redirect(f"{reverse('reports:entry')}?ky={period.pk}&don-vi={unit.pk}")


@permission_required("reports.delete_sectionconfirmation", raise_exception=True)
def _withdraw(request, unit, period, section, title, back):
    withdraw_confirmation(unit=unit, period=period, section=section, by=request.user)
    messages.success(request, f"Đã rút xác nhận {title.split('.')[0]}. Ô để trống lại là chưa báo cáo.")
    return back


def _next_job(unit, period):
    left = [s.code for s in section_states(unit, period, entries=indicators.lookup()) if s.is_open]
    if left:
        return f"nhập và xác nhận Mục {left[0]}."
    return "mọi mục đã xác nhận, đồng chí mở báo cáo để xem và viết phần lời."
