"""A decision about units, step by step: what and which units, the paper, what comes of them.

Every form can be built again from what was sent, so that the steps are kept as they were typed.
"""

from django import forms
from django.core.exceptions import ValidationError

from ccb import clock
from members.models import ChangeKind, Kind, Level, Unit
from members.services.structure import (
    Decision,
    NewUnit,
    plan_founding,
    plan_merge,
    plan_move,
    plan_rename,
)
from members.services.units import propose_code
from members.vietnamese import sort_key

from .asking import day, long, short

KINDS = {
    Level.TRUNG_UONG: [Kind.TRUNG_UONG],
    Level.TINH: [Kind.TINH, Kind.THANH_PHO],
    Level.CUM: [Kind.KHOI, Kind.CUM, Kind.HUYEN],
    Level.CO_SO: [Kind.XA, Kind.PHUONG, Kind.DAC_KHU, Kind.CO_QUAN, Kind.DOANH_NGHIEP, Kind.TRUONG, Kind.KHAC],
    Level.CHI_HOI: [Kind.CHI_HOI],
    Level.PHAN_HOI: [Kind.PHAN_HOI],
}
LEVEL_OF = {kind: level for level, kinds in KINDS.items() for kind in kinds}
WORK = [
    (ChangeKind.MERGE, "Sáp nhập: hai hay nhiều đơn vị thành một"),
    (ChangeKind.SPLIT, "Chia, tách: một phần hoặc cả đơn vị sang đơn vị khác, chia theo từng người"),
    (ChangeKind.MOVE, "Chuyển sang đơn vị cấp trên khác"),
    (ChangeKind.RENAME, "Đổi tên, đổi loại (xã thành phường)"),
    (ChangeKind.FOUND, "Thành lập đơn vị mới"),
    (ChangeKind.DISSOLVE, "Giải thể"),
]
ONE = {ChangeKind.RENAME: "Đổi tên", ChangeKind.DISSOLVE: "Giải thể"}
NEW = "moi"
CODE_HINT = "Để trống thì chương trình đặt mã theo đơn vị cấp trên."
NAME_HINT = {
    Level.TINH: "Tên đầy đủ, như Hội CCB tỉnh Lam Giang.", Level.CUM: "Tên đầy đủ, như Hội CCB khối cơ quan tỉnh Lam Giang.",
    Level.CO_SO: "Tên đầy đủ, như Hội CCB xã Thanh Sơn.", Level.CHI_HOI: "Như Chi hội Thôn Đông.", Level.PHAN_HOI: "Như Phân hội Xóm Bến.",
}


def by_name(units):
    """In the order of the alphabet, from the left, numbers by their value."""
    def key(unit):
        return [sort_key(word.zfill(6) if word.isdigit() else word) for word in unit.short_name.split()]

    return sorted(units, key=key)


class UnitField(forms.ModelChoiceField):
    def __init__(self, *args, **kwargs):
        kwargs.setdefault("queryset", Unit.objects.none())
        super().__init__(*args, **kwargs)

    def label_from_instance(self, unit):
        return f"{unit.name} ({unit.code})"


class UnitsField(forms.ModelMultipleChoiceField):
    """Units to tick, each with its number of members."""

    widget = forms.CheckboxSelectMultiple
    sizes = {}

    def label_from_instance(self, unit):
        size = self.sizes.get(unit.pk)
        return unit.name if size is None else f"{unit.name}, {size} hội viên"


class KindField(forms.ChoiceField):
    """A kind is proposed: what is not sent stays as it was proposed."""

    def __init__(self, kinds, proposed=None):
        kinds = list(dict.fromkeys(kinds))
        super().__init__(label="Loại", choices=[(kind.value, kind.label) for kind in kinds], initial=proposed if proposed in kinds else kinds[0])

    def clean(self, value):
        return super().clean(value or self.initial)


