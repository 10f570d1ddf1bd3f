"""How a unit and a period are called in a document."""

from members.models import Kind, Level, PeriodKind
from members.vietnamese import viet_date

ORDINALS = ["Một", "Hai", "Ba", "Bốn", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười một", "Mười hai", "Mười ba", "Mười bốn", "Mười lăm"]
NAMED = 2  # units named one by one; the others are counted
AREA_WORDS = ("phường ", "xã ", "thị trấn ", "đặc khu ", "quận ", "huyện ", "thị xã ", "tỉnh ", "thành phố ")


def period_now(period):
    """"năm 2022", "nửa đầu nhiệm kỳ 2017 - 2022": the period inside a sentence."""
    return period.label


def period_next(period):
    """What the plan is for. Titles come from the kind and the dates, never from the year alone."""
    year, number = period.year, period.number
    match period.kind:
        case PeriodKind.NAM:
            return f"năm {year + 1}"
        case PeriodKind.SAU_THANG:
            return f"6 tháng cuối năm {year}" if number != 2 else f"6 tháng đầu năm {year + 1}"
        case PeriodKind.CHIN_THANG:
            return f"quý IV năm {year}"
        case PeriodKind.QUY:
            roman = ["I", "II", "III", "IV"]
            return f"quý {roman[number % 4]} năm {year + (number == 4)}"
        case PeriodKind.THANG:
            return f"tháng {number % 12 + 1} năm {year + (number == 12)}"
        case PeriodKind.NUA_NHIEM_KY:
            return "nửa nhiệm kỳ còn lại"
        case PeriodKind.NHIEM_KY:
            return "nhiệm kỳ tới"
    return "thời gian tới"


def span(first, last):
    return f"từ {viet_date(first)} đến {viet_date(last)}"


def subordinate_noun(children):
    """What the direct subordinates are called together; "đơn vị" when they are of several kinds."""
    levels, kinds = {c.level for c in children}, {c.kind for c in children}
    if levels == {Level.TINH}:
        return "tỉnh" if kinds == {Kind.TINH} else "tỉnh, thành phố"
    if levels == {Level.CHI_HOI}:
        return "chi hội"
    if levels == {Level.PHAN_HOI}:
        return "phân hội"
    if levels == {Level.CO_SO}:
        return {frozenset({Kind.PHUONG}): "phường", frozenset({Kind.XA}): "xã"}.get(frozenset(kinds), "tổ chức cơ sở Hội")
    return "đơn vị"


def standing(have, expected, noun, partly=""):
    """“số của 3/3 xã, trong đó xã Thanh Sơn mới 6/8 chi hội”: what a sum stands on; ``partly`` as ``partly`` writes it."""
    if not have:  # the unit's own number: nobody below has given one
        return f"chưa có số của {expected} {noun}"
    return f"số của {have}/{expected} {noun}" + (f", trong đó {partly}" if partly else "")


def partly(found):
    """“xã Thanh Sơn mới 6/8 chi hội và 2 đơn vị khác chưa đủ”, of [(unit, figure, its subordinates)]; '' of none."""
    said = []
    for unit, figure, below in found[:NAMED]:
        counts = f"mới {figure.have}/{figure.expected} {subordinate_noun(below)}" if 0 < figure.have < figure.expected else "chưa đủ"
        said.append(f"{name_inside(unit)} {counts}")
    if len(found) > NAMED:
        return f"{', '.join(said)} và {len(found) - NAMED} đơn vị khác chưa đủ"
    return ", ".join(said)


def name_inside(unit):
    """A unit's name inside a sentence: "Cao Bằng", "phường Bồ Đề", "chi hội Thôn Đông"."""
    name = unit.short_name
    if unit.level == Level.TINH:
        return name.removeprefix("Tỉnh ").removeprefix("Thành phố ")
    first = name.split(" ")[0].lower()
    common = {"phường", "xã", "quận", "huyện", "đặc", "thị", "chi", "phân", "cơ", "doanh", "công", "trường", "khối", "nhà", "cụm"}
    return name[0].lower() + name[1:] if first in common else name


def place_of(unit):
    """The place name of the date line: the commune or province that the unit is named after, else one above."""
    while unit:
        name = unit.name
        for word in AREA_WORDS:
            if f" {word}" in f" {name.lower()}" and unit.kind not in (Kind.KHOI, Kind.CO_QUAN, Kind.DOANH_NGHIEP, Kind.TRUONG):
                at = name.lower().rindex(word) + len(word)
                return name[at:].split(" (")[0].split(",")[0].strip()
        if unit.level == Level.CUM and unit.kind in (Kind.KHOI, Kind.CUM) and not unit.parent_id:
            at = name.lower().rfind("tỉnh ")
            if at >= 0:
                return name[at + 5:].strip()
        unit = unit.parent
    return ""


def province_of(unit):
    """"tỉnh Hà Tĩnh", "thành phố Hà Nội": the province the unit lies in; '' above the provinces."""
    while unit and unit.level != Level.TINH:
        unit = unit.parent
    name = unit.short_name.split(" (")[0] if unit else ""
    return name[:1].lower() + name[1:] if name.startswith(("Tỉnh ", "Thành phố ")) else ""


def letterhead_names(unit):
    """(superior, issuer) in full; the rendering abbreviates and wraps them."""
    parent = unit.parent
    if parent:
        above = parent.full_name
    elif unit.level in (Level.TINH, Level.CUM) and (unit.level == Level.TINH or unit.is_cluster):
        above = "Hội Cựu chiến binh Việt Nam"
    else:
        above = ""
    name = unit.full_name.split(" (")[0]
    if above and not name.lower().startswith(("hội", "chi hội", "phân hội", "cụm")):
        name = f"Hội Cựu chiến binh {name}"
    return above.split(" (")[0], name


def addressed_to(unit):
    above, _ = letterhead_names(unit)
    if not above:
        return ""
    board = "Ban Chấp hành" if unit.level in (Level.CHI_HOI, Level.PHAN_HOI) else "Ban Thường vụ"
    if above == "Hội Cựu chiến binh Việt Nam":
        return "Trung ương Hội Cựu chiến binh Việt Nam"
    return f"{board} {above}"


def signature(unit):
    """(authority, title) where the unit has set none."""
    if unit.is_cluster:
        return "TM. CỤM THI ĐUA", "CỤM TRƯỞNG"
    if unit.level in (Level.CHI_HOI, Level.PHAN_HOI):
        return f"TM. BAN CHẤP HÀNH {Level(unit.level).label.upper()}", f"{Level(unit.level).label.upper()} TRƯỞNG"
    return "TM. BAN CHẤP HÀNH", "CHỦ TỊCH"
