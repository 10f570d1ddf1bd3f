"""Dated facts about a person that figures count."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from members.fields import PartialDateField
from members.scoping import UnitOwned, scoped_history

from .member import Member


class StatusKind(models.TextChoices):
    PARTY = "dang_vien", "Đảng viên"
    WOUNDED = "thuong_binh", "Thương binh"
    SICK = "benh_binh", "Bệnh binh"
    AGENT_ORANGE = "chat_doc", "Nhiễm chất độc hóa học"
    MARTYR_KIN = "than_nhan_ls", "Thân nhân liệt sĩ"
    ELDERLY = "cao_tuoi", "Tham gia Hội Người cao tuổi"
    INSURED = "bhyt", "Có thẻ bảo hiểm y tế"
    EMPLOYED = "co_viec_lam", "Đang có việc làm"


# Law 91/2025/QH15: political views and health. Counting reads them; by person only the logged service does.
SENSITIVE_STATUSES = {StatusKind.PARTY, StatusKind.WOUNDED, StatusKind.SICK, StatusKind.AGENT_ORANGE}
WOUNDED_GRADES = ("1/4", "2/4", "3/4", "4/4")


class MemberStatus(UnitOwned):
    """A fact that holds during ``[starts_on, ends_on)`` (counting dates); ``true_*`` are what papers say."""

    unit_path_lookup = "member__unit__path"

    member = models.ForeignKey(Member, verbose_name="hội viên", on_delete=models.PROTECT, related_name="statuses")
    kind = models.CharField("loại", max_length=12, choices=StatusKind)
    grade = models.CharField("hạng", max_length=3, blank=True, choices=[(g, g) for g in WOUNDED_GRADES])
    rate = models.PositiveSmallIntegerField("tỷ lệ tổn thương (%)", null=True, blank=True)
    starts_on = models.DateField("tính từ ngày")
    ends_on = models.DateField("đến ngày (không kể)", null=True, blank=True)
    true_start = PartialDateField("ngày thật", null=True, blank=True)
    true_end = PartialDateField("ngày thật kết thúc", null=True, blank=True)
    history = scoped_history("member__unit__path")

    class Meta:
        verbose_name = "diện của hội viên"
        verbose_name_plural = "diện của hội viên"
        ordering = ["member", "kind", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["member", "kind"], condition=Q(ends_on=None), name="member_status_one_open"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="member_status_ends_after_it_starts",
                violation_error_message="Ngày kết thúc phải sau ngày bắt đầu.",
            ),
            models.CheckConstraint(
                condition=Q(rate=None) | Q(rate__range=(1, 100)), name="member_status_rate_is_a_percentage",
                violation_error_message="Tỷ lệ tổn thương từ 1 đến 100.",
            ),
        ]

    def __str__(self):
        return self.get_kind_display()

    def clean(self):
        if self.grade and self.kind != StatusKind.WOUNDED:
            raise ValidationError({"grade": "Chỉ thương binh có hạng."})
