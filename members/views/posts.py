"""Posts and decorations of a person: one more, a correction."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from members.forms.post import DecorationForm, PostForm
from members.models import Decoration, Member, Post
from members.services import StaleVersion
from members.services.posts import remove_decoration, save_decoration, save_post

from .access import permission_required
from .file import MemberFormPage


def line_of(unit):
    """The unit and those above it, whose bodies a person of the unit may sit in."""
    found = []
    while unit:
        found.append(unit)
        unit = unit.parent
    return found


class RowPage(MemberFormPage):
    """One row of a person's file; without ``row`` in the address a new one."""

    model = None
    fields = ()

    def row(self):
        if "row" not in self.kwargs:
            return None
        found = self.model.objects.filter(member=self.member, pk=self.kwargs["row"]).first()
        if found is None:
            raise Http404
        return found

    def initial(self, member):
        row = self.row()
        return {name: getattr(row, name) for name in self.fields} if row else {}

    def options(self, member):
        return {"stored": member}


class PostPage(RowPage):
    """Chức vụ."""

    model, form_class, said = Post, PostForm, "Đã lưu chức vụ"
    fields = ["body", "unit", "level", "title", "term", "starts_on", "ends_on", "decision"]
    help_line = "Mỗi nhiệm kỳ ghi một lần. Thôi giữ chức thì ghi ngày thôi, không xóa."

    @property
    def title(self):
        return "Sửa chức vụ" if "row" in self.kwargs else "Thêm chức vụ"

    def initial(self, member):
        row = self.row()
        if row is None:
            return {}
        return super().initial(member) | {"elected": {True: "1", False: "0", None: ""}[row.elected], "unit": row.unit_id or ""}

    def options(self, member):
        return {"stored": member, "units": line_of(member.unit)}

    def save(self, form):
        return save_post(member=self.member, version=form.cleaned_data["version"] or 0, post=self.row(), by=self.request.user, **form.values())


class DecorationPage(RowPage):
    """Huân chương, huy chương, kỷ niệm chương."""

    model, form_class, said = Decoration, DecorationForm, "Đã lưu phần thưởng"
    template_name = "members/decoration.html"
    fields = ["kind", "name", "year", "decision"]

    @property
    def title(self):
        return "Sửa phần thưởng" if "row" in self.kwargs else "Thêm huân chương, huy chương"

    def context(self):
        return {"removable": self.row()}

    def save(self, form):
        return save_decoration(
            member=self.member, version=form.cleaned_data["version"] or 0, decoration=self.row(), by=self.request.user, **form.values())


@require_POST
@permission_required("members.change_member", raise_exception=True)
def decoration_remove(request, pk, row):
    member = Member.objects.filter(pk=pk).first()
    found = Decoration.objects.filter(member=member, pk=row).first() if member else None
    if found is None:
        raise Http404
    try:
        remove_decoration(member=member, version=int(request.POST.get("version") or 0), decoration=found, by=request.user)
    except (StaleVersion, ValueError):
        messages.error(request, f"Hồ sơ của đồng chí {member.name} vừa có người sửa, chưa bỏ “{found}”. Xem lại rồi bỏ.")
    else:
        messages.success(request, f"Đã bỏ “{found}” khỏi hồ sơ của đồng chí {member.name}. Lịch sử hồ sơ vẫn ghi lại lần bỏ này.")
    return redirect("members:member", pk=pk)
