"""Periods common to all units, and the dates of a branch."""

from django.contrib import admin
from django.core.exceptions import ValidationError

from members.models import Period, PeriodDates

from .base import RowForm, ScopedChoices
from .history import HistoryAdmin


class PeriodForm(RowForm):
    class Meta:
        model = Period
        fields = ["kind", "year", "number", "label", "starts_on", "ends_on", "due_on", "parts"]

    def clean_parts(self):
        parts = self.cleaned_data["parts"]
        if self.instance.pk and self.instance in parts:
            raise ValidationError("Một kỳ không thể gồm chính nó.")
        return parts


class BranchDatesInline(ScopedChoices, admin.TabularInline):
    model = PeriodDates
    fields = ["unit", "starts_on", "ends_on", "due_on"]
    autocomplete_fields = ["unit"]
    extra = 0
    verbose_name_plural = "Ngày riêng của từng nhánh (đơn vị và cấp dưới)"


@admin.register(Period)
class PeriodAdmin(HistoryAdmin):
    form = PeriodForm
    fields = [("kind", "year", "number"), "label", ("starts_on", "ends_on", "due_on"), "parts"]
    inlines = [BranchDatesInline]
    deletable = True  # superusers alone have the permission; a period in use is protected
    list_display = ["label", "kind", "year", "number", "starts_on", "ends_on", "due_on"]
    list_filter = ["kind", "year"]
    search_fields = ["label", "year"]
    search_help_text = "Tìm theo tên kỳ hoặc năm"
    autocomplete_fields = ["parts"]


@admin.register(PeriodDates)
class PeriodDatesAdmin(HistoryAdmin):
    fields = ["period", "unit", ("starts_on", "ends_on", "due_on")]
    fixed = ["period", "unit"]
    deletable = True
    list_display = ["period", "unit", "starts_on", "ends_on", "due_on"]
    list_filter = ["period__kind", "period__year"]
    list_select_related = ["period", "unit"]
    search_fields = ["unit__code", "unit__name", "period__label"]
    search_help_text = "Tìm theo đơn vị hoặc tên kỳ"
    autocomplete_fields = ["period", "unit"]
    ordering = ["-period__ends_on", "unit__path"]
