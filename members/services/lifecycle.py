"""How a membership moves, ends, goes on: one open spell a member, each step with its date and decision.

The date that papers give is kept as the true one; a step counts from that day, or from the first
open day after it when the period is locked.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from ccb import clock
from members.models import (
    IN_ASSOCIATION,
    Discipline,
    Level,
    Member,
    MembershipRequest,
    ReasonIn,
    ReasonOut,
    RequestState,
)
from members.scoping import all_units, current_scope

from .counting import beginning_day, counting_day
from .locks import hold_member
from .register import check_keeps_members, open_spell
from .units import co_so_of

# Endings that a person's own unit records. Transfers, merges and double files have their own steps.
ENDINGS = (ReasonOut.DECEASED, ReasonOut.LEFT, ReasonOut.STRUCK_OFF, ReasonOut.EXPELLED)
BY_DECISION = {ReasonOut.STRUCK_OFF, ReasonOut.EXPELLED}


def decides_for(user, unit):
    """Whether ``user`` records what the Ban Chấp hành decides about people of ``unit``: its cơ sở, or above it."""
    if user.is_superuser and user.is_active:
        return True
    acting = user.acting
    return (
        acting is not None and Level(acting.unit.level).rank <= Level.CO_SO.rank
        and unit.is_within(acting.unit) and user.has_perm("members.decide_request")
    )


def may_end(user, unit, reason):
    """A death is reported by whoever keeps the list; the rest is decided by the cơ sở."""
    return user.has_perm("members.change_member") if reason == ReasonOut.DECEASED else decides_for(user, unit)


def _allow(permitted):
    if not permitted:
        raise PermissionDenied("Việc này do tổ chức cơ sở Hội của đồng chí ấy quyết định.")


def _locked(member):
    """The person's row, locked, as stored now; the locks of his unit hold still first."""
    hold_member(member)
    return Member.objects.select_for_update(of=("self",)).get(pk=member.pk)


def _open_spell_of(member):
    spell = member.spells.filter(ends_on=None).select_related("unit", "co_so").first()
    if spell is None:
        raise ValidationError(f"Đồng chí {member.name} không còn sinh hoạt trong Hội: không có gì để ghi ra. Xem lại quá trình sinh hoạt.")
    return spell


def _save(row, by, reason=""):
    row._history_user = by
    if reason:
        row._change_reason = reason
    row.save()


def _last_day(true, spell):
    """The day that ``true`` (a partial date or None) means at the latest, today at most; checked against the spell."""
    today = clock.today()
    if true is not None and true.first_day > today:
        raise ValidationError(f"Ngày {true} ở sau hôm nay. Ghi ngày đã xảy ra.")
    unknown = spell.reason_in == ReasonIn.FIRST and spell.true_start is None  # then the spell begins when somebody wrote it down
    began = spell.true_start.first_day if spell.true_start else spell.starts_on
    if true is not None and not unknown and true.last_day < began:
        shown = spell.true_start or f"{spell.starts_on:%d/%m/%Y}"
        raise ValidationError(f"Ngày {true} có trước ngày về {spell.unit.name} ({shown}). Xem lại ngày, hoặc sửa quá trình sinh hoạt trước.")
    return max(min(true.last_day, today) if true else today, spell.starts_on)


# ── Ending ──


