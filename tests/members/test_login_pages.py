"""Coming in: password, one-time code, forced change, the acting unit, going out."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from members.models import OneTimeCode, UnitRole
from members.scoping import scope_for
from members.services import issue_code
from tests.administration import administrator_of
from tests.cast import PASSWORD, logged_in
from tests.pages import Page

LOGIN, CODE, CHANGE = (reverse(f"members:{name}") for name in ("login", "code_login", "password_change"))
NEW = "ba từ dễ nhớ 1954"


def log_in(client, username="thu_ky", password=PASSWORD, **extra):
    return client.post(LOGIN, {"username": username, "password": password, **extra})


def where(response):
    return (response.status_code, response.headers.get("Location"))


def is_in(client):
    return "_auth_user_id" in client.session


# --- password ------------------------------------------------------------------------------


def test_the_right_password_leads_to_the_jobs_of_the_day(cast, client):
    assert where(log_in(client)) == (302, "/")


def test_a_wrong_password_is_explained_in_vietnamese_and_the_name_stays(cast, client):
    page = Page(log_in(client, password="sai"))
    assert (page.status, page.text("title")) == (200, "Đăng nhập – Hội Cựu chiến binh Việt Nam")
    assert page.texts(".error-summary") == [
        "Chưa đăng nhập được Tên đăng nhập hoặc mật khẩu chưa đúng. Đồng chí xem phím Caps Lock và bộ gõ tiếng Việt, "
        "rồi gõ lại mật khẩu. Sai 5 lần thì phải chờ 15 phút."
    ]
    assert page.form() == {"next": "", "username": "thu_ky", "password": ""}


def test_empty_boxes_are_named(db, client):
    assert Page(client.post(LOGIN, {})).texts(".error-text") == ["Chưa ghi tên đăng nhập.", "Chưa ghi mật khẩu."]


def test_a_disabled_user_is_told_no_more_than_a_stranger(cast, client):
    disabled, unknown = (Page(log_in(client, username=name)).texts(".error-summary") for name in ("bi_khoa", "khong_co_ai"))
    assert (disabled, is_in(client)) == (unknown, False)


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [("/hoi-vien/?q=hoa", "/hoi-vien/?q=hoa"), ("https://noi-khac.example/", "/"), ("//noi-khac.example", "/"), ("javascript:alert(1)", "/")],
)
def test_after_login_one_comes_back_to_pages_of_this_site_only(cast, client, wanted, led_to):
    assert where(log_in(client, next=wanted)) == (302, led_to)


def test_a_page_asked_for_before_login_is_opened_after_it(cast, client):
    asked = client.get("/hoi-vien/?q=hoa")
    assert where(asked) == (302, f"{LOGIN}?next=/hoi-vien/%3Fq%3Dhoa")
    assert Page(client.get(asked.headers["Location"])).values("input[name=next]", "value") == ["/hoi-vien/?q=hoa"]


def test_five_wrong_passwords_lock_the_name_at_this_address_only(cast, client):
    wrong = [log_in(client, password="sai").status_code for _ in range(5)]
    assert wrong == [200, 200, 200, 200, 429]
    assert log_in(client).status_code == 429
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert where(log_in(elsewhere)) == (302, "/")
    assert where(log_in(client, username="chu_tich")) == (302, "/")


def test_whoever_is_in_does_not_log_in_again(enter):
    assert [where(enter("thu_ky").get(url)) for url in (LOGIN, CODE)] == [(302, "/")] * 2


def test_logging_out_takes_a_post_and_leads_to_the_login_page(enter):
    client = enter("thu_ky")
    assert (where(client.get(reverse("members:logout"))), is_in(client)) == ((302, "/"), True)
    assert (where(client.post(reverse("members:logout"))), is_in(client)) == ((302, LOGIN), False)


# --- one-time code -------------------------------------------------------------------------


@pytest.fixture
def code(cast):
    """A code of the chi hội's head, issued by the secretary of the xã."""
    with scope_for(cast.thu_ky):
        return issue_code(user=cast.chi_hoi_truong, by=cast.thu_ky)


