"""The answer when the database is held by others for too long: a calm page instead of an error.

Everything of the failed request was rolled back, so it says "chưa lưu" and lets the form be sent
again as it was. It is the project's ``handler500`` because Django asks that one about errors in
views and in middleware alike (sessions are read and written in one); a middleware's
``process_exception`` hears of views only.
"""

import sqlite3
import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

RETRY_SECONDS = 5
LOCK_TIMEOUT, DEADLOCK = "55P03", "40P01"  # PostgreSQL's codes; its words follow the language of the server
WORDS = ("database is locked", "database table is locked", "deadlock detected", "due to lock timeout")


def is_busy(error: BaseException | None) -> bool:
    """Whether the database gave up waiting for others. Anything else that it reports is an error of ours."""
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    return (
        getattr(cause, "pgcode", None) in (LOCK_TIMEOUT, DEADLOCK)
        or (getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        or any(words in str(error) for words in WORDS)
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """503 and when to try again while the database is busy, else the page of errors."""
    if not is_busy(sys.exc_info()[1]):
        return defaults.server_error(request)
    page = render_to_string("503.html", {"again": request.get_full_path(), "sent": sent_again(request), "is_get": request.method == "GET"})
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS)})


def sent_again(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a form that may be sent again as it is; none when it bore files or a password."""
    if request.method != "POST" or request.resolver_match is None or request.FILES or hasattr(request, "sensitive_post_parameters"):
        return []
    return [(name, value) for name, values in request.POST.lists() for value in values]
