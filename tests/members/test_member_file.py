"""A person's file: what it shows, its parts saved alone, households, posts, decorations."""

from datetime import date

import pytest
from django.urls import reverse

from members.models import (
    Decoration,
    Household,
    HouseholdStatus,
    Member,
    MemberStatus,
    Post,
    WarService,
)
from members.services import change_member
from members.vietnamese import PartialDate
from tests.cast import enrolled
from tests.pages import Page


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-12-01 10:32 +0700", tick=False)


@pytest.fixture
def an(tree):
    return enrolled(tree.thon_dong, "Bùi Văn An", "1948", "12/1990", card_number="LG-00412")


@pytest.fixture
def part(an):
    return lambda slug: reverse("members:member_part", args=[an.pk, slug])


@pytest.fixture
def secretary(enter):
    return enter("thu_ky")


def file_of(client, member):
    return Page(client.get(reverse("members:member", args=[member.pk])))


def sent(client, path, **changes):
    """The form as it stands with ``changes``, posted."""
    return client.post(path, Page(client.get(path)).form("main form.stack") | changes)


# --- the file ------------------------------------------------------------------------------


def test_a_new_file_says_what_is_known_and_what_may_be_added(secretary, an):
    page = file_of(secretary, an)
    assert (page.text("h1"), page.text(".help-line")) == ("Bùi Văn An", "Cựu chiến binh, Chi hội Thôn Đông, Hội CCB xã Thanh Sơn.")
    assert page.texts("section h2") == [
        "Định danh", "Lai lịch và liên hệ", "Quân ngũ", "Học vấn và chuyên môn", "Chính sách, bảo hiểm, việc làm", "Đời sống, hộ gia đình",
        "Phần riêng", "Chức vụ", "Khen thưởng, kỷ luật", "Quá trình sinh hoạt", "Giấy tờ và sổ ghi chép", "Theo quyết định của cơ sở",
    ]
    assert page.texts("section[aria-labelledby=p1] dd") == ["1948", "Nam", "12/1990", "LG-00412"]
    assert page.texts("section[aria-labelledby=p10] li") == ["Chi hội Thôn Đông: có trong sổ khi lập 12/1990. Đang sinh hoạt."]


def test_a_reader_is_offered_no_form(enter, an):
    page = file_of(enter("kiem_tra"), an)
    assert (page.texts("main form"), page.texts(".part-head a"), page.texts("main .btn")) == ([], [], [])


def test_the_head_of_a_chi_hoi_is_offered_what_he_may_do(enter, an):
    assert file_of(enter("chi_hoi_truong"), an).texts("nav.row-acts a") == ["Báo từ trần"]


def test_the_file_takes_the_same_number_of_queries_however_full_it_is(secretary, an, part, django_assert_max_num_queries):
    sent(secretary, part("quan-ngu"), periods=["chong_my", "tay_nam", "phia_bac"])
    for year in (1975, 1979, 1985):
        sent(secretary, reverse("members:decoration_new", args=[an.pk]), kind="khac", name="Huy hiệu", year=str(year))
    with django_assert_max_num_queries(26):
        file_of(secretary, an)


# --- parts ---------------------------------------------------------------------------------


def test_each_part_is_saved_alone_and_told(secretary, an, part, everywhere):
    answer = sent(secretary, part("lai-lich"), hometown="Nga Sơn, Thanh Hóa", phone="0912 345 678")
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("members:member", args=[an.pk]))
    page = file_of(secretary, an)
    assert page.texts(".notice strong") == ["Đã lưu lai lịch và liên hệ: Bùi Văn An, lúc 10:32."]
    assert page.texts("section[aria-labelledby=p2] dd") == ["Nga Sơn, Thanh Hóa", "chưa ghi", "0912 345 678"]
    sent(secretary, part("hoc-van"), education="7/10", qualification="Lái xe")
    stored = Member.objects.get()
    assert (stored.hometown, stored.education, stored.qualification, stored.version, stored.history.count()) == ("Nga Sơn, Thanh Hóa", "7/10", "Lái xe", 3, 3)


