"""Asking for a locked period, and opening it for a time."""

from datetime import timedelta

from django import forms

from members.fields import DayFormField


class AskForm(forms.Form):
    use_required_attribute = False

    reason = forms.CharField(
        label="Vì sao xin mở", max_length=250, help_text="Một câu là đủ, ví dụ: ghi sót 2 hội viên từ trần tháng 11.",
        error_messages={"required": "Chưa ghi lý do xin mở."},
    )


class OpenForm(forms.Form):
    """``until``: the last day, inclusive."""

    use_required_attribute = False

    until = DayFormField(
        label="Mở đến hết ngày", help_text="Nhiều nhất 31 ngày, ví dụ 30/11/2026. Hết ngày ấy kỳ tự khóa lại.",
        widget=forms.TextInput({"class": "w-date"}), error_messages={"required": "Chưa ghi mở đến ngày nào."},
    )
    reason = forms.CharField(
        label="Lý do mở khóa", max_length=250, help_text="Câu này lưu cùng lịch sử của kỳ.", error_messages={"required": "Chưa ghi lý do mở khóa."},
    )

    def __init__(self, *args, today, reason="", **kwargs):
        super().__init__(*args, initial={"until": today + timedelta(days=7), "reason": reason}, **kwargs)
