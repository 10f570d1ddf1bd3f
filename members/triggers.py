"""The last gate before a locked period: triggers in the database, the only raw SQL of the program.

They refuse whatever would change a locked figure, however it comes: form, admin, bulk call, task, shell
or SQL by hand. A ``Guard`` says of one table which fact units a row counts for and on which days; a
change touches the days on which the row before and the row after differ, and both days of an event, so
that the stock of the day before a period is kept as well. Guarded are spells, dated statuses, living
standards, posts, disciplinary decisions, the place of units in the tree and the dates of periods here,
typed figures and texts in ``reports.triggers``.

Not guarded, because they are facts about a person or a unit that stay correctable: name, sex, birth, true
dates, war periods, decorations, the household someone belongs to, name and kind of a unit, its settings. An
issued report keeps its own copy of the figures.

Writers share the rows of their fact units (FOR KEY SHARE: it stops whoever locks FOR UPDATE, and nobody
else), then look for a lock; ``services.locks`` takes the same rows FOR UPDATE before it writes one. A plain
look would lose that race. SQLite has one writer at a time. Upserts fire row triggers of their kind only
AFTER the row, so these are AFTER triggers. The expiry of an opened lock is read from the database's clock,
and nothing else is; business dates never are.

SQLite drops triggers silently when it rebuilds a table: all are dropped before a migration and laid after
it, and ``differences`` compares what stands with what should.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connections, transaction

MARK = "ccb_period_locked"
PREFIX = "ccb_gate_"
NOW = {"postgresql": "clock_timestamp()", "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now')"}


@dataclass(frozen=True)
class Holders:
    """A SELECT of unit_id: fact units whose figures a row makes. With ``dated`` also of starts_on and ends_on: only then."""

    select: str
    dated: bool = False


@dataclass(frozen=True)
class Guard:
    """One table behind the gate. ``holders(row)`` are the ``Holders`` of NEW or OLD; without it every unit is meant.

    A dated row: a change of a column of ``whole`` touches every day of the row before and after; of
    ``starts`` or ``at_start`` only the days around its beginning, of ``ends`` or ``at_end`` those around its end.
    A row of a period: ``period`` is its column, and any change counts, or one of ``whole`` when given.
    """

    table: str
    holders: Callable[[str], list[Holders]] | None
    starts: str = ""
    ends: str = ""
    whole: tuple[str, ...] = ()
    at_start: tuple[str, ...] = ()
    at_end: tuple[str, ...] = ()
    period: str = ""

    @property
    def name(self):
        return PREFIX + self.table


# ── for which units a row counts ───────────────────────────────────────────────────────────


def home_of(unit, day=""):
    """``unit`` itself and the cơ sở above it, at most two steps away (phân hội, chi hội), on ``day``, else today.

    A unit that is younger than ``day`` stands where it stands today.
    """
    first = _parent(unit, day)
    above = [f"SELECT u.id FROM members_unit u WHERE u.level = 'CO_SO' AND u.id = {step}" for step in (first, _parent(first, day))]
    return Holders(" UNION ALL ".join([f"SELECT {unit} AS unit_id", *above]))


def _parent(unit, day):
    then = f"v.starts_on <= {day} DESC, " if day else ""
    return f"(SELECT v.parent_id FROM members_unitversion v WHERE v.unit_id = {unit} ORDER BY {then}v.starts_on DESC LIMIT 1)"


def spells_of(people):
    """The units in which the members of the SELECT ``people`` stood, as long as they did."""
    return Holders(
        "SELECT COALESCE(m.co_so_id, m.unit_id) AS unit_id, m.starts_on, m.ends_on "
        f"FROM members_membership m WHERE m.member_id IN ({people})",
        dated=True,
    )


def own_co_so(row):
    return [Holders(f"SELECT COALESCE({row}.co_so_id, {row}.unit_id) AS unit_id")]


def of_member(row):
    return [spells_of(f"SELECT {row}.member_id")]


def of_post(row):
    return [*of_member(row), home_of(f"{row}.unit_id")]


def of_household(row):
    people = f"SELECT p.id FROM members_member p WHERE p.household_id = {row}.household_id"
    return [spells_of(people), home_of(f"(SELECT k.unit_id FROM members_household k WHERE k.id = {row}.household_id)")]


def of_parent(row):
    return [home_of(f"{row}.parent_id")]


def under_unit(row):
    return [Holders(
        "SELECT b.id AS unit_id FROM members_unit t, members_unit b "
        f"WHERE t.id = {row}.unit_id AND substr(b.path, 1, length(t.path)) = t.path"
    )]


SPAN = {"starts": "starts_on", "ends": "ends_on"}
GUARDS = [
    Guard("members_membership", own_co_so, **SPAN, whole=("member_id", "unit_id", "co_so_id", "category"),
          at_start=("reason_in",), at_end=("reason_out",)),
    Guard("members_memberstatus", of_member, **SPAN, whole=("member_id", "kind", "grade", "rate")),
    Guard("members_householdstatus", of_household, **SPAN, whole=("household_id", "living", "house")),
    Guard("members_post", of_post, **SPAN, whole=("member_id", "body", "unit_id", "title", "level", "elected")),
    Guard("members_discipline", own_co_so, starts="happened_on", ends="happened_on",
          whole=("member_id", "unit_id", "co_so_id", "kind")),
    Guard("members_unitversion", of_parent, **SPAN, whole=("unit_id", "parent_id")),
    Guard("members_period", None, period="id", whole=("starts_on", "ends_on")),
    Guard("members_period_parts", None, period="from_period_id"),
    Guard("members_perioddates", under_unit, period="period_id", whole=("period_id", "unit_id", "starts_on", "ends_on")),
]


def register(*guards):
    """Tables of the apps above; called while the program starts."""
    GUARDS.extend(guards)


# ── what is refused, as a condition ────────────────────────────────────────────────────────


def _changed(columns):
    return "(" + (" OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in columns) or "FALSE") + ")"


def _meets(firsts, lasts, begin, end):
    """Whether the days from the least of ``firsts`` to the greatest of ``lasts`` meet ``begin`` to ``end``.

    ``begin`` and ``firsts`` are there; of ``lasts`` and ``end`` NULL means for ever.
    """
    begun = " OR ".join([f"{end} IS NULL", *(f"{day} <= {end}" for day in firsts)])
    lasting = " OR ".join(f"{day} IS NULL OR {day} >= {begin}" for day in lasts)
    return f"({begun}) AND ({lasting})"


def _closed(vendor):
    return f"(l.opened_until IS NULL OR l.opened_until <= {NOW[vendor]})"


def _days(guard, vendor, row, firsts, lasts):
    found = []
    for holders in guard.holders(row):
        meets = [_closed(vendor), _meets(firsts, lasts, "l.starts_on", "l.ends_on")]
        if holders.dated:
            meets += [_meets(firsts, lasts, "h.starts_on", "h.ends_on"), _meets(["h.starts_on"], ["h.ends_on"], "l.starts_on", "l.ends_on")]
        found.append(f"EXISTS (SELECT 1 FROM members_periodlock l JOIN ({holders.select}) h ON h.unit_id = l.unit_id WHERE {' AND '.join(meets)})")
    return f"({' OR '.join(found)})"


def _in_period(guard, vendor, row):
    """Closed for the row's own period, or for a longer one of which it is a part."""
    period = f"{row}.{guard.period}"
    wholes = f"SELECT w.from_period_id FROM members_period_parts w WHERE w.to_period_id = {period}"
    closed = f"SELECT 1 FROM members_periodlock l WHERE {_closed(vendor)} AND (l.period_id = {period} OR l.period_id IN ({wholes}))"
    if guard.holders:
        closed += f" AND l.unit_id IN ({_units(guard, row)})"
    return f"EXISTS ({closed})"


