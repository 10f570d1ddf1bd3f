"""The document on the screen and as a file of its own."""

import re
from html.parser import HTMLParser

import pytest
from django.utils.html import strip_tags

from reports.rendering.content import Cell, Column, Heading, Row, Table, para
from reports.rendering.html import LANDSCAPE_MM, PORTRAIT_MM, render_page, render_print
from reports.rendering.tables import column_widths, merge_states, table_view
from tests.reports.rendering import sample

CELL = re.compile(r"<t([dh])([^>]*)>(.*?)</t[dh]>")


def figure_url(code, part):
    return f"/so-lieu/{code}/{part}"


def page(**changes):
    return render_page(sample.draft(**changes), figure_url)


def test_every_figure_of_the_text_and_of_the_tables_is_a_link():
    found = re.findall(r'<a class="fig" href="([^"]*)">(.*?)</a>', page())
    assert [(href, strip_tags(text)) for href, text in found] == [
        ("/so-lieu/hv.tong/", "798 hội viên"),
        ("/so-lieu/hv.dang/đảng viên", "521 đồng chí"),
        ("/so-lieu/hv.tong/", "798"),
        ("/so-lieu/hv.tong/nữ", "102"),
    ]


def test_the_open_figure_is_marked_wherever_it_stands():
    html = render_page(sample.report(), figure_url, current="hv.tong")
    marked = re.findall(r'<a class="fig" href="([^"]*)" aria-current="true">', html)
    assert marked == ["/so-lieu/hv.tong/"] * 2


def test_the_fragment_needs_no_inline_style_and_no_script():
    html = page(appendices=[sample.appendix()])
    assert re.findall(r"style=|<style|<script|onclick", html) == []


def test_headings_of_the_fragment_begin_under_the_title_of_the_page():
    assert re.findall(r"<h(\d)", page(appendices=[sample.appendix()])) == list("2234522")


def test_a_heading_without_a_part_above_it_moves_up():
    blocks = [Heading(2, "1.", "Một"), Heading(3, "a)", "A"), Heading(2, "2.", "Hai")]
    assert re.findall(r"<h(\d) class", page(blocks=blocks)) == list("2232")


def test_tags_are_balanced():
    class Checker(HTMLParser):
        void = frozenset({"br", "meta", "link", "col"})

        def __init__(self):
            super().__init__()
            self.open = []

        def handle_starttag(self, tag, attrs):
            if tag not in self.void:
                self.open.append(tag)

        def handle_endtag(self, tag):
            assert self.open.pop() == tag

    for html in (page(appendices=[sample.appendix()]), render_print(sample.draft())):
        checker = Checker()
        checker.feed(html)
        assert checker.open == []


def test_text_that_looks_like_code_is_shown_as_it_was_typed():
    hostile = "<script>alert(1)</script> {{ x }} {% now %} {0}"
    document = sample.draft(
        blocks=[Heading(1, "I.", hostile), para(hostile), para(hostile, "prompt")],
        subject_lines=[hostile],
        draft_note=hostile,
        author='"><script>',
    )
    for html in (render_page(document, figure_url), render_print(document)):
        assert re.findall(r"<script|\"><script", html) == []
        assert html.count("&lt;script&gt;alert(1)&lt;/script&gt; {{ x }} {% now %} {0}") >= 4


def test_a_question_to_the_secretary_stands_in_drafts_only():
    blocks = [para("Nguyên nhân là gì?", "prompt"), para("Hết.")]
    assert '<p class="notice">Nguyên nhân là gì?</p>' in page(blocks=blocks)
    assert '<p class="cau-hoi">[Nguyên nhân là gì?]</p>' in render_print(
        sample.draft(blocks=blocks)
    )
    assert "Nguyên nhân" not in render_print(sample.report(blocks=blocks))
    assert "Nguyên nhân" not in render_page(sample.report(blocks=blocks), figure_url)


def test_a_printed_file_stands_alone():
    html = render_print(sample.report(appendices=[sample.appendix()]))
    assert re.findall(r"url\(|src=|href=|@import|@font-face", html) == []
    assert '"Times New Roman"' in html
    assert html.startswith('<!doctype html>\n<html lang="vi">')


def test_the_party_pattern_changes_head_and_number():
    head = sample.letterhead(variant="party", number="05-BC/CCB")
    html = render_print(sample.report(letterhead=head)).partition("<body>")[2]
    text = strip_tags(html.replace("<", " <"))
    assert (
        text.split("BÁO CÁO")[0].split()
        == (
            "HỘI CCB TỈNH LAM GIANG HỘI CỰU CHIẾN BINH XÃ THANH SƠN * ĐẢNG CỘNG SẢN VIỆT NAM "
            "Số 05-BC/CCB Thanh Sơn, ngày 05 tháng 12 năm 2026"
        ).split()
    )


