"""The secretary's year-end in a real browser, from login to the PDF; figures that stand in no fixture."""

import io
import sqlite3

import pypdf
import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from reports.demo import PASSWORD

pytestmark = pytest.mark.xdist_group("browser")  # one server and one Chromium for all of them

MODELS, FUND, EMPLOYED = "Số mô hình kinh tế giỏi của hội viên", "Tiền vận động ủng hộ xóa nhà dột nát", "Tỷ lệ hội viên có việc làm"
SENTENCE = "Bốn chi hội cùng góp công dựng lại cầu Gò Mây sau bão."
MEMBERS = "SELECT count(*) FROM members_member"


@pytest.fixture
def count(folder):
    """``count("SELECT count(*) …")`` → the number in the database of the server."""
    def ask(question, *values):
        with sqlite3.connect(folder / "ccb.sqlite3") as database:
            return database.execute(question, values).fetchone()[0]
    return ask


def entry_page(key, code, section="2"):
    return f"/so-lieu/{key('members_unit', code=code)}/{key('members_period', label='năm 2026')}/muc-{section}/"


def pdf_text(data):
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages).split())


def test_a_secretary_types_figures_and_finds_them_in_the_report_and_in_the_pdf(reader, key):
    reader.open("/")
    assert reader.heading == "Đăng nhập"
    reader.type_into("Tên đăng nhập", "thuky")
    reader.type_into("Mật khẩu", PASSWORD)
    reader.leave(lambda: reader.keys(Keys.ENTER))
    assert reader.heading == "Việc cần làm"

    reader.press("Số liệu")
    assert reader.heading == "Nhập số liệu"
    reader.press("Mục 2")
    assert reader.heading.startswith("Mục 2. Giúp nhau giảm nghèo")
    for words, typed in ((FUND, "12 tỷ 345 triệu"), (EMPLOYED, "7/13"), (MODELS, "4.321")):
        reader.type_into(words, typed)
    reader.press("Lưu, làm tiếp sau")
    assert reader.text("[role=status]").startswith("Đã lưu Mục 2 lúc ")
    assert reader.text(".saved").startswith("Đã lưu lúc ")
    assert [reader.box(words).get_attribute("value") for words in (MODELS, EMPLOYED)] == ["4.321", "7/13"]
    assert "mười hai tỷ ba trăm bốn mươi lăm triệu đồng" in reader.text("form#so-lieu")

    reader.press("Báo cáo")
    reader.press("Mở báo cáo của Hội CCB xã Thanh Sơn")
    assert reader.heading == "Báo cáo tổng kết năm 2026"
    for printed, kept in (("4.321 mô hình", "4.321 mô hình"), ("12,345 tỷ đồng", "12.345.000.000 đồng"), ("53,8% (7/13)", "53,8% (7/13)")):
        reader.press(printed)
        assert (reader.text(".side-panel h2"), reader.text(".side-panel .big")) == ("Số này từ đâu?", kept)
        assert "Nguyễn Thị Hòa" in reader.text(".side-panel")
        reader.press("Đóng, quay lại báo cáo")

    reader.press("Ưu điểm")
    reader.type_into("Lời văn", SENTENCE)
    reader.press("Lưu")
    assert reader.text("[role=status]").startswith("Đã lưu phần “Ưu điểm” lúc ")
    assert SENTENCE in reader.text("article, .paper, main")

    answer = reader.visitor().get(reader.called("Tải PDF").get_attribute("href").removeprefix(reader.host))
    text = pdf_text(answer.body)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert [words for words in ("4.321", "12,345 tỷ đồng", "7/13", SENTENCE) if words not in text] == []
    assert reader.complaints() == []


def test_a_mistyped_number_takes_the_focus_to_the_summary_and_costs_nothing_that_was_typed(secretary, key, count):
    stored = "SELECT count(*) FROM reports_enteredfigure"
    before = count(stored)
    secretary.open(entry_page(key, "LG-THANHSON", "4"))
    boxes = [box for box in secretary.all("form#so-lieu input.form-control") if box.is_displayed() and not box.get_attribute("value")][:3]
    names = [box.get_attribute("name") for box in boxes]
    for box, typed in zip(boxes, ("1.357", "mười ? hai", "2.468"), strict=True):
        box.send_keys(typed)
    secretary.press("Lưu, làm tiếp sau")
    assert secretary.active.get_attribute("class") == "error-summary"
    assert secretary.text(".error-summary h2") == "Chưa lưu: 1 chỗ phải xem lại"
    kept = {name: secretary.one(f'[name="{name}"]').get_attribute("value") for name in names}
    assert (list(kept.values()), count(stored)) == (["1.357", "mười ? hai", "2.468"], before)
    secretary.keys(Keys.TAB, Keys.ENTER)
    assert secretary.active.get_attribute("name") == names[1]
    assert secretary.active.get_attribute("aria-invalid") == "true"


