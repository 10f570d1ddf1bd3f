"""What every page of the admin shares. Whose rows they show is decided in ``members.scoping``.

Rows come from the default managers, which are scoped, and so do choices of units. Users have no
unit of their own: wherever one is chosen, ``reach.visible_users`` decides.
"""

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper

from members.models import User

from .reach import visible_users

EMPTY = "–"


class ScopedChoices:
    """For admins and inlines: a user is chosen among those whom the administrator may see.

    No links beside a choice that open a second window: one page, one task.
    """

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

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
