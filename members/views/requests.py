"""Admissions and transfers on their way: proposing, seeing what waits, deciding."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods

from ccb import clock
from members.forms.request import AcceptForm, AdmissionForm, AdmitForm, RefuseForm
from members.models import Level, Member, MembershipRequest, RequestState, Unit
from members.services import StaleVersion, co_so_of
from members.services.requests import (
    PROPOSED_DATES,
    PROPOSED_FACTS,
    accept_transfer,
    admit,
    may_decide,
    may_withdraw,
    propose_admission,
    refuse,
    withdraw,
)
from members.vietnamese import PartialDate

from .access import permission_required
from .file import add_errors
from .once import new_token, save_once, was_saved
from .places import keepers, next_level, place_of

Kind = MembershipRequest.Kind
DONE = 50  # decided requests shown
WORDS = {
    "sex": "Giới tính", "category": "Đối tượng", "hometown": "Quê quán", "address": "Nơi ở", "phone": "Điện thoại", "enlisted_on": "Nhập ngũ",
    "discharged_on": "Xuất ngũ", "rank": "Cấp bậc", "military_unit": "Đơn vị trong quân đội", "admitted_on": "Ngày vào Hội",
    "card_number": "Số thẻ hội viên", "from": "Nơi giới thiệu", "left_on": "Ngày giới thiệu", "why": "Ý kiến, lý do",
}
DATES = PROPOSED_DATES | {"admitted_on", "left_on"}
CHOICES = {"sex": {"nam": "Nam", "nu": "Nữ"}, "category": {"ccb": "Cựu chiến binh", "cqn": "Cựu quân nhân"}}


def facts_of(request):
    """(label, words) of what a proposal or an introduction says."""
    for key, label in WORDS.items():
        value = request.data.get(key)
        if value:
            yield label, PartialDate.from_iso(value).display if key in DATES else CHOICES.get(key, {}).get(value, value)


@require_GET
@permission_required("members.view_membershiprequest", raise_exception=True)
def requests(request):
    """What waits for the user, what waits for others, what was decided lately."""
    rows = MembershipRequest.objects.select_related("unit", "to_unit", "decided_by")
    waiting = list(rows.filter(state=RequestState.PROPOSED).order_by("proposed_at"))
    mine = [row for row in waiting if may_decide(request.user, row)]
    return render(request, "members/requests.html", {
        "mine": mine, "others": [row for row in waiting if row not in mine],
        "done": rows.exclude(state=RequestState.PROPOSED).order_by("-decided_at")[:DONE],
    })


@require_http_methods(["GET", "POST"])
@permission_required("members.add_membershiprequest", raise_exception=True)
def admission_new(request):
    """A chi hội proposes somebody. Above the cơ sở one first says for which (``don-vi``)."""
    place = place_of(request)
    if place is None or Level(place.level).rank < Level.CO_SO.rank:
        return render(request, "members/member_where.html", {"options": next_level(place), "unit": place, "words": "Đề nghị kết nạp"})
    home = co_so_of(place)
    home = home if home and Unit.objects.filter(pk=home.pk).exists() else place
    units = keepers(home)
    form = AdmissionForm(request.POST if request.method == "POST" else None, initial={"token": new_token(), "unit": place.pk}, units=units)
    if request.method == "POST":
        valid = form.is_valid()
        try:
            sent_before = was_saved(request)
            if valid or sent_before:
                done = None if sent_before else save_once(request, lambda: propose(form, request.user))
                tell_proposed(request, done)
                return redirect("members:requests")
        except ValidationError as error:
            add_errors(form, error)
    context = {"form": form, "unit": home, "only_unit": units[0] if len(units) == 1 else None, "back": reverse("members:requests")}
    return render(request, "members/admission_new.html", context, status=422 if request.method == "POST" else 200)


def propose(form, user):
    data = form.cleaned_data
    facts = {name: data[name] for name in PROPOSED_FACTS if name != "sex"}
    return propose_admission(unit=data["unit"], name=data["name"], born=data["born"], sex=data["sex"], reason=data["reason"], by=user, **facts)


def tell_proposed(request, done):
    if done is None:
        messages.info(request, "Đề nghị này đã được gửi ở lần trước, không gửi thêm lần nữa.", extra_tags=request.path)
        return
    messages.success(request, format_html(
        "<strong>Đã gửi đề nghị kết nạp {}, lúc {}.</strong> Ban Chấp hành cơ sở quyết định rồi ghi số quyết định; kết quả hiện ở trang này.",
        done.name, f"{clock.now():%H:%M}"), extra_tags=request.path)


ACTIONS = ("dong-y", "tu-choi", "rut")


@require_http_methods(["GET", "POST"])
@permission_required("members.view_membershiprequest", raise_exception=True)
def request_page(request, pk):
    """One request, and for those who may: agree, refuse with a reason, take back."""
    row = get_object_or_404(MembershipRequest.objects.select_related("unit", "to_unit", "member", "proposed_by", "decided_by"), pk=pk)
    decides, withdraws = may_decide(request.user, row), may_withdraw(request.user, row)
    is_open = row.state == RequestState.PROPOSED
    action = request.POST.get("viec", "") if request.method == "POST" else ""
    if request.method == "POST" and not (decides or withdraws):
        raise PermissionDenied
    if request.method == "POST" and action not in ACTIONS:
        raise Http404
    if (action in ACTIONS[:2] and not decides) or (action == "rut" and not withdraws):
        raise PermissionDenied
    agree, no, status = agreement(row, request, action), RefuseForm(request.POST if action == "tu-choi" else None), 200
    if action:
        form = {"dong-y": agree, "tu-choi": no}.get(action)
        status = 422
        try:
            if form is None or form.is_valid():
                step(row, request, action, form)
                return redirect("members:requests")
        except StaleVersion as stale:
            tell_stale(request, stale.args[0])
            return redirect("members:request", pk=pk)
        except ValidationError as error:
            add_errors(form, error) if form else messages.error(request, " ".join(error.messages))
    return render(request, "members/request.html", {
        "row": row, "facts": facts_of(row), "decides": decides and is_open, "withdraws": withdraws and is_open, "agree": agree, "no": no,
        "form": no if action == "tu-choi" else agree, "token": new_token(), "reads_file": Member.objects.filter(pk=row.member_id).exists(),
    }, status=status)


def agreement(row, request, action):
    data = request.POST if action == "dong-y" else None
    if row.kind == Kind.ADMISSION:
        return AdmitForm(data, initial={"admitted_on": f"{clock.today():%d/%m/%Y}"})
    units = keepers(row.to_unit) if Unit.objects.filter(pk=row.to_unit_id).exists() else Unit.objects.none()
    return AcceptForm(data, units=units)


def step(row, request, action, form):
    """One legal step; the same form sent twice steps once."""
    version, user = int_of(request.POST.get("version")), request.user
    if was_saved(request):
        messages.info(request, "Việc này đã được ghi ở lần gửi trước, không ghi thêm lần nữa.")
        return

    def act():
        if action == "rut":
            return withdraw(request=row, version=version, by=user)
        data = form.cleaned_data
        if action == "tu-choi":
            return refuse(request=row, version=version, reason=data["reason"], by=user)
        if row.kind == Kind.ADMISSION:
            return admit(request=row, version=version, decision=data["decision"], admitted_on=data["admitted_on"], by=user)
        return accept_transfer(request=row, version=version, unit=data["unit"], arrived_on=data["arrived_on"], by=user)

    if save_once(request, act) is not None:
        tell_decided(request, row, action)


def int_of(text):
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 9 else 0


def tell_decided(request, row, action):
    row.refresh_from_db()
    words = {
        "dong-y": "Đã kết nạp" if row.kind == Kind.ADMISSION else "Đã tiếp nhận", "tu-choi": "Đã ghi không chấp nhận", "rut": "Đã rút lại đề nghị về",
    }[action]
    told = format_html("<strong>{} {}, lúc {}.</strong>", words, row.name, f"{clock.now():%H:%M}")
    if action == "dong-y":
        told = format_html('{} Tính từ {}. Việc tiếp: <a href="{}">ghi thêm vào hồ sơ</a>.', told, f"{row.effective_on:%d/%m/%Y}",
                           reverse("members:member", args=[row.member_id]))
    messages.success(request, told)


def tell_stale(request, row):
    said = row.get_state_display().lower()
    who = f", đồng chí {row.decided_by}" if row.decided_by else ""
    messages.warning(request, f"Đề nghị về {row.name} đã có người xử lý trước: {said}{who}. Chưa ghi phần của đồng chí.")
