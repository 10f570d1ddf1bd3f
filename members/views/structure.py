"""Changes of the structure: the list, one change with its proof, and the steps of a new one.

Nothing is written before the last step is confirmed; what was typed waits in the session.
"""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_http_methods

from ccb import clock
from members.changes_told import Told
from members.forms.structure import WORK, StartForm
from members.models import Kind, Level, Unit, UnitChange
from members.scoping import SEGMENT
from members.services.structure import carry_out, effect_of, examine

from .access import permission_required
from .once import new_token, save_once
from .places import place_of
from .structure_draft import Draft
from .units import members_by_path

MAY = "members.change_structure"
PAGE = 50
PEOPLE_SHOWN = 20
BELOW = {
    Level.TRUNG_UONG: [Level.TINH], Level.TINH: [Level.CUM, Level.CO_SO], Level.CUM: [Level.CO_SO],
    Level.CO_SO: [Level.CHI_HOI, Level.PHAN_HOI], Level.CHI_HOI: [Level.PHAN_HOI], Level.PHAN_HOI: [],
}


# --- what has been done --------------------------------------------------------------------


@require_GET
@permission_required("members.view_unitchange", raise_exception=True)
def structure(request):
    """The changes of one's area, the newest first."""
    asked = request.GET.get("trang", "")
    rows = UnitChange.objects.select_related("unit").prefetch_related("successions__old", "successions__new", "versions__unit", "versions__parent")
    page = Paginator(rows, PAGE).get_page(asked if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1)
    context = {"page": page, "told": [Told(change) for change in page], "may": request.user.has_perm(MAY), "top": acting_unit(request)}
    return render(request, "members/structure.html", context)


@require_GET
@permission_required("members.view_unitchange", raise_exception=True)
def structure_change(request, pk):
    """One change: the decision, who carries on, and the counts before and after."""
    change = get_object_or_404(UnitChange.objects.select_related("unit", "by"), pk=pk)
    return render(request, "members/structure_change.html", {"change": change, "told": Told(change)})


def acting_unit(request):
    return request.user.acting.unit if request.user.acting else None


# --- a new one: what, and which units --------------------------------------------------------


@require_http_methods(["GET", "POST"])
@permission_required(MAY, raise_exception=True)
def structure_new(request):
    """First step. ``tren``: below which unit; ``don-vi`` and ``viec``: chosen already; ``nhap``: a draft to go on with."""
    draft = Draft.find(request.session, request.GET.get("nhap", ""))
    top = draft.top if draft and not draft.is_done else place_of(request, "tren")
    if top is None:
        return render(request, "members/structure_where.html", {"tops": Unit.objects.filter(parent=None, closes_on=None).order_by("path")})
    units = list(Unit.objects.under(top).filter(closes_on=None, level__in=BELOW[top.level]).exclude(pk=top.pk).exclude(kind=Kind.CUM_THI_DUA))
    form = StartForm(request.POST if request.method == "POST" else None, initial=_start(request, draft), units=units, sizes=_sizes(top, units), top=top)
    if request.method == "POST" and form.is_valid():
        draft = Draft.begin(request.session, kind=form.cleaned_data["kind"], units=form.cleaned_data["chosen"], top=top, before=draft)
        return redirect("members:structure_details", draft.key)
    context = {"form": form, "top": top, "step": 1, "shares": None}
    return render(request, "members/structure_start.html", context, status=422 if request.method == "POST" else 200)


def _start(request, draft):
    if draft and not draft.is_done:
        return {"kind": draft.data["kind"], "units": draft.data["units"]}
    chosen = request.GET.get("don-vi", "")
    kind = request.GET.get("viec", "")
    return {"kind": kind if kind in dict(WORK) else "", "units": [int(chosen)] if chosen.isascii() and chosen.isdigit() and len(chosen) < 18 else []}


def _sizes(top, units):
    """Members at or below each unit; nothing above the province, where there are too many."""
    counts = members_by_path(top, clock.today())
    if counts is None:
        return {}
    by_path = {unit.path: unit.pk for unit in units}
    sizes = dict.fromkeys(by_path.values(), 0)
    for path, n in counts.items():
        for end in range(SEGMENT, len(path) + 1, SEGMENT):
            if path[:end] in by_path:
                sizes[by_path[path[:end]]] += n
    return sizes


# --- the paper and the new units; who goes where -----------------------------------------------


