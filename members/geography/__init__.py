"""Provinces and communes with the codes of the statistics office, as they stand since 1 July 2025.

``provinces_2025.csv``: code, name from 1 July 2025, name by September 2026, what it was merged from.
``communes_2025.csv``: code and name of the province, code, name and kind of the commune. A newer table
has the same columns. Plain Python.
"""

import csv
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
PROVINCES = ["ma_tinh", "ten_tu_2025_07_01", "ten_den_2026_09", "hop_nhat_tu"]
COMMUNES = ["ma_tinh", "tinh", "ma_xa", "ten", "loai"]
KINDS = {"Tỉnh": "tinh", "Thành phố": "thanh_pho", "Xã": "xa", "Phường": "phuong", "Đặc khu": "dac_khu"}
COMMUNE_KINDS = ("Xã", "Phường", "Đặc khu")
MOST_BYTES = 1_000_000
MOST_ROWS = 20_000
LONGEST = 100


@dataclass(frozen=True)
class Place:
    """A province (``province`` is '') or a commune; ``name`` begins with its kind: "Phường Ba Đình"."""

    code: str
    name: str
    kind: str
    province: str = ""


class TableRefused(Exception):
    """A table that cannot be taken; says in Vietnamese what, where and how to mend it."""


def read(content):
    """The places of a CSV file of either shape (bytes). Raises ``TableRefused``."""
    if len(content) > MOST_BYTES:
        raise TableRefused("Tệp lớn hơn 1 MB. Danh mục cả nước chỉ khoảng 200 KB; xem lại có đúng tệp không.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableRefused(f"Tệp không phải UTF-8 (byte thứ {error.start + 1}). Trong Excel chọn Lưu thành, loại “CSV UTF-8”.") from error
    if "\0" in text:
        raise TableRefused("Tệp có ký tự lạ (NUL), không phải tệp CSV. Lưu lại từ Excel, loại “CSV UTF-8”.")
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise TableRefused("Tệp CSV hỏng: có dấu nháy mở mà không đóng. Mở bằng Excel, xem lại rồi lưu thành “CSV UTF-8”.") from error
    header = [name.strip() for name in rows[0]] if rows else []
    if header not in (PROVINCES, COMMUNES):
        raise TableRefused(f"Dòng đầu phải là “{','.join(COMMUNES)}” (xã) hoặc “{','.join(PROVINCES)}” (tỉnh). Dòng đầu của tệp: “{','.join(header)[:200]}”.")
    if len(rows) > MOST_ROWS:
        raise TableRefused(f"Tệp có {len(rows)} dòng, nhiều hơn {MOST_ROWS}. Xem lại có đúng tệp không.")
    places, lines = [], {}
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            raise TableRefused(f"Dòng {line} có {len(row)} ô, phải có {len(header)}. Xem lại dấu phẩy trong dòng ấy.")
        place = _province(row, line) if header == PROVINCES else commune(row[0], row[2], row[3], row[4], f"Dòng {line}")
        if place.code in lines:
            raise TableRefused(f"Dòng {line}: mã {place.code} đã có ở dòng {lines[place.code]}. Mỗi mã một dòng.")
        lines[place.code] = line
        places.append(place)
    if not places:
        raise TableRefused("Tệp chỉ có dòng đầu, không có tỉnh hay xã nào.")
    return places


def _province(row, line):
    code, name = row[0].strip(), row[2].strip() or row[1].strip()
    kind = next((kind for words, kind in KINDS.items() if kind in ("tinh", "thanh_pho") and name.startswith(f"{words} ")), "")
    if not (code.isascii() and code.isdigit() and len(code) == 2):
        raise TableRefused(f"Dòng {line}: mã tỉnh “{code}” phải gồm 2 chữ số, như 04. Excel hay bỏ số 0 ở đầu: đặt cột là Văn bản.")
    if not kind or len(name) > LONGEST:
        raise TableRefused(f"Dòng {line}: tên “{name[:LONGEST]}” phải bắt đầu bằng Tỉnh hoặc Thành phố.")
    return Place(code, name, kind)


def commune(province, code, name, kind, where):
    """A checked commune. Raises ``TableRefused`` that begins with ``where``."""
    province, code, name, kind = (cell.strip() for cell in (province, code, name, kind))
    for said, length, words in ((province, 2, "mã tỉnh"), (code, 5, "mã xã")):
        if not (said.isascii() and said.isdigit() and len(said) == length):
            raise TableRefused(f"{where}: {words} “{said[:20]}” phải gồm {length} chữ số. Excel hay bỏ số 0 ở đầu: đặt cột là Văn bản.")
    if kind not in COMMUNE_KINDS:
        raise TableRefused(f"{where}: loại “{kind[:20]}” phải là Xã, Phường hoặc Đặc khu.")
    own = next((words for words in COMMUNE_KINDS if name.startswith(f"{words} ")), None)
    if own is None or len(name) > LONGEST:
        raise TableRefused(f"{where}: tên “{name[:LONGEST]}” phải bắt đầu bằng Xã, Phường hoặc Đặc khu.")
    return Place(code, name, KINDS[own], province)  # where name and kind disagree, as in four rows of 2025, the name is what people say


def as_text(place):
    """One line that ``from_text`` reads back."""
    return "|".join([place.province, place.code, place.name])


def from_text(text):
    """The place of a line of ``as_text``. Raises ``TableRefused``."""
    province, _, rest = text.partition("|")
    code, _, name = rest.partition("|")
    if province:
        kind = next((words for words in COMMUNE_KINDS if name.startswith(f"{words} ")), "")
        return commune(province, code, name, kind, f"Mã {code[:20]}")
    return _province([code, name, name, ""], 1)


@cache
def shipped():
    """Every province and commune that the program knows, in the order of their codes."""
    return tuple(place for name in ("provinces_2025.csv", "communes_2025.csv") for place in read((HERE / name).read_bytes()))
