"""Generated hostile workbooks: each is refused with the mend, or read as far as it says what it seems to say."""

import io
import random
import struct
import zipfile
import zlib

import pytest

from reports.workbooks.reader import WorkbookRefused, read_rows
from tests.reports.test_workbooks import (
    BOOK,
    DOC,
    FAR,
    HEAD,
    INLINE,
    MAIN,
    ONE,
    RELATIONS,
    cells,
    package,
    raw,
    refusal,
    sheet_xml,
)

RESAVE = "Hãy mở tệp bằng Excel, lưu thành một tệp .xlsx mới rồi gửi lại."
COPY = "Hãy sao chép bảng số liệu, dán dạng giá trị (Paste Special → Values) sang một tệp mới, lưu dạng .xlsx rồi gửi lại."


def strings(content):
    return {"xl/sharedStrings.xml": f'{HEAD}<sst xmlns="{MAIN}">{content}</sst>'}


def styles(content):
    return {"xl/styles.xml": f'{HEAD}<styleSheet xmlns="{MAIN}">{content}</styleSheet>'}


def many_sheets(number, targets=1):
    """A workbook that lists many sheets, over as many parts as asked."""
    listed = "".join(f'<sheet name="s{i}" sheetId="{i + 2}" r:id="r{i % targets}"/>' for i in range(number))
    relations = "".join(f'<Relationship Id="r{i}" Type="{DOC}/worksheet" Target="worksheets/s{i}.xml"/>' for i in range(targets))
    parts = {f"xl/worksheets/s{i}.xml": sheet_xml(ONE) for i in range(targets)}
    return package(parts | {"xl/workbook.xml": BOOK.replace("</sheets>", f"{listed}</sheets>"), "xl/_rels/workbook.xml.rels": RELATIONS % relations})


def overlapping(entries, megabytes):
    """Many entries of the directory that share the bytes of one: a bomb that no single entry shows."""
    base = package({})
    content = b" " * (megabytes * 1024 * 1024)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packer.compress(content) + packer.flush()
    fields = struct.pack("<HHHHHIII", 20, 0, 8, 0, 33, zlib.crc32(content), len(body), len(content))
    end = base.rindex(b"PK\5\6")
    count, length, start = struct.unpack("<HII", base[end + 10 : end + 20])
    local = b"PK\3\4" + fields + struct.pack("<HH", 6, 0) + b"xl/a.x" + body
    directory = base[start : start + length]
    for i in range(entries):
        name = b"xl/a%03d.xml" % i
        directory += b"PK\1\2" + struct.pack("<H", 20) + fields + struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, start) + name
    tail = struct.pack("<IHHIIH", 0, count + entries, count + entries, len(directory), start + len(local), 0)
    return base[:start] + local + directory + b"PK\5\6" + tail


