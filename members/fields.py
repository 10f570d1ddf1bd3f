"""A date that papers know only in part: "1954", "04/1954" or a full day."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from members.vietnamese import PartialDate


class PartialDateFormField(forms.CharField):
    """Typed as 30/04/1975, 04/1975 or 1975."""

    def __init__(self, **kwargs):
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)

    def prepare_value(self, value):
        return value.display if isinstance(value, PartialDate) else value

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None
        try:
            return PartialDate.parse(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def run_validators(self, value):
        super().run_validators(value.display if isinstance(value, PartialDate) else value)

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True


class PartialDateField(models.CharField):
    """Stored as "1954", "1954-04" or "1954-04-30", so that text order is date order."""

    def __init__(self, *args, **kwargs):
        kwargs["max_length"] = 10
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def run_validators(self, value):
        super().run_validators(value.iso if isinstance(value, PartialDate) else value)

    def from_db_value(self, value, expression, connection):
        return PartialDate.from_iso(value) if value else None

    def to_python(self, value):
        if value is None or isinstance(value, PartialDate):
            return value
        if value == "":
            return None
        try:
            return PartialDate.from_iso(value)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def get_prep_value(self, value):
        if isinstance(value, PartialDate):
            return value.iso
        return super().get_prep_value(value) or None

    def value_to_string(self, obj):
        return self.get_prep_value(self.value_from_object(obj)) or ""

    def formfield(self, **kwargs):
        return super(models.CharField, self).formfield(**{"form_class": PartialDateFormField, **kwargs})
