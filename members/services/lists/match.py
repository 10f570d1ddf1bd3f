"""Who is in the register already: by CCCD, by card number, by name and year of birth within one chi hội."""

from dataclasses import dataclass, field

from members.models import Member, Membership
from members.scoping import path_after
from members.services.private import found_by_cccd, read_many

ASKED_AT_ONCE = 500


class NotSure(Exception):
    """Nobody can tell who is meant; ``args`` are the column's key and the words."""


@dataclass
class Register:
    """The people of the register who may be meant by a list."""

    members: dict = field(default_factory=dict)
    private: dict = field(default_factory=dict)  # member → his private part, when the list speaks of it
    by_cccd: dict = field(default_factory=dict)
    by_card: dict = field(default_factory=dict)
    by_name: dict = field(default_factory=dict)
    active: set = field(default_factory=set)
    years: set = field(default_factory=set)  # (name, year of birth)

    def find(self, person):
        """The member that ``person`` is, or None for a new one. Raises ``NotSure``."""
        found = self._by_number(person) or self._by_name(person)
        if found is None:
            return None
        if found.unit_id != person.unit.pk:
            raise NotSure("unit", f"đồng chí này đang ở {found.unit.name}. Chuyển chi hội làm ở hồ sơ của đồng chí ấy, không làm bằng tệp")
        if found.pk not in self.active:
            raise NotSure("name", "đồng chí này đã có trong sổ nhưng không còn sinh hoạt (từ trần, chuyển đi hoặc ra khỏi Hội). Xem lại hồ sơ")
        return found

    def _by_number(self, person):
        for key, number, known in (
            ("cccd", person.private.get("cccd"), self.by_cccd), ("card_number", person.fields.get("card_number"), self.by_card),
        ):
            found = known.get(number, []) if number else []
            if len(found) > 1:
                raise NotSure(key, "số này đang ghi ở hai hồ sơ trong sổ. Sửa hồ sơ sai trước")
            if found:
                member = self.members[found[0]]
                year = member.born.year if member.born else None
                if member.sort_key != person.key and person.year and year and person.year != year:
                    raise NotSure(key, f"số này trong sổ là của {member.name}, sinh {year}. Xem lại số, hoặc họ tên")
                return member
        return None

    def _by_name(self, person):
        """Namesakes of one year in one chi hội are one person, unless their numbers say that they are two."""
        same = [self.members[pk] for pk in self.by_name.get((person.unit.pk, person.key), [])]
        same = [member for member in same if not self._another(member, person)]
        exact = [member for member in same if (member.born.year if member.born else None) == person.year]
        if not exact and len(same) == 1 and (same[0].born is None or person.year is None):
            exact = same
        if len(exact) > 1:
            raise NotSure("name", f"trong chi hội có {len(exact)} đồng chí cùng họ tên, cùng năm sinh. Ghi thêm số thẻ hoặc số căn cước")
        return exact[0] if exact else None

    def _another(self, member, person):
        card, number = person.fields.get("card_number"), person.private.get("cccd")
        return bool(
            (card and member.card_number and card != member.card_number)
            or (number and member.pk in self.private and self.private[member.pk].cccd not in ("", number))
        )

    def namesake(self, person):
        """Whether another chi hội has a member of the same name and year of birth."""
        return (person.key, person.year) in self.years if person.year else False


def _chunks(values):
    values = sorted(values)
    for start in range(0, len(values), ASKED_AT_ONCE):
        yield values[start:start + ASKED_AT_ONCE]


def load(people, *, top, by, log, lock=False):
    """The register as far as ``people`` are concerned; with ``lock`` the rows stay as they are until the transaction ends."""
    found = Register()
    rows = Member.objects.filter(unit__path__gte=top.path, unit__path__lt=path_after(top.path), merged_into=None)
    if lock:
        rows = rows.select_for_update(of=("self",))
    rows = rows.select_related("unit", "co_so").order_by("pk")
    for chunk in _chunks({person.key for person in people if person.name}):
        found.members |= {member.pk: member for member in rows.filter(sort_key__in=chunk)}
    for chunk in _chunks({card for person in people if (card := person.fields.get("card_number"))}):
        found.members |= {member.pk: member for member in rows.filter(card_number__in=chunk)}
    numbers = {number for person in people if (number := person.private.get("cccd"))}
    if numbers:
        by_number = found_by_cccd(numbers=numbers, by=by, log=log)
        known = sorted({pk for pks in by_number.values() for pk in pks} - {*found.members})
        for chunk in _chunks(known):
            found.members |= {member.pk: member for member in rows.filter(pk__in=chunk)}
        found.by_cccd = {number: [pk for pk in pks if pk in found.members] for number, pks in by_number.items()}
    for pk, member in found.members.items():
        found.by_name.setdefault((member.unit_id, member.sort_key), []).append(pk)
        if member.born:
            found.years.add((member.sort_key, member.born.year))
        if member.card_number:
            found.by_card.setdefault(member.card_number, []).append(pk)
    if any(person.private or person.party is not None for person in people):
        for chunk in _chunks(found.members):
            found.private |= read_many(members=chunk, by=by, log=log)
    for chunk in _chunks(found.members):
        found.active |= set(Membership.objects.filter(member__in=chunk, ends_on=None).values_list("member", flat=True))
    return found
