"""Admissions and transfers on their way: proposed by one unit, decided by another."""

from django.conf import settings
from django.db import models

from members.fields import PartialDateField
from members.scoping import UnitOwned, scoped_history

from .member import Member
from .unit import Unit


class RequestState(models.TextChoices):
    PROPOSED = "de_nghi", "Chờ quyết định"
    ACCEPTED = "chap_nhan", "Đã chấp nhận"
    REFUSED = "tu_choi", "Không chấp nhận"
    WITHDRAWN = "rut", "Đã rút lại"

    @property
    def next_states(self):
        """The legal steps; what has been decided stays so."""
        if self is not RequestState.PROPOSED:
            return frozenset()
        return frozenset({RequestState.ACCEPTED, RequestState.REFUSED, RequestState.WITHDRAWN})


class MembershipRequest(UnitOwned):
    """An admission (``unit`` proposes, its cơ sở decides) or a transfer (``unit`` releases, ``to_unit`` accepts).

    Until a transfer is accepted the member counts in the old unit. Both units see the row; the
    receiving one sees only what it copies: name, birth and ``data`` of the introduction.
    """

    unit_path_lookup = ("unit__path", "to_unit__path")

    class Kind(models.TextChoices):
        ADMISSION = "ket_nap", "Kết nạp"
        TRANSFER = "chuyen", "Chuyển sinh hoạt"

    kind = models.CharField("việc", max_length=8, choices=Kind)
    unit = models.ForeignKey(Unit, verbose_name="đơn vị đề nghị", on_delete=models.PROTECT, related_name="requests_made")
    to_unit = models.ForeignKey(Unit, verbose_name="chuyển đến", null=True, blank=True, on_delete=models.PROTECT, related_name="requests_received")
    member = models.ForeignKey(Member, verbose_name="hội viên", null=True, blank=True, on_delete=models.PROTECT, related_name="requests")
    name = models.CharField("họ và tên", max_length=120)
    born = PartialDateField("ngày sinh", null=True, blank=True)
    data = models.JSONField("nội dung đề nghị", default=dict)
    state = models.CharField("tình trạng", max_length=10, choices=RequestState, default=RequestState.PROPOSED)
    reason = models.CharField("lý do", max_length=250, blank=True)
    decision = models.CharField("quyết định", max_length=120, blank=True)
    effective_on = models.DateField("tính từ ngày", null=True, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("đề nghị lúc")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("quyết định lúc", null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    history = scoped_history(("unit__path", "to_unit__path"))

    class Meta:
        verbose_name = "đề nghị kết nạp, chuyển sinh hoạt"
        verbose_name_plural = "đề nghị kết nạp, chuyển sinh hoạt"
        permissions = [("decide_request", "Quyết định kết nạp, chuyển sinh hoạt, xóa tên, kỷ luật")]
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=models.Q(state="de_nghi", kind="chuyen"), name="transfer_request_one_open",
                violation_error_message="Đồng chí này đang có một giấy giới thiệu chờ tiếp nhận.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.name}"
