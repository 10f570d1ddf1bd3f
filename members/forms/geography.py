"""A newer table of provinces and communes, sent as a CSV file."""

from django import forms
from django.core.exceptions import ValidationError

from members.geography import MOST_BYTES, TableRefused, read


class TableForm(forms.Form):
    """``cleaned_data["table"]`` is the list of places of the file."""

    use_required_attribute = False

    table = forms.FileField(
        label="Tệp CSV mới hơn", widget=forms.FileInput(attrs={"accept": ".csv"}),
        help_text="Cùng các cột như danh mục kèm chương trình, mã hóa UTF-8, dưới 1 MB. Chỉ đối chiếu, chưa ghi gì.",
        error_messages={
            "required": "Chưa chọn tệp nào. Bấm vào ô rồi chọn tệp CSV trong máy.", "empty": "Tệp này rỗng. Xem lại rồi gửi lại.",
            "invalid": "Chưa nhận được tệp. Hãy chọn lại tệp rồi gửi.",
        },
    )

    def clean_table(self):
        file = self.cleaned_data["table"]
        try:
            return read(file.read(MOST_BYTES + 1))
        except TableRefused as refused:
            raise ValidationError(f"Tệp “{file.name}” bị từ chối. {refused}") from refused