def test_neighbours_in_the_same_state_become_one_cell():
    cells = [
        Cell("Việc", state="missing"),
        Cell(state="missing", figure="a"),
        Cell(state="missing", figure="b"),
        Cell("chưa báo cáo theo thôn", state="missing"),
        Cell(state="not_concerned"),
        Cell("0"),
        Cell("0"),
        Cell(state="words"),
    ]
    merged = [(cell.shown, cell.span, cell.figure) for cell in merge_states(cells, 0)]
    assert merged == [
        ("Việc", 1, None),
        ("chưa báo cáo", 2, None),
        ("chưa báo cáo theo thôn", 1, None),
        ("không thuộc diện", 1, None),
        ("0", 1, None),
        ("0", 1, None),
        ("có, không nêu số", 1, None),
    ]


def test_a_merged_cell_names_all_its_columns_on_a_phone():
    row = table_view(sample.matrix(1), "").bodies[0].rows[0].cells
    assert [(cell.label, cell.span) for cell in row[-2:]] == [
        ("Gò Mây, Phố Chợ", 2),
        ("Xóm Bến", 1),
    ]


def test_cells_are_aligned_and_rows_named_by_their_header():
    html = render_print(sample.report(blocks=[sample.small_table()]))
    cells = [(tag + attrs, text) for tag, attrs, text in CELL.findall(html)]
    assert cells[4:9] == [
        ('d colspan="4"', "A. Tổ chức"),
        ('d class="g"', "1"),
        ('h scope="row"', "Hội viên"),
        ('d class="g"', "hội viên"),
        ('d class="s"', "798"),
    ]
    assert cells[9:11] == [('d class="g"', ""), ('h scope="row" class="trong-do"', "trong đó nữ")]
    assert [attrs for attrs, text in cells if text in ("có, không nêu số", "không thuộc diện")] == [
        'd class="chua"',
        'd class="khong"',
    ]


def test_column_widths_fill_the_text_and_leave_room_for_long_numbers():
    table = Table(
        [Column("Nội dung", 120), Column("Số tiền", 10, "right"), Column("Ghi", 20, "center")],
        [Row([Cell("A"), Cell("950.160.000.000"), Cell("x")])],
    )
    for width in (PORTRAIT_MM, LANDSCAPE_MM):
        widths = column_widths(table, width)
        assert round(sum(widths), 6) == width
        assert widths[1] > 30
    assert column_widths(sample.small_table(), PORTRAIT_MM) == [10, 90, 30, 35]


def test_a_row_wider_than_its_table_is_refused():
    table = Table([Column("A", 10)], [Row([Cell("1"), Cell("2")])])
    with pytest.raises(ValueError, match="1 more columns"):
        table_view(table, "")


def test_groups_of_headings_must_cover_the_columns():
    with pytest.raises(ValueError, match="cover all"):
        Table([Column("A", 10), Column("B", 10)], groups=[("AB", 1)])


def test_the_last_two_words_of_a_heading_stay_together():
    html = page(blocks=[Heading(1, "IV.", "Các phong trào, cuộc vận động"), Heading(1, "V.", "Hội")])
    assert re.findall(r"<h\d class=\"muc-la-ma\">(.*?)</h\d>", html) == [
        'IV. CÁC PHONG TRÀO, CUỘC<span> </span><span class="lien">VẬN ĐỘNG</span>', "V. HỘI",
    ]


def test_rows_before_a_total_and_short_tables_stay_on_one_page():
    def table(rows):
        body = [Row([Cell(f"Việc {i}"), Cell(str(i))]) for i in range(rows)]
        return Table([Column("Nội dung", 120), Column("Số", 40, "right")], [*body, Row([Cell("Cộng"), Cell("9")], "total")])

    short, long = (table_view(table(rows), "Bảng", PORTRAIT_MM) for rows in (5, 40))
    assert (short.keep, long.keep) == (True, False)
    rows = long.bodies[0].rows
    assert [i for i, row in enumerate(rows) if "lien-sau" in row.css] == [0, 39]
    assert not table_view(table(5), "Bảng").keep  # on the screen nothing breaks


def test_a_column_is_never_narrower_than_its_longest_word():
    table = Table(
        [Column("TT", 1, "center"), Column("Đơn vị", 10, header=True), Column("Số tiền", 90, "right")],
        [Row([Cell("170"), Cell("Nghiêng"), Cell("4.093.700.000.000")])],
    )
    widths = column_widths(table, 90)
    assert round(sum(widths), 6) == 90
    assert widths[0] >= 9
    assert widths[1] >= 15
