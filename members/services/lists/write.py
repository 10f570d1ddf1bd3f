"""A confirmed list is written in one transaction, with history; and can be taken back as a whole."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from ccb import clock
from members.models import (
    ImportRow,
    Member,
    MemberPrivate,
    Membership,
    MemberStatus,
    ReasonIn,
    StatusKind,
)
from members.scoping import all_units
from members.services.bulk import (
    BATCH,
    create_with_history,
    delete_with_history,
    update_with_history,
)
from members.services.counting import beginning_day
from members.services.locks import ensure_open, first_open_day, hold
from members.services.private import write_many
from members.services.statuses import Held, set_status
from members.services.units import co_so_of

from .plan import CHANGED, NEW

LONG_AGO = date(1900, 1, 1)
REASON = "Nhập danh sách"
MODELS = {model._meta.label: model for model in (Member, Membership, MemberPrivate, MemberStatus)}


class CountsDiffer(Exception):
    """Lines read and lines accounted for are not equal: nothing is written."""


class Floors:
    """The first day from which a unit takes members, and facts about them: one question a unit."""

    def __init__(self):
        self.starts, self.open, self.homes = {}, {}, {}

    def start(self, unit, day):
        if unit.pk not in self.starts:
            self.starts[unit.pk] = beginning_day(unit=unit, day=LONG_AGO)
        return max(day, self.starts[unit.pk])

    def fact(self, unit, day):
        if unit.pk not in self.open:
            self.open[unit.pk] = first_open_day(unit=unit, day=LONG_AGO)
        return max(day, self.open[unit.pk])

    def home(self, unit):
        if unit.pk not in self.homes:
            self.homes[unit.pk] = co_so_of(unit)
        return self.homes[unit.pk]


@transaction.atomic
def write_plan(*, plan, job, by):
    """Write what ``plan`` says; the caller made it in this transaction with the rows locked.

    Raises ``PeriodLocked``, ``ValidationError`` and ``CountsDiffer``.
    """
    counts = plan.counts
    if counts["read"] != counts["new"] + counts["changed"] + counts["same"] + counts["wrong"]:
        raise CountsDiffer(counts)
    floors = Floors()
    new, changed = plan.of(NEW), plan.of(CHANGED)
    hold({outcome.person.unit.pk: outcome.person.unit for outcome in (*new, *changed)}.values())
    with all_units("rows of the list lie in the unit that the reader imports for: the plan looked there alone"):
        notes = _write_new(new, floors, by) + _write_changed(changed, by)
        members = {id(outcome): outcome.member for outcome in (*new, *changed)}
        private = {
            members[id(outcome)].pk: {key: value for key, (_, value) in outcome.private.items()} if outcome.kind == CHANGED else outcome.person.private
            for outcome in (*new, *changed) if (outcome.private if outcome.kind == CHANGED else outcome.person.private)
        }
        if private:
            notes += [(MemberPrivate, *row) for row in write_many(values=private, by=by, log=job, reason=REASON)]
        notes += _write_party(new, changed, floors, by)
        ImportRow.objects.bulk_create(
            (ImportRow(job=job, model=model._meta.label, row_pk=pk, before=before, after=after) for model, pk, before, after in notes),
            batch_size=BATCH,
        )
    return counts


def _write_new(outcomes, floors, by):
    members = []
    for outcome in outcomes:
        person = outcome.person
        outcome.member = Member(unit=person.unit, co_so=floors.home(person.unit), name=person.name, **person.fields)
        outcome.member.fill_search_columns()
        members.append(outcome.member)
    create_with_history(rows=members, by=by, reason=REASON)
    spells, first = [], {}
    for member in members:
        wanted = member.admitted_on.first_day if member.admitted_on else clock.today()
        start = floors.start(member.unit, wanted)
        first[member.unit] = min(start, first.get(member.unit, start))
        spells.append(Membership(
            member=member, unit=member.unit, co_so=member.co_so, category=member.category, member_name=member.name,
            birth_year=member.born.year if member.born else None, starts_on=start, true_start=member.admitted_on, reason_in=ReasonIn.FIRST,
        ))
    for unit, day in first.items():
        ensure_open(unit=unit, first=day)
    create_with_history(rows=spells, by=by, reason=REASON)
    return [(type(row), row.pk, None, {}) for row in (*members, *spells)]


def _write_changed(outcomes, by):
    members = [outcome for outcome in outcomes if outcome.changes]
    names, notes = {"version", "folded_name", "sort_key"}, []
    for outcome in members:
        member, before, after = outcome.member, {}, {}
        for name, (old, new) in outcome.changes.items():
            setattr(member, name, new)
            before[name], after[name] = _plain(old), _plain(new)
        member.fill_search_columns()
        names |= {*outcome.changes}
        notes.append((Member, member.pk, before, after))
    for outcome in outcomes:
        outcome.member.version += 1
    update_with_history(rows=[outcome.member for outcome in outcomes], fields=sorted(names), by=by, reason=REASON)
    touched = {o.member.pk: o for o in members if {"name", "category", "born"} & {*o.changes}}
    spells = []
    for spell in Membership.objects.filter(member__in=touched, ends_on=None).select_related("unit") if touched else ():
        member = touched[spell.member_id].member
        words = {"member_name": member.name, "category": member.category, "birth_year": member.born.year if member.born else None}
        before = {name: getattr(spell, name) for name, value in words.items() if getattr(spell, name) != value}
        if not before:
            continue
        if "category" in before:
            ensure_open(unit=spell.unit, first=spell.starts_on)
        for name in before:
            setattr(spell, name, words[name])
        spells.append(spell)
        notes.append((Membership, spell.pk, before, {name: str(words[name]) for name in before}))
    update_with_history(rows=spells, fields=["member_name", "category", "birth_year"], by=by, reason=REASON)
    return notes


def _plain(value):
    return getattr(value, "iso", value)


def _write_party(new, changed, floors, by):
    """A new member's row is written with the others; for somebody known the one place that dates statuses decides."""
    rows, notes = [], []
    for outcome in new:
        person = outcome.person
        if person.party:
            admitted = person.fields.get("admitted_on")
            day = person.party_on.first_day if person.party_on else admitted.first_day if admitted else clock.today()
            rows.append(MemberStatus(
                member=outcome.member, kind=StatusKind.PARTY, starts_on=floors.fact(person.unit, day), true_start=person.party_on))
    create_with_history(rows=rows, by=by, reason=REASON)
    notes += [(MemberStatus, row.pk, None, {}) for row in rows]
    for outcome in changed:
        if outcome.party:
            member, person = outcome.member, outcome.person
            before = {row.pk: _status(row) for row in member.statuses.filter(kind=StatusKind.PARTY)}
            set_status(member=member, kind=StatusKind.PARTY, held=Held(person.party, person.party_on), default_day=clock.today(), by=by)
            for row in member.statuses.filter(kind=StatusKind.PARTY):
                if before.get(row.pk) != _status(row):
                    notes.append((MemberStatus, row.pk, before.get(row.pk), _status(row)))
    return notes


