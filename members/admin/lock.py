"""Locked periods, to be looked at: they are locked and opened in the pages of the program, by the unit above."""

from django.contrib import admin

from members.models import PeriodLock

from .base import ReadOnly, shown
from .history import HistoryAdmin


@admin.register(PeriodLock)
class PeriodLockAdmin(ReadOnly, HistoryAdmin):
    fields = ["unit", "period", "starts_on", "ends_on", "by", "locked_at", "opened_until", "opener", "asker", "reason"]
    readonly_fields = ["by", "opener", "asker"]
    list_display = ["unit", "period", "starts_on", "ends_on", "locked_at", "opened_until", "reason"]
    list_filter = ["period__kind", "period__year"]
    list_select_related = ["unit", "period"]
    search_fields = ["unit__code", "unit__name", "period__label"]
    search_help_text = "Tìm theo đơn vị hoặc tên kỳ"
    ordering = ["-ends_on", "unit__path"]

    by = shown("locked_by", "người khóa")
    opener = shown("opened_by", "người mở")
    asker = shown("asked_by", "người xin mở")
