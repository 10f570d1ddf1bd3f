"""Households: founded, joined, left, and how they live from which day."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from members.models import Household, HouseholdStatus

from .counting import counting_day, counting_day_of
from .register import next_version


@dataclass(frozen=True)
class Condition:
    """Living standard and house from ``since`` (a counting date); '' where not known."""

    living: str
    house: str
    since: date


def open_condition(household):
    return household.statuses.filter(ends_on=None).first()


@transaction.atomic
def set_household(*, member, version, household, head, head_name="", condition=None, by=None, **fields):
    """Put ``member`` into ``household`` (None: into none; an unsaved one is founded) and say how it lives.

    ``head``: whether he is its head; else ``head_name`` may name one who is no member. ``fields`` are
    further fields of the person. Raises ``StaleVersion``, and ``ValidationError`` for a household of
    another unit or a date before what is known already.
    """
    next_version(member=member, version=version)
    left = member.household if member.household_id and (household is None or household.pk != member.household_id) else None
    if household is not None:
        if household.unit_id != member.unit_id:
            raise ValidationError({"household": "Hộ này thuộc đơn vị khác. Chọn một hộ của đơn vị, hoặc lập hộ mới."})
        _write_household(household, member, head, head_name, by)
        if condition is not None:
            set_condition(household=household, condition=condition, by=by)
    member.household = household
    for name, value in fields.items():
        setattr(member, name, value)
    member.full_clean(exclude=["folded_name", "sort_key"])
    member._history_user = by
    member.save()
    if left is not None and left.head_id == member.pk:
        left.head, left.head_name = None, left.head_name or member.name
        left._history_user = by
        left.save()
    return member


def _write_household(household, member, head, head_name, by):
    if head:
        wanted = {"head": member, "head_name": "", "address": household.address or member.address}
    elif household.head_id == member.pk or (head_name and not household.head_id):
        wanted = {"head": None, "head_name": head_name}
    elif head_name:
        raise ValidationError({"head_name": f"Chủ hộ đang ghi là đồng chí {household.head}. Sửa ở hồ sơ của đồng chí ấy, hoặc để trống ô này."})
    else:
        wanted = {}
    if not wanted.get("head", household.head) and not wanted.get("head_name", household.head_name):
        raise ValidationError({"head_name": "Chưa ghi chủ hộ. Đồng chí ấy là chủ hộ thì chọn “Là chủ hộ”, không thì ghi họ tên chủ hộ."})
    if household.pk is not None and all(getattr(household, name) == value for name, value in wanted.items()):
        return
    for name, value in wanted.items():
        setattr(household, name, value)
    household.full_clean(exclude=["unit"])
    household._history_user = by
    household.save()


def set_condition(*, household, condition, by=None):
    """From ``condition.since`` on the household lives so; nothing is written when it did already.

    A second statement from the same day corrects the first. Raises ``ValidationError`` for an earlier day.
    """
    now = open_condition(household)
    said = (condition.living, condition.house)
    if said == ((now.living, now.house) if now else ("", "")):
        return now
    day = counting_day(units=[household.unit], day=condition.since)
    for person in household.people.all():
        day = counting_day_of(member=person, day=day)
    if now is not None and day < now.starts_on:
        raise ValidationError(
            {"since": f"Mức sống đã ghi tính từ {now.starts_on:%d/%m/%Y}. Ghi ngày ấy hoặc một ngày sau đó."}
        )
    if now is not None and day == now.starts_on:
        now.living, now.house = said
        row = now
    else:
        if now is not None:
            now.ends_on = day
            now._history_user = by
            now.save()
        row = HouseholdStatus(household=household, living=condition.living, house=condition.house, starts_on=day)
    row._history_user = by
    row.save()
    return row


def of_unit(unit):
    """Households to join, by the name of the head."""
    return Household.objects.filter(unit=unit).select_related("head").order_by("head__sort_key", "head_name", "pk")
