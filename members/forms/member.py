"""Who a person is and since when he belongs to the Hội: what is asked, refused, and only looked at again."""

import unicodedata

from django import forms
from django.core.exceptions import ValidationError

from ccb import clock
from members.fields import DayFormField
from members.models import FOUNDED_ON, Category, Member, ReasonIn, Sex, Unit
from members.services import co_so_of
from members.vietnamese import fold

from .asking import DATE_HINT, FileForm, long, one_of, partial, short

ADULT = 18
PARTY = ("is_party", "party_on")
REASONS = [
    (ReasonIn.FIRST, "Hội viên có từ trước, nay ghi vào sổ"),
    (ReasonIn.ADMITTED, "Mới kết nạp"),
    (ReasonIn.TRANSFERRED, "Từ nơi khác chuyển đến"),
]


def same_day(day, years):
    """``day`` so many years later; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def clean_name(text):
    """A name in NFC with single spaces. Raises ``ValidationError`` for one with digits."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if any(character.isdigit() for character in name):
        raise ValidationError(f"“{name}” có chữ số. Họ và tên chỉ gồm chữ, ghi như Lê Văn Mẫu.")
    return name


class UnitChoice(forms.ModelChoiceField):
    def label_from_instance(self, unit):
        return unit.name


def chi_hoi(label):
    """A field for one of the chi hội that the form is given."""
    return UnitChoice(
        label=label, queryset=Unit.objects.none(), empty_label="Chọn chi hội", widget=forms.Select({"class": "w-short"}),
        error_messages={
            "required": "Chưa chọn chi hội.",
            "invalid_choice": "Chi hội này không có trong danh sách của đồng chí. Chọn lại một chi hội.",
        },
    )


class PersonForm(FileForm):
    """Name, birth and sex, with what is strange about them. ``stored`` is None for a new person.

    What was already so raises no new doubt.
    """

    name = long("Họ và tên", 120, "Viết có dấu, ví dụ: Lê Văn Mẫu", missing="Chưa ghi họ và tên.")
    born = partial("Ngày sinh", DATE_HINT, missing="Chưa ghi năm sinh. Chỉ biết năm thì ghi như 1954.")
    sex = one_of("Giới tính", Sex.choices, missing="Chưa chọn nam hay nữ.")
    category = one_of(
        "Là", [(Category.CCB, "Cựu chiến binh"), (Category.CQN, "Cựu quân nhân trong Hội")], initial=Category.CCB,
        missing="Chưa chọn cựu chiến binh hay cựu quân nhân.",
    )

    def companions(self):
        """The people a new name is compared with: those of the same cơ sở that the user may see."""
        found = Member.objects.filter(co_so=self.stored.co_so_id) if self.stored.co_so_id else Member.objects.filter(unit=self.stored.unit_id)
        return found.exclude(pk=self.stored.pk)

    def clean_name(self):
        return clean_name(self.cleaned_data["name"])

    def clean_born(self):
        born = self.cleaned_data["born"]
        if born and born.first_day > clock.today():
            raise ValidationError(f"Ngày sinh {born} ở sau hôm nay. Xem lại năm đã ghi.")
        return born

    def clean(self):
        data = super().clean()
        name, born = data.get("name"), data.get("born")
        if name and " " not in name and self.touched("name"):
            self.doubt("name", "mot-chu", f"Họ và tên chỉ có một chữ “{name}”. Ghi đủ họ, đệm và tên như trong giấy tờ.")
        if name and born and self.touched("name", "born"):
            self.look_for_namesake(name, born)
        return data

    def look_for_namesake(self, name, born):
        """Tells that there is one, never where."""
        if self.companions().filter(folded_name=f" {fold(name)} ", born__startswith=str(born.year)).exists():
            self.doubt(
                "name", "trung-ten",
                f"Trong sổ đã có hội viên tên {name} sinh năm {born.year}. Nếu là người khác thì đánh dấu dưới đây rồi lưu.",
            )


