"""The form for a period that is not there yet: mostly an earlier year, typed again from an old report."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from members.models import PeriodKind
from members.vietnamese import PartialDate
from reports.services.periods import describe

FIRST_YEAR, LAST_YEAR = 1989, 2100
WITH_NUMBER = {PeriodKind.SAU_THANG: 2, PeriodKind.QUY: 4, PeriodKind.THANG: 12}
BY_DATES = {PeriodKind.NUA_NHIEM_KY, PeriodKind.NHIEM_KY, PeriodKind.KHAC}


class DayField(forms.CharField):
    """A full day, typed as 30/11/2025."""

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None
        try:
            read = PartialDate.parse(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if read.day is None:
            raise ValidationError(f"“{text}” chưa đủ ngày. Ghi đủ ngày/tháng/năm, như 30/11/2025.")
        return read.first_day


class YearField(forms.IntegerField):
    """Asked for like a required field, yet two dates say it as well: the form decides."""

    def validate(self, value):
        if value not in self.empty_values:
            super().validate(value)


class PeriodForm(forms.Form):
    """``cleaned_data["period"]`` is an unsaved ``Period``: its dates typed, or those of the kind and year."""

    use_required_attribute = False

    kind = forms.ChoiceField(label="Loại kỳ", choices=PeriodKind.choices, initial=PeriodKind.NAM)
    year = YearField(
        label="Năm", min_value=FIRST_YEAR, max_value=LAST_YEAR,
        help_text="Năm công tác, ví dụ 2025. Có năm thì không cần ghi hai ngày dưới đây.",
        error_messages={
            "min_value": f"Năm từ {FIRST_YEAR} trở đi. Ghi bốn chữ số, như 2025.", "max_value": "Năm ghi bốn chữ số, như 2025.",
            "invalid": "Năm ghi bốn chữ số, như 2025.",
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w-date"}),
    )
    number = forms.IntegerField(
        label="Thứ tự trong năm", required=False, min_value=1, max_value=12,
        help_text="Quý 1 đến 4, tháng 1 đến 12, 6 tháng đầu năm là 1, cuối năm là 2. Kỳ khác để trống.",
        error_messages={
            "min_value": "Ghi từ 1 trở lên.", "max_value": "Ghi nhiều nhất là 12.", "invalid": "Ghi một số, như 1.",
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w-date"}),
    )
    first = DayField(
        label="Từ ngày", required=False,
        help_text="Chỉ ghi khi kỳ không trùng năm dương lịch, ví dụ 16/11/2024.",
        widget=forms.TextInput(attrs={"class": "w-date", "maxlength": "40"}),
    )
    last = DayField(
        label="Đến hết ngày (chốt số liệu)", required=False, help_text="Ví dụ 30/11/2025.",
        widget=forms.TextInput(attrs={"class": "w-date"}),
    )
    label = forms.CharField(
        label="Tên kỳ", required=False, max_length=80,
        help_text="Để trống thì chương trình đặt, như “năm 2025”. Nửa nhiệm kỳ ghi như “nửa đầu nhiệm kỳ 2022 - 2027”.",
        error_messages={"max_length": "Tên kỳ dài quá 80 chữ cái. Hãy rút gọn."},
        widget=forms.TextInput(attrs={"class": "w-short"}),
    )

    def clean_number(self):
        return self.cleaned_data["number"] or 0

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        kind, year, number = data["kind"], data.get("year"), data["number"]
        first, last = data.get("first"), data.get("last")
        if bool(first) != bool(last):
            self.add_error("last" if first else "first", "Ghi cả hai ngày, hoặc để trống cả hai và ghi năm.")
            return data
        if not first:
            span = self._span(kind, year, number)
            if span is None:
                return data
            first, last = span
        try:
            period = describe(first, last)
        except ValidationError as error:
            self.add_error("last", error)
            return data
        if period.kind != kind:
            period.kind, period.year = kind, year or last.year
            period.number = number
        if data["label"]:
            period.label = " ".join(data["label"].split())
        data["period"] = period
        return data

    def _span(self, kind, year, number):
        """First and last day of the kind in the year; None, with an error added, when they cannot be told."""
        if kind in BY_DATES:
            self.add_error("first", "Kỳ này không theo năm: hãy ghi từ ngày nào đến hết ngày nào.")
            return None
        if not year:
            self.add_error("year", "Hãy ghi năm, như 2025, hoặc ghi hai ngày.")
            return None
        if kind in WITH_NUMBER and not 1 <= number <= WITH_NUMBER[kind]:
            self.add_error("number", f"Hãy ghi thứ tự trong năm, từ 1 đến {WITH_NUMBER[kind]}.")
            return None
        months = {PeriodKind.NAM: 12, PeriodKind.SAU_THANG: 6, PeriodKind.QUY: 3, PeriodKind.CHIN_THANG: 9, PeriodKind.THANG: 1}[kind]
        start = 1 if kind not in WITH_NUMBER else months * (number - 1) + 1
        end = start + months
        after = date(year + (end > 12), (end - 1) % 12 + 1, 1)
        return date(year, start, 1), date.fromordinal(after.toordinal() - 1)
