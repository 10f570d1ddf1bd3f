"""Indicators that administrators add, whom an entry concerns, and what units wrote, to be read."""

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, Q, Subquery

from members.admin.base import EMPTY, ReadOnly, RowForm, shown
from members.admin.history import HistoryAdmin
from members.models import Level
from members.vietnamese import fold, format_number

from . import catalogue, indicators
from .models import EnteredFigure, Indicator, IndicatorConcern, ReportText, SectionConfirmation
from .models.indicator import FLAG_CHOICES, SECTION_CHOICES, Place

LEVEL_CHOICES = [(code, Level(code).label) for code in catalogue.LEVELS]
UNIT_WORDS = [unit for unit, measure in catalogue.UNITS.items() if measure.cls != "by_part"]


def levels_in_words(levels):
    """{"TINH", "CO_SO"} → "Tỉnh, thành phố; Cơ sở"."""
    if set(levels) >= set(catalogue.LEVELS):
        return "mọi cấp"
    return "; ".join(label for code, label in LEVEL_CHOICES if code in levels)


def concerns_in_words(concerns):
    """Whom an entry concerns, in one line."""
    needs = [f"chỉ {name}" for code, name in FLAG_CHOICES if code in concerns.needs]
    return ", ".join([levels_in_words(concerns.levels), Place(concerns.place).label.lower(), *needs])


HISTORY_WORDS = {
    "levels": levels_in_words,
    "needs": lambda needs: "; ".join(name for code, name in FLAG_CHOICES if code in needs) or "mọi đơn vị",
}


class SuggestingInput(forms.TextInput):
    """A text box that offers words and accepts others."""

    template_name = "admin/suggesting_input.html"

    def __init__(self, words, attrs=None):
        super().__init__({"class": "vTextField", **(attrs or {})})
        self.words = words

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["words"], context["list_id"] = self.words, f"{name}_words"
        context["widget"]["attrs"]["list"] = context["list_id"]
        return context


def levels_field():
    return forms.MultipleChoiceField(
        label="Các cấp có số", choices=LEVEL_CHOICES, initial=catalogue.LEVELS, widget=forms.CheckboxSelectMultiple,
        help_text="Cấp nào có ô cho chỉ tiêu này. Số của phân hội ghi tại chi hội.",
    )


def needs_field():
    return forms.MultipleChoiceField(
        label="Chỉ đơn vị", choices=FLAG_CHOICES, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Không đánh dấu: mọi đơn vị của các cấp trên.",
    )


class IndicatorForm(RowForm):
    levels, needs = levels_field(), needs_field()

    class Meta:
        model = Indicator
        fields = ["code", "name", "unit", "kind", "section", "direction", "rule", "open_parts", "levels", "place", "needs"]
        widgets = {"unit": SuggestingInput(UNIT_WORDS)}


@admin.register(Indicator)
class IndicatorAdmin(HistoryAdmin):
    """An indicator is never deleted: figures were entered under its code."""

    form = IndicatorForm
    history_words = HISTORY_WORDS
    fieldsets = [
        (None, {"fields": ["name", "code", ("unit", "kind"), "section", "direction", "rule", "open_parts"]}),
        ("Diện áp dụng", {"fields": ["levels", "place", "needs"]}),
    ]
    fixed = ["code"]
    readonly_fields = ["concerned", "open_parts_"]
    list_display = ["name", "code", "unit", "kind", "section", "concerned"]
    list_filter = ["section", "kind"]
    search_fields = ["name", "code"]
    search_help_text = "Tìm theo tên hoặc mã chỉ tiêu"

    open_parts_ = shown("open_parts", "cho ghi phân tổ tùy ý")

    def get_fieldsets(self, request, obj=None):
        """Whoever only reads gets words in the place of codes and marks."""
        if obj is None or self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": ["name", "code", ("unit", "kind"), "section", "direction", "rule", "open_parts_", "concerned"]})]

    @admin.display(description="diện áp dụng")
    def concerned(self, row):
        return concerns_in_words(row.as_concerns())


def builtin_choices():
    """The built-in entries by section, each with whom the program ships it for."""
    entries = catalogue.ENTRIES.values()
    return [("", "---------")] + [
        (title, [(e.code, f"{e.name} – {concerns_in_words(e.concerns)}") for e in entries if e.section == section])
        for section, title in SECTION_CHOICES
    ]


class IndicatorConcernForm(RowForm):
    levels, needs = levels_field(), needs_field()

    class Meta:
        model = IndicatorConcern
        fields = ["levels", "place", "needs"]


class NewIndicatorConcernForm(IndicatorConcernForm):
    code = forms.ChoiceField(label="Chỉ tiêu có sẵn", choices=builtin_choices, help_text="Sau tên là diện mà chương trình đặt sẵn.")

    class Meta(IndicatorConcernForm.Meta):
        fields = ["code", *IndicatorConcernForm.Meta.fields]


