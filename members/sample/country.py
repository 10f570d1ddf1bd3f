"""The provinces and communes of the country, and how many of them an association of a given size has."""

import csv
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from members.models import Kind

GEOGRAPHY = Path(__file__).resolve().parents[1] / "geography"
ONE_PROVINCE = 300_000  # more members than this need several provinces
A_PROVINCE, A_COMMUNE = 90_000, 1_500  # members; the nation has 3,000,000 in 34 and 3,321
FEWEST_COMMUNES = 3
KINDS = {"Tỉnh": Kind.TINH, "Thành phố": Kind.THANH_PHO, "Xã": Kind.XA, "Phường": Kind.PHUONG, "Đặc khu": Kind.DAC_KHU}


@dataclass(frozen=True)
class Commune:
    code: str
    name: str  # "xã Thanh Sơn"
    kind: str


@dataclass
class Province:
    code: str
    name: str  # "tỉnh Thanh Hóa"
    kind: str
    communes: list[Commune] = field(default_factory=list)


@cache
def read_country():
    """Provinces with their communes since 1 July 2025, in the order of their codes."""
    with (GEOGRAPHY / "communes_2025.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for row in rows:
        kind = "Thành phố" if row["tinh"].startswith("Thành phố") else "Tỉnh"
        province = found.setdefault(row["ma_tinh"], Province(row["ma_tinh"], _small(row["tinh"]), KINDS[kind]))
        province.communes.append(Commune(row["ma_xa"], _small(row["ten"]), KINDS[row["loai"]]))
    return list(found.values())


def _small(name):
    return name[:1].lower() + name[1:]


def choose(members, rng):
    """[(province, its communes that take part, members)]: one province up to ``ONE_PROVINCE``."""
    provinces = sorted(read_country(), key=lambda p: (len(p.communes), p.code))
    if members <= ONE_PROVINCE:
        wanted = max(FEWEST_COMMUNES, members // A_COMMUNE)
        province = next((p for p in provinces if len(p.communes) >= wanted), provinces[-1])
        communes = sorted(rng.sample(province.communes, min(wanted, len(province.communes))), key=lambda c: c.code)
        return [(province, communes, members)]
    taken = provinces[::-1][: max(2, -(-members // A_PROVINCE))]
    shares = portions(members, [len(p.communes) for p in taken])
    return [(p, p.communes, share) for p, share in zip(taken, shares, strict=True)]


def portions(total, weights):
    """``total`` split into whole numbers in proportion to whole ``weights``; they add up to it exactly."""
    whole, done, given, out = sum(weights), 0, 0, []
    for weight in weights:
        done += weight
        upto = total * done // whole
        out.append(upto - given)
        given = upto
    return out
