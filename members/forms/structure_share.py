"""Splitting and dissolving: what receives, and who and what goes where."""

from dataclasses import dataclass

from django import forms

from members.models import ChangeKind, Kind, Level, Membership, Unit
from members.services.structure import branches_of, plan_dissolution, plan_split

from .structure import CARRY, DetailsForm, UnitsField, by_name

ROWS = 6  # new units of one decision
OPEN_ROWS = 2
STAYS, ENDS = "con", "het"


class SplitForm(DetailsForm):
    """Which units are founded, which others receive, and which of the chosen ones end."""

    shares = True
    keeps_some = True

    def prepare(self):
        self.rows = [f"_{number}" for number in range(ROWS)]
        for row in self.rows:
            self.ask_new(row, required=False)
        self.ask_parent()
        self.offer_standing(self.units)
        for unit in self.units:
            self.fields[f"after_{unit.pk}"] = forms.ChoiceField(
                label=f"Sau khi chia, {unit.name}", widget=forms.RadioSelect, initial=STAYS,
                choices=[(STAYS, "vẫn hoạt động với phần còn lại"), (ENDS, "kết thúc hoạt động, chia hết")],
                error_messages={"required": "Chưa chọn đơn vị này còn hoạt động hay kết thúc."})
        self.fields["carry_roles"] = forms.BooleanField(label=CARRY, required=False, initial=True)

    def offer_standing(self, ending):
        """Units that stand already and may receive: neighbours of the same level; other chosen ones too."""
        found = Unit.objects.filter(level=self.level, closes_on=None, parent__in=[u.parent_id for u in self.units if u.parent_id])
        found = by_name(found.exclude(kind=Kind.CUM_THI_DUA).exclude(pk__in=[u.pk for u in ending] if len(ending) == 1 else []))
        self.standing = {unit.pk: unit for unit in found}
        field = UnitsField(label="Đơn vị đang có cũng nhận một phần", queryset=Unit.objects.filter(pk__in=self.standing), required=False)
        field.choices = [(unit.pk, unit.name) for unit in found]
        self.fields["standing"] = field

    def drawn(self):
        yield from ()

    def drawn_rows(self):
        """(number, fields, whether it stands open) of each new unit."""
        for number, row in enumerate(self.rows):
            fields = [self[name] for name in (f"name{row}", f"unit_kind{row}", f"code{row}") if name in self.fields]
            filled = any(field.errors or (field.value() and not field.name.startswith("unit_kind")) for field in fields)
            yield number + 1, fields, number < OPEN_ROWS or filled

    def drawn_after(self):
        return [self[name] for name in self.fields if name.startswith("after_")]

    def clean(self):
        data = super().clean()
        for row in self.rows:
            self.check_code(f"code{row}")
            if data.get(f"code{row}") and not data.get(f"name{row}"):
                self.add_error(f"name{row}", "Đã ghi mã mà chưa ghi tên đơn vị mới. Ghi tên, hoặc xóa mã.")
        codes = [data[f"code{row}"].strip() for row in self.rows if data.get(f"code{row}")]
        if len(set(codes)) < len(codes):
            self.add_error(None, "Có hai đơn vị mới ghi cùng một mã. Mỗi đơn vị một mã riêng.")
        if not any(data.get(f"name{row}") for row in self.rows) and not data.get("standing"):
            self.add_error("name_0", "Chưa có đơn vị nào nhận. Ghi tên đơn vị mới, hoặc đánh dấu đơn vị đang có.")
        for unit in data.get("standing") or ():
            if data.get(f"after_{unit.pk}") == ENDS:
                self.add_error("standing", f"{unit.name} kết thúc trong quyết định này, không nhận được. Bỏ đánh dấu, hoặc để đơn vị này còn hoạt động.")
        return data

    @property
    def ending(self):
        return [unit for unit in self.units if self.cleaned_data[f"after_{unit.pk}"] == ENDS]

    def targets(self):
        """(key, ``NewUnit`` or ``Unit``): those founded in the order of the rows, then those that stand."""
        found, taken = [], []
        for row in self.rows:
            if self.cleaned_data.get(f"name{row}"):
                new = self.new_unit(row, taken=taken)
                taken.append(new.code)
                found.append((f"moi{row}", new))
        return found + [(str(unit.pk), unit) for unit in by_name(self.cleaned_data["standing"])]

    def plan(self, heirs, branches, people):
        return plan_split(
            sources=self.units, targets=[target for _, target in self.targets()], heirs=heirs, branches=branches, people=people,
            decision=self.decision, carry_roles=self.cleaned_data["carry_roles"])


class DissolveForm(SplitForm):
    """One unit ends; units that stand already take what it had."""

    keeps_some = False

    def prepare(self):
        self.rows = []
        self.offer_standing(self.units)
        unit = self.units[0]
        if unit.parent and Unit.objects.filter(pk=unit.parent_id).exists():
            self.standing = {unit.parent_id: unit.parent} | self.standing
            self.fields["standing"].choices = [(unit.parent_id, f"{unit.parent.name} (cấp trên)"), *self.fields["standing"].choices]
        field = self.fields["standing"]
        field.label, field.required = "Những đơn vị nào nhận", True
        field.queryset = Unit.objects.filter(pk__in=self.standing)
        field.error_messages["required"] = "Chưa chọn đơn vị nào nhận. Đánh dấu ít nhất một đơn vị."
        self.fields["carry_roles"] = forms.BooleanField(label=CARRY.replace("ở đơn vị mới", "ở đơn vị kế thừa"), required=False)

    def clean(self):
        return DetailsForm.clean(self)

    @property
    def ending(self):
        return self.units

    def plan(self, heirs, branches, people):
        unit = self.units[0]
        return plan_dissolution(unit=unit, heir=heirs[unit], people=people, branches=branches, decision=self.decision,
                                carry_roles=self.cleaned_data["carry_roles"])


