"""The first look at a workbook from outside: its ZIP and its XML, streamed, never built.

Source of the rules: a 4.6 KB file with one cell at XFD1048576 takes readers to gigabytes. The
second line of defence, a child process with limits, is in ``reader``.
"""

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .parts import Limits, PartScan, Sheet, Visit
from .refusal import COPY_VALUES, RESAVE, WorkbookRefused, grouped

__all__ = ["LIMITS", "Limits", "Sheet", "WorkbookRefused", "check", "read_bytes"]

LIMITS = Limits()
# what zipfile lets out when a file's bytes contradict each other
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)
CHUNK = 64 * 1024
RATIO_FROM = 1024 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
AS_XLSX = "Hãy mở tệp bằng Excel, chọn Lưu thành (Save As) và hãy lưu lại dạng .xlsx."
WORKBOOK = "xl/workbook.xml"
WORKBOOK_RELS = "xl/_rels/workbook.xml.rels"
STYLES = "xl/styles.xml"
READ_FIRST = ("[Content_Types].xml", WORKBOOK_RELS, WORKBOOK, STYLES)
MACRO_PLACES = ("xl/macrosheets/", "xl/dialogsheets/", "xl/activex/")
OUTSIDE_PLACES = ("xl/externallinks/", "xl/connections.xml", "xl/querytables/")


def check(
    source: str | Path | bytes, limits: Limits = LIMITS, *, marks: bool = False
) -> list[Sheet]:
    """The sheets of a workbook in tab order, once nothing in it is dangerous.

    Raises WorkbookRefused (Vietnamese: what, where, how to mend it) for anything that is not a
    plain .xlsx, is too large packed or unpacked, carries macros, DTDs or links to the outside, or
    has a filled cell beyond `limits`. With `marks`, each sheet remembers the cells that calamine
    would lose (see PartScan). Memory: the packed file and one chunk.
    """
    data = read_bytes(source, limits)
    _refuse_other_formats(data)
    if data.count(b"PK\x01\x02") > limits.entries:  # before zipfile makes an object for each
        raise _too_many_entries(limits)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _Check(archive, limits, marks).run()
    except WorkbookRefused:
        raise
    except BROKEN as error:
        raise WorkbookRefused(
            "Tệp bị hỏng hoặc bị cắt cụt khi sao chép, tải lên.",
            "Hãy chép lại tệp gốc, thử mở bằng Excel rồi gửi lại.",
        ) from error


def read_bytes(source: str | Path | bytes, limits: Limits = LIMITS) -> bytes:
    """The file's bytes, at most `limits.file_bytes` of them; WorkbookRefused when it is larger."""
    if isinstance(source, bytes):
        data = source
    else:
        try:
            with Path(source).open("rb") as file:
                data = file.read(limits.file_bytes + 1)
        except OSError as error:
            raise WorkbookRefused(
                f"Không mở được tệp “{source}”.",
                "Hãy kiểm tra lại tên tệp, thư mục và quyền đọc.",
            ) from error
    if len(data) > limits.file_bytes:
        raise WorkbookRefused(
            f"Tệp lớn hơn {limits.file_bytes // (1024 * 1024)} MB.",
            "Hãy xóa hình ảnh và các trang tính thừa, hoặc chia thành nhiều tệp rồi gửi lại.",
        )
    return data


def _refuse_other_formats(data: bytes) -> None:
    if not data:
        raise WorkbookRefused("Tệp rỗng (0 byte).", "Hãy kiểm tra rồi gửi lại tệp .xlsx.")
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise WorkbookRefused(
                "Tệp được đặt mật khẩu nên không đọc được.",
                "Hãy bỏ mật khẩu (Tệp → Thông tin → Bảo vệ sổ làm việc), lưu và gửi lại.",
            )
        raise WorkbookRefused("Tệp thuộc dạng Excel cũ (.xls) hoặc tệp Office cũ.", AS_XLSX)
    head = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"PK"):
        return
    if head.startswith(b"%PDF"):
        kind = "tệp PDF"
    elif head.startswith(b"<"):
        kind = "trang web hoặc tệp XML"
    elif b"\0" not in head:
        kind = "tệp văn bản hoặc CSV"
    else:
        raise WorkbookRefused("Tệp không phải là sổ tính Excel dạng .xlsx.", AS_XLSX)
    raise WorkbookRefused(f"Tệp không phải là sổ tính .xlsx mà là {kind}.", AS_XLSX)


