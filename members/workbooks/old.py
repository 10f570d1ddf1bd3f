"""The first look at a workbook of Excel 97–2003 (.xls): its OLE container, before calamine opens it.

Such a sheet has 65.536 rows and 256 columns at most, and text stands in it plainly, so the size of the file
bounds what it becomes; the limits of the child process do the rest.
"""

import io
import struct

from .guard import OLE
from .parts import Limits, Sheet
from .refusal import COPY_VALUES, RESAVE, WorkbookRefused, grouped

SECTOR_SIZES = (512, 4096)
MACROS = ("_VBA_PROJECT", "_VBA_PROJECT_CUR")
ENCRYPTED = ("EncryptedPackage", "EncryptionInfo")


def is_old(data: bytes) -> bool:
    return data.startswith(OLE)


def check_old(data: bytes, limits: Limits) -> list[Sheet]:
    """The sheets in tab order. Raises WorkbookRefused for a container that contradicts itself, macros and passwords."""
    _check_container(data)
    if any(name.encode("utf-16-le") in data for name in ENCRYPTED):
        raise WorkbookRefused(
            "Tệp được đặt mật khẩu nên không đọc được.",
            "Hãy bỏ mật khẩu (Tệp → Thông tin → Bảo vệ sổ làm việc), lưu và gửi lại.",
        )
    if any(name.encode("utf-16-le") in data for name in MACROS):
        raise WorkbookRefused("Tệp chứa macro (VBA).", RESAVE)
    return _sheets(data, limits)


def _check_container(data: bytes) -> None:
    broken = WorkbookRefused("Tệp .xls bị hỏng hoặc bị cắt cụt khi sao chép, tải lên.", RESAVE)
    if len(data) < 512:
        raise broken
    (shift,) = struct.unpack_from("<H", data, 30)
    fat_sectors, first_directory = struct.unpack_from("<I", data, 44)[0], struct.unpack_from("<I", data, 48)[0]
    if 1 << min(shift, 31) not in SECTOR_SIZES:
        raise broken
    sectors = len(data) // (1 << shift)
    # a table of sectors larger than the file is a promise of memory, nothing else
    (more_tables,) = struct.unpack_from("<I", data, 72)
    if fat_sectors > sectors or more_tables > sectors or first_directory > sectors:
        raise broken


def _sheets(data: bytes, limits: Limits) -> list[Sheet]:
    import python_calamine  # in the child, after the limits are set

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        found = [
            Sheet(
                name=sheet.name, part="",
                kind="worksheet" if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet else "other",
                hidden=sheet.visible != python_calamine.SheetVisibleEnum.Visible,
            )
            for sheet in book.sheets_metadata
        ]
    except python_calamine.CalamineError as error:
        raise WorkbookRefused("Tệp không phải là sổ tính Excel, hoặc nội dung bị hỏng.", RESAVE) from error
    if not found:
        raise WorkbookRefused("Tệp .xls không có trang tính nào.", RESAVE)
    return found


def check_size(table: list[list], sheet: Sheet, limits: Limits) -> None:
    """The limits of rows and columns, which an .xlsx meets before it is built."""
    if len(table) > limits.rows:
        raise WorkbookRefused(f"Trang tính “{sheet.name}” có hơn {grouped(limits.rows)} dòng.", COPY_VALUES)
    if max(map(len, table), default=0) > limits.columns:
        raise WorkbookRefused(f"Trang tính “{sheet.name}” có hơn {grouped(limits.columns)} cột.", COPY_VALUES)
