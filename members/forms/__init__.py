from .member import MemberForm, NewMemberForm
from .session import CodeForm, LoginForm, NewPasswordForm, PasswordForm

__all__ = ["CodeForm", "LoginForm", "MemberForm", "NewMemberForm", "NewPasswordForm", "PasswordForm"]
