"""Admissions and transfers in two steps: one unit proposes, another decides.

A chi hội proposes, its cơ sở admits. A cơ sở releases, the receiving one accepts; until then the
member counts where he was. What has been decided stays so.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from ccb import clock
from members.models import Level, MembershipRequest, ReasonIn, RequestState
from members.scoping import all_units, current_scope
from members.vietnamese import PartialDate

from .lifecycle import decides_for, move
from .locks import hold
from .register import StaleVersion, check_keeps_members, register_member
from .units import co_so_of

Kind = MembershipRequest.Kind
# What a proposal says beside name and birth, as stored in ``data``; the dates are partial.
PROPOSED_FACTS = ["sex", "category", "hometown", "address", "phone", "enlisted_on", "discharged_on", "rank", "military_unit"]
PROPOSED_DATES = {"enlisted_on", "discharged_on"}
# What a transfer carries to a unit that cannot read the file yet.
INTRODUCED = ["sex", "category", "admitted_on", "card_number", "rank"]


def may_decide(user, request):
    """Admission: the cơ sở of the unit that proposed, or above. Transfer: the same of the receiving unit."""
    return decides_for(user, request.unit if request.kind == Kind.ADMISSION else request.to_unit)


def may_withdraw(user, request):
    """Whoever proposes for the unit that proposed."""
    within = current_scope().contains(request.unit.path)
    if request.kind == Kind.TRANSFER:
        return within and decides_for(user, request.unit)
    return within and user.has_perm("members.add_membershiprequest")


def _text(value):
    return value.iso if isinstance(value, PartialDate) else value or ""


def _save(request, by):
    request._history_user = by
    request.save()
    return request


# ── First step ──


@transaction.atomic
def propose_admission(*, unit, name, born, sex, reason="", by=None, **facts):
    """``unit`` proposes to admit a person. Nothing is in the register before the cơ sở decides."""
    check_keeps_members(unit)
    data = {key: _text(value) for key, value in ({"sex": sex} | facts).items() if key in PROPOSED_FACTS}
    request = MembershipRequest(
        kind=Kind.ADMISSION, unit=unit, name=name, born=born, data=data | {"why": reason}, proposed_by=by, proposed_at=clock.now(),
    )
    request.full_clean(exclude=["proposed_by"])
    return _save(request, by)


@transaction.atomic
def release(*, member, to_unit, reason="", left_on=None, decision="", by=None):
    """The cơ sở of ``member`` gives him a paper of introduction to the cơ sở ``to_unit``, anywhere in the Hội."""
    if by is not None and not decides_for(by, member.unit):
        raise PermissionDenied("Giấy giới thiệu do tổ chức cơ sở Hội lập.")
    home = co_so_of(member.unit)
    if to_unit.level != Level.CO_SO or to_unit.closes_on is not None:
        raise ValidationError({"to_unit": f"{to_unit.name} không tiếp nhận hội viên. Chọn một tổ chức cơ sở đang hoạt động."})
    if home is not None and home.pk == to_unit.pk:
        raise ValidationError({"to_unit": f"Đồng chí {member.name} đang ở {to_unit.name}. Trong cùng cơ sở thì chuyển thẳng sang chi hội khác."})
    if not member.spells.filter(ends_on=None).exists():
        raise ValidationError(f"Đồng chí {member.name} không còn sinh hoạt trong Hội, không lập giấy giới thiệu được.")
    data = {key: _text(getattr(member, key)) for key in INTRODUCED}
    data |= {"why": reason, "from": member.unit.name, "left_on": _text(left_on)}
    request = MembershipRequest(
        kind=Kind.TRANSFER, unit=member.unit, to_unit=to_unit, member=member, name=member.name, born=member.born, data=data,
        decision=decision, proposed_by=by, proposed_at=clock.now(),
    )
    request.full_clean(exclude=["proposed_by"])
    return _save(request, by)


# ── Second step ──


def _locked(request, version):
    """The stored request, still open and as it was read. Raises ``StaleVersion`` when somebody was faster."""
    stored = MembershipRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if stored.version != version or stored.state != RequestState.PROPOSED:
        raise StaleVersion(stored)
    return stored


def _decide(request, state, by, **values):
    if state not in RequestState(request.state).next_states:
        raise ValueError(f"no step from {request.state} to {state}")
    request.state, request.decided_by, request.decided_at = state, by, clock.now()
    for name, value in values.items():
        setattr(request, name, value)
    request.version += 1
    return _save(request, by)


@transaction.atomic
def admit(*, request, version, decision, admitted_on, by=None):
    """The cơ sở admits: the person enters the register of the chi hội. Returns the member."""
    if by is not None and not may_decide(by, request):
        raise PermissionDenied("Kết nạp do Ban Chấp hành cơ sở quyết định.")
    request = _locked(request, version)
    if admitted_on.first_day > clock.today():
        raise ValidationError({"admitted_on": f"Ngày {admitted_on} ở sau hôm nay. Ghi ngày đã có quyết định."})
    facts = {key: request.data[key] for key in PROPOSED_FACTS if request.data.get(key)}
    facts |= {key: PartialDate.from_iso(facts[key]) for key in PROPOSED_DATES & set(facts)}
    member = register_member(
        unit=request.unit, name=request.name, born=request.born, admitted_on=admitted_on, reason=ReasonIn.ADMITTED,
        decision=decision, by=by, **facts,
    )
    counted = member.spells.get().starts_on
    _decide(request, RequestState.ACCEPTED, by, member=member, decision=decision, effective_on=counted)
    return member


@transaction.atomic
def accept_transfer(*, request, version, unit, arrived_on, by=None):
    """The receiving cơ sở puts the person into its ``unit``; from that day he counts there. Returns the spell."""
    if by is not None and not may_decide(by, request):
        raise PermissionDenied("Nơi đến tiếp nhận giấy giới thiệu.")
    if not current_scope().contains(unit.path) or not unit.is_within(request.to_unit):
        raise PermissionDenied("Đơn vị này không thuộc phạm vi của đồng chí.")
    with all_units("the person comes from a unit that the receiving one does not see"):
        hold([request.unit, unit])
        request = _locked(request, version)
        member = type(request.member).objects.select_for_update(of=("self",)).get(pk=request.member_id)
        if member.unit_id != request.unit_id and co_so_of(member.unit) != co_so_of(request.unit):
            raise ValidationError("Đồng chí này không còn ở đơn vị đã giới thiệu. Đề nghị nơi giới thiệu lập giấy mới.")
        spell = move(member=member, unit=unit, true_day=arrived_on, decision=request.decision, by=by)
        _decide(request, RequestState.ACCEPTED, by, effective_on=spell.starts_on)
    return spell


@transaction.atomic
def refuse(*, request, version, reason, by=None):
    """With a reason that the proposing unit reads; the member of a transfer stays where he is."""
    if by is not None and not may_decide(by, request):
        raise PermissionDenied("Đồng chí không quyết định đề nghị này.")
    if not reason.strip():
        raise ValidationError({"reason": "Chưa ghi lý do không chấp nhận; nơi đề nghị sẽ đọc dòng này."})
    return _decide(_locked(request, version), RequestState.REFUSED, by, reason=reason.strip())


@transaction.atomic
def withdraw(*, request, version, reason="", by=None):
    """The proposing unit takes the request back before it is decided."""
    if by is not None and not may_withdraw(by, request):
        raise PermissionDenied("Chỉ nơi đề nghị rút lại được.")
    return _decide(_locked(request, version), RequestState.WITHDRAWN, by, reason=reason.strip())
