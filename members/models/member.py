"""Members: one row a person, never deleted. The fields are those of Mẫu 02."""

from django.db import models
from django.db.models import Q

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


class WarPeriod(models.TextChoices):
    FRENCH = "chong_phap", "chống Pháp"
    AMERICAN = "chong_my", "chống Mỹ"
    SOUTHWEST = "tay_nam", "biên giới Tây Nam"
    NORTH = "phia_bac", "biên giới phía Bắc"
    ABROAD = "quoc_te", "nhiệm vụ quốc tế"
    LATER = "sau_nay", "sau này"


class MemberQuerySet(ScopedQuerySet):
    def named(self, text):
        """Members whose name holds every word of ``text``, in any order, with or without marks."""
        found = self
        for word in fold(text).split():
            found = found.filter(folded_name__contains=f" {word}")
        return found


class Member(UnitOwned):
    """A person in the register. ``unit`` and ``co_so`` are those of the last spell; services keep them.

    What the law calls sensitive stands in ``MemberPrivate`` and in ``MemberStatus``.
    ``merged_into`` names the file that carries on when one person had two.
    """

    unit = models.ForeignKey(Unit, verbose_name="chi hội", on_delete=models.PROTECT, related_name="members")
    co_so = models.ForeignKey(Unit, verbose_name="tổ chức cơ sở", null=True, editable=False, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("họ và tên", max_length=120)
    folded_name = models.CharField(max_length=130, editable=False)
    sort_key = models.CharField(max_length=255, editable=False)
    sex = models.CharField("giới tính", max_length=3, choices=Sex)
    born = PartialDateField("ngày sinh", null=True, blank=True)
    hometown = models.CharField("quê quán", max_length=200, blank=True)
    address = models.CharField("nơi ở", max_length=200, blank=True)
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    household = models.ForeignKey(
        "Household", verbose_name="hộ", null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )

    enlisted_on = PartialDateField("ngày nhập ngũ", null=True, blank=True)
    discharged_on = PartialDateField("ngày xuất ngũ", null=True, blank=True)
    rank = models.CharField("cấp bậc", max_length=40, blank=True)
    military_post = models.CharField("chức vụ trong quân đội", max_length=80, blank=True)
    military_unit = models.CharField("đơn vị trong quân đội", max_length=160, blank=True)

    admitted_on = PartialDateField("ngày vào Hội", null=True, blank=True)
    category = models.CharField("đối tượng", max_length=3, choices=Category, default=Category.CCB)
    card_number = models.CharField("số thẻ hội viên", max_length=30, blank=True)
    education = models.CharField("học vấn", max_length=40, blank=True)
    political_theory = models.CharField("lý luận chính trị", max_length=40, blank=True)
    qualification = models.CharField("chuyên môn", max_length=80, blank=True)
    livelihood = models.CharField("mô hình kinh tế", max_length=160, blank=True)
    note = models.CharField("ghi chú", max_length=250, blank=True)
    died_on = PartialDateField("ngày mất", null=True, blank=True)

    merged_into = models.ForeignKey(
        "self", verbose_name="đã gộp vào hồ sơ", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="merged_from"
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    history = scoped_history()

    objects = ScopedManager.from_queryset(MemberQuerySet)()

    class Meta:
        verbose_name = "hội viên"
        verbose_name_plural = "hội viên"
        ordering = ["sort_key", "pk"]
        indexes = [
            models.Index(fields=["unit", "sort_key"]),
            models.Index(fields=["sort_key", "id"]),
            models.Index(fields=["card_number"], name="member_card", condition=~Q(card_number="")),
            models.Index(fields=["phone"], name="member_phone", condition=~Q(phone="")),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.fill_search_columns()
        super().save(*args, **kwargs)

    def fill_search_columns(self):
        """The folded name and the sort key; bulk writes call it themselves."""
        self.folded_name = f" {fold(self.name)} "
        self.sort_key = sort_key(self.name)


class WarService(UnitOwned):
    """A member served in a war period; one person may have several."""

    unit_path_lookup = "member__unit__path"

    member = models.ForeignKey(Member, verbose_name="hội viên", on_delete=models.PROTECT, related_name="war_services")
    period = models.CharField("thời kỳ", max_length=10, choices=WarPeriod)
    history = scoped_history("member__unit__path")

    class Meta:
        verbose_name = "thời kỳ tham gia"
        verbose_name_plural = "thời kỳ tham gia"
        constraints = [models.UniqueConstraint(fields=["member", "period"], name="war_service_once")]

    def __str__(self):
        return self.get_period_display()


class MemberPrivate(UnitOwned):
    """What few may read of a person: only ``members.services.private`` does, and logs it (Law 91/2025/QH15)."""

    unit_path_lookup = "member__unit__path"

    member = models.OneToOneField(Member, verbose_name="hội viên", on_delete=models.PROTECT, related_name="private")
    cccd = models.CharField("số căn cước", max_length=12, blank=True)
    ethnicity = models.CharField("dân tộc", max_length=40, blank=True)
    religion = models.CharField("tôn giáo", max_length=40, blank=True)
    party_badge = models.CharField("huy hiệu Đảng", max_length=20, blank=True)
    history = scoped_history("member__unit__path")

    class Meta:
        verbose_name = "phần hồ sơ riêng"
        verbose_name_plural = "phần hồ sơ riêng"
        permissions = [("open_private", "Mở phần hồ sơ riêng của hội viên")]
        indexes = [models.Index(fields=["cccd"], name="member_cccd", condition=~Q(cccd=""))]

    def __str__(self):
        return f"hồ sơ riêng {self.member_id}"


class Decoration(UnitOwned):
    """An order, medal or badge that a member holds."""

    unit_path_lookup = "member__unit__path"

    class Kind(models.TextChoices):
        ORDER = "huan_chuong", "Huân chương"
        MEDAL = "huy_chuong", "Huy chương"
        COMMEMORATIVE = "ky_niem", "Kỷ niệm chương Cựu chiến binh Việt Nam"
        OTHER = "khac", "Khác"

    member = models.ForeignKey(Member, verbose_name="hội viên", on_delete=models.PROTECT, related_name="decorations")
    kind = models.CharField("loại", max_length=12, choices=Kind)
    name = models.CharField("tên", max_length=120, blank=True)
    year = models.PositiveSmallIntegerField("năm", null=True, blank=True)
    decision = models.CharField("quyết định", max_length=120, blank=True)
    history = scoped_history("member__unit__path")

    class Meta:
        verbose_name = "phần thưởng của hội viên"
        verbose_name_plural = "phần thưởng của hội viên"
        ordering = ["member", "year", "pk"]

    def __str__(self):
        return self.name or self.get_kind_display()


class Attachment(UnitOwned):
    """A photo or a paper of a member; the bytes stand in private storage, never under static files."""

    unit_path_lookup = "member__unit__path"

    class Kind(models.TextChoices):
        PHOTO = "anh", "Ảnh chân dung"
        PAPER = "giay_to", "Giấy tờ"

    member = models.ForeignKey(Member, verbose_name="hội viên", on_delete=models.PROTECT, related_name="attachments")
    kind = models.CharField("loại", max_length=8, choices=Kind)
    title = models.CharField("tên giấy tờ", max_length=120, blank=True)
    content_type = models.CharField(max_length=40, editable=False)
    content = models.BinaryField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    added_at = models.DateTimeField("thêm lúc")
    removed_at = models.DateTimeField("bỏ lúc", null=True, blank=True)
    history = scoped_history("member__unit__path", excluded_fields=["content"])

    class Meta:
        verbose_name = "tệp đính kèm"
        verbose_name_plural = "tệp đính kèm"
        ordering = ["member", "kind", "-added_at"]

    def __str__(self):
        return self.title or self.get_kind_display()
