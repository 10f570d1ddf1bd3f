"""The names of the organs in the letterhead, fitted to the left block of 70 mm.

The superior organ may be abbreviated, the issuer never is; it wraps by sense to two or three
lines (Nghị định 30/2020/NĐ-CP, Phụ lục I).
"""

import unicodedata
from functools import cache
from itertools import pairwise

BLOCK_POINTS = 196  # the block is 198 pt wide
UPRIGHT = 0.95  # upright capitals are about a twentieth narrower than bold ones
MOST_LINES = 3  # of an issuer's name that is not unusually long
ASSOCIATION = "HỘI CỰU CHIẾN BINH"

# Advance widths of Times Bold in 1/1000 em (Liberation Serif has the same).
_WIDTHS = dict.fromkeys("CDANRUVXYĐ", 722) | dict.fromkeys("BELTZ", 667)
_WIDTHS |= dict.fromkeys("GHKOQ", 778) | {"F": 611, "P": 611, "I": 389, "J": 500, "S": 556}
_WIDTHS |= {"M": 944, "W": 1000, " ": 250, "-": 333, ",": 250, ".": 250}

# A level word keeps the name behind it: no break in "TỈNH HÀ TĨNH".
_LEVELS = frozenset({"TỈNH", "PHỐ", "QUẬN", "HUYỆN", "XÃ", "PHƯỜNG", "KHU", "TRẤN", "CỤM", "SỐ"})
# Words that stand together on a line.
_COMPOUNDS = frozenset(
    compound.strip()
    for compound in """
    DOANH NGHIỆP, CƠ QUAN, CÔNG TY, TỔNG CÔNG, THÀNH PHỐ, ĐẶC KHU, THỊ XÃ, THỊ TRẤN, BỆNH VIỆN,
    ĐẠI HỌC, HỘI CỰU, CỰU CHIẾN, CHIẾN BINH, CHI HỘI, PHÂN HỘI, CAO ĐẲNG, NHÀ TRƯỜNG,
    TRƯỜNG HỌC, TẬP ĐOÀN, THI ĐUA, VIỆT NAM, DÂN CƯ, KHU PHỐ, SẢN XUẤT, CHI NHÁNH, HẠ TẦNG,
    PHÁT TRIỂN, ĐẦU TƯ, TÀI CHÍNH, TRÁCH NHIỆM, HỮU HẠN, MỘT THÀNH, THÀNH VIÊN, KHAI THÁC,
    CÔNG TRÌNH, THỦY LỢI, CÔNG NGHIỆP, CÔNG NGHỆ, XÂY DỰNG, THƯƠNG MẠI, DỊCH VỤ, CỔ PHẦN,
    NÔNG NGHIỆP, LÂM NGHIỆP, GIAO THÔNG, VẬN TẢI, NGÂN HÀNG, CHÍNH SÁCH, XÃ HỘI, SỞ Y, Y TẾ
    """.split(",")
)


def text_width(text: str, points: float = 12) -> float:
    """Width in pt of an upper-case text in bold type; marks take no room of their own."""
    letters = unicodedata.normalize("NFD", text.upper())
    ems = (_WIDTHS.get(c, 500) for c in letters if not unicodedata.combining(c))
    return sum(ems) * points / 1000


def parent_line(name: str) -> str:
    """The superior organ, "HỘI CCB TỈNH …" where the full name is too wide for one line; a name
    that is too wide all the same stands on several lines."""
    upper = name.upper()
    if text_width(upper) * UPRIGHT <= BLOCK_POINTS:
        return upper
    short = upper.replace(ASSOCIATION, "HỘI CCB", 1)
    if text_width(short) * UPRIGHT <= BLOCK_POINTS:
        return short
    return "\n".join(_lines(short.split()))


def issuer_lines(name: str) -> list[str]:
    """The issuer in full, on three lines or as many more as its name needs."""
    words = name.upper().split()
    whole = " ".join(words)
    choices = [_lines(words)]
    if whole.startswith(ASSOCIATION + " "):
        # The name of the association has a line of its own, unless the rest then fits badly.
        choices.insert(0, [ASSOCIATION, *_lines(words[len(ASSOCIATION.split()) :])])
    return min(choices, key=lambda lines: (*_flaws(lines), max(len(lines), MOST_LINES)))


def _lines(words: list[str]) -> list[str]:
    """Words on the fewest lines that fit, broken by sense, then where they balance."""

    @cache
    def split(start: int, count: int) -> tuple[tuple[bool, int, float], list[str]]:
        """(too wide, names torn, widest) and the lines of the words from `start` on."""
        if count == 1:
            line = " ".join(words[start:])
            width = text_width(line)
            return (width > BLOCK_POINTS, 0, width), [line]
        found = []
        for end in range(start + 1, len(words) - count + 2):
            line = " ".join(words[start:end])
            width = text_width(line)
            (wide, torn, widest), rest = split(end, count - 1)
            flaws = (wide or width > BLOCK_POINTS, torn + _tears(words, end), max(widest, width))
            found.append((flaws, [line, *rest]))
        return min(found)

    choices = []
    for count in range(1, len(words) + 1):
        (wide, torn, widest), lines = split(0, count)
        choices.append(((wide, torn, count, widest), lines))
        if not wide and (count >= MOST_LINES or not torn):
            break
    return min(choices)[1]


def _flaws(lines: list[str]) -> tuple[bool, int]:
    """Whether a line is too wide, and how many breaks tear a name apart."""
    words = [line.split() for line in lines]
    torn = sum(_tears([*before, *after], len(before)) for before, after in pairwise(words))
    return max(map(text_width, lines)) > BLOCK_POINTS, torn


def _tears(words: list[str], index: int) -> bool:
    """Whether a break before `words[index]` tears a name apart."""
    before, after = words[index - 1], words[index]
    if before.endswith(","):
        return False
    return (
        before in _LEVELS
        or f"{before} {after}" in _COMPOUNDS
        or (index > 1 and words[index - 2] in _LEVELS and after not in _LEVELS)
    )
