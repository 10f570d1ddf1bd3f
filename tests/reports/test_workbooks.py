"""Workbooks from outside: the hostile ones are refused with a text that helps, the rest is read."""

import datetime
import io
import struct
import sys
import time
import tracemalloc
import unicodedata
import zipfile
import zlib
from contextlib import suppress
from dataclasses import replace

import openpyxl
import pytest

from reports.workbooks.guard import LIMITS, check
from reports.workbooks.reader import WorkbookRefused, read_rows

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = (
    f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships'
    '+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>'
)
RELATIONS = (
    f'{HEAD}<Relationships xmlns="{PACKAGE}">'
    f'<Relationship Id="rId1" Type="{DOC}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{DOC}/sharedStrings" Target="sharedStrings.xml"/>%s'
    "</Relationships>"
)
BOOK = (
    f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{DOC}"><sheets>'
    '<sheet name="Số liệu" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'
SPACED = 'Đề</t><t xml:space="preserve"> 1'
INLINE = '<c r="%s" t="inlineStr"><is><t>%s</t></is></c>'


def sheet_xml(rows, before=""):
    return f'{HEAD}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData></worksheet>'


def package(parts, without=()):
    """An .xlsx of exactly these parts over a small honest one."""
    honest = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{DOC}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": RELATIONS % "",
        "xl/workbook.xml": BOOK,
        "xl/sharedStrings.xml": f'{HEAD}<sst xmlns="{MAIN}"/>',
        "xl/worksheets/sheet1.xml": sheet_xml(ONE),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (honest | parts).items():
            if name not in without:
                archive.writestr(name, text)
    return buffer.getvalue()


def raw(rows, before="", **parts):
    return package({"xl/worksheets/sheet1.xml": sheet_xml(rows, before)} | parts)


def saved(book):
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def zeros(megabytes, declared=None):
    """An .xlsx whose sheet is that many MB of zeros, about 1 KB a MB, made without packing them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(1024 * 1024)) + packer.flush(zlib.Z_FULL_FLUSH)
    stream = block * megabytes + packer.flush(zlib.Z_FINISH)
    size = megabytes * 1024 * 1024 if declared is None else declared
    name = b"xl/zeros.xml"
    fields = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, 0, len(stream), size, len(name), 0)
    data = package({})
    end = data.rindex(b"PK\x05\x06")
    entries, length, start = struct.unpack("<HII", data[end + 10 : end + 20])
    local = b"PK\x03\x04" + fields + name + stream
    central = (
        data[start : start + length]
        + (
            b"PK\x01\x02"
            + struct.pack("<H", 20)
            + fields
            + struct.pack("<HHHII", 0, 0, 0, 0, start)
        )
        + name
    )
    tail = struct.pack("<IHHII", 0, entries + 1, entries + 1, len(central), start + len(local))
    return data[:start] + local + central + b"PK\x05\x06" + tail + b"\0\0"


def refusal(source, **settings):
    with pytest.raises(WorkbookRefused) as caught:
        check(source, **settings)
    return str(caught.value)


def cells(source, **settings):
    return [(row.number, row.cells) for row in read_rows(source, **settings)]


# hostile


def test_the_small_file_with_one_cell_at_the_far_corner_is_refused_by_its_cell():
    book = openpyxl.Workbook()
    book.active.title = "Biểu 1"
    book.active["A1"] = "Mã đơn vị"
    book.active["XFD1048576"] = 1
    data = saved(book)
    assert len(data) < 6_000
    assert refusal(data) == (
        "Trang tính “Biểu 1” có ô XFD1048576 nằm quá xa bảng: chỉ nhận đến dòng 20.000 và cột BH "
        "(60 cột). Hãy xóa các dòng, cột và trang tính thừa ngoài bảng số liệu rồi lưu và gửi lại."
    )
    with pytest.raises(WorkbookRefused, match="ô XFD1048576"):
        read_rows(data)


def test_a_far_cell_without_an_address_is_counted_too():
    text = refusal(raw('<row r="20001"><c><v>1</v></c></row>'))
    assert text.startswith("Trang tính “Số liệu” có ô A20001 nằm quá xa bảng")
    text = refusal(raw(f"<row>{'<c><v>1</v></c>' * 61}</row>"))
    assert text.startswith("Trang tính “Số liệu” có ô BI1 nằm quá xa bảng")


def test_a_far_cell_in_a_part_that_hides_behind_another_name_is_found():
    hidden = {
        "xl/_rels/workbook.xml.rels": (RELATIONS % "").replace("sheet1.xml", "picture.png"),
        "xl/worksheets/picture.png": sheet_xml(FAR),
    }
    assert "ô XFD1048576" in refusal(package(hidden))
    prefixed = sheet_xml(FAR).replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?")
    assert "ô XFD1048576" in refusal(
        package({"xl/worksheets/sheet1.xml": prefixed.replace("xmlns=", "xmlns:x=")})
    )


def test_the_limits_of_the_child_hold_when_the_guard_lets_a_far_cell_through():
    wide_open = replace(LIMITS, rows=1_048_576, columns=16_384)
    with pytest.raises(WorkbookRefused) as caught:
        read_rows(raw(FAR), limits=wide_open)
    assert caught.value.what == (
        "Tệp làm trình đọc hết bộ nhớ hoặc dừng đột ngột. Chưa có gì được lưu."
    )


def test_a_child_that_takes_too_long_is_stopped():
    began = time.monotonic()
    with pytest.raises(WorkbookRefused, match="Đọc tệp quá lâu nên đã dừng lại"):
        read_rows(raw(ONE), timeout=0.01)
    assert time.monotonic() - began < 2


def test_a_gigabyte_of_zeros_is_refused_before_it_is_unpacked():
    data = zeros(1024)
    assert len(data) < 1_200_000
    tracemalloc.start()
    began = time.monotonic()
    text = refusal(data)
    took, (_, peak) = time.monotonic() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert text.startswith("Phần “xl/zeros.xml” của tệp phình ra hơn 200 lần khi giải nén")
    assert took < 1
    assert peak < 4_000_000


def test_a_bomb_that_declares_a_small_size_is_refused_without_unpacking_it_all():
    began = time.monotonic()
    assert refusal(zeros(1024, declared=1000)) != ""
    assert time.monotonic() - began < 1


def test_many_parts_that_are_large_together_are_refused():
    few = replace(LIMITS, unpacked_bytes=1024 * 1024)
    parts = {f"xl/media/{i}.png": bytes(range(256)) * 1024 for i in range(5)}
    assert refusal(package(parts), limits=few).startswith("Nội dung giải nén của tệp lớn hơn 1 MB.")


def test_too_many_parts_are_refused():
    parts = {f"xl/media/{i}.png": b"" for i in range(1001)}
    assert refusal(package(parts)).startswith("Tệp có quá 1.000 phần bên trong")


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "x/other.xml"]
)
def test_a_dtd_is_refused_in_any_part(part):
    lol = f'{HEAD}<!DOCTYPE a [<!ENTITY b "{"b" * 50}"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    assert "chứa khai báo DTD hoặc thực thể XML" in refusal(package({part: lol}))
    outside = f'{HEAD}<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'
    assert "chứa khai báo DTD hoặc thực thể XML" in refusal(package({part: outside}))
    sixteen = lol.replace("UTF-8", "UTF-16").encode("utf-16")
    assert "không ghi bằng mã chữ UTF-8" in refusal(package({part: sixteen}))


def test_macros_are_refused_by_part_and_by_type():
    assert refusal(package({"xl/vbaProject.bin": b"\0"})).startswith("Tệp chứa macro (vbaProject).")
    typed = TYPES.replace("application/xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    assert refusal(package({"[Content_Types].xml": typed})).startswith("Tệp chứa macro")
    assert refusal(package({"xl/macrosheets/sheet1.xml": ONE})).startswith("Tệp chứa macro")


def test_links_to_the_outside_are_refused_and_hyperlinks_are_not():
    relation = f'<Relationship Id="r9" Type="{DOC}/%s" Target="%s" TargetMode="External"/>'
    rels = f'{HEAD}<Relationships xmlns="{PACKAGE}">{relation}</Relationships>'
    name = "xl/worksheets/_rels/sheet1.xml.rels"
    assert refusal(package({name: rels % ("image", "http://192.0.2.1/a.png")})).startswith(
        "Tệp có liên kết ra ngoài: “http://192.0.2.1/a.png”."
    )
    assert refusal(package({"xl/externalLinks/externalLink1.xml": "<a/>"})).startswith(
        "Tệp có liên kết ra ngoài: phần “xl/externalLinks/externalLink1.xml”."
    )
    assert len(check(package({name: rels % ("hyperlink", "mailto:a@example.org")}))) == 1


@pytest.mark.parametrize("name", ["../x.xml", "/x.xml", "xl\\x.xml", "C:/x.xml", "a/" * 9 + "x"])
def test_strange_paths_are_refused(name):
    assert refusal(package({name: "<a/>"})).startswith("Tệp chứa đường dẫn lạ")


def test_a_part_that_stands_twice_is_refused():
    text = refusal(package({"XL/worksheets/SHEET1.xml": sheet_xml(FAR)}))
    assert text.startswith("Tệp chứa hai phần trùng tên nhau.")


def test_a_file_cut_short_or_changed_anywhere_is_refused_or_read_but_never_crashes():
    data = raw(ONE)
    assert refusal(data[:-30]).startswith("Tệp bị hỏng hoặc bị cắt cụt")
    for cut in range(0, len(data), 7):
        refusal(data[:cut])
        changed = bytearray(data)
        changed[cut] ^= 0xFF
        with suppress(WorkbookRefused):
            check(bytes(changed))


def test_other_formats_are_told_apart():
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
    old = refusal(ole + "Workbook".encode("utf-16-le"))
    assert old == (
        "Tệp thuộc dạng Excel cũ (.xls) hoặc tệp Office cũ. Hãy mở tệp bằng Excel, chọn Lưu thành "
        "(Save As) và hãy lưu lại dạng .xlsx."
    )
    assert refusal(ole + "EncryptedPackage".encode("utf-16-le")).startswith("Tệp được đặt mật khẩu")
    assert "mà là tệp văn bản hoặc CSV" in refusal("Mã đơn vị,Giá trị\n001,5\n".encode())
    assert "mà là trang web hoặc tệp XML" in refusal(b"<html><table></table></html>")
    assert "mà là tệp PDF" in refusal(b"%PDF-1.7\n")
    assert "không phải sổ tính .xlsx" in refusal(package({}, without=["xl/workbook.xml"]))
    assert "không phải là sổ tính .xlsx thuần túy" in refusal(package({"content.xml": "<a/>"}))
    assert refusal(b"").startswith("Tệp rỗng")


def test_a_file_above_ten_megabytes_or_not_there_is_refused(tmp_path):
    large = tmp_path / "lớn.xlsx"
    with large.open("wb") as file:
        file.truncate(10 * 1024 * 1024 + 1)
    assert refusal(large).startswith("Tệp lớn hơn 10 MB.")
    with pytest.raises(WorkbookRefused, match="Tệp lớn hơn 10 MB"):
        read_rows(large)
    assert refusal(tmp_path / "không có.xlsx").startswith("Không mở được tệp")


def test_xml_that_nests_or_drags_on_is_refused():
    deep = f'{HEAD}<a xmlns="x">' + "<b>" * 100
    assert "lồng quá sâu" in refusal(package({"xl/deep.xml": deep}))
    long = f"{HEAD}<a b='" + "".join(f"{i:x}" for i in range(500_000)) + "'/>"
    assert "một đoạn dài bất thường" in refusal(package({"xl/long.xml": long}))
    assert "không có ô hay dòng nào mang địa chỉ “ZZZZ1”" in refusal(
        raw('<row><c r="ZZZZ1"/></row>')
    )
    assert "Trang tính “Số liệu” bị hỏng ở dòng 1 của mã XML" in refusal(raw("<row></c>"))


def test_shared_strings_are_counted_and_one_hundred_thousand_are_read():
    strings = f'{HEAD}<sst xmlns="{MAIN}">%s</sst>'
    many = "".join(f"<si><t>chuỗi {i}</t></si>" for i in range(100_000))
    data = package(
        {
            "xl/sharedStrings.xml": strings % many,
            "xl/worksheets/sheet1.xml": sheet_xml(
                '<row r="1"><c r="A1" t="s"><v>99999</v></c></row>'
            ),
        }
    )
    assert cells(data) == [(1, ["chuỗi 99999"])]
    lying = package(
        {"xl/sharedStrings.xml": (strings % "").replace("<sst", '<sst uniqueCount="4000000000"')}
    )
    assert refusal(lying).startswith("Tệp có quá 200.000 đoạn chữ khác nhau.")
    few = replace(LIMITS, shared_strings=99_999)
    assert refusal(data, limits=few).startswith("Tệp có quá 99.999 đoạn chữ khác nhau.")
    short = replace(LIMITS, shared_characters=1000)
    assert refusal(data, limits=short).startswith("Phần chữ trong tệp dài quá 1.000 ký tự.")


def test_a_long_text_repeated_by_reference_is_refused_by_its_cell():
    strings = f'{HEAD}<sst xmlns="{MAIN}"><si><t>{"dài " * 10_000}</t></si></sst>'
    rows = "".join(f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(2, 500))
    data = raw(rows, **{"xl/sharedStrings.xml": strings})
    with pytest.raises(
        WorkbookRefused, match=r"Ô A2 của trang tính “Số liệu” dài quá 32\.767 ký tự"
    ):
        read_rows(data)


# honest


def test_a_dimension_that_lies_is_not_believed():
    assert cells(raw(ONE, '<dimension ref="A1:XFD1048576"/>')) == [(1, [1])]
    assert "ô XFD1048576" in refusal(raw(FAR, '<dimension ref="A1"/>'))


def test_formats_far_away_without_content_do_no_harm():
    blank = ONE + '<row r="1048576" s="0"><c r="XFD1048576" s="0"/></row>'
    assert cells(raw(blank)) == [(1, [1])]
    assert [sheet.name for sheet in check(raw(blank))] == ["Số liệu"]


def test_cells_come_back_by_type_with_their_row_numbers(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for i, value in enumerate(
        [" Giang \n Biên\u200b ", 1862.0, 0.5, True, datetime.date(2022, 12, 5), None, "", "x"]
    ):
        sheet.cell(3, i + 2, value)
    sheet["B5"] = 123456789012
    sheet["C5"] = datetime.datetime(2022, 12, 5, 7, 30)
    sheet["D5"], sheet["E5"] = 0.855, 0.07
    sheet["D5"].number_format = sheet["E5"].number_format = "0.0%"
    sheet["F5"] = unicodedata.normalize("NFD", "Lạng Sơn")
    path = tmp_path / "kiểu.xlsx"
    book.save(path)
    day = datetime.date(2022, 12, 5)
    time_of_day = datetime.datetime(2022, 12, 5, 7, 30)
    assert cells(path) == [
        (3, [None, "Giang Biên", 1862, 0.5, True, day, None, None, "x"]),
        (5, [None, 123456789012, time_of_day, "85,5%", "7%", "Lạng Sơn", None, None, None]),
    ]
    assert [type(cell) for cell in read_rows(str(path))[0].cells[2:6]] == [
        int,
        float,
        bool,
        datetime.date,
    ]


def test_errors_and_formulas_without_result_come_back_as_text_never_as_empty():
    rows = (
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>A1+1</f></c>'
        '<c r="C1"><f>A1</f><v/></c><c r="D1" t="str"><f>""</f><v></v></c>'
        '<c r="E1" t="e"><v>#REF!</v></c><c r="F1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        '<row r="4"><c r="H4" t="e"><v>#N/A</v></c></row>'
    )
    assert cells(raw(rows)) == [
        (1, [2, "=A1+1", "=A1", None, "#REF!", "#DIV/0!", None, None]),
        (4, [None] * 7 + ["#N/A"]),
    ]


def test_inline_strings_are_read():
    rows = f'<row r="2">{INLINE % ("A2", "Bồ")}{INLINE % ("B2", SPACED)}</row>'
    assert cells(raw(rows)) == [(2, ["Bồ", "Đề 1"])]


def test_an_empty_sheet_has_no_rows():
    assert read_rows(raw("")) == []


def test_hidden_sheets_are_passed_over_and_sheets_are_found_by_name():
    book = openpyxl.Workbook()
    book.active.title, book.active["A1"] = "Kangatang", "ẩn"
    book.active.sheet_state = "hidden"
    book.create_chartsheet("Đồ thị")
    book.create_sheet("Biểu 1")["A1"] = "một"
    book.create_sheet("Biểu 2")["A1"] = "hai"
    book.active = 2
    data = saved(book)
    assert cells(data) == [(1, ["một"])]
    assert cells(data, sheet=1) == [(1, ["hai"])]
    assert cells(data, sheet=unicodedata.normalize("NFD", "biểu 2")) == [(1, ["hai"])]
    with pytest.raises(WorkbookRefused, match="chỉ có: “Biểu 1”, “Biểu 2”"):
        read_rows(data, sheet="Kangatang")
    with pytest.raises(WorkbookRefused, match="Tệp chỉ có 2 trang tính đang hiện"):
        read_rows(data, sheet=2)


def test_reading_starts_no_django_in_the_child():
    import subprocess

    code = "import sys, reports.workbooks.child; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