def _too_many_entries(limits: Limits) -> WorkbookRefused:
    return WorkbookRefused(
        f"Tệp có quá {grouped(limits.entries)} phần bên trong, không giống sổ tính thông thường.",
        COPY_VALUES,
    )


@dataclass
class _Check:
    archive: zipfile.ZipFile
    limits: Limits
    marks: bool
    elements: int = 0
    unpacked: int = 0
    sheets: list[Sheet] = field(default_factory=list)
    relations: dict[str, tuple[str, str]] = field(default_factory=dict)  # id -> (kind, part)
    styles: list[str] = field(default_factory=list)  # number format id of each cell style
    formats: dict[str, str] = field(default_factory=dict)
    in_cell_styles: bool = False

    def run(self) -> list[Sheet]:
        entries = {info.filename: info for info in self.archive.infolist()}
        self._check_entries(entries)
        for name in READ_FIRST:
            if name in entries:
                self._scan(entries.pop(name))
        by_part = {sheet.part: sheet for sheet in self.sheets}
        for sheet in self.sheets:
            if sheet.part not in entries or by_part[sheet.part] is not sheet:
                raise WorkbookRefused(f"Trang tính “{sheet.name}” bị mất nội dung.", RESAVE)
        for info in entries.values():
            self._scan(info, by_part.get(info.filename))
        return self.sheets

    def _check_entries(self, entries: dict[str, zipfile.ZipInfo]) -> None:
        infos = self.archive.infolist()
        if len(infos) > self.limits.entries:
            raise _too_many_entries(self.limits)
        if len({name.lower() for name in entries}) != len(infos):
            raise WorkbookRefused("Tệp chứa hai phần trùng tên nhau.", RESAVE)
        for info in infos:
            self._check_entry(info)
        if WORKBOOK not in entries or WORKBOOK_RELS not in entries:
            raise WorkbookRefused(
                "Tệp là tệp nén hoặc tài liệu dạng khác, không phải sổ tính .xlsx.", AS_XLSX
            )
        if "content.xml" in entries or "xl/workbook.bin" in entries:
            raise WorkbookRefused("Tệp không phải là sổ tính .xlsx thuần túy.", AS_XLSX)
        self._refuse_bomb(sum(info.file_size for info in infos))

    def _check_entry(self, info: zipfile.ZipInfo) -> None:
        name = info.orig_filename
        lower = name.lower()
        if (
            name.startswith("/")
            or ".." in name.split("/")
            or any(sign in name for sign in "\\:\0")
            or name.count("/") > 8
        ):
            raise WorkbookRefused(f"Tệp chứa đường dẫn lạ “{name[:60]}”.", RESAVE)
        if info.flag_bits & 1:
            raise WorkbookRefused(
                "Tệp nén có mật khẩu nên không đọc được.", "Hãy bỏ mật khẩu rồi gửi lại."
            )
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise WorkbookRefused("Tệp được nén theo cách mà Excel không dùng.", RESAVE)
        if "vbaproject" in lower or lower.startswith(MACRO_PLACES):
            raise self._macro()
        if lower.startswith(OUTSIDE_PLACES):
            raise self._outside(f"phần “{name}”")
        if info.file_size > RATIO_FROM:
            self._refuse_ratio(info, info.file_size)

    def _refuse_ratio(self, info: zipfile.ZipInfo, unpacked: int) -> None:
        if unpacked > RATIO_FROM and unpacked > self.limits.ratio * max(info.compress_size, 1):
            raise WorkbookRefused(
                f"Phần “{info.filename}” của tệp phình ra hơn {self.limits.ratio} lần khi giải "
                "nén; tệp này có thể là “bom nén”.",
                COPY_VALUES,
            )

    def _refuse_bomb(self, unpacked: int) -> None:
        if unpacked > self.limits.unpacked_bytes:
            raise WorkbookRefused(
                f"Nội dung giải nén của tệp lớn hơn "
                f"{self.limits.unpacked_bytes // (1024 * 1024)} MB.",
                COPY_VALUES,
            )

    def _scan(self, info: zipfile.ZipInfo, sheet: Sheet | None = None) -> None:
        chunks = self._chunks(info)
        if not (
            info.filename.lower().endswith((".xml", ".rels"))
            or any(info.filename == part for _, part in self.relations.values())
        ):
            for _ in chunks:  # pictures and printer settings are only measured
                pass
            return
        part = PartScan(
            f"Trang tính “{sheet.name}”" if sheet else f"Phần “{info.filename}” của tệp",
            self.limits,
            self.elements,
            visit=self._visitor(info.filename),
            sheet=sheet,
            percent_styles=self._percent_styles() if self.marks and sheet else None,
        )
        part.run(chunks)
        self.elements = part.elements

    def _chunks(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        unpacked = 0
        with self.archive.open(info) as stream:
            while chunk := stream.read(CHUNK):
                unpacked += len(chunk)
                self.unpacked += len(chunk)
                self._refuse_ratio(info, unpacked)
                self._refuse_bomb(self.unpacked)
                yield chunk

    # what is read out of the small parts

    def _visitor(self, part: str) -> Visit | None:
        if part == "[Content_Types].xml":
            return self._visit_types
        if part == WORKBOOK:
            return self._visit_workbook
        if part == STYLES:
            return self._visit_styles
        if part.endswith(".rels"):
            return lambda local, attributes: self._visit_relation(part, local, attributes)
        return None

    def _visit_types(self, local: str, attributes: dict[str, str]) -> None:
        content = attributes.get("ContentType", "").lower()
        if "macroenabled" in content or "vbaproject" in content:
            raise self._macro()

    def _visit_relation(self, part: str, local: str, attributes: dict[str, str]) -> None:
        if local != "Relationship":
            return
        kind = attributes.get("Type", "").rpartition("/")[2]
        target = attributes.get("Target", "")
        if attributes.get("TargetMode", "").lower() == "external" and kind != "hyperlink":
            raise self._outside(f"“{target[:80]}”")
        if kind.lower() in ("vbaproject", "xlmacrosheet", "xlintlmacrosheet", "dialogsheet"):
            raise self._macro()
        if part == WORKBOOK_RELS:
            inside = target[1:] if target.startswith("/") else posixpath.join("xl", target)
            self.relations[attributes.get("Id", "")] = (kind, posixpath.normpath(inside))

    def _visit_workbook(self, local: str, attributes: dict[str, str]) -> None:
        if local != "sheet":
            return
        if len(self.sheets) >= self.limits.sheets:
            raise WorkbookRefused(
                f"Tệp có hơn {grouped(self.limits.sheets)} trang tính.",
                "Hãy chép trang tính cần gửi sang một tệp mới, lưu dạng .xlsx rồi gửi lại.",
            )
        relation = next((v for k, v in attributes.items() if k.endswith(":id")), "")
        kind, part = self.relations.get(relation, ("", ""))
        self.sheets.append(
            Sheet(
                name=attributes.get("name", ""),
                part=part,
                kind=kind,
                hidden=attributes.get("state", "visible") != "visible",
            )
        )

    def _visit_styles(self, local: str, attributes: dict[str, str]) -> None:
        if local in ("cellXfs", "cellStyleXfs", "cellStyles"):
            self.in_cell_styles = local == "cellXfs"
        elif local == "xf" and self.in_cell_styles:
            self.styles.append(attributes.get("numFmtId", "0"))
        elif local == "numFmt":
            self.formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        if max(len(self.styles), len(self.formats)) > self.limits.styles:
            raise WorkbookRefused(
                f"Tệp có hơn {grouped(self.limits.styles)} kiểu định dạng ô.", COPY_VALUES
            )

    def _percent_styles(self) -> frozenset[str]:
        percent = {"9", "10"} | {
            number
            for number, code in self.formats.items()
            if "%" in re.sub(r'"[^"]*"|\\.', "", code)
        }
        return frozenset(str(i) for i, number in enumerate(self.styles) if number in percent)

    @staticmethod
    def _macro() -> WorkbookRefused:
        return WorkbookRefused(
            "Tệp chứa macro (vbaProject).",
            "Hãy mở bằng Excel, chọn Lưu thành (Save As), kiểu “Excel Workbook (.xlsx)” "
            "không có macro rồi gửi lại.",
        )

    @staticmethod
    def _outside(place: str) -> WorkbookRefused:
        return WorkbookRefused(
            f"Tệp có liên kết ra ngoài: {place}.",
            "Hãy vào Dữ liệu (Data) → Sửa liên kết (Edit Links) → Ngắt liên kết (Break Link), "
            "hoặc dán bảng dạng giá trị sang tệp mới, rồi gửi lại.",
        )
