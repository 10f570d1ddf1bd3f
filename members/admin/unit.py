"""Units and what they print on their documents."""

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.forms.models import model_to_dict

from members.models import Unit, UnitSettings, UnitVersion
from members.services import correct_unit, found_unit

from .base import ReadOnlyInline, ScopedChoices, shown
from .history import HistoryAdmin

SETTINGS = [
    ("starts_on",), ("parent_line",), ("issuer_line",), ("number_pattern", "place_name"), ("authority", "signer_title", "signer_name"),
    ("addressed_to",), ("recipients",), ("closing_mark", "outline"), ("frontier", "entrusted"),
]
FEW_LINES = {models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})}}


class VersionInline(ReadOnlyInline):
    model = UnitVersion
    fk_name = "unit"
    fields = ["name", "kind", "parent", "starts_on", "ends_on"]
    verbose_name_plural = "Tên và nơi trực thuộc theo thời gian"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("parent")


class SettingsInline(ScopedChoices, admin.StackedInline):
    model = UnitSettings
    fields = SETTINGS
    formfield_overrides = FEW_LINES
    extra = 0
    show_change_link = True
    verbose_name_plural = "Thiết lập của đơn vị"


@admin.register(Unit)
class UnitAdmin(HistoryAdmin):
    """Units are founded and mended through services; no unit is ever deleted."""

    fields = ["code", "name", "level", "kind", "parent", "opens_on"]
    fixed = ["code", "level", "parent", "opens_on", "closes_on"]
    list_display = ["name", "code", "level", "kind", "parent", "closes_on"]
    list_filter = ["level", "kind"]
    list_select_related = ["parent"]
    search_fields = ["code", "name"]
    search_help_text = "Tìm theo mã hoặc tên đơn vị"
    autocomplete_fields = ["parent"]
    ordering = ["path"]

    def get_fields(self, request, obj=None):
        return [*self.fields, "closes_on"] if obj else self.fields

    def get_inlines(self, request, obj):
        return [VersionInline, SettingsInline] if obj else []

    def get_changeform_initial_data(self, request):
        acting = request.user.acting
        return {"parent": acting.unit_id if acting else None} | super().get_changeform_initial_data(request)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if parent := form.base_fields.get("parent"):
            parent.required = not request.user.is_superuser  # who alone may begin a tree
        return form

    def save_model(self, request, obj, form, change):
        if change:
            correct_unit(unit=obj, name=obj.name, kind=obj.kind, by=request.user)
            return
        given = model_to_dict(obj, fields=["code", "name", "level", "kind", "opens_on"])
        founded = found_unit(**given, parent=obj.parent, by=request.user)
        obj.pk, obj.path = founded.pk, founded.path
        obj._state.adding = False


@admin.register(UnitSettings)
class UnitSettingsAdmin(HistoryAdmin):
    fields = [("unit",), *SETTINGS]
    formfield_overrides = FEW_LINES
    fixed = ["unit"]
    deletable = True
    list_display = ["unit", "starts_on", "issuer_line", "signer_name", "outline", "frontier_", "entrusted_"]
    list_filter = ["outline", "frontier", "entrusted"]
    list_select_related = ["unit"]
    search_fields = ["unit__code", "unit__name"]
    search_help_text = "Tìm theo mã hoặc tên đơn vị"
    autocomplete_fields = ["unit"]

    frontier_ = shown("frontier", "biên giới")
    entrusted_ = shown("entrusted", "nhận ủy thác")
