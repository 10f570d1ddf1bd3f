"""Nothing typed is lost: drafts in the browser, a session that ends, a line that is down."""

import re
import sqlite3

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from reports.demo import PASSWORD

pytestmark = pytest.mark.xdist_group("browser")  # one server and one Chromium for all of them

MEETINGS, HEARD = "Số buổi thông tin thời sự", "Số lượt hội viên dự thông tin thời sự"
FAMILIES = "Số gia đình hội viên đạt Gia đình văn hóa"
INVALIDS = "Số hội viên là thương binh"
STORED = "return Object.entries(localStorage).filter(([key]) => key.startsWith('ccb-draft:'))"
OFFER = "[data-draft]"
OFFERED = r"Có bản nháp lúc \d\d:\d\d chưa lưu \(%d ô\):\nLấy lại\nBỏ"


@pytest.fixture
def page(key):
    def address(section, code="LG-THANHSON"):
        return f"/so-lieu/{key('members_unit', code=code)}/{key('members_period', label='năm 2026')}/muc-{section}/"
    return address


@pytest.fixture(autouse=True)
def nothing_kept(reader):
    """Begins with an empty store, whatever other tests typed and left."""
    reader.open("/dang-nhap/")
    reader.browser.execute_script("localStorage.clear()")


def drafts(reader):
    return reader.browser.execute_script(STORED)


def type_and_wait(reader, words, text):
    """Type, and wait until the page says that a draft is kept."""
    reader.type_into(words, text)
    WebDriverWait(reader.browser, 5).until(lambda _: f'["{text}"]' in str(drafts(reader)))
    assert reader.text(".action-bar .saved").startswith("Chưa lưu. Bản nháp giữ trên máy này lúc ")


def value(reader, words):
    return reader.box(words).get_attribute("value")


def test_what_was_typed_and_not_saved_is_offered_again_and_forgotten_once_it_is_saved(secretary, page):
    secretary.open(page("1"))
    type_and_wait(secretary, MEETINGS, "hơn 17")
    secretary.open("/")
    secretary.open(page("1"))
    assert re.fullmatch(OFFERED % 1, secretary.text(OFFER))
    assert value(secretary, MEETINGS) == ""
    secretary.choose("Lấy lại")
    assert value(secretary, MEETINGS) == "hơn 17"
    assert secretary.active == secretary.box(MEETINGS)
    secretary.press("Lưu, làm tiếp sau")
    assert secretary.text("[data-saved]").startswith("Đã lưu Mục 1 lúc ")
    assert (drafts(secretary), secretary.all(OFFER), value(secretary, MEETINGS)) == ([], [], "hơn 17")
    assert secretary.complaints() == []


def test_a_draft_that_is_not_wanted_is_thrown_away(secretary, page):
    secretary.open(page("1"))
    type_and_wait(secretary, HEARD, "501")
    secretary.open(page("1"))
    secretary.choose("Bỏ")
    assert (drafts(secretary), secretary.all(OFFER), value(secretary, HEARD)) == ([], [], "")
    assert secretary.active.text == secretary.heading


def test_typing_on_over_an_offer_keeps_both(secretary, page):
    secretary.open(page("1"))
    type_and_wait(secretary, HEARD, "502")
    secretary.open(page("1"))
    type_and_wait(secretary, "Số trang tin", "3")
    secretary.choose("Lấy lại")
    assert [value(secretary, words) for words in (HEARD, "Số trang tin")] == ["502", "3"]


def test_a_form_that_was_refused_is_still_a_draft(secretary, page):
    secretary.open(page("1"))
    secretary.type_into(HEARD, "mười ? hai")
    secretary.press("Lưu, làm tiếp sau")
    assert (len(secretary.all(".error-summary")), secretary.all(OFFER)) == (1, [])
    secretary.open(page("1"))
    assert re.fullmatch(OFFERED % 1, secretary.text(OFFER))


def test_boxes_that_stand_on_the_page_only_on_request_come_back_with_their_draft(secretary, page):
    secretary.open(page("1") + "?them=social_criticism_sessions")
    type_and_wait(secretary, "Số cuộc phản biện", "6")
    secretary.open(page("1"))
    assert secretary.box("Số cuộc phản biện") is None
    secretary.leave(lambda: secretary.choose("Lấy lại"))
    assert value(secretary, "Số cuộc phản biện") == "6"


def test_a_draft_older_than_what_somebody_else_saved_shows_both(secretary, page):
    secretary.open(page("5"))
    words = "Số buổi nói chuyện truyền thống"
    type_and_wait(secretary, words, "41")
    visitor = secretary.server.visitor()
    visitor.get("/dang-nhap/")
    visitor.post("/dang-nhap/", username="thuky", password=PASSWORD)
    answer = visitor.get(page("5"))
    code = secretary.box(words).get_attribute("name").removeprefix("v:")
    before, version = (re.search(rf'name="{k}:{code}" value="([^"]*)"', answer.text)[1] for k in "bn")
    assert visitor.post(page("5"), **{f"v:{code}": "40", f"b:{code}": before, f"n:{code}": version}).status == 302
    secretary.open(page("5"))
    secretary.choose("Lấy lại")
    secretary.press("Lưu, làm tiếp sau")
    assert "Số của đồng chí: 41. Số đang lưu: 40." in secretary.text(".line .notice--info")


