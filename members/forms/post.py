"""Posts and decorations of a person."""

from django import forms
from django.core.exceptions import ValidationError

from ccb import clock
from members.models import IN_ASSOCIATION, Body, Decoration, PostLevel

from .asking import FileForm, day, long, one_of, short

LEVELLED = {Body.PARTY_COMMITTEE, Body.COUNCIL}
INSIDE = [(body, body.label) for body in Body if body in IN_ASSOCIATION]
OUTSIDE = [(body, body.label) for body in Body if body not in IN_ASSOCIATION]


class PostForm(FileForm):
    """``units``: the person's own and those above it, whose bodies he may sit in."""

    boxes = (
        ("Chức vụ", ["body", "unit", "level", "title"]),
        ("Nhiệm kỳ", ["term", "elected", "starts_on", "ends_on", "decision"]),
    )

    body = forms.ChoiceField(
        label="Trong tổ chức nào", choices=[("", "Chọn tổ chức"), ("Trong Hội", INSIDE), ("Ngoài Hội", OUTSIDE)],
        widget=forms.Select({"class": "w-short"}), error_messages={"required": "Chưa chọn tổ chức."},
    )
    unit = forms.ChoiceField(label="Của đơn vị Hội", choices=[], required=False, widget=forms.Select(), help_text="Chỉ cho chức vụ trong Hội.")
    level = forms.ChoiceField(
        label="Cấp", choices=[("", "Không ghi")], required=False, widget=forms.Select({"class": "w-short"}),
        help_text="Cho chức vụ ngoài Hội: cấp ủy, Hội đồng nhân dân.",
    )
    title = long("Chức danh", 80, "Ví dụ Chi hội trưởng, Ủy viên, Đại biểu.", missing="Chưa ghi chức danh.")
    term = short("Nhiệm kỳ", 20, "Ví dụ 2022 - 2027.")
    elected = one_of("Do", [("1", "Bầu cử"), ("0", "Chỉ định, bổ nhiệm"), ("", "Chưa rõ")], initial="")
    starts_on = day("Từ ngày", missing="Chưa ghi ngày bắt đầu. Không rõ ngày thì ghi ngày đầu nhiệm kỳ.")
    ends_on = day("Thôi giữ chức từ ngày", "Để trống khi đang giữ chức.")
    decision = long("Quyết định hoặc biên bản bầu", 120, "Ví dụ 12/QĐ-CCB ngày 05/03/2022.")

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.units = {str(unit.pk): unit for unit in units}
        self.fields["unit"].choices = [("", "Đơn vị đang sinh hoạt"), *((pk, unit.name) for pk, unit in self.units.items())]
        self.fields["level"].choices = [("", "Không ghi"), *((level, level.label[0].upper() + level.label[1:]) for level in PostLevel)]

    def clean_unit(self):
        return self.units.get(self.cleaned_data["unit"])

    def clean_elected(self):
        return {"1": True, "0": False}.get(self.cleaned_data["elected"])

    def clean(self):
        data = super().clean()
        self.not_later_than_today("starts_on", "ends_on")
        body, starts, ends = data.get("body"), data.get("starts_on"), data.get("ends_on")
        if body in LEVELLED and not data.get("level"):
            self.add_error("level", f"Chưa chọn cấp của {Body(body).label}.")
        if body in IN_ASSOCIATION:
            data["level"] = ""
        elif body:
            data["unit"] = None
        if starts and ends and ends < starts:
            self.add_error("ends_on", f"Ngày thôi giữ chức {ends:%d/%m/%Y} có trước ngày bắt đầu {starts:%d/%m/%Y}. Xem lại một trong hai ô.")
        return data


class DecorationForm(FileForm):
    boxes = (("Huân chương, huy chương, kỷ niệm chương", ["kind", "name", "year", "decision"]),)

    kind = one_of("Loại", Decoration.Kind.choices, missing="Chưa chọn loại.")
    name = long("Tên", 120, "Ví dụ Huy chương Kháng chiến hạng Nhì.")
    year = forms.IntegerField(
        label="Năm", required=False, widget=forms.TextInput({"class": "w-date", "inputmode": "numeric"}), help_text="Ví dụ 1985.",
        error_messages={"invalid": "Năm gồm bốn chữ số, ví dụ 1985."},
    )
    decision = long("Quyết định", 120)

    def clean_year(self):
        year = self.cleaned_data["year"]
        if year is not None and not 1945 <= year <= clock.today().year:
            raise ValidationError(f"Năm {year} không đúng: ghi từ 1945 đến {clock.today().year}.")
        return year

    def clean(self):
        data = super().clean()
        if data.get("kind") in (Decoration.Kind.ORDER, Decoration.Kind.MEDAL, Decoration.Kind.OTHER) and not data.get("name"):
            self.add_error("name", "Chưa ghi tên, ví dụ Huy chương Kháng chiến hạng Nhì.")
        return data
