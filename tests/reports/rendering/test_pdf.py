"""The printed page, read back from the PDF."""

import os
import re
import shutil
import subprocess
import sys
import unicodedata
from collections import Counter
from io import BytesIO

import pytest
from django.conf import settings
from pypdf import PdfReader

from reports.rendering import pdf
from reports.rendering.content import Cell, Column, Row, Run, Table, para
from reports.rendering.pdf import PdfUnavailable, ResourceRefused, render_pdf
from tests.reports.rendering import sample

pytestmark = pytest.mark.skipif(not pdf.available(), reason="WeasyPrint needs pango")

PT_PER_MM = 72 / 25.4


def read(document) -> PdfReader:
    return PdfReader(BytesIO(render_pdf(document)))


def words(page) -> list[str]:
    return page.extract_text().split()


def number_of(page) -> str:
    """What stands in the top margin of 20 mm (30 mm on a turned page)."""
    top_margin = []

    def visit(text, _matrix, position, _font, _size):
        if text.strip() and position[5] * 0.75 < 18 * PT_PER_MM:
            top_margin.append(text.strip())

    page.extract_text(visitor_text=visit)
    return "".join(top_margin)


@pytest.fixture(scope="module")
def issued():
    return read(sample.report(appendices=[sample.appendix()]))


@pytest.fixture(scope="module")
def drafted():
    return read(sample.draft())


def test_only_our_own_fonts_are_used_and_all_are_embedded(issued):
    found = {}
    for page in issued.pages:
        for font in page["/Resources"]["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            name = descendant["/BaseFont"].partition("+")[2]
            found[name] = "/FontFile2" in descendant["/FontDescriptor"]
    assert found == {
        "CCB-Serif": True,
        "CCB-Serif-Bold": True,
        "CCB-Serif-Italic": True,
        "CCB-Serif-Bold-Italic": True,
    }


def test_the_text_is_exactly_that_of_the_content_and_in_its_order():
    reader = read(sample.report())
    pages = [words(page) for page in reader.pages]
    printed = pages[0] + [word for page in pages[1:] for word in page[:-1]]
    head = (
        "HỘI CCB TỈNH LAM GIANG HỘI CỰU CHIẾN BINH XÃ THANH SƠN "
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc "
        "Số: 05/BC-CCB Thanh Sơn, ngày 05 tháng 12 năm 2026 "
        "BÁO CÁO Kết quả công tác Hội năm 2026 và phương hướng, nhiệm vụ năm 2027 "
        "Kính gửi: Ban Thường vụ Hội Cựu chiến binh tỉnh Lam Giang "
        "Hội báo cáo kết quả công tác năm 2026; số liệu của 15/16 chi hội, nhiệm kỳ 2022-2027. "
        "Phần thứ nhất KẾT QUẢ CÔNG TÁC NĂM 2026 I. ĐẶC ĐIỂM TÌNH HÌNH "
        "Toàn Hội có 798 hội viên, trong đó 521 đồng chí là đảng viên, theo Hướng dẫn "
        "số 22/HD-CCB và 8/26 tiêu chí. 1. Xây dựng Hội a) Kết nạp "
        "Hội kết nạp 19 hội viên, sau dịch Covid-19 nhiều hơn năm trước. "
    )
    table = (
        "Bảng 1. Số liệu năm 2026 Đến 30/11/2026 TT Nội dung Đơn vị tính Số lượng "
        "A. Tổ chức 1 Hội viên hội viên 798 trong đó nữ hội viên 102 "
        "B. Phong trào 2 Buổi gặp mặt buổi có, không nêu số 3 Tuần tra biên giới lần "
        "không thuộc diện Cộng hai mục mục 2 "
        "Ghi chú: dòng “trong đó” là phần của dòng trên. "
    )
    rest = (
        "Phần thứ hai NHIỆM VỤ NĂM 2027 "
        "Một là, kết nạp từ 20 hội viên trở lên; báo cáo vào dịp 22/12. "
        f"{sample.CLOSING} Nơi nhận: - Như trên; - Đảng ủy xã; - Lưu: VT. "
        "TM. BAN CHẤP HÀNH CHỦ TỊCH Trần Văn Mẫu"
    )
    assert printed == (head + table + rest).split()


def test_decomposed_letters_of_the_input_are_printed_composed():
    typed = unicodedata.normalize("NFD", "Nguyễn Thị Hướng ở Đồng Quan được khen thưởng")
    text = read(sample.report(blocks=[para(typed)])).pages[0].extract_text()
    assert text == unicodedata.normalize("NFC", text)
    assert "Nguyễn Thị Hướng ở Đồng Quan được khen thưởng" in " ".join(text.split())


def test_pages_are_a4_and_the_appendix_is_turned(issued):
    sizes = [
        (
            round(float(page.mediabox.width) / PT_PER_MM),
            round(float(page.mediabox.height) / PT_PER_MM),
        )
        for page in issued.pages
    ]
    assert sizes == [(210, 297), (210, 297), (297, 210), (297, 210)]


def test_first_pages_have_no_number_and_an_appendix_counts_for_itself(issued):
    assert [number_of(page) for page in issued.pages] == ["", "2", "", "2"]


def test_several_appendices_are_numbered_each_from_its_own_first_page():
    appendices = [
        sample.appendix("I"),
        sample.appendix("II", rows=2),
        sample.appendix("III", "portrait", rows=28),
        sample.appendix("IV", "portrait", rows=2),
    ]
    reader = read(sample.report(blocks=[para("Một đoạn.")], appendices=appendices))
    assert [number_of(page) for page in reader.pages] == ["", "", "2", "", "", "2", ""]
    labels = re.findall(r"^Phụ lục.*$", "\n".join(p.extract_text() for p in reader.pages), re.M)
    assert labels == ["Phụ lục I", "Phụ lục II", "Phụ lục III", "Phụ lục IV"]


def test_all_text_stays_inside_the_margins(tmp_path):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not installed")
    long_word = "dài" * 60
    blocks = [*sample.blocks()[:-1], para(long_word), para(sample.CLOSING)]
    target = tmp_path / "report.pdf"
    target.write_bytes(render_pdf(sample.report(blocks=blocks, appendices=[sample.appendix()])))
    done = subprocess.run(
        ["pdftotext", "-bbox", str(target), "-"], capture_output=True, check=True, text=True
    )
    outside = []
    for page in done.stdout.split("<page ")[1:]:
        width, height = (float(n) for n in re.findall(r'"([\d.]+)"', page)[:2])
        portrait = width < height
        top, right, bottom, left = (20, 15, 20, 30) if portrait else (30, 20, 15, 20)
        box = re.compile(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]+)')
        for x0, y0, x1, y1, word in box.findall(page):
            in_head = float(y1) < top * PT_PER_MM and word.isdigit()
            inside = (
                float(x0) >= left * PT_PER_MM - 1
                and float(x1) <= width - right * PT_PER_MM + 1
                and float(y0) >= top * PT_PER_MM - 3
                and float(y1) <= height - bottom * PT_PER_MM + 3
            )
            if not inside and not in_head:
                outside.append(word)
    assert outside == []


