"""The private part of a file: who opens it, what is written down, and what nobody reads without."""

import logging

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from ccb import clock
from members.models import ExportLog, FileView, Member, MemberPrivate, MemberStatus
from members.scoping import Scope, _open, all_units, scope_for
from members.services import Held, StaleVersion
from members.services.private import (
    change_private,
    holding,
    masked,
    may_open,
    open_file,
    read_many,
    sharing_cccd,
    with_cccd,
)
from members.vietnamese import PartialDate
from tests.cast import enrolled
from tests.pages import Page, body_of

CCCD = "038054001234"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-12-01 10:32 +0700", tick=False)


@pytest.fixture
def an(tree, cast):
    """A member of Thôn Đông with everything private that there is."""
    member = enrolled(tree.thon_dong, "Bùi Văn An", "1948", "1990", is_party=True, party_on=PartialDate(1968))
    with scope_for(cast.thu_ky):
        change_private(
            member=member, version=1, by=cast.thu_ky, cccd=CCCD, ethnicity="Tày", religion="Không", party_badge="50 năm",
            held={"thuong_binh": Held(True, PartialDate(1973), None, "2/4", 61)},
        )
    return member


def url(name, member):
    return reverse(f"members:{name}", args=[member.pk])


# --- who may -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("chi_hoi_truong", True), ("thu_ky", True), ("chu_tich", True), ("thu_ky_co_quan", True),
        ("van_phong", False), ("kiem_tra", False), ("quan_tri", False), ("superuser", False), ("khong_vai", False), ("bi_khoa", False),
    ],
)
def test_the_people_of_the_unit_open_the_private_part_and_nobody_above_or_beside(cast, who, may):
    assert may_open(getattr(cast, who)) is may


@pytest.mark.parametrize(
    ("who", "answered"),
    [
        ("chi_hoi_truong", 200), ("thu_ky", 200), ("chu_tich", 200),
        ("van_phong", 403), ("kiem_tra", 403), ("quan_tri", 403), ("superuser", 403), ("thu_ky_ben_canh", 404), ("thu_ky_co_quan", 404),
    ],
)
def test_opening_is_a_click_that_is_written_down_or_nothing_at_all(enter, an, who, answered, everywhere):
    answer = enter(who).post(url("member_private", an), {"purpose": "đối chiếu thẻ"})
    assert answer.status_code == answered
    assert (CCCD in body_of(answer), "Tày" in body_of(answer)) == (answered == 200, answered == 200)
    written = list(FileView.objects.values_list("member", "user__username", "purpose"))
    assert written == ([(an.pk, who, "đối chiếu thẻ")] if answered == 200 else [])


def test_the_service_itself_refuses_who_may_not_and_writes_nothing(cast, an, everywhere):
    for who in (cast.van_phong, cast.kiem_tra, cast.quan_tri, cast.superuser):
        with pytest.raises(PermissionDenied):
            open_file(member=an, by=who)
    assert FileView.objects.count() == 0


def test_a_member_out_of_scope_is_not_opened_by_the_service(cast, an, tree):
    with _open(Scope((tree.binh_minh.path,))), pytest.raises(PermissionDenied):
        open_file(member=an, by=cast.thu_ky_ben_canh)


