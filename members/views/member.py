"""One person in the register: the file, a new entry, a change of name, birth and membership."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from ccb import clock
from members.forms import MemberForm, NewMemberForm
from members.models import (
    Attachment,
    Level,
    MembershipRequest,
    ReasonOut,
    RequestState,
    Unit,
)
from members.services import change_member, co_so_of, register_member
from members.services.attachments import kept
from members.services.erasure import may_erase
from members.services.households import open_condition
from members.services.lifecycle import decides_for, last_ending, may_end
from members.services.private import masked, may_open
from members.services.statuses import plain_statuses

from .access import permission_required
from .file import MemberFormPage, MemberPage
from .once import new_token, save_once, was_saved
from .places import keepers, next_level, place_of

FIELDS = ["name", "sex", "born", "admitted_on", "category", "card_number"]


# --- the file ------------------------------------------------------------------------------


def late(day, true):
    """Whether a counting date is not the day that papers give."""
    return true is not None and not true.first_day <= day <= true.last_day


class MemberFile(MemberPage):
    """Everything known of one person but the private part, and the jobs one may do with it."""

    permission_required = "members.view_member"

    def get(self, request, *args, **kwargs):
        member, user = self.member, request.user
        spells = list(member.spells.select_related("unit", "co_so").order_by("-starts_on", "-pk"))
        active = next((spell for spell in spells if spell.ends_on is None), None)
        ended = None if active else last_ending(member)
        waiting = MembershipRequest.objects.filter(member=member, state=RequestState.PROPOSED).select_related("to_unit").first()
        files = list(kept(member)) if may_open(user) else []
        decides = decides_for(user, member.unit)
        return render(request, "members/member.html", {
            "member": member, "active": active, "ended": ended, "ended_late": ended is not None and late(ended.ends_on, ended.true_end), "waiting": waiting,
            "spells": [(spell, late(spell.starts_on, spell.true_start), spell.ends_on and late(spell.ends_on, spell.true_end)) for spell in spells],
            "periods": member.war_services.all(), "statuses": plain_statuses(member),
            "posts": member.posts.select_related("unit").order_by("ends_on", "-starts_on"), "decorations": member.decorations.all(),
            "disciplines": member.disciplines.select_related("unit"),
            "condition": open_condition(member.household) if member.household else None,
            "others": member.household.people.exclude(pk=member.pk) if member.household else [],
            "photo": kept(member).filter(kind=Attachment.Kind.PHOTO).first(), "files": files,
            "masked": masked(member=member, by=user), "opens_private": may_open(user), "decides": decides,
            "may_end": {reason.value: may_end(user, member.unit, reason) for reason in ReasonOut}, "may_erase": not active and may_erase(user, member),
            "may_undo": ended is not None and may_end(user, member.unit, ended.reason_out),
            "may_return": ended is not None and decides and ended.reason_out != ReasonOut.DECEASED,
        })


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
    form = NewMemberForm(
        request.POST if request.method == "POST" else None, initial=start, units=units, with_party=may_open(request.user),
        decides=decides_for(request.user, home),
    )
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
    context = {"form": form, "unit": home, "only_unit": units[0] if len(units) == 1 else None, "decides": decides_for(request.user, home)}
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
    jobs = format_html(
        '<a href="{}">thêm người nữa</a> hoặc <a href="{}">ghi thêm vào hồ sơ vừa lập</a>', again, reverse("members:member", args=[member.pk])
    )
    messages.success(request, saved_message(member, "Đã lưu hội viên", jobs), extra_tags=request.path)


# --- a change ------------------------------------------------------------------------------


class MemberEdit(MemberFormPage):
    """Name, birth, sex, and membership."""

    form_class = MemberForm
    help_line = "Sửa chỗ sai hoặc ghi thêm chỗ thiếu rồi lưu."
    button = "Lưu hội viên"

    @property
    def title(self):
        return f"Hội viên {self.member.name}"

    def initial(self, member):
        return {name: getattr(member, name) for name in FIELDS}

    def options(self, member):
        return {"stored": member}

    def save(self, form):
        data = form.cleaned_data
        return change_member(
            member=self.member, version=data["version"] or 0, by=self.request.user, **{name: data[name] for name in FIELDS})

    def message(self, done):
        jobs = format_html('<a href="{}">về danh sách hội viên</a>', reverse("members:members"))
        return saved_message(self.member, "Đã lưu thay đổi của hội viên", jobs)
