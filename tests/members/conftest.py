"""Somebody of xã Thanh Sơn, a stranger of xã Bình Minh, and the scope of the former."""

from datetime import date

import pytest

from ccb import clock
from emulation.services import set_cluster_members
from members.models import Period, PeriodDates, Unit, UnitSettings
from members.scoping import Scope, _open, all_units
from reports.models import EnteredFigure, ReportText, SectionConfirmation
from tests.cast import enrolled


@pytest.fixture
def mine(tree):
    return enrolled(tree.thon_dong, "Nguyễn Văn An", is_party=True)


@pytest.fixture
def stranger(tree):
    return enrolled(tree.xom_ben, "Người Lạ Mặt", is_party=True)


@pytest.fixture
def thanh_son(tree, mine, stranger):
    """The scope of the secretary of xã Thanh Sơn, open."""
    with _open(Scope((tree.thanh_son.path,))):
        yield


@pytest.fixture
def rows(tree, mine, stranger, cast):
    """One row of xã Bình Minh in every owned table."""
    period = Period.objects.create(kind="nam", year=2022, label="năm 2022", starts_on=date(2022, 1, 1), ends_on=date(2022, 12, 31))
    unit = tree.binh_minh
    with all_units("one row in every table"):
        UnitSettings.objects.create(unit=unit, signer_name="Người Lạ Mặt")
        PeriodDates.objects.create(period=period, unit=unit, starts_on=date(2022, 1, 1), ends_on=date(2022, 11, 30))
        SectionConfirmation.objects.create(unit=unit, period=period, section="1", at=clock.now())
        ReportText.objects.create(unit=unit, period=period, section="A", text="x", written_at=clock.now())
        EnteredFigure.objects.create(unit=unit, period=period, code="gift_count", state="number", value=1, typed_at=clock.now())
        Unit.objects.filter(pk=unit.pk).update(kind="cum_thi_dua")
        unit.refresh_from_db()
        set_cluster_members(cluster=unit, year=2022, units=[tree.kim_bai])
    return period