def send_code(client, code, username="chi_hoi_truong"):
    return client.post(CODE, {"username": username, "code": code})


def test_a_code_lets_its_owner_in_and_leads_to_a_new_password(client, code):
    assert where(send_code(client, code)) == (302, CHANGE)
    assert is_in(client)


def test_a_code_is_read_without_its_hyphen_and_in_small_letters(client, code):
    assert where(send_code(client, f" {code.replace('-', '').lower()} ")) == (302, CHANGE)


def test_a_code_works_once(client, code):
    send_code(client, code)
    again = Page(send_code(Client(), code))
    assert (again.status, again.texts(".error-text")) == (
        422,
        ["Tên đăng nhập hoặc mã chưa đúng, hoặc mã đã dùng, đã hết hạn. Đồng chí gõ lại; nếu vẫn không được thì xin mã mới."],
    )


def test_a_code_of_another_user_lets_nobody_in(client, code):
    assert (send_code(client, code, "thu_ky").status_code, is_in(client)) == (422, False)


def test_a_code_ends_after_two_days(cast, client, time_machine):
    time_machine.move_to("2026-12-01 08:00 +0700", tick=False)
    with scope_for(cast.thu_ky):
        first = issue_code(user=cast.chi_hoi_truong, by=cast.thu_ky)
    time_machine.move_to("2026-12-03 07:59 +0700", tick=False)
    assert OneTimeCode.objects.get().expires_at.isoformat() == "2026-12-03T01:00:00+00:00"
    time_machine.move_to("2026-12-03 08:01 +0700", tick=False)
    assert (send_code(client, first).status_code, is_in(client)) == (422, False)


def test_a_newer_code_ends_the_older_one(cast, client, code):
    with scope_for(cast.thu_ky):
        newer = issue_code(user=cast.chi_hoi_truong, by=cast.thu_ky)
    assert [send_code(Client(), typed).status_code for typed in (code, newer)] == [422, 302]


def test_wrong_tries_lock_the_address_they_come_from_and_leave_the_code_to_its_owner(cast, code):
    stranger = Client(REMOTE_ADDR="192.0.2.1")
    assert [send_code(stranger, "AAAAA-AAAAA").status_code for _ in range(6)] == [422, 422, 422, 422, 429, 429]
    assert send_code(stranger, code).status_code == 429
    others = [send_code(Client(REMOTE_ADDR=f"192.0.2.{n}"), "AAAAA-AAAAA").status_code for n in range(2, 9)]
    assert others == [422] * 7
    assert where(send_code(Client(REMOTE_ADDR="192.0.2.9"), code)) == (302, CHANGE)


def test_a_stranger_has_one_address_however_many_of_ipv6_he_takes(cast, code):
    wrong = [send_code(Client(REMOTE_ADDR=f"2001:db8:0:1::{n}"), "AAAAA-AAAAA").status_code for n in range(1, 7)]
    assert wrong == [422, 422, 422, 422, 429, 429]
    elsewhere = [send_code(Client(REMOTE_ADDR=address), "AAAAA-AAAAA").status_code for address in ("2001:db8:0:2::1", "::ffff:192.0.2.1", "192.0.2.2")]
    assert elsewhere == [422] * 3


def test_a_locked_address_may_try_its_code_again_after_a_quarter_of_an_hour(cast, client, time_machine):
    time_machine.move_to("2026-12-01 08:00 +0700", tick=False)
    with scope_for(cast.thu_ky):
        code = issue_code(user=cast.chi_hoi_truong, by=cast.thu_ky)
    assert [send_code(client, "AAAAA-AAAAA").status_code for _ in range(5)][-1] == 429
    time_machine.move_to("2026-12-01 08:16 +0700", tick=False)
    assert where(send_code(client, code)) == (302, CHANGE)


