"""Changes of the structure by decision, and who carries on what a closed unit left."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from members.scoping import UnitOwned, scoped_history

from .unit import Unit


class ChangeKind(models.TextChoices):
    FOUND = "lap", "Thành lập"
    RENAME = "doi_ten", "Đổi tên"
    MOVE = "chuyen", "Chuyển đơn vị cấp trên"
    MERGE = "sap_nhap", "Sáp nhập"
    SPLIT = "tach", "Chia, tách"
    DISSOLVE = "giai_the", "Giải thể"


class UnitChange(UnitOwned):
    """One decision that changed the structure below ``unit``, in force from ``effective_on`` (inclusive).

    ``proof`` holds the counts taken before and after inside the same transaction: units,
    members by unit, roles. It is written once, by the service.
    """

    unit = models.ForeignKey(Unit, verbose_name="đơn vị thực hiện", on_delete=models.PROTECT, related_name="changes_made")
    kind = models.CharField("việc", max_length=10, choices=ChangeKind)
    effective_on = models.DateField("có hiệu lực từ ngày")
    decision_number = models.CharField("số quyết định", max_length=60)
    decision_on = models.DateField("ngày quyết định", null=True, blank=True)
    authority = models.CharField("cơ quan quyết định", max_length=160)
    note = models.TextField("ghi chú", blank=True)
    proof = models.JSONField("đối chiếu trước và sau", default=dict, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="người ghi", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("ghi lúc")
    history = scoped_history()

    class Meta:
        verbose_name = "thay đổi tổ chức"
        verbose_name_plural = "thay đổi tổ chức"
        permissions = [("change_structure", "Tổ chức lại đơn vị"), ("load_geography", "Đối chiếu danh mục tỉnh, xã")]
        ordering = ["-effective_on", "-pk"]

    def __str__(self):
        return f"{self.get_kind_display()} theo {self.decision_number or 'quyết định chưa ghi số'}"


class UnitSuccession(UnitOwned):
    """``new`` carries on all of ``old`` or a part of it. A closed unit has exactly one heir."""

    # Also the units themselves see where they came from and who carried on, not the decision above them.
    unit_path_lookup = ("change__unit__path", "old__path", "new__path")

    change = models.ForeignKey(UnitChange, verbose_name="thay đổi", on_delete=models.CASCADE, related_name="successions")
    old = models.ForeignKey(Unit, verbose_name="đơn vị cũ", on_delete=models.PROTECT, related_name="successors")
    new = models.ForeignKey(Unit, verbose_name="đơn vị mới", on_delete=models.PROTECT, related_name="predecessors")
    is_heir = models.BooleanField("kế thừa số liệu", default=False)
    history = scoped_history(("change__unit__path", "old__path", "new__path"))

    class Meta:
        verbose_name = "kế thừa"
        verbose_name_plural = "kế thừa"
        constraints = [
            models.UniqueConstraint(fields=["change", "old", "new"], name="succession_once"),
            models.UniqueConstraint(fields=["old"], condition=Q(is_heir=True), name="succession_one_heir"),
            models.CheckConstraint(condition=~Q(old=models.F("new")), name="succession_of_another"),
        ]

    def __str__(self):
        return f"{self.old} → {self.new}"
