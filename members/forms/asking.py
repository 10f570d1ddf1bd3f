"""What the forms about a person share: second looks, versions, boxes of fields."""

from dataclasses import dataclass

from django import forms

from ccb import clock
from members.fields import DayFormField, PartialDateFormField

DATE_HINT = "Ngày/tháng/năm, ví dụ 19/05/1954. Giấy tờ chỉ có năm thì ghi 1954, có tháng thì ghi 04/1954."
PARTIAL_HINT = "Ví dụ 12/05/1972, 05/1972 hoặc 1972."
DAY_HINT = "Đủ ngày/tháng/năm, ví dụ 01/07/2026."


@dataclass(frozen=True)
class Doubt:
    """A contradiction that may be true: it can be saved once somebody has ticked that it is."""

    code: str
    text: str
    tick: str = "Đã xem lại, đúng như vậy"


def _said(missing):
    """The message of a field that must be filled; such a field is required."""
    return {"required": bool(missing), "error_messages": {"required": missing}}


def partial(label, hint=PARTIAL_HINT, missing=""):
    return PartialDateFormField(label=label, help_text=hint, widget=forms.TextInput({"class": "w-date"}), **_said(missing))


def day(label, hint=DAY_HINT, missing=""):
    return DayFormField(label=label, help_text=hint, widget=forms.TextInput({"class": "w-date"}), **_said(missing))


def short(label, most, hint="", missing=""):
    return forms.CharField(label=label, max_length=most, help_text=hint, widget=forms.TextInput({"class": "w-short"}), **_said(missing))


def long(label, most, hint="", missing=""):
    return forms.CharField(label=label, max_length=most, help_text=hint, **_said(missing))


def one_of(label, choices, missing="", hint="", initial=None):
    """A choice by radio buttons; without ``missing`` it may stay open."""
    return forms.ChoiceField(label=label, choices=choices, help_text=hint, widget=forms.RadioSelect, initial=initial, **_said(missing))


class AskingForm(forms.Form):
    """A form that refuses, and one that asks for a second look. ``warnings`` is filled by cleaning.

    ``boxes``: (legend, names of fields) in the order of the page.
    """

    use_required_attribute = False
    boxes = ()

    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.warnings = {}
        self.confirmed = set(self.data.getlist("confirm")) if self.is_bound else set()
        self.arrange()

    def arrange(self):
        """Errors are listed in the order of the page."""
        ordered = [name for _, names in self.boxes for name in names]
        self.order_fields([*ordered, *(name for name in self.fields if name not in ordered)])

    def drawn(self):
        """(legend, fields) of every box that has a field."""
        for legend, names in self.boxes:
            found = [self[name] for name in names if name in self.fields]
            if found:
                yield legend, found

    @property
    def unconfirmed(self):
        return {doubt.code for doubt in self.warnings.values()} - self.confirmed

    def is_valid(self):
        return super().is_valid() and not self.unconfirmed

    def doubt(self, field, code, text):
        """Ask for a second look, unless the field already has an error."""
        if field in self.errors:
            return
        before = self.warnings.get(field)
        self.warnings[field] = Doubt(f"{before.code}+{code}", f"{before.text} {text}") if before else Doubt(code, text)

    def not_later_than_today(self, *names):
        """Refuse dates to come in ``names``."""
        for name in names:
            value = self.cleaned_data.get(name)
            first = getattr(value, "first_day", value)
            if first and first > clock.today():
                shown = getattr(value, "display", None) or f"{value:%d/%m/%Y}"
                self.add_error(name, f"{self.fields[name].label} {shown} ở sau hôm nay. Xem lại ngày đã ghi.")

    def in_order(self, earlier, later, between="có trước"):
        """Refuse a ``later`` date that lies before ``earlier``; both partial."""
        first, last = self.cleaned_data.get(earlier), self.cleaned_data.get(later)
        if first and last and last.last_day < first.first_day:
            self.add_error(later, f"{self.fields[later].label} {last} {between} {self.fields[earlier].label.lower()} {first}. Xem lại một trong hai ô.")


class FileForm(AskingForm):
    """A part of the file of ``stored``; saved against the version of the file that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, stored=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.stored = stored

    def touched(self, *names):
        return self.stored is None or bool({*names} & {*self.changed_data})

    def values(self):
        """What was typed, without version and token."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "token")}