def test_wrong_codes_are_throttled_at_an_address_even_for_names_without_a_code(cast, client):
    wrong = [send_code(client, "AAAAA-AAAAA", "khong_co_ai").status_code for _ in range(6)]
    assert wrong == [422, 422, 422, 422, 429, 429]


def test_whoever_locked_himself_out_by_passwords_comes_in_by_code(cast, client, code):
    for _ in range(5):
        log_in(client, "chi_hoi_truong", "sai")
    assert where(send_code(client, code)) == (302, CHANGE)


# --- a new password ------------------------------------------------------------------------


def test_a_first_password_must_be_changed_before_any_other_page(cast, client):
    cast.thu_ky.must_change_password = True
    cast.thu_ky.save()
    log_in(client)
    assert {where(client.get(url)) for url in ("/", "/hoi-vien/", "/don-vi/", "/tro-giup/hoi-vien/")} == {(302, CHANGE)}
    page = Page(client.get(CHANGE))
    assert (page.text("h1"), sorted(page.form())) == ("Đặt mật khẩu mới", ["new_password1", "new_password2", "username"])
    assert page.all(".app-menu") == []
    assert where(client.post(CHANGE, {"new_password1": NEW, "new_password2": NEW})) == (302, "/")
    assert client.get("/hoi-vien/").status_code == 200
    assert [log_in(Client(), password=typed).status_code for typed in (PASSWORD, NEW)] == [200, 302]


def test_a_chosen_password_is_changed_by_whoever_knows_it(enter, cast):
    client = enter("thu_ky")
    wrong = Page(client.post(CHANGE, {"old_password": "sai", "new_password1": NEW, "new_password2": NEW}))
    assert (wrong.status, wrong.texts(".error-text")) == (422, ["Mật khẩu đang dùng chưa đúng. Đồng chí gõ lại."])
    right = client.post(CHANGE, {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW})
    assert (where(right), is_in(client)) == ((302, "/"), True)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (NEW, NEW + "x", ["Hai lần gõ mật khẩu mới khác nhau. Đồng chí gõ lại cả hai ô."]),
        ("ngắn", "ngắn", ["Mật khẩu quá ngắn, phải có ít nhất 10 ký tự."]),
        ("9753102468", "9753102468", ["Mật khẩu không được toàn chữ số."]),
        ("", "", ["Chưa ghi mật khẩu mới.", "Chưa gõ lại mật khẩu mới."]),
    ],
)
def test_a_weak_password_is_refused_in_vietnamese(enter, first, second, said):
    page = Page(enter("thu_ky").post(CHANGE, {"old_password": PASSWORD, "new_password1": first, "new_password2": second}))
    assert (page.status, page.texts(".error-text")) == (422, said)


# --- for whom one acts ---------------------------------------------------------------------


def test_two_roles_at_one_unit_are_one_choice_and_permit_what_each_permits(cast, tree):
    client = administrator_of(tree.thanh_son, cast.thu_ky)
    page = Page(client.get(reverse("members:members")))
    assert page.text(".app-header__who").startswith("Đồng chí Nguyễn Thị Hòa, quản trị, thư ký ")
    assert page.texts(".app-header__acts a") == ["Đổi mật khẩu", "Trợ giúp"]
    assert len(Page(client.get(reverse("members:switch_unit"))).all("main .choice")) == 1
    opened = {name: client.get(reverse(name)).status_code for name in ("admin:index", "reports:import", "members:member_add", "admin:members_unit_add")}
    assert opened == dict.fromkeys(opened, 200)
    only = administrator_of(tree.thanh_son, cast.khong_vai)
    assert [only.get(reverse(name)).status_code for name in opened] == [200, 403, 403, 200]


def test_the_header_names_unit_parent_person_and_role(enter):
    page = Page(enter("thu_ky").get("/hoi-vien/"))
    assert page.text(".app-header__unit") == "Hội Cựu chiến binh xã Thanh Sơn Hội Cựu chiến binh tỉnh Lam Giang"
    assert page.text(".app-header__who").startswith("Đồng chí Nguyễn Thị Hòa, thư ký ")


