"""Numbers as they are printed: dots between thousands, a comma before decimals."""

from decimal import ROUND_HALF_UP, Context, Decimal

from .words import number_words

#: Wide enough that no sum or product of printable numbers is ever rounded.
EXACT = Context(prec=300)

_TRIEU, _TY = 10**6, 10**9
_SWAPPED = str.maketrans(",.", ".,")
# Below this a sum is short enough in full: "2.600.000 đồng".
_SHORT_FROM = 10 * _TRIEU


def plain(value: Decimal | int) -> Decimal:
    """The same value without exponent and without zeros at the end of its decimals."""
    if isinstance(value, float):
        raise TypeError("a float has no exact decimals; pass a Decimal or an int")
    value = Decimal(value)
    if not value.is_finite():
        raise ValueError("Không phải là một con số")
    whole = value.to_integral_value(context=EXACT)
    return EXACT.add(whole, 0) if value == whole else value.normalize(EXACT)


def _printed(value: Decimal) -> str:
    text = format(value.copy_abs(), ",f").translate(_SWAPPED)
    return f"−{text}" if value < 0 else text


def format_number(value: Decimal | int) -> str:
    """1862 -> "1.862", 4093.70 -> "4.093,7", -5 -> "−5"; every decimal it has, no zeros after."""
    return _printed(plain(value))


def format_percent(value: Decimal | int, places: int = 1) -> str:
    """80 -> "80,0%", 30.769 -> "30,8%" (half away from zero).

    Only 0 and 100 print as such, without decimals; what would round to them gets one or two
    places more: 99.96 -> "99,96%".
    """
    value = rounded = plain(value)
    if value not in (0, 100):
        for more in range(3):
            rounded = value.quantize(Decimal(1).scaleb(-places - more), ROUND_HALF_UP, EXACT)
            if rounded not in (0, 100):
                break
    return f"{_printed(rounded)}%"


def lead_zero(n: Decimal | int) -> str:
    """3 -> "03" as prose writes 1-9 before a noun; 0 stays "0", all others are as format_number."""
    text = format_number(n)
    return f"0{text}" if len(text) == 1 and text != "0" else text


def money_short(dong: Decimal | int) -> str:
    """Đồng for a sentence: "4.093,7 tỷ đồng", "102,35 triệu đồng", "2.600.000 đồng".

    Never rounds. Tỷ from one tỷ, triệu from ten triệu, and only when three decimals are enough;
    otherwise full đồng.
    """
    dong = plain(dong)
    for size, name, least in ((_TY, "tỷ", _TY), (_TRIEU, "triệu", _SHORT_FROM)):
        if dong.copy_abs() >= least and EXACT.remainder(dong, size // 1000) == 0:
            return f"{format_number(EXACT.divide(dong, size))} {name} đồng"
    return f"{format_number(dong)} đồng"


def money_words(dong: Decimal | int) -> str:
    """2600000 -> "hai triệu sáu trăm nghìn đồng"; whole đồng from 0, else ValueError."""
    return f"{number_words(dong)} đồng"
