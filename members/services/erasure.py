"""Erasing a person's data at his request: values go, in the rows and in their history; every figure stays.

The file keeps a pseudonym, sex, year of birth, dates and reasons, which figures are made of, and the
fact of what was there: "đã xóa" where something stood.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Case, Value, When

from ccb import clock
from members.models import (
    Attachment,
    Decoration,
    Discipline,
    Erasure,
    Household,
    ImportRow,
    Level,
    Member,
    Membership,
    MembershipRequest,
    Role,
    User,
)
from members.scoping import all_units
from members.vietnamese import PartialDate

from .private import blank
from .register import next_version

GONE = "đã xóa"
# Text that says who a person is; emptiness stays emptiness, for what figures count.
TEXTS = {
    Member: ["hometown", "address", "card_number", "rank", "military_post", "military_unit", "livelihood", "note"],
    Membership: ["note"],
    Decoration: ["name", "decision"],
    Discipline: ["reason"],
}


def may_erase(user, member):
    """The chairman of the person's own cơ sở, who answers for the register."""
    acting = user.acting
    return (
        acting is not None and acting.role == Role.CHU_TICH and acting.unit.level == Level.CO_SO
        and member.unit.is_within(acting.unit) and user.has_perm("members.erase_member")
    )


@transaction.atomic
def erase(*, member, version, reason, by):
    """Blank what is kept of ``member``; returns the ``Erasure``.

    Raises ``PermissionDenied``, ``StaleVersion``, and ``ValidationError`` for somebody who still is a member.
    """
    if not may_erase(by, member):
        raise PermissionDenied("Xóa dữ liệu cá nhân do Chủ tịch tổ chức cơ sở Hội thực hiện.")
    if member.spells.filter(ends_on=None).exists():
        raise ValidationError(f"Đồng chí {member.name} đang sinh hoạt trong Hội, hồ sơ còn cần cho công việc. Ghi ra khỏi Hội trước.")
    if not reason.strip():
        raise ValidationError({"reason": "Chưa ghi căn cứ, như đơn yêu cầu ngày nào của ai."})
    next_version(member=member, version=version)
    pseudonym = f"Hội viên đã xóa dữ liệu {member.pk}"
    row = Erasure(member=member, pseudonym=pseudonym, reason=reason.strip(), by=by, at=clock.now())
    _carry_out(row)
    return row


@transaction.atomic
def erase_again(*, row):
    """Carry out once more, after a restore, an erasure that the restored data do not know.

    ``row`` is the ``Erasure`` of the data that were replaced. Returns the new one; None for a person the restored data do not have.
    """
    member = Member.objects.filter(pk=row.member_id).first()
    if member is None:
        return None
    by = User.objects.filter(pk=row.by_id).first()
    again = Erasure(member=member, pseudonym=row.pseudonym, reason=row.reason, by=by, at=row.at)
    _carry_out(again)
    return again


def _carry_out(row):
    with all_units("what other units keep of the person goes too"):
        _blank_member(row.member, row.pseudonym, row.by)
        blank(member=row.member, by=row.by)
        _blank_rows(row.member, row.pseudonym)
        _blank_attachments(row.member, row.by)
        row.save()


def _year(value):
    return PartialDate(value.year) if value else None


def _blank_member(member, pseudonym, by):
    names = {member.name, *Member.history.filter(id=member.pk).values_list("name", flat=True)}
    member.name, member.phone, member.born = pseudonym, "", _year(member.born)
    for name in TEXTS[Member]:
        setattr(member, name, GONE if getattr(member, name) else "")
    member._history_user, member._change_reason = by, "Xóa dữ liệu cá nhân theo yêu cầu"
    member.save()
    Member.history.filter(id=member.pk).update(
        name=pseudonym, phone="", folded_name=member.folded_name, sort_key=member.sort_key, born=member.born, **_gone(TEXTS[Member]),
    )
    lived = list(Member.history.filter(id=member.pk).exclude(household=None).values_list("household", flat=True))
    for rows in (Household.objects, Household.history):
        rows.filter(id__in=lived, head_name__in=names).update(head_name=GONE)
        rows.filter(id__in=lived).exclude(id__in=_lived_in_by_others(member, lived)).update(**_gone(["address"]))


def _lived_in_by_others(member, households):
    return Member.objects.filter(household__in=households).exclude(pk=member.pk).values("household")


def _gone(names):
    """Each text becomes "đã xóa", unless it is empty."""
    return {name: Case(When(**{name: ""}, then=Value("")), default=Value(GONE)) for name in names}


def _blank_rows(member, pseudonym):
    """Spells, requests, decorations and measures, with their history. Their dates and reasons stay."""
    for rows in (Membership.objects, Membership.history):
        rows.filter(member=member).update(member_name=pseudonym, **_gone(TEXTS[Membership]))
    for rows in (MembershipRequest.objects, MembershipRequest.history):
        rows.filter(member=member).update(name=pseudonym, born=member.born, data={}, **_gone(["reason"]))
    for model in (Decoration, Discipline):
        for rows in (model.objects, model.history):
            rows.filter(member=member).update(**_gone(TEXTS[model]))
    _forget_imports(member)


def _forget_imports(member):
    """What an import noted about the person before and after; its undo passes him over from now on."""
    ImportRow.objects.filter(model=Member._meta.label, row_pk=member.pk).delete()
    for relation in Member._meta.related_objects:
        if relation.field.name == "member":
            rows = relation.related_model.objects.filter(member=member)
            ImportRow.objects.filter(model=relation.related_model._meta.label, row_pk__in=rows.values("pk")).delete()


def _blank_attachments(member, by):
    for row in Attachment.objects.filter(member=member):
        row.content, row.title, row.sha256 = b"", GONE if row.title else "", ""
        row.removed_at = row.removed_at or clock.now()
        row._history_user = by
        row.save()
    Attachment.history.filter(member=member).update(sha256="", **_gone(["title"]))