PASTE = """const data = new DataTransfer(); data.setData("text/plain", arguments[1]);
arguments[0].focus();
return !arguments[0].dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}))"""


HIDDEN = """const here = document.activeElement, at = here.getBoundingClientRect();
const seen = document.elementFromPoint(at.x + at.width / 2, at.y + Math.min(at.height / 2, 20));
return here === document.body || here.contains(seen) || seen?.closest("label")?.control === here ? [] : [here.outerHTML.slice(0, 90)]"""


def test_a_table_copied_from_excel_fills_the_grid_and_is_saved(secretary, key):
    secretary.open(entry_page(key, "LG-THANHSON", "4") + "bang/")
    rows = [[box for box in row.find_elements("css selector", "input.form-control")] for row in secretary.all("table[data-grid] tbody tr")]
    names = [box.get_attribute("name") for row in rows[1:3] for box in row[:2]]
    taken = secretary.browser.execute_script(PASTE, rows[1][0], "1.234\t56\r\n78\t9.012\r\n")
    assert (taken, [rows[i][j].get_attribute("value") for i in (1, 2) for j in (0, 1)]) == (True, ["1.234", "56", "78", "9.012"])
    secretary.press("Lưu bảng")
    assert secretary.text("[role=status]").startswith("Đã lưu Mục 4 lúc ")
    saved = [secretary.one(f'[name="{name}"]') for name in names]
    assert [box.get_attribute("value") for box in saved] == ["1.234", "56", "78", "9.012"]
    assert all("nhập thay" in box.find_element("xpath", "./ancestor::td").text for box in saved)


def test_a_member_with_a_doubtful_date_is_saved_after_a_second_look(secretary, count):
    before = count(MEMBERS)
    secretary.open("/")
    secretary.press("Hội viên")
    secretary.press("Thêm hội viên")
    secretary.type_into("Họ và tên", "Tạ Quang Bửu")
    secretary.type_into("Ngày sinh", "19/05/1974")
    secretary.tab_to(secretary.box("Nam"))
    secretary.keys(Keys.SPACE)
    Select(secretary.box("Chi hội")).select_by_visible_text("Chi hội Thôn Đông")
    secretary.type_into("Ngày vào Hội", "1985")
    secretary.press("Lưu")
    assert secretary.active.get_attribute("class") == "error-summary"
    assert secretary.text(".warn-text") == "Ngày vào Hội 1985 có trước ngày thành lập Hội (06/12/1989)."
    assert (secretary.box("Họ và tên").get_attribute("value"), count(MEMBERS)) == ("Tạ Quang Bửu", before)
    tick = secretary.box("Đã xem lại")
    secretary.tab_to(tick)
    secretary.keys(Keys.SPACE)
    secretary.press("Lưu")
    assert secretary.text("[role=status]").startswith("Đã lưu hội viên Tạ Quang Bửu, Chi hội Thôn Đông, lúc ")
    assert (count(MEMBERS), secretary.complaints()) == (before + 1, [])


def test_on_a_phone_the_menu_is_one_button_with_its_name(secretary):
    secretary.width(390)
    secretary.open("/")
    menu = secretary.one("#muc-luc")
    assert (menu.is_displayed(), secretary.called("Mục lục").is_displayed()) == (False, True)
    secretary.called("Mục lục").click()
    assert menu.is_displayed()
    assert [link.text for link in secretary.all("#muc-luc > ul:first-child a")] == ["Việc cần làm", "Hội viên", "Số liệu", "Báo cáo", "Đơn vị"]
    secretary.leave(secretary.called("Hội viên").click)
    assert (secretary.heading, secretary.one("#muc-luc").is_displayed()) == ("Danh sách hội viên", False)


def test_whoever_logs_out_comes_to_the_login_page_and_back_no_more(secretary):
    secretary.come_in("thuky", anew=True)
    secretary.open("/")
    secretary.leave(secretary.called("Đăng xuất").click)
    assert secretary.heading == "Đăng nhập"
    secretary.open("/hoi-vien/")
    assert secretary.heading == "Đăng nhập"
    secretary.sessions.pop("thuky")


def test_the_focus_is_never_hidden_behind_the_bar_of_buttons(secretary, key):
    secretary.open(entry_page(key, "LG-THANHSON", "3"))
    hidden = []
    for _ in range(60):
        secretary.keys(Keys.TAB)
        hidden += secretary.browser.execute_script(HIDDEN)
    assert hidden == []
