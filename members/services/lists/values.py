"""Cells of a list, read as what their column means. What cannot be read says what stands there and how to mend it."""

import datetime
import re

from members.models import Category, Sex
from members.vietnamese import PartialDate, fold

from .columns import DATES, LONGEST, PRIVATE_TEXTS, TEXTS

FIRST_SERIAL, LAST_SERIAL = 2101, 73_415  # days since 1899-12-30: 1905 to 2100; smaller numbers are years
BEGINNING = datetime.date(1899, 12, 30)
TICKS = {"x", "co", "dung", "v", "1", "✓", "✔", "true", "dang vien", "roi", "dv"}
CROSSES = {"khong", "0", "-", "chua", "false", "k", "o"}
SEXES = {"nam": Sex.MALE, "nu": Sex.FEMALE, "ong": Sex.MALE, "ba": Sex.FEMALE, "trai": Sex.MALE, "gai": Sex.FEMALE}
CATEGORIES = {"ccb": Category.CCB, "cuu chien binh": Category.CCB, "cqn": Category.CQN, "cuu quan nhan": Category.CQN, "cuu quan nhan trong hoi": Category.CQN}
_ERROR = re.compile(r"#[A-ZÀ-Ỹ/0-9]+[!?]?")


def shown(cell):
    """A cell as a person would read it in the sheet."""
    if isinstance(cell, datetime.date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, bool):
        return "Đúng" if cell else "Sai"
    return str(cell).replace(".", ",") if isinstance(cell, float) else str(cell)


def text_of(cell):
    """Plain text of a cell, with nothing in it that cannot be printed. Raises ``ValueError`` for an error of a formula."""
    text = "".join(c if c.isprintable() else " " for c in shown(cell))
    text = " ".join(text.split())
    if _ERROR.fullmatch(text) or text.startswith("="):
        raise ValueError(f"ô có công thức lỗi “{text[:40]}”. Ghi giá trị thay cho công thức")
    return text


def bounded(cell, most):
    text = text_of(cell)
    if len(text) > most:
        raise ValueError(f"dài {len(text)} chữ, ô này chứa nhiều nhất {most}. Ghi gọn lại")
    return text


def date_of(cell):
    """A day, a month of a year or a year: text, a day of Excel, its serial number, or a year."""
    if isinstance(cell, datetime.date):
        return PartialDate(cell.year, cell.month, cell.day)
    if isinstance(cell, bool):
        raise ValueError(f"Không đọc được ngày “{shown(cell)}”. Ghi như 30/04/1975, 04/1975 hoặc 1975")
    if isinstance(cell, float) and FIRST_SERIAL <= cell <= LAST_SERIAL:
        cell = int(cell)
    text = text_of(cell)
    if text.isdecimal() and text.isascii() and len(text) <= 5 and FIRST_SERIAL <= int(text) <= LAST_SERIAL:
        day = BEGINNING + datetime.timedelta(days=int(text))
        return PartialDate(day.year, day.month, day.day)
    return PartialDate.parse(text)


def name_of(cell):
    """A person's name; one in capitals or small letters throughout is written as names are."""
    name = bounded(cell, LONGEST["name"])
    if any(c.isdigit() for c in name):
        raise ValueError(f"“{name}” có chữ số. Họ và tên chỉ gồm chữ, ghi như Lê Văn Mẫu")
    if not any(c.isalpha() for c in name):
        raise ValueError(f"“{name}” không phải họ tên. Ghi như Lê Văn Mẫu")
    return " ".join(word[0].upper() + word[1:].lower() for word in name.split()) if name.isupper() or name.islower() else name


def sex_of(cell):
    text = text_of(cell)
    found = SEXES.get(fold(text))
    if found is None:
        raise ValueError(f"“{text}” không phải Nam hay Nữ. Ghi Nam hoặc Nữ")
    return found


def category_of(cell):
    text = text_of(cell)
    found = CATEGORIES.get(" ".join(re.sub(r"[^a-z ]", " ", fold(text)).split()))
    if found is None:
        raise ValueError(f"“{text}” không phải Cựu chiến binh hay Cựu quân nhân. Ghi CCB hoặc CQN")
    return found


def ticked(cell):
    """A column of crosses: x, Có, Đúng; Không."""
    if isinstance(cell, bool):
        return cell
    text = text_of(cell)
    key = fold(text)
    if key in TICKS:
        return True
    if key in CROSSES:
        return False
    raise ValueError(f"“{text}” không rõ có hay không. Ghi x (hoặc Có), hay Không")


def phone_of(cell):
    """(number, warning). A number cell lost its first zero."""
    text = text_of(cell)
    digits = re.sub(r"[\s.()-]", "", text)
    if digits.startswith("+84"):
        digits = "0" + digits[3:]
    if isinstance(cell, int) and len(digits) in (9, 10) and not digits.startswith("0"):
        return "0" + digits, ""
    if digits.isdecimal() and digits.isascii():
        if len(digits) == 9 and digits[0] != "0":
            return "0" + digits, ""
        return digits[: LONGEST["phone"] + 1] if len(digits) <= LONGEST["phone"] else bounded(cell, LONGEST["phone"]), (
            "" if len(digits) in (10, 11) else f"số điện thoại “{text}” có {len(digits)} chữ số, xem lại")
    return bounded(cell, LONGEST["phone"]), ""


def cccd_of(cell):
    """(twelve digits or '', warning). The number itself is never repeated."""
    digits = re.sub(r"[\s.-]", "", text_of(cell))
    if not (digits.isdecimal() and digits.isascii()):
        raise ValueError("số căn cước có ký tự không phải chữ số. Ghi đúng 12 chữ số, định dạng ô là chữ (Text)")
    if len(digits) == 12:
        return digits, ""
    if len(digits) == 9 or (isinstance(cell, int) and len(digits) == 8):
        return "", "số chứng minh nhân dân 9 chữ số đã hết hiệu lực nên không ghi; hỏi đồng chí ấy số căn cước 12 chữ số"
    if isinstance(cell, int) and len(digits) in (10, 11):
        return digits.zfill(12), "số căn cước bị Excel bỏ mất số 0 ở đầu, đã thêm lại"
    raise ValueError(f"số căn cước gồm đúng 12 chữ số, ô này có {len(digits)}. Xem lại trên thẻ, hoặc để trống")


def value_of(key, cell):
    """(value, warning) of a cell that is not empty. Raises ``ValueError`` (Vietnamese)."""
    if key in DATES or key == "party_on":
        return date_of(cell), ""
    if key in ("born_male", "born_female"):
        return date_of(cell), ""
    if key == "phone":
        return phone_of(cell)
    if key == "cccd":
        return cccd_of(cell)
    if key in ("family", "given", "name"):
        return bounded(cell, LONGEST["name"]), ""
    if key in ("male", "female", "party"):
        return ticked(cell), ""
    if key == "sex":
        return sex_of(cell), ""
    if key == "category":
        return category_of(cell), ""
    if key in TEXTS:
        return bounded(cell, LONGEST[key]), ""
    return bounded(cell, PRIVATE_TEXTS.get(key, 200)), ""
