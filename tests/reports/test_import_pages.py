"""Workbooks in and out by page: template, preview, the same refusals as the command, all or nothing."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from members.models import PeriodDates, Unit
from members.scoping import all_units
from reports.models import EnteredFigure, Indicator
from reports.services import uploads
from reports.services.workbook_out import HEADER
from reports.workbooks.writer import write_workbook
from tests.pages import Page
from tests.reports.test_workbooks import FAR, raw
from tests.reports.typing import cells, put
from tests.reports.typing import years as years

pytestmark = pytest.mark.django_db
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """Uploads of a test lie in a folder of their own."""
    settings.VAR_DIR = tmp_path
    return tmp_path / "imports"


@pytest.fixture
def client(enter, years):
    return enter("thu_ky")


def line(unit, code, value, denominator="", note="", part="", first="01/01/2026", last="30/11/2026", **more):
    row = dict.fromkeys(HEADER, "") | {
        "Mã đơn vị": unit.code if isinstance(unit, Unit) else unit, "Từ ngày": first, "Đến ngày": last, "Mã chỉ tiêu": code,
        "Giá trị": value, "Mẫu số": denominator, "Ghi chú": note, "Phân tổ": part,
    } | {name.replace("_", " "): text for name, text in more.items()}
    return [row[name] for name in HEADER]


def book(*lines):
    buffer = io.BytesIO()
    write_workbook(buffer, HEADER, lines)
    return buffer.getvalue()


def upload(client, *files, **more):
    sent = [SimpleUploadedFile(f"so-lieu-{i}.xlsx", data, XLSX) for i, data in enumerate(files, start=1)]
    return client.post(reverse("reports:import"), {"files": sent} | more)


def token_of(answer):
    (token,) = Page(answer).values('button[name="xac-nhan"]', "value")
    return token


def confirm(client, answer):
    return client.post(reverse("reports:import"), {"xac-nhan": token_of(answer)}, follow=True)


def template(client, unit, period, **choices):
    query = "&".join(f"{name}={value}" for name, value in choices.items())
    answer = client.get(reverse("reports:import_template") + f"?don-vi={unit.pk}&ky={period.pk}&{query}")
    return answer, answer.content


def rows_of(data):
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    return [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]


# ── the workbook for my units ──
def test_the_template_has_the_columns_of_the_command_and_a_row_for_each_unit_and_indicator(client, tree, years):
    put(tree.thanh_son, years[1], "websites", "3")
    answer, data = template(client, tree.thanh_son, years[1], muc="1")
    rows = rows_of(data)
    assert answer["Content-Disposition"] == 'attachment; filename="so-lieu-lg-ts-2026-11-30-muc-1.xlsx"'
    assert rows[0] == [
        "Mã đơn vị", "Tên đơn vị", "Cấp", "Mã cấp trên", "Từ ngày", "Đến ngày", "Mã chỉ tiêu", "Tên chỉ tiêu", "Đơn vị tính", "Loại",
        "Giá trị", "Mẫu số", "Ghi chú", "Phân tổ",
    ]
    assert rows[1] == [
        "LG-TS", "Hội CCB xã Thanh Sơn", "xã", "LG", "01/01/2026", "30/11/2026", "supervision_sessions",
        "Số cuộc giám sát (Quyết định 217)", "cuộc", "trong kỳ", "", "", "", "",
    ]
    assert [row[10] for row in rows if row[6] == "websites"] == ["3", "", ""]
    assert {row[0]: row[2] for row in rows[1:]} == {"LG-TS": "xã", "LG-TS-01": "chi hội", "LG-TS-02": "chi hội"}


def test_own_or_subordinate_units_alone_can_be_asked_for(client, tree, years):
    assert {row[0] for row in rows_of(template(client, tree.thanh_son, years[1], gom="minh")[1])[1:]} == {"LG-TS"}
    assert {row[0] for row in rows_of(template(client, tree.thanh_son, years[1], gom="duoi")[1])[1:]} == {"LG-TS-01", "LG-TS-02"}


TYPED = [
    ("supervision_sessions", "03", {}), ("dialogue_opinions", "ước hơn 1.200", {}), ("self_training_plan_rate", "16/26", {}),
    ("members_party_rate", "hơn 80%", {}), ("members_peoples_council", "x", {}), ("current_affairs_sessions", "có", {}),
    ("dialogue_sessions", "hàng chục cuộc", {}), ("gift_value", "4.093,7 tỷ", {}), ("charity_total", "102.350.000đ", {}),
    ("websites", "2", {"note": "một trang, một trang mạng xã hội"}), ("own_rating", "Hoàn thành tốt nhiệm vụ", {}),
    ("roads_km", "1.500 m", {}), ("labor_days", "0", {}), ("target_exemplary_rate", "trên 95%", {}),
]
SPLIT = [("gift_count", "12", ""), ("gift_count", "5", "27/7"), ("inkind_gifts", "500 kg", "gạo"), ("awards_certificate", "7", "tập thể; khối")]


def test_what_we_write_comes_back_with_no_change_at_all(client, tree, years):
    for code, text, columns in TYPED:
        put(tree.thanh_son, years[1], code, text, **columns)
    for code, text, part in SPLIT:
        put(tree.thanh_son, years[1], code, text, part=part)
    put(tree.thon_dong, years[1], "self_training_plan_rate", "30,7", measure="%", denominator="26")
    put(tree.thon_dong, years[1], "dialogue_opinions", "", note="rất nhiều ý kiến")
    _, data = template(client, tree.thanh_son, years[1])
    answer = upload(client, data)
    assert Page(answer).texts(".stats dd") == ["0", "0", str(len(TYPED) + len(SPLIT) + 2), "0"]
    assert Page(confirm(client, answer)).text(".notice--ok").startswith("Đã lưu số liệu từ 1 tệp: 0 ô mới, 0 ô sửa, 20 ô giữ nguyên.")


def test_the_dates_of_the_branch_are_written_and_found_again(client, tree, years):
    with all_units("a test sets dates"):
        PeriodDates.objects.create(period=years[1], unit=tree.lam_giang, starts_on="2025-11-16", ends_on="2026-11-15")
    put(tree.thanh_son, years[1], "websites", "3")
    _, data = template(client, tree.thanh_son, years[1], muc="1")
    assert rows_of(data)[1][4:6] == ["16/11/2025", "15/11/2026"]
    assert Page(upload(client, data)).texts(".stats dd") == ["0", "0", "1", "0"]


def test_a_name_that_looks_like_a_formula_stays_a_text(client, tree, years):
    with all_units("a test renames"):
        Unit.objects.filter(pk=tree.thon_dong.pk).update(name="=1+1")
    _, data = template(client, tree.thanh_son, years[1], gom="duoi", muc="1")
    cell = openpyxl.load_workbook(io.BytesIO(data)).active["B2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


# ── preview and confirm ──
def test_a_preview_shows_what_would_change_and_stores_nothing(client, tree, years):
    put(tree.thanh_son, years[1], "websites", "1")
    put(tree.thanh_son, years[1], "dialogue_sessions", "2")
    answer = upload(client, book(
        line(tree.thanh_son, "websites", "3"), line(tree.thanh_son, "dialogue_sessions", "2"),
        line(tree.thon_dong, "gift_count", "12"), line(tree.thon_doai, "gift_count", ""),
    ))
    seen = Page(answer)
    assert answer.status_code == 200
    assert dict(zip(seen.texts(".stats dt"), seen.texts(".stats dd"), strict=True)) == {
        "ô mới": "1", "ô sửa": "1", "ô giữ nguyên": "1", "ô bị từ chối": "0"
    }
    assert seen.table() == [
        ["Xã Thanh Sơn, năm 2026", "Số trang tin, trang thông tin điện tử của Hội", "3", "Sửa"],
        ["Chi hội Thôn Đông, năm 2026", "Số suất quà tặng dịp lễ, tết", "12", "Mới"],
    ]
    assert cells(tree.thanh_son, years[1])["websites"][1] == 1
    assert cells(tree.thon_dong, years[1]) == {}


def test_confirming_stores_the_very_bytes_that_were_previewed_and_deletes_them(client, tree, years, folder):
    answer = upload(client, book(line(tree.thanh_son, "websites", "3"), line(tree.thon_dong, "gift_count", "có", note="")))
    assert [len(list(kept.iterdir())) for kept in folder.iterdir()] == [1]
    done = confirm(client, answer)
    assert Page(done).text(".notice--ok") == (
        "Đã lưu số liệu từ 1 tệp: 2 ô mới, 0 ô sửa, 0 ô giữ nguyên. Việc tiếp: xem từng mục rồi xác nhận số liệu."
    )
    assert cells(tree.thanh_son, years[1]) == {"websites": ("number", 3, None, "", "")}
    assert EnteredFigure._base_manager.get(unit=tree.thon_dong).on_behalf is True
    assert list(folder.iterdir()) == []


def test_confirming_twice_stores_once(client, tree, years):
    answer = upload(client, book(line(tree.thanh_son, "websites", "3")))
    confirm(client, answer)
    again = confirm(client, answer)
    assert Page(again).text(".notice") == "Bản xem trước này đã lưu xong, đã bỏ hoặc quá một ngày. Muốn nhập nữa thì gửi lại tệp."
    assert EnteredFigure._base_manager.get().version == 1


def test_what_changed_between_preview_and_confirmation_is_checked_again(client, tree, years):
    answer = upload(client, book(line(tree.thanh_son, "members_party", "30")))
    put(tree.thanh_son, years[1], "members_total", "20")
    done = client.post(reverse("reports:import"), {"xac-nhan": token_of(answer)})
    assert done.status_code == 422
    assert Page(done).texts(".stats dd")[3] == "1"
    assert cells(tree.thanh_son, years[1]) == {"members_total": ("number", 20, None, "", "")}


def test_giving_up_deletes_the_file(client, tree, folder):
    answer = upload(client, book(line(tree.thanh_son, "websites", "3")))
    done = client.post(reverse("reports:import"), {"bo": token_of(answer)}, follow=True)
    assert Page(done).text(".notice--info") == "Đã bỏ bản xem trước. Chưa có gì được lưu."
    assert list(folder.iterdir()) == []


def test_a_preview_belongs_to_who_sent_it(client, enter, tree, years):
    answer = upload(client, book(line(tree.thanh_son, "websites", "3")))
    other = enter("chu_tich").post(reverse("reports:import"), {"xac-nhan": token_of(answer)}, follow=True)
    assert "đã lưu xong, đã bỏ hoặc quá một ngày" in Page(other).text(".notice")
    for token in ("../../secret.key", "", "."):
        assert client.post(reverse("reports:import"), {"xac-nhan": token}).status_code == 302
    assert cells(tree.thanh_son, years[1]) == {}


def test_previews_that_nobody_confirmed_go_after_a_day(client, enter, tree, folder, time_machine):
    upload(client, book(line(tree.thanh_son, "websites", "3")))
    (old,) = folder.iterdir()
    time_machine.move_to("2026-12-09 10:31:00+07:00")
    upload(enter("chu_tich"), book(line(tree.thanh_son, "websites", "4")))
    assert len(list(folder.iterdir())) == 2
    time_machine.move_to("2026-12-09 10:33:00+07:00")
    upload(enter("van_phong"), book(line(tree.thanh_son, "websites", "5")))
    assert sorted(kept == old for kept in folder.iterdir()) == [False, False]


def test_kept_files_are_for_the_program_alone(client, tree, folder):
    upload(client, book(line(tree.thanh_son, "websites", "3")))
    (kept,) = folder.iterdir()
    (file,) = kept.iterdir()
    assert [oct(path.stat().st_mode)[-3:] for path in (kept, file)] == ["700", "600"]


# ── several files ──
def test_many_workbooks_are_one_import(client, tree, years):
    answer = upload(client, book(line(tree.thon_dong, "gift_count", "5")), book(line(tree.thon_doai, "gift_count", "6")))
    assert Page(answer).texts("section h2") == ["so-lieu-1.xlsx", "so-lieu-2.xlsx"]
    confirm(client, answer)
    assert [cells(unit, years[1])["gift_count"][1] for unit in (tree.thon_dong, tree.thon_doai)] == [5, 6]


def test_one_wrong_cell_in_one_file_stores_none_of_them(client, tree, years):
    answer = upload(client, book(line(tree.thon_dong, "gift_count", "5")), book(line(tree.thon_doai, "gift_count", "tốt đẹp")))
    seen = Page(answer)
    assert answer.status_code == 422
    assert seen.texts(".error-summary li") == ["so-lieu-2.xlsx: 1 ô"]
    assert seen.values('button[name="xac-nhan"]', "value") == []
    assert cells(tree.thon_dong, years[1]) == {}


def test_a_cell_in_two_files_is_refused(client, tree, years):
    answer = upload(client, book(line(tree.thon_dong, "gift_count", "5")), book(line(tree.thon_dong, "gift_count", "6")))
    assert Page(answer).table()[-2] == ["Dòng 2", "Giá trị", "6", "ô này đã có ở tệp “so-lieu-1.xlsx”, dòng 2. Hãy bỏ một trong hai dòng."]
    assert cells(tree.thon_dong, years[1]) == {}


# ── bad input ──
WRONG = [
    ("unit", lambda t: line("KHONG-CO", "websites", "1")),
    ("indicator", lambda t: line(t.thanh_son, "khong_co", "1")),
    ("text", lambda t: line(t.thanh_son, "websites", "tốt đẹp")),
    ("twice", lambda t: line(t.thanh_son, "dialogue_sessions", "4")),
    ("count above its total", lambda t: line(t.thanh_son, "self_training_plan_rate", "27", "26")),
    ("part above its whole", lambda t: line(t.thanh_son, "members_party", "60")),
    ("ends before it begins", lambda t: line(t.thanh_son, "gift_count", "1", first="30/11/2026", last="01/01/2026")),
    ("no such day", lambda t: line(t.thanh_son, "gift_count", "1", first="31/02/2026")),
    ("part", lambda t: line(t.thanh_son, "gift_count", "1", part="vàng bạc")),
    ("unit of measure", lambda t: line(t.thanh_son, "gift_value", "12 suất")),
]


@pytest.mark.parametrize("wrong", [make for _, make in WRONG], ids=[name for name, _ in WRONG])
def test_the_page_refuses_in_the_very_words_of_the_command(client, tree, years, tmp_path, wrong):
    data = book(
        line(tree.thanh_son, "dialogue_sessions", "2"), line(tree.thanh_son, "members_total", "50"), wrong(tree)
    )
    answer = upload(client, data)
    (tmp_path / "f.xlsx").write_bytes(data)
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_figures", str(tmp_path / "f.xlsx"), stdout=out)
    told = [text.removeprefix("Từ chối: ") for text in out.getvalue().splitlines() if text.startswith("Từ chối: ")]
    shown = []
    for row, column, value, problem in Page(answer).table()[:len(told)]:
        value = "" if value == "(để trống)" else f" “{value}”"
        shown.append(f"{row}, cột {column}{value}: {problem}")
    assert answer.status_code == 422
    assert len(told) == 1
    # The command answers for every unit, the page for those of the secretary.
    assert shown == told
    assert cells(tree.thanh_son, years[1]) == {}


def test_a_unit_next_door_is_refused_like_one_that_does_not_exist(client, tree, years):
    told = []
    for code in ("LG-BM", "KHONG-CO"):
        answer = upload(client, book(line(code, "websites", "987654")))
        told.append(Page(answer).table()[0][3].replace(code, ""))
    assert told[0] == told[1]
    assert "Bình Minh" not in upload(client, book(line("LG-BM", "websites", "1"))).content.decode()
    assert cells(tree.binh_minh, years[1]) == {}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (raw(FAR), "có ô XFD1048576 nằm quá xa bảng"),
        (b"PK\x03\x04 hong", "Tệp bị hỏng"),
        (b"MZ", "không phải"),
        (book(), ""),
    ],
    ids=["a cell at the end of the world", "broken", "no workbook", "empty"],
)
def test_a_broken_or_hostile_workbook_is_refused_by_name(client, data, said, folder):
    answer = upload(client, data)
    if not said:  # a header and no rows: nothing to store
        assert Page(answer).texts(".stats dd") == ["0", "0", "0", "0"]
        return
    (text,) = Page(answer).texts(".error-text")
    assert answer.status_code == 422
    assert text.startswith("Tệp “so-lieu-1.xlsx” bị từ chối. ")
    assert said in text
    assert text.endswith("Chưa có gì được lưu.")
    assert not folder.exists()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "Chưa chọn tệp nào. Bấm vào ô rồi chọn tệp Excel trong máy."),
        ([("so.xls", b"x")], "Tệp “so.xls” không phải .xlsx."),
        ([("so.xlsx", b"")], "Tệp này rỗng."),
        ([(f"{i}.xlsx", b"x") for i in range(21)], "Mỗi lần gửi nhiều nhất 20 tệp; đồng chí đã chọn 21."),
    ],
    ids=["none", "old format", "empty", "too many"],
)
def test_a_wrong_choice_of_files_is_told_at_the_field(client, files, said):
    answer = client.post(reverse("reports:import"), {"files": [SimpleUploadedFile(*file) for file in files]})
    assert answer.status_code == 422
    assert Page(answer).text(".error-text").startswith(said)


# ── who may ──
def test_only_those_who_may_import_have_the_page(enter, tree, years):
    allowed = {"thu_ky": 200, "chu_tich": 200, "van_phong": 200, "quan_tri": 200, "chi_hoi_truong": 403, "kiem_tra": 403}
    where = reverse("reports:import")
    assert {name: enter(name).get(where).status_code for name in allowed} == allowed
    assert enter("kiem_tra").post(where, {"xac-nhan": "x"}).status_code == 403
    assert enter("kiem_tra").get(reverse("reports:import_template") + f"?don-vi={tree.thanh_son.pk}&ky={years[1].pk}").status_code == 403


def test_the_template_of_a_unit_next_door_does_not_exist(client, tree, years):
    assert [template(client, unit, years[1])[0].status_code for unit in (tree.binh_minh, tree.lam_giang)] == [404, 404]
    assert client.get(reverse("reports:import_template")).status_code == 404
    assert client.get(reverse("reports:import_template") + "?ky=999").status_code == 404


def test_units_and_indicators_are_made_only_by_those_who_may(enter, tree, years):
    data = book(
        line("LG-MOI", "gift_count", "5", Tên_đơn_vị="Hội CCB xã Mới", Cấp="xã", Mã_cấp_trên="LG"),
        line("LG", "tieu_chi_moi", "5", Tên_chỉ_tiêu="Tiêu chí mới", Đơn_vị_tính="cuộc", Loại="trong kỳ"),
    )
    secretary = upload(enter("van_phong"), data, create_units="on", create_indicators="on")
    assert secretary.status_code == 422
    assert Page(enter("van_phong").get(reverse("reports:import"))).values("input[name^=create]", "name") == []
    admin = enter("quan_tri")
    answer = upload(admin, data, create_units="on", create_indicators="on")
    assert Page(answer).texts(".stats dd") == ["2", "0", "0", "0"]
    assert Unit._base_manager.filter(code="LG-MOI").count() == 0
    confirm(admin, answer)
    assert Unit._base_manager.get(code="LG-MOI").parent_id == tree.lam_giang.pk
    assert Indicator.objects.get().code == "tieu_chi_moi"


def test_a_new_unit_outside_ones_own_branch_is_refused_with_words(enter, tree, years):
    data = book(line("TINH-MOI", "gift_count", "5", Tên_đơn_vị="Hội CCB tỉnh Mới", Cấp="tỉnh"))
    answer = upload(enter("quan_tri"), data, create_units="on")
    assert answer.status_code == 422
    assert Page(answer).table()[0][3] == "Đơn vị này không thuộc phạm vi của đồng chí. Hãy ghi mã một đơn vị của mình ở cột này."
    assert Unit._base_manager.filter(code="TINH-MOI").count() == 0


def test_a_session_keeps_only_a_few_previews(client, tree, folder):
    for number in range(uploads.PREVIEWS_AT_ONCE + 2):
        upload(client, book(line(tree.thanh_son, "websites", str(number))))
    assert len(list(folder.iterdir())) == uploads.PREVIEWS_AT_ONCE