class StartForm(forms.Form):
    """What is done, and with which units: ticked, or named by their codes."""

    use_required_attribute = False

    kind = forms.ChoiceField(label="Việc", choices=WORK, widget=forms.RadioSelect, error_messages={"required": "Chưa chọn việc."})
    units = UnitsField(label="Những đơn vị nào", queryset=Unit.objects.none(), required=False)
    codes = long("Đơn vị khác, ghi theo mã", 400, "Đơn vị không có trong danh sách trên: ghi mã, cách nhau bằng dấu phẩy. Ví dụ LG-BM-01, LG-BM-02.")

    def __init__(self, *args, units, sizes, top, **kwargs):
        super().__init__(*args, **kwargs)
        self.top = top
        field = self.fields["units"]
        field.queryset, field.sizes = Unit.objects.filter(pk__in=[unit.pk for unit in units]).order_by("path"), sizes
        field.choices = [(unit.pk, field.label_from_instance(unit)) for unit in by_name(units)]

    def clean_codes(self):
        found = []
        for code in filter(None, (part.strip() for part in self.cleaned_data["codes"].replace(";", ",").split(","))):
            unit = Unit.objects.filter(code__iexact=code).first()
            if unit is None:
                raise ValidationError(f"Không có đơn vị mang mã “{code}” trong phạm vi của đồng chí. Xem mã ở trang đơn vị.")
            if unit.closes_on:
                raise ValidationError(f"{unit.name} ({unit.code}) đã kết thúc hoạt động từ {unit.closes_on:%d/%m/%Y}. Chọn đơn vị đang hoạt động.")
            found.append(unit)
        return found

    def clean(self):
        data = super().clean()
        kind, units = data.get("kind"), list(dict.fromkeys([*data.get("units", []), *data.get("codes", [])]))
        data["chosen"] = units
        if not kind or self.errors:
            return data
        if kind == ChangeKind.FOUND:
            if units:
                self.add_error("units", "Thành lập đơn vị mới thì không chọn đơn vị nào ở đây. Bỏ đánh dấu, hoặc chọn việc khác.")
        elif not units:
            self.add_error("units", "Chưa chọn đơn vị nào. Đánh dấu đơn vị trong danh sách, hoặc ghi mã ở ô dưới.")
        elif kind in ONE and len(units) > 1:
            self.add_error("units", f"{ONE[kind]} mỗi lần một đơn vị; đồng chí đã chọn {len(units)}. Bỏ bớt, mỗi đơn vị ghi một lần.")
        elif len({unit.level for unit in units}) > 1:
            self.add_error("units", "Các đơn vị phải cùng cấp. Đơn vị khác cấp thì ghi thành lần khác.")
        return data


class PaperForm(forms.Form):
    """The decision, common to every change."""

    use_required_attribute = False

    number = short("Số quyết định", 60, "Ví dụ 12/QĐ-CCB.", missing="Chưa ghi số quyết định.")
    signed_on = day("Ngày ký", "Ví dụ 20/06/2026.")
    authority = long("Cơ quan ra quyết định", 160, "Ví dụ Ban Thường vụ Hội CCB tỉnh Lam Giang.", missing="Chưa ghi cơ quan ra quyết định.")
    effective_on = day("Có hiệu lực từ ngày", "Từ ngày này, kể cả ngày này, theo tổ chức mới. Ví dụ 01/07/2026.", missing="Chưa ghi ngày có hiệu lực.")
    note = long("Ghi chú", 500)

    def clean_effective_on(self):
        typed = self.cleaned_data["effective_on"]
        if typed > clock.today():
            raise ValidationError(f"Ngày {typed:%d/%m/%Y} chưa đến. Ghi vào chương trình từ ngày quyết định có hiệu lực.")
        return typed

    def clean(self):
        data = super().clean()
        signed, starts = data.get("signed_on"), data.get("effective_on")
        if signed and signed > clock.today():
            self.add_error("signed_on", f"Ngày ký {signed:%d/%m/%Y} ở sau hôm nay. Xem lại ngày đã ghi.")
        elif signed and starts and (signed - starts).days > 366:
            self.add_error("signed_on", f"Ngày ký {signed:%d/%m/%Y} sau ngày có hiệu lực hơn một năm. Xem lại hai ngày này.")
        return data

    @property
    def decision(self):
        data = self.cleaned_data
        return Decision(data["effective_on"], data["number"], data["authority"], data["signed_on"], data["note"])


