"""What stands around every page: menu, help, and the pages that say no."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.defaults import bad_request, server_error

from members.views.help import CHAPTERS
from tests.cast import PASSWORD
from tests.pages import Page

URL = reverse("members:members")


@pytest.mark.parametrize(
    ("who", "areas", "jobs"),
    [
        ("chi_hoi_truong", ["Việc cần làm", "Hội viên", "Số liệu", "Báo cáo", "Đơn vị"], ["Danh sách hội viên", "Thêm hội viên"]),
        ("kiem_tra", ["Việc cần làm", "Hội viên", "Số liệu", "Báo cáo", "Đơn vị"], ["Danh sách hội viên"]),
        ("quan_tri", ["Việc cần làm", "Hội viên", "Số liệu", "Báo cáo", "Đơn vị", "Quản trị"], ["Danh sách hội viên"]),
    ],
)
def test_the_menu_names_the_jobs_that_one_may_do(enter, who, areas, jobs):
    page = Page(enter(who).get(URL))
    assert page.texts(".app-menu > ul:first-child a") == areas
    assert page.texts(".app-menu__sub a") == jobs
    assert page.texts(".app-menu [aria-current]") == ["Hội viên", "Danh sách hội viên"]


def test_every_address_of_the_menu_opens(enter):
    client = enter("superuser")
    addresses = set(Page(client.get(URL)).values(".app-menu a[href^='/']", "href"))
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)


def test_without_a_script_the_phone_menu_opens_and_closes_by_its_address(enter):
    page = Page(enter("thu_ky").get(URL))
    assert (page.link("Mục lục"), page.link("Đóng mục lục")) == ("#muc-luc", "#noi-dung")
    assert [menu.get("id") for menu in page.all("nav.app-menu")] == ["muc-luc"]


@pytest.mark.parametrize(
    ("view", "chapter"), [("members", "hoi-vien"), ("member_add", "hoi-vien"), ("units", "don-vi"), ("switch_unit", "dang-nhap")]
)
def test_help_opens_the_chapter_of_the_page(enter, view, chapter):
    assert Page(enter("thu_ky").get(reverse(f"members:{view}"))).link("Trợ giúp") == f"/tro-giup/{chapter}/"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_chapter_has_its_words(enter, chapter):
    page = Page(enter("thu_ky").get(reverse("members:help", args=[chapter])))
    assert (page.text("h1"), page.text(".chapters [aria-current]")) == (f"Trợ giúp: {CHAPTERS[chapter]}", CHAPTERS[chapter])
    assert len(page.texts(".help-text h2")) >= 2


def test_a_chapter_that_is_not_written_does_not_exist(enter):
    assert enter("thu_ky").get(reverse("members:help", args=["khac"])).status_code == 404


def test_refusals_are_told_in_vietnamese_with_a_way_on(enter):
    pages = [Page(enter("kiem_tra").get(reverse("members:member_add"))), Page(enter("kiem_tra").get("/khong-co/"))]
    assert [(page.status, page.text("h1"), page.link("Về trang việc cần làm")) for page in pages] == [
        (403, "Đồng chí chưa được phép làm việc này", "/"), (404, "Không có trang này", "/"),
    ]


def test_an_old_form_is_refused_in_vietnamese(cast):
    client = Client(enforce_csrf_checks=True)
    page = Page(client.post(reverse("members:login"), {"username": "thu_ky", "password": PASSWORD}))
    assert (page.status, page.text("h1")) == (403, "Trang đã cũ, chưa lưu được")


def test_our_own_failures_need_no_session_and_no_database():
    request = RequestFactory().get("/")
    pages = [Page(bad_request(request, ValueError())), Page(server_error(request))]
    assert [(page.status, page.text("h1")) for page in pages] == [(400, "Yêu cầu không đọc được"), (500, "Chương trình gặp lỗi")]


def test_the_first_page_asks_for_two_stylesheets_and_one_small_script(db, client):
    page = Page(client.get(reverse("members:login")))
    assert page.values("link[rel=stylesheet]", "href") == ["/static/vendor/bootstrap-5.3.9/bootstrap.min.css", "/static/css/app.css"]
    assert page.values("script", "src") == ["/static/js/page.js"]
