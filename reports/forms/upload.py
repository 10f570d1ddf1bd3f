"""The form for workbooks sent by a secretary."""

from django import forms
from django.core.exceptions import ValidationError

from reports.services.uploads import FILES_AT_ONCE


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files; cleans to a list."""

    def clean(self, data, initial=None):
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in files or [None]]


class UploadForm(forms.Form):
    files = FilesField(
        label="Tệp Excel (.xlsx)",
        help_text="Chọn một hoặc nhiều tệp, cộng lại không quá 10 MB. Chương trình cho xem trước, chưa lưu ngay.",
        widget=ManyFiles(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": "Chưa chọn tệp nào. Bấm vào ô rồi chọn tệp Excel trong máy.",
            "empty": "Tệp này rỗng. Hãy mở tệp bằng Excel, kiểm tra rồi lưu lại.",
            "invalid": "Chưa nhận được tệp. Hãy chọn lại tệp rồi gửi.",
        },
    )
    create_units = forms.BooleanField(label="Lập đơn vị mới cho mã chưa có", required=False)
    create_indicators = forms.BooleanField(label="Thêm chỉ tiêu mới cho mã chưa có", required=False)

    def __init__(self, *args, may_create=(), **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"create_units", "create_indicators"} - {*may_create}:
            del self.fields[name]

    def clean_files(self):
        files = self.cleaned_data["files"]
        if len(files) > FILES_AT_ONCE:
            raise ValidationError(f"Mỗi lần gửi nhiều nhất {FILES_AT_ONCE} tệp; đồng chí đã chọn {len(files)}.")
        for file in files:
            if not file.name.lower().endswith(".xlsx"):
                raise ValidationError(
                    f"Tệp “{file.name}” không phải .xlsx. Hãy mở bằng Excel, chọn Lưu thành (Save As), loại Excel Workbook (.xlsx)."
                )
        return files
