"""Logging in: by password, by a one-time code; and choosing a password."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm

USER_NAME_ATTRS = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
CHOOSING = (
    "Ít nhất 10 ký tự, không chỉ toàn chữ số, không gần giống tên đăng nhập. "
    "Dễ nhớ nhất là ba bốn từ liền nhau, có thể viết có dấu và cách."
)


class LoginForm(AuthenticationForm):
    use_required_attribute = False
    error_messages = {
        "invalid_login": (
            "Tên đăng nhập hoặc mật khẩu chưa đúng. Đồng chí xem phím Caps Lock và bộ gõ tiếng Việt, rồi gõ lại mật khẩu. "
            "Sai 5 lần thì phải chờ 15 phút."
        ),
        "inactive": "Tài khoản này đã khóa. Đồng chí gọi Hội cấp trên trực tiếp.",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name, password = self.fields["username"], self.fields["password"]
        name.label, name.help_text = "Tên đăng nhập", "Ví dụ: thanhson.thuky"
        name.widget.attrs |= USER_NAME_ATTRS
        name.widget.attrs.pop("autofocus", None)
        name.error_messages["required"] = "Chưa ghi tên đăng nhập."
        password.label = "Mật khẩu"
        password.error_messages["required"] = "Chưa ghi mật khẩu."


class CodeForm(forms.Form):
    """The user name and the code that the unit above has printed."""

    use_required_attribute = False

    username = forms.CharField(
        label="Tên đăng nhập", max_length=150, help_text="Ví dụ: thanhson.thuky", widget=forms.TextInput(USER_NAME_ATTRS),
        error_messages={"required": "Chưa ghi tên đăng nhập."},
    )
    code = forms.CharField(
        label="Mã dùng một lần", max_length=20, help_text="Mười chữ và số in trên phiếu, ví dụ: 7KQX4-M2PD9. Gõ chữ hoa hay chữ thường đều được.",
        widget=forms.TextInput({"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false", "class": "w-short"}),
        error_messages={"required": "Chưa ghi mã dùng một lần."},
    )


def name_passwords(fields):
    first, second = fields["new_password1"], fields["new_password2"]
    first.label, first.help_text = "Mật khẩu mới", CHOOSING
    first.error_messages["required"] = "Chưa ghi mật khẩu mới."
    second.label, second.help_text = "Gõ lại mật khẩu mới", ""
    second.error_messages["required"] = "Chưa gõ lại mật khẩu mới."


class NewPasswordForm(SetPasswordForm):
    """For those who have just come in by a first password or a code: the old one is not asked."""

    use_required_attribute = False
    error_messages = {"password_mismatch": "Hai lần gõ mật khẩu mới khác nhau. Đồng chí gõ lại cả hai ô."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_passwords(self.fields)


class PasswordForm(PasswordChangeForm):
    use_required_attribute = False
    error_messages = NewPasswordForm.error_messages | {"password_incorrect": "Mật khẩu đang dùng chưa đúng. Đồng chí gõ lại."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_passwords(self.fields)
        old = self.fields["old_password"]
        old.label = "Mật khẩu đang dùng"
        old.widget.attrs.pop("autofocus", None)
        old.error_messages["required"] = "Chưa ghi mật khẩu đang dùng."
