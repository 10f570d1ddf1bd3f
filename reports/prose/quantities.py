"""How one figure is written inside a sentence."""

import re
from decimal import Decimal
from typing import Any

from members.vietnamese import format_number, format_percent, lead_zero, money_short

HUNDRED = Decimal(100)
MILLION = Decimal(1_000_000)
BILLION = Decimal(1_000_000_000)
#: Names of the same thing counted one by one; only inside a set may a pattern choose the word.
SAME_THING = (
    frozenset({"đồng chí", "hội viên", "người", "đ/c", "cá nhân", "đại biểu", "cán bộ"}),
    frozenset({"cơ sở", "tổ chức", "tổ chức cơ sở Hội", "hội", "Hội", "Hội cơ sở"}),
    frozenset({"hộ", "gia đình", "hộ gia đình"}),
    frozenset({"câu lạc bộ", "CLB"}),
    frozenset({"doanh nghiệp", "DN"}),
    frozenset({"hợp tác xã", "HTX"}),
)
SPELLED = {
    "m2": "m²",
    "CLB": "câu lạc bộ",
    "DN": "doanh nghiệp",
    "HTX": "hợp tác xã",
    "đ/c": "đồng chí",
    "bằng khen": "Bằng khen",
    "giấy khen": "Giấy khen",
    "kỷ niệm chương": "Kỷ niệm chương",
    "phần trăm": "%",
    "đ": "đồng",
    "VNĐ": "đồng",
    "đồng/1 hội viên": "đồng/hội viên",
}
MEASURES = {
    "%",
    "điểm phần trăm",
    "m²",
    "m",
    "km",
    "ha",
    "kg",
    "tạ",
    "tấn",
    "lít",
    "theo loại",
    "xếp loại",
    "",
}
AMOUNT = re.compile(
    r"^(hàng|nhiều|vài|mấy|một số|phần lớn|đa số|toàn bộ|toàn thể|tất cả|hầu hết|hơn|trên|gần|khoảng|không ít|đông đảo|các)\b"
)
BARE = {"có", "có, không nêu số", "đã thực hiện", "có thực hiện", "đã làm", "x", "không nêu số", ""}


def is_money(unit: str) -> bool:
    return SPELLED.get(unit, unit).split("/")[0] == "đồng"


def takes_zero(unit: str) -> bool:
    """Whether a count below 10 of this unit is written 03 in prose (a counted noun, not a measure)."""
    return unit not in MEASURES and not is_money(unit)


def amount_words(words: str) -> bool:
    """“hàng nghìn”, "nhiều chục tỷ đồng": words that can stand where the number would."""
    return bool(AMOUNT.match(words.strip().lower()))


def money(value: Decimal, unit: str, style: str) -> str:
    """A sum in đồng; "đồng/năm" and "đồng/hội viên" keep what stands behind the stroke.

    ``style``: "full" to the đồng; "short" as `money_short`; "million" the same, but
    small sums too are written in triệu when three decimals are enough. A large sum that tỷ
    does not hold in three decimals is "7 tỷ 318,3 triệu đồng".
    """
    tail = SPELLED.get(unit, unit)[len("đồng") :]
    if style == "full" or tail == "/hội viên":
        return f"{format_number(value)} đồng{tail}"
    millions = value / MILLION
    if style == "million" and 1 <= millions < 1000 and millions == round(millions, 3):
        return f"{format_number(millions)} triệu đồng{tail}"
    short = money_short(value)
    billions, rest = divmod(value, BILLION)
    if billions >= 1 and rest and not short.endswith("tỷ đồng") and rest / MILLION == round(rest / MILLION, 3):
        return f"{format_number(billions)} tỷ {format_number(rest / MILLION)} triệu đồng{tail}"
    return short + tail


def percent(rate: Decimal, places: int = 0) -> str:
    """A computed percentage to so many places, as a rule those of `percent_places`; 100 and 0 stay whole.

    What would round to 0 or 100 gets more places.
    """
    return format_percent(rate, places or percent_places(rate))


def percent_places(*rates: Decimal) -> int:
    """One place; two as soon as one of the rates is below 1 %, so that rates side by side look alike."""
    return 2 if any(0 < rate < 1 for rate in rates) else 1


def prefix(figure: Any) -> str:
    guessed = figure.estimate and figure.estimated in (None, figure.value)
    words = [word for word in ("ước" if guessed else "", figure.qualifier or "") if word]
    return " ".join(words) + " " if words else ""


def noun_for(figure: Any, wanted: str = "") -> str:
    """The unit of measure to print: the typed one, or the pattern's word for the same thing."""
    unit = figure.unit or figure.entry.unit
    unit = SPELLED.get(unit, unit)
    if wanted:
        if wanted.lower() == unit.lower():
            return wanted
        if any(wanted in things and unit in things for things in SAME_THING):
            return wanted
    return unit


def number(value: Decimal, unit: str) -> str:
    whole = value == value.to_integral_value()
    if whole and 0 < value < 10 and takes_zero(unit):
        return lead_zero(int(value))
    return format_number(value)


def counted(figure: Any, *, style: str, wanted: str = "", bare: bool = False) -> str:
    """“03 đồng chí”, "155.514 m²", "102,35 triệu đồng", "476/476 hội viên", "hàng nghìn mô hình"."""
    unit = noun_for(figure, wanted)
    if figure.state == "words":
        words = figure.words.strip()
        shown = "" if bare or unit in MEASURES or words.endswith(unit) else f" {unit}"
        return words + shown
    if is_money(unit):
        text = money(figure.value, unit, style)
    elif unit == "%":
        text = format_number(figure.value) + "%"
    elif figure.denominator is not None:
        text = f"{format_number(figure.value)}/{format_number(figure.denominator)}"
        text += "" if bare else f" {unit}"
    elif unit in ("theo loại", "xếp loại", ""):
        text = format_number(figure.value)
    else:
        text = number(figure.value, unit) + ("" if bare else f" {unit}")
    return prefix(figure) + text


def guessed_share(figure: Any, style: str) -> str:
    """“trong đó ước 300 suất”: the estimated share of a number that is otherwise final, else ""."""
    if str(figure.state) != "number" or not figure.estimated or figure.estimated == figure.value:
        return ""
    unit = noun_for(figure)
    if is_money(unit):
        return f"trong đó ước {money(figure.estimated, unit, style)}"
    return f"trong đó ước {number(figure.estimated, unit)} {unit}"
