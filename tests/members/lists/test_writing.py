"""What a confirmed list does to the register: once, with history, as a whole; and back again."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from members.models import (
    ExportLog,
    ImportJob,
    ImportMapping,
    ImportRow,
    JobState,
    Member,
    MemberPrivate,
    Membership,
    MemberStatus,
    Post,
)
from members.scoping import all_units, scope_for
from members.services import change_member, register_member
from members.services.lifecycle import end_membership
from members.services.lists import jobs, out
from members.services.lists import write as writing
from members.vietnamese import PartialDate
from tests.members.lists.sheets import HEAD, book, checked, counts, written
from tests.members.locking import SOON, close

WIDE = [*HEAD, "Số thẻ", "SĐT", "Số CCCD"]
LE = [1, "Lê Văn Mẫu", "19/05/1954", "Nam", "A-1", "0912345678", "038054001234"]
TRAN = [2, "Trần Thị Mai", 1956, "Nữ", "A-2", None, None]


def rows_in(*models):
    return [model.objects.count() for model in models]


EVERYTHING = (Member, Membership, MemberPrivate, MemberStatus, ImportRow, Member.history.model, Membership.history.model)


def test_checking_writes_nothing(tree, secretary):
    job = checked(book([WIDE, LE, TRAN]), tree.thon_dong, secretary)
    assert (counts(job), job.state, rows_in(*EVERYTHING)) == ((2, 2, 0, 0, 0), JobState.CHECKED, [0] * 7)


def test_every_written_row_has_its_line_of_history_with_who_and_why(tree, secretary):
    written(book([WIDE, LE, TRAN]), tree.thon_dong, secretary)
    for model in (Member, Membership, MemberPrivate):
        assert set(model.history.values_list("history_type", "history_user__username", "history_change_reason")) == {("+", "thu_ky", "Nhập danh sách")}
    assert rows_in(Member.history.model, Membership.history.model, MemberPrivate.history.model) == [2, 2, 1]


def test_the_same_file_twice_changes_nothing(tree, secretary):
    content = book([WIDE, LE, TRAN])
    written(content, tree.thon_dong, secretary)
    before = rows_in(*EVERYTHING)
    assert (counts(written(content, tree.thon_dong, secretary)), rows_in(*EVERYTHING)) == ((2, 0, 0, 2, 0), before)


def test_only_changed_rows_are_written(tree, secretary):
    written(book([WIDE, LE, TRAN]), tree.thon_dong, secretary)
    job = written(book([WIDE, [*LE[:5], "0987654321", LE[6]], TRAN]), tree.thon_dong, secretary)
    assert counts(job) == (2, 0, 1, 1, 0)
    assert dict(Member.objects.values_list("phone", "version")) == {"0987654321": 2, "": 1}
    assert list(job.rows.values_list("model", "before", "after")) == [("members.Member", {"phone": "0912345678"}, {"phone": "0987654321"})]


def test_an_empty_cell_and_a_less_exact_date_take_nothing_away(tree, secretary):
    written(book([WIDE, LE]), tree.thon_dong, secretary)
    job = written(book([WIDE, [1, "LÊ VĂN MẪU", 1954, "Nam", None, None, None]]), tree.thon_dong, secretary)
    assert (counts(job), Member.objects.get().born.iso) == ((1, 0, 0, 1, 0), "1954-05-19")


def test_a_person_is_known_by_cccd_then_by_card_then_by_name_and_year(tree, secretary):
    written(book([WIDE, LE, TRAN]), tree.thon_dong, secretary)
    by_cccd = written(book([WIDE, [1, "Lê Văn Mậu", 1954, "Nam", None, None, LE[6]]]), tree.thon_dong, secretary)
    by_card = written(book([WIDE, [1, "Trần Thị Mãi", 1956, "Nữ", "A-2", None, None]]), tree.thon_dong, secretary)
    by_name = written(book([WIDE, [1, "Trần Thị Mãi", "02/1956", "Nữ", None, None, None]]), tree.thon_dong, secretary)
    assert [counts(job)[1:3] for job in (by_cccd, by_card, by_name)] == [(0, 1)] * 3
    assert sorted(Member.objects.values_list("name", flat=True)) == ["Lê Văn Mậu", "Trần Thị Mãi"]
    assert sorted(Membership.objects.values_list("member_name", flat=True)) == ["Lê Văn Mậu", "Trần Thị Mãi"]


def test_namesakes_with_numbers_of_their_own_are_two(tree, secretary):
    written(book([WIDE, LE]), tree.thon_dong, secretary)
    job = written(book([WIDE, [*LE[:4], "B-7", None, None], [*LE[:4], None, None, "038054009999"]]), tree.thon_dong, secretary)
    assert (counts(job), Member.objects.count()) == ((2, 2, 0, 0, 0), 3)


def test_two_lines_of_one_person_are_refused_and_say_which(tree, secretary):
    job = checked(book([WIDE, LE, TRAN, LE]), tree.thon_dong, secretary)
    assert counts(job) == (3, 2, 0, 0, 1)
    assert [(e["row"], "dòng 2" in e["text"]) for e in job.errors if e["kind"] == "wrong"] == [(4, True)]


def test_a_number_of_somebody_else_is_refused(tree, secretary):
    written(book([WIDE, LE]), tree.thon_dong, secretary)
    job = checked(book([WIDE, [1, "Bùi Văn Ba", 1960, "Nam", None, None, LE[6]]]), tree.thon_dong, secretary)
    assert (counts(job), LE[6] in str(job.errors)) == ((1, 0, 0, 0, 1), False)


def test_who_stands_in_another_chi_hoi_or_has_died_is_not_changed_by_a_list(tree, secretary):
    elsewhere = register_member(unit=tree.thon_doai, name="Lê Văn Mẫu", sex="nam", card_number="A-1", by=secretary)
    late = register_member(unit=tree.thon_dong, name="Trần Thị Mai", sex="nu", born=PartialDate(1956), by=secretary)
    end_membership(member=late, reason="tu_tran", true_end=PartialDate(2026, 11, 1), by=secretary)
    job = checked(book([[*HEAD, "Chi hội", "Số thẻ"], [*LE[:4], "Thôn Đông", "A-1"], [*TRAN[:4], "Thôn Đông", None]]), tree.thanh_son, secretary)
    assert (counts(job), elsewhere.unit) == ((2, 0, 0, 0, 2), tree.thon_doai)


def test_good_lines_are_written_and_bad_ones_come_back_as_a_workbook_to_mend(tree, secretary):
    content = book([WIDE, LE, [2, "Trần Thị Mai", "31/02/1956", "Nữ", None, None, "12"]])
    job = written(content, tree.thon_dong, secretary)
    assert counts(job) == (2, 1, 0, 0, 1)
    sheet, problems = jobs.lines_to_mend(job=job, by=secretary)
    again = checked(out.error_workbook(sheet_read=sheet, problems=problems), tree.thon_dong, secretary)
    assert (counts(again), [e["column"] for e in again.errors]) == ((1, 0, 0, 0, 1), ["Ngày sinh", "Số CCCD"])


def test_a_province_leaves_the_private_columns_alone(tree, cast, clock_stands):
    with scope_for(cast.van_phong):
        job = written(book([[*WIDE, "Cơ sở", "Chi hội"], [*LE, "Hội CCB xã Thanh Sơn", "Thôn Đông"], [*TRAN, "xã Bình Minh", "Xóm Bến"]]), tree.lam_giang, cast.van_phong)
        assert (counts(job), job.counts["ignored"], MemberPrivate.objects.count()) == ((2, 2, 0, 0, 0), ["Số căn cước"], 0)


def test_the_columns_chosen_are_remembered_for_the_unit(tree, secretary):
    content = book([["Họ và tên", "Sinh", "Nam/Nữ", "Ký hiệu"], ["Lê Văn Mẫu", 1954, "Nam", "A-1"]])
    checked(content, tree.thon_dong, secretary, columns={1: "born", 3: "card_number"})
    job = jobs.upload(unit=tree.thon_dong, file_name="năm sau.xlsx", content=content, by=secretary)
    assert (job.mapping["columns"], ImportMapping.objects.count()) == ({"0": "name", "1": "born", "2": "sex", "3": "card_number"}, 1)


def test_a_column_is_chosen_once_and_a_name_must_be_there(tree, secretary):
    job = jobs.upload(unit=tree.thon_dong, file_name="x.xlsx", content=book([WIDE, LE]), by=secretary)
    for columns in ({1: "name", 2: "name"}, {2: "born"}):
        with pytest.raises(ValidationError):
            jobs.choose(job=job, columns=columns, encodings={}, sex="", by=secretary)


def test_confirmed_twice_it_is_written_once(tree, secretary):
    job = checked(book([WIDE, LE]), tree.thon_dong, secretary)
    assert [jobs.confirm(job=job, by=secretary), jobs.confirm(job=job, by=secretary)] == [True, False]
    jobs.write(job=job, by=secretary)
    jobs.write(job=job, by=secretary)
    assert Member.objects.count() == 1


def test_nobody_else_goes_on_with_a_list_that_was_sent(tree, cast, secretary):
    job = checked(book([WIDE, LE]), tree.thon_dong, secretary)
    with pytest.raises(PermissionDenied):
        jobs.confirm(job=job, by=cast.chu_tich)


def test_when_writing_breaks_nothing_is_written_and_the_page_says_so(tree, secretary, monkeypatch):
    job = checked(book([WIDE, LE]), tree.thon_dong, secretary)
    jobs.confirm(job=job, by=secretary)

    def break_off(*args, **kwargs):
        raise RuntimeError("out of room")

    monkeypatch.setattr(writing, "_write_party", break_off)
    with pytest.raises(RuntimeError):
        jobs.write(job=job, by=secretary)
    job.refresh_from_db()
    assert (job.state, rows_in(*EVERYTHING)) == (JobState.FAILED, [0] * 7)


def test_lines_that_are_not_accounted_for_stop_everything(tree, secretary, monkeypatch):
    monkeypatch.setattr(writing, "NEW", "lost")
    monkeypatch.setattr("members.services.lists.plan.Plan.counts", {"read": 2, "new": 1, "changed": 0, "same": 0, "wrong": 0})
    with pytest.raises(writing.CountsDiffer):
        written(book([WIDE, LE, TRAN]), tree.thon_dong, secretary)
    assert Member.objects.count() == 0


def test_a_step_that_stopped_can_be_taken_again_after_a_while(tree, secretary, clock_stands):
    job = checked(book([WIDE, LE]), tree.thon_dong, secretary)
    jobs.confirm(job=job, by=secretary)  # and the worker dies
    assert not jobs.again(job=job)
    clock_stands.shift(timedelta(minutes=16))
    assert jobs.again(job=job)
    jobs.confirm(job=job, by=secretary)
    jobs.write(job=job, by=secretary)
    assert Member.objects.count() == 1


def test_files_are_kept_for_a_week_at_most(tree, secretary, clock_stands):
    old = checked(book([WIDE, LE]), tree.thon_dong, secretary)
    clock_stands.shift(timedelta(days=8))
    jobs.upload(unit=tree.thon_dong, file_name="x.xlsx", content=book([WIDE, LE]), by=secretary)
    assert bytes(ImportJob.objects.get(pk=old.pk).content) == b""


# ── Back again ──


def undone(job, by):
    """How taking it back ended, and what is said when it was not."""
    jobs.begin_undo(job=job)
    jobs.undo(job=job, by=by)
    job.refresh_from_db()
    return job.state, job.counts.get("kept", "")


def test_an_undone_list_leaves_the_register_as_it_was(tree, secretary, clock_stands):
    written(book([WIDE, LE]), tree.thon_dong, secretary)
    before = list(Member.objects.values_list("name", "phone", "born")) + list(MemberPrivate.objects.values_list("cccd"))
    clock_stands.shift(60)
    job = written(book([[*WIDE, "Đảng viên"], ["", "Lê Văn Mậu", "19/05/1954", "Nam", "A-1", "0987654321", "038054005555", "x"], [*TRAN, "x"]]), tree.thon_dong, secretary)
    assert counts(job) == (2, 1, 1, 0, 0)
    clock_stands.shift(60)
    assert undone(job, secretary) == (JobState.UNDONE, "")
    assert list(Member.objects.values_list("name", "phone", "born")) + list(MemberPrivate.objects.values_list("cccd")) == before
    assert (rows_in(Member, Membership, MemberStatus), Membership.objects.get().member_name) == ([1, 1, 0], "Lê Văn Mẫu")
    assert list(Member.history.filter(name="Trần Thị Mai").order_by("pk").values_list("history_type", "history_user__username")) == [("+", "thu_ky"), ("-", "thu_ky")]


def test_once_somebody_went_on_working_a_list_is_not_undone(tree, secretary, clock_stands):
    job = written(book([WIDE, LE, TRAN]), tree.thon_dong, secretary)
    clock_stands.shift(60)
    member = Member.objects.get(card_number="A-2")
    change_member(member=member, version=member.version, by=secretary, phone="0911111111")
    assert undone(job, secretary) == (JobState.DONE, "Không hoàn tác được nữa: 1 hồ sơ đã có người sửa sau khi nhập. Sửa từng hồ sơ, hoặc ghi ra khỏi sổ nếu ghi nhầm.")
    assert Member.objects.count() == 2


def test_people_with_more_in_their_files_are_not_undone(tree, secretary, clock_stands):
    job = written(book([WIDE, LE, TRAN]), tree.thon_dong, secretary)
    clock_stands.shift(60)
    Post.objects.create(member=Member.objects.get(card_number="A-1"), body="chi_hoi", unit=tree.thon_dong, title="Chi hội trưởng", starts_on="2026-11-20")
    assert undone(job, secretary)[0] == JobState.DONE
    assert Member.objects.count() == 2


# ── Locked periods ──


def test_whoever_comes_into_a_locked_time_counts_from_the_first_open_day(tree, cast, clock_stands, secretary):
    with all_units("a test locks a year"):
        close(tree.thanh_son)
    written(book([[*HEAD, "Ngày vào Hội", "Ngày vào Đảng"], [*LE[:4], 1990, 1975], [*TRAN[:4], "05/2026", None]]), tree.thon_dong, secretary)
    assert dict(Membership.objects.values_list("member_name", "starts_on")) == {"Lê Văn Mẫu": SOON, "Trần Thị Mai": date(2026, 5, 1)}
    assert MemberStatus.objects.get().starts_on == SOON


def test_a_list_that_counts_in_a_time_locked_since_is_not_undone(tree, cast, clock_stands, secretary):
    job = written(book([[*HEAD, "Ngày vào Hội"], [*LE[:4], 1990]]), tree.thon_dong, secretary)
    with all_units("a test locks a year"):
        close(tree.thanh_son)
    state, words = undone(job, secretary)
    assert (state, "đã khóa số liệu năm 2025" in words) == (JobState.DONE, True)
    assert Member.objects.count() == 1


def test_a_category_of_a_locked_time_stays(tree, cast, clock_stands, secretary):
    written(book([[*HEAD, "Ngày vào Hội"], [*LE[:4], 1990]]), tree.thon_dong, secretary)
    with all_units("a test locks a year"):
        close(tree.thanh_son)
    job = written(book([[*HEAD, "Đối tượng"], [*LE[:4], "CQN"]]), tree.thon_dong, secretary)
    assert (job.state, Member.objects.get().category) == (JobState.FAILED, "ccb")
    assert "đã khóa số liệu năm 2025" in job.errors[0]["text"]


# ── Out ──


def test_what_we_hand_out_reads_back_with_no_change(tree, secretary):
    rows = [
        [*WIDE, "Chi hội", "Đối tượng", "Ngày vào Hội", "Quê quán", "Ngày nhập ngũ", "Dân tộc", "Ngày vào Đảng", "Ghi chú"],
        [*LE, "Thôn Đông", "CCB", "06/12/1990", "Hà Tĩnh", "02/1972", "Kinh", "03/02/1975", "dòng một"],
        [*TRAN, "Thôn Đoài", "CQN", 1995, "Nghệ An", 1975, "Thái", None, None],
    ]
    assert counts(written(book(rows), tree.thanh_son, secretary))[1] == 2
    content = out.export_members(unit=tree.thanh_son, reason="Thử", by=secretary)
    before = rows_in(*EVERYTHING)
    assert (counts(written(content, tree.thanh_son, secretary)), rows_in(*EVERYTHING)) == ((2, 0, 0, 2, 0), before)


def test_a_list_taken_out_is_written_down_with_reason_rows_and_columns(tree, secretary):
    written(book([WIDE, LE, TRAN]), tree.thon_dong, secretary)
    out.export_members(unit=tree.thon_dong, reason="Bầu chi hội", by=secretary)
    log = ExportLog.objects.get()
    assert (log.user, log.rows, log.reason, log.filter, "Số căn cước" in log.columns) == (secretary, 2, "Bầu chi hội", {"unit": "LG-TS-01"}, True)


def test_a_province_takes_out_no_private_columns(tree, cast, clock_stands):
    with scope_for(cast.van_phong):
        assert {"cccd", "ethnicity", "religion", "party", "party_on"} & {*out.keys_for(cast.van_phong)} == set()


def test_cells_that_look_like_formulas_are_text(tree, secretary):
    register_member(unit=tree.thon_dong, name="Lê Văn Mẫu", sex="nam", note="=1+1", phone="0912345678", by=secretary)
    sheet = openpyxl.load_workbook(io.BytesIO(out.export_members(unit=tree.thon_dong, reason="Thử", by=secretary))).active
    by_head = dict(zip([c.value for c in sheet[1]], sheet[2], strict=True))
    assert [(by_head[head].value, by_head[head].data_type) for head in ("Ghi chú", "Điện thoại")] == [("=1+1", "s"), ("0912345678", "s")]
