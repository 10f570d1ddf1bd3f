"""Coming in and going out: password, one-time code, new password, acting unit."""

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_lockout_response
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash, views
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from ccb import clock
from members.forms import CodeForm, LoginForm, NewPasswordForm, PasswordForm
from members.middleware import ACTING
from members.models import UnitRole
from members.services import CODE_LIVES, issue_code, use_code

from .access import anybody_logged_in, permission_required

BACKEND = "members.backends.RoleBackend"


class Login(views.LoginView):
    """Throttled by axes; ``next`` is followed on this site only."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "members/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True


@method_decorator(anybody_logged_in, name="dispatch")
class Logout(views.LogoutView):
    """Takes a POST. Whoever comes back here after a session that ran out goes to the first page."""

    http_method_names = ["get", "post", "options"]

    def get(self, request, *args, **kwargs):
        return redirect("/")


@sensitive_post_parameters("code")
@login_not_required
@require_http_methods(["GET", "POST"])
def code_login(request):
    """Come in with a one-time code; the middleware then asks for a new password.

    Wrong codes are counted per name and address as wrong passwords are, but apart from them:
    whoever has just locked himself out needs the code.
    """
    if request.user.is_authenticated:
        return redirect("/")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        username = form.cleaned_data["username"]
        tried = {"username": f"mã {username}"}
        if not AxesProxyHandler.is_allowed(request, tried):
            return get_lockout_response(request, credentials=tried)
        user = use_code(username=username, code=form.cleaned_data["code"])
        if user is not None:
            login(request, user, backend=BACKEND)
            return redirect("members:password_change")
        AxesProxyHandler.user_login_failed(sender=code_login, credentials=tried, request=request)
        form.add_error(
            "code",
            "Tên đăng nhập hoặc mã chưa đúng, hoặc mã đã dùng, đã hết hạn. Đồng chí gõ lại; nếu vẫn không được thì xin mã mới.",
        )
    return render(request, "members/code_login.html", {"form": form}, status=422 if form.errors else 200)


@sensitive_post_parameters("old_password", "new_password1", "new_password2")
@anybody_logged_in
@require_http_methods(["GET", "POST"])
def password_change(request):
    user = request.user
    forced = user.must_change_password
    form = (NewPasswordForm if forced else PasswordForm)(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user.must_change_password = False
        form.save()
        update_session_auth_hash(request, user)
        messages.success(request, "Đã đổi mật khẩu. Lần sau đồng chí đăng nhập bằng mật khẩu mới.")
        return redirect("/")
    return render(request, "members/password_change.html", {"form": form, "forced": forced}, status=422 if form.errors else 200)


@anybody_logged_in
@require_http_methods(["GET", "POST"])
def switch_unit(request):
    """Choose for whom to act, among one's own roles of today."""
    if request.method == "POST":
        role = next((role for role in request.user.roles_today if str(role.pk) == request.POST.get("role")), None)
        if role is None:
            raise Http404
        request.session[ACTING] = role.pk
        messages.success(request, f"Từ giờ đồng chí làm việc cho {role.unit.full_name}.")
        return redirect("/")
    return render(request, "members/switch_unit.html", {"units": request.user.units_today})


@permission_required("members.issue_code", raise_exception=True)
@require_http_methods(["GET", "POST"])
def issue_code_for(request, pk):
    """Ask first; the code itself is in the answer to the POST and nowhere else."""
    roles = list(UnitRole.objects.in_force(clock.today()).filter(user=pk).select_related("unit", "user"))
    if not roles:
        raise Http404
    user = roles[0].user
    if not user.is_active:
        raise PermissionDenied("Tài khoản này đã khóa nên không cấp được mã.")
    context = {"person": user, "roles": roles, "lives": CODE_LIVES.days}
    if request.method == "POST":
        context["code"] = issue_code(user=user, by=request.user)
        context["expires_at"] = clock.now() + CODE_LIVES
    return render(request, "members/issue_code.html", context)
