"""Locking a period while others write: what was counted when it closed is what stays, every time.

Whoever takes the snapshot locks first and counts in the same transaction; a writer is either counted
or refused. Two writers and one who locks begin each round at the same moment.
"""

import random
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from ccb import clock
from members import triggers
from members.models import Membership, Period
from members.scoping import all_units, scope_for
from members.services import PeriodLocked
from members.services.locks import ensure_period_open, lock_period
from reports.models import EnteredFigure
from tests.cast import enrolled

ROUNDS, ROUNDS_OF_SQLITE = 200, 40
WRITERS = 2
TYPED, SPELL, SERVICE = "typed", "spell", "service"


def occasions(number):
    """Periods of one day each, two days apart: a round touches the days of its own alone."""
    days = [date(2001, 1, 1) + timedelta(days=2 * i) for i in range(number)]
    return Period.objects.bulk_create(
        Period(kind="khac", year=day.year, label=f"ngày {day}", starts_on=day, ends_on=day) for day in days
    )


def counted(unit, period):
    cells = EnteredFigure.objects.filter(unit=unit, period=period).count()
    return cells + Membership.objects.filter(co_so=unit, starts_on=period.starts_on).count()


def write(kind, number, unit, branch, member, period):
    """One row of the period; True when it was stored, False when the gate or a service refused it."""
    try:
        with all_units("a test races"), transaction.atomic():
            if kind == SPELL:
                Membership.objects.create(
                    member=member, unit=branch, co_so=unit, member_name="x", starts_on=period.starts_on, ends_on=period.starts_on,
                    reason_in="ket_nap", reason_out="xin_ra")
            else:
                if kind == SERVICE:
                    ensure_period_open(units=[unit], period=period)
                EnteredFigure.objects.create(unit=unit, period=period, code=f"c{number}", state="words", typed_at=clock.now())
            time.sleep(random.uniform(0, 0.004))
        return True
    except PeriodLocked:
        return False
    except IntegrityError as error:
        if not triggers.was_refused(error):
            raise
        return False


def close_and_count(user, unit, period):
    """The snapshot: what stands when the lock is written, before it is seen by anybody."""
    with scope_for(user), transaction.atomic():
        lock_period(unit=unit, period=period, by=user)
        time.sleep(random.uniform(0, 0.002))
        return counted(unit, period)


def raced(threads, jobs):
    """The answers of ``jobs`` begun at one moment, each in a thread with a connection of its own."""
    barrier = Barrier(len(jobs))

    def run(job):
        barrier.wait(10)
        time.sleep(random.uniform(0, 0.003))
        return job()

    return [future.result(30) for future in [threads.submit(run, job) for job in jobs]]


@pytest.fixture
def threads():
    """One for each who takes part; at the end each closes its connection."""
    with ThreadPoolExecutor(WRITERS + 1) as pool:
        yield pool
        raced(pool, [lambda: connection.close()] * (WRITERS + 1))  # each its own


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_hundred_races_leave_every_snapshot_true(cast, tree, threads):
    random.seed(30)
    unit, branch = tree.thanh_son, tree.thon_dong
    member = enrolled(branch, "Nguyễn Văn An", counted_from=date(2026, 1, 1))
    periods, outcomes, wrong = occasions(ROUNDS), [], []
    began = time.monotonic()
    for number, period in enumerate(periods):
        kind = (TYPED, SPELL, SERVICE)[number % 3]
        jobs = [partial(close_and_count, cast.van_phong, unit, period)]
        jobs += [partial(write, kind, 10 * number + w, unit, branch, member, period) for w in range(WRITERS)]
        snapshot, *stored = raced(threads, jobs)
        with all_units("a test counts"):
            if not snapshot == counted(unit, period) == sum(stored):
                wrong.append((number, kind, snapshot, stored))
        outcomes.append(sum(stored))
    assert wrong == []
    assert len(set(outcomes)) > 1  # the lock came first, between or last: the rounds did race
    assert time.monotonic() - began < 60


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_writers_of_a_sqlite_file_are_counted_or_refused(tree, tmp_path, threads):
    """Plain connections to a copy of the database with its triggers: IMMEDIATE transactions come one after the other."""
    random.seed(30)
    periods, copy = occasions(ROUNDS_OF_SQLITE), tmp_path / "copy.sqlite3"
    connection.ensure_connection()
    with closing(sqlite3.connect(copy)) as target:
        connection.connection.backup(target)
    unit, outcomes = tree.thanh_son.pk, []

    def opened():
        return closing(sqlite3.connect(copy, timeout=20, isolation_level=None))

    def store(period, number):
        with opened() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                db.execute(
                    "INSERT INTO reports_reporttext (unit_id, period_id, kind, section, text, written_at, version) VALUES (?, ?, 'annual', ?, 'x', '2026-01-01', 1)",
                    [unit, period.pk, str(number)])
            except sqlite3.IntegrityError as error:
                assert triggers.was_refused(error)
                db.execute("ROLLBACK")
                return False
            time.sleep(random.uniform(0, 0.003))
            db.execute("COMMIT")
            return True

    def count(db, period):
        return db.execute("SELECT count(*) FROM reports_reporttext WHERE period_id = ?", [period.pk]).fetchone()[0]

    def close(period):
        with opened() as db:
            db.execute("BEGIN IMMEDIATE")
            db.execute(
                "INSERT INTO members_periodlock (unit_id, period_id, starts_on, ends_on, locked_at, reason) VALUES (?, ?, ?, ?, '2026-01-01', '')",
                [unit, period.pk, str(period.starts_on), str(period.ends_on)])
            snapshot = count(db, period)
            db.execute("COMMIT")
            return snapshot

    for period in periods:
        snapshot, *stored = raced(threads, [partial(close, period), *(partial(store, period, n) for n in range(WRITERS))])
        with opened() as db:
            assert snapshot == count(db, period) == sum(stored)
        outcomes.append(snapshot)
    assert len(set(outcomes)) > 1
