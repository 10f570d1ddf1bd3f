"""Units of measure, and what may be done with one that was typed behind a number."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from .data import read
from .spelling import same_word_key, squeeze

ONE = Decimal(1)

# Classes measured by an instrument or a rate. Everything else counts things one by one.
MEASURED = {
    "money": "tiền",
    "money_per_year": "tiền một năm",
    "money_per_person": "tiền bình quân",
    "area": "diện tích",
    "length_m": "chiều dài",
    "length_km": "chiều dài",
    "weight": "khối lượng",
    "percent": "tỷ lệ phần trăm",
    "percent_point": "điểm phần trăm",
}
# In sentences the second half of these is left out: "bình quân 519.000 đồng", "giảm 0,5%".
SHORTENED = {
    "money_per_year": "money",
    "money_per_person": "money",
    "percent_point": "percent",
}
BY_PART = "by_part"
OTHER = "other"


@dataclass(frozen=True, slots=True)
class UnitOfMeasure:
    """One unit as it is printed.

    cls: units of one class may be compared and summed. decimals: at most so many places.
    accepts: other spellings with the same value. leading_zero: "03" may be printed for 3.
    scaled: other units of the class and the factor that turns them into this one.
    """

    unit: str
    cls: str
    decimals: int
    accepts: tuple[str, ...]
    leading_zero: bool
    scaled: dict[str, Decimal] = field(hash=False)

    @property
    def is_measured(self) -> bool:
        """Money, length, area, weight or a rate; False for whatever is counted in pieces."""
        return self.cls in MEASURED


class UnitAnswer(NamedTuple):
    """A typed unit that may stand: multiply by `factor`, print `printed_unit`, show `warning`.

    `ok` is always True; a unit that may not stand raises ValueError instead.
    """

    ok: bool
    factor: Decimal
    printed_unit: str
    warning: str


class _Known(NamedTuple):
    measure: UnitOfMeasure
    factor: Decimal
    spelling: str


def _read_units() -> tuple[dict[str, UnitOfMeasure], dict[str, str]]:
    raw = read("units.json")
    units = {}
    for row in raw["units"]:
        scaled = {name: Decimal(factor) for name, factor in row["scaled"].items()}
        units[row["unit"]] = UnitOfMeasure(
            **{**row, "accepts": tuple(row["accepts"]), "scaled": scaled}
        )
    in_full = {same_word_key(short): full for short, full in raw["in_full"].items()}
    return units, in_full


UNITS, _IN_FULL = _read_units()


def in_full(text: str) -> str:
    """The unit as it is printed: "đ/c" is "đồng chí", "m2" is "m²", "tỉ đồng" is "tỷ đồng"."""
    return _IN_FULL.get(same_word_key(text), squeeze(text))


def _spellings(measure: UnitOfMeasure) -> dict[str, _Known]:
    """Every way to write a unit, by its key: its name wins over other spellings."""
    found = {}
    for name, factor in measure.scaled.items():
        found[same_word_key(name)] = _Known(measure, factor, measure.unit)
    for name in measure.accepts:
        found[same_word_key(in_full(name))] = _Known(measure, ONE, in_full(name))
    found[same_word_key(measure.unit)] = _Known(measure, ONE, measure.unit)
    return found


def _all_spellings() -> dict[str, _Known]:
    found: dict[str, _Known] = {}
    for measure in UNITS.values():
        for key, known in _spellings(measure).items():
            if key == same_word_key(measure.unit):
                found[key] = known
            else:
                found.setdefault(key, known)
    return found


_KNOWN = _all_spellings()


def measure_of(unit: str) -> UnitOfMeasure:
    """The unit of an indicator; an administrator's own word counts things, two decimals."""
    return UNITS.get(unit) or UnitOfMeasure(unit, OTHER, 2, (), True, {})


def judge(text: str, measure: UnitOfMeasure, also: tuple[str, ...], label: str) -> UnitAnswer:
    """What a unit typed behind a number means for `label`, which is kept in `measure`.

    `also`: further words that real reports use for it, with the same value. A blank text is
    the unit itself. Raises ValueError (Vietnamese) when two kinds of quantity are mixed, or
    when a measured quantity carries a word that nobody can convert.
    """
    if not squeeze(text):
        return UnitAnswer(True, ONE, measure.unit, "")
    key = same_word_key(in_full(text))
    own = _spellings(measure).get(key)
    if own:
        return UnitAnswer(True, own.factor, own.spelling, "")
    for word in also:
        if same_word_key(in_full(word)) == key:
            return UnitAnswer(True, ONE, in_full(word), "")
    known = _KNOWN.get(key)
    if known and known.measure.cls == measure.cls and not measure.is_measured:
        return UnitAnswer(True, known.factor, known.spelling, "")
    if known and known.measure.cls == SHORTENED.get(measure.cls):
        return UnitAnswer(
            True, known.factor, measure.unit, f"“{squeeze(text)}” được hiểu là {measure.unit}."
        )
    if measure.is_measured or (known and known.measure.is_measured):
        raise ValueError(_refusal(text, measure, also, label, known))
    printed = known.spelling if known else squeeze(text)
    return UnitAnswer(
        True, ONE, printed, f"{label} thường tính bằng {measure.unit}; ở đây ghi “{printed}”."
    )


def judge_terms(text: str, measure: UnitOfMeasure) -> UnitAnswer:
    """What a unit means behind a fraction such as "16/26 chi hội": that of both terms.

    A blank text is the rate's own unit. Nothing is refused: the factor holds for both terms.
    """
    key = same_word_key(in_full(text))
    own = _spellings(measure).get(key)
    if own or not key:
        return UnitAnswer(True, ONE, measure.unit, "")
    known = _KNOWN.get(key)
    if known:
        return UnitAnswer(True, known.factor, known.spelling, "")
    return UnitAnswer(True, ONE, squeeze(text), "")


def judge_any(text: str, label: str) -> UnitAnswer:
    """For a value that has no unit of its own yet ("Phân tổ khác" of things in kind).

    Things are counted, weighed or measured in whatever unit was written; money and rates are
    refused with ValueError (Vietnamese), a blank text asks for the unit.
    """
    if not squeeze(text):
        return UnitAnswer(True, ONE, "", f"{label}: cần ghi rõ đơn vị tính.")
    known = _KNOWN.get(same_word_key(in_full(text)))
    if known and known.measure.cls.startswith(("money", "percent")):
        raise ValueError(
            f"{label} ghi theo từng loại, không ghi bằng {MEASURED[known.measure.cls]}"
            f" (“{squeeze(text)}”)."
        )
    if known:
        return UnitAnswer(True, known.factor, known.spelling, "")
    return UnitAnswer(True, ONE, squeeze(text), "")


def _refusal(
    text: str, measure: UnitOfMeasure, also: tuple[str, ...], label: str, known: _Known | None
) -> str:
    allowed = list(dict.fromkeys([measure.unit, *measure.accepts, *also, *measure.scaled]))
    kind = f" ({MEASURED[known.measure.cls]})" if known and known.measure.is_measured else ""
    return (
        f"{label} tính bằng {measure.unit}, không ghi được “{squeeze(text)}”{kind}."
        f" Hãy ghi: {', '.join(allowed)}."
    )