def _units(guard, row):
    return " UNION ALL ".join(f"SELECT h.unit_id FROM ({holders.select}) h" for holders in guard.holders(row))


def _any_day(guard, vendor, row):
    if guard.period:
        return _in_period(guard, vendor, row)
    return _days(guard, vendor, row, [f"{row}.{guard.starts}"], [f"{row}.{guard.ends}"])


def _update(guard, vendor):
    everything = f"{_any_day(guard, vendor, 'OLD')} OR {_any_day(guard, vendor, 'NEW')}"
    if guard.period:
        return everything
    around = []
    for column, others in ((guard.starts, guard.at_start), (guard.ends, guard.at_end)):
        both = [f"OLD.{column}", f"NEW.{column}"]
        around.append(f"({_changed([column, *others])} AND {_days(guard, vendor, 'NEW', both, both)})")
    return f"CASE WHEN {_changed(guard.whole)} THEN {everything} ELSE {' OR '.join(around)} END"


def _watched(guard):
    """The columns whose change is looked at; none: every update is."""
    if guard.period:
        return guard.whole
    return tuple(dict.fromkeys((*guard.whole, guard.starts, guard.ends, *guard.at_start, *guard.at_end)))


def _conditions(guard, vendor):
    return {"INSERT": _any_day(guard, vendor, "NEW"), "UPDATE": _update(guard, vendor), "DELETE": _any_day(guard, vendor, "OLD")}