class MemberForm(PersonForm):
    """The register's entry of one person, without the Party: that is asked with a new entry, else stands in the private part."""

    boxes = (
        ("1. Người", ["name", "born", "sex", "category"]),
        ("2. Hội", ["admitted_on", "card_number"]),
    )

    admitted_on = partial("Ngày vào Hội", "Chỉ nhớ năm thì ghi năm, ví dụ 1990. Không rõ thì để trống.")
    card_number = short("Số thẻ hội viên", 30)

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
        elif admitted and self.touched("born", "admitted_on"):
            self.doubt_admission(born, admitted)
        return data

    def doubt_admission(self, born, admitted):
        if admitted.last_day < FOUNDED_ON:
            self.doubt("admitted_on", "truoc-thanh-lap", f"Ngày vào Hội {admitted} có trước ngày thành lập Hội (06/12/1989).")
        elif born and admitted.last_day < same_day(born.first_day, ADULT):
            self.doubt("admitted_on", "chua-18", f"Sinh {born}, vào Hội {admitted}: lúc đó chưa đủ 18 tuổi. Xem lại hai ngày này.")


class NewMemberForm(MemberForm):
    """A new entry also says where the person belongs and how he came.

    ``decides``: whether the user enters people whom the cơ sở admitted or received; without it only those
    who were members before. Without ``with_party`` the Party is neither shown nor asked (Law 91/2025/QH15).
    """

    boxes = (
        ("1. Người và nơi sinh hoạt", ["name", "born", "sex", "unit", "category"]),
        ("2. Hội và Đảng", ["admitted_on", "card_number", *PARTY]),
        ("3. Ghi vào sổ", ["reason", "counted_from"]),
    )

    unit = chi_hoi("Chi hội")
    is_party = forms.TypedChoiceField(
        label="Là đảng viên", required=False, choices=[("1", "Đúng"), ("", "Không, hoặc chưa rõ")], widget=forms.RadioSelect,
        coerce=lambda value: value == "1", empty_value=False, initial="",
    )
    party_on = partial("Ngày vào Đảng", "Ví dụ 03/02/1975, 02/1975 hoặc 1975.")
    reason = one_of("Cách vào sổ", REASONS, initial=ReasonIn.FIRST, missing="Chưa chọn cách vào sổ.")
    counted_from = DayFormField(
        label="Tính vào số liệu từ ngày", required=False,
        help_text="Để trống thì tính từ ngày vào Hội; chuyển đến hoặc chưa rõ ngày vào Hội thì tính từ hôm nay.",
        widget=forms.TextInput({"class": "w-date"}),
    )

    def __init__(self, *args, units, with_party=True, decides=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        for name in PARTY:
            self.fields[name].widget.attrs["data-no-draft"] = True
            if not with_party:
                del self.fields[name]
        if not decides:
            self.fields["reason"].choices = REASONS[:1]

    def companions(self):
        unit = self.cleaned_data.get("unit")
        if unit is None:
            return Member.objects.none()
        co_so = co_so_of(unit)
        return Member.objects.filter(co_so=co_so) if co_so else Member.objects.filter(unit=unit)

    def clean_counted_from(self):
        counted = self.cleaned_data["counted_from"]
        if counted and counted > clock.today():
            raise ValidationError(f"Ngày {counted:%d/%m/%Y} ở sau hôm nay. Chỉ tính hội viên từ hôm nay trở về trước.")
        return counted

    def clean(self):
        data = super().clean()
        counted, admitted = data.get("counted_from"), data.get("admitted_on")
        if counted and admitted and counted < admitted.first_day:
            self.add_error("counted_from", f"Ngày {counted:%d/%m/%Y} có trước ngày vào Hội {admitted}. Sửa lại, hoặc để trống.")
        if data.get("reason") == ReasonIn.TRANSFERRED and not counted:
            data["counted_from"] = clock.today()
        if "party_on" in self.fields:
            self.check_party(data)
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
