"""What a secretary writes into a report beside the figures."""

from django.conf import settings
from django.db import models

from members.models import Period, Unit
from members.scoping import UnitOwned, scoped_history


class ReportText(UnitOwned):
    """Free text of one section of a unit's report for a period; a blank line begins a paragraph."""

    unit = models.ForeignKey(Unit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="report_texts")
    period = models.ForeignKey(Period, verbose_name="kỳ", on_delete=models.PROTECT, related_name="report_texts")
    kind = models.CharField("loại báo cáo", max_length=12, default="annual")
    section = models.CharField("mục", max_length=8)
    text = models.TextField("lời văn", blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField("lúc")
    version = models.PositiveIntegerField(default=1)
    history = scoped_history()

    class Meta:
        verbose_name = "lời văn của báo cáo"
        verbose_name_plural = "lời văn của báo cáo"
        constraints = [models.UniqueConstraint(fields=["unit", "period", "kind", "section"], name="report_text_once")]

    def __str__(self):
        return f"{self.section} – {self.unit}"
