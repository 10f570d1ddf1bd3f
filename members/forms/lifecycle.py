"""Endings, measures, and ways back."""

from members.models import Discipline

from .asking import AskingForm, long, one_of, partial
from .member import chi_hoi

DECISION = "Số và ngày, ví dụ 12/QĐ-CCB ngày 05/03/2026."


class EndForm(AskingForm):
    """``by_decision``: a decision and its reason are asked for."""

    boxes = (("", ["true_end", "decision", "note"]),)

    true_end = partial("Ngày", "Ví dụ 12/05/2026; chỉ rõ tháng thì ghi 05/2026.", missing="Chưa ghi ngày. Chỉ rõ tháng hay năm thì ghi như 05/2026 hoặc 2026.")
    decision = long("Quyết định", 120, DECISION)
    note = long("Lý do, ghi chú", 250)

    def __init__(self, *args, day_label, by_decision, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["true_end"].label = day_label
        if by_decision:
            for name, words in (("decision", "Chưa ghi quyết định. Ghi số và ngày, ví dụ 12/QĐ-CCB ngày 05/03/2026."), ("note", "Chưa ghi lý do.")):
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = words
            self.fields["note"].label = "Lý do"

    def clean(self):
        data = super().clean()
        self.not_later_than_today("true_end")
        return data


class DisciplineForm(AskingForm):
    boxes = (("Kỷ luật", ["kind", "true_day", "decision", "reason"]),)

    kind = one_of(
        "Hình thức", [(k, k.label[0].upper() + k.label[1:]) for k in Discipline.Kind if k != Discipline.Kind.EXPULSION], missing="Chưa chọn hình thức.",
        hint="Khai trừ ghi ở “Ra khỏi Hội”.",
    )
    true_day = partial("Ngày quyết định", missing="Chưa ghi ngày quyết định.")
    decision = long("Quyết định", 120, DECISION, missing="Chưa ghi quyết định. Ghi số và ngày, ví dụ 12/QĐ-CCB ngày 05/03/2026.")
    reason = long("Lý do", 250, missing="Chưa ghi lý do.")

    def clean(self):
        data = super().clean()
        self.not_later_than_today("true_day")
        return data


class UndoForm(AskingForm):
    boxes = (("", ["why"]),)

    why = long("Vì sao bỏ lần ghi này", 200, "Ví dụ ghi nhầm sang người cùng tên.", missing="Chưa ghi vì sao bỏ lần ghi này.")


class ReturnForm(AskingForm):
    boxes = (("Kết nạp lại", ["unit", "true_start", "decision"]),)

    unit = chi_hoi("Sinh hoạt ở")
    true_start = partial("Ngày vào lại", missing="Chưa ghi ngày vào lại. Chỉ rõ tháng thì ghi như 05/2026.")
    decision = long("Quyết định", 120, DECISION, missing="Chưa ghi quyết định. Ghi số và ngày, ví dụ 12/QĐ-CCB ngày 05/03/2026.")

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units

    def clean(self):
        data = super().clean()
        self.not_later_than_today("true_start")
        return data
