"""The administrator's pages of members: stock Django admin, scoped by the managers underneath."""

# Groups and the queue of tasks are registered there, and taken out again: here a role carries
# permissions, and the queue has English pages and nothing to decide.
import django.contrib.auth.admin  # noqa: F401
import django_tasks_db.admin  # noqa: F401
from django.contrib import admin
from django.contrib.auth.models import Group
from django_tasks_db.models import DBTaskResult

from . import member, period, unit, user
from .site import furnish

furnish(admin.site)
admin.site.unregister([Group, DBTaskResult])

__all__ = ["member", "period", "unit", "user"]
