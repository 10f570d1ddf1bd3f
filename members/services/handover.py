"""Bàn giao: the work belongs to the unit; one person's role ends, the next one's begins, on one day."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q

from ccb import clock
from members.models import (
    Handover,
    ImportJob,
    JobState,
    MembershipRequest,
    RequestState,
    Role,
    Unit,
    UnitRole,
    User,
)

UNFINISHED = [JobState.UPLOADED, JobState.CHECKING, JobState.CHECKED, JobState.WRITING]


def may_hand_over(user, unit, role):
    """The level above for any role but the administrator's; a chairman for those who work for him."""
    if role == Role.QUAN_TRI:
        return False
    if user.is_superuser and user.is_active:
        return True
    acting = user.acting
    if acting is None or not unit.is_within(acting.unit) or not user.has_perm("members.hand_over"):
        return False
    return unit.pk != acting.unit_id or (acting.role == Role.CHU_TICH and role in {Role.THU_KY, Role.CHI_HOI_TRUONG})


def roles_to_hand_over(user, unit):
    """Roles in force at ``unit`` that ``user`` may pass on; never one of his own."""
    held = UnitRole.objects.in_force(clock.today()).filter(unit=unit).exclude(user=user.pk).select_related("user", "unit").order_by("role", "user__full_name")
    return [role for role in held if may_hand_over(user, unit, role.role)]


def receivers():
    """Users who have or had a role within the scope: those who may be chosen by name."""
    return User.objects.filter(pk__in=UnitRole.objects.values("user"), is_active=True, is_superuser=False).order_by("full_name", "username")


@dataclass(frozen=True)
class NewAccount:
    """A person who has no account yet; he comes in with a one-time code from the level above."""

    username: str
    full_name: str
    phone: str = ""


def open_work(unit):
    """(words, count) of what waits in ``unit`` and below it; without names: the record is kept for years."""
    below = Unit.objects.under(unit)
    waiting = MembershipRequest.objects.filter(state=RequestState.PROPOSED)
    counted = [
        ("Đề nghị kết nạp chờ quyết định", waiting.filter(kind=MembershipRequest.Kind.ADMISSION, unit__in=below)),
        ("Giấy giới thiệu chuyển đi, nơi đến chưa tiếp nhận", waiting.filter(kind=MembershipRequest.Kind.TRANSFER, unit__in=below)),
        ("Giấy giới thiệu chuyển đến, chờ tiếp nhận", waiting.filter(kind=MembershipRequest.Kind.TRANSFER, to_unit__in=below)),
        ("Tệp danh sách đang nhập dở", ImportJob.objects.filter(unit__in=below, state__in=UNFINISHED)),
    ]
    return [(words, rows.count()) for words, rows in counted]


@transaction.atomic
def hand_over(*, held, receiver, happened_on: date, note="", by):
    """End ``held`` on ``happened_on`` and give its role to ``receiver`` (a ``User`` or a ``NewAccount``).

    Returns the ``Handover`` with what was open. Raises ``PermissionDenied`` and ``ValidationError``.
    """
    if not may_hand_over(by, held.unit, held.role) or held.user_id == by.pk:
        raise PermissionDenied("Bàn giao do đơn vị cấp trên, hoặc Chủ tịch của đơn vị ghi.")
    Unit.objects.select_for_update(of=("self",)).get(pk=held.unit_id)
    held = UnitRole.objects.select_related("user", "unit").get(pk=held.pk)
    if held.ends_on is not None and held.ends_on <= clock.today():
        raise ValidationError(f"Vai trò của đồng chí {held.user} đã kết thúc từ {held.ends_on:%d/%m/%Y}.")
    if happened_on > clock.today():
        raise ValidationError({"happened_on": f"Ngày {happened_on:%d/%m/%Y} ở sau hôm nay. Ghi biên bản vào ngày bàn giao."})
    if happened_on <= held.starts_on:
        raise ValidationError({"happened_on": f"Đồng chí {held.user} nhận vai trò từ {held.starts_on:%d/%m/%Y}. Ghi một ngày sau đó."})
    receiver = _account(receiver, by) if isinstance(receiver, NewAccount) else receiver
    if receiver.pk == held.user_id:
        raise ValidationError({"receiver": "Người nhận và người giao là một. Chọn người khác."})
    held.ends_on = happened_on
    _save(held, by)
    roles = UnitRole.objects.filter(user=receiver, unit=held.unit, role=held.role)
    if not roles.filter(Q(ends_on=None) | Q(ends_on__gt=happened_on)).exists():
        _save(UnitRole(user=receiver, unit=held.unit, role=held.role, starts_on=happened_on), by)
    record = Handover(
        unit=held.unit, from_user=held.user, to_user=receiver, role=held.role, happened_on=happened_on,
        open_work=[[words, count] for words, count in open_work(held.unit)], note=note, by=by, at=clock.now(),
    )
    record.full_clean(exclude=["by"])
    record.save()
    return record


def _account(new, by):
    if User.objects.filter(username__iexact=new.username).exists():
        raise ValidationError({"username": f"Tên đăng nhập {new.username} đã có người dùng. Chọn tên khác."})
    user = User(username=new.username, full_name=new.full_name, phone=new.phone, must_change_password=True)
    user.set_unusable_password()
    user.full_clean(exclude=["password"])
    _save(user, by)
    return user


def _save(row, by):
    row._history_user = by
    row.save()