def test_equal_documents_give_equal_bytes():
    first = render_pdf(sample.report(appendices=[sample.appendix(rows=3)]))
    assert first == render_pdf(sample.report(appendices=[sample.appendix(rows=3)]))
    assert first != render_pdf(sample.report(appendices=[sample.appendix(rows=2)]))


def test_bytes_do_not_depend_on_the_process():
    program = (
        "import django, hashlib; django.setup()\n"
        "from tests.reports.rendering import sample\n"
        "from reports.rendering.pdf import render_pdf\n"
        "print(hashlib.sha256(render_pdf(sample.report())).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            text=True,
            cwd=settings.BASE_DIR,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "ccb.settings", "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_the_file_says_what_it_is(issued):
    root = issued.trailer["/Root"]
    assert root["/Lang"] == "vi"
    assert root["/MarkInfo"] == {"/Marked": True}
    assert issued.metadata.title == (
        "Báo cáo kết quả công tác Hội năm 2026 và phương hướng, nhiệm vụ năm 2027"
    )
    assert issued.metadata.author == "Hội Cựu chiến binh xã Thanh Sơn"
    assert issued.metadata.creation_date == sample.report().created
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert re.findall(r"pdfaid:(\w+)=.(\w)", xmp) == [("part", "3"), ("conformance", "A")]
    assert re.findall(r"<pdfuaid:part>(\d)", xmp) == ["1"]


def structure(reader, wanted) -> list:
    """Elements whose tag matches `wanted`, in order; what lies inside them is not searched."""
    found = []

    def walk(element):
        element = element.get_object()
        if not hasattr(element, "get"):
            return
        if re.fullmatch(wanted, element.get("/S", "")):
            found.append(element)
            return
        children = element.get("/K", [])
        for child in children if isinstance(children, list) else [children]:
            walk(child)

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    return found


def test_every_header_cell_says_what_it_heads(issued):
    scopes = Counter(cell["/A"].get("/Scope") for cell in structure(issued, "/TH"))
    matrix_head = 2 + 8  # groups and columns, repeated on the second page
    assert scopes == {"/Column": 4 + 2 * matrix_head, "/Row": 5 + 26}


def test_a_draft_says_so_and_an_issued_report_does_not(drafted, issued):
    first = drafted.pages[0].extract_text()
    lines = [line for line in first.splitlines() if "DỰ THẢO" in line or "giờ" in line]
    assert " ".join(lines) == "DỰ THẢO Số liệu tính lúc 16 giờ 30 phút ngày 01 tháng 12 năm 2026"
    assert "Số: …/BC-CCB" in first
    assert drafted.metadata.title.startswith("Dự thảo Báo cáo kết quả công tác Hội")
    assert not any("DỰ THẢO" in page.extract_text() for page in issued.pages)


def test_the_header_of_a_long_table_is_repeated(issued):
    head = " ".join(["TT", "Chỉ tiêu", *sample.HAMLETS])
    texts = [" ".join(words(page)) for page in issued.pages[2:]]
    assert [text.count(head) for text in texts] == [1, 1]


@pytest.mark.parametrize("paragraphs", range(7, 13))
def test_the_sign_off_never_stands_alone(paragraphs):
    blocks = [para(sample.FILLER) for _ in range(paragraphs)] + [para(sample.CLOSING)]
    texts = [" ".join(words(page)) for page in read(sample.report(blocks=blocks)).pages]
    signed = [text for text in texts if "TM. BAN CHẤP HÀNH" in text]
    assert len(signed) == 1
    assert "Trần Văn Mẫu" in signed[0]
    assert sample.CLOSING[-60:] in signed[0]


def test_text_that_looks_like_code_is_printed_as_it_was_typed():
    hostile = '<script>alert(1)</script> {{ x }} {% now %} {0} <img src="x"> &amp;'
    text = read(sample.report(blocks=[para(hostile)])).pages[0].extract_text()
    assert hostile in " ".join(text.split())


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/a.png",
        "https://document.invalid/static/../ccb/settings.py",
        "https://document.invalid/static/css/app.css",
        "file:///etc/passwd",
        "ftp://localhost/a",
        "//localhost/a.png",
    ],
)
def test_nothing_is_fetched_but_our_own_files(url, monkeypatch):
    monkeypatch.setattr(pdf, "render_for_pdf", lambda document: f'<p><img src="{url}">')
    with pytest.raises(ResourceRefused, match="not a file of the program"):
        render_pdf(sample.report())


