"""Changes of the structure, to be looked at: they are made on the page "Thay đổi tổ chức"."""

from django.contrib import admin

from members.models import UnitChange, UnitSuccession

from .base import ReadOnly
from .history import HistoryAdmin


@admin.register(UnitChange)
class UnitChangeAdmin(ReadOnly, HistoryAdmin):
    fields = ["unit", "kind", "effective_on", "decision_number", "decision_on", "authority", "note", "by", "at"]
    list_display = ["effective_on", "kind", "unit", "decision_number", "authority"]
    list_filter = ["kind"]
    list_select_related = ["unit"]
    search_fields = ["decision_number"]
    search_help_text = "Tìm theo số quyết định"


@admin.register(UnitSuccession)
class UnitSuccessionAdmin(ReadOnly, HistoryAdmin):
    fields = ["old", "new", "is_heir", "change"]
    list_display = ["old", "new", "heir_"]
    list_select_related = ["old", "new"]
    search_fields = ["old__code", "old__name", "new__code", "new__name"]
    search_help_text = "Tìm theo mã hoặc tên đơn vị"

    @admin.display(description="kế thừa số liệu", ordering="is_heir")
    def heir_(self, row):
        return "có" if row.is_heir else "một phần"
