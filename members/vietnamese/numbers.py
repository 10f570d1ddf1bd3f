"""Reads the numbers of reports as secretaries write them."""

import re
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal

from .formats import EXACT, plain
from .measures import (
    HALVES,
    MONEY_SCALES,
    SCALES,
    canonical,
    column_unit,
    is_known,
    split_glued_money,
)
from .phrases import QUALIFIERS, said_in_words, split_lead
from .text import clean, quote
from .words import read_words

__all__ = ["QUALIFIERS", "Typed", "parse_number"]

LONGEST_TEXT = 200
MOST_DIGITS = 18

HELP = (
    "Ghi số như 1.862 hoặc 4,5 tỷ đồng hoặc 16/26; ghi “có” nếu đã làm mà không nêu số, "
    "“x” nếu không thuộc diện; để trống nếu chưa báo cáo"
)
TOO_LARGE = f"Số quá lớn, nhiều hơn {MOST_DIGITS} chữ số"
NO_SCALE = "Số cuối thiếu chữ triệu, nghìn hay đồng: ghi như 1,2 tỷ hoặc 1 tỷ 200 triệu"
WHOSE = "Ghi rõ đơn vị tính, ví dụ 500.000 đồng/hội viên"


@dataclass(frozen=True, slots=True)
class Typed:
    """What one cell says.

    `value`, and `denominator` of "16/26", have tỷ, triệu, nghìn multiplied in. `qualifier` is one
    of QUALIFIERS. `words` are the words of a state "words" that can stand where the number would
    ("hàng nghìn mô hình"); empty for a plain "có". `unit` is the unit of measure behind the
    number, or of the column when none was written; "" for a count in a column of percentages.
    """

    state: str = ""
    value: Decimal | None = None
    denominator: Decimal | None = None
    qualifier: str = ""
    estimate: bool = False
    words: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number with its scale, and where the text goes on behind it."""

    value: Decimal
    end: int
    denominator: Decimal | None = None
    scale: str = ""
    remainder: bool = False


# What cannot be one number, with how to mend it; looked for in this order.
_MENDS = tuple(
    (re.compile(form, re.IGNORECASE), mend)
    for form, mend in (
        (r"#", "Ô tính bị lỗi: sửa công thức trong bảng tính hoặc ghi thẳng con số"),
        (
            r"(?:-|–|—|âm )\s*[0-9]|\([0-9.,]+\)$",
            "Số không được âm: số giảm ghi vào chỉ tiêu giảm, không có dấu trừ",
        ),
        (r"(?:\+|tăng |giảm ).*[0-9]", "Chỉ ghi con số, không ghi tăng, giảm hay dấu cộng, trừ"),
        (
            r".*(?<![0-9])[0-9]{1,2}([/.-])[0-9]{1,2}\1(?:[0-9]{4}|[0-9]{2})(?![0-9])",
            "Giống một ngày tháng, ô này chỉ ghi con số",
        ),
        (r".*[0-9]e[+-]?[0-9]", "Ghi đủ các chữ số, ví dụ 1.000.000"),
        (
            r".*[0-9%] ?(?:-|–|—|÷|đến|tới) ?[0-9]",
            "Chỉ ghi một con số, không ghi từ số này đến số kia",
        ),
        (r".*[0-9] ?[+*×=] ?[0-9]|=", "Ghi kết quả, không ghi phép tính"),
        (
            r".*[0-9].*(?:[(=;:]|, ) ?[0-9].*%|.*%.*[0-9]|.*[0-9] ?/ ?[0-9][0-9.,]* ?%",
            "Chỉ ghi một trong hai: số đếm như 8/26, hoặc tỷ lệ như 30,7%",
        ),
    )
)
_SEVERAL = re.compile(r"[0-9].*[^\W\d_].*[0-9]")

_PLAIN = re.compile(r"[0-9]+(?:,[0-9]+)?")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+|(?: [0-9]{3})+)(?:,[0-9]+)?")
_THOUSAND_OR_ONE = re.compile(r"[1-9][0-9]{0,2},000")
_ENGLISH = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_POINT = re.compile(r"[0-9]+\.[0-9]+")

_TWICE = re.compile(r"(?P<digits>[0-9][0-9.]*) ?\((?P<words>[^()0-9]+)\)(?P<rest>.*)")
_DIGITS = re.compile(r"[0-9][0-9.,]*(?: [0-9]{3}(?![0-9]))*(?:[.,][0-9]+)*")
_STROKE = re.compile(r" ?/ ?(?=[0-9])")
_WORD = re.compile(r" ?([^\W\d_]+)")
_NEXT_TERM = re.compile(r"(?:,| và)? ?(?=[0-9])")


def _digits(text: str) -> Decimal:
    """One number in digits; raises ValueError with the way to write it."""
    if _THOUSAND_OR_ONE.fullmatch(text):
        one, thousands = text.removesuffix(",000"), text.replace(",", ".")
        raise ValueError(f"Có thể đọc hai cách: ghi {one} hoặc {thousands}")
    if not (_PLAIN.fullmatch(text) or _GROUPED.fullmatch(text)):
        if _ENGLISH.fullmatch(text):
            mended = text.translate(str.maketrans(",.", ".,"))
            mend = f"Dùng dấu chấm tách hàng nghìn, dấu phẩy cho số lẻ: {mended}"
        elif _POINT.fullmatch(text) and not re.fullmatch(r"[1-9][0-9]{3,}\.[0-9]{3}", text):
            mend = f"Dùng dấu phẩy cho số lẻ: {text.replace('.', ',')}; hàng nghìn ghi đủ ba chữ số như 1.250; tiền ghi cả chữ như 12,5 triệu"
        else:
            mend = "Dấu chấm tách từng ba chữ số, dấu phẩy cho số lẻ: 1.862 hoặc 4.093,7"
        raise ValueError(mend)
    value = Decimal(text.replace(".", "").replace(" ", "").replace(",", "."))
    if value >= 10**MOST_DIGITS:
        raise ValueError(TOO_LARGE)
    return value


def _scale(text: str, at: int) -> tuple[int, str, int]:
    """(power of ten, last word, end) of the scale words at `at`: "nghìn tỷ" -> 12."""
    power, last = 0, ""
    while (found := _WORD.match(text, at)) and found[1].lower() in SCALES:
        word = found[1].lower()
        if last and SCALES[word] <= SCALES[last]:
            break
        power, last, at = power + SCALES[word], word, found.end()
    return power, last, at


def _amount(text: str) -> _Amount:
    """The number that begins `text`, in one or more terms: "10 tỷ 797 triệu", "2 triệu rưỡi"."""
    total, ceiling, at, scale = Decimal(0), None, 0, ""
    while found := _DIGITS.match(text, at):
        number, at = _digits(found[0]), found.end()
        if ceiling is None and (stroke := _STROKE.match(text, at)):
            below = _DIGITS.match(text, stroke.end())
            return _Amount(number, below.end(), denominator=_digits(below[0]))
        power, word, at = _scale(text, at)
        if not word:
            if ceiling is not None and not 1000 <= number < ceiling:
                raise ValueError(NO_SCALE)
            return _Amount(total + number, at, scale=scale, remainder=ceiling is not None)
        step = EXACT.scaleb(number, power)
        if ceiling is not None and step >= ceiling:
            raise ValueError("Số sau phải nhỏ hơn hàng của số trước, như 10 tỷ 797 triệu")
        total, scale = EXACT.add(total, step), word
        half = _WORD.match(text, at)
        if half and half[1].lower() in HALVES:
            if number != number.to_integral_value():
                raise ValueError("Đã có số lẻ thì không ghi rưỡi, ghi như 2,5 triệu")
            return _Amount(total + Decimal(10) ** power / 2, half.end(), scale=scale)
        if not (following := _NEXT_TERM.match(text, at)):
            break
        if total != total.to_integral_value() or number != number.to_integral_value():
            raise ValueError("Chỉ số cuối cùng được có số lẻ, ghi như 1,7 tỷ")
        ceiling, at = Decimal(10) ** power, following.end()
    return _Amount(total, at, scale=scale)


def _spelled(text: str) -> _Amount | None:
    """A number in words with a known unit or none behind it: "hai mươi sáu hội viên"."""
    words = text.split(" ")
    found = read_words([word.lower() for word in words])
    if found is None:
        return None
    value, count = found
    end = len(" ".join(words[:count]))
    rest = text[end:].strip()
    if rest and not is_known(canonical(rest)):
        return None
    money = [word for word in words[:count] if word.lower() in MONEY_SCALES]
    return _Amount(Decimal(value), end, scale=money[0].lower() if money else "")


def _unit(rest: str, amount: _Amount, column: str) -> str:
    """The unit written behind a number, "" for none; ValueError when it cannot be one."""
    written = rest.strip()
    if written.startswith("(") and written.endswith(")"):
        written = written[1:-1].strip()
    if not written:
        return ""
    if written.startswith("/"):
        if amount.denominator is not None:
            raise ValueError("Chỉ ghi hai số như 16/26")
        base = column.partition("/")[0] or ("đồng" if amount.scale in MONEY_SCALES else "")
        if not base:
            raise ValueError(WHOSE)
        return canonical(base + written)
    unit = canonical(written)
    if not rest.startswith((" ", "(")) and not is_known(unit):
        raise ValueError
    return unit


def _number(core: str, power: int, column: str) -> Typed | None:
    """The number in `core` with its unit; None when there is none. ValueError says what is wrong."""
    amount = _amount(core) if core[:1].isdecimal() else _spelled(core)
    if amount is None:
        return None
    per_one = amount.denominator == 1 and _WORD.match(core, amount.end)
    if per_one and column.startswith("đồng"):
        # "500.000/1 hội viên" is a price, not one part of one.
        at = core.index("/")
        amount = replace(amount, denominator=None, end=at)
    elif per_one and amount.value > 1:
        raise ValueError(WHOSE)
    rest = core[amount.end :]
    unit = _unit(rest, amount, column)
    if amount.denominator == 0:
        raise ValueError("Mẫu số phải lớn hơn 0")
    if amount.remainder and not unit.startswith("đồng"):
        raise ValueError(NO_SCALE)
    value, denominator = amount.value, amount.denominator
    partly = not unit or rest.strip().startswith("/")
    if partly and power and amount.scale and amount.scale not in MONEY_SCALES:
        raise ValueError("Không rõ cột này tính bằng gì: ghi cả đơn vị, ví dụ 4.000 tỷ đồng")
    if partly and not amount.scale:
        value = EXACT.scaleb(value, power)
        denominator = denominator and EXACT.scaleb(denominator, power)
    if not unit:
        unit = column
        percent = column in ("%", "điểm phần trăm")
        if percent and denominator is not None:
            unit = ""
        elif amount.scale in MONEY_SCALES and (percent or not column):
            unit = "đồng"
    if value >= 10**MOST_DIGITS:
        raise ValueError(TOO_LARGE)
    return Typed("number", plain(value), denominator and plain(denominator), unit=unit)


def _cell(value: int | float | Decimal, power: int, column: str) -> Typed:
    """A number cell of a spreadsheet, which holds fifteen digits."""
    number = Decimal(f"{value:.15g}") if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise ValueError("Ô tính bị lỗi: sửa công thức trong bảng tính hoặc ghi thẳng con số")
    if number < 0:
        raise ValueError("Số không được âm: số giảm ghi vào chỉ tiêu giảm, không có dấu trừ")
    number = EXACT.scaleb(number, power)
    if number >= 10**MOST_DIGITS:
        raise ValueError(TOO_LARGE)
    return Typed("number", plain(number), unit=column)


def _text(typed: str, power: int, column: str) -> Typed:
    if _PLAIN.fullmatch(typed) or _GROUPED.fullmatch(typed):
        return _number(typed, power, column)
    said = said_in_words(typed)
    if said is not None:
        return Typed(said, unit=column if said == "words" else "")
    for form, mend in _MENDS:
        if form.match(typed):
            raise ValueError(mend)
    lead = split_lead(split_glued_money(typed))
    in_words = Typed("words", estimate=lead.estimate, words=lead.words, unit=lead.unit or column)
    if lead.vague:
        return in_words
    try:
        number = _number(lead.core, power, column)
    except ValueError as error:
        if lead.fallback_words and not str(error):
            return in_words
        if not str(error) and _SEVERAL.search(lead.core):
            raise ValueError("Chỉ ghi một con số, số khác ghi vào chỉ tiêu khác") from None
        raise
    if number is not None:
        return replace(number, qualifier=lead.qualifier, estimate=lead.estimate)
    if lead.fallback_words:
        return in_words
    raise ValueError


def _without_words(typed: str) -> str:
    """ "05 (năm) cuộc" as "05 cuộc": official papers repeat a number in words. ValueError when the two differ."""
    twice = _TWICE.fullmatch(typed)
    if not twice:
        return typed
    words = twice["words"].strip().lower().split(" ")
    found = read_words(words)
    if found is None or found[1] != len(words):
        return typed
    if Decimal(twice["digits"].replace(".", "")) != found[0]:
        raise ValueError(f"Số {twice['digits']} và chữ “{twice['words'].strip()}” không giống nhau")
    return f"{twice['digits']} {twice['rest'].strip()}".strip()


def parse_number(text: object, unit: str = "") -> Typed:
    """Reads one cell: text as people write it, or the number a spreadsheet holds.

    `unit` is the column's unit of measure, used when the cell states none: "4,5" under "tỷ đồng"
    is 4.500.000.000 with unit "đồng". A dot groups thousands, a comma begins the decimals.
    Nothing is rounded and no unit is converted (ha stays ha). Raises ValueError, in Vietnamese,
    with what is wrong and how to mend it, for what is no number or could be two.
    """
    power, column = column_unit(clean(unit))
    try:
        if text is None:
            return Typed()
        if isinstance(text, (date, time)):
            raise ValueError(
                "Bảng tính đã đổi ô này thành ngày tháng (8/12 thành ngày 8 tháng 12): "
                "định dạng ô là văn bản rồi ghi lại"
            )
        if isinstance(text, (int, float, Decimal)) and not isinstance(text, bool):
            return _cell(text, power, column)
        if not isinstance(text, str):
            raise ValueError
        if len(text) > LONGEST_TEXT:
            raise ValueError(f"Dài quá {LONGEST_TEXT} chữ cái, chỉ ghi con số")
        typed = clean(text).lstrip("'’‘`").strip().rstrip(".;,: ")
        return _text(_without_words(typed) or clean(text), power, column)
    except ValueError as error:
        shown = quote(clean(f"{text}"))
        raise ValueError(f"Chưa đọc được {shown}. {str(error) or HELP}") from None
