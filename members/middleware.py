"""Opens the scope of the acting unit for every request, and ends sessions that lie open too long."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import IntegrityError
from django.shortcuts import redirect, render
from django.urls import reverse

from ccb import clock

from .scoping import scope_for
from .services import PeriodLocked
from .triggers import was_refused

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


class LockedPeriodMiddleware:
    """A write that a locked period refuses is a page that says so (409), whichever view it came through.

    The page carries what was sent, so that it can be sent again once the period is open; files must be chosen anew.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, PeriodLocked):
            words = exception.message
        elif isinstance(exception, IntegrityError) and was_refused(exception):
            words = ""
        else:
            return None
        sent = [(name, value) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken" for value in values]
        context = {"words": words, "sent": [] if request.FILES else sent, "files": bool(request.FILES)}
        return render(request, "members/period_locked.html", context, status=409)
