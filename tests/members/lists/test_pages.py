"""A list from upload to undo as the secretary does it, in pages."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from members.models import ExportLog, ImportJob, JobState, Member
from members.scoping import all_units
from members.services.lists import jobs
from tests.members.lists.sheets import HEAD, book
from tests.pages import Page
from tests.reports.test_workbooks import FAR, raw

NEW = reverse("members:import_new")
LIST = book([HEAD, [1, "Lê Văn Mẫu", 1954, "Nam"], [2, "Trần Thị Mai", "31/02/1956", "Nữ"]])


@pytest.fixture
def client(clock_stands, enter):
    return enter("thu_ky")


def send(client, unit, content=LIST, name="danh sách.xlsx", pasted=""):
    file = {"file": SimpleUploadedFile(name, content)} if content else {}
    return client.post(NEW, {"unit": unit.pk, "pasted": pasted, **file})


def page_of_job():
    return reverse("members:import_job", args=[ImportJob._base_manager.get().pk])


def members():
    with all_units("a test counts"):
        return Member.objects.count()


def test_a_list_goes_from_file_to_register_and_back(client, tree):
    sent = send(client, tree.thon_dong)
    assert (sent.status_code, sent.headers["Location"]) == (302, page_of_job())
    columns = Page(client.get(page_of_job()))
    assert columns.text("h1") == "danh sách.xlsx: xem các cột"
    assert [row[0] for row in columns.table()] == ["A. STT", "B. Họ và tên", "C. Ngày sinh", "D. Giới tính"]
    client.post(page_of_job(), columns.form() | {"viec": "ghep"})
    preview = Page(client.get(page_of_job()))
    assert (preview.text("h1"), preview.texts(".stats dd"), members()) == ("Bước 3: xem trước, chưa ghi", ["2", "1", "0", "0", "1"], 0)
    (bad,) = preview.table("section table")
    assert bad[:3] == ["Dòng 3", "Ngày sinh", "31/02/1956"]
    client.post(page_of_job(), {"viec": "ghi"})
    done = Page(client.get(page_of_job()))
    assert (done.text("h1"), members()) == ("Đã ghi vào sổ", 1)
    client.post(page_of_job(), {"viec": "hoan-tac"})
    assert (Page(client.get(page_of_job())).text("h1"), members()) == ("Đã hoàn tác", 0)


def test_the_bad_lines_are_a_workbook_with_red_cells_and_what_is_wrong(client, tree):
    send(client, tree.thon_dong)
    client.post(page_of_job(), Page(client.get(page_of_job())).form() | {"viec": "ghep"})
    answer = client.get(f"{page_of_job()}dong-can-sua/")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert [[cell.value for cell in row][:4] for row in sheet] == [HEAD, [2, "Trần Thị Mai", "31/02/1956", "Nữ"]]
    assert [cell.fill.fgColor.rgb for cell in sheet[2]][1:4] == ["00000000", "FFF7C6C2", "00000000"]
    assert sheet["E1"].value == "Lỗi" and sheet["E2"].value.startswith("Dòng 3. Ngày sinh: 31/02/1956 không có trong lịch.")


def test_a_pasted_list_with_and_without_a_header(client, tree):
    send(client, tree.thon_dong, None, pasted="Lê Văn Mẫu\t1954\tNam\nTrần Thị Mai\t19/05/1956\tNữ\t1995\tA-1\t0912345678\tThôn Đông\n")
    job = ImportJob._base_manager.get()
    assert (job.total, job.mapping["columns"]["4"]) == (2, "card_number")
    client.post(page_of_job(), Page(client.get(page_of_job())).form() | {"viec": "ghep"})
    client.post(page_of_job(), {"viec": "ghi"})
    ImportJob._base_manager.all().update(file_name="trước")
    send(client, tree.thon_dong, None, pasted="Năm sinh\tHọ tên\tGiới tính\n1954\tLê Văn Mẫu\tNam\n")
    assert ImportJob._base_manager.order_by("pk").last().mapping["columns"] == {"0": "born", "1": "name", "2": "sex"}
    assert members() == 2


@pytest.mark.parametrize(("content", "name", "words"), [
    (b"", "x.xlsx", "Tệp này rỗng"), (b"abc", "x.csv", "không phải .xlsx hay .xls"), (b"abc", "x.xlsx", "tệp văn bản hoặc CSV"),
    (raw(FAR), "x.xlsx", "ô XFD1048576"), (book([["Chỉ tiêu"], [1]]), "x.xlsx", "Không tìm thấy dòng tiêu đề"), (None, "", "Chưa chọn tệp"),
])
def test_a_file_that_is_no_list_is_refused_and_keeps_the_page(client, tree, content, name, words):
    answer = client.post(NEW, {"unit": tree.thon_dong.pk, "pasted": "", **({"file": SimpleUploadedFile(name, content)} if content is not None else {})})
    assert (answer.status_code, words in Page(answer).text(".error-summary")) == (422, True)


def test_a_unit_out_of_reach_takes_no_list(client, tree):
    assert (send(client, tree.xom_ben).status_code, ImportJob._base_manager.count()) == (422, 0)


def test_a_long_list_is_the_workers(client, tree, monkeypatch):
    monkeypatch.setattr(jobs, "LARGE", 1)
    send(client, tree.thon_dong)
    client.post(page_of_job(), Page(client.get(page_of_job())).form() | {"viec": "ghep"})
    assert ImportJob._base_manager.get().state == JobState.CHECKED  # in tests a task runs at once
    client.post(page_of_job(), {"viec": "ghi"})
    assert (ImportJob._base_manager.get().state, members()) == (JobState.DONE, 1)


def test_progress_asks_again_while_busy_and_leads_on_when_done(client, tree):
    send(client, tree.thon_dong)
    ImportJob._base_manager.all().update(state=JobState.CHECKING, done=1)
    busy = client.get(f"{page_of_job()}tien-do/")
    assert (Page(busy).values("#tien-do", "hx-trigger"), "HX-Redirect" in busy.headers) == (["every 2s"], False)
    assert Page(client.get(page_of_job())).text("#tien-do strong") == "Đang kiểm tra: 1 / 2 dòng."
    ImportJob._base_manager.all().update(state=JobState.DONE)
    assert client.get(f"{page_of_job()}tien-do/").headers["HX-Redirect"] == page_of_job()


def test_two_columns_chosen_for_one_field_come_back_with_what_was_chosen(client, tree):
    send(client, tree.thon_dong)
    answer = client.post(page_of_job(), Page(client.get(page_of_job())).form() | {"viec": "ghep", "c2": "name"})
    page = Page(answer)
    assert (answer.status_code, page.texts(".error-summary li"), page.form()["c2"]) == (422, ["Hai cột cùng ghép với “Họ và tên”. Bỏ một cột."], "name")


def test_a_list_is_taken_out_for_a_reason(client, tree):
    export = reverse("members:export")
    assert client.post(export, {"unit": tree.thanh_son.pk}).status_code == 422
    answer = client.post(export, {"unit": tree.thanh_son.pk, "reason": "Bầu chi hội"})
    assert (answer.status_code, answer.headers["Content-Disposition"]) == (200, 'attachment; filename="hoi-vien-lg-ts-2026-11-20.xlsx"')
    assert ExportLog._base_manager.get().reason == "Bầu chi hội"


def test_the_empty_list_can_be_filled_in_and_sent(client, tree):
    content = client.get(reverse("members:import_template")).content
    with_one = openpyxl.load_workbook(io.BytesIO(content))
    sheet = with_one.active
    for cell in sheet[1]:
        sheet.cell(2, cell.column, {"Họ và tên": "Lê Văn Mẫu", "Ngày sinh": "19/05/1954", "Giới tính": "Nam", "Đảng viên": "x"}.get(cell.value))
    kept = io.BytesIO()
    with_one.save(kept)
    send(client, tree.thon_dong, kept.getvalue())
    client.post(page_of_job(), Page(client.get(page_of_job())).form() | {"viec": "ghep"})
    assert ImportJob._base_manager.get().counts["new"] == 1
