"""What scripts add to the pages of numbers: a list that shortens, letters on a phone, a pasted block."""

import pytest
from selenium.webdriver.common.keys import Keys

from .test_year_end import PASTE, entry_page

pytestmark = pytest.mark.xdist_group("browser")  # one server and one Chromium for all of them

LISTED = "return [...document.querySelectorAll(arguments[0])].filter(item => item.checkVisibility()).map(item => item.innerText.trim())"


def listed(reader, selector):
    return reader.browser.execute_script(LISTED, selector)


def test_an_indicator_is_found_by_a_few_letters_without_marks_and_added(secretary, key):
    secretary.open(entry_page(key, "LG-THANHSON", "6"))
    secretary.choose("Thêm chỉ tiêu khác")
    whole = listed(secretary, "#them-ds li")
    secretary.type_into("Tìm trong danh sách", "KY LUAT")
    found = listed(secretary, "#them-ds li")
    assert [(len(found) < len(whole), all("kỷ luật" in name.lower() for name in found)), secretary.text("#them [role=status]")] == [
        (True, True), f"Thấy {len(found)} chỉ tiêu.",
    ]
    secretary.keys(Keys.ENTER)  # sends nothing
    secretary.tab_to(secretary.box(found[0]))
    secretary.keys(Keys.SPACE)
    secretary.press("Thêm vào bảng")
    assert found[0].startswith(secretary.text("main > .notice--info a"))
    assert secretary.complaints() == []


def test_every_indicator_is_found_with_its_section(secretary):
    secretary.open("/so-lieu/#tim-moi-muc")
    secretary.type_into("Tìm theo tên", "kiem tra giam")
    assert listed(secretary, "#tim-ds h3") == ["Mục 6. Xây dựng tổ chức Hội; kiểm tra, giám sát"]
    assert listed(secretary, "#tim-ds li") == ["Số lượt tổ chức, hội viên được kiểm tra, giám sát"]
    secretary.type_into("Tìm theo tên", "abcxyz")
    assert (listed(secretary, "#tim-ds li, #tim-ds h3"), secretary.text("#tim-moi-muc [role=status]")) == (
        [], "Trong danh sách này không có chỉ tiêu nào tên có “abcxyz”. Thử gõ ít chữ hơn.",
    )


@pytest.fixture
def phone(secretary):
    secretary.width(390, 844)
    secretary.browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    yield secretary
    secretary.browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


def test_a_phone_shows_digits_for_a_count_and_letters_when_asked(phone, key):
    phone.open(entry_page(key, "LG-THANHSON", "1"))
    box = phone.box("Số hội viên là đại biểu")
    assert (box.get_attribute("inputmode"), phone.all(".words-key")) == ("numeric", [])
    phone.tab_to(box)
    assert phone.text(".words-key") == "Gõ chữ"
    phone.one(".words-key").click()
    assert (phone.active == box, box.get_attribute("inputmode"), phone.all(".words-key")) == (True, "text", [])
    phone.keys("hơn 40")
    assert box.get_attribute("value") == "hơn 40"


def test_the_money_in_words_goes_when_the_money_is_changed(secretary, key):
    secretary.open(entry_page(key, "LG-THANHSON", "2"))
    echo = secretary.one(".echo")
    box = echo.find_element("xpath", "./ancestor::*[@role='group']//input[starts-with(@name, 'v:')]")
    assert echo.is_displayed()
    secretary.tab_to(box)
    secretary.keys("1")
    assert not echo.is_displayed()


def grid(reader, key):
    reader.open(entry_page(key, "LG-THANHSON", "5") + "bang/")
    return [row.find_elements("css selector", "input.form-control") for row in reader.all("table[data-grid] tbody tr")]


def test_a_block_larger_than_the_grid_says_what_it_left_out(secretary, key):
    rows = grid(secretary, key)
    last = len(rows[-1]) - 1
    secretary.browser.execute_script(PASTE, rows[-1][last], "7\t8\n9\t\n")
    assert rows[-1][last].get_attribute("value") == "7"
    assert secretary.text("[data-pasted]") == "Đã điền 1 ô, chưa lưu. Chưa điền: 1 cột bên phải không còn chỗ; 1 hàng bên dưới không còn chỗ."


def test_a_block_with_the_names_of_the_units_goes_to_the_frame_for_whole_tables(secretary, key):
    rows = grid(secretary, key)
    before = rows[0][0].get_attribute("value")
    secretary.browser.execute_script(PASTE, rows[0][0], "Thôn Đoài\t31\nTổng cộng\t31\n")
    assert rows[0][0].get_attribute("value") == before
    assert secretary.box("Dán vào đây").get_attribute("value") == "Thôn Đoài\t31\nTổng cộng\t31\n"
    secretary.press("Xem trước khi điền")
    assert secretary.text("main > .notice[role=status]") == (
        "Đã điền 1 ô từ bảng dán, chưa lưu. Xem lại rồi bấm “Lưu bảng”.\n"
        "Bỏ qua 1 hàng cộng: “Tổng cộng”. Chương trình tự cộng ở cuối bảng."
    )
    secretary.open("/")
    rows = grid(secretary, key)
    assert "Có bản nháp lúc" in secretary.text("[data-draft]")