@transaction.atomic
def end_membership(*, member, reason, true_end=None, decision="", note="", by=None):
    """End the open spell for one of ``ENDINGS``; returns it. Posts in the Hội end with it.

    An expulsion is written among the disciplinary measures too. Raises ``ValidationError`` for
    somebody who has no open spell and for a date that cannot be.
    """
    _allow(by is None or may_end(by, member.unit, reason))
    reason = ReasonOut(reason)
    if reason not in ENDINGS:
        raise ValueError(f"{reason} has a step of its own")
    if reason in BY_DECISION and not decision.strip():
        raise ValidationError({"decision": f"{reason.label} cần có quyết định. Ghi số và ngày, như 12/QĐ-CCB ngày 05/03/2026."})
    if reason in BY_DECISION and not note.strip():
        raise ValidationError({"note": "Chưa ghi lý do."})
    member = _locked(member)
    spell = _open_spell_of(member)
    day = counting_day(units=[spell.unit], day=_last_day(true_end, spell))
    spell.ends_on, spell.true_end, spell.reason_out, spell.decision_out, spell.note = day, true_end, reason, decision, note
    _save(spell, by)
    if reason == ReasonOut.DECEASED:
        member.died_on = true_end
    if reason == ReasonOut.EXPELLED:
        _discipline(member, spell, Discipline.Kind.EXPULSION, day, decision, note, by)
    _end_posts(member, day, by)
    for request in MembershipRequest.objects.filter(member=member, state=RequestState.PROPOSED):
        request.state, request.reason, request.decided_by, request.decided_at = RequestState.WITHDRAWN, reason.label, by, clock.now()
        request.version += 1
        _save(request, by)
    member.version += 1
    _save(member, by, reason.label)
    return spell


def _end_posts(member, day, by, unit=None):
    posts = member.posts.filter(ends_on=None, body__in=IN_ASSOCIATION)
    for post in posts:
        post.ends_on = max(day, post.starts_on)
        _save(post, by)


def _discipline(member, spell, kind, day, decision, reason, by):
    row = Discipline(
        member=member, unit=spell.unit, co_so=spell.co_so, kind=kind, happened_on=day, decision=decision, reason=reason,
    )
    row.full_clean(exclude=["member", "unit", "co_so"])
    _save(row, by)
    return row


@transaction.atomic
def discipline(*, member, kind, true_day, decision, reason, by=None):
    """Write a measure that leaves the person a member; an expulsion is an ending."""
    _allow(by is None or decides_for(by, member.unit))
    if kind == Discipline.Kind.EXPULSION:
        raise ValueError("an expulsion ends the membership")
    member = _locked(member)
    spell = _open_spell_of(member)
    row = _discipline(member, spell, kind, counting_day(units=[spell.unit], day=_last_day(true_day, spell)), decision, reason, by)
    member.version += 1
    _save(member, by, row.get_kind_display())
    return row


# ── Going on ──


def last_ending(member):
    """The newest spell when it ended in one of ``ENDINGS``, else None: what may have been written by mistake."""
    spell = member.spells.select_related("unit").order_by("starts_on", "pk").last()
    return spell if spell is not None and spell.reason_out in ENDINGS else None


@transaction.atomic
def undo_ending(*, member, why, by=None):
    """Take back an ending that was written by mistake: the spell goes on as if nothing had been.

    Refused when the day of the ending lies in a locked period.
    """
    member = _locked(member)
    spell = last_ending(member)
    if spell is None:
        raise ValidationError(f"Đồng chí {member.name} không có lần ra khỏi Hội nào để bỏ.")
    _allow(by is None or may_end(by, member.unit, spell.reason_out))
    if not why.strip():
        raise ValidationError({"why": "Chưa ghi vì sao bỏ lần ghi này."})
    ended = ReasonOut(spell.reason_out)
    day = spell.ends_on
    if counting_day(units=[spell.unit], day=day) != day:
        raise ValidationError(
            f"Ngày {day:%d/%m/%Y} nằm trong kỳ đã khóa số liệu. Xin đơn vị cấp trên mở khóa kỳ ấy rồi bỏ lần ghi này."
        )
    spell.ends_on, spell.true_end, spell.reason_out, spell.decision_out, spell.note = None, None, "", "", ""
    said = f"Ghi nhầm “{ended.label}”: {why.strip()}"
    _save(spell, by, said)
    if ended == ReasonOut.DECEASED:
        member.died_on = None
    if ended == ReasonOut.EXPELLED:
        for row in member.disciplines.filter(kind=Discipline.Kind.EXPULSION, happened_on=day):
            row._history_user, row._change_reason = by, said
            row.delete()
    for post in member.posts.filter(ends_on=day, body__in=IN_ASSOCIATION):
        post.ends_on = None
        _save(post, by, said)
    member.version += 1
    _save(member, by, said)
    return spell


