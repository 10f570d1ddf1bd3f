"""Words around a number, and words instead of one."""

import re
from dataclasses import dataclass

from .measures import SCALES, canonical, is_known
from .names import fold

#: What `Typed.qualifier` can be: every other way of saying it is brought to one of these.
QUALIFIERS = ("", "hơn", "trên", "gần", "dưới", "khoảng", "ít nhất", "nhiều nhất", "toàn thể")

_QUALIFIED = {
    "hơn": "hon",
    "trên": "tren|quá|>",
    "gần": "gan|ngót|ngót nghét|sắp sỉ",
    "dưới": "duoi|chưa đến|chưa tới|chưa đầy|không đến|không tới|<",
    "khoảng": "khoang|khỏang|vào khoảng|khoảng chừng|chừng|độ|cỡ|tầm|trên dưới|xấp xỉ|xấp sỉ"
    "|suýt soát|~|≈",
    "ít nhất": "tối thiểu|không dưới|không ít hơn|không kém|từ|≥",
    "nhiều nhất": "tối đa|không quá|không hơn|≤",
    "toàn thể": "tòan thể|toan the|toàn bộ|tòan bộ|tất cả|(toàn thể)",
}
_ESTIMATED = (
    "ước|uoc|ước đạt|uoc dat|ước tính|ước thực hiện|ước th|ước cả năm|ước có|ước được|dự ước"
    "|dự kiến|tạm tính|ưth|(ước)|(uoc)|(ước tính)|(dự kiến)"
)
_PASSED = "có|đạt|được|là|tổng|tổng số|tổng cộng|đã|đã có|đã đạt|đã được"
# After "từ" only: "từ 95% trở lên".
_BEHIND = {"trở lên": "ít nhất", "trở xuống": "nhiều nhất"}

_LEADS: dict[tuple[str, ...], tuple[str, str]] = {}
for _qualifier, _others in _QUALIFIED.items():
    for _phrase in (_qualifier, *_others.split("|")):
        _LEADS[tuple(_phrase.split())] = ("qualifier", _qualifier)
_LEADS |= {tuple(phrase.split()): ("estimate", "") for phrase in _ESTIMATED.split("|")}
_LEADS |= {tuple(phrase.split()): ("passed", "") for phrase in _PASSED.split("|")}
_LONGEST_LEAD = max(map(len, _LEADS))

_SIGNS = {">=": "≥", "=>": "≥", "<=": "≤", "=<": "≤"}

# Compared folded, without commas, brackets and dashes.
_NOT_CONCERNED = frozenset({"x", "×", "ktd", "k.t.d", "khong thuoc dien", "khong thuoc doi tuong"})
_MISSING = frozenset(
    {"", "chua bao cao", "chua co so lieu", "chua co so", "chua nop", "chua thong ke"}
)
_DONE = re.compile(
    r"(?:(?:co|da|da co)(?: (?:lam|thuc hien|to chuc|hoat dong|trien khai|tham gia|hoan thanh|xong))?"
    r"|hoan thanh)(?: (?:khong neu(?: so)?|(?:khong|chua) co so(?: lieu)?|khong (?:ro|nho) so))?"
    r"|khong neu so"
)
# Folding would let "cỡ" and "cơ" pass for "có".
_DONE_BEGINS = ("có", "co", "đã", "da", "hoàn", "hoan", "không nêu", "khong neu")
_NONE_SAID = frozenset({"khong", "chua", "chang", "ko"})
_DASHES = frozenset("-–—_/.…")
_VAGUE = re.compile(
    r"(?:nhiều(?! hơn| nhất| lắm| quá| đấy| rồi)|rất nhiều|vài|vài ba|dăm|mấy|hàng|hằng|một số|một vài|một ít|một phần|hầu hết|đa số"
    r"|đa phần|phần lớn|phần đông|đông đảo|không ít|số đông|đầy đủ|thường xuyên)(?: .*)?"
)

_DOUBT = (
    "Có thể hiểu nhiều cách: ghi 0 nếu không có, “x” nếu không thuộc diện, "
    "“có” nếu đã làm mà không nêu số; để trống nếu chưa báo cáo"
)


@dataclass(frozen=True, slots=True)
class Lead:
    """A text taken apart: what stands before the number, and the rest (`core`).

    `vague`: words that stand for a quantity. `fallback_words`: words that say it was done, if no
    number is found. `words` and `unit` belong to these two.
    """

    core: str
    qualifier: str = ""
    estimate: bool = False
    vague: bool = False
    fallback_words: bool = False
    words: str = ""
    unit: str = ""


