"""Opens the scope of the acting unit for every request, and ends sessions that lie open too long."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import redirect
from django.urls import reverse

from ccb import clock

from .scoping import scope_for

ACTING = "acting_role"


class ScopeMiddleware:
    """Rows of the acting unit only. Anonymous requests get no scope: a query of theirs raises."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        chosen = request.session.get(ACTING)
        user.acting_role = next((role for role in user.roles_today if role.pk == chosen), None)
        with scope_for(user):
            return self.get_response(request)


class SessionLimitMiddleware:
    """Eight hours at most, thirty minutes idle (settings): a shared PC does not stay logged in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            now = int(clock.now().timestamp())
            began = request.session.setdefault("began_at", now)
            seen = request.session.get("seen_at", now)
            if now - began > settings.SESSION_MAX_SECONDS or now - seen > settings.SESSION_IDLE_SECONDS:
                logout(request)
                messages.info(request, "Phiên làm việc đã hết giờ. Mời đồng chí đăng nhập lại; chương trình sẽ mở lại đúng trang này.")
                back = request.get_full_path() if request.method == "GET" else request.path
                return redirect(f"{reverse('members:login')}?{urlencode({'next': back})}")
            if now - seen > 60 or "seen_at" not in request.session:
                request.session["seen_at"] = now
        return self.get_response(request)


class PasswordChangeMiddleware:
    """A user with a first or a one-time password changes it before anything else."""

    OPEN = {"members:password_change", "members:logout"}

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        user = request.user
        if user.is_authenticated and user.must_change_password and request.resolver_match.view_name not in self.OPEN:
            return redirect("members:password_change")
        return None
