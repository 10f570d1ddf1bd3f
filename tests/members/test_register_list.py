"""The list of members: whom one sees, searching, paging, and how many queries it takes."""

import pytest
from django.urls import reverse

from members.models import Member, Membership, ReasonOut
from tests.cast import enrolled
from tests.pages import Page, body_of

URL = reverse("members:members")


def names(page):
    return [row[0] for row in page.table()]


@pytest.fixture
def register(cast, tree):
    """Three people of xã Thanh Sơn, one next door, one of an office, one of another province."""
    enrolled(tree.thon_dong, "Bùi Văn An", "1948", "12/1990", card_number="LG-00412", is_party=True)
    enrolled(tree.thon_doai, "Nguyễn Thị Hòa", "04/1953", "1994", sex="nu", card_number="LG-00530")
    enrolled(tree.thon_dong, "Đặng Hữu Hoà", "19/05/1946")
    enrolled(tree.xom_ben, "Lê Quang Bến", "1954")
    enrolled(tree.so_noi_vu, "Mai Xuân Sở", "1960")
    enrolled(tree.kim_bai, "Hà Đông Lạ", "1950")
    return tree


def test_the_secretary_sees_the_people_of_all_chi_hoi_in_order_of_given_names(enter, register):
    page = Page(enter("thu_ky").get(URL))
    assert page.text(".help-line") == "3 hội viên đang sinh hoạt. Gõ tên có dấu hay không dấu, thứ tự nào cũng tìm được."
    assert page.table() == [
        ["Bùi Văn An", "1948", "Thôn Đông", "12/1990", "Có", "LG-00412"],
        ["Đặng Hữu Hoà", "19/05/1946", "Thôn Đông", "", "Không", ""],
        ["Nguyễn Thị Hòa", "04/1953", "Thôn Đoài", "1994", "Không", "LG-00530"],
    ]


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("chi_hoi_truong", ["Bùi Văn An", "Đặng Hữu Hoà"]),
        ("chu_tich", ["Bùi Văn An", "Đặng Hữu Hoà", "Nguyễn Thị Hòa"]),
        ("thu_ky_ben_canh", ["Lê Quang Bến"]),
        ("thu_ky_co_quan", ["Mai Xuân Sở"]),
        ("van_phong", ["Bùi Văn An", "Lê Quang Bến", "Đặng Hữu Hoà", "Nguyễn Thị Hòa", "Mai Xuân Sở"]),
        ("kiem_tra", ["Bùi Văn An", "Lê Quang Bến", "Đặng Hữu Hoà", "Nguyễn Thị Hòa", "Mai Xuân Sở"]),
        ("van_phong_ha_dong", ["Hà Đông Lạ"]),
    ],
)
def test_everybody_sees_the_people_below_his_unit_and_nobody_else(enter, register, who, seen):
    assert names(Page(enter(who).get(URL))) == seen


def test_party_membership_is_not_shown_by_person_above_the_co_so(enter, register):
    heads = [Page(enter(who).get(URL)).texts("thead th") for who in ("thu_ky", "van_phong", "superuser")]
    without = ["Họ và tên", "Ngày sinh", "Chi hội", "Vào Hội", "Số thẻ"]
    assert heads == [["Họ và tên", "Ngày sinh", "Chi hội", "Vào Hội", "Đảng viên", "Số thẻ"], without, without]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("hoa", ["Đặng Hữu Hoà", "Nguyễn Thị Hòa"]),
        ("HÒA nguyen", ["Nguyễn Thị Hòa"]),
        ("huu dang", ["Đặng Hữu Hoà"]),
        ("ang", []),  # words are found from their beginning
        ("ng", ["Nguyễn Thị Hòa"]),
        ("00412", ["Bùi Văn An"]),
        ("lg-00530", ["Nguyễn Thị Hòa"]),
        ("Bến", []),
        ("%", []),
    ],
)
def test_a_name_is_found_in_any_order_with_or_without_marks_and_a_card_by_its_digits(enter, register, typed, found):
    page = Page(enter("thu_ky").get(URL, {"q": typed}))
    assert (names(page) if found else page.texts(".empty h3")) == (found or ["Không có hội viên nào như vậy"])
    assert page.text("#kq") == f"{len(found)} hội viên khớp điều kiện"


def test_the_list_is_narrowed_to_one_chi_hoi_and_the_filter_can_be_dropped(enter, register):
    page = Page(enter("thu_ky").get(URL, {"don-vi": register.thon_dong.pk, "q": "hoa"}))
    assert names(page) == ["Đặng Hữu Hoà"]
    assert page.texts(".chip") == ["Tìm “hoa” Bỏ tìm hoa", "Chi hội Thôn Đông Bỏ lọc Chi hội Thôn Đông"]
    assert page.values(".chip a", "href") == [f"?don-vi={register.thon_dong.pk}", "?q=hoa"]