class DetailsForm(PaperForm):
    """The paper and what comes of the units. ``units``: those chosen; ``top``: the unit below which they were."""

    boxes = ()  # (legend, names of fields) after the paper
    shares = False  # whether people and branches are given out in a further step

    def __init__(self, *args, units, top, **kwargs):
        super().__init__(*args, **kwargs)
        self.units, self.top = units, top
        self.level = Level(units[0].level) if units else None
        self.prepare()

    def prepare(self):
        """Choices that depend on the units."""

    def drawn(self):
        for legend, names in self.boxes:
            found = [self[name] for name in names if name in self.fields]
            if found:
                yield legend, found

    # ── a unit to be founded ──
    def ask_new(self, suffix="", required=True):
        """Add the fields of a new unit of ``self.level``."""
        missing = {"name": "Chưa ghi tên đơn vị mới.", "code": ""} if required else {"name": "", "code": ""}
        self.fields[f"name{suffix}"] = long("Tên đơn vị mới", 200, NAME_HINT.get(self.level, ""), missing["name"])
        if len(KINDS[self.level]) > 1:
            self.fields[f"unit_kind{suffix}"] = KindField(KINDS[self.level], self.units[0].kind if self.units else None)
        self.fields[f"code{suffix}"] = forms.CharField(
            label="Mã đơn vị mới", max_length=40, required=False, help_text=CODE_HINT, widget=forms.TextInput({"class": "w-short"}))

    def ask_parent(self):
        """Under which unit the new one stands; not asked when there is one answer."""
        parents = list(dict.fromkeys(unit.parent for unit in self.units if unit.parent))
        self.parents = by_name(parents) or [self.top]
        if len(self.parents) > 1:
            self.fields["parent"] = UnitField(label="Trực thuộc", queryset=Unit.objects.filter(pk__in=[u.pk for u in self.parents]), empty_label="Chọn đơn vị",
                                              error_messages={"required": "Chưa chọn đơn vị cấp trên của đơn vị mới."})

    def new_parent(self):
        return self.cleaned_data.get("parent") or self.parents[0]

    def new_unit(self, suffix="", parent=None, level=None, taken=()):
        """The ``NewUnit`` that was typed. Its code is proposed when none was."""
        data, level = self.cleaned_data, level or self.level
        parent, name = parent or self.new_parent(), " ".join(data[f"name{suffix}"].split())
        code = data.get(f"code{suffix}", "").strip() or propose_code(parent=parent, name=name, level=level, taken=taken)
        return NewUnit(code, name, level, data.get(f"unit_kind{suffix}") or KINDS[level][0], parent)

    def check_code(self, name):
        """Shape of a typed code; that it is free is asked when the change is looked at, and again when it is made."""
        typed = self.cleaned_data.get(name, "")
        if typed and name not in self.errors:
            try:
                Unit._meta.get_field("code").run_validators(typed.strip())
            except ValidationError as error:
                self.add_error(name, error)


class FoundForm(DetailsForm):
    boxes = (("Đơn vị mới", ["name", "unit_kind", "parent", "code"]),)

    def prepare(self):
        self.level = next((level for level in Level if level.rank > Level(self.top.level).rank and level != Level.CUM), Level.PHAN_HOI)
        self.ask_new()
        below = [level for level in Level if level.rank > Level(self.top.level).rank]
        self.fields["unit_kind"] = KindField([kind for level in below for kind in KINDS[level]], KINDS[self.level][0])
        holders = [self.top, *by_name(Unit.objects.under(self.top).filter(closes_on=None, level__in=[Level.TINH, Level.CUM, Level.CO_SO, Level.CHI_HOI]).exclude(
            pk=self.top.pk).exclude(kind=Kind.CUM_THI_DUA))]
        field = UnitField(label="Trực thuộc", queryset=Unit.objects.filter(pk__in=[unit.pk for unit in holders]), initial=self.top.pk, empty_label=None)
        field.choices = [(unit.pk, field.label_from_instance(unit)) for unit in holders]
        self.fields["parent"] = field

    def clean(self):
        data = super().clean()
        self.check_code("code")
        parent, kind = data.get("parent"), data.get("unit_kind")
        if parent and kind and not LEVEL_OF[Kind(kind)].may_stand_under(parent.level):
            self.add_error("parent", f"{Kind(kind).label} không thể trực thuộc {Level(parent.level).noun} {parent.name}. Chọn đơn vị khác.")
        return data

    def plan(self):
        level = LEVEL_OF[Kind(self.cleaned_data["unit_kind"])]
        return plan_founding(new=self.new_unit(parent=self.cleaned_data["parent"], level=level), decision=self.decision)


