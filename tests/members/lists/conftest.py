"""The secretary of xã Thanh Sơn with his scope open, on 20 November 2026."""

from datetime import UTC, datetime

import pytest
import time_machine

from members.scoping import scope_for


@pytest.fixture
def clock_stands():
    with time_machine.travel(datetime(2026, 11, 20, 5, tzinfo=UTC)) as traveller:
        yield traveller


@pytest.fixture
def secretary(clock_stands, cast):
    with scope_for(cast.thu_ky):
        yield cast.thu_ky
