"""A file as a whole: its history, its owner's data, erasure."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from ccb import clock
from members.forms.papers import ErasureForm, ReasonForm
from members.services.changes import visits_of
from members.services.erasure import erase, may_erase
from members.services.person_data import data_of
from members.services.private import may_open

from .file import MemberFormPage, MemberPage

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class MemberHistory(MemberPage):
    """Every change, the newest first."""

    permission_required = "members.view_member"

    def get(self, request, *args, **kwargs):
        return render(request, "members/member_history.html", {
            "member": self.member, "visits": list(visits_of(self.member)), "back": reverse("members:member", args=[self.member.pk])})


class MemberData(MemberFormPage):
    """Everything kept on one person as a workbook, for answering his request."""

    permission_required = "members.open_private"
    form_class = ReasonForm
    keeps = False
    title = "Dữ liệu của một người"
    help_line = "Một tệp Excel gồm mọi điều sổ giữ về đồng chí ấy, phần riêng, ai đã xem và các lần sửa. Lần lấy này được ghi lại."
    button = "Tải tệp"

    def allowed(self):
        if not may_open(self.request.user):
            raise PermissionDenied

    def post(self, request, *args, **kwargs):
        self.allowed()
        form = self.make(self.member, request.POST)
        if not form.is_valid():
            return self.answer(form, 422)
        answer = HttpResponse(data_of(member=self.member, reason=form.cleaned_data["reason"], by=request.user), content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="du-lieu-hoi-vien-{self.member.pk}-{clock.today():%Y%m%d}.xlsx"'
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


class MemberErase(MemberFormPage):
    """Pseudonymised erasure at a person's request."""

    permission_required = "members.erase_member"
    form_class = ErasureForm
    keeps = False
    title = "Xóa dữ liệu cá nhân"
    button = "Xóa dữ liệu của người này"
    warning = (
        "Họ tên, số căn cước, quê quán, nơi ở, điện thoại, giấy tờ và các giá trị ấy trong lịch sử bị xóa, không lấy lại được. "
        "Số liệu các kỳ không đổi: sổ giữ năm sinh, giới tính và các mốc thời gian dưới một mã thay tên."
    )

    def allowed(self):
        if not may_erase(self.request.user, self.member):
            raise PermissionDenied

    def options(self, member):
        return {"stored": member}

    def save(self, form):
        return erase(member=self.member, version=form.cleaned_data["version"] or 0, reason=form.cleaned_data["reason"], by=self.request.user)

    def message(self, done):
        return f"Đã xóa dữ liệu cá nhân lúc {clock.now():%H:%M}. Hồ sơ nay mang mã “{done.pseudonym}”."
