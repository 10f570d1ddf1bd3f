"""The register of members: list, new entry, change."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods

from ccb import clock
from members.forms import MemberForm, NewMemberForm
from members.models import Level, Member, Membership, MemberStatus, StatusKind, Unit
from members.services import StaleVersion, change_member, co_so_of, register_member

from .access import permission_required, sees_party
from .once import new_token, save_once, was_saved

PAGE = 50
FIELDS = ["name", "sex", "born", "admitted_on", "category", "card_number"]


def place_of(request, name="don-vi"):
    """The unit that the address names (404 outside the scope), else the acting unit, else None."""
    asked = request.GET.get(name, "")
    if asked:
        return get_object_or_404(Unit.objects.select_related("parent"), pk=asked if asked.isdecimal() else None)
    return request.user.acting.unit if request.user.acting else None


def next_level(top):
    """By which units a list below ``top`` is narrowed: provinces, then cơ sở, then chi hội."""
    units = Unit.objects.open_on(clock.today()).order_by("path")
    if top is None or Level(top.level).rank < Level.TINH.rank:
        return units.filter(level=Level.TINH)
    if Level(top.level).rank < Level.CO_SO.rank:
        return units.filter(level=Level.CO_SO)
    return units.filter(level__in=[Level.CHI_HOI, Level.PHAN_HOI])


def keepers(place):
    """Units at or below ``place`` in which people are entered: its chi hội, or itself when it has none."""
    units = Unit.objects.under(place).open_on(clock.today()).order_by("path")
    groups = units.filter(level__in=[Level.CHI_HOI, Level.PHAN_HOI])
    return groups if groups.exists() else units.filter(pk=place.pk)


# --- the list ------------------------------------------------------------------------------


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
    rows = active.filter(wanted).select_related("unit")
    if sees_party(request.user):
        party = MemberStatus.objects.filter(member=OuterRef("pk"), kind=StatusKind.PARTY, ends_on=None)
        rows = rows.annotate(of_party=Exists(party))
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
            "first": first, "last": last, "filtered": bool(wanted), "with_party": sees_party(request.user),
            "earlier": cursor_of(page[0]) if page and first > 1 else "",
            "later": cursor_of(page[-1]) if page and last < counts["found"] else "",
            "kept": kept.urlencode(), "unit": top,
        },
    )


def chosen_place(request, options):
    """The unit that the list is narrowed to; read from the options when it is one of them."""
    asked = request.GET.get("don-vi", "")
    return next((unit for unit in options if str(unit.pk) == asked), None) or (place_of(request) if asked else None)


# --- a new entry ---------------------------------------------------------------------------


def saved_message(member, words, next_jobs):
    return format_html(
        "<strong>{} {}, {}, lúc {}.</strong> Việc tiếp: {}.", words, member.name, member.unit.name, f"{clock.now():%H:%M}", next_jobs
    )


@require_http_methods(["GET", "POST"])
@permission_required("members.add_member", raise_exception=True)
def member_add(request):
    """A new person. Above the cơ sở one first says for which (``don-vi``)."""
    place = place_of(request)
    if place is None or Level(place.level).rank < Level.CO_SO.rank:
        return render(request, "members/member_where.html", {"options": next_level(place), "unit": place})
    home = co_so_of(place)
    home = home if home and Unit.objects.filter(pk=home.pk).exists() else place
    units = keepers(home)
    start = {"token": new_token(), "unit": place.pk}
    form = NewMemberForm(request.POST if request.method == "POST" else None, initial=start, units=units, with_party=sees_party(request.user))
    if request.method == "POST":
        valid = form.is_valid()
        again = f"{reverse('members:member_add')}?don-vi={form.cleaned_data['unit'].pk if 'unit' in form.cleaned_data else home.pk}"
        try:
            sent_before = was_saved(request)
            if valid or sent_before:
                done = None if sent_before else save_once(request, lambda: register(form, request.user))
                tell_added(request, done, again)
                return redirect(again if "them" in request.POST else "members:members")
        except ValidationError as error:
            form.add_error(None, error.messages)
    context = {"form": form, "unit": home, "only_unit": units[0] if len(units) == 1 else None}
    return render(request, "members/member_add.html", context, status=422 if request.method == "POST" else 200)


def register(form, user):
    data = form.cleaned_data
    return register_member(
        **{name: data[name] for name in FIELDS}, unit=data["unit"], is_party=bool(data.get("is_party")),
        party_on=data.get("party_on"), counted_from=data["counted_from"], reason=data["reason"], by=user,
    )


def tell_added(request, member, again):
    if member is None:
        messages.info(request, "Hội viên này đã được lưu ở lần gửi trước, không lưu thêm lần nữa.", extra_tags=request.path)
        return
    jobs = format_html('<a href="{}">thêm người nữa</a> hoặc <a href="{}">xem lại hồ sơ vừa ghi</a>', again, reverse("members:member_edit", args=[member.pk]))
    messages.success(request, saved_message(member, "Đã lưu hội viên", jobs), extra_tags=request.path)


# --- a change ------------------------------------------------------------------------------


def as_stored(member):
    """The register's values, for the boxes of a form."""
    party = member.statuses.filter(kind=StatusKind.PARTY, ends_on=None).first()
    return {
        **{name: getattr(member, name) for name in FIELDS},
        "is_party": "1" if party else "", "party_on": party.true_start if party else None, "version": member.version,
    }