# ── the statements of each database ────────────────────────────────────────────────────────


def _sqlite(guard):
    """{name: CREATE TRIGGER …}: one trigger an operation."""
    made = {}
    for operation, condition in _conditions(guard, "sqlite").items():
        watched = _watched(guard) if operation == "UPDATE" else ()
        when = f"WHEN {_changed(watched)} " if watched else ""
        name = f"{guard.name}_{operation.lower()}"
        made[name] = (
            f"CREATE TRIGGER {name} AFTER {operation} ON {guard.table} FOR EACH ROW {when}"
            f"BEGIN SELECT RAISE(ABORT, '{MARK}') WHERE {condition}; END"
        )
    return made


def _postgresql(guard):
    """{name: body of its function}: one trigger and one function a table."""
    def rows(row):
        return _units(guard, row) if guard.holders else f"SELECT {row}.{guard.period}"

    table, strength = ("members_unit", "KEY SHARE") if guard.holders else ("members_period", "SHARE")
    rows_of = {"INSERT": rows("NEW"), "DELETE": rows("OLD"), "UPDATE": f"{rows('OLD')} UNION ALL {rows('NEW')}"}
    conditions = _conditions(guard, "postgresql")
    watched = _watched(guard)
    steps = [f"IF TG_OP = 'UPDATE' AND NOT {_changed(watched)} THEN RETURN NULL; END IF;"] if watched else []
    for operation in ("INSERT", "UPDATE", "DELETE"):
        steps.append(
            f"IF TG_OP = '{operation}' THEN\n"
            f"  PERFORM 1 FROM {table} x WHERE x.id IN ({rows_of[operation]}) ORDER BY x.id FOR {strength} OF x;\n"
            f"  refused := {conditions[operation]};\n"
            "END IF;"
        )
    steps.append(f"IF refused THEN RAISE EXCEPTION '{MARK}' USING ERRCODE = 'integrity_constraint_violation'; END IF;")
    body = "\n".join(["DECLARE refused boolean := false;", "BEGIN", *steps, "RETURN NULL;", "END"])
    return {guard.name: f"\n{body}\n"}


def wanted(connection):
    """{name: definition} of everything that should stand in this database."""
    known = set(connection.introspection.table_names())
    if "members_periodlock" not in known:
        return {}
    make = {"sqlite": _sqlite, "postgresql": _postgresql}[connection.vendor]
    return {name: text for guard in GUARDS if guard.table in known for name, text in make(guard).items()}


def laid(connection):
    """{name: definition} of everything that stands; a trigger that was switched off does not."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, %s) = %s", [len(PREFIX), PREFIX])
        else:
            cursor.execute(
                "SELECT t.tgname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE t.tgname = %s || c.relname AND p.proname = t.tgname AND t.tgenabled IN ('O', 'A') AND pg_table_is_visible(c.oid) "
                "AND t.tgtype = 29",  # after, each row, insert or update or delete
                [PREFIX],
            )
        return dict(cursor.fetchall())


def differences(connection):
    """Names of what is missing, changed or left over; empty when the gate stands."""
    there, should = laid(connection), wanted(connection)
    return sorted(name for name in there.keys() | should.keys() if there.get(name) != should.get(name))


def lay(using="default"):
    """Put every trigger in place, anew."""
    connection = connections[using]
    drop(using)
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for name, text in wanted(connection).items():
            if connection.vendor == "sqlite":
                cursor.execute(text)
                continue
            cursor.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $gate${text}$gate$")
            cursor.execute(
                f"CREATE TRIGGER {name} AFTER INSERT OR UPDATE OR DELETE ON {name.removeprefix(PREFIX)} "
                f"FOR EACH ROW EXECUTE FUNCTION {name}()"
            )


def drop(using="default"):
    """Take every trigger away: before tables are rebuilt, or before a whole backup is loaded row by row."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in laid(connection):
                cursor.execute(f"DROP TRIGGER {name}")
            return
        cursor.execute("SELECT proname FROM pg_proc WHERE starts_with(proname, %s) AND pg_function_is_visible(oid)", [PREFIX])
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION {name} CASCADE")


def share_units(pks):
    """On PostgreSQL: FOR KEY SHARE on these units' rows, in one order for everybody, until the transaction ends."""
    connection = connections["default"]
    if connection.vendor == "postgresql" and pks:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM members_unit u WHERE u.id = ANY(%s) ORDER BY u.id FOR KEY SHARE OF u", [sorted(pks)])


def was_refused(error):
    """Whether a database error is the gate's."""
    return MARK in str(error)