def with_draft(view):
    """Hand the draft of the address to a step; one that is done or gone leads on instead."""
    @wraps(view)
    def step(request, key):
        draft = Draft.find(request.session, key)
        if draft and draft.is_done:
            messages.info(request, "Quyết định này đã ghi ở lần gửi trước, không ghi thêm lần nữa.")
            return redirect("members:structure_change", draft.data["done"])
        if draft is None or not draft.is_whole:
            messages.info(request, "Bản đang làm dở không còn: đã quá phiên làm việc, hoặc đơn vị đã chọn có thay đổi. Đồng chí bắt đầu lại; chưa có gì được ghi.")
            return redirect("members:structure_new")
        return view(request, draft)
    return step


@require_http_methods(["GET", "POST"])
@permission_required(MAY, raise_exception=True)
@with_draft
def structure_details(request, draft):
    """Second step: the decision, and what comes of the units."""
    if request.method == "POST":
        draft.keep("details", request.POST)
    form = draft.details()
    if request.method == "POST" and form.is_valid():
        share = draft.share(form)
        return redirect("members:structure_share" if share is not None and share.asks else "members:structure_preview", draft.key)
    context = {"form": form, "draft": draft, "step": 2, "shares": form.shares}
    if request.method == "GET" and form.is_bound:
        form.is_valid()
    return render(request, "members/structure_details.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@permission_required(MAY, raise_exception=True)
@with_draft
def structure_share(request, draft):
    """Third step of a split and a dissolution: chi hội and people, one by one."""
    details = draft.details()
    if not details.is_bound or not details.is_valid() or not details.shares:
        return redirect("members:structure_details", draft.key)
    if request.method == "POST":
        draft.keep("share", request.POST)
    form = draft.share(details)
    if request.method == "POST" and form.is_valid():
        return redirect("members:structure_preview", draft.key)
    context = {"form": form, "draft": draft, "step": 3, "shares": True}
    return render(request, "members/structure_share.html", context, status=422 if request.method == "POST" else 200)


# --- the preview, and the deed -----------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@permission_required(MAY, raise_exception=True)
@with_draft
def structure_preview(request, draft):
    """Last step: what would change, counted. POST does it, once."""
    plan = draft.plan()
    if plan is None:
        messages.info(request, "Còn bước chưa ghi đủ. Đồng chí ghi nốt rồi xem trước.")
        return redirect("members:structure_details", draft.key)
    try:
        if request.method == "POST":
            change = save_once(request, lambda: carry_out(plan=plan, by=request.user))
            return _told_done(request, draft, change)
        examine(plan=plan, by=request.user)
    except ValidationError as refused:
        return _show_preview(request, draft, plan, refused.messages, 422 if request.method == "POST" else 200)
    except PermissionDenied as refused:
        return _show_preview(request, draft, plan, [str(refused)], 403)
    return _show_preview(request, draft, plan, [], 200)


def _told_done(request, draft, change):
    if change is None:
        messages.info(request, "Quyết định này đã ghi ở lần gửi trước, không ghi thêm lần nữa.")
        return redirect("members:structure")
    draft.finish(change)
    told = Told(change)
    jobs = [format_html('<a href="{}">xem {}</a>', reverse("members:unit", args=[unit.pk]), unit.name) for unit in told.founded[:2]]
    said = (change.get_kind_display().lower(), change.decision_number, f"{localtime(clock.now()):%H:%M}")
    message = format_html("<strong>Đã ghi {} theo quyết định {} lúc {}.</strong>", *said)
    messages.success(request, format_html("{} Việc tiếp: {}.", message, jobs[0]) if jobs else message)
    return redirect("members:structure_change", change.pk)


def _show_preview(request, draft, plan, problems, status):
    details = draft.details()
    share = draft.share(details) if details.is_valid() else None
    effect = effect_of(plan)
    context = {
        "draft": draft, "plan": plan, "effect": effect, "problems": problems, "token": new_token(), "step": 4,
        "shares": share is not None and share.asks, "posts": effect.posts[:PEOPLE_SHOWN], "more_posts": max(0, len(effect.posts) - PEOPLE_SHOWN),
        "emptied": [row.unit for row in effect.rows if row.unit in plan.partial and row.before and not row.after],
        "units": ",".join(str(unit.pk) for unit in plan.changed), "work": dict(WORK)[draft.kind].partition(":")[0],
    }
    return render(request, "members/structure_preview.html", context, status=status)
