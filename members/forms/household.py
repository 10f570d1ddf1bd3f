"""The household a person lives in, and how it lives."""

from django import forms

from ccb import clock
from members.models import House, Living

from .asking import FileForm, day, long, one_of

NONE, NEW, JOIN, STAY = "khong", "moi", "vao", "giu"
UNKNOWN = [("", "Chưa rõ")]


class HouseholdChoice(forms.ModelChoiceField):
    def label_from_instance(self, household):
        where = f", {household.address}" if household.address else ""
        return f"{household}{where}"


class HouseholdForm(FileForm):
    """``households``: those of the person's unit, but his own."""

    boxes = (
        ("Hộ gia đình", ["choice", "household", "is_head", "head_name"]),
        ("Mức sống của hộ", ["living", "house", "since"]),
        ("Làm ăn", ["livelihood"]),
    )

    choice = one_of("Hộ của đồng chí này", [], missing="Chưa chọn hộ.")
    household = HouseholdChoice(
        label="Vào hộ nào", queryset=None, required=False, empty_label="Chọn hộ", widget=forms.Select({"class": "w-short"}),
        help_text="Chỉ chọn khi ở trên đã chọn “Vào hộ đã có trong sổ”.",
        error_messages={"invalid_choice": "Hộ này không có trong danh sách của đơn vị. Chọn lại."},
    )
    is_head = one_of("Trong hộ, đồng chí này", [("1", "Là chủ hộ"), ("", "Không phải chủ hộ")], initial="")
    head_name = long("Họ tên chủ hộ", 120, "Ghi khi chủ hộ là người khác, không phải hội viên.")
    living = one_of("Mức sống", [*UNKNOWN, *Living.choices])
    house = one_of("Nhà ở", [*UNKNOWN, *House.choices])
    since = day("Tính từ ngày", "Ngày hộ bắt đầu có mức sống, nhà ở như trên. Để trống thì tính từ hôm nay.")
    livelihood = long("Mô hình kinh tế", 160, "Ví dụ trang trại nuôi bò, 12 con.")

    def __init__(self, *args, households, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["household"].queryset = households
        own = self.stored.household
        choices = [(STAY, f"Ở {own}".replace("Ở Hộ", "Ở hộ"))] if own else [(NONE, "Chưa ghi hộ")]
        choices += [(NEW, "Lập hộ mới")]
        if households:
            choices.append((JOIN, "Vào hộ đã có trong sổ"))
        if own:
            choices.append((NONE, "Ra khỏi hộ này"))
        self.fields["choice"].choices = choices
        self.fields["choice"].initial = STAY if own else NONE
        if not households:
            del self.fields["household"]

    def clean(self):
        data = super().clean()
        self.not_later_than_today("since")
        choice = data.get("choice")
        if choice == JOIN and not data.get("household") and "household" not in self.errors:
            self.add_error("household", "Đã chọn “Vào hộ đã có trong sổ” mà chưa chọn hộ nào. Chọn một hộ trong danh sách.")
        if choice == NEW and not data.get("is_head") and not data.get("head_name"):
            self.add_error("head_name", "Chưa ghi chủ hộ. Đồng chí ấy là chủ hộ thì chọn “Là chủ hộ”, không thì ghi họ tên chủ hộ.")
        if choice == NONE and (data.get("living") or data.get("house")):
            self.add_error("choice", "Mức sống và nhà ở ghi theo hộ. Lập hộ mới hoặc chọn một hộ, rồi ghi mức sống.")
        if data.get("is_head") and data.get("head_name"):
            self.add_error("head_name", "Đã chọn “Là chủ hộ” mà còn ghi tên chủ hộ khác. Bỏ một trong hai.")
        data["since"] = data.get("since") or clock.today()
        return data
