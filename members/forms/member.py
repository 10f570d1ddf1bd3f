"""What a person is asked about a member, what is refused, and what is only looked at again."""

import unicodedata
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError

from ccb import clock
from members.fields import PartialDateFormField
from members.models import FOUNDED_ON, Category, Member, ReasonIn, Sex, Unit
from members.services import co_so_of
from members.vietnamese import fold

DATE_HINT = "Ngày/tháng/năm, ví dụ 19/05/1954. Giấy tờ chỉ có năm thì ghi 1954, có tháng thì ghi 04/1954."
ADULT = 18


@dataclass(frozen=True)
class Doubt:
    """A contradiction that may be true: it can be saved once somebody has ticked that it is."""

    code: str
    text: str
    tick: str = "Đã xem lại, đúng như vậy"


def same_day(day, years):
    """``day`` so many years later; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


class UnitChoice(forms.ModelChoiceField):
    def label_from_instance(self, unit):
        return unit.name


class MemberForm(forms.Form):
    """The register's entry of one person. ``warnings`` and ``unconfirmed`` are filled by cleaning.

    ``stored`` is the member being changed, None for a new one: what was already so raises no new
    doubt. Without ``with_party`` the Party is neither shown nor asked (Law 91/2025/QH15).
    """

    use_required_attribute = False

    name = forms.CharField(
        label="Họ và tên", max_length=120, help_text="Viết có dấu, ví dụ: Lê Văn Mẫu",
        error_messages={"required": "Chưa ghi họ và tên."},
    )
    born = PartialDateFormField(
        label="Ngày sinh", help_text=DATE_HINT, widget=forms.TextInput({"class": "w-date"}),
        error_messages={"required": "Chưa ghi năm sinh. Chỉ biết năm thì ghi như 1954."},
    )
    sex = forms.ChoiceField(
        label="Giới tính", choices=Sex, widget=forms.RadioSelect, error_messages={"required": "Chưa chọn nam hay nữ."}
    )
    category = forms.ChoiceField(
        label="Là", choices=[(Category.CCB, "Cựu chiến binh"), (Category.CQN, "Cựu quân nhân trong Hội")],
        widget=forms.RadioSelect, initial=Category.CCB, error_messages={"required": "Chưa chọn cựu chiến binh hay cựu quân nhân."},
    )
    admitted_on = PartialDateFormField(
        label="Ngày vào Hội", required=False, help_text="Chỉ nhớ năm thì ghi năm, ví dụ 1990.",
        widget=forms.TextInput({"class": "w-date"}),
    )
    card_number = forms.CharField(
        label="Số thẻ hội viên", required=False, max_length=30, widget=forms.TextInput({"class": "w-short"})
    )
    is_party = forms.TypedChoiceField(
        label="Là đảng viên", required=False, choices=[("1", "Đúng"), ("", "Không, hoặc chưa rõ")], widget=forms.RadioSelect,
        coerce=lambda value: value == "1", empty_value=False, initial="",
    )
    party_on = PartialDateFormField(
        label="Ngày vào Đảng", required=False, help_text="Ví dụ 03/02/1975, 02/1975 hoặc 1975.",
        widget=forms.TextInput({"class": "w-date"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, stored=None, with_party=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.stored = stored
        self.warnings = {}
        self.confirmed = set(self.data.getlist("confirm")) if self.is_bound else set()
        if not with_party:
            del self.fields["is_party"], self.fields["party_on"]

    @property
    def unconfirmed(self):
        return {doubt.code for doubt in self.warnings.values()} - self.confirmed

    def is_valid(self):
        return super().is_valid() and not self.unconfirmed

    def doubt(self, field, code, text):
        """Ask for a second look, unless the field already has an error."""
        if field in self.errors:
            return
        before = self.warnings.get(field)
        self.warnings[field] = Doubt(f"{before.code}+{code}", f"{before.text} {text}") if before else Doubt(code, text)

    def touched(self, *names):
        return self.stored is None or bool({*names} & {*self.changed_data})

    def companions(self):
        """The people a new name is compared with: those of the same cơ sở that the user may see."""
        found = Member.objects.filter(co_so=self.stored.co_so_id) if self.stored.co_so_id else Member.objects.filter(unit=self.stored.unit_id)
        return found.exclude(pk=self.stored.pk)

    def clean_name(self):
        name = " ".join(unicodedata.normalize("NFC", self.cleaned_data["name"]).split())
        if any(character.isdigit() for character in name):
            raise ValidationError(f"“{name}” có chữ số. Họ và tên chỉ gồm chữ, ghi như Lê Văn Mẫu.")
        return name

    def clean_born(self):
        born = self.cleaned_data["born"]
        if born and born.first_day > clock.today():
            raise ValidationError(f"Ngày sinh {born} ở sau hôm nay. Xem lại năm đã ghi.")
        return born

    def clean_admitted_on(self):
        admitted = self.cleaned_data["admitted_on"]
        if admitted and admitted.first_day > clock.today():
            raise ValidationError(f"Ngày vào Hội {admitted} ở sau hôm nay. Ghi ngày đã kết nạp, hoặc để trống.")
        return admitted

    def clean(self):
        data = super().clean()
        born, admitted = data.get("born"), data.get("admitted_on")
        if born and admitted and born.first_day > admitted.last_day:
            self.add_error("admitted_on", f"Ngày vào Hội {admitted} có trước ngày sinh {born}. Xem lại một trong hai ô.")
        if "party_on" in self.fields:
            self.check_party(data)
        self.raise_doubts(data)
        return data

    def check_party(self, data):
        born, joined = data.get("born"), data.get("party_on")
        if not joined:
            return
        if joined.first_day > clock.today():
            self.add_error("party_on", f"Ngày vào Đảng {joined} ở sau hôm nay. Xem lại năm đã ghi.")
        elif born and born.first_day > joined.last_day:
            self.add_error("party_on", f"Ngày vào Đảng {joined} có trước ngày sinh {born}. Xem lại một trong hai ô.")
        elif not data.get("is_party"):
            self.add_error("is_party", f"Đã ghi ngày vào Đảng {joined} mà chưa chọn “Đúng”. Chọn “Đúng”, hoặc xóa ngày vào Đảng.")

    def raise_doubts(self, data):
        name, born, admitted = data.get("name"), data.get("born"), data.get("admitted_on")
        if name and " " not in name and self.touched("name"):
            self.doubt("name", "mot-chu", f"Họ và tên chỉ có một chữ “{name}”. Ghi đủ họ, đệm và tên như trong giấy tờ.")
        if name and born and self.touched("name", "born"):
            self.look_for_namesake(name, born)
        if not admitted or not self.touched("born", "admitted_on"):
            return
        if admitted.last_day < FOUNDED_ON:
            self.doubt("admitted_on", "truoc-thanh-lap", f"Ngày vào Hội {admitted} có trước ngày thành lập Hội (06/12/1989).")
        elif born and admitted.last_day < same_day(born.first_day, ADULT):
            self.doubt("admitted_on", "chua-18", f"Sinh {born}, vào Hội {admitted}: lúc đó chưa đủ 18 tuổi. Xem lại hai ngày này.")

    def look_for_namesake(self, name, born):
        """Tells that there is one, never where."""
        if self.companions().filter(folded_name=f" {fold(name)} ", born__startswith=str(born.year)).exists():
            self.doubt(
                "name", "trung-ten",
                f"Trong sổ đã có hội viên tên {name} sinh năm {born.year}. Nếu là người khác thì đánh dấu dưới đây rồi lưu.",
            )


class NewMemberForm(MemberForm):
    """A new entry also says where the person belongs and how he came."""

    field_order = ["name", "born", "sex", "unit", "category", "reason", "admitted_on", "counted_from"]

    unit = UnitChoice(
        label="Chi hội", queryset=Unit.objects.none(), empty_label="Chọn chi hội",
        widget=forms.Select({"class": "w-short"}),
        error_messages={
            "required": "Chưa chọn chi hội.",
            "invalid_choice": "Chi hội này không có trong danh sách của đồng chí. Chọn lại một chi hội.",
        },
    )
    reason = forms.ChoiceField(
        label="Cách vào sổ", widget=forms.RadioSelect, initial=ReasonIn.FIRST,
        choices=[
            (ReasonIn.FIRST, "Hội viên có từ trước, nay ghi vào sổ"),
            (ReasonIn.ADMITTED, "Mới kết nạp"),
            (ReasonIn.TRANSFERRED, "Từ nơi khác chuyển đến"),
        ],
        error_messages={"required": "Chưa chọn cách vào sổ."},
    )
    counted_from = PartialDateFormField(
        label="Tính vào số liệu từ ngày", required=False,
        help_text="Để trống thì tính từ ngày vào Hội; chuyển đến hoặc chưa rõ ngày vào Hội thì tính từ hôm nay.",
        widget=forms.TextInput({"class": "w-date"}),
    )

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units

    def companions(self):
        unit = self.cleaned_data.get("unit")
        if unit is None:
            return Member.objects.none()
        co_so = co_so_of(unit)
        return Member.objects.filter(co_so=co_so) if co_so else Member.objects.filter(unit=unit)

    def clean_counted_from(self):
        typed = self.cleaned_data["counted_from"]
        if typed and typed.day is None:
            raise ValidationError(f"“{typed}” chưa đủ ngày. Ghi đủ ngày/tháng/năm, ví dụ 01/07/2026, hoặc để trống.")
        if typed and typed.first_day > clock.today():
            raise ValidationError(f"Ngày {typed} ở sau hôm nay. Chỉ tính hội viên từ hôm nay trở về trước.")
        return typed.first_day if typed else None

    def clean(self):
        data = super().clean()
        counted, admitted = data.get("counted_from"), data.get("admitted_on")
        if counted and admitted and counted < admitted.first_day:
            self.add_error("counted_from", f"Ngày {counted:%d/%m/%Y} có trước ngày vào Hội {admitted}. Sửa lại, hoặc để trống.")
        if data.get("reason") == ReasonIn.TRANSFERRED and not counted:
            data["counted_from"] = clock.today()
        return data
