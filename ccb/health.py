"""Is the program alive?"""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 when the database answers; for `scripts/start` and for whoever watches a server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("tốt\n", content_type="text/plain; charset=utf-8")