REFUSED = {  # name: (workbook, what is said, how to mend it)
    "more sheets than anybody keeps": (lambda: many_sheets(201, 201), "Tệp có hơn 200 trang tính.", "Hãy chép trang tính cần gửi sang một tệp mới, lưu dạng .xlsx rồi gửi lại."),
    "a hundred thousand sheets of one part": (lambda: many_sheets(100_000), "Tệp có hơn 200 trang tính.", "Hãy chép trang tính cần gửi sang một tệp mới, lưu dạng .xlsx rồi gửi lại."),
    "two sheets of one part": (lambda: many_sheets(2), "Trang tính “s0” bị mất nội dung.", RESAVE),
    "number formats": (
        lambda: package(styles("".join(f'<numFmt numFmtId="{i}" formatCode="{i * 7919}"/>' for i in range(70_000)))),
        "Tệp có hơn 65.536 kiểu định dạng ô.", COPY),
    "overlapping entries": (lambda: overlapping(900, 1), "Nội dung giải nén của tệp lớn hơn 128 MB.", COPY),
    "overlapping large entries": (lambda: overlapping(3, 50), "Phần “xl/a000.xml” của tệp phình ra hơn 200 lần", COPY),
    "one string of five million letters": (lambda: package(strings(f"<si><t>{'x' * 5_000_000}</t></si>")), "Phần “xl/sharedStrings.xml” của tệp phình ra hơn 200 lần", COPY),
    "strings nested thirty thousand deep": (lambda: package(strings("<si>" + "<r>" * 30_000 + "</r>" * 30_000 + "</si>")), "quá lớn hoặc lồng quá sâu", COPY),
    "a string that is not in the list": (lambda: raw('<row r="1"><c r="A1" t="s"><v>99999999999</v></c></row>'), "Không đọc được trang tính “Số liệu”", RESAVE),
    "a second table far away": (
        lambda: package({"xl/worksheets/sheet1.xml": sheet_xml(ONE).replace("</worksheet>", f"<sheetData>{FAR}</sheetData></worksheet>")}), "có ô XFD1048576",
        "Hãy xóa các dòng, cột và trang tính thừa ngoài bảng số liệu rồi lưu và gửi lại."),
    "an honest workbook before a hostile one": (lambda: package({}) + raw(FAR), "có ô XFD1048576", "rồi lưu và gửi lại."),
    "a hostile workbook in the comment of an honest one": (lambda: package({})[:-2] + struct.pack("<H", len(raw(FAR))) + raw(FAR), "có ô XFD1048576", "rồi lưu và gửi lại."),
    "a connection to a database": (lambda: package({"xl/connections.xml": "<connections/>"}), "Tệp có liên kết ra ngoài: phần “xl/connections.xml”.", "rồi gửi lại."),
    "a picture from elsewhere": (
        lambda: package({"xl/drawings/_rels/drawing1.xml.rels": (RELATIONS % "").replace('Target="worksheets/sheet1.xml"', 'Target="file:///etc/passwd" TargetMode="External"')}),
        "Tệp có liên kết ra ngoài: “file:///etc/passwd”.", "rồi gửi lại."),
    "a macro sheet": (lambda: package({"xl/macrosheets/sheet1.xml": sheet_xml(ONE)}), "Tệp chứa macro", "không có macro rồi gửi lại."),
    "an entity in UTF-16": (
        lambda: package({"xl/worksheets/sheet1.xml": f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]>{sheet_xml(ONE)[38:]}'.encode("utf-16")}),
        "không ghi bằng mã chữ UTF-8", RESAVE),
    "UTF-16, in which nothing would be found": (lambda: package({"xl/worksheets/sheet1.xml": sheet_xml(ONE).replace("UTF-8", "UTF-16").encode("utf-16-le")}), "không ghi bằng mã chữ UTF-8", RESAVE),
    "letters of another code": (lambda: package({"xl/worksheets/sheet1.xml": sheet_xml(ONE).replace("UTF-8", "windows-1258")}), "không ghi bằng mã chữ UTF-8", RESAVE),
    "letters of no code": (lambda: package({"xl/worksheets/sheet1.xml": sheet_xml(ONE).replace("UTF-8", "KHONG-CO")}), "không ghi bằng mã chữ UTF-8", RESAVE),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_workbook_is_refused_with_the_mend(name):
    make, what, mend = REFUSED[name]
    with pytest.raises(WorkbookRefused) as caught:
        read_rows(make())
    assert what in caught.value.what
    assert caught.value.mend.endswith(mend)


READ = {
    "rows out of order": ('<row r="5"><c r="A5"><v>5</v></c></row><row r="2"><c r="C2"><v>2</v></c></row>', [(2, [None, None, 2]), (5, [5, None, None])]),
    "cells out of order, one twice": ('<row r="1"><c r="C1"><v>5</v></c><c r="A1"><v>2</v></c><c r="C1"><v>9</v></c></row>', [(1, [2, None, 9])]),
    "cells that stand in another row": ('<row r="1"><c r="A7"><v>5</v></c></row>', [(7, [5])]),
    "a style that is not there": ('<row r="1"><c r="A1" s="99999999999999"><v>1</v></c></row>', [(1, [1])]),
    "no number": ('<row r="1"><c r="A1"><v>1e999</v></c><c r="B1"><v>nan</v></c></row>', [(1, ["#NUM!", "#NUM!"])]),
    "a call to another program": ("<row r=\"1\"><c r=\"A1\"><f>cmd|'/c calc'!A0</f></c></row>", [(1, ["=cmd|'/c calc'!A0"])]),
    "signs that no database stores": (f"<row r=\"1\">{INLINE % ('A1', 'a_x0000_b_x0007_c')}</row>", [(1, ["a b c"])]),
    "tags as letters": (f"<row r=\"1\">{INLINE % ('A1', '<![CDATA[<b>=1+1</b>]]>')}</row>", [(1, ["<b>=1+1</b>"])]),
    "a file asked for from inside": (
        '<row r="1"><c r="A1"><v>1</v></c><x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/></row>', [(1, [1])]),
}


@pytest.mark.parametrize("name", READ)
def test_what_is_odd_and_harmless_is_read_as_it_stands(name):
    rows, said = READ[name]
    assert cells(raw(rows)) == said


def test_cells_that_are_merged_over_the_whole_sheet_take_no_room():
    merged = sheet_xml(ONE).replace("</worksheet>", '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>')
    assert cells(package({"xl/worksheets/sheet1.xml": merged})) == [(1, [1])]


def test_two_hundred_sheets_are_read():
    assert cells(many_sheets(199, 199)) == [(1, [1])]
    assert "Tệp có hơn 200 trang tính" in refusal(many_sheets(200, 200))


def test_a_workbook_changed_by_chance_is_refused_in_words_or_read():
    """Sixty files with bytes changed, lost or doubled inside their parts; the child never dies of one."""
    chance = random.Random(1989)
    rows = f'<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><f>A1</f><v>5</v></c>{INLINE % ("C1", "x")}</row>'
    honest = zipfile.ZipFile(io.BytesIO(raw(rows, **strings("<si><t>Mã</t></si>"), **styles('<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'))))
    parts = {name: honest.read(name) for name in honest.namelist()}
    said = set()
    for _ in range(60):
        name = chance.choice([name for name in parts if name.startswith("xl/")])
        data = bytearray(parts[name])
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data))
            match chance.randrange(3):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    del data[at : at + chance.randint(1, 20)]
                case 2:
                    data[at:at] = data[chance.randrange(len(data)) :][: chance.randint(1, 40)]
        try:
            read_rows(package(parts | {name: bytes(data)}))
        except WorkbookRefused as refused:
            said.add(refused.what)
            assert refused.mend.startswith("Hãy "), refused.what
    assert not [text for text in said if "dừng đột ngột" in text]
