"""Posts that members hold, in the Hội and outside it, and disciplinary decisions."""

from django.db import models
from django.db.models import F, Q

from members.scoping import ScopedManager, ScopedQuerySet, UnitOwned, scoped_history

from .member import Member
from .unit import Unit


class Body(models.TextChoices):
    STANDING = "thuong_truc", "Thường trực Hội"
    STANDING_COMMITTEE = "ban_thuong_vu", "Ban Thường vụ"
    EXECUTIVE = "ban_chap_hanh", "Ban Chấp hành"
    INSPECTION = "ban_kiem_tra", "Ban Kiểm tra"
    BRANCH = "chi_hoi", "Chi hội"
    SUB_BRANCH = "phan_hoi", "Phân hội"
    PARTY_COMMITTEE = "cap_uy", "Cấp ủy Đảng"
    COUNCIL = "hdnd", "Hội đồng nhân dân"
    LEADERSHIP = "lanh_dao", "Lãnh đạo cơ quan, doanh nghiệp"
    DEPARTMENT = "phong_ban", "Trưởng, phó phòng"
    LOCAL = "dia_phuong", "Xã, phường, thôn, tổ dân phố"
    NEW_RURAL = "ntm", "Ban chỉ đạo nông thôn mới"
    SECURITY = "an_ninh", "Tổ an ninh, trật tự"


IN_ASSOCIATION = {
    Body.STANDING, Body.STANDING_COMMITTEE, Body.EXECUTIVE, Body.INSPECTION, Body.BRANCH, Body.SUB_BRANCH,
}


class PostLevel(models.TextChoices):
    """The parts of the catalogue's indicators of posts, the highest first."""

    CENTRAL = "1_tw", "cấp Trung ương"
    PROVINCE = "2_tinh", "cấp tỉnh"
    ABOVE_GRASSROOTS = "3_tren_co_so", "cấp trên cơ sở"
    DISTRICT = "4_huyen", "cấp huyện"
    COMMUNE = "5_xa", "cấp xã"
    CELL = "6_chi_bo", "chi bộ"


class PostQuerySet(ScopedQuerySet):
    def held_on(self, day):
        return self.filter(starts_on__lte=day).filter(Q(ends_on=None) | Q(ends_on__gt=day))


class Post(UnitOwned):
    """A member holds a title in a body during ``[starts_on, ends_on)``.

    ``unit`` is the unit of the Hội whose body it is; None for a post outside the Hội, which has a ``level``.
    """

    unit_path_lookup = "member__unit__path"

    member = models.ForeignKey(Member, verbose_name="hội viên", on_delete=models.PROTECT, related_name="posts")
    body = models.CharField("tổ chức", max_length=14, choices=Body)
    unit = models.ForeignKey(Unit, verbose_name="của đơn vị Hội", null=True, blank=True, on_delete=models.PROTECT, related_name="posts")
    title = models.CharField("chức danh", max_length=80)
    level = models.CharField("cấp", max_length=12, choices=PostLevel, blank=True)
    term = models.CharField("nhiệm kỳ", max_length=20, blank=True, help_text="Như 2022 - 2027.")
    elected = models.BooleanField("do bầu cử", null=True, blank=True, help_text="Không: do chỉ định, bổ nhiệm.")
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày (không kể)", null=True, blank=True)
    decision = models.CharField("quyết định", max_length=120, blank=True)
    history = scoped_history("member__unit__path")

    objects = ScopedManager.from_queryset(PostQuerySet)()

    class Meta:
        verbose_name = "chức vụ"
        verbose_name_plural = "chức vụ"
        ordering = ["member", "body", "starts_on"]
        indexes = [models.Index(fields=["unit", "body", "starts_on", "ends_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="post_ends_after_it_starts",
                violation_error_message="Ngày thôi giữ chức phải sau ngày bắt đầu.",
            ),
        ]

    def __str__(self):
        return f"{self.title} {self.get_body_display()}"


class Discipline(UnitOwned):
    """A disciplinary decision against a member; it counts for the unit the member stood in that day."""

    class Kind(models.TextChoices):
        REPRIMAND = "khien_trach", "khiển trách"
        WARNING = "canh_cao", "cảnh cáo"
        REMOVAL = "cach_chuc", "cách chức"
        EXPULSION = "khai_tru", "khai trừ"

    member = models.ForeignKey(Member, verbose_name="hội viên", on_delete=models.PROTECT, related_name="disciplines")
    unit = models.ForeignKey(Unit, verbose_name="đơn vị lúc đó", on_delete=models.PROTECT, related_name="+")
    co_so = models.ForeignKey(Unit, verbose_name="tổ chức cơ sở lúc đó", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("hình thức", max_length=12, choices=Kind)
    happened_on = models.DateField("tính vào ngày")
    decision = models.CharField("quyết định", max_length=120)
    reason = models.CharField("lý do", max_length=250)
    history = scoped_history()

    class Meta:
        verbose_name = "kỷ luật"
        verbose_name_plural = "kỷ luật"
        ordering = ["-happened_on", "pk"]

    def __str__(self):
        return self.get_kind_display()
