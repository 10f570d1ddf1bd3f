"""Workbooks sent by page: preview, confirmation, the same refusals as the command, each file whole or not at all."""

import io
from threading import Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from members.models import Role, Unit, UnitRole
from members.scoping import all_units
from reports import indicators
from reports.models import EnteredFigure, Indicator
from reports.services import import_batch, uploads
from tests.pages import Page
from tests.reports.test_workbooks import FAR, raw
from tests.reports.typing import cells, put
from tests.reports.typing import years as years
from tests.reports.uploading import book, confirm, counts, line, template, token_of, upload
from tests.reports.uploading import client as client
from tests.reports.uploading import folder as folder

pytestmark = pytest.mark.django_db
GONE = "Lần gửi này đang được lưu, đã lưu xong, đã bỏ hoặc đã quá một ngày, nên không lưu thêm lần nữa. Xem số liệu để biết đã lưu chưa; muốn nhập nữa thì gửi lại tệp."


@pytest.fixture(autouse=True)
def _own_folder(folder):
    """Also where nobody asks for it."""


@pytest.fixture
def keeper(enter, cast, tree, years):
    """Who types for the province and also keeps its units."""
    with all_units("a test gives a second role"):
        UnitRole.objects.create(user=cast.van_phong, unit=tree.lam_giang, role=Role.QUAN_TRI, starts_on="2020-01-01")
    return enter("van_phong")


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
        ["Xã Thanh Sơn, năm 2026", "Số trang tin, trang thông tin điện tử của Hội (trang)", "1", "→ 3"],
        ["Chi hội Thôn Đông, năm 2026", "Số suất quà tặng dịp lễ, tết (suất)", "12"],
    ]
    assert cells(tree.thanh_son, years[1])["websites"][1] == 1
    assert cells(tree.thon_dong, years[1]) == {}


def test_a_preview_tells_a_changed_note_and_a_number_typed_by_the_unit_above(client, enter, cast, tree, years):
    put(tree.thanh_son, years[1], "websites", "2", note="một trang")
    put(tree.thanh_son, years[1], "dialogue_sessions", "4", by=cast.van_phong)
    put(tree.thanh_son, years[1], "gift_value", "12,5 triệu")
    put(tree.thanh_son, years[1], "members_peoples_council", "x")
    answer = upload(client, book(
        line(tree.thanh_son, "websites", 2, note="hai trang"), line(tree.thanh_son, "dialogue_sessions", 4),
        line(tree.thanh_son, "gift_value", 4_093_700_000_000), line(tree.thanh_son, "members_peoples_council", "có"),
    ))
    assert [row[2:] for row in Page(answer).table()] == [
        ["2, ghi chú “một trang”", "→ 2, ghi chú “hai trang”"], ["4 (nhập thay)", "→ 4"],
        ["12.500.000 (12,5 triệu đồng)", "→ 4.093.700.000.000 (4.093,7 tỷ đồng)"], ["không thuộc diện", "→ có, không nêu số"],
    ]


def test_a_long_preview_shows_the_first_lines_and_says_how_many_follow(client, tree, years):
    codes = [code for code, entry in indicators.lookup().items() if entry.kind == "flow" and not entry.needs_part and not entry.measure.is_measured]
    units = [tree.thanh_son, tree.thon_dong, tree.thon_doai]
    seen = Page(upload(client, book(*(line(unit, code, 0) for unit in units for code in codes[:20]))))
    assert (len(seen.table()), seen.texts("section > p")[-1]) == (50, "… và 10 dòng nữa.")


def test_a_box_left_empty_deletes_nothing_and_the_preview_says_so(client, tree, years):
    put(tree.thanh_son, years[1], "websites", "2")
    answer = upload(client, book(line(tree.thanh_son, "websites", ""), line(tree.thanh_son, "dialogue_sessions", 3)))
    assert Page(answer).texts(".notice li") == [
        "1 ô để trống trong tệp mà chương trình đang có số (dòng 2): số đang có giữ nguyên. Muốn bỏ số nào thì xóa ở trang nhập số liệu."]
    confirm(client, answer)
    assert {code: cell[1] for code, cell in cells(tree.thanh_son, years[1]).items()} == {"websites": 2, "dialogue_sessions": 3}


def test_a_file_that_says_what_is_stored_has_nothing_to_confirm(client, tree, years, folder):
    put(tree.thanh_son, years[1], "websites", "2")
    seen = Page(upload(client, book(line(tree.thanh_son, "websites", 2))))
    assert (seen.text(".help-line"), seen.values('button[name="xac-nhan"]', "value")) == ("Mọi số trong tệp đã có sẵn trong chương trình, không có gì phải lưu.", [])
    assert Page(upload(client, book())).text(".help-line") == "Tệp không có số nào. Điền cột Giá trị, lưu tệp rồi gửi lại."
    assert not folder.exists()


