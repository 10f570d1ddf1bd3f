"""Indicators that an administrator adds, and whom an entry concerns; the built-in ones are code."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from simple_history.models import HistoricalRecords

from members.models import Level
from reports import catalogue

SECTION_CHOICES = [(code, f"{code}. {name}") for code, name in catalogue.SECTIONS.items()]
FLAG_CHOICES = [(code, name) for code, name in catalogue.FLAGS.items()]


class Place(models.TextChoices):
    ANY = "any", "Mọi nơi"
    TERRITORIAL = "territorial", "Địa bàn dân cư"
    WORKPLACE = "workplace", "Cơ quan, doanh nghiệp"


class Concern(models.Model):
    """Whom an indicator concerns: levels, place, and flags the unit must have."""

    levels = models.JSONField("các cấp có số", default=list)
    place = models.CharField("nơi áp dụng", max_length=12, choices=Place, default=Place.ANY)
    needs = models.JSONField("chỉ đơn vị", default=list, blank=True)

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        unknown = [x for x in self.levels if x not in Level.values] + [x for x in self.needs if x not in catalogue.FLAGS]
        if unknown:
            raise ValidationError(f"Không có cấp hoặc diện “{unknown[0]}”.")

    def as_concerns(self):
        return catalogue.Concerns(frozenset(self.levels), self.place, frozenset(self.needs))


class Indicator(Concern):
    """An entered indicator made with no release; it prints in its section like the built-in ones."""

    class Kind(models.TextChoices):
        STOCK = "stock", "Thời điểm"
        FLOW = "flow", "Trong kỳ"
        YEARLY = "yearly", "Theo năm"
        RATIO = "ratio", "Tỷ lệ"

    class Direction(models.TextChoices):
        UP = "up", "Tốt khi tăng"
        DOWN = "down", "Tốt khi giảm"
        NONE = "none", "Không xét"

    code = models.CharField(
        "mã chỉ tiêu", max_length=64, unique=True,
        validators=[RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9_-]*\Z", "Mã chỉ tiêu gồm chữ không dấu, số và các dấu _ -, bắt đầu bằng chữ hoặc số.")],
        error_messages={"unique": "Mã chỉ tiêu này đã có."},
    )
    name = models.CharField("tên chỉ tiêu", max_length=200)
    unit = models.CharField("đơn vị tính", max_length=30)
    kind = models.CharField("loại số", max_length=6, choices=Kind)
    section = models.CharField("mục", max_length=1, choices=SECTION_CHOICES)
    direction = models.CharField("chiều tốt", max_length=4, choices=Direction, default=Direction.NONE)
    rule = models.CharField("cách tính", max_length=300, blank=True)
    open_parts = models.BooleanField("cho ghi phân tổ tùy ý", default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = "chỉ tiêu tự thêm"
        verbose_name_plural = "chỉ tiêu tự thêm"
        ordering = ["section", "pk"]

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        if self.code in catalogue.ENTRIES:
            raise ValidationError({"code": "Mã này đã là chỉ tiêu có sẵn của chương trình."})


class IndicatorConcern(Concern):
    """An administrator's word on whom a built-in entry concerns; it replaces the shipped one."""

    code = models.CharField(
        "chỉ tiêu", max_length=64, unique=True,
        error_messages={"unique": "Chỉ tiêu này đã được sửa diện; hãy sửa bản ghi có sẵn."},
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = "diện của chỉ tiêu có sẵn"
        verbose_name_plural = "diện của chỉ tiêu có sẵn"
        ordering = ["code"]

    def __str__(self):
        return catalogue.ENTRIES[self.code].name if self.code in catalogue.ENTRIES else self.code

    def clean(self):
        super().clean()
        if self.code not in catalogue.ENTRIES:
            raise ValidationError({"code": f"Không có chỉ tiêu “{self.code}” trong danh mục."})
