"""The administrator's pages of members: stock Django admin, scoped by the managers underneath."""

# Groups are registered there, and taken out again: here a role carries permissions.
import django.contrib.auth.admin  # noqa: F401
from django.contrib import admin
from django.contrib.auth.models import Group

from . import member, period, unit, user
from .site import furnish

furnish(admin.site)
admin.site.unregister(Group)

__all__ = ["member", "period", "unit", "user"]
