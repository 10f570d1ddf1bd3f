"""A secretary's workbook in a real browser: downloaded, filled in, sent, previewed, saved once, found in the report."""

import io

import openpyxl
import pytest
from selenium.webdriver.common.action_chains import ActionChains

from tests.browser.test_accessibility import judge

pytestmark = pytest.mark.xdist_group("browser")  # one server and one Chromium for all of them

CODE = "medical_outreach_rounds"


def filled(data, **values):
    """The workbook with numbers typed into the boxes of the own unit."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    at = {cell.value: cell.column - 1 for cell in sheet[1]}
    for row in sheet.iter_rows(min_row=2):
        if row[at["Mã chỉ tiêu"]].value in values and not row[at["Phân tổ"]].value:
            row[at["Giá trị"]].value = values[row[at["Mã chỉ tiêu"]].value]
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbook_is_filled_in_sent_and_saved_once_whatever_is_pressed(secretary, key, tmp_path):
    unit, period = key("members_unit", code="LG-THANHSON"), key("members_period", label="năm 2026")
    secretary.open("/so-lieu/tep-excel/")
    data = secretary.visitor().get(f"/so-lieu/tep-excel/mau.xlsx?don-vi={unit}&ky={period}&gom=minh").body
    for number, (value, said) in enumerate([(173, ["173"]), (174, ["173", "→ 174"])]):
        file = tmp_path / f"so-lieu-{number}.xlsx"
        file.write_bytes(filled(data, **{CODE: value}))
        secretary.open("/so-lieu/tep-excel/")
        secretary.one("input[type=file]").send_keys(str(file))
        secretary.press("Gửi và xem trước")
        assert secretary.heading == "Xem trước, chưa lưu"
        assert [cell.text for cell in secretary.all("td.says")] == said
        if number:
            assert judge(secretary) == {}
        save = secretary.called("Lưu 1 ô")
        secretary.leave(lambda save=save: ActionChains(secretary.browser).double_click(save).perform())
        assert secretary.text(".notice--ok").startswith("Đã lưu số liệu từ 1 tệp: ")
    secretary.open(f"/bao-cao/{unit}/{period}/")
    assert "174 đợt" in secretary.text("main")
    secretary.open("/so-lieu/tep-excel/")
    assert "Xem tiếp" not in secretary.text("main")