def test_without_weasyprint_the_user_is_told_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    pdf._writer.cache_clear()
    try:
        assert not pdf.available()
        with pytest.raises(PdfUnavailable, match=r"Máy này chưa in được PDF .* scripts/setup"):
            render_pdf(sample.report())
    finally:
        pdf._writer.cache_clear()


def test_figures_are_plain_text_on_paper():
    reader = read(sample.report(blocks=[para("Có "), sample.blocks()[3]]))
    assert [page.get("/Annots") for page in reader.pages] == [None] * len(reader.pages)
    assert Run("798", figure="hv.tong").figure == "hv.tong"


def test_headings_never_skip_a_level(issued):
    assert [element["/S"] for element in structure(issued, r"/H\d")] == [
        "/H1", "/H2", "/H3", "/H4", "/H5", "/H2", "/H2"
    ]  # fmt: skip


def test_a_line_that_just_fits_is_not_broken_behind_its_first_word():
    """WeasyPrint 70 does so when a text ends in a space for which there is no room."""
    text = (
        "Ban Chấp hành Hội Cựu chiến binh xã Không Có Số báo cáo kết quả công tác năm 2025 và phương "
        "hướng, nhiệm vụ năm 2026."
    )
    lines = read(sample.report(blocks=[para(text)], sign_off=None)).pages[0].extract_text().splitlines()
    assert [line.strip() for line in lines if line.strip().startswith("Ban C")] == [
        "Ban Chấp hành Hội Cựu chiến binh xã Không Có Số báo cáo kết quả công tác"
    ]


def test_numbers_of_rows_beyond_a_hundred_stand_on_one_line():
    columns = [Column("TT", 10, "center"), Column("Xã", 60, header=True)]
    columns += [Column(f"Số {i}", 25, "right") for i in range(6)]
    body = [Row([Cell(str(i)), Cell(f"Xã Tân Lập {i}"), *[Cell("950.160.000")] * 6]) for i in range(99, 115)]
    appendix = sample.appendix()
    appendix.blocks = [Table(columns, body, small=True)]
    text = read(sample.report(blocks=[para("Một đoạn.")], appendices=[appendix])).pages[-1].extract_text()
    assert set(map(str, range(99, 115))) <= set(text.split())


def test_a_line_that_announces_a_list_goes_with_the_list():
    for count in range(10, 24):
        filler = [para(sample.FILLER)] * count
        document = sample.report(blocks=[*filler, para("Hội tập trung vào 02 nhiệm vụ:"), para("Một là, kết nạp.")], sign_off=None)
        for page in read(document).pages:
            text = page.extract_text()
            assert ("nhiệm vụ:" in text) == ("Một là," in text)
