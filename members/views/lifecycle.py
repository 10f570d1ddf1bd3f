"""Moving, ending, going on: pages of the steps of a membership."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from ccb import clock
from members.forms.lifecycle import DisciplineForm, EndForm, ReturnForm, UndoForm
from members.forms.request import MoveForm, TransferForm
from members.models import ReasonOut, Unit
from members.services import co_so_of
from members.services.lifecycle import (
    BY_DECISION,
    decides_for,
    discipline,
    end_membership,
    last_ending,
    may_end,
    move_within,
    return_member,
    undo_ending,
)
from members.services.requests import release
from members.services.unit_names import co_so_named, find_co_so

from .file import MemberFormPage
from .places import keepers

# slug: (reason, title, label of the date, help)
ENDINGS = {
    "tu-tran": (ReasonOut.DECEASED, "Báo từ trần", "Ngày mất", "Hồ sơ không xóa: đồng chí ấy ra khỏi danh sách đang sinh hoạt từ ngày này."),
    "xin-ra": (ReasonOut.LEFT, "Xin ra khỏi Hội", "Ngày thôi sinh hoạt", "Theo đơn của hội viên."),
    "xoa-ten": (
        ReasonOut.STRUCK_OFF, "Xóa tên trong danh sách", "Ngày quyết định",
        "Bỏ sinh hoạt, không đóng hội phí. Xóa tên không phải là kỷ luật.",
    ),
    "khai-tru": (ReasonOut.EXPELLED, "Khai trừ", "Ngày quyết định", "Hình thức kỷ luật cao nhất; ghi vào sổ kỷ luật và ra khỏi Hội."),
}


def counted_words(true, day):
    """Said after saving when news counts later than it happened."""
    if true is None or true.first_day <= day <= true.last_day:
        return ""
    return f" Kỳ chứa ngày {true} đã khóa số liệu, nên tính từ {day:%d/%m/%Y}; hồ sơ vẫn giữ ngày thật."


class StepPage(MemberFormPage):
    """A step: what it means stands above the form."""

    button = "Ghi vào sổ"

    def message(self, done):
        return format_html("<strong>{}: {}, lúc {}.</strong>{}", self.said, self.member.name, f"{clock.now():%H:%M}", self.counted(done))

    def counted(self, done):
        return ""

    def deny_unless(self, allowed):
        if not allowed:
            raise PermissionDenied


class MemberEnd(StepPage):
    form_class = EndForm

    def allowed(self):
        if self.kwargs["slug"] not in ENDINGS:
            raise Http404
        self.reason, self.title, self.day_label, self.help_line = ENDINGS[self.kwargs["slug"]]
        self.said = f"Đã ghi {self.reason.label.lower()}"
        self.deny_unless(may_end(self.request.user, self.member.unit, self.reason))

    def options(self, member):
        return {"day_label": self.day_label, "by_decision": self.reason in BY_DECISION}

    def save(self, form):
        data = form.cleaned_data
        return end_membership(
            member=self.member, reason=self.reason, true_end=data["true_end"], decision=data["decision"], note=data["note"], by=self.request.user)

    def counted(self, spell):
        return counted_words(spell.true_end, spell.ends_on)


class MemberDiscipline(StepPage):
    form_class, title, said = DisciplineForm, "Ghi kỷ luật", "Đã ghi kỷ luật"

    def allowed(self):
        self.deny_unless(decides_for(self.request.user, self.member.unit))

    def save(self, form):
        data = form.cleaned_data
        self.true_day = data["true_day"]
        return discipline(
            member=self.member, kind=data["kind"], true_day=data["true_day"], decision=data["decision"], reason=data["reason"], by=self.request.user)

    def counted(self, row):
        return counted_words(self.true_day, row.happened_on)


class MemberUndo(StepPage):
    form_class, button = UndoForm, "Bỏ lần ghi nhầm"
    said = "Đã bỏ lần ghi nhầm, đồng chí ấy tiếp tục sinh hoạt"

    def allowed(self):
        self.ended = last_ending(self.member)
        self.deny_unless(self.ended is None or may_end(self.request.user, self.member.unit, self.ended.reason_out))

    @property
    def title(self):
        return "Bỏ lần ghi nhầm"

    @property
    def help_line(self):
        if self.ended is None:
            return "Hồ sơ này không có lần ra khỏi Hội nào."
        return (
            f"Đang ghi: {self.ended.get_reason_out_display().lower()}, tính từ {self.ended.ends_on:%d/%m/%Y}. "
            "Bỏ lần ghi này thì đồng chí ấy sinh hoạt liên tục như chưa từng ghi."
        )

    def save(self, form):
        return undo_ending(member=self.member, why=form.cleaned_data["why"], by=self.request.user)


class MemberReturn(StepPage):
    form_class, title, said = ReturnForm, "Kết nạp lại", "Đã kết nạp lại"
    help_line = "Người đã ra khỏi Hội nay được kết nạp lại. Thời gian trước vẫn giữ trong hồ sơ."

    def allowed(self):
        self.deny_unless(decides_for(self.request.user, self.member.unit))

    def options(self, member):
        return {"units": keepers(co_so_of(member.unit) or member.unit)}

    def initial(self, member):
        return {"unit": member.unit_id}

    def save(self, form):
        data = form.cleaned_data
        return return_member(member=self.member, unit=data["unit"], true_start=data["true_start"], decision=data["decision"], by=self.request.user)

    def counted(self, spell):
        return counted_words(spell.true_start, spell.starts_on)


class MemberMove(StepPage):
    """To another chi hội of the same cơ sở: one step."""

    form_class, title, said = MoveForm, "Chuyển sang chi hội khác", "Đã chuyển sang chi hội khác"
    button = "Chuyển"
    help_line = "Trong cùng cơ sở thì chuyển một bước. Sang cơ sở khác thì lập giấy giới thiệu."

    def allowed(self):
        self.deny_unless(decides_for(self.request.user, self.member.unit))

    def options(self, member):
        home = co_so_of(member.unit)
        units = keepers(home).exclude(pk=member.unit_id) if home else Unit.objects.none()
        return {"units": units}

    def save(self, form):
        data = form.cleaned_data
        return move_within(member=self.member, unit=data["unit"], true_day=data["true_day"], decision=data["decision"], by=self.request.user)

    def counted(self, spell):
        return counted_words(spell.true_start, spell.starts_on)


class MemberTransfer(StepPage):
    """To another cơ sở: first where to, found by name, then the paper of introduction."""

    form_class, button = TransferForm, "Lập giấy giới thiệu"
    said = "Đã lập giấy giới thiệu"
    title = "Chuyển sinh hoạt đi nơi khác"

    def allowed(self):
        self.deny_unless(decides_for(self.request.user, self.member.unit))
        chosen = self.request.GET.get("den", "")
        self.to_unit = None
        if chosen:
            self.to_unit = co_so_named(int(chosen)) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 19 else None
            if self.to_unit is None:
                raise Http404

    @property
    def help_line(self):
        return f"Đến {self.to_unit.name}. Nơi đến tiếp nhận rồi mới tính chuyển; đến lúc ấy đồng chí ấy vẫn tính ở đây." if self.to_unit else ""

    def get(self, request, *args, **kwargs):
        self.allowed()
        if self.to_unit is None:
            return self.choose(request)
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        self.allowed()
        if self.to_unit is None:
            return redirect("members:member_transfer", pk=self.member.pk)
        return super().post(request, *args, **kwargs)

    def choose(self, request):
        text = " ".join(request.GET.get("q", "").split())[:100]
        found, count = find_co_so(text)
        context = {"member": self.member, "q": text, "found": found, "count": count, "back": self.leads_to()}
        return render(request, "members/transfer_where.html", context)

    def initial(self, member):
        return {"left_on": f"{clock.today():%d/%m/%Y}"}

    def save(self, form):
        data = form.cleaned_data
        return release(
            member=self.member, to_unit=self.to_unit, reason=data["reason"], left_on=data["left_on"], decision=data["decision"], by=self.request.user)

    def message(self, done):
        return format_html(
            "<strong>Đã lập giấy giới thiệu đồng chí {} đến {}, lúc {}.</strong> Việc tiếp: <a href=\"{}\">theo dõi nơi đến tiếp nhận</a>.",
            self.member.name, self.to_unit.name, f"{clock.now():%H:%M}", reverse("members:requests"))
