"""The addresses of the whole program. Those of an app stand in the app."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

from ccb.health import health

# One way in: the administrator logs in where everybody does, with the same throttle.
admin_login = login_not_required(
    RedirectView.as_view(pattern_name="members:login", query_string=True)
)

handler500 = "ccb.busy.server_error"

urlpatterns = [
    path("suc-khoe", health, name="health"),
    path("quan-tri/login/", admin_login),
    path("quan-tri/", admin.site.urls),
    path("", include("members.urls")),
    path("", include("reports.urls")),
]