class RenameForm(DetailsForm):
    boxes = (("Tên và loại mới", ["name", "unit_kind"]),)

    def prepare(self):
        unit = self.units[0]
        self.fields["name"] = long("Tên mới", 200, f"Tên đang dùng: {unit.name}.", "Chưa ghi tên mới.")
        kinds = {*KINDS[self.level], Kind(unit.kind)}
        if len(kinds) > 1:
            self.fields["unit_kind"] = KindField([*KINDS[self.level], Kind(unit.kind)], unit.kind)

    def clean(self):
        data = super().clean()
        unit = self.units[0]
        if data.get("name") and (" ".join(data["name"].split()), data.get("unit_kind", unit.kind)) == (unit.name, unit.kind):
            self.add_error("name", "Tên và loại vẫn như đang dùng, không có gì để đổi. Ghi tên mới.")
        return data

    def plan(self):
        unit, data = self.units[0], self.cleaned_data
        return plan_rename(unit=unit, name=" ".join(data["name"].split()), kind=data.get("unit_kind", unit.kind), decision=self.decision)


class MoveForm(DetailsForm):
    boxes = (("Nơi chuyển đến", ["parent"]),)

    def prepare(self):
        holders = {Level.TINH: [Level.TRUNG_UONG], Level.CUM: [Level.TINH], Level.CO_SO: [Level.TINH, Level.CUM],
                   Level.CHI_HOI: [Level.CO_SO], Level.PHAN_HOI: [Level.CHI_HOI, Level.CO_SO]}[self.level]
        found = Unit.objects.filter(level__in=holders, closes_on=None).exclude(kind=Kind.CUM_THI_DUA)
        if self.level == Level.PHAN_HOI:
            found = found.filter(path__startswith=self.top.path)
        field = UnitField(label="Trực thuộc đơn vị", queryset=found, empty_label="Chọn đơn vị", error_messages={"required": "Chưa chọn đơn vị cấp trên mới."})
        field.choices = [("", "Chọn đơn vị"), *((unit.pk, field.label_from_instance(unit)) for unit in by_name(found))]
        self.fields["parent"] = field

    def clean_parent(self):
        parent = self.cleaned_data["parent"]
        there = [unit.name for unit in self.units if unit.parent_id == parent.pk]
        if there:
            raise ValidationError(f"{', '.join(there)} đang trực thuộc {parent.name} rồi. Chọn đơn vị khác.")
        return parent

    def plan(self):
        return plan_move(units=self.units, parent=self.cleaned_data["parent"], decision=self.decision)


CARRY = "Người dùng chương trình của đơn vị kết thúc tiếp tục làm việc ở đơn vị mới"


class MergeForm(DetailsForm):
    boxes = (("Thành đơn vị nào", ["into"]), ("Đơn vị mới", ["name", "unit_kind", "parent", "code"]), ("Người dùng", ["carry_roles"]))

    def prepare(self):
        others = Unit.objects.filter(level=self.level, closes_on=None, parent__in=[u.parent_id for u in self.units if u.parent_id])
        others = by_name(others.exclude(pk__in=[unit.pk for unit in self.units]).exclude(kind=Kind.CUM_THI_DUA))
        standing = [*self.units, *others]
        self.standing = {str(unit.pk): unit for unit in standing}
        self.fields["into"] = forms.ChoiceField(
            label="Các đơn vị đã chọn sáp nhập thành", initial=NEW,
            choices=[(NEW, "Một đơn vị mới (ghi tên ở dưới)"), *((str(u.pk), f"Nhập vào {u.name} ({u.code}), đơn vị này giữ nguyên") for u in standing)])
        self.ask_new(required=False)
        self.ask_parent()
        if "parent" in self.fields:
            self.fields["parent"].required = False
        self.fields["carry_roles"] = forms.BooleanField(label=CARRY, required=False, initial=True)

    def clean(self):
        data = super().clean()
        self.check_code("code")
        into = data.get("into")
        if into == NEW and not data.get("name") and "name" not in self.errors:
            self.add_error("name", "Chưa ghi tên đơn vị mới.")
        if into == NEW and "parent" in self.fields and not data.get("parent"):
            self.add_error("parent", "Chưa chọn đơn vị cấp trên của đơn vị mới.")
        if into == NEW and len(self.units) < 2:
            self.add_error("into", "Thành một đơn vị mới thì cần ít nhất hai đơn vị. Quay lại chọn thêm, hoặc chọn đơn vị nhập vào.")
        if into in self.standing and [self.standing[into]] == self.units:
            self.add_error("into", "Một đơn vị không nhập vào chính nó. Chọn đơn vị khác.")
        return data

    def plan(self):
        into = self.standing.get(self.cleaned_data["into"]) or self.new_unit()
        olds = [unit for unit in self.units if unit != into]
        return plan_merge(olds=olds, into=into, decision=self.decision, carry_roles=self.cleaned_data["carry_roles"])