@admin.register(IndicatorConcern)
class IndicatorConcernAdmin(HistoryAdmin):
    """Deleting a row brings back what the program ships."""

    form = IndicatorConcernForm
    history_words = HISTORY_WORDS
    deletable = True
    list_display = ["__str__", "section", "concerned", "shipped"]
    search_fields = ["code"]
    search_help_text = "Tìm theo tên hoặc mã chỉ tiêu"

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change=change, **({} if obj else {"form": NewIndicatorConcernForm}), **kwargs)

    def get_fields(self, request, obj=None):
        if obj and not self.has_change_permission(request, obj):
            return ["indicator", "shipped", "concerned"]
        return ["indicator", "shipped", "levels", "place", "needs"] if obj else ["code", "levels", "place", "needs"]

    def get_readonly_fields(self, request, obj=None):
        return ["indicator", "shipped", "concerned"] if obj else []

    def get_search_results(self, request, queryset, search_term):
        return queryset.filter(code__in=codes_named(search_term)) if search_term else queryset, False

    @admin.display(description="chỉ tiêu có sẵn")
    def indicator(self, row):
        return f"{row} ({row.code})"

    @admin.display(description="mục", ordering="code")
    def section(self, row):
        return dict(SECTION_CHOICES).get(catalogue.ENTRIES[row.code].section) if row.code in catalogue.ENTRIES else EMPTY

    @admin.display(description="diện đang dùng")
    def concerned(self, row):
        return concerns_in_words(row.as_concerns())

    @admin.display(description="chương trình đặt sẵn")
    def shipped(self, row):
        return concerns_in_words(catalogue.ENTRIES[row.code].concerns) if row.code in catalogue.ENTRIES else EMPTY


def codes_named(text):
    """Codes of the indicators whose name or code holds every word of ``text``, marks aside."""
    words = fold(text).split()
    return [code for code, entry in indicators.lookup().items() if all(word in f"{fold(entry.name)} {code}" for word in words)]


class SectionFilter(admin.SimpleListFilter):
    title = "mục"
    parameter_name = "muc"

    def lookups(self, request, model_admin):
        return SECTION_CHOICES

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        return queryset.filter(code__in=[code for code, entry in indicators.lookup().items() if entry.section == self.value()])


@admin.register(EnteredFigure)
class EnteredFigureAdmin(ReadOnly, HistoryAdmin):
    """Typed figures, to be looked up: units write them in their own pages."""

    fields = [
        "unit", "period", "indicator", "part", "state", "figure", "qualifier", "estimate_", "words", "as_typed", "print_mode",
        "note", "explanation", "by", "typed_at", "on_behalf_",
    ]
    readonly_fields = ["indicator", "figure", "estimate_", "by", "on_behalf_"]
    list_display = ["indicator", "part", "unit", "period", "state", "figure", "on_behalf_", "typed_at"]
    list_filter = ["period", SectionFilter, "state", "on_behalf", "estimate"]
    list_select_related = ["unit", "period"]
    search_fields = ["unit__code", "unit__name"]
    search_help_text = "Tìm theo đơn vị, tên hoặc mã chỉ tiêu"

    estimate_ = shown("estimate", "ước")
    on_behalf_ = shown("on_behalf", "nhập thay")
    by = shown("typed_by", "người nhập")

    def get_queryset(self, request):
        own = Indicator.objects.filter(code=OuterRef("code")).values("name")[:1]
        return super().get_queryset(request).annotate(own_name=Subquery(own))

    def get_search_results(self, request, queryset, search_term):
        by_unit, duplicates = super().get_search_results(request, queryset, search_term)
        if not search_term:
            return by_unit, duplicates
        return by_unit | queryset.filter(Q(code__in=codes_named(search_term))), duplicates

    @admin.display(description="chỉ tiêu", ordering="code")
    def indicator(self, row):
        entry = catalogue.ENTRIES.get(row.code)
        return entry.name if entry else row.own_name or row.code

    @admin.display(description="giá trị", ordering="value")
    def figure(self, row):
        if row.value is None:
            return row.words or EMPTY
        number = format_number(row.value) if row.denominator is None else f"{format_number(row.value)}/{format_number(row.denominator)}"
        entry = catalogue.ENTRIES.get(row.code)
        return " ".join(filter(None, [row.qualifier, number, row.measure or (entry and entry.unit)]))


@admin.register(SectionConfirmation)
class SectionConfirmationAdmin(ReadOnly, HistoryAdmin):
    fields = ["unit_", "period_", "section_", "by_", "at_"]
    readonly_fields = fields
    list_display = fields
    list_filter = [("period__kind", admin.ChoicesFieldListFilter), ("period__year", admin.AllValuesFieldListFilter)]
    list_select_related = ["unit", "period", "by"]
    search_fields = ["unit__code", "unit__name"]
    search_help_text = "Tìm theo mã hoặc tên đơn vị"
    ordering = ["-at"]

    unit_ = shown("unit", "đơn vị")
    period_ = shown("period", "kỳ")
    by_ = shown("by", "người xác nhận")
    at_ = shown("at", "lúc")

    @admin.display(description="mục", ordering="section")
    def section_(self, row):
        return dict(SECTION_CHOICES).get(row.section, row.section)


@admin.register(ReportText)
class ReportTextAdmin(ReadOnly, HistoryAdmin):
    history_words = {"kind": lambda kind: "tổng kết năm" if kind == "annual" else kind}
    fields = ["unit", "period", "section", "text", "by", "written_at"]
    readonly_fields = ["by"]
    list_display = ["unit", "period", "section", "beginning", "by", "written_at"]
    list_filter = ["period"]
    list_select_related = ["unit", "period", "written_by"]
    search_fields = ["unit__code", "unit__name"]
    search_help_text = "Tìm theo mã hoặc tên đơn vị"
    ordering = ["-written_at"]

    by = shown("written_by", "người viết")

    @admin.display(description="lời văn")
    def beginning(self, row):
        return row.text[:80]
