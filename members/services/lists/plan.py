"""What a list would do to the register, line by line: new, changed, the same, or wrong. Writes nothing."""

from dataclasses import dataclass, field

from members.models import Category, Sex, StatusKind
from members.services.private import may_open

from .match import NotSure, Register, load
from .person import Person, Places, Problem, Reading

NEW, CHANGED, SAME, WRONG = "new", "changed", "same", "wrong"
STEP = 500  # lines between two words of progress


@dataclass
class Outcome:
    """``changes`` and ``private``: field → (old, new)."""

    person: Person
    kind: str
    member: object = None
    changes: dict = field(default_factory=dict)
    private: dict = field(default_factory=dict)
    party: bool = False


@dataclass
class Plan:
    outcomes: list[Outcome]
    passed: list[tuple[int, str]]
    register: Register
    reading: Reading

    def of(self, kind):
        return [outcome for outcome in self.outcomes if outcome.kind == kind]

    @property
    def counts(self):
        found = {kind: 0 for kind in (NEW, CHANGED, SAME, WRONG)}
        for outcome in self.outcomes:
            found[outcome.kind] += 1
        warned = sum(bool(outcome.person.warnings) for outcome in self.outcomes)
        return {"read": len(self.outcomes), **found, "passed": len(self.passed), "warned": warned}


def nothing(done):
    """Progress that nobody looks at."""


def make_plan(*, sheet, columns, sex, top, by, log, lock=False, progress=nothing):
    """What ``sheet`` says, compared with the register. ``sex``: what is written where a line says none, '' to refuse it."""
    reading = Reading(labels=sheet.labels, columns=columns, places=Places(top), private=may_open(by))
    people = []
    for i, line in enumerate(sheet.lines):
        if i % STEP == 0:
            progress(i // 2)
        people.append(reading.person(line))
    register = load([person for person in people if not person.problems], top=top, by=by, log=log, lock=lock)
    outcomes, seen = [], {}
    for i, person in enumerate(people):
        if i % STEP == 0:
            progress((len(people) + i) // 2)
        outcomes.append(_outcome(person, register, reading, sex, seen))
    return Plan(outcomes, sheet.passed, register, reading)


def _outcome(person, register, reading, sex, seen):
    if person.problems:
        return Outcome(person, WRONG)
    try:
        member = register.find(person)
        _only_once(person, member, seen)
    except NotSure as doubt:
        key, words = doubt.args
        person.problems.append(reading.problem(key, None, words))
        return Outcome(person, WRONG)
    if member is None:
        if "sex" not in person.fields:
            if not sex:
                person.problems.append(Problem(reading.columns.get("sex"), "Giới tính", "", "chưa ghi nam hay nữ. Ghi Nam hoặc Nữ"))
                return Outcome(person, WRONG)
            person.fields["sex"] = Sex(sex)
        if register.namesake(person):
            person.warnings.append(reading.problem("name", person.name, "chi hội khác đã có người cùng họ tên, cùng năm sinh"))
        if "born" not in person.fields:
            person.warnings.append(Problem(reading.columns.get("born"), "Ngày sinh", "", "chưa có năm sinh, ghi thêm sau"))
        return Outcome(person, NEW)
    changes = _changes(person, member)
    stored = register.private.get(member.pk)
    private = {key: (getattr(stored, key, ""), value) for key, value in person.private.items() if getattr(stored, key, "") != value}
    party = _party_differs(person, stored)
    return Outcome(person, CHANGED if changes or private or party else SAME, member, changes, private, party)


def _only_once(person, member, seen):
    """Two lines of one file must not mean the same person."""
    keys = [("cccd", person.private.get("cccd")), ("card_number", person.fields.get("card_number"))]
    keys = [(key, value) for key, value in keys if value]
    if member is not None:
        keys.append(("name", member.pk))
    elif not keys:
        keys.append(("name", (person.unit.pk, person.key, person.year)))
    for key in keys:
        if key in seen:
            raise NotSure(key[0], f"trùng với dòng {seen[key]} trong tệp. Bỏ một trong hai dòng")
    seen.update(dict.fromkeys(keys, person.line.number))


def _changes(person, member):
    """What the line says otherwise than the register; an empty cell says nothing, a less exact date nothing new."""
    found = {}
    if member.sort_key != person.key:
        found["name"] = (member.name, person.name)
    for name, value in person.fields.items():
        old = getattr(member, name)
        if old == value or (hasattr(value, "iso") and old is not None and old.iso.startswith(value.iso)):
            continue
        found[name] = (old, value)
    return found


def _party_differs(person, stored):
    if person.party is None:
        return False
    row = stored.held(StatusKind.PARTY) if stored else None
    if row is None or not person.party:
        return person.party != (row is not None)
    since = row.true_start
    return person.party_on is not None and (since is None or not since.iso.startswith(person.party_on.iso))


def told(value):
    """A value as a page shows it."""
    if isinstance(value, Category | Sex):
        return value.label
    return {None: "", "": ""}.get(value) if value in (None, "") else str(value)
