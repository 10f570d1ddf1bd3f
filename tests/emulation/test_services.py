"""The members of a cụm thi đua in a year, in the order in which they were named."""

import pytest

from emulation.models import ClusterYear
from emulation.services import set_cluster_members
from members.models import Kind, Level
from members.scoping import all_units
from members.services import found_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def units():
    with all_units("a test"):
        cluster = found_unit(code="CUM", name="Cụm thi đua số 1", level=Level.CUM, kind=Kind.CUM_THI_DUA)
        yield [cluster, *(found_unit(code=code, name=f"Hội CCB tỉnh {code}", level=Level.TINH, kind=Kind.TINH) for code in "ABC")]


def order(year):
    return [str(member.unit.code) for member in year.members.all()]


def test_naming_them_again_in_another_order_reorders_them(units):
    cluster, a, b, c = units
    assert order(set_cluster_members(cluster=cluster, year=2025, units=[a, b])) == ["A", "B"]
    assert order(set_cluster_members(cluster=cluster, year=2025, units=[c, b, a])) == ["C", "B", "A"]
    assert order(set_cluster_members(cluster=cluster, year=2025, units=[b])) == ["B"]


def test_added_members_come_behind_those_who_stay(units):
    cluster, a, b, c = units
    set_cluster_members(cluster=cluster, year=2025, units=[c, a])
    assert order(set_cluster_members(cluster=cluster, year=2025, units=[a, b], add_only=True)) == ["C", "A", "B"]


def test_who_made_the_list_stands_in_its_history(units, django_user_model):
    cluster, a, b, _ = units
    user = django_user_model.objects.create_user("lan", password="x")
    set_cluster_members(cluster=cluster, year=2025, units=[a, b], decision="12/QĐ", by=user)
    assert list(ClusterYear.history.values_list("decision", "history_user__username")) == [("12/QĐ", "lan")]
