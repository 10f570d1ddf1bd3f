"""Households of members, with how they live and what house they live in, by date."""

from django.db import models
from django.db.models import F, Q

from members.scoping import UnitOwned, scoped_history

from .member import Member
from .unit import Unit


class Living(models.TextChoices):
    POOR = "ngheo", "Nghèo"
    NEAR_POOR = "can_ngheo", "Cận nghèo"
    AVERAGE = "trung_binh", "Trung bình"
    BETTER_OFF = "kha_giau", "Khá, giàu"


class House(models.TextChoices):
    DILAPIDATED = "nha_tam", "Nhà tạm, dột nát"
    SOLID = "kien_co", "Nhà ở ổn định"


class Household(UnitOwned):
    """A household with at least one member; ``unit`` is where its head, else its first member, stands."""

    unit = models.ForeignKey(Unit, verbose_name="chi hội", on_delete=models.PROTECT, related_name="households")
    head = models.ForeignKey(Member, verbose_name="chủ hộ là hội viên", null=True, blank=True, on_delete=models.PROTECT, related_name="heads")
    head_name = models.CharField("họ tên chủ hộ", max_length=120, blank=True)
    address = models.CharField("nơi ở", max_length=200, blank=True)
    history = scoped_history()

    class Meta:
        verbose_name = "hộ hội viên"
        verbose_name_plural = "hộ hội viên"
        ordering = ["unit", "head_name", "pk"]

    def __str__(self):
        return f"Hộ {self.head.name if self.head else self.head_name}"


class HouseholdStatus(UnitOwned):
    """Living standard and house of a household during ``[starts_on, ends_on)``; '' where not known."""

    unit_path_lookup = "household__unit__path"

    household = models.ForeignKey(Household, verbose_name="hộ", on_delete=models.PROTECT, related_name="statuses")
    living = models.CharField("mức sống", max_length=10, choices=Living, blank=True)
    house = models.CharField("nhà ở", max_length=10, choices=House, blank=True)
    starts_on = models.DateField("tính từ ngày")
    ends_on = models.DateField("đến ngày (không kể)", null=True, blank=True)
    history = scoped_history("household__unit__path")

    class Meta:
        verbose_name = "mức sống của hộ"
        verbose_name_plural = "mức sống của hộ"
        ordering = ["household", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["household"], condition=Q(ends_on=None), name="household_status_one_open"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="household_status_ends_after_it_starts",
                violation_error_message="Ngày kết thúc phải sau ngày bắt đầu.",
            ),
        ]

    def __str__(self):
        return f"{self.get_living_display()}, {self.get_house_display()}"
