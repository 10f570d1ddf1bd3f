"""Locked periods for tests: năm 2025 of xã Thanh Sơn is closed, and how a refusal is told from a write.

The gate reads the database's clock for the expiry of an opened lock, whatever a test has done to ours.
"""

from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from ccb import clock
from members import triggers
from members.models import Period, PeriodLock, User
from members.services import PeriodLocked

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
SOON, LATER = date(2026, 1, 1), date(2026, 6, 1)
LONG_AGO, FAR_OFF = datetime(2000, 1, 1, tzinfo=UTC), datetime(2900, 1, 1, tzinfo=UTC)


def year(number):
    return Period.objects.get_or_create(
        kind="nam", year=number, number=0,
        defaults={"label": f"năm {number}", "starts_on": date(number, 1, 1), "ends_on": date(number, 12, 31)},
    )[0]


def close(unit, period=None, **more):
    """A closed lock, written without asking who may."""
    period = period or year(2025)
    return PeriodLock.objects.create(unit=unit, period=period, starts_on=period.starts_on, ends_on=period.ends_on, locked_at=clock.now(), **more)


def reopen(lock, until=FAR_OFF, by=None):
    PeriodLock.objects.filter(pk=lock.pk).update(opened_until=until, opened_by=by, reason="bổ sung")


def refused(write):
    """Whether the gate, or a service before it, refuses ``write()``; what it did otherwise stays."""
    try:
        with transaction.atomic():
            write()
    except PeriodLocked:
        return True
    except IntegrityError as error:
        if not triggers.was_refused(error):
            raise
        return True
    return False


@contextmanager
def opened(lock):
    """What is done inside is let through."""
    reopen(lock, by=User.objects.get_or_create(username="nguoi_mo")[0])
    yield
    reopen(lock, None)


@pytest.fixture
def locked(tree, everywhere):
    """The lock of xã Thanh Sơn for 2025, closed; every unit is in scope."""
    return close(tree.thanh_son)
