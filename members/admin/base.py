"""What every page of the admin shares. Whose rows they show is decided in ``members.scoping``.

Rows come from the default managers, which are scoped, and so do choices of units. Users have no
unit of their own: wherever one is chosen, ``reach.visible_users`` decides.
"""

from itertools import pairwise

from django.contrib import admin
from django.contrib.admin.utils import display_for_field, unquote
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import ForeignKey
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from simple_history.admin import SimpleHistoryAdmin

from members.models import User
from members.vietnamese import PartialDate

from .reach import visible_users

# Kept by the program, not typed by anybody; some of them have no Vietnamese name either.
INTERNAL = {"id", "version", "folded_name", "sort_key", "path", "password", "last_login"}


class ScopedChoices:
    """For admins and inlines: a user is chosen among those whom the administrator may see."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.remote_field.model is User:
            kwargs["queryset"] = visible_users(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class BaseAdmin(ScopedChoices, admin.ModelAdmin):
    """``fixed``: fields that nobody changes once the row exists. ``deletable``: no by default."""

    actions = None  # one row at a time, so that history misses none
    list_per_page = 50
    show_full_result_count = False
    fixed = ()
    deletable = False

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(self.fixed if obj else ())]

    def has_delete_permission(self, request, obj=None):
        return self.deletable and super().has_delete_permission(request, obj)


class HistoryAdmin(BaseAdmin, SimpleHistoryAdmin):
    """With pages that show the history of a row; nobody edits it or reverts to it."""

    object_history_list_template = "admin/history_list.html"

    def revert_disabled(self, request, obj=None):
        return True

    def history_view(self, request, object_id, extra_context=None):
        """Not reachable unless the row itself is; the library would also look into history alone."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return super().history_view(request, object_id, extra_context)

    def set_history_delta_changes(self, request, historical_records, foreign_keys_are_objs=True):
        for newer, older in pairwise(historical_records):
            hidden = INTERNAL & {field.name for field in newer.tracked_fields}
            delta = newer.diff_against(older, excluded_fields=hidden, foreign_keys_are_objs=foreign_keys_are_objs)
            helper = self.get_historical_record_context_helper(request, newer)
            newer.history_delta_changes = helper.context_for_delta_changes(delta)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        """The row as it was, to be read."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        records = getattr(self.model, self.opts.simple_history_manager_attribute)
        record = records.filter(**{self.opts.pk.attname: obj.pk, "history_id": version_id}).first() if version_id.isdecimal() else None
        if record is None:
            raise Http404("Không có lần sửa này.")
        context = {
            **self.admin_site.each_context(request),
            "title": f"{obj} – bản ghi lúc đó", "opts": self.opts, "original": obj, "record": record,
            "values": [(capfirst(f.verbose_name), value_then(record, f)) for f in record.tracked_fields if f.name not in INTERNAL],
        }
        return TemplateResponse(request, "admin/history_record.html", context)


def value_then(record, field):
    """What ``field`` held in a row of history, for people."""
    if isinstance(field, ForeignKey):
        try:
            return getattr(record, field.name) or "–"
        except ObjectDoesNotExist:
            return "(đã xóa)"
    value = getattr(record, field.attname)
    if isinstance(value, PartialDate):
        return value.display
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return display_for_field(value, field, "–")


class ReadOnly:
    """Looked at here, written elsewhere or not at all; that holds for superusers too."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ReadOnlyInline(ReadOnly, admin.TabularInline):
    """Rows under another row, to be read."""

    extra = 0
    can_delete = False
