"""Attachments, a person's data, erasure, handover."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from members.models import Attachment
from members.services.attachments import LARGEST, PAPERS
from members.services.handover import NewAccount

from .asking import AskingForm, FileForm, day, long, one_of, short


class AttachmentForm(AskingForm):
    boxes = (("Thêm tệp", ["kind", "title", "file"]),)

    kind = one_of("Loại", Attachment.Kind.choices, missing="Chưa chọn ảnh hay giấy tờ.", hint=f"Một ảnh chân dung, nhiều nhất {PAPERS} giấy tờ.")
    title = long("Tên giấy tờ", 120, "Ví dụ Quyết định xuất ngũ năm 1978.")
    file = forms.FileField(
        label="Tệp", help_text="JPG, PNG hoặc PDF, tối đa 5 MB.", error_messages={"required": "Chưa chọn tệp.", "empty": "Tệp này trống. Chọn lại tệp."},
        widget=forms.ClearableFileInput({"accept": "image/jpeg,image/png,application/pdf"}),
    )

    def clean_file(self):
        sent = self.cleaned_data["file"]
        if sent.size > LARGEST:
            size = f"{sent.size / 1024 / 1024:.1f}".replace(".", ",")
            raise ValidationError(f"Tệp nặng {size} MB, tối đa 5 MB. Chụp lại cỡ nhỏ hơn, hoặc gửi bản PDF nhẹ hơn.")
        return sent

    def clean(self):
        data = super().clean()
        if data.get("kind") == Attachment.Kind.PAPER and not data.get("title"):
            self.add_error("title", "Chưa ghi tên giấy tờ, ví dụ Quyết định xuất ngũ năm 1978.")
        return data


class ReasonForm(AskingForm):
    """Why a person's data are taken out."""

    boxes = (("", ["reason"]),)

    reason = long("Lý do", 100, "Ví dụ đồng chí ấy yêu cầu ngày 05/03/2026.", missing="Chưa ghi lý do lấy dữ liệu.")


class ErasureForm(FileForm):
    boxes = (("Xóa dữ liệu cá nhân", ["reason", "name_again"]),)

    reason = long("Căn cứ", 250, "Ví dụ đơn của đồng chí ấy ngày 05/03/2026.", missing="Chưa ghi căn cứ, như đơn yêu cầu ngày nào của ai.")
    name_again = long("Ghi lại họ tên của người cần xóa", 120, "Để chắc chắn không xóa nhầm người.", missing="Chưa ghi lại họ tên.")

    def clean_name_again(self):
        typed = " ".join(self.cleaned_data["name_again"].split())
        if typed.casefold() != self.stored.name.casefold():
            raise ValidationError(f"“{typed}” không phải tên trong hồ sơ này. Ghi đúng như tên ở đầu trang.")
        return typed


class RoleChoice(forms.ModelChoiceField):
    def label_from_instance(self, role):
        return f"{role.get_role_display()}: {role.user}"


class PersonChoice(forms.ModelChoiceField):
    def label_from_instance(self, user):
        return f"{user.get_full_name()} ({user.username})"


class HandoverForm(AskingForm):
    """``roles``: what may be passed on; ``people``: who may be chosen by name."""

    boxes = (
        ("Người giao", ["held"]),
        ("Người nhận", ["receiver", "full_name", "username", "phone"]),
        ("Bàn giao", ["happened_on", "note"]),
    )

    held = RoleChoice(
        label="Vai trò giao lại", queryset=None, empty_label="Chọn vai trò", widget=forms.Select({"class": "w-short"}),
        error_messages={"required": "Chưa chọn vai trò giao lại.", "invalid_choice": "Vai trò này không có trong danh sách. Chọn lại."},
    )
    receiver = PersonChoice(
        label="Người đã có tài khoản", queryset=None, required=False, empty_label="Người mới, ghi ở dưới", widget=forms.Select({"class": "w-short"}),
        error_messages={"invalid_choice": "Người này không có trong danh sách. Chọn lại."},
    )
    full_name = short("Họ và tên người mới", 120, "Chỉ ghi khi người nhận chưa có tài khoản.")
    username = forms.CharField(
        label="Tên đăng nhập của người mới", required=False, max_length=60, widget=forms.TextInput({"class": "w-short"}),
        help_text="Chữ không dấu và chữ số, ví dụ hoa.thanhson.",
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9._-]{2,}$", "Tên đăng nhập gồm ít nhất ba chữ thường không dấu, chữ số, dấu chấm hoặc gạch. Ghi như hoa.thanhson.")],
    )
    phone = short("Điện thoại của người mới", 20)
    happened_on = day("Ngày bàn giao", "Từ ngày này người nhận làm, người giao thôi.", missing="Chưa ghi ngày bàn giao.")
    note = forms.CharField(label="Ghi chú trong biên bản", required=False, max_length=2000, widget=forms.Textarea({"rows": 4}),
                           help_text="Ví dụ: con dấu, sổ sách giấy, tiền quỹ bàn giao kèm theo.")

    def __init__(self, *args, roles, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["held"].queryset = roles
        self.fields["receiver"].queryset = people

    def clean(self):
        data = super().clean()
        self.not_later_than_today("happened_on")
        new = {name: data.get(name) for name in ("full_name", "username")}
        if data.get("receiver") and any(new.values()):
            self.add_error("receiver", "Đã chọn người có tài khoản mà còn ghi người mới. Bỏ một trong hai.")
        elif not data.get("receiver") and "receiver" not in self.errors:
            for name, words in (("full_name", "Chưa chọn người nhận, cũng chưa ghi họ tên người mới."), ("username", "Chưa ghi tên đăng nhập của người mới.")):
                if not new[name] and name not in self.errors:
                    self.add_error(name, words)
        return data

    def to(self):
        data = self.cleaned_data
        return data["receiver"] or NewAccount(data["username"], data["full_name"], data["phone"])
