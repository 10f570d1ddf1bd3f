"""What a workbook's words about a unit ("Cấp", its name) say of its level and kind."""

from members.models import Kind, Level
from members.vietnamese import fold

LEVEL_WORDS = {
    "trung uong": (Level.TRUNG_UONG, Kind.TRUNG_UONG),
    "tinh": (Level.TINH, Kind.TINH),
    "thanh pho": (Level.TINH, Kind.THANH_PHO),
    "cum": (Level.CUM, Kind.CUM),
    "cum thi dua": (Level.CUM, Kind.CUM_THI_DUA),
    "khoi": (Level.CUM, Kind.KHOI),
    "huyen": (Level.CUM, Kind.HUYEN),
    "quan": (Level.CUM, Kind.HUYEN),
    "thi xa": (Level.CUM, Kind.HUYEN),
    "co so": (Level.CO_SO, Kind.KHAC),
    "xa": (Level.CO_SO, Kind.XA),
    "phuong": (Level.CO_SO, Kind.PHUONG),
    "thi tran": (Level.CO_SO, Kind.XA),
    "dac khu": (Level.CO_SO, Kind.DAC_KHU),
    "chi hoi": (Level.CHI_HOI, Kind.CHI_HOI),
    "phan hoi": (Level.PHAN_HOI, Kind.PHAN_HOI),
}
NAME_WORDS = (
    (Kind.DOANH_NGHIEP, ("doanh nghiep", "cong ty", "tong cong ty", "nha may", "ngan hang", "xi nghiep", "tap doan")),
    (Kind.TRUONG, ("truong", "dai hoc", "cao dang", "hoc vien")),
    (Kind.CO_QUAN, ("co quan", "so", "benh vien", "cuc", "chi cuc", "ban", "vien", "toa an", "bao", "dai", "kho bac")),
    (Kind.PHUONG, ("phuong",)),
    (Kind.XA, ("xa", "thi tran")),
    (Kind.DAC_KHU, ("dac khu",)),
)


def guess_kind(level, kind, name, is_cluster):
    """The kind of a new unit: what "Cấp" says, else what its name says, else unknown."""
    if kind == Kind.CUM and (is_cluster or "thi dua" in fold(name)):
        return Kind.CUM_THI_DUA
    if kind == Kind.KHAC:
        words = f" {fold(name)} "
        return next((found for found, signs in NAME_WORDS if any(f" {sign} " in words for sign in signs)), Kind.KHAC)
    return kind


def stands_in_cluster(described, known):
    """Codes that are clusters: a cụm in the file, or known, with units of its own level or above "under" it."""
    clusters = {code for code, unit in known.items() if unit.is_cluster}
    for record in described.values():
        parent = " ".join(str(record.values.get("parent_code") or "").split())
        level, _ = LEVEL_WORDS.get(fold(str(record.values.get("level") or "")), (None, None))
        above = described.get(parent)
        _, above_kind = LEVEL_WORDS.get(fold(str(above.values.get("level") or "")), (None, None)) if above else (None, None)
        if above_kind in (Kind.CUM, Kind.CUM_THI_DUA, Kind.KHOI) and level in (Level.TINH, Level.CUM):
            clusters.add(parent)
    for code, record in described.items():
        _, kind = LEVEL_WORDS.get(fold(str(record.values.get("level") or "")), (None, None))
        name = fold(str(record.values.get("unit_name") or ""))
        if kind == Kind.CUM_THI_DUA or (kind == Kind.CUM and "thi dua" in name):
            clusters.add(code)
    return clusters