def test_the_office_narrows_by_co_so(enter, register):
    page = Page(enter("van_phong").get(URL, {"don-vi": register.thanh_son.pk}))
    assert page.texts("#dv option") == ["Tất cả 4 đơn vị", "Sở Nội vụ", "Sở Y tế", "Xã Thanh Sơn", "Xã Bình Minh"]
    assert names(page) == ["Bùi Văn An", "Đặng Hữu Hoà", "Nguyễn Thị Hòa"]


def test_narrowing_to_a_unit_out_of_scope_is_as_if_it_did_not_exist(enter, register):
    client = enter("thu_ky")
    answers = [client.get(URL, {"don-vi": value}) for value in (register.binh_minh.pk, register.lam_giang.pk, 999_999, "abc")]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({body_of(answer) for answer in answers}) == 1


def test_whoever_has_left_is_not_in_the_list(enter, register, everywhere):
    spell = Membership.objects.get(member__name="Bùi Văn An")
    spell.ends_on, spell.reason_out = "2025-01-01", ReasonOut.DECEASED
    spell.save()
    assert names(Page(enter("thu_ky").get(URL))) == ["Đặng Hữu Hoà", "Nguyễn Thị Hòa"]


def test_an_empty_register_says_what_to_do_first(enter):
    page = Page(enter("thu_ky").get(URL))
    assert (page.text(".empty h2"), page.texts(".btn-primary")) == ("Sổ chưa có hội viên nào", ["Thêm hội viên"])
    assert Page(enter("kiem_tra").get(URL)).texts("main a") == []


def test_an_auditor_reads_names_that_lead_nowhere(enter, register):
    page = Page(enter("kiem_tra").get(URL))
    assert (page.texts("tbody a"), page.texts(".btn-primary")) == ([], [])


# --- pages ---------------------------------------------------------------------------------


@pytest.fixture
def long_list(cast, tree):
    """120 people; ten of them share one name, so that names alone do not order them."""
    for number in range(120):
        enrolled(tree.thon_dong, "Nguyễn Văn Trùng" if 45 <= number < 55 else f"Nguyễn Văn {chr(97 + number // 26)}{chr(97 + number % 26)}")


def walk(client, words, query=""):
    """Every page from the given address on, by its links."""
    pages, address = [], query
    while address is not None:
        pages.append(Page(client.get(f"{URL}{address}")))
        links = [a for a in pages[-1].all(".pager a") if a.text == words]
        address = links[0].get("href") if links else None
    return pages


def pks(page):
    return [href.rstrip("/").rpartition("/")[2] for href in page.values("tbody a", "href")]


def test_paging_shows_everybody_once_forwards_and_backwards(enter, long_list, everywhere):
    client = enter("thu_ky")
    wanted = [str(pk) for pk in Member.objects.order_by("sort_key", "pk").values_list("pk", flat=True)]
    forwards = walk(client, "Trang sau")
    assert [pk for page in forwards for pk in pks(page)] == wanted
    assert [page.text(".pager span:first-child") for page in forwards] == [
        "Từ 1 đến 50 trong 120 hội viên", "Từ 51 đến 100 trong 120 hội viên", "Từ 101 đến 120 trong 120 hội viên",
    ]
    last_but_one = forwards[1].link("Trang sau")
    backwards = walk(client, "Trang trước", last_but_one)
    assert [pks(page) for page in backwards[::-1]] == [pks(page) for page in forwards]
    assert [page.text(".pager span:first-child") for page in backwards[::-1]] == [page.text(".pager span:first-child") for page in forwards]


def test_paging_keeps_the_search(enter, long_list):
    page = Page(enter("thu_ky").get(URL, {"q": "nguyen"}))
    assert page.link("Trang sau").startswith("?q=nguyen&sau=")


@pytest.mark.parametrize("cursor", ["", "abc", "-", "an0-", "'-1", "an0-99999999999999999999", "ăn-1"])
def test_a_broken_page_address_opens_the_first_page(enter, register, cursor):
    assert names(Page(enter("thu_ky").get(URL, {"sau": cursor}))) == ["Bùi Văn An", "Đặng Hữu Hoà", "Nguyễn Thị Hòa"]


@pytest.mark.parametrize("query", ["", "?q=nguyen", "?sau=0-1", "?truoc=zz-1"])
def test_the_list_takes_three_queries_however_many_rows(enter, tree, query, django_assert_num_queries):
    client = enter("thu_ky")
    client.get(URL)  # the first page of a session notes when it began
    for number in range(3):
        enrolled(tree.thon_dong, f"Nguyễn Văn {chr(65 + number)}")
        if number != 1:
            with django_assert_num_queries(6):  # session, user, roles; units, counts, rows
                assert len(Page(client.get(URL + query)).table()) == number + 1
