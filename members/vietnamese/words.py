"""Whole numbers in Vietnamese words, written and read."""

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
LARGEST = 10**18 - 1

_BILLION = 10**9
_SCALES = {"nghìn": 10**3, "ngàn": 10**3, "triệu": 10**6}
_VALUES = {word: value for value, word in enumerate(DIGITS)} | {"bẩy": 7}
_AFTER_TENS = _VALUES | {"mốt": 1, "tư": 4, "lăm": 5, "nhăm": 5}
_BILLIONS = ("tỷ", "tỉ")
#: Every word a spelled number can hold.
NUMBER_WORDS = frozenset(
    {
        *_AFTER_TENS,
        *_SCALES,
        *_BILLIONS,
        "mười",
        "mươi",
        "trăm",
        "linh",
        "lẻ",
        "rưỡi",
        "chục",
        "vạn",
    }
)


def _hundreds(n: int, full: bool) -> list[str]:
    """0-999; `full` writes the empty places too ("không trăm linh năm")."""
    hundred, ten, one = n // 100, n // 10 % 10, n % 10
    words = [DIGITS[hundred], "trăm"] if hundred or full else []
    if ten == 0:
        return words + (["linh"] if words and one else []) + ([DIGITS[one]] if one else [])
    words += ["mười"] if ten == 1 else [DIGITS[ten], "mươi"]
    if one == 5:
        return [*words, "lăm"]
    if ten > 1 and one in (1, 4):
        return [*words, "mốt" if one == 1 else "tư"]
    return [*words, DIGITS[one]] if one else words


def _below_billion(n: int, full: bool) -> list[str]:
    words: list[str] = []
    for size, name in ((10**6, "triệu"), (10**3, "nghìn"), (1, "")):
        group, n = divmod(n, size)
        if group:
            words += _hundreds(group, full or bool(words)) + ([name] if name else [])
    return words


def number_words(n: int) -> str:
    """26 -> "hai mươi sáu"; 0 to 999.999.999.999.999.999, else ValueError."""
    if isinstance(n, bool) or n != int(n) or not 0 <= n <= LARGEST:
        raise ValueError("Chỉ viết bằng chữ số nguyên từ 0 đến dưới một tỷ tỷ")
    n = int(n)
    if n == 0:
        return DIGITS[0]
    billions, rest = divmod(n, _BILLION)
    words = [*_below_billion(billions, False), "tỷ"] if billions else []
    return " ".join(words + _below_billion(rest, bool(billions)))


class _Reader:
    """Reads the number at the start of a list of lower-case words; `at` is how far it came."""

    def __init__(self, words: list[str]):
        self.words, self.at = words, 0

    def peek(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.words[place] if place < len(self.words) else ""

    def take(self, *wanted: str) -> bool:
        found = self.peek() in wanted
        self.at += found
        return found

    def doubt(self) -> ValueError:
        return ValueError("Có thể đọc hai cách: ghi bằng chữ số")

    def ones(self) -> int:
        """What follows mười or mươi: a unit or nothing."""
        if self.peek() == "năm" or self.peek() == "không":
            raise self.doubt()
        value = _AFTER_TENS.get(self.peek(), 0)
        self.at += bool(value)
        return value

    def tens(self) -> int | None:
        """mười … | hai mươi … | hai mốt (colloquial) | a single digit; None when none stands here."""
        if self.take("mười"):
            return 10 + self.ones()
        digit = _VALUES.get(self.peek())
        if digit is None:
            return None
        self.at += 1
        if digit and self.take("mươi"):
            return 10 * digit + self.ones()
        if digit > 1 and self.peek() in ("mốt", "tư", "lăm", "nhăm"):
            return 10 * digit + self.ones()
        return digit

    def group(self, first: bool) -> int | None:
        """0-999. A lone digit after a higher place ("một nghìn hai", "một trăm hai") is in doubt."""
        if not first and self.take("linh", "lẻ"):
            return self.digit()
        value = self.tens()
        if value is None:
            return None
        if value < 10 and self.take("trăm"):
            if self.take("linh", "lẻ"):
                return 100 * value + self.digit()
            if self.take("rưỡi"):
                return 100 * value + 50
            rest = self.tens()
            if rest is not None and rest < 10:
                self.at -= 1
                raise self.doubt()
            return 100 * value + (rest or 0)
        if value < 10 and not first and self.peek() not in _SCALES:
            self.at -= 1
            raise self.doubt()
        return value

    def digit(self) -> int:
        value = (_VALUES | {"tư": 4}).get(self.peek(), 0)
        if not value:
            raise self.doubt()
        self.at += 1
        return value

    def below_billion(self, first: bool) -> int | None:
        total, ceiling = 0, _BILLION
        while True:
            value = self.group(first)
            if value is None:
                return None if first else total
            scale = _SCALES.get(self.peek(), 1)
            if scale >= ceiling:
                raise self.doubt()
            total, ceiling, first = total + value * scale, scale, False
            if scale == 1:
                return total
            self.at += 1
            if self.take("rưỡi"):
                return total + scale // 2


def read_words(words: list[str]) -> tuple[int, int] | None:
    """(value, how many words it took) of the number that begins the lower-case words, or None.

    Raises ValueError (Vietnamese) when the words can be read in two ways, as "một nghìn hai"
    (1.200 or 1.002) or "hai mươi năm" (25, or 20 years).
    """
    reader = _Reader(words)
    value = reader.below_billion(True)
    if value is None:
        return None
    if reader.take(*_BILLIONS):
        value *= _BILLION
        if reader.take("rưỡi"):
            value += _BILLION // 2
        else:
            value += reader.below_billion(False) or 0
    return value, reader.at
