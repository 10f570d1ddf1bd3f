"""Users and their roles."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from ccb import clock
from members.models import UnitRole, User
from members.services import may_let_in

from .base import EMPTY, RowForm, ScopedChoices, shown
from .history import HistoryAdmin
from .reach import may_change_role, may_grant, visible_users

hides_password = method_decorator(sensitive_post_parameters("first_password"))


def first_password_field():
    return forms.CharField(
        label="Mật khẩu tạm", max_length=128, strip=False,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        help_text="Ít nhất 10 ký tự, không toàn chữ số. Người dùng phải đổi ngay khi đăng nhập lần đầu.",
    )


class FirstPasswordForm(forms.Form):
    """A password that works until the user has logged in with it once."""

    first_password = first_password_field()

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_first_password(self):
        validate_password(self.cleaned_data["first_password"], self.user)
        return self.cleaned_data["first_password"]


class NewUserForm(RowForm):
    first_password = first_password_field()

    class Meta:
        model = User
        fields = ["username", "full_name", "phone"]

    def _post_clean(self):
        super()._post_clean()
        if password := self.cleaned_data.get("first_password"):
            try:
                validate_password(password, self.instance)
            except ValidationError as error:
                self.add_error("first_password", error)
            self.instance.set_password(password)
            self.instance.must_change_password = True


class UnitRoleForm(RowForm):
    """``actor`` is set by the admin: whoever grants may grant only what ``reach`` allows."""

    actor = None

    class Meta:
        model = UnitRole
        fields = ["user", "unit", "role", "starts_on", "ends_on"]

    def clean(self):
        cleaned = super().clean()
        if not self.has_changed():
            return cleaned
        held = UnitRole.objects.select_related("unit").filter(pk=self.instance.pk).first() if self.instance.pk else None
        holder = cleaned.get("user") or (self.instance.user_id and self.instance.user)
        if not self.actor.is_superuser and holder == self.actor:
            raise ValidationError("Vai trò của chính đồng chí do quản trị cấp trên giao.")
        if held and not may_change_role(self.actor, held):
            raise ValidationError(f"Vai trò {held.get_role_display()} tại {held.unit} do quản trị cấp trên giao và sửa.")
        unit, role = cleaned.get("unit"), cleaned.get("role")
        if unit and role and not may_grant(self.actor, unit, role):
            raise ValidationError({"role": "Đồng chí chỉ giao vai trò Quản trị cho đơn vị cấp dưới, vai trò khác cho đơn vị mình và cấp dưới."})
        return cleaned


class UnitRoleFormSet(forms.BaseInlineFormSet):
    def clean(self):
        super().clean()
        taken = [form.instance.pk for form in self.forms if form.instance.pk and self._should_delete_form(form)]
        for held in UnitRole.objects.filter(pk__in=taken).select_related("unit"):  # as stored, not as posted
            if not may_change_role(self.form.actor, held):
                raise ValidationError(f"{held}: vai trò này do quản trị cấp trên thu lại.")


def for_actor(request):
    return type("UnitRoleForm", (UnitRoleForm,), {"actor": request.user})


class UnitRoleInline(ScopedChoices, admin.TabularInline):
    model = UnitRole
    formset = UnitRoleFormSet
    fields = ["unit", "role", "starts_on", "ends_on"]
    autocomplete_fields = ["unit"]
    extra = 0
    verbose_name_plural = "Vai trò"

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, **{"form": for_actor(request), **kwargs})

    def may_write(self, request, user):
        return request.user.is_superuser or user is None or user.pk != request.user.pk

    def has_add_permission(self, request, obj=None):
        return self.may_write(request, obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return self.may_write(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self.may_write(request, obj) and super().has_delete_permission(request, obj)


@admin.register(User)
class UserAdmin(HistoryAdmin):
    """Users are switched off, never deleted: history names them."""

    inlines = [UnitRoleInline]
    list_display = ["username", "full_name", "roles_held", "active", "last_login"]
    list_filter = ["is_active", "must_change_password", "unit_roles__role"]
    search_fields = ["username", "full_name"]
    search_help_text = "Tìm theo tên đăng nhập hoặc họ tên"
    readonly_fields = ["last_login", "date_joined"]
    ordering = ["username"]

    active = shown("is_active", "được đăng nhập")

    def get_fields(self, request, obj=None):
        if obj is None:
            return ["username", "full_name", "phone", "first_password"]
        if obj.pk == request.user.pk:  # nobody switches himself off
            return ["username", "full_name", "phone", "last_login", "date_joined"]
        power = ["is_superuser"] if request.user.is_superuser else []
        return ["username", "full_name", "phone", "is_active", "must_change_password", *power, "last_login", "date_joined"]


    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None:
            kwargs["form"] = NewUserForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_queryset(self, request):
        held = UnitRole.objects.in_force(clock.today()).select_related("unit")
        return visible_users(request.user).order_by("username").prefetch_related(Prefetch("unit_roles", held, to_attr="held_today"))

    @admin.display(description="vai trò đang giữ")
    def roles_held(self, user):
        return "; ".join(map(str, user.held_today)) or EMPTY

    def lookup_allowed(self, lookup, value, request=None):
        """Only what the list offers: a hash must not be guessed letter by letter."""
        return any(lookup.startswith(name) for name in self.list_filter)

    def get_urls(self):
        view = self.admin_site.admin_view(self.set_password)
        return [path("<path:object_id>/mat-khau/", view, name="members_user_set_password"), *super().get_urls()]

    @hides_password
    def add_view(self, request, form_url="", extra_context=None):
        return super().add_view(request, form_url, extra_context)

    def render_change_form(self, request, context, obj=None, **kwargs):
        context["may_let_in"] = obj is not None and may_let_in(user=obj, by=request.user)
        return super().render_change_form(request, context, obj=obj, **kwargs)

    @hides_password
    def set_password(self, request, object_id):
        """A new first password for somebody; the old one stops working at once."""
        user = self.get_object(request, unquote(object_id))
        if user is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        if not may_let_in(user=user, by=request.user):
            raise PermissionDenied("Mật khẩu của quản trị cùng cấp hoặc cấp trên không đặt ở đây; của mình thì đổi ở trang Đổi mật khẩu.")
        form = FirstPasswordForm(request.POST or None, user=user)
        if request.method == "POST" and form.is_valid():
            user.set_password(form.cleaned_data["first_password"])
            user.must_change_password = True
            user._history_user = request.user
            user._change_reason = "Đặt mật khẩu tạm"
            user.save()
            self.log_change(request, user, "Đặt mật khẩu tạm.")
            messages.success(request, f"Đã đặt mật khẩu tạm cho {user}. Người này phải đổi khi đăng nhập.")
            return redirect("admin:members_user_change", user.pk)
        context = {**self.admin_site.each_context(request), "title": f"Đặt mật khẩu tạm: {user}", "opts": self.opts, "original": user, "form": form}
        return TemplateResponse(request, "admin/members/user/set_password.html", context)


@admin.register(UnitRole)
class UnitRoleAdmin(HistoryAdmin):
    fields = ["user", "unit", "role", ("starts_on", "ends_on")]
    fixed = ["user"]
    deletable = True
    list_display = ["user", "unit", "role", "starts_on", "ends_on"]
    list_filter = ["role"]
    list_select_related = ["user", "unit"]
    search_fields = ["user__username", "user__full_name", "unit__code", "unit__name"]
    search_help_text = "Tìm theo người hoặc đơn vị"
    autocomplete_fields = ["user", "unit"]
    ordering = ["unit__path", "role"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change=change, **{"form": for_actor(request), **kwargs})

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or may_change_role(request.user, obj))

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or may_change_role(request.user, obj))
