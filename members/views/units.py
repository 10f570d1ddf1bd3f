"""The tree of units and the page of one unit."""

from dataclasses import dataclass, field
from itertools import pairwise

from django.db.models import Count
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from ccb import clock
from members.effective import effective_settings
from members.models import Level, Membership, Unit, UnitRole, UnitSettings
from members.scoping import SEGMENT
from members.vietnamese import fold

from .access import permission_required

DEEP = 2  # levels shown below the top of a tree
MANY = 200  # units on one page; a larger tree shows one level
FOUND = 50
LAST_CHANGES = 10


@dataclass
class Branch:
    """A unit in the drawn tree; ``below`` counts its direct subordinates that are not drawn."""

    unit: Unit
    members: int | None = None
    below: int = 0
    children: list["Branch"] = field(default_factory=list)


def members_by_path(top, day):
    """People with an open spell, by the path of their unit. Not counted above the province: too many."""
    if Level(top.level).rank < Level.TINH.rank:
        return None
    spells = Membership.objects.active_on(day).filter(unit__in=Unit.objects.under(top))
    return dict(spells.values_list("unit__path").annotate(n=Count("*")).order_by())


def draw(top, day):
    """The tree below ``top``: two levels, or one when two are too many for a page."""
    known = list(Unit.objects.under(top).open_on(day).filter(path__length__lte=len(top.path) + (DEEP + 1) * SEGMENT).order_by("path"))
    known = [unit for unit in known if unit.pk != top.pk]
    depth = {unit.pk: (len(unit.path) - len(top.path)) // SEGMENT for unit in known}
    shown = DEEP if sum(deep <= DEEP for deep in depth.values()) <= MANY else 1
    counts = members_by_path(top, day)

    def count(unit):
        return None if counts is None else sum(n for path, n in counts.items() if path.startswith(unit.path))

    root = Branch(top, count(top))
    branches = {top.path: root}
    for unit in known:
        above = branches.get(unit.path[:-SEGMENT])
        if above is None:
            continue
        if depth[unit.pk] > shown:
            above.below += 1
            continue
        branches[unit.path] = branch = Branch(unit, count(unit))
        above.children.append(branch)
    return root


def search(text):
    """Units of the scope whose name holds every word, with or without marks, or whose code begins so.

    Returns at most ``FOUND`` units and how many there are.
    """
    words, code = fold(text).split(), text.casefold()
    hits = [
        pk
        for pk, name, unit_code in Unit.objects.order_by("path").values_list("pk", "name", "code")
        if unit_code.casefold().startswith(code) or all(f" {word}" in f" {fold(name)}" for word in words)
    ]
    return list(Unit.objects.filter(pk__in=hits[:FOUND]).select_related("parent").order_by("path")), len(hits)


@require_GET
@permission_required("members.view_unit", raise_exception=True)
def units(request):
    """The tree below the acting unit or, with ``goc``, below one of its subordinates; a search with ``q``."""
    text = request.GET.get("q", "").strip()[:100]
    top = request.GET.get("goc", "")
    context = {"q": text, "today": clock.today()}
    if text:
        context["found"], context["found_count"] = search(text)
    elif top:
        context["top"] = get_object_or_404(Unit.objects.select_related("parent"), pk=top if top.isdecimal() else None)
    elif request.user.acting:
        context["top"] = request.user.acting.unit
    if "top" in context:
        context["trees"] = [draw(context["top"], context["today"])]
    elif not text:  # an installer acts for nobody: every unit that stands under none
        context["trees"] = [draw(unit, context["today"]) for unit in Unit.objects.filter(parent=None).open_on(context["today"])]
    return render(request, "members/units.html", context)


CHANGES = {"name": "Tên", "kind": "Loại", "code": "Mã", "level": "Cấp", "opens_on": "Hoạt động từ", "closes_on": "Đến ngày"}


def changes(unit):
    """The last corrections of the unit's own row: when, by whom, which fields from what to what."""
    rows = list(unit.history.select_related("history_user").order_by("-history_date", "-history_id")[: LAST_CHANGES + 1])
    found = []
    for newer, older in pairwise(rows):
        fields = [(words, shown(older, name), shown(newer, name)) for name, words in CHANGES.items() if getattr(newer, name) != getattr(older, name)]
        if fields:
            found.append({"at": newer.history_date, "by": newer.history_user, "fields": fields})
    return found


def shown(row, name):
    value = getattr(row, name)
    if hasattr(row, f"get_{name}_display"):
        return getattr(row, f"get_{name}_display")()
    return value.strftime("%d/%m/%Y") if hasattr(value, "strftime") else value or "chưa có"


SETTINGS = ["issuer_line", "place_name", "signer_title", "signer_name", "addressed_to", "outline"]


def settings_shown(unit, day):
    """Label and value of the settings that people ask about, the unit's own or taken from above."""
    effective = effective_settings(unit, day)
    labels = {name: UnitSettings._meta.get_field(name).verbose_name for name in SETTINGS}
    outline = dict(UnitSettings.Outline.choices)
    return [
        (labels[name][0].upper() + labels[name][1:], outline.get(getattr(effective, name), getattr(effective, name)))
        for name in SETTINGS
    ]


@require_GET
@permission_required("members.view_unit", raise_exception=True)
def unit(request, pk):
    """What is known of one unit, who acts for it, what it was called."""
    found = get_object_or_404(Unit.objects.select_related("parent"), pk=pk)
    day = clock.today()
    acting = request.user.acting
    people = UnitRole.objects.in_force(day).filter(unit=found, user__is_active=True).select_related("user").order_by("role", "user__full_name")
    lower = acting is None or found.path != acting.unit.path or request.user.is_staff
    return render(
        request,
        "members/unit.html",
        {
            "unit": found,
            "tree": draw(found, day),
            "parent_open": Unit.objects.filter(pk=found.parent_id).exists(),
            "people": people,
            "may_issue": lower and request.user.has_perm("members.issue_code"),
            "keeps_members": Level(found.level).rank >= Level.CO_SO.rank,
            "versions": found.versions.select_related("parent").order_by("-starts_on"),
            "changes": changes(found),
            "settings": settings_shown(found, day),
        },
    )
