"""Clusters of emulation and their members of a year."""

from django import forms
from django.contrib import admin

from members.admin.base import ScopedChoices
from members.admin.history import HistoryAdmin
from members.models import Unit

from .models import ClusterMember, ClusterYear


class NewMemberFormSet(forms.BaseInlineFormSet):
    def clean(self):
        super().clean()
        named = [form.cleaned_data.get("unit") for form in self.forms if form.is_valid()]
        if self.instance.unit_id in [unit.pk for unit in named if unit]:
            raise forms.ValidationError("Cụm không thể là thành viên của chính mình.")


class MemberInline(ScopedChoices, admin.TabularInline):
    """Those who are in it. A cluster names units outside its own scope, so a name is only read."""

    model = ClusterMember
    fields = ["unit", "position"]
    readonly_fields = ["unit"]
    extra = 0
    verbose_name_plural = "Thành viên của cụm trong năm"

    def has_add_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("unit")


class NewMemberInline(ScopedChoices, admin.TabularInline):
    model = ClusterMember
    formset = NewMemberFormSet
    fields = ["unit", "position"]
    autocomplete_fields = ["unit"]
    extra = 1
    verbose_name_plural = "Thêm thành viên"

    def get_queryset(self, request):
        return super().get_queryset(request).none()


@admin.register(ClusterYear)
class ClusterYearAdmin(HistoryAdmin):
    fields = [("unit", "year"), "decision", ("head", "deputy")]
    fixed = ["unit", "year"]
    deletable = True
    inlines = [MemberInline, NewMemberInline]
    list_display = ["unit", "year", "decision", "head", "deputy"]
    list_filter = ["year"]
    list_select_related = ["unit", "head", "deputy"]
    search_fields = ["unit__code", "unit__name"]
    search_help_text = "Tìm theo mã hoặc tên cụm"
    autocomplete_fields = ["unit", "head", "deputy"]

    def get_readonly_fields(self, request, obj=None):
        """A head outside the administrator's scope is read, not chosen: saving must not lose it."""
        fields = super().get_readonly_fields(request, obj)
        if obj:
            named = {"head": obj.head_id, "deputy": obj.deputy_id}
            reached = set(Unit.objects.filter(pk__in=[pk for pk in named.values() if pk]).values_list("pk", flat=True))
            fields += [name for name, pk in named.items() if pk and pk not in reached]
        return fields
