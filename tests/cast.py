"""One drawn tree and a named cast, for every test that needs somebody somewhere.

::

    Trung ương Hội (VN)
    ├── tỉnh Lam Giang (LG) ............ van_phong, kiem_tra, quan_tri
    │   ├── khối cơ quan (LG-K)
    │   │   ├── Sở Nội vụ (LG-K-01) .... thu_ky_co_quan
    │   │   └── Sở Y tế (LG-K-02)
    │   ├── xã Thanh Sơn (LG-TS) ....... thu_ky, chu_tich, hai_vai, bi_khoa
    │   │   ├── chi hội Thôn Đông ...... chi_hoi_truong
    │   │   └── chi hội Thôn Đoài ...... hai_vai
    │   └── xã Bình Minh (LG-BM) ....... thu_ky_ben_canh
    │       └── chi hội Xóm Bến
    ├── tỉnh Hà Đông (HD) .............. van_phong_ha_dong
    │   └── xã Kim Bài (HD-KB)
    └── cụm thi đua số 3 (CUM-3)

khong_vai has no role at all; superuser has no role and sees everything.
"""

from dataclasses import dataclass, fields
from datetime import date
from functools import cache

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from members.models import FOUNDED_ON, Kind, Level, Role, Unit, UnitRole, UnitVersion, User
from members.scoping import all_units, encode_segment
from members.services import register_member
from members.vietnamese import PartialDate

BACKEND = "members.backends.RoleBackend"
PASSWORD = "mật khẩu của đồng chí 30-4"
SINCE = date(2020, 1, 1)

# key: (code, name, level, kind, parent)
UNITS = {
    "trung_uong": ("VN", "Hội CCB Việt Nam", Level.TRUNG_UONG, Kind.TRUNG_UONG, None),
    "lam_giang": ("LG", "Hội CCB tỉnh Lam Giang", Level.TINH, Kind.TINH, "trung_uong"),
    "ha_dong": ("HD", "Hội CCB tỉnh Hà Đông", Level.TINH, Kind.TINH, "trung_uong"),
    "cum_thi_dua": ("CUM-3", "Cụm thi đua số 3", Level.CUM, Kind.CUM_THI_DUA, "trung_uong"),
    "khoi": ("LG-K", "Hội CCB khối cơ quan tỉnh Lam Giang", Level.CUM, Kind.KHOI, "lam_giang"),
    "thanh_son": ("LG-TS", "Hội CCB xã Thanh Sơn", Level.CO_SO, Kind.XA, "lam_giang"),
    "binh_minh": ("LG-BM", "Hội CCB xã Bình Minh", Level.CO_SO, Kind.XA, "lam_giang"),
    "kim_bai": ("HD-KB", "Hội CCB xã Kim Bài", Level.CO_SO, Kind.XA, "ha_dong"),
    "so_noi_vu": ("LG-K-01", "Hội CCB Sở Nội vụ", Level.CO_SO, Kind.CO_QUAN, "khoi"),
    "so_y_te": ("LG-K-02", "Hội CCB Sở Y tế", Level.CO_SO, Kind.CO_QUAN, "khoi"),
    "thon_dong": ("LG-TS-01", "Chi hội Thôn Đông", Level.CHI_HOI, Kind.CHI_HOI, "thanh_son"),
    "thon_doai": ("LG-TS-02", "Chi hội Thôn Đoài", Level.CHI_HOI, Kind.CHI_HOI, "thanh_son"),
    "xom_ben": ("LG-BM-01", "Chi hội Xóm Bến", Level.CHI_HOI, Kind.CHI_HOI, "binh_minh"),
}

# key (also the user name): (full name, [(unit, role), …])
PEOPLE = {
    "chi_hoi_truong": ("Lê Văn Thắng", [("thon_dong", Role.CHI_HOI_TRUONG)]),
    "thu_ky": ("Nguyễn Thị Hòa", [("thanh_son", Role.THU_KY)]),
    "chu_tich": ("Trần Đình Quế", [("thanh_son", Role.CHU_TICH)]),
    "thu_ky_ben_canh": ("Phạm Văn Bường", [("binh_minh", Role.THU_KY)]),
    "thu_ky_co_quan": ("Đỗ Thị Nhạn", [("so_noi_vu", Role.THU_KY)]),
    "van_phong": ("Hoàng Minh Tuệ", [("lam_giang", Role.VAN_PHONG)]),
    "kiem_tra": ("Vũ Đình Cương", [("lam_giang", Role.KIEM_TRA)]),
    "quan_tri": ("Bùi Quang Lịch", [("lam_giang", Role.QUAN_TRI)]),
    "van_phong_ha_dong": ("Ngô Bá Ước", [("ha_dong", Role.VAN_PHONG)]),
    "hai_vai": ("Đặng Hữu Song", [("thanh_son", Role.CHU_TICH), ("thon_doai", Role.CHI_HOI_TRUONG)]),
    "bi_khoa": ("Mai Văn Nghỉ", [("thanh_son", Role.THU_KY)]),
    "khong_vai": ("Lý Thị Mới", []),
    "superuser": ("Người cài đặt", []),
}


