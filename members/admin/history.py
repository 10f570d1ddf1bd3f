"""Pages that show the history of a row. Nobody edits history, and nobody reverts to it."""

from itertools import pairwise

from django.contrib.admin.utils import display_for_field, unquote
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper

from members.vietnamese import PartialDate

from .base import EMPTY, BaseAdmin, in_words

# Kept by the program; who wrote and when stands beside every record anyway.
INTERNAL = {
    "id", "version", "folded_name", "sort_key", "path", "password", "last_login", "typed_by", "typed_at", "written_by", "written_at",
}


class Helper(HistoricalRecordContextHelper):
    """Old and new values in the words of the pages: labels of choices, dates, có and không."""

    words = {}

    def prepare_delta_change_value(self, change, value):
        return in_history(self.model._meta.get_field(change.field), super().prepare_delta_change_value(change, value), self.words)


def in_history(field, value, words):
    """``value`` of ``field`` for people; ``words`` has a function for a field that needs its own."""
    if field.name in words:
        return words[field.name](value)
    if isinstance(value, bool):
        return in_words(value)
    if isinstance(value, PartialDate):
        return value.display
    if isinstance(value, list):
        return ", ".join(map(str, value)) or EMPTY
    if field.is_relation:
        return str(value or EMPTY)
    return display_for_field(value, field, EMPTY, avoid_link=True) if value is not None else EMPTY


class HistoryAdmin(BaseAdmin, SimpleHistoryAdmin):
    """``history_words``: a function for each field whose stored value says nothing to people."""

    object_history_list_template = "admin/history_list.html"
    history_words = {}

    def revert_disabled(self, request, obj=None):
        return True

    def history_view(self, request, object_id, extra_context=None):
        """Not reachable unless the row itself is; the library would also look into history alone."""
        if self.get_object(request, unquote(object_id)) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return super().history_view(request, object_id, extra_context)

    def get_historical_record_context_helper(self, request, historical_record):
        helper = Helper(self.model, historical_record)
        helper.words = self.history_words
        return helper

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
        numbered = {self.opts.pk.attname: obj.pk, "history_id": int(version_id) if version_id.isdecimal() else None}
        record = records.filter(**numbered).first()
        if record is None:
            raise Http404("Không có lần ghi này.")
        context = {
            **self.admin_site.each_context(request),
            "title": f"{obj} – bản ghi lúc đó", "opts": self.opts, "original": obj, "record": record, "values": self.values_of(record),
        }
        return TemplateResponse(request, "admin/history_record.html", context)

    def values_of(self, record):
        """(label, value) of every field that a person may have typed."""
        for field in record.tracked_fields:
            if field.name in INTERNAL:
                continue
            try:
                value = getattr(record, field.name)
            except ObjectDoesNotExist:
                value = "(đã xóa)"
            yield capfirst(field.verbose_name), in_history(field, value, self.history_words)
