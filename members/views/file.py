"""What the pages of one person's file share: whose file, forms that are saved once, two people at one file."""

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views import View

from ccb import clock
from members.models import Member
from members.services import StaleVersion

from .once import new_token, save_once, was_saved

HIDDEN = ("version", "token")


class AboutMember(View):
    """Finds the member of the address in the scope; 404 for any other."""

    def dispatch(self, request, *args, **kwargs):
        self.member = get_object_or_404(Member.objects.select_related("unit__parent", "co_so", "household__head"), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)


class MemberPage(PermissionRequiredMixin, AboutMember):
    """A page about one person; states ``permission_required``."""

    raise_exception = True
    http_method_names = ["get"]

    def dispatch(self, request, *args, **kwargs):
        if request.method.lower() not in self.http_method_names:
            return self.http_method_not_allowed(request)
        return super().dispatch(request, *args, **kwargs)


class MemberFormPage(MemberPage):
    """A form about one person that saves alone. Sent twice it is saved once.

    Forms with a version: the second of two people gets a page with both values (409).
    """

    http_method_names = ["get", "post"]
    permission_required = "members.change_member"
    template_name = "members/member_form.html"
    form_class = None
    title = ""
    help_line = ""
    button = "Lưu"
    said = "Đã lưu"
    keeps = True  # whether what is typed may stay in the browser as a draft; never what is sensitive
    warning = ""  # a red box above the form, for what is hard to take back

    def allowed(self):
        """Raise ``PermissionDenied`` for who may not, beyond the permission."""

    def initial(self, member):
        return {}

    def options(self, member):
        """Further arguments of the form."""
        return {}

    def save(self, form):
        raise NotImplementedError

    def message(self, done):
        return format_html("<strong>{}: {}, lúc {}.</strong>", self.said, self.member.name, f"{clock.now():%H:%M}")

    def leads_to(self):
        return reverse("members:member", args=[self.member.pk])

    def make(self, member, data=None, files=None):
        start = self.initial(member) | {"version": member.version, "token": new_token()}
        return self.form_class(data, files, initial=start, **self.options(member))

    def context(self):
        return {}

    def get(self, request, *args, **kwargs):
        self.allowed()
        return self.answer(self.make(self.member), 200)

    def post(self, request, *args, **kwargs):
        self.allowed()
        form = self.make(self.member, request.POST, request.FILES or None)
        valid = form.is_valid()
        try:
            sent_before = was_saved(request)
            if valid or sent_before:
                done = None if sent_before else save_once(request, lambda: self.save(form))
                if sent_before:
                    messages.info(request, "Phần này đã được lưu ở lần gửi trước, không lưu thêm lần nữa.", extra_tags=request.path)
                else:
                    messages.success(request, self.message(done), extra_tags=request.path)
                return redirect(self.leads_to())
        except StaleVersion as stale:
            self.member = get_object_or_404(Member.objects.select_related("unit__parent", "co_so", "household__head"), pk=stale.args[0].pk)
            form, both = retry(form, self.make)(self.member)
            return self.answer(form, 409, both=both, conflict=True)
        except ValidationError as error:
            add_errors(form, error)
        return self.answer(form, 422)

    def answer(self, form, status, **more):
        context = {
            "form": form, "member": self.member, "title": self.title, "help_line": self.help_line, "button": self.button, "warning": self.warning,
            "keeps": self.keeps,
            "last": last_saved(self.member) if form.fields.get("version") else None, "back": self.leads_to(), **self.context(), **more,
        }
        return render(self.request, self.template_name, context, status=status)


def add_errors(form, error):
    """What a service refused, at its field where the form has it."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error.messages)
        return
    for name, found in error.message_dict.items():
        form.add_error(name if name in form.fields else None, found)


def last_saved(member):
    return member.history.select_related("history_user").order_by("-history_date", "-history_id").first()


def retry(form, make):
    """A function from the newer member to the same typed values over his row, and (label, mine, stored) where they differ."""

    def anew(member):
        data = form.data.copy()
        data["version"], data["token"] = member.version, new_token()
        fresh = make(member, data)
        fresh.is_valid()
        both = [
            (fresh[name].label, as_words(fresh[name], fresh[name].data), as_words(fresh[name], fresh.initial.get(name)))
            for name in fresh.changed_data if name not in HIDDEN
        ]
        return fresh, both

    return anew


def as_words(field, value):
    """A typed or a stored value as the page says it."""
    choices = {str(key): words for key, words in getattr(field.field, "choices", ()) if not isinstance(words, list | tuple)}
    if isinstance(value, list):
        return ", ".join(str(choices.get(str(one), one)) for one in value) or "để trống"
    if value in (None, ""):
        return choices.get("", "để trống") if choices else "để trống"
    shown = field.field.prepare_value(value)
    return str(choices.get(str(getattr(shown, "pk", shown)), shown))
