"""One line of a list as a person: what it says, what in it is wrong, and in which chi hội he stands."""

from dataclasses import dataclass, field

from ccb import clock
from members.models import FOUNDED_ON, Level, Sex, Unit
from members.vietnamese import PartialDate, fold, sort_key

from .columns import COLUMNS
from .values import name_of, shown, value_of

ADULT = 18
FIELDS = {"card_number", "phone", "hometown", "address", "enlisted_on", "discharged_on", "rank", "military_post", "military_unit", "admitted_on",
          "category", "education", "political_theory", "qualification", "livelihood", "note", "born", "sex"}
PRIVATE = ("cccd", "ethnicity", "religion")


@dataclass(frozen=True)
class Problem:
    """``column`` is the index in the sheet; None for what concerns the whole line."""

    column: int | None
    label: str
    value: str
    text: str


@dataclass
class Person:
    """``fields`` and ``private`` hold what the line says; what it leaves empty is not in them."""

    line: object
    name: str = ""
    unit: Unit | None = None
    fields: dict = field(default_factory=dict)
    private: dict = field(default_factory=dict)
    party: bool | None = None
    party_on: PartialDate | None = None
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    @property
    def year(self):
        born = self.fields.get("born")
        return born.year if born else None

    @property
    def key(self):
        """The same for every way of writing one name: order of marks, capitals, spaces."""
        return sort_key(self.name)


class Places:
    """The units below ``top`` in which people may stand, by code and by name."""

    def __init__(self, top):
        self.top = top
        units = list(Unit.objects.under(top).open_on(clock.today()).order_by("path"))
        groups = [unit for unit in units if Level(unit.level).rank > Level.CO_SO.rank]
        holding = {unit.path[:-4] for unit in groups}
        self.keepers = [unit for unit in units if Level(unit.level).rank >= Level.CO_SO.rank and unit.path not in holding]
        self.homes = [unit for unit in units if unit.level == Level.CO_SO]
        self.by_word = {}
        for unit in self.keepers:
            for word in {_word(unit.name), _word(unit.short_name), _word(unit.code)}:
                self.by_word.setdefault(word, []).append(unit)
        self.home_by_word = {word: unit for unit in self.homes for word in (_word(unit.name), _word(unit.short_name), _word(unit.code))}

    def find(self, text, home_text=""):
        """The unit that a line names. Raises ``ValueError``."""
        home = self.home_by_word.get(_word(home_text)) if home_text else None
        if home_text and home is None:
            raise ValueError(f"không có cơ sở nào tên “{home_text}” trong {self.top.name}. Xem lại tên, hoặc ghi mã đơn vị")
        if not text:
            return self._alone(home)
        found = [unit for unit in self.by_word.get(_word(text), []) if home is None or unit.is_within(home)]
        if len(found) == 1:
            return found[0]
        if found:
            raise ValueError(f"có {len(found)} chi hội tên “{text}” trong {self.top.name}. Ghi thêm cột Cơ sở, hoặc ghi mã chi hội")
        raise ValueError(f"không có chi hội nào tên “{text}” trong {(home or self.top).name}. Ghi đúng tên trong sổ, hoặc mã chi hội")

    def _alone(self, home):
        inside = [unit for unit in self.keepers if home is None or unit.is_within(home)]
        if len(inside) == 1:
            return inside[0]
        raise ValueError("chưa ghi chi hội. Thêm cột Chi hội, hoặc gửi riêng danh sách từng chi hội")


def _word(text):
    folded = " ".join("".join(c if c.isalnum() else " " for c in fold(text)).split())
    for start in ("chi hoi ", "phan hoi ", "hoi ccb ", "hoi cuu chien binh "):
        folded = folded.removeprefix(start)
    return folded


