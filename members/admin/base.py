"""What every page of the admin shares. Whose rows they show is decided in ``members.scoping``.

Rows come from the default managers, which are scoped, and so do choices of units. Users have no
unit of their own: wherever one is chosen, ``reach.visible_users`` decides.
"""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import (
    AutocompleteSelect,
    AutocompleteSelectMultiple,
    RelatedFieldWidgetWrapper,
)
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from members.models import User

from .reach import visible_users

EMPTY = "–"


class RowForm(forms.ModelForm):
    """The form of every page and inline. A page that does not ask for a field still answers for it."""

    def add_error(self, field, error):
        """What a model's ``clean`` says of a field that is not asked for here stands above the form."""
        if field is None and hasattr(error, "error_dict"):
            placed = {}
            for name, errors in error.error_dict.items():
                placed.setdefault(name if name in self.fields else NON_FIELD_ERRORS, []).extend(errors)
            error = ValidationError(placed)
        super().add_error(field, error)

    def validate_unique(self):
        """Also the constraints that name a field which is not asked for here; Django leaves those to the database."""
        super().validate_unique()
        if self.instance.pk and not self.errors:
            try:
                self.instance.validate_constraints()
            except ValidationError as error:
                self.add_error(None, error)


class PickedByNumber:
    """For autocompletes: Django's own fail to draw again what was sent as a choice and is no number of a row."""

    def optgroups(self, name, value, attrs=None):
        return super().optgroups(name, [key for key in value if not key or (str(key).isdecimal() and len(str(key)) < 19)], attrs)


class Pick(PickedByNumber, AutocompleteSelect):
    pass


class PickMany(PickedByNumber, AutocompleteSelectMultiple):
    pass


class ScopedChoices:
    """For admins and inlines: a user is chosen among those whom the administrator may see.

    No links beside a choice that open a second window: one page, one task.
    """

    form = RowForm

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.remote_field.model is User:
            kwargs["queryset"] = visible_users(request.user)
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = Pick(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = PickMany(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


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


def in_words(value):
    """True → "có", False → "không", None → "–"; Django draws an icon with an English name."""
    return {True: "có", False: "không"}.get(value, EMPTY)


def shown(name, description):
    """A column or a read-only field for the model field ``name``: booleans in words, its own label."""

    @admin.display(description=description, ordering=name)
    def column(self, row):
        value = getattr(row, name)
        return in_words(value) if value is None or isinstance(value, bool) else value

    return column
