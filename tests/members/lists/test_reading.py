"""Every way in which offices keep their lists, each as a workbook made for it."""

import datetime

import pytest

from members.models import Member, MemberPrivate, Membership, MemberStatus
from members.services.lists import jobs
from members.services.lists.encodings import TCVN3, VNI, convert, decide
from members.workbooks.refusal import WorkbookRefused
from tests.members.lists.sheets import HEAD, book, checked, counts, written

NAMES = [
    "Nguyễn Văn Hưng", "Trần Đình Quế", "Phạm Thị Hòa", "Lê Hữu Phước", "Đặng Quốc Trượng", "Hoàng Thị Nhạn", "Vũ Đức Cường", "Bùi Xuân Thảo",
    "Đỗ Ngọc Uyển", "Ngô Bá Ước", "Lý Thị Mỹ", "Mai Văn Nghĩa", "Đinh Thế Khải", "Dương Hồng Kỳ", "Phan Thị Diễm", "Tạ Quang Bửu",
    "Võ Nguyên Giáp", "Hồ Thị Kỷ", "Chu Văn Tấn", "Trịnh Công Sự",
]


def old(text, table):
    """``text`` as an old font has it."""
    codes = {letter: code for code, letter in table.items()}
    lower = {letter.lower(): code for letter, code in codes.items()}
    return "".join(codes.get(c, lower.get(c.lower(), c) if ord(c) > 127 else c) for c in text)


def names():
    return sorted(Member.objects.values_list("name", flat=True))


def test_a_plain_list_is_read_and_written(tree, secretary):
    job = written(book([HEAD, [1, "Lê Văn Mẫu", "19/05/1954", "Nam"], [2, "Trần Thị Mai", 1956, "Nữ"]]), tree.thon_dong, secretary)
    assert counts(job) == (2, 2, 0, 0, 0)
    assert list(Member.objects.values_list("name", "sex", "born", "unit")) == [
        ("Trần Thị Mai", "nu", Member(born="1956")._meta.get_field("born").to_python("1956"), tree.thon_dong.pk),
        ("Lê Văn Mẫu", "nam", Member._meta.get_field("born").to_python("1954-05-19"), tree.thon_dong.pk),
    ]
    assert list(Membership.objects.order_by("pk").values_list("member_name", "birth_year", "reason_in", "co_so")) == [
        ("Lê Văn Mẫu", 1954, "dau_ky", tree.thanh_son.pk), ("Trần Thị Mai", 1956, "dau_ky", tree.thanh_son.pk)]


def test_titles_above_a_counting_row_totals_and_signatures_are_left_out(tree, secretary):
    rows = [
        ["HỘI CỰU CHIẾN BINH XÃ THANH SƠN"], ["DANH SÁCH HỘI VIÊN NĂM 2026"], [], HEAD, [1, 2, 3, 4],
        [1, "Lê Văn Mẫu", 1954, "Nam"], [None, "Tổng cộng", 1, None], ["Cộng: 1 hội viên"], [None, None, 1980, "Nam"],
        [None, "Người lập biểu", None, "Chủ tịch"], [None, "Nguyễn Thị Hòa"],
    ]
    job = written(book(rows), tree.thon_dong, secretary)
    assert (counts(job), job.counts["passed"], names()) == ((1, 1, 0, 0, 0), 5, ["Lê Văn Mẫu"])


def test_two_merged_header_rows_give_the_year_of_birth_and_the_sex(tree, secretary):
    rows = [
        ["STT", "Họ và tên", "Năm sinh", None, "Quê quán"], [None, None, "Nam", "Nữ", None], [1, 2, 3, 4, 5],
        [1, "Lê Văn Mẫu", 1954, None, "Hà Tĩnh"], [2, "Trần Thị Mai", None, "1956", "Nghệ An"],
    ]
    merges = [(0, 0, 1, 0, "STT"), (0, 1, 1, 1, "Họ và tên"), (0, 2, 0, 3, "Năm sinh"), (0, 4, 1, 4, "Quê quán")]
    job = written(book(rows, merges=merges), tree.thon_dong, secretary)
    assert counts(job) == (2, 2, 0, 0, 0)
    assert list(Member.objects.order_by("pk").values_list("name", "sex", "hometown")) == [
        ("Lê Văn Mẫu", "nam", "Hà Tĩnh"), ("Trần Thị Mai", "nu", "Nghệ An")]


def test_family_and_given_name_in_two_columns_are_one_name(tree, secretary):
    written(book([["Họ đệm", "Tên", "Năm sinh", "Nữ"], ["Trần Thị", "Mai", 1956, "x"], ["Lê Văn", "Mẫu", 1954, "không"]]), tree.thon_dong, secretary)
    assert list(Member.objects.order_by("pk").values_list("name", "sex")) == [("Trần Thị Mai", "nu"), ("Lê Văn Mẫu", "nam")]