def _status(row):
    return {"starts_on": str(row.starts_on), "ends_on": row.ends_on and str(row.ends_on), "true_start": _plain(row.true_start), "true_end": _plain(row.true_end)}


# ── Taking it back ──


@transaction.atomic
def undo_rows(*, job, by):
    """Take back everything that ``job`` wrote. Raises ``ValidationError`` when a row was used or changed since."""
    with all_units("what the import wrote is taken back, wherever it lies today"):
        rows = {label: {} for label in MODELS}
        for row in job.rows.all():
            rows[row.model][row.row_pk] = row.before
        members = {pk: row for pk, row in _stored(Member, rows).items()}
        hold({member.unit_id: member.unit for member in members.values()}.values())
        for label, model in MODELS.items():
            _check_untouched(model, rows[label], job.finished_at)
        made = {label: {pk for pk, before in found.items() if before is None} for label, found in rows.items()}
        _check_unused(made)
        for model in (MemberStatus, MemberPrivate, Membership, Member):
            _take_back(model, rows[model._meta.label], by)


def _stored(model, rows):
    found = {}
    pks = sorted(rows[model._meta.label])
    for start in range(0, len(pks), BATCH):
        query = model.objects.select_for_update(of=("self",)).filter(pk__in=pks[start:start + BATCH])
        found |= {row.pk: row for row in (query.select_related("unit") if model in (Member, Membership) else query)}
    return found


def _refuse(count, words):
    raise ValidationError(f"Không hoàn tác được nữa: {count} {words}. Sửa từng hồ sơ, hoặc ghi ra khỏi sổ nếu ghi nhầm.")


def _check_untouched(model, rows, since):
    changed, pks = 0, sorted(rows)
    for start in range(0, len(pks), BATCH):
        later = model.history.filter(id__in=pks[start:start + BATCH], history_date__gt=since)
        changed += later.values("id").distinct().count()
    if changed:
        _refuse(changed, "hồ sơ đã có người sửa sau khi nhập")


def _check_unused(made):
    """Whoever was made by the list must have nothing that came from elsewhere."""
    people = sorted(made[Member._meta.label])
    for relation in Member._meta.related_objects:
        model = relation.related_model
        if hasattr(model, "instance_type"):  # history
            continue
        own = made.get(model._meta.label, set())
        used = set()
        for start in range(0, len(people), BATCH):
            found = model.objects.filter(**{f"{relation.field.name}__in": people[start:start + BATCH]}).values_list("pk", relation.field.name)
            used |= {member for pk, member in found if pk not in own}
        if used:
            _refuse(len(used), f"đồng chí đã có thêm phần khác trong hồ sơ ({model._meta.verbose_name})")


def _take_back(model, rows, by):
    stored = _stored(model, {model._meta.label: rows})
    made = [row for pk, row in stored.items() if rows[pk] is None]
    if model is Membership:
        first = {}
        for spell in made:
            first[spell.unit] = min(spell.starts_on, first.get(spell.unit, spell.starts_on))
        for unit, day in first.items():
            ensure_open(unit=unit, first=day)
    delete_with_history(rows=made, by=by, reason="Hoàn tác nhập danh sách")
    changed, names = [], set()
    for pk, before in rows.items():
        row = stored.get(pk)
        if before is None or row is None:
            continue
        for name, value in before.items():
            setattr(row, name, model._meta.get_field(name).to_python(value))
        names |= {*before}
        if model is Member:
            row.fill_search_columns()
            row.version += 1
            names |= {"version", "folded_name", "sort_key"}
        changed.append(row)
    update_with_history(rows=changed, fields=sorted(names), by=by, reason="Hoàn tác nhập danh sách")