@transaction.atomic
def return_member(*, member, unit, true_start, decision="", by=None):
    """A former member is admitted again: a new spell in ``unit``, the old ones stay."""
    member = _locked(member)
    _allow(by is None or decides_for(by, unit))
    check_keeps_members(unit)
    if member.died_on or member.spells.filter(reason_out=ReasonOut.DECEASED).exists():
        raise ValidationError(f"Đồng chí {member.name} đã ghi từ trần. Nếu ghi nhầm thì bỏ lần ghi ấy trước.")
    if member.spells.filter(ends_on=None).exists():
        raise ValidationError(f"Đồng chí {member.name} đang sinh hoạt ở {member.unit.name}.")
    last = member.spells.order_by("starts_on", "pk").last()
    today = clock.today()
    if true_start.first_day > today:
        raise ValidationError(f"Ngày {true_start} ở sau hôm nay. Ghi ngày đã có quyết định.")
    wanted = true_start.first_day
    if last is not None and true_start.last_day < (last.true_end.first_day if last.true_end else last.ends_on):
        raise ValidationError(f"Ngày {true_start} có trước ngày ra khỏi Hội ({last.ends_on:%d/%m/%Y}). Xem lại ngày.")
    day = beginning_day(unit=unit, day=max(wanted, last.ends_on) if last else wanted)
    member.unit, member.co_so = unit, co_so_of(unit)
    member.version += 1
    _save(member, by, "Kết nạp lại")
    return open_spell(member=member, start=day, true_start=true_start, reason=ReasonIn.ADMITTED, decision=decision, note="Kết nạp lại", by=by)


# ── Moving ──


@transaction.atomic
def move_within(*, member, unit, true_day, decision="", by=None):
    """To another chi hội of the same cơ sở, in one step. Returns the new spell."""
    _allow(by is None or decides_for(by, member.unit))
    home = co_so_of(member.unit)
    if home is None or co_so_of(unit) != home:
        raise ValidationError(f"{unit.name} thuộc tổ chức cơ sở khác: lập giấy giới thiệu chuyển sinh hoạt.")
    if not current_scope().contains(unit.path):
        raise PermissionDenied("Đơn vị này không thuộc phạm vi của đồng chí.")
    return move(member=_locked(member), unit=unit, true_day=true_day, decision=decision, by=by)


def move(*, member, unit, true_day, decision="", by=None):
    """End the open spell and begin the next in ``unit`` on one day. The caller has locked and checked."""
    spell = _open_spell_of(member)
    check_keeps_members(unit)
    if spell.unit_id == unit.pk:
        raise ValidationError(f"Đồng chí {member.name} đang sinh hoạt ở {unit.name}. Chọn đơn vị khác.")
    if unit.closes_on is not None:
        raise ValidationError(f"{unit.name} đã kết thúc hoạt động từ {unit.closes_on:%d/%m/%Y}. Chọn đơn vị đang hoạt động.")
    day = beginning_day(unit=unit, day=counting_day(units=[spell.unit, unit], day=_last_day(true_day, spell)))
    spell.ends_on, spell.true_end, spell.reason_out, spell.decision_out = day, true_day, ReasonOut.TRANSFERRED, decision
    _save(spell, by)
    _end_posts(member, day, by)
    with all_units("a household stays with those who stay"):
        _leave_household(member, unit, by)
    member.unit, member.co_so = unit, co_so_of(unit)
    member.version += 1
    _save(member, by, f"Chuyển từ {spell.unit.name}")
    return open_spell(member=member, start=day, true_start=true_day, reason=ReasonIn.TRANSFERRED, decision=decision, by=by)


def _leave_household(member, unit, by):
    """Whoever lived alone takes the household along; else the others keep it."""
    household = member.household
    if household is None:
        return
    if household.people.exclude(pk=member.pk).exists():
        member.household = None
        if household.head_id == member.pk:
            household.head, household.head_name = None, household.head_name or member.name
            _save(household, by)
    else:
        household.unit = unit
        _save(household, by)
