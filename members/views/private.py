"""The private part of a file: opened with a click that is written down, and who opened it."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse

from members.forms.sections import PrivateForm, initial_of
from members.services.private import (
    FIELDS,
    change_private,
    changed_when,
    may_open,
    open_file,
)

from .file import MemberFormPage, MemberPage
from .once import new_token


class PrivatePages:
    """The form with what stands in the private part; showing it is written down."""

    permission_required = "members.open_private"
    form_class = PrivateForm
    template_name = "members/member_private.html"
    said = "Đã lưu phần riêng của hồ sơ"
    keeps = False
    purpose = ""

    def allowed(self):
        if not may_open(self.request.user):
            raise PermissionDenied

    def make(self, member, data=None, files=None):
        shown = open_file(member=member, by=self.request.user, purpose=self.purpose)
        start = {name: getattr(shown, name) for name in FIELDS} | initial_of(shown.statuses)
        start |= {"version": member.version, "token": new_token()}
        self.past = [row for row in shown.statuses if row.ends_on is not None]
        held = {row.kind for row in shown.statuses if row.ends_on is None}
        return self.form_class(data, initial=start, stored=member, held=held)

    def context(self):
        return {"past": self.past, "changed": changed_when(self.member)[:5], "title": "Phần riêng của hồ sơ"}


class MemberPrivate(PrivatePages, MemberFormPage):
    """GET says what opening means; POST opens."""

    def get(self, request, *args, **kwargs):
        self.allowed()
        return render(request, "members/member_private_ask.html", {"member": self.member})

    def post(self, request, *args, **kwargs):
        self.allowed()
        self.purpose = " ".join(request.POST.get("purpose", "").split())
        return self.answer(self.make(self.member), 200)


class MemberPrivateEdit(PrivatePages, MemberFormPage):
    """Takes what was typed; opening goes through ``MemberPrivate``."""

    purpose = "Sửa phần riêng"

    def get(self, request, *args, **kwargs):
        self.allowed()
        return redirect("members:member_private", pk=self.member.pk)

    def save(self, form):
        values = {name: form.cleaned_data[name] for name in FIELDS}
        return change_private(
            member=self.member, version=form.cleaned_data["version"] or 0, held=form.said(), by=self.request.user, **values)


class MemberViews(MemberPage):
    """Ai đã xem hồ sơ này. For those who may open it, and for who checks."""

    permission_required = "members.view_member"

    def get(self, request, *args, **kwargs):
        views = self.member.views.select_related("user", "unit")[:200]
        return render(request, "members/member_views.html", {"member": self.member, "views": views, "back": reverse("members:member", args=[self.member.pk])})