class Reading:
    """How lines become people: the mapping of the columns, the places, and what the reader may enter."""

    def __init__(self, *, labels, columns, places, private=True):
        self.labels, self.places = labels, places
        self.columns = {key: int(i) for i, key in columns.items() if private or not COLUMNS[key].private}

    def cell(self, line, key):
        i = self.columns.get(key)
        return line.cells[i] if i is not None and i < len(line.cells) else None

    def problem(self, key, cell, text):
        i = self.columns.get(key)
        value = "" if cell is None or (key in COLUMNS and COLUMNS[key].private) else shown(cell)[:60]
        return Problem(i, self.labels[i] if i is not None and i < len(self.labels) and self.labels[i] else COLUMNS[key].label if key in COLUMNS else "", value, text)

    def person(self, line):
        found = Person(line)
        said = {}
        for key in self.columns:
            cell = self.cell(line, key)
            if cell is None:
                continue
            try:
                said[key], warning = value_of(key, cell)
            except ValueError as error:
                found.problems.append(self.problem(key, cell, str(error)))
            else:
                if warning:
                    found.warnings.append(self.problem(key, cell, warning))
        self._name(found, said)
        self._sex_and_birth(found, said)
        self._unit(found, said)
        found.fields |= {key: value for key, value in said.items() if key in FIELDS and value != ""}
        found.private = {key: said[key] for key in PRIVATE if said.get(key)}
        found.party, found.party_on = said.get("party"), said.get("party_on")
        if found.party_on and found.party is None:
            found.party = True
        self._check_dates(found)
        return found

    def _name(self, found, said):
        text = said.get("name") or " ".join(filter(None, (said.get("family"), said.get("given"))))
        key = "name" if "name" in self.columns else "given"
        try:
            found.name = name_of(text)
        except ValueError as error:
            if not any(problem.column == self.columns.get(key) for problem in found.problems):
                found.problems.append(self.problem(key, text, str(error)))
            return
        if " " not in found.name:
            found.warnings.append(self.problem(key, text, f"họ và tên chỉ có một chữ “{found.name}”"))

    def _sex_and_birth(self, found, said):
        for key, sex in (("born_male", Sex.MALE), ("born_female", Sex.FEMALE)):
            if key in said:
                if "born" in said and said["born"] != said[key]:
                    found.problems.append(self.problem(key, said[key], "ghi hai năm sinh khác nhau. Bỏ một ô"))
                said["born"] = said[key]
                said.setdefault("sex", sex)
        for key, sex in (("male", Sex.MALE), ("female", Sex.FEMALE)):
            if key in said:
                said.setdefault("sex", sex if said[key] else {Sex.MALE: Sex.FEMALE, Sex.FEMALE: Sex.MALE}[sex])

    def _unit(self, found, said):
        text = said.get("unit") or found.line.section
        try:
            found.unit = self.places.find(text, said.get("co_so", ""))
        except ValueError as error:
            found.problems.append(self.problem("unit", text or None, str(error)))

    def _check_dates(self, found):
        born, today = found.fields.get("born"), clock.today()
        for key in ("born", "admitted_on", "enlisted_on", "discharged_on"):
            value = found.fields.get(key)
            if value and value.first_day > today:
                found.problems.append(self.problem(key, value.display, f"{value} ở sau hôm nay. Xem lại năm đã ghi"))
            elif value and born and key != "born" and value.last_day < born.first_day:
                found.problems.append(self.problem(key, value.display, f"{value} có trước ngày sinh {born}. Xem lại một trong hai ô"))
        joined = found.party_on
        if joined and (joined.first_day > today or (born and joined.last_day < born.first_day)):
            found.problems.append(self.problem("party_on", None, "ngày vào Đảng ở sau hôm nay, hoặc có trước ngày sinh. Xem lại"))
        if found.party is False and joined:
            found.problems.append(self.problem("party", None, "ghi không phải đảng viên mà có ngày vào Đảng. Xem lại hai ô"))
        admitted = found.fields.get("admitted_on")
        if admitted and admitted.last_day < FOUNDED_ON:
            found.warnings.append(self.problem("admitted_on", admitted.display, "có trước ngày thành lập Hội (06/12/1989)"))
        elif admitted and born and admitted.last_day.year - born.year < ADULT:
            found.warnings.append(self.problem("admitted_on", admitted.display, f"sinh {born}, lúc vào Hội chưa đủ 18 tuổi"))
        enlisted, discharged = found.fields.get("enlisted_on"), found.fields.get("discharged_on")
        if enlisted and discharged and discharged.last_day < enlisted.first_day:
            found.problems.append(self.problem("discharged_on", discharged.display, f"{discharged} có trước ngày nhập ngũ {enlisted}. Xem lại một trong hai ô"))
