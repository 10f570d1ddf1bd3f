"""Bàn giao: who takes over the work of a unit, and the record that both sign."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods

from ccb import clock
from members.forms.papers import HandoverForm
from members.models import Handover, Role, Unit, UnitRole
from members.services.handover import (
    hand_over,
    may_hand_over,
    open_work,
    receivers,
    roles_to_hand_over,
)

from .access import permission_required
from .file import add_errors
from .once import new_token, save_once, was_saved


@require_http_methods(["GET", "POST"])
@permission_required("members.view_unit", raise_exception=True)
def handovers(request, pk):
    """Past handovers of a unit, its open work and, for those who may, a form for the next."""
    unit = get_object_or_404(Unit.objects.select_related("parent"), pk=pk)
    roles = roles_to_hand_over(request.user, unit)
    allowed = request.user.has_perm("members.hand_over") and any(may_hand_over(request.user, unit, role) for role in Role)
    if request.method == "POST" and not allowed:
        raise PermissionDenied
    form = HandoverForm(
        request.POST if request.method == "POST" else None, initial={"token": new_token(), "happened_on": clock.today()},
        roles=UnitRole.objects.filter(pk__in=[role.pk for role in roles]).select_related("user").order_by("role", "user__full_name"), people=receivers(),
    )
    if request.method == "POST":
        valid = form.is_valid()
        try:
            sent_before = was_saved(request)
            if valid or sent_before:
                done = None if sent_before else save_once(request, lambda: pass_on(form, request.user))
                return told(request, unit, done)
        except ValidationError as error:
            add_errors(form, error)
    past = Handover.objects.filter(unit=unit).select_related("from_user", "to_user")
    context = {"unit": unit, "form": form if allowed else None, "roles": roles, "open_work": open_work(unit), "past": past}
    return render(request, "members/handovers.html", context, status=422 if request.method == "POST" else 200)


def pass_on(form, user):
    data = form.cleaned_data
    return hand_over(held=data["held"], receiver=form.to(), happened_on=data["happened_on"], note=data["note"], by=user)


def told(request, unit, done):
    if done is None:
        messages.info(request, "Lần bàn giao này đã được ghi ở lần gửi trước.")
        return redirect("members:handovers", pk=unit.pk)
    words = "<strong>Đã ghi bàn giao từ đồng chí {} sang đồng chí {}, lúc {}.</strong> In biên bản này để hai người ký."
    messages.success(request, format_html(words, done.from_user, done.to_user, f"{clock.now():%H:%M}"))
    return redirect("members:handover", pk=done.pk)


@require_GET
@permission_required("members.view_unit", raise_exception=True)
def handover(request, pk):
    """The record, for two signatures."""
    row = Handover.objects.select_related("unit__parent", "from_user", "to_user", "by").filter(pk=pk).first()
    if row is None:
        raise Http404
    context = {"row": row, "role": Role(row.role).label, "back": reverse("members:handovers", args=[row.unit_id])}
    return render(request, "members/handover.html", context)
