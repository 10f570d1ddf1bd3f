"""The same things twice, in Lam Giang and in Hà Đông, for tests of the admin.

``quan_tri`` answers for Lam Giang. What stands in Hà Đông carries a canary in every text: none
of them may reach his screen.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from django.contrib import admin
from django.urls import reverse

from ccb import clock
from emulation.services import set_cluster_members
from members.models import Kind, Level, Period, PeriodDates, Role, UnitRole, UnitSettings
from members.scoping import all_units
from members.services import correct_unit, found_unit, register_member
from reports.models import (
    EnteredFigure,
    Indicator,
    IndicatorConcern,
    ReportText,
    SectionConfirmation,
)
from tests.cast import SINCE, logged_in

CANARIES = ["Hà Đông", "Kim Bài", "HD-", "Ngô Bá Ước", "van_phong_ha_dong", "Hoàng Yến", "987.654.321", "987654321", "Người cài đặt"]
COMMON = [Period, Indicator, IndicatorConcern]  # every unit has the same ones


@dataclass
class Branch:
    """One row of every kind in one province, by the label of its model."""

    rows: dict

    def __getitem__(self, label):
        return self.rows[label]


def settle(*, province, commune, user, code, name):
    """A row in every table of ``commune`` in ``province``, with a history of two records."""
    with all_units("a test furnishes a province"):
        correct_unit(unit=commune, name=commune.name, kind=commune.kind, by=user)
        cluster = found_unit(code=f"{code}-C1", name=f"Cụm thi đua của {province}", level=Level.CUM, kind=Kind.CUM_THI_DUA, parent=province)
        member = register_member(unit=commune, name=name, sex="nam", by=user)
        member.card_number = f"{code}-0001"
        member.save()
        period = Period.objects.get(year=2025)
        cell = {"unit": commune, "period": period, "typed_at": clock.now(), "typed_by": user}
        return Branch({
            "members.unit": commune,
            "members.unitsettings": UnitSettings.objects.create(unit=commune, signer_name=name),
            "members.user": user,
            "members.unitrole": user.unit_roles.get(),
            "members.member": member,
            "members.perioddates": PeriodDates.objects.create(period=period, unit=commune, starts_on=date(2024, 12, 1), ends_on=date(2025, 11, 30)),
            "emulation.clusteryear": set_cluster_members(cluster=cluster, year=2025, units=[commune], decision=name),
            "reports.enteredfigure": EnteredFigure.objects.create(
                code="vuon_mau", state="number", value=Decimal(987654321 if code == "HD" else 12345), note=name, **cell),
            "reports.sectionconfirmation": SectionConfirmation.objects.create(unit=commune, period=period, section="2", by=user, at=clock.now()),
            "reports.reporttext": ReportText.objects.create(
                unit=commune, period=period, section="2", text=name, written_by=user, written_at=clock.now()),
        })


def common_rows():
    """What all units share: a period, an added indicator, a changed concern."""
    return Branch({
        "members.period": Period.objects.create(kind="nam", year=2025, label="năm 2025", starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31)),
        "reports.indicator": Indicator.objects.create(code="vuon_mau", name="Vườn mẫu", unit="vườn", kind="flow", section="2", levels=["CO_SO"]),
        "reports.indicatorconcern": IndicatorConcern.objects.create(code="border_patrols", levels=["TINH"], place="any", needs=[]),
    })


def registered():
    """The models of this program that have pages in the admin."""
    apps = {"members", "emulation", "reports"}
    return sorted((m for m in admin.site._registry if m._meta.app_label in apps), key=lambda m: m._meta.label_lower)


def page(model, name, *args):
    """The address of a page of ``model``, a class or a label: changelist, add, change, history …"""
    label = model if isinstance(model, str) else model._meta.label_lower
    return reverse(f"admin:{label.replace('.', '_')}_{name}", args=args)


def administrator_of(unit, user):
    """A client of ``user``, who from now on administers ``unit``."""
    with all_units("a test names an administrator"):
        UnitRole.objects.create(user=user, unit=unit, role=Role.QUAN_TRI, starts_on=SINCE)
    return logged_in(user)


@pytest.fixture
def chief(tree, cast):
    """A client of the administrator of Trung ương: the one whose pages write tables common to all."""
    return administrator_of(tree.trung_uong, cast.khong_vai)


@pytest.fixture
def common(db):
    return common_rows()


@pytest.fixture
def ours(tree, cast, common):
    return settle(province=tree.lam_giang, commune=tree.thanh_son, user=cast.thu_ky, code="LG", name="Lê Sơn Ca")


@pytest.fixture
def theirs(tree, cast, common):
    return settle(province=tree.ha_dong, commune=tree.kim_bai, user=cast.van_phong_ha_dong, code="HD", name="Hoàng Yến")
