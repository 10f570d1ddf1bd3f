"""Every page, wide and narrow: no violation found by axe, no sideways scrolling, a silent console."""

from pathlib import Path

import pytest

from tests.reports.workbook import workbook

pytestmark = pytest.mark.xdist_group("browser")  # one server and one Chromium for all of them

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: {type: "tag", values: arguments[0]}, resultTypes: ["violations"]}).then(
  found => done(found.violations.map(rule => `${rule.id}: ${rule.nodes.map(node => node.target.join(" ")).slice(0, 4).join(", ")}`)),
  error => done([String(error)]))"""
SMALL = """return [...document.querySelectorAll("a.btn, button, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select, textarea")]
  .filter(box => box.checkVisibility() && !box.closest(".visually-hidden") && !box.matches(".as-link, .btn-link, .visually-hidden"))
  .filter(box => box.getBoundingClientRect().height < 47.5).map(box => box.outerHTML.slice(0, 90))"""
TINY = """const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = new Set();
while (walk.nextNode()) { const at = walk.currentNode.parentElement;
  if (walk.currentNode.data.trim() && at.checkVisibility() && parseFloat(getComputedStyle(at).fontSize) < 17.5) found.add(at.outerHTML.slice(0, 90)); }
return [...found].slice(0, 5)"""


PAGES = {  # name: (who, path); the numbers are those of the demo
    "login": ("", "/dang-nhap/"), "code login": ("", "/dang-nhap/ma/"),
    "home": ("thuky", "/"), "home of a province": ("vanphong", "/"), "home of a chi hội": ("chihoitruong", "/"),
    "units": ("vanphong", "/don-vi/"), "units found": ("vanphong", "/don-vi/?q=thanh"), "unit": ("vanphong", "/don-vi/{unit}/"),
    "members": ("thuky", "/hoi-vien/"), "nobody found": ("thuky", "/hoi-vien/?q=khongco"), "member add": ("thuky", "/hoi-vien/them/"),
    "member where": ("vanphong", "/hoi-vien/them/"), "member edit": ("thuky", "/hoi-vien/{member}/"),
    "entry": ("thuky", "/so-lieu/"), "section": ("thuky", "/so-lieu/{unit}/{now}/muc-2/"),
    "section with all lines": ("thuky", "/so-lieu/{unit}/{now}/muc-1/?tat-ca=1&phan=1"),
    "section to read": ("kiemtra", "/so-lieu/{unit}/{before}/muc-2/"), "confirm": ("thuky", "/so-lieu/{unit}/{now}/muc-3/xac-nhan/"),
    "grid": ("thuky", "/so-lieu/{unit}/{now}/muc-2/bang/"), "import": ("thuky", "/so-lieu/tep-excel/"), "period": ("thuky", "/so-lieu/ky-moi/"),
    "reports": ("thuky", "/bao-cao/"), "report": ("thuky", "/bao-cao/{unit}/{before}/"), "report of a khối": ("thuky-khoi", "/bao-cao/{khoi}/{of_khoi}/"),
    "report of a cụm": ("thuky-cum", "/bao-cao/{cum}/{of_cum}/"), "figure": ("thuky", "/bao-cao/{unit}/{before}/so/members_total/"),
    "figure typed": ("thuky-khoi", "/bao-cao/{khoi}/{of_khoi}/so/gift_count/"), "text": ("thuky", "/bao-cao/{unit}/{before}/viet/DG1/"),
    "tasks": ("thuky", "/bao-cao/{unit}/{before}/viet/NV/"), "help": ("thuky", "/tro-giup/so-lieu/"), "switch unit": ("thuky", "/doi-don-vi/"),
    "password": ("thuky", "/mat-khau/"), "issue code": ("vanphong", "/nguoi-dung/{user}/ma-dang-nhap/"),
    "missing": ("thuky", "/khong-co/"), "not allowed": ("thuky", "/quan-tri/"),
}


@pytest.fixture(scope="module")
def numbers(key):
    """The numbers of rows that stand in addresses."""
    def of(code, period):
        return key("members_unit", code=code), key("members_period", label=period)

    (unit, now), (khoi, of_khoi), (cum, of_cum) = of("LG-THANHSON", "năm 2026"), of("HATINH-KHOI", "năm 2022"), of("CUM3", "năm 2023")
    group = key("members_unit", code="LG-THANHSON-01")
    return {
        "unit": unit, "now": now, "before": key("members_period", label="năm 2025"), "khoi": khoi, "of_khoi": of_khoi, "cum": cum, "of_cum": of_cum,
        "member": key("members_member", unit_id=group), "user": key("members_user", username="thuky"),
    }


def violations(reader):
    if not reader.browser.execute_script("return Boolean(window.axe)"):
        reader.browser.execute_script(AXE)
    return reader.browser.execute_async_script(RUN, TAGS)


def judge(reader, console=()):
    """What is wrong with the page that stands there, by width; it is left at 1280 pixels."""
    found = {"console": [line for line in reader.complaints() if not any(words in line for words in console)]}
    found["axe 1280"], found["small 1280"], found["tiny 1280"] = violations(reader), *(reader.browser.execute_script(script) for script in (SMALL, TINY))
    for width in (640, 320, 390):  # 640 is 200 % of 1280
        reader.width(width)
        found[f"sideways {width}"] = ["scrolls"] if reader.scrolls_sideways() else []
    found["axe 390"], found["small 390"] = violations(reader), reader.browser.execute_script(SMALL)
    reader.width(1280)
    return {where: what for where, what in found.items() if what}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_at_every_width(name, reader, numbers):
    who, path = PAGES[name]
    if who:
        reader.come_in(who)
    reader.open(path.format(**numbers))
    refused = ("404 (Not Found)",) if name == "missing" else ("403 (Forbidden)",) if name == "not allowed" else ()
    assert judge(reader, refused) == {}


def test_a_form_that_comes_back_is_accessible(secretary):
    secretary.open("/hoi-vien/them/")
    secretary.type_into("Họ và tên", "Bình")
    secretary.press("Lưu")
    assert (len(secretary.all(".error-summary")), judge(secretary)) == (1, {})


def test_a_section_that_comes_back_is_accessible(secretary, numbers):
    secretary.open("/so-lieu/{unit}/{now}/muc-3/".format(**numbers))
    secretary.one("form#so-lieu input.form-control").send_keys("mười ? hai")
    secretary.press("Lưu, làm tiếp sau")
    assert (len(secretary.all(".error-summary")), judge(secretary)) == (1, {})


def test_a_draft_that_is_offered_and_the_choice_of_indicators_are_accessible(secretary, numbers):
    where = "/so-lieu/{unit}/{now}/muc-6/".format(**numbers)
    secretary.open(where)
    secretary.one("form#so-lieu input.form-control").send_keys("17")
    secretary.open(where)
    secretary.browser.execute_script("document.getElementById('them').open = true")
    assert (len(secretary.all("[data-draft]")), judge(secretary)) == (1, {})


def test_a_period_that_overlaps_another_is_accessible(secretary):
    secretary.open("/so-lieu/ky-moi/")
    secretary.type_into("Từ ngày", "01/01/2026")
    secretary.type_into("Đến hết ngày", "31/12/2026")
    secretary.press("Lập kỳ")
    assert (len(secretary.all(".warn-text")), judge(secretary)) == (1, {})


def test_a_pasted_table_with_something_left_out_is_accessible(secretary, numbers):
    secretary.open("/so-lieu/{unit}/{now}/muc-2/bang/".format(**numbers))
    secretary.choose("Dán cả bảng từ Excel")
    secretary.type_into("Dán vào đây", "Thôn Lạ 12")
    secretary.press("Xem trước khi điền")
    assert (len(secretary.all("main > .notice li")), judge(secretary)) == (1, {})


def test_the_preview_of_a_workbook_is_accessible(secretary, tmp_path):
    file = tmp_path / "so-lieu.xlsx"
    cell = {"unit_code": "LG-THANHSON", "first": "01/12/2025", "last": "30/11/2026", "code": "labor_days"}
    file.write_bytes(workbook(cell | {"value": 159}, cell | {"code": "roads_km", "value": "hai ? ba"}))
    secretary.open("/so-lieu/tep-excel/")
    secretary.one("input[type=file]").send_keys(str(file))
    secretary.press("Gửi và xem trước")
    assert ("hai ? ba" in secretary.text("main"), judge(secretary)) == (True, {})


def test_the_menu_of_a_phone_is_accessible(secretary):
    secretary.width(390)
    secretary.open("/")
    secretary.called("Mục lục").click()
    assert (secretary.one("#muc-luc").is_displayed(), violations(secretary)) == (True, [])


def test_the_pages_of_the_administrator_send_nothing_elsewhere_and_break_no_rule_of_the_policy(reader, numbers):
    reader.come_in("quantri")
    said = {}
    for path in ("/quan-tri/", "/quan-tri/members/unit/", "/quan-tri/members/unit/{unit}/change/", "/quan-tri/members/unitrole/add/", "/quan-tri/members/member/"):
        reader.open(path.format(**numbers))
        said[path] = [reader.text("h1") == "", *reader.complaints()]
    assert {path: found for path, found in said.items() if found != [False]} == {}