def test_when_the_note_cannot_be_written_nothing_is_shown(cast, an, monkeypatch, everywhere):
    monkeypatch.setattr(FileView, "save", lambda self: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        open_file(member=an, by=cast.thu_ky)


# --- what is seen without opening ----------------------------------------------------------


PRIVATE_WORDS = [CCCD, CCCD[:8], "Tày", "1968", "2/4", "50 năm"]


@pytest.mark.parametrize("who", ["thu_ky", "van_phong", "kiem_tra", "quan_tri", "superuser"])
@pytest.mark.parametrize("page", ["member", "member_edit", "member_history", "member_views", "members"])
def test_no_other_page_says_a_word_of_it(enter, an, who, page):
    path = reverse("members:members") if page == "members" else url(page, an)
    answer = enter(who).get(path)
    assert [word for word in PRIVATE_WORDS if word in body_of(answer)] == []


def test_the_file_shows_the_last_four_digits_to_those_who_may_open_it(enter, cast, an, everywhere):
    assert "••••••••1234" in body_of(enter("thu_ky").get(url("member", an)))
    for who in ("van_phong", "kiem_tra"):
        assert "1234" not in body_of(enter(who).get(url("member", an)))
    assert [masked(member=an, by=who) for who in (cast.thu_ky, cast.van_phong)] == ["••••••••1234", None]


def test_the_number_is_masked_in_the_query_not_after_it(cast, an, django_assert_num_queries, everywhere):
    with django_assert_num_queries(1) as asked:
        masked(member=an, by=cast.thu_ky)
    assert asked[0]["sql"].startswith(('SELECT SUBSTR("members_memberprivate"."cccd"', 'SELECT RIGHT("members_memberprivate"."cccd"'))


def test_the_admin_shows_no_sensitive_status(enter, an):
    page = body_of(enter("quan_tri").get(reverse("admin:members_member_change", args=[an.pk])))
    assert ("Bùi Văn An" in page, [word for word in ["Đảng viên", "Thương binh", *PRIVATE_WORDS] if word in page]) == (True, [])


def test_the_number_stands_in_no_address_title_or_log(enter, an, caplog):
    client = enter("thu_ky")
    with caplog.at_level(logging.DEBUG):
        opened = client.post(url("member_private", an))
        sent = Page(opened).form() | {"cccd": "038054009999", "religion": "Phật giáo"}
        answers = [opened, client.post(url("member_private_edit", an), sent), client.post(url("member_private_edit", an), sent | {"cccd": "0380540"})]
    assert [answer.status_code for answer in answers] == [200, 302, 422]
    said = [caplog.text, *(answer.headers.get("Location", "") for answer in answers), *Page(opened).texts("title")]
    assert [word for word in (CCCD, "038054009999", "0380540") if any(word in text for text in said)] == []
    assert opened.headers["Cache-Control"] == "no-store, private"


# --- writing -------------------------------------------------------------------------------


def test_the_opened_form_saves_what_is_changed_and_history_tells_who_but_not_what(enter, an, everywhere):
    client = enter("thu_ky")
    form = Page(client.post(url("member_private", an))).form()
    assert (form["cccd"], form["thuong_binh_grade"], form["dang_vien_since"]) == (CCCD, "2/4", "1968")
    changed = form | {"religion": "Phật giáo", "thuong_binh_grade": "1/4", "dang_vien_holds": "", "dang_vien_until": "11/2026"}
    assert client.post(url("member_private_edit", an), changed).status_code == 302
    private = MemberPrivate.objects.get()
    assert (private.cccd, private.religion, private.ethnicity) == (CCCD, "Phật giáo", "Tày")
    statuses = {row.kind: (row.grade, row.true_end, row.ends_on and f"{row.ends_on}") for row in MemberStatus.objects.all()}
    assert statuses == {"thuong_binh": ("1/4", None, None), "dang_vien": ("", PartialDate(2026, 11), "2026-11-01")}
    assert (Member.objects.get().version, [row.history_user.username for row in MemberPrivate.history.all()]) == (3, ["thu_ky", "thu_ky"])
    history = Page(client.get(url("member_history", an))).texts(".history p")
    assert sum(line == "Sửa phần riêng của hồ sơ." for line in history) == 2
    assert not any("Phật" in line for line in history)


@pytest.mark.parametrize("typed", ["03805400123", "0380540012345", "03805400123x", "chưa có"])
def test_a_number_that_is_none_is_refused_without_being_repeated(enter, an, typed, everywhere):
    client = enter("thu_ky")
    page = Page(client.post(url("member_private_edit", an), {"version": "2", "cccd": typed}))
    (said,) = page.texts(".error-text")
    assert page.status == 422
    assert said.startswith("Số căn cước gồm đúng 12 chữ số.")
    assert typed not in said
    assert (page.form()["cccd"], MemberPrivate.objects.get().cccd) == (typed, CCCD)


def test_a_number_may_be_typed_with_spaces_and_one_that_another_has_is_doubted(enter, tree, an, everywhere):
    other = enrolled(tree.thon_doai, "Trần Văn Bình", "1950")
    client = enter("thu_ky")
    sent = Page(client.post(url("member_private", other))).form() | {"cccd": "038 054 001 234"}
    page = Page(client.post(url("member_private_edit", other), sent))
    assert (page.status, page.values("input[name=confirm]", "value")) == (422, ["trung-can-cuoc"])
    assert client.post(url("member_private_edit", other), sent | {"confirm": "trung-can-cuoc"}).status_code == 302
    assert sharing_cccd() == [[an.pk, other.pk]]


def test_the_second_of_two_people_sees_both_values(enter, cast, an, everywhere):
    client = enter("thu_ky")
    form = Page(client.post(url("member_private", an))).form()
    change_private(member=Member.objects.get(), version=2, by=cast.chu_tich, cccd=CCCD, religion="Công giáo", held={})
    page = Page(client.post(url("member_private_edit", an), form | {"religion": "Phật giáo"}))
    assert (page.status, page.table()) == (409, [["Tôn giáo", "Phật giáo", "Công giáo"]])
    assert client.post(url("member_private_edit", an), page.form()).status_code == 302
    assert MemberPrivate.objects.get().religion == "Phật giáo"


def test_nothing_is_written_by_who_may_not_or_over_a_newer_version(cast, an, everywhere):
    with pytest.raises(PermissionDenied):
        change_private(member=an, version=2, by=cast.van_phong, cccd="", held={})
    with pytest.raises(StaleVersion):
        change_private(member=an, version=1, by=cast.thu_ky, cccd="", held={})
    with pytest.raises(ValidationError):
        change_private(member=an, version=2, by=cast.thu_ky, cccd="12", held={})
    assert MemberPrivate.objects.get().cccd == CCCD


# --- lists ---------------------------------------------------------------------------------


def test_a_list_is_read_against_its_stored_record_alone(cast, an, everywhere):
    log = ExportLog(unit=an.co_so, user=cast.thu_ky, what="trích ngang", rows=1, reason="báo cáo", at="2026-12-01T03:00Z")
    with pytest.raises(ValueError, match="record"):
        read_many(members=[an.pk], by=cast.thu_ky, log=log)
    log.save()
    with pytest.raises(PermissionDenied):
        read_many(members=[an.pk], by=cast.van_phong, log=log)
    part = read_many(members=[an.pk], by=cast.thu_ky, log=log)[an.pk]
    assert (part.cccd, sorted(row.kind for row in part.statuses)) == (CCCD, ["dang_vien", "thuong_binh"])


def test_people_are_found_by_number_and_by_status_by_those_who_may(cast, an, everywhere):
    assert list(Member.objects.filter(with_cccd(number="038 054 001 234", by=cast.thu_ky))) == [an]
    assert list(Member.objects.filter(with_cccd(number="", by=cast.thu_ky))) == []
    assert list(Member.objects.filter(holding(kinds=["dang_vien"], day=clock.today(), by=cast.thu_ky))) == [an]
    for ask in (lambda: with_cccd(number=CCCD, by=cast.van_phong), lambda: holding(kinds=["dang_vien"], day=clock.today(), by=cast.van_phong)):
        with pytest.raises(PermissionDenied):
            ask()
    assert list(Member.objects.filter(holding(kinds=["bhyt"], day=clock.today(), by=cast.van_phong))) == []


def test_who_looked_is_told_to_those_who_read_the_file(enter, an):
    enter("chi_hoi_truong").post(url("member_private", an), {"purpose": "làm thẻ"})
    page = Page(enter("kiem_tra").get(url("member_views", an)))
    assert [(row[1], row[2], row[4]) for row in page.table()] == [("Lê Văn Thắng", "Chi hội Thôn Đông", "làm thẻ")]


def test_a_new_entry_may_say_party_and_the_province_is_not_asked(enter, tree):
    with all_units("a test counts"):
        assert MemberStatus.objects.count() == 0
    assert "is_party" in Page(enter("chi_hoi_truong").get(reverse("members:member_add"))).form()
    assert "is_party" not in Page(enter("van_phong").get(f"{reverse('members:member_add')}?don-vi={tree.thanh_son.pk}")).form()