@dataclass(frozen=True)
class Person:
    pk: int
    name: str
    birth_year: int | None
    field: object = None


class ShareForm(forms.Form):
    """Who and what goes where: chi hội one by one, people by ticking, the rest together.

    ``details``: the valid form of the step before. A source that ends has an heir and no rest that stays.
    """

    use_required_attribute = False
    asks = True

    def __init__(self, *args, details, **kwargs):
        super().__init__(*args, **kwargs)
        self.details = details
        self.receiving = dict(details.targets())
        self.sources = [self._source(unit) for unit in details.units]

    @property
    def is_needed(self):
        """Whether anything is to be decided: not when all of a unit goes to the only one that receives."""
        return len(self.receiving) > 1 or any(unit not in self.details.ending for unit in self.details.units)

    def _source(self, unit):
        """The fields of one unit that gives, and what the page needs to draw them."""
        ends = unit in self.details.ending
        takers = {key: target for key, target in self.receiving.items() if target != unit}
        choices = [(key, target.name) for key, target in takers.items()]
        stays = [] if ends else [("", f"Ở lại {unit.name}")]
        if ends:
            self.fields[f"heir_{unit.pk}"] = _choice(f"Đơn vị kế thừa số liệu của {unit.name}", choices, "Chưa chọn đơn vị kế thừa.")
        branches = branches_of(unit)
        for branch in branches:
            fitting = [(key, name) for key, name in choices if Level(branch.level).may_stand_under(takers[key].level)]
            missing = f"Chưa chọn nơi đến của {branch.name}."
            if ends and not fitting:
                missing = f"{branch.name} không trực thuộc được đơn vị nhận nào. Quay lại bước trước, chọn thêm một đơn vị cấp cao hơn."
            self.fields[f"branch_{branch.pk}"] = _choice(branch.name, stays + fitting, missing if ends else "")
        spells = Membership.objects.filter(unit=unit, ends_on=None).select_related("member").order_by("member__sort_key", "member__pk")
        people = [(spell.member_id, spell.member_name, spell.birth_year) for spell in spells]
        keeping = [(key, name) for key, name in choices if Level(takers[key].level).rank >= Level.CO_SO.rank]
        if people and ends and keeping:
            self.fields[f"rest_{unit.pk}"] = _choice("Những người không chọn riêng ở dưới chuyển về", keeping, "Chưa chọn nơi đến của những người còn lại.")
        for pk, name, _ in people if len(keeping) > 1 or not ends else []:
            self.fields[f"person_{pk}"] = forms.ChoiceField(
                label=name, choices=[("", "Còn lại"), *keeping], required=False, widget=forms.RadioSelect, initial="")
        return {"unit": unit, "ends": ends, "branches": branches, "people": people, "keeping": keeping}

    def drawn(self):
        """What the page shows of each source."""
        for source in self.sources:
            unit = source["unit"]
            yield source | {
                "heir": self._drawn(f"heir_{unit.pk}"), "rest": self._drawn(f"rest_{unit.pk}"),
                "branch_fields": [self[f"branch_{branch.pk}"] for branch in source["branches"]],
                "person_fields": [Person(pk, name, year, self[f"person_{pk}"]) for pk, name, year in source["people"] if f"person_{pk}" in self.fields],
            }

    def _drawn(self, name):
        return self[name] if name in self.fields else None

    def clean(self):
        data = super().clean()
        gives = False
        for source in self.sources:
            if source["ends"]:
                gives = True
                if source["people"] and not source["keeping"]:
                    self.add_error(None, f"{source['unit'].name} có {len(source['people'])} hội viên mà không đơn vị nhận nào giữ danh sách hội viên. "
                                         "Quay lại bước trước, chọn thêm một chi hội hoặc tổ chức cơ sở.")
                continue
            names = [*(f"branch_{b.pk}" for b in source["branches"]), *(f"person_{pk}" for pk, *_ in source["people"])]
            gives = gives or any(data.get(name) for name in names)
        if not gives and not self.errors:
            self.add_error(None, "Chưa có chi hội hay hội viên nào chuyển đi. Chọn nơi đến cho ít nhất một chi hội hoặc một người.")
        return data

    def plan(self):
        data, to = self.cleaned_data, self.receiving
        heirs, branches, people = {}, {}, {}
        for source in self.sources:
            unit = source["unit"]
            if source["ends"]:
                heirs[unit] = to[data[f"heir_{unit.pk}"]]
            branches |= {branch: to[data[f"branch_{branch.pk}"]] for branch in source["branches"] if data[f"branch_{branch.pk}"]}
            rest = data.get(f"rest_{unit.pk}", "")
            for pk, *_ in source["people"]:
                if key := data.get(f"person_{pk}") or rest:
                    people[pk] = to[key]
        return self.details.plan(heirs, branches, people)


class OneReceiver(ShareForm):
    """Everything of the ending units goes to the only one that receives: nothing is asked."""

    asks = False

    def __init__(self, *args, details, **kwargs):
        super().__init__({}, details=details)
        key = next(iter(self.receiving))
        self.data = {name: key for name in self.fields if not name.startswith("person_")}


def _choice(label, choices, missing):
    """A select; with one answer it is chosen already, else one must choose when something is ``missing`` without it."""
    empty = [("", "Chọn nơi đến")] if missing and len(choices) > 1 else []
    return forms.ChoiceField(label=label, choices=empty + choices, required=bool(missing), error_messages={"required": missing})


FORMS = {ChangeKind.SPLIT: SplitForm, ChangeKind.DISSOLVE: DissolveForm}
