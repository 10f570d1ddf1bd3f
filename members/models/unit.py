"""Units of the association and what they were called, and under whom they stood, on any day."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length

from members.scoping import (
    SEGMENT,
    ScopedManager,
    ScopedQuerySet,
    UnitOwned,
    path_after,
    scoped_history,
)

models.CharField.register_lookup(Length)  # path__length: how deep a unit stands

# The association was founded on 6 December 1989; a unit whose founding nobody knows opens then.
FOUNDED_ON = date(1989, 12, 6)


class Level(models.TextChoices):
    TRUNG_UONG = "TRUNG_UONG", "Trung ương"
    TINH = "TINH", "Tỉnh, thành phố"
    CUM = "CUM", "Cụm, khối"
    CO_SO = "CO_SO", "Cơ sở"
    CHI_HOI = "CHI_HOI", "Chi hội"
    PHAN_HOI = "PHAN_HOI", "Phân hội"

    @property
    def rank(self):
        """0 at the top; a unit stands under one of lower rank, levels may be skipped."""
        return list(Level).index(self)

    def may_stand_under(self, other):
        return Level(other).rank < self.rank

    @property
    def noun(self):
        """What a unit of this level is called inside a sentence."""
        return {
            "TRUNG_UONG": "Trung ương Hội",
            "TINH": "tỉnh, thành Hội",
            "CUM": "cụm, khối",
            "CO_SO": "tổ chức cơ sở Hội",
            "CHI_HOI": "chi hội",
            "PHAN_HOI": "phân hội",
        }[self.value]


class Kind(models.TextChoices):
    TRUNG_UONG = "trung_uong", "Trung ương"
    TINH = "tinh", "Tỉnh"
    THANH_PHO = "thanh_pho", "Thành phố"
    HUYEN = "huyen", "Quận, huyện (đến 30/6/2025)"
    KHOI = "khoi", "Khối cơ quan, doanh nghiệp"
    CUM = "cum", "Cụm"
    CUM_THI_DUA = "cum_thi_dua", "Cụm thi đua"
    XA = "xa", "Xã"
    PHUONG = "phuong", "Phường"
    DAC_KHU = "dac_khu", "Đặc khu"
    CO_QUAN = "co_quan", "Cơ quan"
    DOANH_NGHIEP = "doanh_nghiep", "Doanh nghiệp"
    TRUONG = "truong", "Trường học"
    CHI_HOI = "chi_hoi", "Chi hội"
    PHAN_HOI = "phan_hoi", "Phân hội"
    KHAC = "khac", "Khác"


WORKPLACE_KINDS = {Kind.KHOI, Kind.CO_QUAN, Kind.DOANH_NGHIEP, Kind.TRUONG}
# A unit of these kinds takes the place of the unit above it.
PLACELESS_KINDS = {Kind.KHAC, Kind.CHI_HOI, Kind.PHAN_HOI, Kind.CUM_THI_DUA, Kind.CUM}

unit_code = RegexValidator(
    r"^[0-9A-Za-zĐđ][0-9A-Za-zĐđ._/-]*\Z",
    "Mã đơn vị chỉ gồm chữ không dấu, số và các dấu . _ - /, bắt đầu bằng chữ hoặc số. Ghi như HN-LB-01.",
)


class UnitQuerySet(ScopedQuerySet):
    def under(self, unit):
        """``unit`` and everything below it, as the tree stands today."""
        return self.filter(path__gte=unit.path, path__lt=path_after(unit.path))

    def open_on(self, day):
        return self.filter(opens_on__lte=day).filter(Q(closes_on=None) | Q(closes_on__gt=day))


class UnitManager(ScopedManager.from_queryset(UnitQuerySet)):
    pass


class Unit(UnitOwned):
    """One organisation of the Hội. Name, kind and parent copy its newest ``UnitVersion``.

    ``path`` says who answers for the unit today and serves access only; ``opens_on`` is
    inclusive, ``closes_on`` exclusive. The row is the mutex for locks on the unit.
    """

    unit_path_lookup = "path"

    code = models.CharField(
        "mã đơn vị", max_length=40, unique=True, validators=[unit_code],
        error_messages={"unique": "Mã đơn vị này đã có. Mỗi mã chỉ dùng một lần, kể cả khi đơn vị đã giải thể."},
        help_text="Dùng một lần, không cấp lại cho đơn vị khác.",
    )
    name = models.CharField("tên đơn vị", max_length=200, help_text="Tên đầy đủ, như Hội CCB phường Ngọc Thụy.")
    level = models.CharField("cấp", max_length=12, choices=Level)
    kind = models.CharField("loại", max_length=16, choices=Kind, default=Kind.KHAC)
    parent = models.ForeignKey(
        "self", verbose_name="đơn vị cấp trên", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    path = models.CharField("đường dẫn", max_length=SEGMENT * 10, unique=True, editable=False)
    opens_on = models.DateField("hoạt động từ ngày", default=FOUNDED_ON)
    closes_on = models.DateField("đến ngày (không kể)", null=True, blank=True)
    history = scoped_history("path")

    objects = UnitManager()

    class Meta:
        verbose_name = "đơn vị"
        verbose_name_plural = "đơn vị"
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on=None) | Q(closes_on__gt=F("opens_on")),
                name="unit_closes_after_it_opens",
                violation_error_message="Ngày kết thúc phải sau ngày bắt đầu hoạt động.",
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        if self.parent and self.level in Level.values and not Level(self.level).may_stand_under(self.parent.level):
            raise ValidationError(
                {"parent": f"{Level(self.level).label} không thể trực thuộc {Level(self.parent.level).label.lower()}."}
            )

    def is_within(self, other):
        return self.path.startswith(other.path)

    @property
    def is_cluster(self):
        """A cụm thi đua sums its members of the year, not tree children."""
        return self.kind == Kind.CUM_THI_DUA

    @property
    def short_name(self):
        """The name without "Hội CCB", for tables and sentences."""
        for prefix in ("Hội Cựu chiến binh ", "Hội CCB "):
            if self.name.startswith(prefix):
                rest = self.name.removeprefix(prefix)
                return rest[0].upper() + rest[1:]
        return self.name

    @property
    def full_name(self):
        return self.name.replace("Hội CCB ", "Hội Cựu chiến binh ")


class UnitVersion(UnitOwned):
    """How a unit was called and under whom it stood in ``[starts_on, ends_on)``."""

    unit = models.ForeignKey(Unit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="versions")
    name = models.CharField("tên đơn vị", max_length=200)
    kind = models.CharField("loại", max_length=16, choices=Kind)
    parent = models.ForeignKey(
        Unit, verbose_name="đơn vị cấp trên", null=True, blank=True, on_delete=models.PROTECT, related_name="child_versions"
    )
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày (không kể)", null=True, blank=True)
    history = scoped_history()

    class Meta:
        verbose_name = "tên và nơi trực thuộc theo thời gian"
        verbose_name_plural = "tên và nơi trực thuộc theo thời gian"
        ordering = ["unit", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "starts_on"], name="unit_version_starts_once"),
            models.UniqueConstraint(fields=["unit"], condition=Q(ends_on=None), name="unit_version_one_open"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="unit_version_ends_after_it_starts",
                violation_error_message="Ngày kết thúc phải sau ngày bắt đầu.",
            ),
        ]

    def __str__(self):
        return self.name


class UnitSettings(UnitOwned):
    """What a unit prints on its documents and which facts decide what concerns it, from a day on.

    An empty field takes the value of the nearest unit above that has one, except the fields of
    ``OWN_ONLY``, which belong to the unit alone.
    """

    OWN_ONLY = {"issuer_line", "signer_name", "place_name", "parent_line", "addressed_to", "recipients"}
    MOST_LINES = {"issuer_line": 3, "recipients": 40}
    LONGEST_LINE = 120

    class Outline(models.TextChoices):
        FIVE = "annual5", "Năm mặt công tác"
        SEVEN = "annual7", "Bảy mặt công tác"

    unit = models.ForeignKey(Unit, verbose_name="đơn vị", on_delete=models.CASCADE, related_name="settings")
    starts_on = models.DateField("áp dụng từ ngày", default=FOUNDED_ON)
    parent_line = models.CharField("dòng cơ quan cấp trên", max_length=120, blank=True, help_text="HỘI CCB TỈNH HÀ TĨNH")
    issuer_line = models.TextField(
        "tên cơ quan ban hành", blank=True, help_text="Viết đủ, tối đa ba dòng; xuống dòng ở chỗ muốn ngắt."
    )
    number_pattern = models.CharField("mẫu số văn bản", max_length=40, blank=True, help_text="{n}/BC-CCB")
    authority = models.CharField("thay mặt", max_length=80, blank=True, help_text="TM. BAN CHẤP HÀNH")
    signer_title = models.CharField("chức vụ người ký", max_length=80, blank=True, help_text="CHỦ TỊCH")
    signer_name = models.CharField("họ tên người ký", max_length=120, blank=True)
    place_name = models.CharField("địa danh", max_length=80, blank=True, help_text="Hà Tĩnh")
    addressed_to = models.CharField("kính gửi", max_length=200, blank=True)
    recipients = models.TextField("nơi nhận", blank=True, help_text="Mỗi dòng một nơi; dòng “Lưu: VT” tự thêm ở cuối.")
    closing_mark = models.CharField("dấu kết thúc", max_length=8, blank=True, help_text="./.")
    outline = models.CharField("khung báo cáo năm", max_length=8, choices=Outline, blank=True)
    frontier = models.BooleanField("có đường biên giới quốc gia", null=True, blank=True)
    entrusted = models.BooleanField("nhận ủy thác của Ngân hàng Chính sách xã hội", null=True, blank=True)
    complete_tree = models.BooleanField(
        "danh sách đơn vị trực thuộc trong chương trình đã đủ", null=True, blank=True,
        help_text="“Không” thì số cơ sở, số chi hội không đếm từ danh sách mà do đơn vị nhập.",
    )
    history = scoped_history()

    class Meta:
        verbose_name = "thiết lập của đơn vị"
        verbose_name_plural = "thiết lập của đơn vị"
        ordering = ["unit", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "starts_on"], name="unit_settings_start_once",
                violation_error_message="Đơn vị đã có thiết lập bắt đầu từ ngày này.",
            )
        ]

    def __str__(self):
        return f"{self.unit} từ {self.starts_on:%d/%m/%Y}"

    def clean(self):
        wrong = {}
        for name, most in self.MOST_LINES.items():
            lines = getattr(self, name).splitlines()
            longest = max(map(len, lines), default=0)
            if len(lines) > most:
                wrong[name] = f"Có {len(lines)} dòng. Hãy gộp lại, nhiều nhất {most} dòng."
            elif longest > self.LONGEST_LINE:
                wrong[name] = f"Có dòng dài {longest} chữ cái. Hãy ngắt hoặc rút gọn, mỗi dòng nhiều nhất {self.LONGEST_LINE} chữ cái."
        if wrong:
            raise ValidationError(wrong)
