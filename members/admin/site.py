"""What differs from Django's own admin site: its name, who may enter, how a unit is offered."""

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect

from members.models import Unit


def may_enter(request):
    """True for administrators; 403 for anybody else who is logged in, instead of a second login."""
    if request.user.is_authenticated and not request.user.is_staff:
        raise PermissionDenied("Trang này dành cho người có vai trò Quản trị.")
    return request.user.is_staff if request.user.is_authenticated else False


class Autocomplete(AutocompleteJsonView):
    """A hundred chi hội are called "Thôn 1": a unit is offered with its code."""

    def serialize_result(self, obj, to_field_name):
        result = super().serialize_result(obj, to_field_name)
        return result | {"text": f"{obj} ({obj.code})"} if isinstance(obj, Unit) else result


def own_password(request, extra_context=None):
    """One page to change one's password: everybody's."""
    return redirect("members:password_change")


def furnish(site):
    """Dress Django's default site; it stays the one that ``admin.register`` uses."""
    site.site_header = "Quản trị Hội Cựu chiến binh"
    site.site_title = "Quản trị"
    site.index_title = "Các bảng quản trị"
    site.empty_value_display = "–"
    site.enable_nav_sidebar = False  # the room belongs to the tables
    site.has_permission = may_enter
    site.password_change = site.password_change_done = own_password
    site.autocomplete_view = Autocomplete.as_view(admin_site=site)
