"""Answers that hold for every page, whoever wrote its view. Knows no application."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control

DRAINED_BYTES = 64 * 1024 * 1024


class NoStoreMiddleware:
    """No page is kept by a browser or a proxy: most show people, and PCs are shared.

    Static files never come here; WhiteNoise answers them first.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        patch_cache_control(response, no_store=True, private=True)
        return response


class NulMiddleware:
    """No text that a person types holds a NUL; PostgreSQL would answer it with an error page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any("\0" in value for data in (request.GET, request.POST) for values in data.lists() for value in values[1]):
            return HttpResponseBadRequest(render_to_string("400.html", request=request))
        return self.get_response(request)


class UploadLimitMiddleware:
    """Refuses a request larger than UPLOAD_MAX_BYTES with 413, before anything parses it.

    Django limits form fields by itself, but not files.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if length <= settings.UPLOAD_MAX_BYTES:
            return self.get_response(request)
        self._drain(request, min(length, DRAINED_BYTES))
        limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        return HttpResponse(render_to_string("413.html", {"limit_mb": limit}), status=413)

    @staticmethod
    def _drain(request: HttpRequest, length: int) -> None:
        """A browser that is cut off while it sends shows its own error, not our answer."""
        while length > 0:
            chunk = request.read(min(length, 1024 * 1024))
            if not chunk:
                return
            length -= len(chunk)
