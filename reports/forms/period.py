"""The form for a period that is not there yet: mostly an earlier year, typed again from an old report."""

import re
from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from ccb import clock
from members.forms.member import Doubt
from members.models import PeriodKind
from members.vietnamese import PartialDate
from reports.services.periods import (
    MOST_IN_A_YEAR,
    describe,
    has_number,
    label_of,
    overlapping,
    usual_dates,
)

FIRST_YEAR, LAST_YEAR = 1989, 2100
MONTHS = {PeriodKind.NAM: 12, PeriodKind.SAU_THANG: 6, PeriodKind.QUY: 3, PeriodKind.CHIN_THANG: 9, PeriodKind.THANG: 1}
BY_DATES = {PeriodKind.NUA_NHIEM_KY, PeriodKind.NHIEM_KY, PeriodKind.KHAC}
NAME = re.compile(r"[^\W\d_][\w \-–/,()]*")
SHORTEST, LONGEST = 0.6, 1.25  # of the usual days: cut-offs come early, seldom late


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
    """``cleaned_data["period"]`` is an unsaved ``Period``: its dates typed, or those usual at ``unit``.

    ``overlaps`` are periods of the same kind that share days with it: a doubt, saved once it is ticked.
    """

    use_required_attribute = False

    kind = forms.ChoiceField(label="Loại kỳ", choices=PeriodKind.choices, initial=PeriodKind.NAM)
    year = YearField(
        label="Năm", min_value=FIRST_YEAR, max_value=LAST_YEAR,
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
        help_text="Chỉ ghi khi ngày khác thường lệ, ví dụ 16/11/2024.",
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

    def __init__(self, *args, unit=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.unit, self.warnings, self.overlaps = unit, {}, []
        self.confirmed = set(self.data.getlist("confirm")) if self.is_bound else set()
        for name, words in (("number", "chỉ quý, tháng, 6 tháng"), ("first", "nếu khác"), ("last", "nếu khác"), ("label", "nếu khác")):
            self.fields[name].optional_words = words
        first, last = self._usual(PeriodKind.NAM, clock.today().year, 0)
        before = " năm trước" if first.year < last.year else ""
        self.fields["year"].help_text = (
            f"Năm công tác, ví dụ {last.year - 1}. Chỉ ghi năm thì kỳ lấy từ {first:%d/%m}{before} đến hết {last:%d/%m} như thường lệ."
        )

    @property
    def unconfirmed(self):
        return {doubt.code for doubt in self.warnings.values()} - self.confirmed

    def is_valid(self):
        return super().is_valid() and not self.unconfirmed

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
        if not self._agrees(period, kind, year, number):
            return data
        if period.kind != kind:
            period.kind, period.number = kind, number
            period.label = label_of(kind, period.year, number) or period.label
        self._doubt_overlaps(period)
        if data["label"]:
            self._name(period, " ".join(data["label"].split()))
        data["period"] = period
        return data

    def _name(self, period, label):
        """A name stands in the titles of every unit's report: only periods without a common one take one, in plain words."""
        common = label_of(period.kind, period.year, period.number)
        if common and label.casefold() != common.casefold():
            self.add_error("label", f"Kỳ này mọi đơn vị đều gọi là {common}. Hãy để trống tên kỳ.")
        elif not NAME.fullmatch(label):
            self.add_error("label", "Tên kỳ chỉ gồm chữ, số và dấu gạch nối, gạch chéo, bắt đầu bằng chữ. Ghi như “nửa đầu nhiệm kỳ 2022 - 2027”.")
        else:
            period.label = label

    def _agrees(self, period, kind, year, number):
        """Whether what was chosen and typed fits what the dates say; else an error is added at its field.

        Dates that look like no usual period ("khác") may be of any kind that is about as long.
        """
        span = f"Kỳ từ {period.starts_on:%d/%m/%Y} đến hết {period.ends_on:%d/%m/%Y}"
        part_of_usual = ((period.ends_on - period.starts_on).days + 1) / (MONTHS.get(kind, 1) * 30.44)
        same_kind = period.kind == kind
        if number or not same_kind:
            self._check_number(kind, number)
        if not self.errors and not same_kind and kind != PeriodKind.KHAC and period.kind != PeriodKind.KHAC:
            self.add_error("kind", f"{span} là {period.label}. Hãy chọn lại loại kỳ, hoặc sửa hai ngày.")
        elif not self.errors and not same_kind and kind in MONTHS and not SHORTEST <= part_of_usual <= LONGEST:
            self.add_error("kind", f"{span} quá {'ngắn' if part_of_usual < 1 else 'dài'} so với loại kỳ này. Hãy chọn lại loại kỳ, hoặc sửa hai ngày.")
        if not self.errors and same_kind and number and number != period.number:
            self.add_error("number", f"{span} là {period.label}. Hãy sửa thứ tự trong năm, hoặc sửa hai ngày.")
        if year and year != period.year:
            self.add_error("year", f"{span} là kỳ của năm {period.year}, không phải năm {year}. Hãy sửa năm, hoặc sửa hai ngày.")
        return not self.errors

    def _check_number(self, kind, number):
        if has_number(kind, number):
            return
        if kind in MOST_IN_A_YEAR:
            self.add_error("number", f"Hãy ghi thứ tự trong năm, từ 1 đến {MOST_IN_A_YEAR[kind]}.")
        else:
            self.add_error("number", "Loại kỳ này không có thứ tự trong năm. Hãy để trống ô này, hoặc chọn lại loại kỳ.")

    def _span(self, kind, year, number):
        """First and last day of the kind in the year; None, with an error added, when they cannot be told."""
        if kind in BY_DATES:
            self.add_error("first", "Kỳ này không theo năm: hãy ghi từ ngày nào đến hết ngày nào.")
            return None
        if not year:
            self.add_error("year", "Hãy ghi năm, như 2025, hoặc ghi hai ngày.")
            return None
        self._check_number(kind, number)
        return None if self.errors else self._usual(kind, year, number)

    def _usual(self, kind, year, number):
        """The dates that the unit is used to, else those of the calendar."""
        usual = usual_dates(self.unit, kind, number, year) if self.unit else None
        if usual:
            return usual
        months = MONTHS[kind]
        start = 1 if kind not in MOST_IN_A_YEAR else months * (number - 1) + 1
        end = start + months
        after = date(year + (end > 12), (end - 1) % 12 + 1, 1)
        return date(year, start, 1), date.fromordinal(after.toordinal() - 1)

    def _doubt_overlaps(self, period):
        self.overlaps = overlapping(self.unit, period)
        if self.overlaps:
            named = "; ".join(f"“{p.label}” (từ {first:%d/%m/%Y} đến hết {last:%d/%m/%Y})" for p, first, last in self.overlaps)
            self.warnings["last" if self.data.get("last") else "year"] = Doubt(
                "trung-" + "-".join(str(p.pk) for p, _, _ in self.overlaps),
                f"Kỳ từ {period.starts_on:%d/%m/%Y} đến hết {period.ends_on:%d/%m/%Y} trùng ngày với {named}. "
                "Nếu là cùng một kỳ thì nhập vào kỳ đã có; số của một ngày không nên nằm ở hai kỳ.",
                "Vẫn lập kỳ này, trùng ngày là đúng",
            )
