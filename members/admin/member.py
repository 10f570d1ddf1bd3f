"""The register, to be looked at: members are written in the pages of the program."""

from django.contrib import admin

from members.models import Member, Membership, MemberStatus

from .base import EMPTY, ReadOnly, ReadOnlyInline
from .history import HistoryAdmin


class SpellInline(ReadOnlyInline):
    model = Membership
    fields = ["unit", "category", "member_name", "birth_year", "starts_on", "ends_on", "reason_in", "reason_out", "decision"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("unit")


class StatusInline(ReadOnlyInline):
    model = MemberStatus
    fields = ["kind", "starts_on", "ends_on"]


@admin.register(Member)
class MemberAdmin(ReadOnly, HistoryAdmin):
    fields = ["name", "sex", "born_then", "admitted_then", "category", "card_number", "unit", "co_so"]
    readonly_fields = ["born_then", "admitted_then", "co_so"]
    inlines = [SpellInline, StatusInline]
    list_display = ["name", "born_then", "sex", "category", "unit", "admitted_then"]
    list_filter = ["category", "sex"]
    list_select_related = ["unit"]
    search_fields = ["card_number"]
    search_help_text = "Tìm theo họ tên (có dấu hay không dấu) hoặc số thẻ"

    @admin.display(description="ngày sinh", ordering="born")
    def born_then(self, member):
        return member.born.display if member.born else EMPTY

    @admin.display(description="ngày vào Hội", ordering="admitted_on")
    def admitted_then(self, member):
        return member.admitted_on.display if member.admitted_on else EMPTY

    def get_search_results(self, request, queryset, search_term):
        by_card, duplicates = super().get_search_results(request, queryset, search_term)
        return (by_card | queryset.named(search_term)) if search_term else by_card, duplicates
