"""The register of members: the list."""

from django.db.models import Count, Exists, OuterRef, Q
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ccb import clock
from members.models import Member, Membership, Unit
from members.services.private import may_open, with_party

from .access import permission_required
from .places import next_level, place_of

PAGE = 50


def matching(text):
    """By card number when digits are typed, else by name in any order, with or without marks."""
    if any(character.isdigit() for character in text):
        return Q(card_number__icontains=text)
    return Q(pk__in=Member.objects.named(text).values("pk")) if text else Q()


def cursor_of(member):
    return f"{member.sort_key}-{member.pk}"


def read_cursor(text):
    """(sort key, pk) of a row, or None for anything that no page of ours wrote."""
    key, _, pk = text.rpartition("-")
    return (key, int(pk)) if key.isascii() and key.isalnum() and pk.isdecimal() and len(pk) < 19 else None


def beyond(cursor, side):
    key, pk = cursor
    return Q(**{f"sort_key__{side}": key}) | Q(**{"sort_key": key, f"pk__{side}": pk})


@require_GET
@permission_required("members.view_member", raise_exception=True)
def members(request):
    """Fifty at a time by (sort key, pk). One query counts, one reads the page, one the units to narrow by."""
    text = request.GET.get("q", "").strip()[:120]
    top = request.user.acting.unit if request.user.acting else None
    options = list(next_level(top))
    place = chosen_place(request, options)
    active = Member.objects.filter(Exists(Membership.objects.active_on(clock.today()).filter(member=OuterRef("pk"))))
    wanted = matching(text)
    if place:
        wanted &= Q(unit__in=Unit.objects.under(place))
    after, before = read_cursor(request.GET.get("sau", "")), read_cursor(request.GET.get("truoc", ""))
    asked = {"total": Count("*"), "found": Count("pk", filter=wanted) if wanted else Count("*")}
    if cursor := after or before:
        asked["above"] = Count("pk", filter=wanted & (beyond(cursor, "lt") | Q(pk=after[1] if after else 0)))
    counts = {"above": 0} | active.aggregate(**asked)
    rows = with_party(active.filter(wanted).select_related("unit"), by=request.user)
    if before and not after:
        page = list(rows.filter(beyond(before, "lt")).order_by("-sort_key", "-pk")[:PAGE])[::-1]
        first = counts["above"] - len(page) + 1
    else:
        if after:
            rows = rows.filter(beyond(after, "gt"))
        page = list(rows.order_by("sort_key", "pk")[:PAGE])
        first = counts["above"] + 1
    last = first + len(page) - 1
    kept = request.GET.copy()
    for name in ("sau", "truoc"):
        kept.pop(name, None)
    return render(
        request,
        "members/members.html",
        {
            "q": text, "place": place, "options": options, "page": page, "total": counts["total"], "found": counts["found"],
            "first": first, "last": last, "filtered": bool(wanted), "with_party": may_open(request.user),
            "earlier": cursor_of(page[0]) if page and first > 1 else "",
            "later": cursor_of(page[-1]) if page and last < counts["found"] else "",
            "kept": kept.urlencode(), "unit": top,
        },
    )


def chosen_place(request, options):
    """The unit that the list is narrowed to; read from the options when it is one of them."""
    asked = request.GET.get("don-vi", "")
    return next((unit for unit in options if str(unit.pk) == asked), None) or (place_of(request) if asked else None)
