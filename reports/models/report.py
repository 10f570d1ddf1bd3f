"""What a secretary writes into a report beside the figures."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from members.models import Period, Unit
from members.scoping import UnitOwned, scoped_history
from members.vietnamese import format_number
from members.vietnamese.text import quote

# What a page can hold and a PDF can break into lines within a second: a report has a dozen such texts.
LONGEST_TEXT = 20_000
LONGEST_WORD = 100
MOST_LINES = 500


def check_text(text):
    """Raises ``ValidationError`` for a text of a section that no reader and no printer would get through."""
    if len(text) > LONGEST_TEXT:
        raise ValidationError(f"Phần này dài quá {format_number(LONGEST_TEXT)} chữ cái. Hãy rút gọn, hoặc chuyển bớt sang mục khác.")
    if text.count("\n") >= MOST_LINES:
        raise ValidationError(f"Phần này dài quá {MOST_LINES} dòng. Hãy gộp các dòng ngắn, hoặc chuyển bớt sang mục khác.")
    word = max(text.split(), key=len, default="")
    if len(word) > LONGEST_WORD:
        raise ValidationError(f"{quote(word)} là {len(word)} chữ cái viết liền, không xuống dòng được. Hãy cách ra, mỗi chữ nhiều nhất {LONGEST_WORD} chữ cái.")


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

    def clean(self):
        try:
            check_text(self.text)
        except ValidationError as error:
            raise ValidationError({"text": error}) from error
