"""Periods whose figures are closed, and who opened them again, for how long and why."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from members.scoping import ScopedManager, ScopedQuerySet, UnitOwned, scoped_history

from .period import Period
from .unit import Unit


class LockState(models.TextChoices):
    LOCKED = "khoa", "Đã khóa"
    ASKED = "xin_mo", "Đã khóa, đang xin mở"
    OPENED = "mo", "Đang mở"


class PeriodLockQuerySet(ScopedQuerySet):
    def closed_at(self, moment):
        return self.filter(Q(opened_until=None) | Q(opened_until__lte=moment))

    def touching(self, first, last=None):
        """Locks of which ``first`` to ``last`` (inclusive, None: for ever) meets a day."""
        found = self.filter(ends_on__gte=first)
        return found if last is None else found.filter(starts_on__lte=last)


class PeriodLock(UnitOwned):
    """The records of a fact unit from ``starts_on`` to ``ends_on`` (both inclusive) accept no change.

    ``unit`` is a cơ sở with all below it, or a unit above it with its own records alone. While
    ``opened_until`` lies in the future the lock is open; it closes again by itself. The last guard
    is a database trigger (``members.triggers``); services refuse earlier, in Vietnamese.
    ``reason`` is why it is asked to be opened, then why it was. A lock is never deleted.
    """

    unit = models.ForeignKey(Unit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="locks")
    period = models.ForeignKey(Period, verbose_name="kỳ", on_delete=models.PROTECT, related_name="locks")
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến hết ngày")
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="người khóa", null=True, on_delete=models.PROTECT, related_name="+")
    locked_at = models.DateTimeField("khóa lúc")
    opened_until = models.DateTimeField("mở đến", null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="người mở", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="người xin mở", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("lý do", max_length=250, blank=True)
    history = scoped_history()

    objects = ScopedManager.from_queryset(PeriodLockQuerySet)()

    class Meta:
        verbose_name = "khóa số liệu"
        verbose_name_plural = "khóa số liệu"
        ordering = ["unit", "-ends_on"]
        permissions = [("lock_period", "Khóa số liệu của kỳ"), ("open_period", "Mở khóa số liệu")]
        constraints = [
            models.UniqueConstraint(fields=["unit", "period"], name="period_lock_once", violation_error_message="Kỳ này của đơn vị đã khóa."),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="period_lock_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(opened_until=None) | (Q(opened_by__isnull=False) & ~Q(reason="")), name="period_lock_opened_with_a_reason",
                violation_error_message="Mở khóa phải có người mở và lý do.",
            ),
            models.CheckConstraint(
                condition=Q(asked_by=None) | Q(opened_by=None) | ~Q(opened_by=F("asked_by")), name="period_lock_opened_by_another",
                violation_error_message="Người xin mở khóa không tự mở được.",
            ),
        ]

    def __str__(self):
        return f"{self.period} – {self.unit}"

    def state_at(self, moment):
        """What holds at ``moment``."""
        if self.opened_until and self.opened_until > moment:
            return LockState.OPENED
        return LockState.ASKED if self.asked_by_id and not self.opened_by_id else LockState.LOCKED
