"""Clusters of emulation and their members of a year."""

from django.core.exceptions import ValidationError
from django.db import models

from members.models import Unit
from members.scoping import UnitOwned, scoped_history


class ClusterYear(UnitOwned):
    """A cụm thi đua in one year: its decision, head and deputy. Members change from year to year."""

    unit = models.ForeignKey(Unit, verbose_name="cụm thi đua", on_delete=models.PROTECT, related_name="cluster_years")
    year = models.PositiveSmallIntegerField("năm")
    decision = models.CharField("quyết định", max_length=200, blank=True)
    head = models.ForeignKey(Unit, verbose_name="cụm trưởng", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey(Unit, verbose_name="cụm phó", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    history = scoped_history()

    class Meta:
        verbose_name = "cụm thi đua theo năm"
        verbose_name_plural = "cụm thi đua theo năm"
        ordering = ["-year", "unit"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "year"], name="cluster_once_a_year", violation_error_message="Cụm đã có danh sách của năm này."
            )
        ]

    def __str__(self):
        return f"{self.unit} năm {self.year}"

    def clean(self):
        if self.unit_id and not self.unit.is_cluster:
            raise ValidationError({"unit": "Chỉ cụm thi đua mới có danh sách thành viên theo năm."})


class ClusterMember(UnitOwned):
    """A unit that belongs to the cluster in that year; seen by the cluster, its own rows are not."""

    unit_path_lookup = "cluster_year__unit__path"

    cluster_year = models.ForeignKey(ClusterYear, verbose_name="cụm", on_delete=models.CASCADE, related_name="members")
    unit = models.ForeignKey(Unit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="cluster_memberships")
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    history = scoped_history("cluster_year__unit__path")

    class Meta:
        verbose_name = "thành viên của cụm"
        verbose_name_plural = "thành viên của cụm"
        ordering = ["position", "unit__path"]
        constraints = [
            models.UniqueConstraint(
                fields=["cluster_year", "unit"], name="cluster_member_once", violation_error_message="Đơn vị đã có trong cụm của năm này."
            )
        ]

    def __str__(self):
        return str(self.unit)
