"""The units that a workbook of figures names: those that are there, and those it may found."""

from django.core.exceptions import PermissionDenied, ValidationError

from members.models import Level, Unit, UnitSettings
from members.services import found_unit
from members.vietnamese import fold
from reports.services.import_columns import Refused, text_of
from reports.services.unit_words import LEVEL_WORDS, guess_kind, stands_in_cluster

LEVELS = "trung ương, tỉnh, thành phố, cụm, khối, huyện, quận, cơ sở, xã, phường, chi hội, phân hội"


class UnitsOfFile:
    """Units by the code a row gives; with ``create`` the new ones are founded at once, those above first.

    ``founded`` and ``warnings`` tell what a reader should know.
    """

    def __init__(self, records, *, create, by):
        self.by, self.founded, self.warnings = by, [], []
        self._described = {}
        for record in records:
            code = text_of(record.values.get("unit_code"))
            if code and not (code in self._described and self._described[code].values.get("unit_name")):
                self._described[code] = record
        self._units = {u.code: u for u in Unit.objects.filter(code__in=self._codes())}
        self._clusters = stands_in_cluster(self._described, self._units) if create else set()
        self._failed, self._doubted = {}, set()
        if create:
            for code in sorted(self._described, key=lambda c: _rank(self._described[c])):
                if code not in self._units:
                    try:
                        self.get_or_found(code)
                    except Refused as refused:
                        self._failed[code] = refused

    def all(self):
        return self._units.values()

    def of(self, record):
        """The unit of a row. Raises ``Refused``."""
        code = text_of(record.values.get("unit_code"))
        if not code:
            raise Refused("unit_code", "", "dòng có số liệu nhưng thiếu mã đơn vị. Hãy ghi mã ở cột này.")
        if code in self._failed:
            raise self._failed[code]
        unit = self._units.get(code)
        if unit is None:
            raise Refused("unit_code", code, "không có đơn vị nào mang mã này trong phạm vi của đồng chí. Hãy sửa mã, hoặc lập đơn vị trước.")
        said = text_of(record.values.get("unit_name"))
        if said and fold(said) not in (fold(unit.name), fold(unit.full_name), fold(unit.short_name)) and code not in self._doubted:
            self._doubted.add(code)
            self.warnings.append(f"Dòng {record.row_number}: mã {code} là “{unit.name}”, tệp ghi “{said}”. Số liệu vẫn ghi cho mã {code}.")
        return unit

    def cluster_of(self, record):
        """The cụm thi đua that a row names as "Mã cấp trên", None when it names none; only with ``create``."""
        code = text_of(record.values.get("parent_code"))
        return self.get_or_found(code) if code in self._clusters else None

    def _codes(self):
        codes = set(self._described)
        for record in self._described.values():
            codes.add(text_of(record.values.get("parent_code")))
        return codes - {""}

    def get_or_found(self, code):
        if code in self._units:
            return self._units[code]
        if code in self._failed:
            raise self._failed[code]
        record = self._described.get(code)
        if record is None:
            raise Refused("parent_code", code, "chưa có đơn vị cấp trên với mã này. Hãy thêm dòng của đơn vị ấy vào tệp, hoặc sửa mã.")
        name, level_word = text_of(record.values.get("unit_name")), text_of(record.values.get("level"))
        if not name:
            raise Refused("unit_name", "", "đơn vị mới cần có tên đầy đủ.")
        if fold(level_word) not in LEVEL_WORDS:
            raise Refused("level", level_word, f"cấp phải là một trong: {LEVELS}.")
        level, kind = LEVEL_WORDS[fold(level_word)]
        kind = guess_kind(level, kind, name, is_cluster=code in self._clusters)
        parent_code = text_of(record.values.get("parent_code"))
        parent = None
        if parent_code and parent_code not in self._clusters:
            parent = self._above(code, level, parent_code)
        elif level == Level.TINH:
            parent = Unit.objects.filter(level=Level.TRUNG_UONG).first()
        try:
            unit = found_unit(code=code, name=name, level=level, kind=kind, parent=parent, by=self.by)
        except ValidationError as error:
            wrong = error.message_dict
            column, value = next(
                (c, v) for f, c, v in (("parent", "parent_code", parent_code), ("name", "unit_name", name), ("", "unit_code", code)) if f in wrong or not f
            )
            raise Refused(column, value, " ".join(error.messages)) from error
        except PermissionDenied as error:
            raise Refused("parent_code", parent_code, f"{error} Hãy ghi mã một đơn vị của mình ở cột này.") from error
        self._units[code] = unit
        self._say_incomplete(parent)
        self.founded.append(f"{code} {name}")
        return unit

    def _above(self, code, level, parent_code):
        """The unit above ``code``, founded first when the file describes it; levels go down, so this ends."""
        above = self._described.get(parent_code)
        if above is None or parent_code in self._units:
            return self.get_or_found(parent_code)
        if self._leads_back(code):
            raise Refused("parent_code", parent_code, "đơn vị này lại là cấp trên của chính nó. Hãy sửa cột Mã cấp trên.")
        higher, _ = LEVEL_WORDS.get(fold(text_of(above.values.get("level"))), (None, None))
        if higher and not level.may_stand_under(higher):
            raise Refused("parent_code", parent_code, f"{level.label} không thể trực thuộc {higher.label.lower()}. Hãy sửa cột Cấp hoặc cột Mã cấp trên.")
        try:
            return self.get_or_found(parent_code)
        except Refused as refused:
            raise Refused(
                "parent_code", parent_code, f"chưa lập được đơn vị cấp trên này; hãy sửa dòng {above.row_number} trước.", [above.row_number]
            ) from refused

    def _leads_back(self, code):
        above = code
        for _ in Level:  # a longer circle breaks the order of levels somewhere
            record = self._described.get(above)
            above = text_of(record.values.get("parent_code")) if record else ""
            if above == code:
                return True
        return False

    def _say_incomplete(self, parent):
        """Units that a workbook happens to name are no full list: they are not counted as such."""
        if parent and f"{parent.code} {parent.name}" in self.founded:
            UnitSettings.objects.get_or_create(unit=parent, defaults={"complete_tree": False})


def _rank(record):
    """How high the unit of a row stands; what says no level comes last."""
    level, _ = LEVEL_WORDS.get(fold(text_of(record.values.get("level"))), (None, None))
    return level.rank if level else len(Level)