@require_http_methods(["GET", "POST"])
@permission_required("members.change_member", raise_exception=True)
def member_edit(request, pk):
    """Change an entry. The second of two people gets a page with both values (409)."""
    member = get_object_or_404(Member.objects.select_related("unit__parent", "co_so"), pk=pk)
    stored = as_stored(member)
    with_party = sees_party(request.user)
    form = MemberForm(request.POST or None, initial=stored | {"token": new_token()}, stored=member, with_party=with_party)
    status, both = 200, []
    if request.method == "POST":
        status, valid = 422, form.is_valid()
        try:
            sent_before = was_saved(request)
            if valid or sent_before:
                done = None if sent_before else save_once(request, lambda: change(form, member, stored, request.user))
                tell_changed(request, done or member)
                return redirect("members:members")
        except StaleVersion as stale:
            form, both = retry(form, as_stored(stale.args[0]), stale.args[0], with_party)
            status = 409
        except ValidationError as error:
            form.add_error(None, error.messages)
    last = member.history.select_related("history_user").order_by("-history_date", "-history_id").first()
    return render(request, "members/member_edit.html", {"form": form, "member": member, "both": both, "last": last, "conflict": status == 409},
                  status=status)


def change(form, member, stored, user):
    """Save what was typed; a Party status that the user may not see stays as it is."""
    data = form.cleaned_data
    party = {"is_party": data["is_party"], "party_on": data["party_on"]} if "is_party" in data else {
        "is_party": bool(stored["is_party"]), "party_on": stored["party_on"],
    }
    return change_member(member=member, version=data["version"] or 0, by=user, **party, **{name: data[name] for name in FIELDS})


def retry(form, stored, member, with_party):
    """The same typed values over the newer row, and (label, mine, stored) where they differ."""
    data = form.data.copy()
    data["version"] = member.version
    data["token"] = new_token()
    fresh = MemberForm(data, initial=stored, stored=member, with_party=with_party)
    fresh.is_valid()
    both = [
        (fresh[name].label, as_words(fresh[name], fresh[name].data), as_words(fresh[name], stored[name]))
        for name in fresh.changed_data
        if name not in ("token", "version")
    ]
    return fresh, both


def as_words(field, value):
    choices = dict(getattr(field.field, "choices", {}))
    return choices.get(value, getattr(value, "display", value)) or "để trống"


def tell_changed(request, member):
    jobs = format_html('<a href="{}">xem lại hồ sơ này</a>', reverse("members:member_edit", args=[member.pk]))
    messages.success(request, saved_message(member, "Đã lưu thay đổi của hội viên", jobs), extra_tags=request.path)
