"""The parts of a person's file that are saved alone, in the order of Mẫu 02."""

import re

from django import forms
from django.core.exceptions import ValidationError

from members.models import WOUNDED_GRADES, StatusKind, WarPeriod
from members.services.private import KINDS, clean_cccd, same_cccd
from members.services.statuses import PLAIN_STATUSES, Held
from members.vietnamese import fold

from .asking import FileForm, long, one_of, partial, short

SINCE_HINT = "Theo giấy tờ, ví dụ 03/02/1975, 02/1975 hoặc 1975."


class ContactForm(FileForm):
    boxes = (("Lai lịch và liên hệ", ["hometown", "address", "phone", "note"]),)

    hometown = long("Quê quán", 200, "Như trong giấy tờ, ví dụ xã Nga Thắng, huyện Nga Sơn, Thanh Hóa.")
    address = long("Nơi ở", 200, "Ví dụ thôn Đông, xã Thanh Sơn.")
    phone = short("Điện thoại", 20, "Ví dụ 0912 345 678.")
    note = long("Ghi chú", 250)

    def clean_phone(self):
        typed = self.cleaned_data["phone"].strip()
        digits = re.sub(r"[\s.()-]", "", typed)
        if typed and not re.fullmatch(r"\+?[0-9]{8,15}", digits):
            raise ValidationError("Số điện thoại này không đúng: chỉ gồm 8 đến 15 chữ số, có thể có dấu cách. Ghi như 0912 345 678.")
        return typed


class ServiceForm(FileForm):
    boxes = (("Quân ngũ", ["enlisted_on", "discharged_on", "rank", "military_post", "military_unit", "periods"]),)

    enlisted_on = partial("Ngày nhập ngũ")
    discharged_on = partial("Ngày xuất ngũ", "Ví dụ 05/1978. Nghỉ hưu, chuyển ngành cũng ghi ở đây.")
    rank = short("Cấp bậc khi xuất ngũ", 40, "Ví dụ Thượng sĩ.")
    military_post = long("Chức vụ trong quân đội", 80, "Ví dụ Tiểu đội trưởng.")
    military_unit = long("Đơn vị trong quân đội", 160, "Ví dụ Tiểu đoàn 5, Trung đoàn 95, Sư đoàn 325.")
    periods = forms.MultipleChoiceField(
        label="Thời kỳ tham gia", choices=[(p, p.label[0].upper() + p.label[1:]) for p in WarPeriod], required=False,
        widget=forms.CheckboxSelectMultiple, help_text="Đánh dấu mọi thời kỳ đã tham gia.",
    )

    def clean(self):
        data = super().clean()
        self.not_later_than_today("enlisted_on", "discharged_on")
        self.in_order("enlisted_on", "discharged_on")
        born, enlisted = self.stored.born, data.get("enlisted_on")
        if born and enlisted and "enlisted_on" not in self.errors:
            if enlisted.last_day < born.first_day:
                self.add_error("enlisted_on", f"Ngày nhập ngũ {enlisted} có trước ngày sinh {born}. Xem lại, hoặc sửa ngày sinh.")
            elif enlisted.year - born.year < 14 and self.touched("enlisted_on"):
                self.doubt("enlisted_on", "nhap-ngu-som", f"Sinh {born}, nhập ngũ {enlisted}: lúc đó mới {enlisted.year - born.year} tuổi. Xem lại.")
        return data


class StudyForm(FileForm):
    boxes = (("Học vấn và chuyên môn", ["education", "political_theory", "qualification"]),)

    education = short("Học vấn", 40, "Ví dụ 7/10, 12/12, Đại học.")
    political_theory = short("Lý luận chính trị", 40, "Ví dụ Sơ cấp, Trung cấp, Cao cấp.")
    qualification = long("Chuyên môn", 80, "Ví dụ Trung cấp nông nghiệp, Lái xe.")


