"""Text on its way to a page: escaped, and unbroken where it must not break."""

import re
import time

import pytest
from django.utils.html import strip_tags
from django.utils.safestring import mark_safe

from reports.rendering.content import Document, Run, clean, figure_key, split_figure_key
from reports.rendering.letterhead import BLOCK_POINTS, issuer_lines, parent_line, text_width
from reports.rendering.text import FigureLinks, inline, inline_runs
from tests.reports.rendering import sample


def unbroken(text: str, **options) -> list[str]:
    return re.findall(r'<span class="lien">(.*?)</span>', inline(text, **options))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Báo cáo 05/BC-CCB của Hội", ["05/BC-CCB"]),
        ("Chỉ thị số 05-CT/TW, Quy định", ["số 05-CT/TW"]),
        ("nhiệm kỳ 2022-2027, 2022 - 2027.", ["2022-2027", "2022 - 2027"]),
        ("dịch Covid-19; 8/26 (27/7)", ["Covid-19", "8/26", "27/7"]),
        ("bình quân 717 lượt/buổi", ["717 lượt/buổi"]),
        ("1,67 tỷ đồng/tổ", ["1,67 tỷ", "đồng/tổ"]),
        ("đạt 4.093,7 tỷ đồng", ["4.093,7 tỷ"]),
        ("ngày 30 tháng 11 năm 2022, có 06 tỉnh", ["30 tháng 11", "năm 2022", "06 tỉnh"]),
        ("năm 2022 của Hội, ở Bảng 1.", ["năm 2022", "Bảng 1"]),
        ("Kết luận số 66 của Ban Bí thư, quý II, khóa XIII", ["số 66", "quý II", "khóa XIII"]),
        ("hiến 155.514 m² đất", ["155.514 m²"]),
        ("chính trị - xã hội; Độc lập - Tự do", []),
        ("nông-lâm kết hợp, tỷ lệ 81,7%", []),
        ("a/" * 40 + "1", []),
    ],
)
def test_codes_and_numbers_stay_on_one_line(text, codes):
    assert unbroken(text) == codes


@pytest.mark.parametrize("hostile", ["1." * 40_000, "a/" * 40_000, "1 a" * 30_000, "-/" * 40_000])
def test_a_text_of_many_dots_or_slashes_is_no_burden(hostile):
    started = time.process_time()
    assert strip_tags(inline(hostile)) == hostile
    assert time.process_time() - started < 2


def test_in_a_table_only_codes_are_kept_together():
    assert unbroken("16/26 tổ, 30 tháng 11", in_table=True) == ["16/26"]


def test_nothing_is_lost_or_added_around_codes():
    text = "Số 05/BC-CCB, ngày 30 tháng 11 năm 2022; 8/26 tổ; 2022 - 2027./."
    assert re.sub(r"<[^>]+>", "", inline(text)) == text


def test_markup_in_a_text_is_escaped_even_inside_a_code():
    assert inline('<b>8/26</b> & "x"\n<1/2>') == (
        '&lt;b&gt;<span class="lien">8/26</span>&lt;/b&gt; &amp; &quot;x&quot;<br>'
        '&lt;<span class="lien">1/2</span>&gt;'
    )


def test_a_text_already_marked_safe_is_escaped_as_well():
    assert inline(mark_safe("<i>x</i>")) == "&lt;i&gt;x&lt;/i&gt;"


def test_input_is_cleaned_of_what_cannot_be_printed():
    assert clean("Hô\u0323i\u00a0viên\x00\x07\n") == "Hội viên\n"


def test_a_figure_key_carries_code_and_part():
    assert figure_key("hv.tong") == "hv.tong"
    assert split_figure_key(figure_key("kt.giay", "tập thể; Tỉnh")) == ("kt.giay", "tập thể; Tỉnh")
    assert split_figure_key("hv.tong") == ("hv.tong", "")


