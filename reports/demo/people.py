"""Accounts and members of the demo association; every person in it is invented."""

from datetime import date

from members.models import Category, Member, Membership, ReasonIn, UnitRole, User
from members.services import register_member
from members.vietnamese import PartialDate

from . import PASSWORD, read

ROLES_FROM = date(2020, 1, 1)


def load_accounts(units, made):
    """The users of the data by username; one that exists, or once existed, is left as it is."""
    users = {}
    for row in read("accounts.json"):
        name = row["username"]
        user = User.objects.filter(username=name).first()
        if user is None and not User.history.filter(username=name).exists():
            user = User(username=name, full_name=row["full_name"])
            user.set_password(PASSWORD)
            user.save()
            for role, unit in row["roles"]:
                UnitRole.objects.create(user=user, unit=units[unit], role=role, starts_on=ROLES_FROM)
            made["tài khoản"] += 1
        users[name] = user
    return users


def load_members(units, made):
    """A chi hội that never had a member gets those of the data."""
    for block in read("members.json"):
        unit = units[block["unit"]]
        if Member.history.filter(unit=unit).exists():
            continue
        for row in block["members"]:
            member = register_member(
                unit=unit, name=row["name"], sex=row["sex"], born=PartialDate.parse(row["born"]),
                admitted_on=PartialDate.parse(row["admitted"]), card_number=row["card"], category=row.get("category", Category.CCB),
                is_party="party" in row, party_on=PartialDate.parse(row["party"]) if "party" in row else None,
                reason=row.get("reason", ReasonIn.FIRST),
                counted_from=date.fromisoformat(row["counted_from"]) if "counted_from" in row else None,
            )
            if "left_on" in row:
                end_spell(member, date.fromisoformat(row["left_on"]), row["left_for"])
            made["hội viên"] += 1


def end_spell(member, day, reason):
    """End the open spell of ``member`` on ``day``, which no longer counts."""
    spell = Membership.objects.get(member=member, ends_on=None)
    spell.ends_on, spell.reason_out, spell.true_end = day, reason, PartialDate(day.year, day.month, day.day)
    spell.save()
