"""What waits for a unit: open periods, what is missing in each, whose numbers have not come."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from ccb import clock
from members.effective import effective_settings
from members.models import Period, PeriodDates, PeriodKind, Role, UnitRole
from members.scoping import all_units
from reports import indicators, wording
from reports.asked import child_states, nearby, section_states
from reports.models import ReportText
from reports.outlines import outline_for
from reports.structure import ancestors_of

AFTER_DUE, BEFORE_DUE = timedelta(days=60), timedelta(days=120)
PERIODS_AT_ONCE = 3
WEEKDAYS = ["thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ Nhật"]
CHILDREN_NAMED = 8
WRITTEN_BY_HAND = {"text", "plan", "targets"}


@dataclass(frozen=True)
class OpenPeriod:
    """A period being worked on, with the dates of the unit; ``due`` may be unknown."""

    period: Period
    first: date
    last: date
    due: date | None

    @property
    def title(self):
        if self.period.kind == PeriodKind.NAM:
            return f"Báo cáo tổng kết {self.period.label}"
        return f"Báo cáo {self.period.label}"

    @property
    def due_words(self):
        """"thứ Ba 15/12/2026"."""
        return f"{WEEKDAYS[self.due.weekday()]} {self.due:%d/%m/%Y}"

    @property
    def days_left(self):
        """Days until it is due; negative when it is late; None without a due date."""
        return (self.due - clock.today()).days if self.due else None

    @property
    def days_late(self):
        return -self.days_left


def open_periods(unit, periods=None):
    """Periods due within the last 60 or the next 120 days, or running today, or just ended; most urgent first.

    The nearest unit above that has its own dates decides. Two queries.
    """
    periods = list(Period.objects.all()[:60]) if periods is None else periods
    depth = {u.pk: n for n, u in enumerate([*ancestors_of(unit), unit])}
    own = {}
    with all_units("a unit keeps the dates of the nearest unit above, which it may not see"):
        for row in PeriodDates.objects.filter(period__in=periods, unit__in=depth):
            if row.period_id not in own or depth[row.unit_id] > depth[own[row.period_id].unit_id]:
                own[row.period_id] = row
    today, found = clock.today(), []
    for period in periods:
        dates = own.get(period.pk, period)
        due = dates.due_on or period.due_on
        until = due or dates.ends_on
        if dates.starts_on <= today <= dates.ends_on or today - AFTER_DUE <= until <= today + BEFORE_DUE:
            found.append(OpenPeriod(period, dates.starts_on, dates.ends_on, due))
    return sorted(found, key=lambda p: (p.due or p.last, p.first))


@dataclass(frozen=True)
class LateChild:
    """A subordinate whose numbers are not confirmed, and who to call."""

    state: object
    contact: str
    role: str
    phone: str

    @property
    def dialled(self):
        return "".join(ch for ch in self.phone if ch.isdigit() or ch == "+")


@dataclass
class Todo:
    """One open period as the home page shows it."""

    open: OpenPeriod
    sections: list = field(default_factory=list)
    unwritten: list = field(default_factory=list)
    children: list = field(default_factory=list)
    late: list = field(default_factory=list)
    children_noun: str = "đơn vị"

    @property
    def confirmed(self):
        return sum(not s.is_open for s in self.sections)

    @property
    def to_enter(self):
        return [s for s in self.sections if s.is_open and s.missing]

    @property
    def to_confirm(self):
        return [s for s in self.sections if s.is_open and not s.missing]

    @property
    def on_behalf(self):
        return [s for s in self.sections if s.on_behalf]

    @property
    def waiting(self):
        return sum(not c.is_done for c in self.children)

    @property
    def unnamed(self):
        return self.waiting - len(self.late)

    @property
    def nothing_left(self):
        return not (self.to_enter or self.to_confirm or self.unwritten or self.late or self.on_behalf)


def todos(unit):
    """What waits for ``unit`` in its open periods. The number of queries does not grow with the tree."""
    entries = indicators.lookup()
    return [_todo(unit, found, entries) for found in open_periods(unit)[:PERIODS_AT_ONCE]]


def _todo(unit, found, entries):
    structure = nearby(unit, found.period)
    todo = Todo(found, section_states(unit, found.period, structure, entries))
    if found.period.kind == PeriodKind.NAM:
        todo.unwritten = _unwritten(unit, found, structure)
    todo.children = child_states(structure, entries)
    if todo.children:
        todo.children_noun = wording.subordinate_noun([c.unit for c in todo.children])
        waiting = sorted((c for c in todo.children if not c.is_done), key=lambda c: (c.cells > 0, c.confirmed))
        todo.late = _with_contacts(waiting[:CHILDREN_NAMED])
    return todo


def _unwritten(unit, found, structure):
    """Sections of the annual outline that ask for words and have none, nor a figure that speaks for them."""
    outline = outline_for(unit, effective_settings(unit, found.last))
    written = {t.section for t in ReportText.objects.filter(unit=unit, period=found.period, kind="annual") if t.text}
    given = structure.typed_codes | structure.counted_codes
    return [
        s for s in outline.sections
        if s.if_empty == "ask" and s.type in WRITTEN_BY_HAND and s.code not in written and not given & set(s.indicators)
    ]


def _with_contacts(states):
    answers = [Role.CHI_HOI_TRUONG, Role.THU_KY, Role.CHU_TICH, Role.VAN_PHONG]
    found = {}
    roles = UnitRole.objects.in_force(clock.today()).filter(unit__in=[s.unit.pk for s in states], role__in=answers)
    for role in roles.select_related("user"):
        if role.user.is_active:
            found.setdefault(role.unit_id, []).append(role)
    out = []
    for state in states:
        best = min(found.get(state.unit.pk, []), key=lambda r: (not r.user.phone, answers.index(r.role)), default=None)
        out.append(LateChild(
            state, best.user.get_full_name() if best else "", best.get_role_display().split(" (")[0] if best else "",
            best.user.phone if best else "",
        ))
    return out