class StatusFields(FileForm):
    """Three fields a kind: whether, since when, and until when for one that is held."""

    kinds = ()
    graded = {StatusKind.WOUNDED: ("grade", "rate"), StatusKind.SICK: ("rate",), StatusKind.AGENT_ORANGE: ("rate",)}

    def __init__(self, *args, held=(), **kwargs):
        """``held``: kinds in force now; only for those an end is asked."""
        super().__init__(*args, **kwargs)
        self.held = {*held}
        self.add_kinds()
        self.arrange()

    @classmethod
    def names_of(cls, kind):
        return [f"{kind}_{part}" for part in ("holds", "since", *cls.graded.get(kind, ()), "until")]

    def add_kinds(self):
        for kind, label in self.kinds:
            self.fields[f"{kind}_holds"] = one_of(label, [("1", "Có"), ("", "Không, hoặc chưa rõ")], initial="")
            self.fields[f"{kind}_since"] = partial(f"{label} từ ngày", SINCE_HINT)
            if "grade" in self.graded.get(kind, ()):
                self.fields[f"{kind}_grade"] = forms.ChoiceField(
                    label="Hạng thương binh", required=False, choices=[("", "Chưa rõ"), *((g, g) for g in WOUNDED_GRADES)],
                    widget=forms.Select({"class": "w-date"}),
                )
            if "rate" in self.graded.get(kind, ()):
                self.fields[f"{kind}_rate"] = forms.IntegerField(
                    label="Tỷ lệ tổn thương (%)", required=False, min_value=1, max_value=100, help_text="Số từ 1 đến 100, ví dụ 31.",
                    widget=forms.TextInput({"class": "w-date", "inputmode": "numeric"}),
                    error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Tỷ lệ tổn thương là một số từ 1 đến 100, ví dụ 31."),
                )
            if kind in self.held:
                self.fields[f"{kind}_until"] = partial("Thôi từ ngày", "Chỉ ghi khi chọn “Không” ở trên; để trống thì tính từ hôm nay.")

    def clean(self):
        data = super().clean()
        for kind, label in self.kinds:
            since, until, holds = f"{kind}_since", f"{kind}_until", data.get(f"{kind}_holds")
            self.not_later_than_today(since, *([until] if until in self.fields else []))
            said = [name for name in (since, f"{kind}_grade", f"{kind}_rate") if name in self.changed_data and data.get(name)]
            if not holds and said and kind not in self.held:
                self.add_error(f"{kind}_holds", f"Đã ghi thêm về “{label}” mà chưa chọn “Có”. Chọn “Có”, hoặc xóa ô đã ghi.")
            if holds and data.get(until):
                self.add_error(until, f"“{label}” đang chọn “Có” mà lại ghi ngày thôi. Chọn “Không”, hoặc xóa ngày thôi.")
            if until in self.fields:
                self.in_order(since, until)
            born = self.stored.born
            if born and data.get(since) and since not in self.errors and data[since].last_day < born.first_day:
                self.add_error(since, f"Ngày {data[since]} có trước ngày sinh {born}. Xem lại năm đã ghi.")
        return data

    def said(self):
        """kind → ``Held``."""
        data = self.cleaned_data
        return {
            kind: Held(
                bool(data[f"{kind}_holds"]), data[f"{kind}_since"], data.get(f"{kind}_until"), data.get(f"{kind}_grade") or "", data.get(f"{kind}_rate"),
            )
            for kind, _ in self.kinds
        }


def initial_of(rows):
    """Open rows of statuses as the boxes of ``StatusFields``."""
    found = {}
    for row in rows:
        if row.ends_on is None:
            found |= {f"{row.kind}_holds": "1", f"{row.kind}_since": row.true_start, f"{row.kind}_grade": row.grade, f"{row.kind}_rate": row.rate}
    return found


class StatusForm(StatusFields):
    """Policy and benefits that are not sensitive."""

    kinds = PLAIN_STATUSES

    def __init__(self, *args, **kwargs):
        self.boxes = [(label, self.names_of(kind)) for kind, label in self.kinds]
        super().__init__(*args, **kwargs)




class PrivateForm(StatusFields):
    """The private part: written by those who may open it."""

    kinds = [(kind, kind.label) for kind in KINDS]

    cccd = short("Số căn cước", 20, "12 chữ số trên thẻ căn cước.")
    ethnicity = short("Dân tộc", 40, "Ví dụ Kinh, Tày, Mường.")
    religion = short("Tôn giáo", 40, "Không theo thì ghi Không.")
    party_badge = short("Huy hiệu Đảng", 20, "Ví dụ 40 năm.")

    def __init__(self, *args, **kwargs):
        labels = dict(self.kinds)
        self.boxes = [
            ("Giấy tờ tùy thân", ["cccd", "ethnicity", "religion"]),
            ("Đảng", [*self.names_of(StatusKind.PARTY), "party_badge"]),
            *((labels[kind], self.names_of(kind)) for kind in KINDS if kind != StatusKind.PARTY),
        ]
        super().__init__(*args, **kwargs)

    def clean_cccd(self):
        return clean_cccd(self.cleaned_data["cccd"])

    def clean_ethnicity(self):
        typed = " ".join(self.cleaned_data["ethnicity"].split())
        return "Kinh" if fold(typed) == "kinh" else typed

    def clean(self):
        data = super().clean()
        if data.get("cccd") and self.touched("cccd") and same_cccd(number=data["cccd"], but=self.stored):
            self.doubt("cccd", "trung-can-cuoc", "Trong sổ đã có người mang số căn cước này. Xem lại số trên thẻ; nếu một người có hai hồ sơ thì gộp lại.")
        return data
