"""Imports of lists: the file, what was read, what was written, so that it can be undone as a whole."""

from django.conf import settings
from django.db import models

from members.scoping import UnitOwned

from .unit import Unit


class JobState(models.TextChoices):
    UPLOADED = "da_nhan", "Đã nhận tệp"
    CHECKING = "dang_xem", "Đang kiểm tra"
    CHECKED = "da_xem", "Đã kiểm tra, chờ xác nhận"
    WRITING = "dang_ghi", "Đang ghi"
    DONE = "xong", "Đã ghi"
    FAILED = "hong", "Không ghi được"
    UNDOING = "dang_hoan", "Đang hoàn tác"
    UNDONE = "da_hoan", "Đã hoàn tác"


class ImportJob(UnitOwned):
    """One uploaded list of members for ``unit``. Nothing is written before its user confirms."""

    unit = models.ForeignKey(Unit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="import_jobs")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="người nhập", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("danh sách", max_length=20, default="members")
    file_name = models.CharField("tên tệp", max_length=200)
    sha256 = models.CharField(max_length=64, editable=False)
    content = models.BinaryField(editable=False)
    mapping = models.JSONField("ghép cột", default=dict)
    state = models.CharField("tình trạng", max_length=10, choices=JobState, default=JobState.UPLOADED)
    counts = models.JSONField("kết quả", default=dict)
    errors = models.JSONField("lỗi", default=list)
    done, total = models.PositiveIntegerField("đã làm", default=0), models.PositiveIntegerField("tổng", default=0)
    created_at = models.DateTimeField("tải lên lúc")
    moved_at = models.DateTimeField("sang bước này lúc", null=True, editable=False)
    finished_at = models.DateTimeField("xong lúc", null=True, blank=True)

    class Meta:
        verbose_name = "lần nhập danh sách"
        verbose_name_plural = "lần nhập danh sách"
        permissions = [("import_members", "Nhập danh sách hội viên từ tệp"), ("export_members", "Lấy danh sách hội viên ra tệp")]
        ordering = ["-created_at", "-pk"]

    def __str__(self):
        return f"{self.file_name}, {self.get_state_display().lower()}"


class ImportRow(UnitOwned):
    """What an import did to one row: ``before`` None means it made the row."""

    unit_path_lookup = "job__unit__path"

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="rows")
    model = models.CharField(max_length=40)
    row_pk = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        verbose_name = "dòng đã nhập"
        verbose_name_plural = "dòng đã nhập"
        indexes = [models.Index(fields=["model", "row_pk"])]

    def __str__(self):
        return f"{self.model} {self.row_pk}"


class ImportMapping(UnitOwned):
    """Which column of a unit's own workbook is which field, remembered by the header's words."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="import_mappings")
    kind = models.CharField(max_length=20, default="members")
    header = models.CharField(max_length=64, help_text="sha256 của hàng tiêu đề")
    mapping = models.JSONField(default=dict)

    class Meta:
        verbose_name = "cách ghép cột đã nhớ"
        verbose_name_plural = "cách ghép cột đã nhớ"
        constraints = [models.UniqueConstraint(fields=["unit", "kind", "header"], name="import_mapping_once")]

    def __str__(self):
        return self.header