def test_runs_become_links_only_where_links_are_given():
    runs = [Run("Có "), Run("798", figure="hv|nữ"), Run(" Một là,", bold=True, italic=True)]
    links = FigureLinks(lambda code, part: f"/so/{code}?phan={part}&x=1", current="hv|nữ")
    assert inline_runs(runs) == 'Có 798<span class="viec"> Một là,</span>'
    assert inline_runs(runs, links) == (
        'Có <a class="fig" href="/so/hv?phan=nữ&amp;x=1" aria-current="true">798</a>'
        '<span class="viec"> Một là,</span>'
    )


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Cụm thi đua số 3", ["CỤM THI ĐUA SỐ 3"]),
        ("Hội Cựu chiến binh xã Thanh Sơn", ["HỘI CỰU CHIẾN BINH", "XÃ THANH SƠN"]),
        (
            "Hội Cựu chiến binh Khối các cơ quan và doanh nghiệp tỉnh",
            ["HỘI CỰU CHIẾN BINH", "KHỐI CÁC CƠ QUAN VÀ", "DOANH NGHIỆP TỈNH"],
        ),
        (
            "Hội Cựu chiến binh Khối các cơ quan và doanh nghiệp tỉnh Lam Giang",
            ["HỘI CỰU CHIẾN BINH KHỐI CÁC", "CƠ QUAN VÀ DOANH NGHIỆP", "TỈNH LAM GIANG"],
        ),
        (
            "Cụm thi đua số 3, Hội Cựu chiến binh Việt Nam",
            ["CỤM THI ĐUA SỐ 3,", "HỘI CỰU CHIẾN BINH VIỆT NAM"],
        ),
        (
            "Chi hội Cựu chiến binh Tổ dân phố số 12 phường Đông Hải",
            ["CHI HỘI CỰU CHIẾN BINH", "TỔ DÂN PHỐ SỐ 12", "PHƯỜNG ĐÔNG HẢI"],
        ),
    ],
)
def test_the_issuer_wraps_by_sense_and_is_never_abbreviated(name, lines):
    assert issuer_lines(name) == lines
    assert max(text_width(line) for line in lines) <= BLOCK_POINTS


def test_a_very_long_name_takes_the_lines_it_needs_and_no_line_is_too_wide():
    lines = issuer_lines(
        "Hội Cựu chiến binh Công ty trách nhiệm hữu hạn một thành viên Khai thác công trình thủy lợi "
        "Bắc Sông Cầu - Chi nhánh Khu công nghiệp công nghệ cao Hòa Lạc"
    )
    assert lines == [
        "HỘI CỰU CHIẾN BINH",
        "CÔNG TY TRÁCH NHIỆM",
        "HỮU HẠN MỘT THÀNH VIÊN",
        "KHAI THÁC CÔNG TRÌNH",
        "THỦY LỢI BẮC SÔNG CẦU -",
        "CHI NHÁNH KHU CÔNG NGHIỆP",
        "CÔNG NGHỆ CAO HÒA LẠC",
    ]
    assert max(text_width(line) for line in lines) <= BLOCK_POINTS
    assert parent_line("Hội Cựu chiến binh Tổng công ty Phát triển hạ tầng và Đầu tư tài chính Việt Nam") == (
        "HỘI CCB TỔNG CÔNG TY\nPHÁT TRIỂN HẠ TẦNG VÀ\nĐẦU TƯ TÀI CHÍNH VIỆT NAM"
    )


def test_the_superior_is_abbreviated_only_when_it_does_not_fit():
    assert parent_line("Hội Cựu chiến binh Việt Nam") == "HỘI CỰU CHIẾN BINH VIỆT NAM"
    assert parent_line("Hội Cựu chiến binh tỉnh Lam Giang") == "HỘI CCB TỈNH LAM GIANG"


def test_the_title_of_a_file_is_one_sentence():
    assert sample.draft(subject_lines=["Kết quả", "năm 2026"]).full_title == (
        "Dự thảo Báo cáo kết quả năm 2026"
    )
    assert sample.report(subject_lines=["Hội Cựu chiến binh"]).full_title == (
        "Báo cáo Hội Cựu chiến binh"
    )


def test_a_document_without_a_time_zone_is_refused():
    fields = vars(sample.report()) | {"created": sample.report().created.replace(tzinfo=None)}
    with pytest.raises(ValueError, match="time zone"):
        Document(**fields)