def test_names_in_nfd_in_capitals_and_with_many_spaces_become_names(tree, secretary):
    import unicodedata

    rows = [HEAD, [1, unicodedata.normalize("NFD", "Nguyễn Văn Hưởng"), 1950, "Nam"], [2, "  TRẦN   ĐÌNH QUẾ ", 1951, "nam"]]
    written(book(rows), tree.thon_dong, secretary)
    assert names() == ["Nguyễn Văn Hưởng", "Trần Đình Quế"]


def test_the_tables_of_the_old_fonts_have_their_entries():
    assert (len(TCVN3), len(VNI)) == (74, 134)


@pytest.mark.parametrize(("encoding", "table"), [("tcvn3", TCVN3), ("vni", VNI)])
def test_every_letter_of_an_old_font_comes_back(encoding, table):
    assert {code: convert(code, encoding) for code in table} == table


@pytest.mark.parametrize("size", [3, 20])
def test_the_font_of_sixty_columns_is_told_right(size):
    from random import Random

    chance, wrong = Random(3), []
    for _ in range(20):
        column = chance.sample(NAMES, size)
        for encoding, table in (("", {}), ("tcvn3", TCVN3), ("vni", VNI)):
            texts = [old(name, table) for name in column]
            if decide(texts) != encoding or [convert(text, encoding) for text in texts] != column:
                wrong.append((encoding, texts))
    assert wrong == []


@pytest.mark.parametrize(("encoding", "table"), [("tcvn3", TCVN3), ("vni", VNI)])
def test_a_list_in_an_old_font_shows_before_and_after_and_is_written_in_unicode(tree, secretary, encoding, table):
    content = book([HEAD, *([i, old(name, table), 1950 + i, "Nam"] for i, name in enumerate(NAMES))])
    job = jobs.upload(unit=tree.thon_dong, file_name="cũ.xlsx", content=content, by=secretary)
    shown = {letter: (before, after) for _, letter, _, before, after in jobs.sheet_of(job).columns()}
    assert (job.mapping["encodings"], shown["B"]) == ({"1": encoding}, ([old(name, table) for name in NAMES[:3]], NAMES[:3]))
    written(content, tree.thon_dong, secretary)
    assert names() == sorted(NAMES)


def test_the_header_may_stand_in_the_old_font_too(tree, secretary):
    head = [old(label, TCVN3) for label in HEAD]
    written(book([head, [1, old("Đỗ Thị Nhạn", TCVN3), 1950, old("Nữ", TCVN3)]]), tree.thon_dong, secretary)
    assert list(Member.objects.values_list("name", "sex")) == [("Đỗ Thị Nhạn", "nu")]


@pytest.mark.parametrize(("cell", "iso"), [
    ("19/05/1954", "1954-05-19"), (19863, "1954-05-19"), ("19863", "1954-05-19"), (datetime.date(1954, 5, 19), "1954-05-19"),
    (1954, "1954"), ("1954", "1954"), ("05/1954", "1954-05"), ("5-1954", "1954-05"), ("00/05/1954", "1954-05"), (19863.5, "1954-05-19"),
])
def test_dates_keep_as_much_as_they_say(tree, secretary, cell, iso):
    written(book([HEAD, [1, "Lê Văn Mẫu", cell, "Nam"]]), tree.thon_dong, secretary)
    assert Member.objects.get().born.iso == iso


@pytest.mark.parametrize("cell", ["19/5/54", "31/02/1954", "05/19/1954", 54, 4.1954, "năm ngoái", "12/2030", "#REF!", 19051954])
def test_a_date_that_is_none_is_a_bad_line(tree, secretary, cell):
    job = checked(book([HEAD, [1, "Lê Văn Mẫu", cell, "Nam"]]), tree.thon_dong, secretary)
    assert (counts(job), [(e["row"], e["column"]) for e in job.errors if e["kind"] == "wrong"]) == ((1, 0, 0, 0, 1), [(2, "Ngày sinh")])


@pytest.mark.parametrize(("cell", "number", "warned"), [
    (38055001234, "038055001234", 1), (1055001234, "001055001234", 1), ("038055001234", "038055001234", 0), ("038 055 001 234", "038055001234", 0),
    (183456789, None, 1), ("183456789", None, 1),
])
def test_a_cccd_gets_its_zero_back_and_an_old_card_is_not_taken_for_one(tree, secretary, cell, number, warned):
    job = written(book([[*HEAD, "Số CCCD"], [1, "Lê Văn Mẫu", 1954, "Nam", cell]]), tree.thon_dong, secretary)
    assert (list(MemberPrivate.objects.values_list("cccd", flat=True)), job.counts["warned"]) == ([number] if number else [], warned)