def test_whoever_logs_in_again_finds_the_form_and_the_draft(reader, page, folder):
    reader.come_in("thuky", anew=True)
    reader.open(page("7"))
    reader.type_into(FAMILIES, "12")
    with sqlite3.connect(folder / "ccb.sqlite3") as database:
        database.execute("DELETE FROM django_session WHERE session_key = ?", [reader.browser.get_cookie("ccb_session")["value"]])
    reader.press("Lưu, làm tiếp sau")
    assert reader.heading == "Đăng nhập"
    reader.type_into("Tên đăng nhập", "thuky")
    reader.type_into("Mật khẩu", PASSWORD)
    reader.leave(lambda: reader.keys(Keys.ENTER))
    reader.sessions.pop("thuky", None)
    assert reader.heading.startswith("Mục 7.")
    reader.choose("Lấy lại")
    assert value(reader, FAMILIES) == "12"


def test_logging_out_takes_the_drafts_away_and_nobody_sees_those_of_others(reader, page):
    reader.come_in("chutich", anew=True)
    reader.open("/mat-khau/")
    reader.browser.execute_script("localStorage.setItem('ccb-draft:99999:1:/x/', JSON.stringify({at: Date.now(), fields: {a: {is: ['1'], with: {}}}}))")
    reader.come_in("thuky", anew=True)
    reader.open(page("1"))
    type_and_wait(reader, HEARD, "503")
    assert len(drafts(reader)) == 2
    reader.come_in("thuky-khoi")
    reader.open(page("1", "HATINH-KHOI"))
    assert reader.all(OFFER) == []
    reader.come_in("thuky", anew=True)
    reader.open("/")
    reader.leave(reader.called("Đăng xuất").click)
    reader.sessions.pop("thuky", None)
    assert [name for name, _ in drafts(reader)] == ["ccb-draft:99999:1:/x/"]


def test_sensitive_boxes_are_never_kept(secretary, page):
    secretary.open(page("A"))
    assert secretary.box(INVALIDS).find_element("xpath", "./ancestor::*[@data-no-draft]").get_attribute("role") == "group"
    secretary.type_into(INVALIDS, "4")
    type_and_wait(secretary, "Số hộ gia đình hội viên", "56")
    ((_, kept),) = drafts(secretary)
    assert re.findall(r'"v:(\w+)"', kept) == ["member_households"]


def offline(reader, is_down):
    reader.browser.execute_cdp_cmd("Network.enable", {})
    reader.browser.execute_cdp_cmd(
        "Network.emulateNetworkConditions", {"offline": is_down, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})


def test_a_line_that_is_down_is_said_and_a_form_is_not_sent_into_it(secretary, page):
    secretary.open(page("1"))
    secretary.type_into(HEARD, "504")
    try:
        offline(secretary, True)
        WebDriverWait(secretary.browser, 5).until(lambda _: secretary.all(".line-state"))
        assert secretary.text(".line-state") == "Mất đường mạng. Đồng chí cứ gõ tiếp: chữ đã gõ giữ trên máy này. Có mạng lại thì bấm lưu."
        secretary.choose("Lưu, làm tiếp sau")
        assert secretary.text(".line-state").startswith("Chưa gửi được: đang mất đường mạng.")
    finally:
        offline(secretary, False)
    WebDriverWait(secretary.browser, 5).until(lambda _: secretary.text(".line-state").startswith("Đã có mạng lại lúc "))
    secretary.press("Lưu, làm tiếp sau")
    assert (secretary.text("[data-saved]").split(" lúc ")[0], drafts(secretary)) == ("Đã lưu Mục 1", [])


def test_a_report_text_is_a_draft_until_it_is_saved(secretary, key):
    where = f"/bao-cao/{key('members_unit', code='LG-THANHSON')}/{key('members_period', label='năm 2026')}/viet/DG1/"
    secretary.open(where)
    type_and_wait(secretary, "Lời văn", "Một câu viết dở")
    secretary.open(where)
    secretary.choose("Lấy lại")
    assert value(secretary, "Lời văn") == "Một câu viết dở"
    secretary.press("Lưu")
    assert drafts(secretary) == []


def test_a_new_member_is_a_draft_without_the_party(secretary):
    secretary.open("/hoi-vien/them/")
    type_and_wait(secretary, "Họ và tên", "Trịnh Công Đoàn")
    secretary.type_into("Ngày vào Đảng", "03/02/1975")
    type_and_wait(secretary, "Ngày sinh", "1951")
    ((_, kept),) = drafts(secretary)
    assert re.findall(r'"(\w+)":{"is"', kept) == ["name", "born"]


def test_on_a_phone_the_time_of_saving_stays_in_sight(secretary, page):
    secretary.width(390, 844)
    secretary.open(page("5"))
    secretary.type_into("Số buổi nói chuyện truyền thống", "42")
    secretary.press("Lưu, làm tiếp sau")
    secretary.browser.execute_script("window.scrollTo(0, 1500)")
    strip = secretary.one(".saved-strip")
    assert strip.text.startswith("Đã lưu lúc ")
    assert secretary.browser.execute_script("const at = arguments[0].getBoundingClientRect(); return at.top >= 0 && at.bottom <= innerHeight", strip)