def test_one_role_needs_no_switch_two_roles_have_one(enter):
    links = [Page(enter(name).get("/hoi-vien/")).texts(".app-header__acts a") for name in ("thu_ky", "hai_vai")]
    assert links == [["Đổi mật khẩu", "Trợ giúp"], ["Đổi đơn vị", "Đổi mật khẩu", "Trợ giúp"]]


def test_the_highest_role_acts_until_another_is_chosen(enter, cast, tree, everywhere):
    client, url = enter("hai_vai"), reverse("members:switch_unit")
    assert Page(client.get(url)).texts("main .choice") == [
        "Hội Cựu chiến binh xã Thanh Sơn, chủ tịch Hội Cựu chiến binh tỉnh Lam Giang",
        "Chi hội Thôn Đoài, chi hội trưởng Hội Cựu chiến binh xã Thanh Sơn",
    ]
    lower = UnitRole.objects.get(user=cast.hai_vai, unit=tree.thon_doai)
    assert where(client.post(url, {"role": lower.pk})) == (302, "/")
    page = Page(client.get("/hoi-vien/"))
    assert page.text(".app-header__unit") == "Chi hội Thôn Đoài Hội Cựu chiến binh xã Thanh Sơn"
    assert client.get(reverse("members:unit", args=[tree.thanh_son.pk])).status_code == 404


def test_the_role_of_somebody_else_cannot_be_chosen(enter, cast, everywhere):
    client = enter("hai_vai")
    others = UnitRole.objects.get(user=cast.van_phong)
    answers = [client.post(reverse("members:switch_unit"), {"role": value}).status_code for value in (others.pk, "", "abc")]
    assert answers == [404, 404, 404]
    assert Page(client.get("/hoi-vien/")).text(".app-header__unit").startswith("Hội Cựu chiến binh xã Thanh Sơn")


# --- issuing a code ------------------------------------------------------------------------


def issue_url(user):
    return reverse("members:issue_code", args=[user.pk])


def test_the_unit_above_prints_a_code_that_works(enter, cast, client):
    office = enter("thu_ky")
    asked = Page(office.get(issue_url(cast.chi_hoi_truong)))
    assert (asked.text("h1"), OneTimeCode.objects.count()) == ("Cấp mã đăng nhập cho đồng chí Lê Văn Thắng?", 0)
    answer = office.post(issue_url(cast.chi_hoi_truong))
    slip = Page(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}", slip.text(".code"))
    assert where(send_code(client, slip.text(".code"))) == (302, CHANGE)


def test_a_code_is_shown_once(enter, cast):
    office = enter("thu_ky")
    office.post(issue_url(cast.chi_hoi_truong))
    assert Page(office.get(issue_url(cast.chi_hoi_truong))).texts(".code") == []


@pytest.mark.parametrize(
    ("who", "whom", "answered"),
    [
        ("van_phong", "thu_ky", 200),
        ("van_phong", "chi_hoi_truong", 200),
        ("quan_tri", "van_phong", 200),
        ("thu_ky", "chu_tich", 403),  # of the same unit
        ("thu_ky", "hai_vai", 403),  # one of the two roles is of the same unit
        ("thu_ky", "thu_ky", 403),
        ("thu_ky", "thu_ky_ben_canh", 404),
        ("thu_ky", "van_phong", 404),
        ("thu_ky", "khong_vai", 404),
        ("van_phong", "bi_khoa", 403),
        ("chi_hoi_truong", "chi_hoi_truong", 403),  # no permission at all
        ("kiem_tra", "thu_ky", 403),
        ("superuser", "van_phong", 200),
    ],
)
def test_codes_are_issued_from_above_only(enter, cast, who, whom, answered):
    assert enter(who).post(issue_url(getattr(cast, whom))).status_code == answered


def test_a_user_without_a_role_is_told_whom_to_call(cast):
    page = Page(logged_in(cast.khong_vai).get("/hoi-vien/"))
    assert (page.status, page.text("h1")) == (403, "Đồng chí chưa có vai trò ở đơn vị nào")
