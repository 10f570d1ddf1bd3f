"""Proposals of admission, papers of introduction, and their decisions."""

from ccb import clock
from members.models import Member
from members.services import co_so_of

from .asking import AskingForm, long, partial, short
from .lifecycle import DECISION
from .member import PersonForm, chi_hoi


class AdmissionForm(PersonForm):
    """A chi hội proposes somebody who is in no register yet."""

    boxes = (
        ("1. Người được đề nghị", ["name", "born", "sex", "unit", "category"]),
        ("2. Lai lịch", ["hometown", "address", "phone"]),
        ("3. Quân ngũ", ["enlisted_on", "discharged_on", "rank", "military_unit"]),
        ("4. Đề nghị", ["reason"]),
    )

    unit = chi_hoi("Chi hội")
    hometown = long("Quê quán", 200)
    address = long("Nơi ở", 200)
    phone = short("Điện thoại", 20)
    enlisted_on = partial("Ngày nhập ngũ")
    discharged_on = partial("Ngày xuất ngũ")
    rank = short("Cấp bậc khi xuất ngũ", 40)
    military_unit = long("Đơn vị trong quân đội", 160)
    reason = long("Ý kiến của chi hội", 250, "Ví dụ chi hội họp ngày 02/03/2026, 38/38 đồng chí đồng ý.")

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        del self.fields["version"]

    def companions(self):
        unit = self.cleaned_data.get("unit")
        home = unit and co_so_of(unit)
        return Member.objects.filter(co_so=home) if home else Member.objects.filter(unit=unit)

    def clean(self):
        data = super().clean()
        self.not_later_than_today("enlisted_on", "discharged_on")
        self.in_order("enlisted_on", "discharged_on")
        return data


class AdmitForm(AskingForm):
    boxes = (("Đồng ý kết nạp", ["decision", "admitted_on"]),)

    decision = long("Quyết định kết nạp", 120, DECISION, missing="Chưa ghi quyết định. Ghi số và ngày, ví dụ 12/QĐ-CCB ngày 05/03/2026.")
    admitted_on = partial("Ngày kết nạp", "Ngày quyết định có hiệu lực, ví dụ 05/03/2026.", missing="Chưa ghi ngày kết nạp.")

    def clean(self):
        data = super().clean()
        self.not_later_than_today("admitted_on")
        return data


class AcceptForm(AskingForm):
    boxes = (("Tiếp nhận", ["unit", "arrived_on"]),)

    unit = chi_hoi("Về chi hội")
    arrived_on = partial("Ngày tiếp nhận", "Từ ngày này đồng chí ấy tính ở đơn vị mới.", missing="Chưa ghi ngày tiếp nhận.")

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        self.fields["arrived_on"].initial = f"{clock.today():%d/%m/%Y}"

    def clean(self):
        data = super().clean()
        self.not_later_than_today("arrived_on")
        return data


class RefuseForm(AskingForm):
    boxes = (("Không chấp nhận", ["reason"]),)

    reason = long("Lý do", 250, "Nơi đề nghị sẽ đọc dòng này.", missing="Chưa ghi lý do không chấp nhận; nơi đề nghị sẽ đọc dòng này.")


class TransferForm(AskingForm):
    """To another cơ sở: a paper of introduction. Without a decision number nothing is refused."""

    boxes = (("Giấy giới thiệu", ["left_on", "decision", "reason"]),)

    left_on = partial("Ngày giới thiệu", missing="Chưa ghi ngày giới thiệu.")
    decision = long("Số giấy giới thiệu", 120, "Ví dụ 07/GT-CCB.")
    reason = long("Lý do chuyển", 250, "Ví dụ về ở với con tại nơi mới.")

    def clean(self):
        data = super().clean()
        self.not_later_than_today("left_on")
        return data


class MoveForm(AskingForm):
    """To another chi hội of the same cơ sở."""

    boxes = (("Chuyển trong cơ sở", ["unit", "true_day", "decision"]),)

    unit = chi_hoi("Sang chi hội")
    true_day = partial("Từ ngày", missing="Chưa ghi ngày chuyển.")
    decision = long("Quyết định", 120, "Nếu có.")

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units

    def clean(self):
        data = super().clean()
        self.not_later_than_today("true_day")
        return data
