"""What units typed: one cell for a unit, a period, an indicator and a part."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from members.models import Period, Unit
from members.scoping import UnitOwned, scoped_history


class State(models.TextChoices):
    """The four states of a cell; a stored one is never ``MISSING``."""

    NUMBER = "number", "số"
    WORDS = "words", "có, không nêu số"
    NOT_CONCERNED = "not_concerned", "không thuộc diện"
    MISSING = "missing", "chưa báo cáo"


class PrintMode(models.TextChoices):
    DEFAULT = "", "theo chỉ tiêu"
    HELD = "held", "giữ, nêu bằng lời"


class EnteredFigure(UnitOwned):
    """A typed cell. ``part`` '' is the whole; parts are values of dimensions joined by "; ".

    Money is whole đồng. For a ratio ``denominator`` is set when both terms are known ("16/26");
    with none, ``value`` is the rate as typed and does not roll up.
    """

    unit = models.ForeignKey(Unit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="entered_figures")
    co_so = models.ForeignKey(Unit, verbose_name="cơ sở", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, verbose_name="kỳ", on_delete=models.PROTECT, related_name="entered_figures")
    code = models.CharField("chỉ tiêu", max_length=64)
    part = models.CharField("phân tổ", max_length=160, blank=True)
    state = models.CharField("trạng thái", max_length=13, choices=[c for c in State.choices if c[0] != "missing"])
    value = models.DecimalField("giá trị", max_digits=24, decimal_places=4, null=True, blank=True)
    denominator = models.DecimalField("mẫu số", max_digits=24, decimal_places=4, null=True, blank=True)
    qualifier = models.CharField("chữ đi kèm", max_length=20, blank=True, help_text="hơn, trên, khoảng, gần …")
    estimate = models.BooleanField("ước", default=False)
    words = models.CharField("nêu bằng lời", max_length=200, blank=True)
    measure = models.CharField("đơn vị tính đã ghi", max_length=30, blank=True)
    print_mode = models.CharField("cách in", max_length=4, choices=PrintMode, blank=True, default="")
    as_typed = models.CharField("nguyên văn đã gõ", max_length=200, blank=True)
    note = models.CharField("ghi chú", max_length=300, blank=True)
    explanation = models.CharField("giải trình chênh lệch", max_length=300, blank=True)
    typed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    typed_at = models.DateTimeField("lúc")
    on_behalf = models.BooleanField("nhập thay", default=False)
    version = models.PositiveIntegerField(default=1)
    history = scoped_history()

    class Meta:
        verbose_name = "số liệu đã nhập"
        verbose_name_plural = "số liệu đã nhập"
        ordering = ["unit", "period", "code", "part"]
        permissions = [("import_figures", "Nhập số liệu từ tệp Excel")]
        indexes = [models.Index(fields=["period", "code"])]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "period", "code", "part"], name="entered_figure_one_a_cell",
                violation_error_message="Ô này đã có số.",
            ),
            models.CheckConstraint(
                condition=Q(state="number", value__isnull=False) | (~Q(state="number") & Q(value=None, denominator=None)),
                name="entered_figure_number_has_a_value",
                violation_error_message="Trạng thái “số” cần có giá trị; trạng thái khác không có giá trị.",
            ),
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__gte=0), name="entered_figure_not_negative",
                violation_error_message="Giá trị không được âm.",
            ),
            models.CheckConstraint(
                condition=Q(denominator=None) | Q(denominator__gt=0), name="entered_figure_denominator_above_zero",
                violation_error_message="Mẫu số phải lớn hơn 0.",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.part}".strip()


class SectionConfirmation(UnitOwned):
    """"Xác nhận số liệu": from now on an empty cell of this section means 0, not "chưa báo cáo"."""

    unit = models.ForeignKey(Unit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="confirmations")
    period = models.ForeignKey(Period, verbose_name="kỳ", on_delete=models.PROTECT, related_name="confirmations")
    section = models.CharField("mục", max_length=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="người xác nhận", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("lúc")
    history = scoped_history()

    class Meta:
        verbose_name = "xác nhận số liệu"
        verbose_name_plural = "xác nhận số liệu"
        constraints = [models.UniqueConstraint(fields=["unit", "period", "section"], name="section_confirmed_once")]

    def __str__(self):
        return f"Mục {self.section} – {self.unit}, {self.period}"
