"""Occasions on which figures are gathered, with the dates of each branch."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from members.scoping import UnitOwned, scoped_history

from .unit import Unit


class PeriodKind(models.TextChoices):
    NAM = "nam", "Năm"
    SAU_THANG = "6_thang", "6 tháng"
    QUY = "quy", "Quý"
    CHIN_THANG = "9_thang", "9 tháng"
    THANG = "thang", "Tháng"
    NUA_NHIEM_KY = "nua_nhiem_ky", "Nửa nhiệm kỳ"
    NHIEM_KY = "nhiem_ky", "Nhiệm kỳ"
    KHAC = "khac", "Khác"


class Period(models.Model):
    """An occasion common to all units; both dates inclusive, ``ends_on`` is the cut-off day.

    A flow of a period with parts (a term and its years) is the sum of the parts when the unit
    entered parts instead of the whole.
    """

    kind = models.CharField("loại kỳ", max_length=14, choices=PeriodKind)
    year = models.PositiveSmallIntegerField("năm", help_text="Năm công tác, như 2026.")
    number = models.PositiveSmallIntegerField("thứ tự trong năm", default=0, help_text="Quý 1–4, tháng 1–12; kỳ khác để 0.")
    label = models.CharField("tên kỳ", max_length=80, help_text="Như “năm 2026”, “nửa đầu nhiệm kỳ 2017 - 2022”.")
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến hết ngày (chốt số liệu)")
    due_on = models.DateField("hạn gửi", null=True, blank=True)
    parts = models.ManyToManyField(
        "self", verbose_name="gồm các kỳ", symmetrical=False, blank=True, related_name="wholes"
    )
    history = HistoricalRecords(m2m_fields=[parts])

    class Meta:
        verbose_name = "kỳ báo cáo"
        verbose_name_plural = "kỳ báo cáo"
        ordering = ["-ends_on", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="period_ends_after_it_starts",
                violation_error_message="Kỳ kết thúc trước khi bắt đầu: ngày chốt phải bằng hoặc sau ngày đầu kỳ.",
            ),
            models.UniqueConstraint(
                fields=["starts_on", "ends_on", "kind"], name="period_dates_once",
                violation_error_message="Đã có một kỳ cùng loại với đúng hai ngày này.",
            ),
        ]

    def __str__(self):
        return self.label

    def clean(self):
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": "Kỳ kết thúc trước khi bắt đầu: ngày chốt phải bằng hoặc sau ngày đầu kỳ."})
        if self.year and self.ends_on and self.year != self.ends_on.year:
            raise ValidationError({"year": f"Kỳ chốt ngày {self.ends_on:%d/%m/%Y} là kỳ của năm {self.ends_on.year}. Hãy sửa năm hoặc sửa ngày chốt."})


class PeriodDates(UnitOwned):
    """The dates of one branch for a period; the nearest unit above that has them decides."""

    period = models.ForeignKey(Period, verbose_name="kỳ báo cáo", on_delete=models.CASCADE, related_name="branch_dates")
    unit = models.ForeignKey(Unit, verbose_name="đơn vị", on_delete=models.CASCADE, related_name="period_dates")
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến hết ngày (chốt số liệu)")
    due_on = models.DateField("hạn gửi", null=True, blank=True)
    history = scoped_history()

    class Meta:
        verbose_name = "ngày của kỳ theo đơn vị"
        verbose_name_plural = "ngày của kỳ theo đơn vị"
        constraints = [
            models.UniqueConstraint(
                fields=["period", "unit"], name="period_dates_once_a_unit",
                violation_error_message="Đơn vị đã có ngày riêng cho kỳ này.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="branch_period_ends_after_it_starts",
                violation_error_message="Kỳ kết thúc trước khi bắt đầu: ngày chốt phải bằng hoặc sau ngày đầu kỳ.",
            ),
        ]

    def __str__(self):
        return f"{self.period} – {self.unit}"