def test_a_preview_can_be_left_and_found_again(client, tree, years):
    upload(client, book(line(tree.thanh_son, "websites", "3")), names=["xã Thanh Sơn.xlsx"])
    found = Page(client.get(reverse("reports:import")))
    again = client.get(reverse("reports:import") + found.link("Xem tiếp: xã Thanh Sơn.xlsx"))
    assert counts(again) == [1, 0, 0, 0]
    confirm(client, again)
    assert cells(tree.thanh_son, years[1])["websites"][1] == 3
    assert "Xem tiếp" not in client.get(reverse("reports:import")).content.decode()


def test_confirming_stores_the_very_bytes_that_were_previewed_and_deletes_them(client, tree, years, folder):
    answer = upload(client, book(line(tree.thanh_son, "websites", "3"), line(tree.thon_dong, "gift_count", "có", note="")))
    assert [sorted(file.name for file in kept.iterdir()) for kept in folder.iterdir()] == [["0.xlsx", "about.json"]]
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
    assert Page(again).text(".notice") == GONE
    assert EnteredFigure._base_manager.get().version == 1


@pytest.mark.parametrize("failing", ["store", "preview"])
def test_a_storing_that_fails_loses_nothing_and_may_be_confirmed_again(failing, client, tree, years, folder, monkeypatch):
    answer = upload(client, book(line(tree.thanh_son, "members_party", "30")))
    if failing == "preview":  # shown anew because what was stored meanwhile contradicts it
        put(tree.thanh_son, years[1], "members_total", "20")
    with monkeypatch.context() as broken, pytest.raises(OSError, match="full"):
        broken.setattr(import_batch, failing, lambda *args, **options: (_ for _ in ()).throw(OSError("disk full")))
        confirm(client, answer)
    assert [path.name for path in folder.iterdir()] == [token_of(answer)]
    assert "members_party" not in cells(tree.thanh_son, years[1])
    if failing == "preview":
        EnteredFigure._base_manager.filter(code="members_total").delete()
    confirm(client, answer)
    assert (cells(tree.thanh_son, years[1])["members_party"][1], list(folder.iterdir())) == (30, [])


