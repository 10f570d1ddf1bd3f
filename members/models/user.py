"""Who acts for which unit, from when to when."""

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from simple_history.models import HistoricalRecords

from ccb import clock
from members.scoping import ScopedManager, ScopedQuerySet, UnitOwned, all_units, scoped_history

from .unit import Unit


class Role(models.TextChoices):
    CHI_HOI_TRUONG = "chi_hoi_truong", "Chi hội trưởng"
    THU_KY = "thu_ky", "Thư ký (soạn)"
    CHU_TICH = "chu_tich", "Chủ tịch (ký)"
    VAN_PHONG = "van_phong", "Văn phòng tỉnh"
    KIEM_TRA = "kiem_tra", "Kiểm tra (chỉ xem)"
    QUAN_TRI = "quan_tri", "Quản trị"


class UserManager(DjangoUserManager):
    """There is no e-mail and no ``is_staff`` column: roles say who administers."""

    use_in_migrations = False

    def _create_user_object(self, username, email, password, **fields):
        fields.pop("is_staff", None)
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        return user

    def create_superuser(self, username, email=None, password=None, **fields):
        return self.create_user(username, password=password, is_superuser=True, **fields)

    create_superuser.alters_data = True


class User(AbstractUser):
    """A person who logs in. What one may do and see comes from ``UnitRole`` alone."""

    first_name = None
    last_name = None
    email = None
    full_name = models.CharField("họ và tên", max_length=120, blank=True)
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    must_change_password = models.BooleanField("phải đổi mật khẩu", default=False)
    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    objects = UserManager()

    REQUIRED_FIELDS = []
    EMAIL_FIELD = None
    acting_role = None  # set by the middleware from the session

    class Meta:
        verbose_name = "người dùng"
        verbose_name_plural = "người dùng"
        ordering = ["username"]

    def __str__(self):
        return self.full_name or self.username

    def get_full_name(self):
        return self.full_name or self.username

    def get_short_name(self):
        return self.get_full_name()

    @cached_property
    def roles_today(self):
        """Roles in force today, the highest unit first."""
        if not self.is_active:
            return []
        with all_units("who acts for which unit is read before the scope opens"):
            return list(self.unit_roles.in_force(clock.today()).select_related("unit__parent").order_by("unit__path", "role"))

    @property
    def acting(self):
        """The role acted in: the chosen one, else the first; None when there is none."""
        return self.acting_role or next(iter(self.roles_today), None)

    @property
    def roles_here(self):
        """The roles of today at the unit acted for; what they permit adds up."""
        return [role for role in self.roles_today if role.unit_id == self.acting.unit_id]

    @property
    def units_today(self):
        """The units that may be acted for today, the highest first, each with the roles there."""
        units = {}
        for role in self.roles_today:
            units.setdefault(role.unit, []).append(role)
        return units

    def unit_paths(self):
        acting = self.acting
        return [acting.unit.path] if acting and self.is_active else []

    @property
    def is_staff(self):
        """What the admin site asks; the role answers, there is no such column."""
        if not self.is_active:
            return False
        return self.is_superuser or any(role.role == Role.QUAN_TRI for role in self.roles_here)


class UnitRoleQuerySet(ScopedQuerySet):
    def in_force(self, day):
        return self.filter(starts_on__lte=day).filter(Q(ends_on=None) | Q(ends_on__gt=day))


class UnitRole(UnitOwned):
    """A user acts for a unit in a role during ``[starts_on, ends_on)``."""

    user = models.ForeignKey(User, verbose_name="người dùng", on_delete=models.CASCADE, related_name="unit_roles")
    unit = models.ForeignKey(Unit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="roles")
    role = models.CharField("vai trò", max_length=16, choices=Role)
    starts_on = models.DateField("từ ngày", default=clock.today)
    ends_on = models.DateField("đến ngày (không kể)", null=True, blank=True)
    history = scoped_history()

    objects = ScopedManager.from_queryset(UnitRoleQuerySet)()

    class Meta:
        verbose_name = "vai trò"
        verbose_name_plural = "vai trò"
        ordering = ["unit", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit", "role", "starts_on"], name="unit_role_once",
                violation_error_message="Người này đã có vai trò ấy ở đơn vị từ ngày này.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), name="unit_role_ends_after_it_starts",
                violation_error_message="Ngày kết thúc phải sau ngày bắt đầu.",
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()} – {self.unit}"


class OneTimeCode(models.Model):
    """A code that the unit above prints for a user who cannot log in; works once, for two days."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="one_time_codes")
    code_hash = models.CharField(max_length=256)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "mã dùng một lần"
        verbose_name_plural = "mã dùng một lần"
        ordering = ["-issued_at"]

    def __str__(self):
        return f"mã của {self.user}"
