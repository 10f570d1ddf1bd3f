"""The rows of a benchmark: each is one function that measures ours and a peer, with its goal."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db.models import Count

from members.models import Level, Membership, Period, Role, Unit, UnitRole


class NotMeasured(Exception):
    """Why a row cannot be measured here, in Vietnamese; the table says so."""


@dataclass(frozen=True)
class Measured:
    """Two costs in seconds (or in ``unit``); without a ``peer`` ours alone is held against the goal."""

    ours: float
    peer: float | None = None
    unit: str = "ms"


@dataclass(frozen=True)
class Row:
    """A line of the table. The goal is an upper bound (``at_most``) or a lower one of ratio, or of ours when there is no peer.

    ``faster``: the ratio is that of speed, peer ÷ ours, as goals of throughput are written.
    """

    key: str
    what: str
    against: str
    measure: Callable
    at_most: float | None = None
    at_least: float | None = None
    faster: bool = False

    def run(self, world):
        """(ours, peer, ratio, goal, verdict) as printed, and whether the goal was missed."""
        goal = f"≤ {number(self.at_most)}" if self.at_most is not None else f"≥ {number(self.at_least)}"
        try:
            found = self.measure(world)
        except NotMeasured as why:
            return ("–", "–", "–", goal, f"không đo: {why}"), False
        ratio = found.ours if found.peer is None else found.peer / found.ours if self.faster else found.ours / found.peer
        if found.unit == "ms" and found.peer is None:
            ratio *= 1000  # goals of time are in ms
        missed = ratio > self.at_most if self.at_most is not None else ratio < self.at_least
        return (shown(found.ours, found.unit), shown(found.peer, found.unit), number(ratio), goal, "KHÔNG ĐẠT" if missed else "đạt"), missed


ROWS: dict[str, list[Row]] = {"members": []}


def row(suite, key, what, against, **goal):
    """Registers the function below as the measure of a row."""
    def register(function):
        ROWS[suite].append(Row(key, what, against, function, **goal))
        return function

    return register


def best_of(times, work):
    """The shortest of ``times`` runs, in seconds, after one that is not counted: others use the machine too."""
    work()
    return min(seconds(work) for _ in range(times))


def seconds(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def shown(value, unit):
    if value is None:
        return "–"
    return f"{number(value * 1000)} ms" if unit == "ms" else f"{number(value)} {unit}"


def number(value):
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:.{digits}f}".replace(".", ",")


@dataclass(frozen=True)
class World:
    """Where it is measured: the largest province, its largest cơ sở, the newest year, and who looks."""

    tinh: Unit
    co_so: Unit
    period: Period
    user: object
    members: int
    members_of_tinh: int
    units: int
    rows: int  # of a list that is brought in

    @classmethod
    def look(cls, rows):
        """Raises ``NotMeasured`` in a database without members."""
        spells = Membership.objects.filter(ends_on=None)
        co_so = spells.values_list("co_so").annotate(n=Count("*")).order_by("-n", "co_so").first()
        if co_so is None:
            raise NotMeasured("chưa có hội viên nào")
        co_so = Unit.objects.select_related("parent").get(pk=co_so[0])
        tinh = co_so
        while tinh.parent_id and tinh.level != Level.TINH:
            tinh = tinh.parent
        role = UnitRole.objects.filter(unit=tinh, role=Role.VAN_PHONG, ends_on=None).first()
        period = Period.objects.filter(kind="nam").order_by("-ends_on").first()
        if role is None or period is None:
            raise NotMeasured(f"{tinh.name} cần một tài khoản văn phòng và một kỳ năm")
        return cls(
            tinh, co_so, period, get_user_model().objects.get(pk=role.user_id), spells.count(),
            spells.filter(unit__in=Unit.objects.under(tinh)).count(), Unit.objects.count(), rows,
        )