def test_military_service_keeps_partial_dates_and_every_war_period(secretary, an, part, everywhere):
    sent(secretary, part("quan-ngu"), enlisted_on="03/1970", discharged_on="1978", rank="Thượng sĩ", periods=["chong_my", "tay_nam"])
    assert file_of(secretary, an).texts("section[aria-labelledby=p3] dd") == ["03/1970", "1978", "Thượng sĩ", "chưa ghi", "chống Mỹ, biên giới Tây Nam"]
    sent(secretary, part("quan-ngu"), periods=["tay_nam", "phia_bac"])
    assert sorted(WarService.objects.values_list("period", flat=True)) == ["phia_bac", "tay_nam"]
    assert sorted(WarService.history.values_list("period", "history_type", "history_user__username")) == [
        ("chong_my", "+", "thu_ky"), ("chong_my", "-", "thu_ky"), ("phia_bac", "+", "thu_ky"), ("tay_nam", "+", "thu_ky")]


@pytest.mark.parametrize(
    ("slug", "changed", "said"),
    [
        ("quan-ngu", {"enlisted_on": "1980", "discharged_on": "05/1978"}, "Ngày xuất ngũ 05/1978 có trước ngày nhập ngũ 1980. Xem lại một trong hai ô."),
        ("quan-ngu", {"enlisted_on": "1940"}, "Ngày nhập ngũ 1940 có trước ngày sinh 1948. Xem lại, hoặc sửa ngày sinh."),
        ("quan-ngu", {"discharged_on": "2027"}, "Ngày xuất ngũ 2027 ở sau hôm nay. Xem lại ngày đã ghi."),
        ("lai-lich", {"phone": "không có"}, "Số điện thoại này không đúng: chỉ gồm 8 đến 15 chữ số, có thể có dấu cách. Ghi như 0912 345 678."),
        ("chinh-sach", {"bhyt_since": "2019"}, "Đã ghi thêm về “Có thẻ bảo hiểm y tế” mà chưa chọn “Có”. Chọn “Có”, hoặc xóa ô đã ghi."),
        ("chinh-sach", {"bhyt_holds": "1", "bhyt_since": "2027"}, "Có thẻ bảo hiểm y tế từ ngày 2027 ở sau hôm nay. Xem lại ngày đã ghi."),
        ("doi-song", {"choice": "moi"}, "Chưa ghi chủ hộ. Đồng chí ấy là chủ hộ thì chọn “Là chủ hộ”, không thì ghi họ tên chủ hộ."),
        ("doi-song", {"living": "ngheo"}, "Mức sống và nhà ở ghi theo hộ. Lập hộ mới hoặc chọn một hộ, rồi ghi mức sống."),
    ],
)
def test_what_cannot_be_is_refused_in_every_part_and_nothing_typed_is_lost(secretary, an, part, slug, changed, said, everywhere):
    page = Page(sent(secretary, part(slug), **changed))
    assert (page.status, page.texts(".error-text"), Member.objects.get().version) == (422, [said], 1)
    assert {name: page.form()[name] for name in changed} == changed


def test_enlisting_as_a_child_is_only_doubted(secretary, an, part):
    page = Page(sent(secretary, part("quan-ngu"), enlisted_on="1960"))
    assert page.texts(".warn-text") == ["Sinh 1948, nhập ngũ 1960: lúc đó mới 12 tuổi. Xem lại."]
    assert sent(secretary, part("quan-ngu"), enlisted_on="1960", confirm="nhap-ngu-som").status_code == 302


def test_a_date_of_joining_may_be_unknown(secretary, an, everywhere):
    assert sent(secretary, reverse("members:member_edit", args=[an.pk]), admitted_on="").status_code == 302
    assert (Member.objects.get().admitted_on, an.spells.get().starts_on) == (None, date(1990, 12, 1))
    assert file_of(secretary, an).texts("section[aria-labelledby=p1] dd")[2] == "chưa rõ"


def test_two_people_at_different_parts_are_told_and_lose_nothing(secretary, cast, an, part, everywhere):
    form = Page(secretary.get(part("hoc-van"))).form() | {"education": "7/10"}
    change_member(member=Member.objects.get(), version=1, by=cast.chu_tich, address="Thôn Đông")
    page = Page(secretary.post(part("hoc-van"), form))
    assert (page.status, page.table()) == (409, [["Học vấn", "7/10", "để trống"]])
    assert secretary.post(part("hoc-van"), page.form()).status_code == 302
    assert Member.objects.values_list("address", "education", "version").get() == ("Thôn Đông", "7/10", 3)


# --- statuses ------------------------------------------------------------------------------


