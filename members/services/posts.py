"""Posts that a member holds, and decorations: rows of his file, each written with the file's version."""

from django.core.exceptions import ValidationError
from django.db import transaction

from members.models import IN_ASSOCIATION, Decoration, Post

from .counting import counting_day_of
from .register import next_version


@transaction.atomic
def save_post(*, member, version, post, by=None, **fields):
    """A new post (``post`` None) or a corrected or ended one. Raises ``StaleVersion`` and ``ValidationError``."""
    next_version(member=member, version=version)
    row = post or Post(member=member)
    before = (row.starts_on, row.ends_on)
    for name, value in fields.items():
        setattr(row, name, value)
    row.unit = (row.unit or member.unit) if row.body in IN_ASSOCIATION else None
    if row.ends_on and row.ends_on < row.starts_on:
        raise ValidationError({"ends_on": f"Thôi giữ chức ngày {row.ends_on:%d/%m/%Y} có trước ngày bắt đầu {row.starts_on:%d/%m/%Y}."})
    if row.starts_on != before[0]:
        row.starts_on = counting_day_of(member=member, day=row.starts_on)
    if row.ends_on and row.ends_on != before[1]:
        row.ends_on = max(counting_day_of(member=member, day=row.ends_on), row.starts_on)
    return _save(row, member, by)


@transaction.atomic
def save_decoration(*, member, version, decoration, by=None, **fields):
    """A new decoration (``decoration`` None) or a corrected one."""
    next_version(member=member, version=version)
    row = decoration or Decoration(member=member)
    for name, value in fields.items():
        setattr(row, name, value)
    return _save(row, member, by)


@transaction.atomic
def remove_decoration(*, member, version, decoration, by=None):
    """A decoration that was written by mistake; its history stays."""
    next_version(member=member, version=version)
    decoration._history_user = by
    decoration.delete()
    member._history_user = by
    member.save()


def _save(row, member, by):
    row.full_clean(exclude=["member"])
    row._history_user = by
    row.save()
    member._history_user = by
    member.save()
    return row
