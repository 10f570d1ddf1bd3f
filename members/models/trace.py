"""Who looked at whose file, who took lists away, and what a user keeps for himself. Insert only."""

from django.conf import settings
from django.db import models

from members.scoping import UnitOwned, scoped_history

from .member import Member
from .unit import Unit


class FileView(UnitOwned):
    """Somebody opened private parts of a member's file."""

    unit_path_lookup = "member__unit__path"

    member = models.ForeignKey(Member, verbose_name="hội viên", on_delete=models.PROTECT, related_name="views")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="người xem", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, verbose_name="xem khi làm việc ở", null=True, on_delete=models.PROTECT, related_name="+")
    fields = models.JSONField("phần đã xem", default=list)
    purpose = models.CharField("để làm gì", max_length=120, blank=True)
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "lượt xem hồ sơ"
        verbose_name_plural = "lượt xem hồ sơ"
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.user} xem {self.member_id}"


class ExportLog(UnitOwned):
    """A list taken out of the program."""

    unit = models.ForeignKey(Unit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="người lấy", on_delete=models.PROTECT, related_name="+")
    what = models.CharField("danh sách", max_length=80)
    filter = models.JSONField("điều kiện lọc", default=dict)
    columns = models.JSONField("cột", default=list)
    rows = models.PositiveIntegerField("số dòng")
    reason = models.CharField("lý do", max_length=250)
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "lượt lấy danh sách"
        verbose_name_plural = "lượt lấy danh sách"
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.what}, {self.rows} dòng"


class SavedFilter(UnitOwned):
    """A filter of the register that a user keeps by name; never with a CCCD or a phone number in it."""

    unit = models.ForeignKey(Unit, verbose_name="đơn vị", on_delete=models.CASCADE, related_name="saved_filters")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="của", on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField("tên", max_length=60)
    query = models.CharField(max_length=500)

    class Meta:
        verbose_name = "bộ lọc đã lưu"
        verbose_name_plural = "bộ lọc đã lưu"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit", "name"], name="saved_filter_once", violation_error_message="Đã có bộ lọc mang tên này."
            )
        ]

    def __str__(self):
        return self.name


class MemberMerge(UnitOwned):
    """Two files of one person became one; ``moved`` says what moved, so that it can be undone."""

    unit_path_lookup = "kept__unit__path"

    kept = models.ForeignKey(Member, verbose_name="hồ sơ giữ lại", on_delete=models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey(Member, verbose_name="hồ sơ gộp vào", on_delete=models.PROTECT, related_name="+")
    moved = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("gộp lúc")
    undone_at = models.DateTimeField("tách lại lúc", null=True, blank=True)
    history = scoped_history("kept__unit__path")

    class Meta:
        verbose_name = "gộp hồ sơ"
        verbose_name_plural = "gộp hồ sơ"
        ordering = ["-at"]

    def __str__(self):
        return f"{self.absorbed_id} → {self.kept_id}"


class Erasure(UnitOwned):
    """A person's data were blanked at his request; figures stay. Replayed after a restore."""

    unit_path_lookup = "member__unit__path"

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="erasures")
    pseudonym = models.CharField("mã thay tên", max_length=40)
    reason = models.CharField("căn cứ", max_length=250)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "xóa dữ liệu cá nhân"
        verbose_name_plural = "xóa dữ liệu cá nhân"
        permissions = [("erase_member", "Xóa dữ liệu cá nhân theo yêu cầu của hội viên")]
        ordering = ["-at"]

    def __str__(self):
        return self.pseudonym


class Handover(UnitOwned):
    """Work of a unit handed from one person to the next, with the record both sign."""

    unit = models.ForeignKey(Unit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="handovers")
    from_user = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="người giao", on_delete=models.PROTECT, related_name="+")
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="người nhận", on_delete=models.PROTECT, related_name="+")
    role = models.CharField("vai trò", max_length=16)
    happened_on = models.DateField("ngày bàn giao")
    open_work = models.JSONField("việc đang làm dở", default=list)
    note = models.TextField("ghi chú", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("ghi lúc")

    class Meta:
        verbose_name = "bàn giao"
        verbose_name_plural = "bàn giao"
        permissions = [("hand_over", "Ghi bàn giao giữa hai người")]
        ordering = ["-happened_on", "-pk"]

    def __str__(self):
        return f"bàn giao {self.unit} ngày {self.happened_on:%d/%m/%Y}"
