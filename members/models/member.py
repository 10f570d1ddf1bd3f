"""Members and the dated spells of their membership. A row is never deleted."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from members.fields import PartialDateField
from members.scoping import ScopedManager, ScopedQuerySet, UnitOwned, scoped_history
from members.vietnamese import fold, sort_key

from .unit import Unit


class Sex(models.TextChoices):
    MALE = "nam", "Nam"
    FEMALE = "nu", "Nữ"


class Category(models.TextChoices):
    CCB = "ccb", "Cựu chiến binh"
    CQN = "cqn", "Cựu quân nhân"


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


class StatusKind(models.TextChoices):
    PARTY = "dang_vien", "Đảng viên"


class MemberQuerySet(ScopedQuerySet):
    def named(self, text):
        """Members whose name holds every word of ``text``, in any order, with or without marks."""
        found = self
        for word in fold(text).split():
            found = found.filter(folded_name__contains=f" {word}")
        return found


class Member(UnitOwned):
    """A person in the register. ``unit`` and ``co_so`` are those of the last spell; services keep them."""

    unit = models.ForeignKey(Unit, verbose_name="chi hội", on_delete=models.PROTECT, related_name="members")
    co_so = models.ForeignKey(Unit, verbose_name="tổ chức cơ sở", null=True, editable=False, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("họ và tên", max_length=120)
    folded_name = models.CharField(max_length=130, editable=False)
    sort_key = models.CharField(max_length=255, editable=False)
    sex = models.CharField("giới tính", max_length=3, choices=Sex)
    born = PartialDateField("ngày sinh", null=True, blank=True)
    admitted_on = PartialDateField("ngày vào Hội", null=True, blank=True)
    category = models.CharField("đối tượng", max_length=3, choices=Category, default=Category.CCB)
    card_number = models.CharField("số thẻ hội viên", max_length=30, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    history = scoped_history()

    objects = ScopedManager.from_queryset(MemberQuerySet)()

    class Meta:
        verbose_name = "hội viên"
        verbose_name_plural = "hội viên"
        ordering = ["sort_key", "pk"]
        indexes = [models.Index(fields=["unit", "sort_key"]), models.Index(fields=["sort_key", "id"])]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.folded_name = f" {fold(self.name)} "
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)


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

    def of_party_on(self, day):
        """Each spell once. Whose file the person is in today does not matter, hence the base manager."""
        statuses = MemberStatus._base_manager.filter(member=OuterRef("member"), kind=StatusKind.PARTY, starts_on__lte=day)
        return self.filter(Exists(statuses.filter(Q(ends_on=None) | Q(ends_on__gt=day))))

    def joined_party(self, first, last):
        """Spells during which the person joined the Party, ``first`` to ``last`` inclusive. A day nobody knows is not counted."""
        joined = MemberStatus._base_manager.filter(
            member=OuterRef("member"), kind=StatusKind.PARTY, true_start__isnull=False, starts_on__range=(first, last),
            starts_on__gte=OuterRef("starts_on"),
        )
        within = joined.filter(starts_on__lt=OuterRef("ends_on"))
        return self.filter(Exists(joined), ends_on=None) | self.filter(Exists(within), ends_on__isnull=False)


class Membership(UnitOwned):
    """A spell of one person in one unit: ``starts_on`` counts, ``ends_on`` (the day of the event) does not."""

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
    history = scoped_history()

    objects = ScopedManager.from_queryset(MembershipQuerySet)()

    class Meta:
        verbose_name = "thời gian sinh hoạt"
        verbose_name_plural = "thời gian sinh hoạt"
        ordering = ["member", "starts_on"]
        indexes = [models.Index(fields=["unit", "starts_on", "ends_on"])]
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


class MemberStatus(UnitOwned):
    """A dated fact about a person that figures count, ``[starts_on, ends_on)``.

    Party membership is sensitive (Law 91/2025/QH15): it is counted, and shown to the unit's own people.
    """

    unit_path_lookup = "member__unit__path"

    member = models.ForeignKey(Member, verbose_name="hội viên", on_delete=models.PROTECT, related_name="statuses")
    kind = models.CharField("loại", max_length=12, choices=StatusKind)
    starts_on = models.DateField("tính từ ngày")
    ends_on = models.DateField("đến ngày (không kể)", null=True, blank=True)
    true_start = PartialDateField("ngày thật", null=True, blank=True)
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
        ]

    def __str__(self):
        return self.get_kind_display()
