"""The parts of a person's file that are opened and saved one by one."""

from django.http import Http404

from members.forms.household import JOIN, NEW, NONE, HouseholdForm
from members.forms.sections import (
    ContactForm,
    ServiceForm,
    StatusForm,
    StudyForm,
    initial_of,
)
from members.models import Household
from members.services.households import Condition, of_unit, open_condition, set_household
from members.services.register import change_member, change_service, change_statuses
from members.services.statuses import plain_statuses

from .file import MemberFormPage

SERVICE = ["enlisted_on", "discharged_on", "rank", "military_post", "military_unit"]


class FilePart(MemberFormPage):
    """``fields`` are columns of the member's row."""

    fields = ()

    def initial(self, member):
        return {name: getattr(member, name) for name in self.fields}

    def options(self, member):
        return {"stored": member}

    def save(self, form):
        values = form.values()
        return change_member(member=self.member, version=form.cleaned_data["version"] or 0, by=self.request.user, **values)


class Contact(FilePart):
    form_class, title, said = ContactForm, "Lai lịch và liên hệ", "Đã lưu lai lịch và liên hệ"
    fields = ["hometown", "address", "phone", "note"]


class Study(FilePart):
    form_class, title, said = StudyForm, "Học vấn và chuyên môn", "Đã lưu học vấn và chuyên môn"
    fields = ["education", "political_theory", "qualification"]


class Service(FilePart):
    form_class, title, said = ServiceForm, "Quân ngũ", "Đã lưu phần quân ngũ"
    help_line = "Ghi như trong giấy tờ; chỗ nào không rõ thì để trống."
    fields = SERVICE

    def initial(self, member):
        return super().initial(member) | {"periods": [row.period for row in member.war_services.all()]}

    def save(self, form):
        return change_service(member=self.member, version=form.cleaned_data["version"] or 0, by=self.request.user, **form.values())


class Statuses(FilePart):
    form_class, title, said = StatusForm, "Chính sách, bảo hiểm, việc làm", "Đã lưu phần chính sách"
    keeps = False
    help_line = "Thương binh, bệnh binh, chất độc hóa học và Đảng ghi ở phần riêng của hồ sơ."

    def initial(self, member):
        return initial_of(plain_statuses(member))

    def options(self, member):
        return {"stored": member, "held": plain_statuses(member).filter(ends_on=None).values_list("kind", flat=True)}

    def save(self, form):
        return change_statuses(member=self.member, version=form.cleaned_data["version"] or 0, held=form.said(), by=self.request.user)


class Home(FilePart):
    form_class, title, said = HouseholdForm, "Đời sống, hộ gia đình", "Đã lưu phần đời sống"
    help_line = "Mức sống và nhà ở ghi theo hộ: người cùng hộ không phải ghi lại."

    def initial(self, member):
        found = {"livelihood": member.livelihood}
        if member.household:
            now = open_condition(member.household)
            found |= {"is_head": "1" if member.household.head_id == member.pk else "", "head_name": member.household.head_name}
            found |= {"living": now.living, "house": now.house} if now else {}
        return found

    def options(self, member):
        return {"stored": member, "households": of_unit(member.unit).exclude(pk=member.household_id)}

    def save(self, form):
        data = form.cleaned_data
        household = {
            NEW: Household(unit=self.member.unit), JOIN: data.get("household"), NONE: None,
        }.get(data["choice"], self.member.household)
        said = {"living", "house"} & {*form.changed_data} if data["choice"] == JOIN else household is not None
        return set_household(
            member=self.member, version=data["version"] or 0, household=household, head=bool(data["is_head"]), head_name=data["head_name"],
            condition=Condition(data["living"], data["house"], data["since"]) if said else None, livelihood=data["livelihood"],
            by=self.request.user,
        )


PARTS = {"lai-lich": Contact, "quan-ngu": Service, "hoc-van": Study, "chinh-sach": Statuses, "doi-song": Home}


def part(request, pk, slug):
    """The part of the file that the address names."""
    if slug not in PARTS:
        raise Http404
    return PARTS[slug].as_view()(request, pk=pk)