@pytest.mark.parametrize("cell", ["3805500123", "0380550012345", "3.8055E+11", "038055O01234"])
def test_a_cccd_that_cannot_be_is_a_bad_line_and_is_not_repeated(tree, secretary, cell):
    job = checked(book([[*HEAD, "CMND/CCCD"], [1, "Lê Văn Mẫu", 1954, "Nam", cell]]), tree.thon_dong, secretary)
    assert (counts(job), job.errors[0]["value"], cell in job.errors[0]["text"]) == ((1, 0, 0, 0, 1), "", False)


@pytest.mark.parametrize(("cell", "phone"), [(912345678, "0912345678"), ("0912.345.678", "0912345678"), ("+84 912 345 678", "0912345678"), ("0239 3855123", "02393855123")])
def test_telephone_numbers_get_their_zero_back(tree, secretary, cell, phone):
    written(book([[*HEAD, "SĐT"], [1, "Lê Văn Mẫu", 1954, "Nam", cell]]), tree.thon_dong, secretary)
    assert Member.objects.get().phone == phone


def test_chi_hoi_stand_in_a_column_or_as_headings(tree, secretary):
    by_column = book([[*HEAD, "Chi hội"], [1, "Lê Văn Mẫu", 1954, "Nam", "Thôn Đông"], [2, "Trần Văn Hai", 1955, "Nam", "chi hội thôn đoài"], [3, "Bùi Văn Ba", 1956, "Nam", "LG-TS-02"]])
    by_heading = book([HEAD, ["Chi hội Thôn Đông"], [1, "Đỗ Văn Tư", 1954, "Nam"], ["Chi hội Thôn Đoài"], [1, "Vũ Văn Năm", 1955, "Nam"]])
    assert counts(written(by_column, tree.thanh_son, secretary)) == (3, 3, 0, 0, 0)
    assert counts(written(by_heading, tree.thanh_son, secretary)) == (2, 2, 0, 0, 0)
    assert dict(Member.objects.values_list("name", "unit__code")) == {
        "Lê Văn Mẫu": "LG-TS-01", "Trần Văn Hai": "LG-TS-02", "Bùi Văn Ba": "LG-TS-02", "Đỗ Văn Tư": "LG-TS-01", "Vũ Văn Năm": "LG-TS-02"}


def test_a_chi_hoi_that_nobody_knows_or_names_is_a_bad_line(tree, secretary):
    job = checked(book([[*HEAD, "Chi hội"], [1, "Lê Văn Mẫu", 1954, "Nam", "Thôn Trung"], [2, "Trần Văn Hai", 1955, "Nam", "Xóm Bến"], [3, "Bùi Văn Ba", 1955, "Nam", None]]), tree.thanh_son, secretary)
    assert counts(job) == (3, 0, 0, 0, 3)
    assert {e["column"] for e in job.errors} == {"Chi hội"}


def test_whoever_says_no_sex_is_refused_or_written_as_chosen(tree, secretary):
    content = book([["Họ và tên", "Năm sinh"], ["Lê Văn Mẫu", 1954]])
    assert counts(checked(content, tree.thon_dong, secretary)) == (1, 0, 0, 0, 1)
    assert counts(written(content, tree.thon_dong, secretary, sex="nam")) == (1, 1, 0, 0, 0)


def test_the_party_is_read_as_a_cross_or_as_a_date(tree, secretary):
    rows = [[*HEAD, "Đảng viên", "Ngày vào Đảng"], [1, "Lê Văn Mẫu", 1954, "Nam", "x", None], [2, "Trần Văn Hai", 1955, "Nam", None, "03/02/1975"], [3, "Bùi Văn Ba", 1955, "Nam", "không", None]]
    written(book(rows), tree.thon_dong, secretary)
    assert dict(MemberStatus.objects.values_list("member__name", "true_start")) == {
        "Lê Văn Mẫu": None, "Trần Văn Hai": Member._meta.get_field("born").to_python("1975-02-03")}


@pytest.mark.parametrize("rows", [
    [], [["Danh sách"]], [["Họ và tên"], ["Lê Văn Mẫu"]], [["Chỉ tiêu", "Giá trị"], ["Số hội viên", 3]], [HEAD],
    [*([f"dòng {i}"] for i in range(31)), HEAD, [1, "Lê Văn Mẫu", 1954, "Nam"]],
])
def test_a_sheet_without_a_list_is_refused_in_words(tree, secretary, rows):
    with pytest.raises(WorkbookRefused):
        jobs.upload(unit=tree.thon_dong, file_name="x.xlsx", content=book(rows), by=secretary)