def test_a_status_begins_ends_and_is_kept(secretary, an, part, everywhere):
    sent(secretary, part("chinh-sach"), bhyt_holds="1", bhyt_since="2019", cao_tuoi_holds="1")
    assert sorted(MemberStatus.objects.values_list("kind", "starts_on", "true_start", "ends_on")) == [
        ("bhyt", date(2019, 1, 1), PartialDate(2019), None), ("cao_tuoi", date(2026, 12, 1), None, None)]
    sent(secretary, part("chinh-sach"), bhyt_holds="", bhyt_until="11/2026")
    assert MemberStatus.objects.filter(kind="bhyt").values_list("ends_on", "true_end").get() == (date(2026, 11, 1), PartialDate(2026, 11))
    assert file_of(secretary, an).texts("section[aria-labelledby=p5] li") == [
        "Có thẻ bảo hiểm y tế: từ 2019, thôi từ 11/2026", "Tham gia Hội Người cao tuổi: tính từ 01/12/2026"]


def test_a_part_in_which_nothing_changed_writes_nothing(secretary, an, part, everywhere):
    sent(secretary, part("chinh-sach"), bhyt_holds="1", bhyt_since="2019")
    before = (Member.objects.get().version, Member.history.count(), MemberStatus.history.count())
    sent(secretary, part("chinh-sach"))
    assert (Member.objects.get().version, Member.history.count(), MemberStatus.history.count()) == before


def test_this_page_writes_no_sensitive_status(secretary, an, part, everywhere):
    sent(secretary, part("chinh-sach"), dang_vien_holds="1", thuong_binh_holds="1", bhyt_holds="1")
    assert list(MemberStatus.objects.values_list("kind", flat=True)) == ["bhyt"]


# --- households ----------------------------------------------------------------------------


def test_a_household_is_founded_with_how_it_lives(secretary, an, part, everywhere):
    sent(secretary, part("doi-song"), choice="moi", is_head="1", living="can_ngheo", house="nha_tam", since="01/01/2026", livelihood="Nuôi bò")
    household = Household.objects.get()
    assert (household.head, household.unit, Member.objects.get().household) == (an, an.unit, household)
    assert list(HouseholdStatus.objects.values_list("living", "house", "starts_on", "ends_on")) == [("can_ngheo", "nha_tam", date(2026, 1, 1), None)]
    assert file_of(secretary, an).texts("section[aria-labelledby=p6] dd") == [
        "Hộ Bùi Văn An (là chủ hộ)", "Cận nghèo, tính từ 01/01/2026", "Nhà tạm, dột nát, tính từ 01/01/2026", "Nuôi bò"]


def test_a_household_that_lives_better_keeps_how_it_lived(secretary, an, part, everywhere):
    sent(secretary, part("doi-song"), choice="moi", is_head="1", living="ngheo", since="01/01/2025")
    sent(secretary, part("doi-song"), living="trung_binh", since="01/06/2026")
    sent(secretary, part("doi-song"), living="kha_giau", since="01/06/2026")  # a correction of the same day
    assert list(HouseholdStatus.objects.values_list("living", "starts_on", "ends_on")) == [
        ("ngheo", date(2025, 1, 1), date(2026, 6, 1)), ("kha_giau", date(2026, 6, 1), None)]
    page = Page(sent(secretary, part("doi-song"), living="ngheo", since="01/05/2026"))
    assert page.texts(".error-text") == ["Mức sống đã ghi tính từ 01/06/2026. Ghi ngày ấy hoặc một ngày sau đó."]


def test_a_second_member_joins_the_household_and_it_lives_as_before(secretary, tree, an, part, everywhere):
    sent(secretary, part("doi-song"), choice="moi", is_head="1", living="ngheo", since="01/01/2025")
    wife, stranger = enrolled(tree.thon_dong, "Lê Thị Ba", "1950", sex="nu"), enrolled(tree.thon_doai, "Trần Văn Bình", "1950")
    home = reverse("members:member_part", args=[wife.pk, "doi-song"])
    sent(secretary, home, choice="vao", household=Household.objects.get().pk)
    assert (Member.objects.get(pk=wife.pk).household, list(HouseholdStatus.objects.values_list("living", flat=True))) == (Household.objects.get(), ["ngheo"])
    assert file_of(secretary, an).link("Lê Thị Ba") == reverse("members:member", args=[wife.pk])
    other = reverse("members:member_part", args=[stranger.pk, "doi-song"])
    assert Page(sent(secretary, other, choice="vao", household=Household.objects.get().pk)).texts(".error-text") == [
        "Hãy chọn lại: “vao” không có trong danh sách."]
    sent(secretary, part("doi-song"), choice="khong", is_head="", living="", house="")
    household = Household.objects.get()
    assert (household.head, household.head_name, list(household.people.values_list("name", flat=True))) == (None, "Bùi Văn An", ["Lê Thị Ba"])