@dataclass
class Tree:
    """The units of the drawing, by their keys in ``UNITS``."""

    trung_uong: Unit
    lam_giang: Unit
    ha_dong: Unit
    cum_thi_dua: Unit
    khoi: Unit
    thanh_son: Unit
    binh_minh: Unit
    kim_bai: Unit
    so_noi_vu: Unit
    so_y_te: Unit
    thon_dong: Unit
    thon_doai: Unit
    xom_ben: Unit


@dataclass
class Cast:
    """The people of the drawing, by their user names; the password of all is ``PASSWORD``."""

    chi_hoi_truong: User
    thu_ky: User
    chu_tich: User
    thu_ky_ben_canh: User
    thu_ky_co_quan: User
    van_phong: User
    kiem_tra: User
    quan_tri: User
    van_phong_ha_dong: User
    hai_vai: User
    bi_khoa: User
    khong_vai: User
    superuser: User

    def __iter__(self):
        return (getattr(self, field.name) for field in fields(self))


@cache
def password_hash():
    """Argon2id takes 20 ms: hashed once for all."""
    return make_password(PASSWORD)


def draw_tree():
    """Insert ``UNITS`` with one version each: one statement a generation."""
    units, waiting = {}, dict(UNITS)
    with all_units("a test draws the tree"):
        while waiting:
            ready = [key for key, row in waiting.items() if row[4] is None or row[4] in units]
            born = {}
            for key in ready:
                code, name, level, kind, parent_key = waiting.pop(key)
                parent = units.get(parent_key)
                elder = sum(unit.parent is parent for unit in born.values())
                path = (parent.path if parent else "") + encode_segment(elder)
                born[key] = Unit(code=code, name=name, level=level, kind=kind, parent=parent, path=path)
            Unit.objects.bulk_create(born.values())
            units |= born
        UnitVersion.objects.bulk_create(
            UnitVersion(unit=unit, name=unit.name, kind=unit.kind, parent=unit.parent, starts_on=FOUNDED_ON)
            for unit in units.values()
        )
    return Tree(**units)


def call_cast(tree):
    """Insert ``PEOPLE`` with their roles since 2020."""
    people = {
        key: User(
            username=key, full_name=name, password=password_hash(),
            is_active=key != "bi_khoa", is_superuser=key == "superuser",
        )
        for key, (name, _) in PEOPLE.items()
    }
    User.objects.bulk_create(people.values())
    with all_units("a test calls the cast"):
        UnitRole.objects.bulk_create(
            UnitRole(user=people[key], unit=getattr(tree, unit), role=role, starts_on=SINCE)
            for key, (_, roles) in PEOPLE.items()
            for unit, role in roles
        )
    return Cast(**people)


def logged_in(user):
    """A client in which ``user`` is logged in (axes wants a request to log in by password)."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def enrolled(unit, name, born=None, admitted_on=None, sex="nam", **fields):
    """A member of ``unit``; dates as people write them."""
    with all_units("a test enrols a member"):
        return register_member(
            unit=unit, name=name, sex=sex, born=born and PartialDate.parse(born),
            admitted_on=admitted_on and PartialDate.parse(admitted_on), **fields,
        )


@pytest.fixture
def tree(db):
    """The drawn tree: ``tree.thanh_son`` and so on."""
    return draw_tree()


@pytest.fixture
def cast(tree):
    """The named cast: ``cast.thu_ky`` and so on; draws the tree too."""
    return call_cast(tree)


@pytest.fixture
def enter(cast):
    """``enter("thu_ky")`` → a client in which that person of the cast is logged in."""
    return lambda name: logged_in(getattr(cast, name))


@pytest.fixture
def everywhere():
    """An open scope over all units, for a test that looks into the tables itself."""
    with all_units("a test looks into the tables"):
        yield