def test_of_many_clicks_at_once_one_takes_the_upload(client, tree, years, folder):
    token = token_of(upload(client, book(line(tree.thanh_son, "websites", "3"))))
    sessions, taken = [dict(client.session) for _ in range(8)], []
    threads = [Thread(target=lambda session=session: taken.append(uploads.take(session, token))) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [upload.token for upload in taken if upload] == [token]
    assert len(taken) == 8


def test_what_a_killed_server_had_taken_waits_again(client, tree, years, folder, time_machine):
    time_machine.move_to("2026-12-08 10:00:00+07:00", tick=False)
    token = token_of(upload(client, book(line(tree.thanh_son, "websites", "3"))))
    assert uploads.take(dict(client.session), token) is not None  # and the server is killed
    assert uploads.kept(client.session, token) is None
    time_machine.move_to("2026-12-08 10:20:00+07:00", tick=False)
    assert [found for found, _, _ in uploads.waiting(client.session)] == [token]
    assert uploads.take(dict(client.session), token) is not None


def test_what_somebody_typed_meanwhile_is_shown_beside_ones_own_and_overwritten_only_knowingly(client, cast, tree, years, time_machine):
    answer = upload(client, book(line(tree.thanh_son, "websites", "3"), line(tree.thanh_son, "dialogue_sessions", "2")))
    time_machine.move_to("2026-12-08 10:40:00+07:00")
    put(tree.thanh_son, years[1], "websites", "5", by=cast.chu_tich)
    put(tree.thanh_son, years[1], "dialogue_sessions", "2", by=cast.chu_tich)
    done = client.post(reverse("reports:import"), {"xac-nhan": token_of(answer)})
    assert (done.status_code, counts(done)) == (409, [0, 1, 1, 0])
    (told,) = Page(done).texts(".error-summary li")
    assert told.startswith("so-lieu-1.xlsx. Dòng 2, cột Giá trị “3”: ")
    assert "vừa ghi “5” vào ô này sau khi đồng chí xem trước" in told
    assert Page(done).table()[0][2:] == ["5", "→ 3"]
    assert cells(tree.thanh_son, years[1])["websites"][1] == 5
    confirm(client, done)
    assert cells(tree.thanh_son, years[1])["websites"][1] == 3


def test_what_changed_between_preview_and_confirmation_is_checked_again(client, tree, years):
    answer = upload(client, book(line(tree.thanh_son, "members_party", "30")))
    put(tree.thanh_son, years[1], "members_total", "20")
    done = client.post(reverse("reports:import"), {"xac-nhan": token_of(answer)})
    assert done.status_code == 409
    assert counts(done) == [0, 0, 0, 1]
    assert Page(done).text(".error-summary h2") == "Chưa lưu: số liệu đã khác từ lúc đồng chí xem trước"
    assert cells(tree.thanh_son, years[1]) == {"members_total": ("number", 20, None, "", "")}


def test_giving_up_deletes_the_file(client, tree, folder):
    answer = upload(client, book(line(tree.thanh_son, "websites", "3")))
    done = client.post(reverse("reports:import"), {"bo": token_of(answer)}, follow=True)
    assert Page(done).text(".notice--info") == "Đã bỏ bản xem trước. Chưa có gì được lưu."
    assert list(folder.iterdir()) == []


def test_a_preview_belongs_to_who_sent_it(client, enter, tree, years):
    answer = upload(client, book(line(tree.thanh_son, "websites", "3")))
    other = enter("chu_tich").post(reverse("reports:import"), {"xac-nhan": token_of(answer)}, follow=True)
    assert Page(other).text(".notice") == GONE
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
    assert [oct(path.stat().st_mode)[-3:] for path in (kept, *kept.iterdir())] == ["700", "600", "600"]


# ── several files ──
def test_many_workbooks_are_one_import(client, tree, years):
    answer = upload(client, book(line(tree.thon_dong, "gift_count", "5")), book(line(tree.thon_doai, "gift_count", "6")))
    assert Page(answer).texts("section h2") == ["so-lieu-1.xlsx", "so-lieu-2.xlsx"]
    confirm(client, answer)
    assert [cells(unit, years[1])["gift_count"][1] for unit in (tree.thon_dong, tree.thon_doai)] == [5, 6]


def test_of_five_files_the_good_ones_are_saved_and_the_bad_one_stays_out_whole(client, tree, years):
    good = [book(line(tree.thon_dong, "gift_count", "5")), book(line(tree.thon_doai, "gift_count", "6")), book(line(tree.thanh_son, "websites", "1"))]
    bad = book(line(tree.thanh_son, "dialogue_sessions", "2"), line(tree.thanh_son, "gift_count", "tốt đẹp"))
    answer = upload(client, *good[:2], bad, good[2], book(line(tree.thanh_son, "roads_km", "1,5")))
    seen = Page(answer)
    assert answer.status_code == 422
    assert seen.texts(".error-summary li") == ["so-lieu-3.xlsx: 1 ô"]
    assert seen.text(".help-line").startswith("1 tệp phải sửa nên chưa lưu được. 4 tệp còn lại lưu được ngay")
    assert seen.texts("section .tag") == ["Lưu được", "Lưu được", "Chưa lưu được", "Lưu được", "Lưu được"]
    assert seen.text('button[name="xac-nhan"]') == "Lưu 4 ô của 4 tệp đúng"
    assert counts(answer) == [4, 0, 0, 1]
    done = Page(confirm(client, answer))
    assert done.text(".notice--ok") == "Đã lưu số liệu từ 4 tệp: 4 ô mới, 0 ô sửa, 0 ô giữ nguyên. Việc tiếp: sửa các tệp dưới đây."
    assert done.texts("section h2") == ["so-lieu-3.xlsx"]
    assert {code: cell[1] for code, cell in cells(tree.thanh_son, years[1]).items()} == {"websites": 1, "roads_km": 1.5}
    assert [cells(unit, years[1])["gift_count"][1] for unit in (tree.thon_dong, tree.thon_doai)] == [5, 6]


def test_a_file_that_cannot_be_read_keeps_no_other_out(client, tree, years):
    answer = upload(client, b"PK\x03\x04 hong", book(line(tree.thanh_son, "websites", "1")))
    assert Page(answer).texts(".error-summary li") == ["so-lieu-1.xlsx: không đọc được"]
    assert Page(answer).text("section .error-text").startswith("Không đọc được tệp này. Tệp bị hỏng")
    done = confirm(client, answer)
    assert done.redirect_chain == [(reverse("reports:entry"), 302)]
    assert cells(tree.thanh_son, years[1])["websites"][1] == 1


def test_a_file_that_leans_on_a_bad_one_is_bad_itself(keeper, tree, years):
    """A unit that the first file would found is not there for the second."""
    new = {"Tên_đơn_vị": "Hội CCB xã Mới", "Cấp": "xã", "Mã_cấp_trên": "LG"}
    answer = upload(
        keeper, book(line("LG-MOI", "websites", "?", **new)), book(line("LG-MOI", "gift_count", "5")), create_units="on",
    )
    assert Page(answer).texts(".error-summary li") == ["so-lieu-1.xlsx: 1 ô", "so-lieu-2.xlsx: 1 ô"]
    assert Page(answer).values('button[name="xac-nhan"]', "value") == []


def test_a_cell_in_two_files_is_refused_in_both(client, tree, years):
    answer = upload(client, book(line(tree.thon_dong, "gift_count", "5")), book(line(tree.thon_dong, "gift_count", "6")))
    assert Page(answer).table() == [
        ["Dòng 2", "Giá trị", "5", "ô này có cả ở tệp “so-lieu-2.xlsx”, dòng 2. Hãy bỏ một trong hai dòng."],
        ["Dòng 2", "Giá trị", "6", "ô này có cả ở tệp “so-lieu-1.xlsx”, dòng 2. Hãy bỏ một trong hai dòng."],
    ]
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
    allowed = {"thu_ky": 200, "chu_tich": 200, "van_phong": 200, "chi_hoi_truong": 403, "kiem_tra": 403}
    where = reverse("reports:import")
    assert {name: enter(name).get(where).status_code for name in allowed} == allowed
    assert enter("kiem_tra").post(where, {"xac-nhan": "x"}).status_code == 403
    assert enter("kiem_tra").get(reverse("reports:import_template") + f"?don-vi={tree.thanh_son.pk}&ky={years[1].pk}").status_code == 403


def test_the_template_of_a_unit_next_door_does_not_exist(client, tree, years):
    assert [template(client, unit, years[1])[0].status_code for unit in (tree.binh_minh, tree.lam_giang)] == [404, 404]
    assert client.get(reverse("reports:import_template")).status_code == 404
    assert client.get(reverse("reports:import_template") + "?ky=999").status_code == 404


NEW = {
    "create_units": line("LG-MOI", "gift_count", "5", Tên_đơn_vị="Hội CCB xã Mới", Cấp="xã", Mã_cấp_trên="LG"),
    "create_indicators": line("LG", "tieu_chi_moi", "5", Tên_chỉ_tiêu="Tiêu chí mới", Đơn_vị_tính="cuộc", Loại="trong kỳ"),
}


def made():
    return {"create_units": Unit._base_manager.filter(code="LG-MOI").exists(), "create_indicators": Indicator.objects.filter(code="tieu_chi_moi").exists()}


@pytest.mark.parametrize("choice", NEW)
def test_units_and_indicators_are_made_only_by_those_who_may(choice, enter, tree, years):
    data = book(NEW[choice])
    secretary = enter("van_phong")
    assert upload(secretary, data, **{choice: "on"}).status_code == 422
    assert Page(secretary.get(reverse("reports:import"))).values("input[name^=create]", "name") == []
    admin = enter("superuser")
    answer = upload(admin, data, **{choice: "on"})
    assert (counts(answer), made()) == ([1, 0, 0, 0], {"create_units": False, "create_indicators": False})
    confirm(admin, answer)
    assert made() == {"create_units": False, "create_indicators": False} | {choice: True}


def test_who_keeps_the_units_of_a_province_founds_them_and_makes_no_indicator(keeper, tree, years):
    assert Page(keeper.get(reverse("reports:import"))).values("input[name^=create]", "name") == ["create_units"]
    confirm(keeper, upload(keeper, book(NEW["create_units"]), create_units="on"))
    assert Unit._base_manager.get(code="LG-MOI").parent_id == tree.lam_giang.pk
    assert upload(keeper, book(NEW["create_indicators"]), create_indicators="on").status_code == 422


def test_a_new_unit_outside_ones_own_branch_is_refused_with_words(keeper, tree, years):
    data = book(line("TINH-MOI", "gift_count", "5", Tên_đơn_vị="Hội CCB tỉnh Mới", Cấp="tỉnh"))
    answer = upload(keeper, data, create_units="on")
    assert answer.status_code == 422
    assert Page(answer).table()[0][3] == "Đơn vị này không thuộc phạm vi của đồng chí. Hãy ghi mã một đơn vị của mình ở cột này."
    assert Unit._base_manager.filter(code="TINH-MOI").count() == 0


def test_a_session_keeps_only_a_few_previews(client, tree, folder):
    for number in range(uploads.PREVIEWS_AT_ONCE + 2):
        upload(client, book(line(tree.thanh_son, "websites", str(number))))
    assert len(list(folder.iterdir())) == uploads.PREVIEWS_AT_ONCE
