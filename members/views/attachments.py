"""Photo and papers of a person. A photo is shown with the file; a paper is opened with a click that is written down."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from ccb import clock
from members.forms.papers import AttachmentForm
from members.models import Attachment, FileView, Member
from members.services.attachments import ENDINGS, PAPERS, attach, kept, remove
from members.services.private import may_open

from .access import permission_required
from .file import MemberFormPage


class Attachments(MemberFormPage):
    """What is kept, and a form for one more."""

    permission_required = ("members.change_member", "members.open_private")
    form_class = AttachmentForm
    template_name = "members/attachments.html"
    title = "Ảnh và giấy tờ"
    help_line = f"Một ảnh chân dung và nhiều nhất {PAPERS} giấy tờ. Chỉ chi hội và cơ sở của đồng chí ấy xem được giấy tờ."
    button = "Thêm tệp"
    said = "Đã thêm tệp vào hồ sơ"

    def allowed(self):
        if not may_open(self.request.user):
            raise PermissionDenied

    def save(self, form):
        data = form.cleaned_data
        return attach(member=self.member, kind=data["kind"], title=data["title"], content=data["file"].read(), by=self.request.user)

    def leads_to(self):
        return reverse("members:attachments", args=[self.member.pk])

    def context(self):
        return {"files": kept(self.member), "back": reverse("members:member", args=[self.member.pk])}


def as_file(row, disposition):
    """The bytes as they were checked; the name says nothing about the person."""
    answer = HttpResponse(bytes(row.content), content_type=row.content_type)
    answer["Content-Disposition"] = f'{disposition}; filename="tep-{row.pk}.{ENDINGS[row.content_type]}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@require_GET
@permission_required("members.view_member", raise_exception=True)
def photo(request, pk):
    """The portrait that stands in the file."""
    member = get_object_or_404(Member, pk=pk)
    row = member.attachments.filter(removed_at=None, kind=Attachment.Kind.PHOTO).first()
    if row is None:
        raise Http404
    return as_file(row, "inline")


def stored(request, pk):
    """An attachment that is still kept, with who may open it; 404 for any other."""
    if not may_open(request.user):
        raise PermissionDenied
    return get_object_or_404(Attachment.objects.filter(removed_at=None).select_related("member"), pk=pk)


@require_POST
@permission_required("members.open_private", raise_exception=True)
def attachment(request, pk):
    """A paper, as a download; who opened it is written down first."""
    row = stored(request, pk)
    with transaction.atomic():
        FileView(member=row.member, user=request.user, unit=request.user.acting.unit, fields=["một giấy tờ đính kèm"], at=clock.now()).save()
    return as_file(row, "attachment")


@require_POST
@permission_required(("members.change_member", "members.open_private"), raise_exception=True)
def attachment_remove(request, pk):
    row = stored(request, pk)
    remove(attachment=row, by=request.user)
    messages.success(request, f"Đã bỏ “{row}” khỏi hồ sơ của đồng chí {row.member.name}. Lịch sử hồ sơ vẫn ghi lại lần bỏ này.")
    return redirect("members:attachments", pk=row.member_id)
