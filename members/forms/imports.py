"""Sending a list of members, saying what its columns are, taking a list out."""

from django import forms
from django.core.exceptions import ValidationError

from members.models import Sex
from members.services.lists.columns import COLUMNS
from members.services.lists.encodings import NAMES

from .asking import AskingForm, long
from .member import UnitChoice

LONGEST_PASTE = 200_000
ENDINGS = (".xlsx", ".xls")


class UploadForm(AskingForm):
    boxes = (("", ["unit", "file", "pasted"]),)

    unit = UnitChoice(
        label="Danh sách của đơn vị", queryset=None, empty_label=None, help_text="Cả cơ sở nếu danh sách có cột Chi hội, hoặc một chi hội.",
        error_messages={"required": "Chưa chọn đơn vị.", "invalid_choice": "Đơn vị này không có trong phạm vi của đồng chí. Chọn lại."},
    )
    file = forms.FileField(
        label="Tệp Excel", required=False, help_text="Dạng .xlsx hoặc .xls, không quá 10 MB. Chương trình cho xem trước, chưa ghi ngay.",
        widget=forms.ClearableFileInput({"accept": ".xlsx,.xls"}),
        error_messages={"empty": "Tệp này rỗng. Mở tệp bằng Excel, kiểm tra rồi lưu lại.", "invalid": "Chưa nhận được tệp. Chọn lại tệp rồi gửi."},
    )
    pasted = forms.CharField(
        label="Hoặc dán danh sách", required=False, max_length=LONGEST_PASTE, strip=False,
        help_text="Bôi đen bảng trong Excel, sao chép rồi dán vào đây. Không có dòng tên cột thì các cột theo thứ tự: họ và tên, ngày sinh, giới tính, ngày vào Hội, số thẻ, điện thoại, nơi ở.",
        widget=forms.Textarea({"rows": 6, "wrap": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and not file.name.lower().endswith(ENDINGS):
            raise ValidationError(
                f"Tệp “{file.name[:80]}” không phải .xlsx hay .xls. Mở bằng Excel, chọn Lưu thành (Save As), loại Excel Workbook (.xlsx).")
        return file

    def clean(self):
        data = super().clean()
        if not self.errors and not data.get("file") and not data.get("pasted", "").strip():
            self.add_error("file", "Chưa chọn tệp. Chọn tệp Excel trong máy, hoặc dán danh sách vào ô bên dưới.")
        return data


class ColumnsForm(forms.Form):
    """A choice for every column of the sheet, one of its font where letters beyond ASCII stand, and what an unsaid sex means."""

    use_required_attribute = False

    sex = forms.ChoiceField(
        label="Người không ghi nam hay nữ", required=False, widget=forms.Select({"class": "w-short"}),
        choices=[("", "Không nhận dòng ấy, để tôi ghi thêm"), *((value, f"Ghi là {label}") for value, label in Sex.choices)],
    )

    def __init__(self, *args, columns, mapping, encoded, private=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.columns = columns
        self.fields["sex"].initial = mapping.get("sex", "")
        keys = [("", "Không lấy cột này"), *((key, column.label) for key, column in COLUMNS.items() if private or not column.private)]
        for i, letter, label, _, _ in columns:
            name = label or f"cột {letter}"
            asked = mapping["columns"].get(str(i), "")
            self.fields[f"c{i}"] = forms.ChoiceField(label=f"Cột {letter} “{name}” là", choices=keys, required=False, initial=asked if asked in dict(keys) else "")
            if i in encoded:
                self.fields[f"e{i}"] = forms.ChoiceField(
                    label=f"Phông chữ của cột {letter}", choices=list(NAMES.items()), required=False, initial=mapping["encodings"].get(str(i), ""))

    def drawn(self):
        """(letter, label, before, after, the choice, the font or None)."""
        for i, letter, label, before, after in self.columns:
            yield letter, label, before, after, self[f"c{i}"], self[f"e{i}"] if f"e{i}" in self.fields else None

    def chosen(self):
        data = self.cleaned_data
        return (
            {i: data[f"c{i}"] for i, *_ in self.columns},
            {i: data.get(f"e{i}", "") for i, *_ in self.columns},
            data["sex"],
        )


class ExportForm(AskingForm):
    boxes = (("", ["unit", "reason"]),)

    unit = UnitChoice(
        label="Danh sách của đơn vị", queryset=None, empty_label=None,
        error_messages={"required": "Chưa chọn đơn vị.", "invalid_choice": "Đơn vị này không có trong phạm vi của đồng chí. Chọn lại."},
    )
    reason = long("Lý do lấy danh sách", 250, "Ví dụ in danh sách bầu cử chi hội năm 2026. Lý do được ghi lại cùng tên đồng chí.", missing="Chưa ghi lý do. Một câu là đủ.")

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