def test_the_head_may_be_no_member(secretary, an, part, everywhere):
    sent(secretary, part("doi-song"), choice="moi", head_name="Lê Thị Cả")
    assert f"{Household.objects.get()}" == "Hộ Lê Thị Cả"


# --- posts and decorations -----------------------------------------------------------------


def test_a_post_in_the_hoi_is_of_a_unit_and_one_outside_has_a_level(secretary, tree, an, everywhere):
    new = reverse("members:post_new", args=[an.pk])
    assert Page(secretary.get(new)).texts("#id_unit option") == [
        "Đơn vị đang sinh hoạt", "Chi hội Thôn Đông", "Hội CCB xã Thanh Sơn", "Hội CCB tỉnh Lam Giang", "Hội CCB Việt Nam"]
    sent(secretary, new, body="ban_chap_hanh", unit=tree.lam_giang.pk, title="Ủy viên", term="2022 - 2027", elected="1", starts_on="05/03/2022")
    sent(secretary, new, body="cap_uy", level="6_chi_bo", title="Bí thư", elected="0", starts_on="01/01/2020", ends_on="01/03/2025")
    sent(secretary, new, body="chi_hoi", title="Chi hội phó", starts_on="05/03/2022")
    assert list(Post.objects.order_by("pk").values_list("body", "unit__code", "level", "elected", "ends_on")) == [
        ("ban_chap_hanh", "LG", "", True, None), ("cap_uy", None, "6_chi_bo", False, date(2025, 3, 1)), ("chi_hoi", "LG-TS-01", "", None, None)]
    assert Page(sent(secretary, new, body="hdnd", title="Đại biểu", starts_on="2022")).texts(".error-text") == [
        "Chưa chọn cấp của Hội đồng nhân dân.", "“2022” chưa đủ ngày. Ghi đủ ngày/tháng/năm, ví dụ 01/07/2026."]


def test_a_post_is_corrected_and_ended_against_the_version_of_the_file(secretary, cast, an, everywhere):
    sent(secretary, reverse("members:post_new", args=[an.pk]), body="chi_hoi", title="Chi hội phó", starts_on="05/03/2022")
    page = reverse("members:post", args=[an.pk, Post.objects.get().pk])
    form = Page(secretary.get(page)).form()
    assert (form["title"], form["starts_on"], form["unit"]) == ("Chi hội phó", "05/03/2022", str(an.unit_id))
    change_member(member=Member.objects.get(), version=2, by=cast.chu_tich, note="x")
    assert secretary.post(page, form | {"ends_on": "01/12/2026"}).status_code == 409
    assert sent(secretary, page, ends_on="01/12/2026").status_code == 302
    assert (Post.objects.get().ends_on, Post.history.count()) == (date(2026, 12, 1), 2)


def test_a_post_of_another_file_is_not_reached_through_this_one(secretary, tree, an):
    other = enrolled(tree.thon_doai, "Trần Văn Bình", "1950")
    sent(secretary, reverse("members:post_new", args=[an.pk]), body="chi_hoi", title="Chi hội phó", starts_on="05/03/2022")
    pk = file_of(secretary, an).link("Chi hội phó").strip("/").rpartition("/")[2]
    assert secretary.get(reverse("members:post", args=[other.pk, pk])).status_code == 404


def test_a_decoration_is_written_corrected_and_taken_out_with_its_history(secretary, an, everywhere):
    new = reverse("members:decoration_new", args=[an.pk])
    assert Page(sent(secretary, new, kind="huy_chuong", year="1930")).texts(".error-text") == [
        "Chưa ghi tên, ví dụ Huy chương Kháng chiến hạng Nhì.", "Năm 1930 không đúng: ghi từ 1945 đến 2026."]
    sent(secretary, new, kind="huy_chuong", name="Huy chương Kháng chiến hạng Nhì", year="1985")
    row = Decoration.objects.get()
    sent(secretary, reverse("members:decoration", args=[an.pk, row.pk]), year="1986")
    remove = reverse("members:decoration_remove", args=[an.pk, row.pk])
    assert secretary.post(remove, {"version": "1"}).status_code == 302
    assert Decoration.objects.get().year == 1986
    secretary.post(remove, {"version": "3"})
    assert (Decoration.objects.count(), [row.history_type for row in Decoration.history.order_by("history_id")]) == (0, ["+", "~", "-"])