def said_in_words(typed: str) -> str | None:
    """The state that a fixed phrase says; None when the text is not one of them.

    Raises ValueError (Vietnamese) for a dash and "không", which may mean 0, nothing yet, or no
    concern of the unit.
    """
    if any(digit in typed for digit in "0123456789"):
        return None
    folded = " ".join(fold(typed).translate(dict.fromkeys(map(ord, ",;()-–—:"), " ")).split())
    if typed and (set(typed) <= _DASHES or not folded):
        raise ValueError(_DOUBT)
    if folded in _MISSING:
        return ""
    if folded in _NOT_CONCERNED or folded.startswith("khong thuoc dien"):
        return "not_concerned"
    lower = typed.lower()
    if _DONE.fullmatch(folded) and lower.startswith(_DONE_BEGINS):
        return "words"
    if (
        folded.split()[0] in _NONE_SAID
        and not _lead_length(lower.split())
        and not _VAGUE.fullmatch(lower)
    ):
        raise ValueError(_DOUBT)
    return None


def _lead_length(words: list[str]) -> int:
    """How many of the first words make the longest known lead."""
    sizes = range(min(_LONGEST_LEAD, len(words)), 0, -1)
    return next((size for size in sizes if tuple(words[:size]) in _LEADS), 0)


def _unit_of(words: list[str]) -> str:
    """The unit at the end of "hàng nghìn mô hình", when it is a known one."""
    while words and words[0].lower() in SCALES:
        words = words[1:]
    try:
        unit = canonical(" ".join(words))
    except ValueError:
        return ""
    return unit if is_known(unit) else ""


def _bracketed_end(text: str) -> tuple[str, str]:
    """(text before, words) of "1.200 (ước)"; (text, "") without known words in brackets."""
    before, bracket, inside = text.removesuffix(")").rpartition(" (")
    if bracket and text.endswith(")") and tuple(inside.lower().split()) in _LEADS:
        return before, inside
    return text, ""


def split_lead(typed: str) -> Lead:
    """Takes "ước", "hơn", "khoảng", "đạt" … and "(ước)", "trở lên" behind away from a number.

    Raises ValueError (Vietnamese) for two different qualifiers, or for a lead with nothing behind.
    """
    text = typed
    for sign, one in _SIGNS.items():
        text = text.replace(sign, one)
    for sign in "≥≤><~≈":
        text = text.replace(sign, f" {sign} ")
    text, aside = _bracketed_end(text)
    words = [*aside.split(), *text.split()]
    behind = _BEHIND.get(" ".join(words[-2:]).lower(), "")
    if behind:
        words = words[:-2]
    qualifiers, kept, phrases, estimate = {behind} - {""}, [], [], False
    while size := _lead_length([word.lower() for word in words]):
        phrases.append(" ".join(words[:size]).lower())
        kind, value = _LEADS[tuple(phrases[-1].split())]
        if kind == "qualifier":
            qualifiers.add(value)
            kept += words[:size]
        estimate |= kind == "estimate"
        words = words[size:]
    if len(qualifiers) > 1 or ("từ" in phrases and not behind):
        raise ValueError("Chỉ ghi một chữ đi kèm số, ví dụ hơn 80%, khoảng 80%, từ 80% trở lên")
    core, whole = " ".join(words), "toàn thể" in qualifiers
    if core.startswith("(") and core.endswith(")") and kept:
        core = core[1:-1]
    if not core and not whole:
        raise ValueError("Thiếu con số. Ghi như hơn 180 hoặc ước 1.200")
    has_digit = any(digit in core for digit in "0123456789")
    vague = not has_digit and (not core or bool(_VAGUE.fullmatch(core.lower())))
    said = " ".join([*kept, core]).strip() if vague or whole else typed
    done = phrases[:1] and phrases[0] in ("có", "đã", "đã có", "đã được", "được")
    return Lead(
        core=core,
        qualifier="".join(qualifiers),
        estimate=estimate,
        vague=vague,
        fallback_words=not has_digit and bool(whole or done),
        words=said.lower() if said.isupper() else said[:1].lower() + said[1:],
        unit=_unit_of(core.split()[1:] if vague else core.split()),
    )
