"""Dated spells of membership: the rows that every count of members is made of."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from members.fields import PartialDateField
from members.scoping import ScopedManager, ScopedQuerySet, UnitOwned, scoped_history

from .member import Category, Member
from .status import MemberStatus, StatusKind
from .unit import Unit


class ReasonIn(models.TextChoices):
    FIRST = "dau_ky", "Có trong sổ khi lập"
    ADMITTED = "ket_nap", "Kết nạp"
    TRANSFERRED = "chuyen_den", "Chuyển đến"
    MERGED = "sap_nhap", "Sáp nhập đến"


class ReasonOut(models.TextChoices):
    DECEASED = "tu_tran", "Từ trần"
    TRANSFERRED = "chuyen_di", "Chuyển đi"
    LEFT = "xin_ra", "Xin ra khỏi Hội"
    STRUCK_OFF = "xoa_ten", "Xóa tên"
    EXPELLED = "khai_tru", "Khai trừ"
    MERGED = "sap_nhap", "Sáp nhập đi"
    DUPLICATE = "trung", "Trùng hồ sơ"


class MembershipQuerySet(ScopedQuerySet):
    """Questions about spells. A spell counts on the days ``starts_on`` ≤ day < ``ends_on``."""

    def active_on(self, day):
        """Spells in force at the end of ``day`` (inclusive cut-off)."""
        return self.filter(starts_on__lte=day).filter(Q(ends_on=None) | Q(ends_on__gt=day))

    def begun(self, first, last, *reasons):
        """Spells begun from ``first`` to ``last``, both inclusive, for one of ``reasons``."""
        return self.filter(starts_on__range=(first, last), reason_in__in=reasons)

    def ended(self, first, last, *reasons):
        """Spells whose event of ending lies from ``first`` to ``last``, both inclusive."""
        return self.filter(ends_on__range=(first, last), reason_out__in=reasons)

    def with_status_on(self, day, *kinds, **conditions):
        """Each spell once. Whose file the person is in today does not matter, hence the base manager."""
        statuses = MemberStatus._base_manager.filter(member=OuterRef("member"), kind__in=kinds, starts_on__lte=day, **conditions)
        return self.filter(Exists(statuses.filter(Q(ends_on=None) | Q(ends_on__gt=day))))

    def of_party_on(self, day):
        return self.with_status_on(day, StatusKind.PARTY)

    def joined_party(self, first, last):
        """Spells during which the person joined the Party, ``first`` to ``last`` inclusive. A day nobody knows is not counted."""
        joined = MemberStatus._base_manager.filter(
            member=OuterRef("member"), kind=StatusKind.PARTY, true_start__isnull=False, starts_on__range=(first, last),
            starts_on__gte=OuterRef("starts_on"),
        )
        within = joined.filter(starts_on__lt=OuterRef("ends_on"))
        return self.filter(Exists(joined), ends_on=None) | self.filter(Exists(within), ends_on__isnull=False)


class Membership(UnitOwned):
    """A spell of one person in one unit: ``starts_on`` counts, ``ends_on`` (the day of the event) does not.

    ``starts_on`` and ``ends_on`` are counting dates; ``true_start`` and ``true_end`` are what
    papers say. ``unit`` and ``co_so`` are those of that time.
    """

    # The former cơ sở keeps this line when a chi hội has moved away with its people.
    unit_path_lookup = ("unit__path", "co_so__path")

    member = models.ForeignKey(Member, verbose_name="hội viên", on_delete=models.PROTECT, related_name="spells")
    unit = models.ForeignKey(Unit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="spells")
    co_so = models.ForeignKey(Unit, verbose_name="tổ chức cơ sở", null=True, on_delete=models.PROTECT, related_name="+")
    category = models.CharField("đối tượng", max_length=3, choices=Category, default=Category.CCB)
    member_name = models.CharField("họ tên lúc đó", max_length=120)
    birth_year = models.PositiveSmallIntegerField("năm sinh", null=True, blank=True)
    starts_on = models.DateField("tính từ ngày")
    ends_on = models.DateField("đến ngày (không kể)", null=True, blank=True)
    true_start = PartialDateField("ngày thật bắt đầu", null=True, blank=True)
    true_end = PartialDateField("ngày thật kết thúc", null=True, blank=True)
    reason_in = models.CharField("vào vì", max_length=10, choices=ReasonIn)
    reason_out = models.CharField("ra vì", max_length=10, choices=ReasonOut, blank=True)
    decision = models.CharField("quyết định", max_length=120, blank=True)
    decision_out = models.CharField("quyết định khi ra", max_length=120, blank=True)
    note = models.CharField("ghi chú", max_length=250, blank=True)
    history = scoped_history(("unit__path", "co_so__path"))

    objects = ScopedManager.from_queryset(MembershipQuerySet)()

    class Meta:
        verbose_name = "thời gian sinh hoạt"
        verbose_name_plural = "thời gian sinh hoạt"
        ordering = ["member", "starts_on"]
        indexes = [
            models.Index(fields=["unit", "starts_on", "ends_on"]),
            models.Index(fields=["co_so", "starts_on", "ends_on"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(ends_on=None), name="membership_one_open_spell",
                violation_error_message="Hội viên này đang sinh hoạt ở một đơn vị.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="membership_ends_after_it_starts",
                violation_error_message="Ngày ra phải bằng hoặc sau ngày vào.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None, reason_out="") | (Q(ends_on__isnull=False) & ~Q(reason_out="")),
                name="membership_end_has_a_reason",
                violation_error_message="Ngày ra và lý do ra phải đi cùng nhau.",
            ),
        ]

    def __str__(self):
        return f"{self.member_name}, {self.unit}"
