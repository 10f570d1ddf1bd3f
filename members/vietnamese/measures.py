"""Units of measure as people write them, and the words of scale before them."""

import re
from functools import lru_cache

from .words import NUMBER_WORDS

# Other spellings of one unit; a different word for the same thing ("căn" for "nhà") stays.
_SPELLINGS = {
    "đồng": "đ|đ.|vnđ|vnd|₫|dong|đồng chẵn|đồng vn|đồng việt nam|đồng tiền mặt",
    "đồng chí": "đ/c|đ.c|đc|d/c",
    "hội viên": "hv|h.viên|hoi vien",
    "câu lạc bộ": "clb",
    "doanh nghiệp": "dn",
    "hợp tác xã": "htx",
    "chi hội": "ch|chi hoi",
    "m²": "m2|m^2|mét vuông|m vuông",
    "m³": "m3|m^3|mét khối",
    "km²": "km2|km^2",
    "m": "mét",
    "km": "ki-lô-mét|kilômét|cây số",
    "ha": "héc ta|hecta|héc-ta",
    "kg": "ki-lô-gam|kilôgam|cân",
    "%": "phần trăm|phan tram",
    "điểm phần trăm": "điểm %",
}
_KNOWN = (
    "người|đại biểu|đoàn viên|lao động|cháu|em|trẻ em|cá nhân|hộ|gia đình|nhà|căn|ngôi nhà|cơ sở"
    "|tổ chức|phân hội|hội|đơn vị|tập thể|tổ|trang trại|gia trại|mô hình|lượt|suất|cuộc|buổi|đợt"
    "|lần|vụ|trường hợp|hồ sơ|chuyến|đoàn|hoạt động|lớp|kỳ|ý kiến|ngày công|công|cây|công trình"
    "|đường|thẻ|hài cốt|trang|giải|cờ|bằng khen|giấy khen|kỷ niệm chương|hình thức|năm|bài học"
    "|nhiệm vụ|chỉ tiêu|tỉnh|huyện|quận|xã|phường|thôn|cái|chiếc|con|thanh niên|suất quà|cán bộ"
    "|đảng viên|tấn|tạ|lít|đôi|bộ|hội nghị|tháng|quý|ngày|giờ"
)
_CANONICAL = {word: word for word in _KNOWN.split("|")}
for _unit, _others in _SPELLINGS.items():
    _CANONICAL |= dict.fromkeys([_unit, *_others.split("|")], _unit)

#: Word of scale -> power of ten.
SCALES = {
    "chục": 1, "trăm": 2,
    "nghìn": 3, "ngàn": 3, "nghin": 3, "ngan": 3, "k": 3,
    "vạn": 4,
    "triệu": 6, "trieu": 6, "tr": 6,
    "tỷ": 9, "tỉ": 9, "ty": 9,
}  # fmt: skip
#: With one of these and no unit at all, people mean money.
MONEY_SCALES = frozenset({"k", "triệu", "trieu", "tr", "tỷ", "tỉ", "ty"})
LONGEST_UNIT = 30
HALVES = ("rưỡi", "rưởi", "ruoi")

_GLUED_MONEY = re.compile(r"\b(tr|triệu|tỷ|tỉ|nghìn|ngàn|ng|k)\.?(đồng|đ|vnđ)(?!\w)", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+(?:(?:, ?| ?[-–] ?| )[^\W\d_]+)*")
_NEVER_FIRST = re.compile(
    r"(?:và|hoặc|đến|tới|trên|dưới|trong|của|không|chưa|ở|tại|cho|với|là|còn|mà|nhưng|nửa|phần|hơn"
    r"|gần|khoảng|so|từ|bằng|như|có|đã|nhiều|được|đạt|ước|toàn|tất)(?!\w)"
)
_HEADED = re.compile(r"(10{1,6}|100?\.000|1\.000(?:\.000)?) ?(?=[^\W\d])")


def split_glued_money(text: str) -> str:
    """Sets apart "trđ" -> "tr đ", "tỷđồng" -> "tỷ đồng", "ngđ" -> "nghìn đ"."""

    def apart(found: re.Match) -> str:
        scale = "nghìn" if found[1].lower() == "ng" else found[1]
        return f"{scale} {found[2]}"

    return _GLUED_MONEY.sub(apart, text)


def is_known(unit: str) -> bool:
    """Whether `canonical` gave a unit of the tables rather than a word as it was written."""
    return all(part in _CANONICAL for part in unit.split("/"))


def canonical(text: str) -> str:
    """The unit spelled one way: "m2" -> "m²", "đ/hv" -> "đồng/hội viên", "Hội viên" -> "hội viên"; unknown words stay.

    Raises ValueError (no text of its own) when it cannot be a unit of measure.
    """
    lower = text.lower()
    if lower in _CANONICAL:
        return _CANONICAL[lower]
    head, stroke, tail = text.partition("/")
    if stroke:
        tail = re.sub(r"^(?:1|một|mỗi) ?(?=\D)", "", tail.strip(), flags=re.IGNORECASE)
        both = f"{canonical(head.strip())}/{canonical(tail)}"
        if len(both) > LONGEST_UNIT:
            raise ValueError
        return both
    # "100% chi hội": what the share is of belongs to the indicator.
    if text.startswith("%") and canonical(text[1:].strip()):
        return "%"
    if (
        not _WORDS.fullmatch(text)
        or not 2 <= len(text) <= LONGEST_UNIT
        or _NEVER_FIRST.match(lower)
        or (NUMBER_WORDS | SCALES.keys()) & set(lower.split())
    ):
        raise ValueError
    return text


@lru_cache(maxsize=512)
def column_unit(text: str) -> tuple[int, str]:
    """(power of ten, unit) of a column: "tỷ đồng" -> (9, "đồng"), "1.000 đ" -> (3, "đồng")."""
    rest = split_glued_money(text)
    power = 0
    if headed := _HEADED.match(rest):
        power, rest = headed[1].count("0"), rest[headed.end() :]
    first, _, after = rest.partition(" ")
    while first.lower() in SCALES:
        power += SCALES[first.lower()]
        rest = after or ("đồng" if first.lower() in MONEY_SCALES else "")
        first, _, after = rest.partition(" ")
    try:
        return power, canonical(rest) if rest else ""
    except ValueError:
        return power, rest
