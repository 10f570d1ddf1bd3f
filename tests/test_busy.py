"""A database that others hold for too long: a calm page, nothing saved, nothing typed lost. And the other pages of errors."""

import sqlite3
import threading

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from ccb.busy import is_busy
from members.models import Member, Period, Unit
from members.scoping import all_units
from reports.models import ReportText
from reports.rendering import pdf
from reports.views import report as report_views
from tests.cast import BACKEND, PASSWORD
from tests.pages import Page
from tests.test_pages_language import faults

TYPED = "Hội còn thiếu “sót”:\r\nmột là <chậm>, hai là & chưa đều."


HOLD = {"sqlite": "SELECT id FROM members_unit WHERE id = %s", "postgresql": "SELECT id FROM members_unit WHERE id = %s FOR UPDATE"}


class FromDriver(Exception):
    """What a driver raised: psycopg2 names a code, sqlite3 a number."""

    def __init__(self, **codes):
        self.__dict__ |= codes


def failure(words="", **codes):
    error = OperationalError(words)
    error.__cause__ = FromDriver(**codes) if codes else None
    return error


BUSY = {
    "lock timeout": failure("hết giờ chờ khóa", pgcode="55P03"), "deadlock": failure("khóa chéo", pgcode="40P01"),
    "sqlite": failure("database is locked"), "sqlite code": failure(sqlite_errorcode=sqlite3.SQLITE_BUSY_SNAPSHOT),
    "sqlite table": failure(sqlite_errorcode=sqlite3.SQLITE_LOCKED_SHAREDCACHE), "words": failure("deadlock detected"),
}
BROKEN = {
    "disk": failure("database or disk is full", sqlite_errorcode=sqlite3.SQLITE_FULL), "gone": failure("server closed the connection"),
    "too long": failure("canceling statement due to statement timeout", pgcode="57014"), "ours": ValueError("database is locked"),
}


@pytest.fixture
def browser(cast):
    """The secretary's browser, which sees the page of an error as people do."""
    client = Client(raise_request_exception=False)
    client.force_login(cast.thu_ky, backend=BACKEND)
    return client


@pytest.fixture
def year(db):
    return Period.objects.create(kind="nam", year=2026, label="năm 2026", starts_on="2026-01-01", ends_on="2026-12-31")


def raises(monkeypatch, error, owner=report_views, name="save_text"):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(owner, name, fail)


def address(tree, year):
    return reverse("reports:report_text", args=[tree.thanh_son.pk, year.pk, "DG1"])


@pytest.mark.parametrize("error", BUSY.values(), ids=BUSY)
def test_waiting_too_long_for_others_is_busy(error):
    assert is_busy(error)


@pytest.mark.parametrize("error", BROKEN.values(), ids=BROKEN)
def test_any_other_failure_is_an_error_of_ours(error):
    assert not is_busy(error)


@pytest.mark.django_db
@pytest.mark.parametrize(("error", "status", "title"), [
    (BUSY["deadlock"], 503, "Máy đang bận, chưa lưu"), (BROKEN["gone"], 500, "Chương trình gặp lỗi"), (BROKEN["ours"], 500, "Chương trình gặp lỗi"),
])
def test_a_busy_database_answers_503_and_any_other_failure_500(error, status, title, browser, tree, year, monkeypatch):
    raises(monkeypatch, error)
    answer = browser.post(address(tree, year), {"text": TYPED, "version": "0"})
    page = Page(answer)
    assert (answer.status_code, answer.headers.get("Retry-After"), page.text("h1"), page.text("title")) == (
        status, "5" if status == 503 else None, title, title)
    assert ("Content-Security-Policy" in answer.headers, "no-store" in answer.headers["Cache-Control"], faults(answer)) == (True, True, [])


@pytest.mark.django_db
def test_what_was_typed_is_sent_again_as_it_was(browser, tree, year, monkeypatch, everywhere):
    raises(monkeypatch, BUSY["lock timeout"])
    busy = Page(browser.post(address(tree, year) + "?x=1", {"text": TYPED, "version": "0"}))
    assert (busy.form(), busy.values("form", "action")) == ({"text": TYPED.replace("\r", ""), "version": "0"}, [address(tree, year) + "?x=1"])
    monkeypatch.undo()
    assert browser.post(address(tree, year), busy.form()).status_code == 302
    assert ReportText.objects.get().text == TYPED.replace("\r", "")


@pytest.mark.django_db
def test_a_page_that_was_only_asked_for_is_asked_for_again(browser, tree, year, monkeypatch):
    raises(monkeypatch, BUSY["sqlite"], name="unit_and_period")
    busy = Page(browser.get(address(tree, year)))
    assert (busy.status, busy.link("Mở lại trang này"), busy.all("form")) == (503, address(tree, year), [])


@pytest.mark.django_db
def test_no_password_and_no_file_comes_back_in_the_page(cast, browser, monkeypatch):
    raises(monkeypatch, BUSY["sqlite"], SessionStore, "save")
    visitor = Client(raise_request_exception=False)
    login = visitor.post(reverse("members:login"), {"username": "thu_ky", "password": PASSWORD})
    assert (login.status_code, PASSWORD in login.content.decode(), "quay lại" in Page(login).text("main")) == (503, False, True)


@pytest.mark.django_db
def test_a_session_that_cannot_be_written_is_busy_too(browser, cast, monkeypatch):
    """It is written in a middleware, where no view could catch it."""
    raises(monkeypatch, BUSY["sqlite"], SessionStore, "save")
    assert browser.post(reverse("members:switch_unit"), {"role": cast.thu_ky.roles_today[0].pk}).status_code == 503


@pytest.mark.django_db
def test_a_form_whose_note_cannot_be_written_is_not_taken_for_one_that_was_saved(browser, monkeypatch, everywhere):
    monkeypatch.setattr(cache, "add", lambda *args: False)  # what the cache of the database says after a lock timeout
    sent = {"name": "Lê Văn Mới", "born": "1950", "sex": "nam", "category": "ccb", "admitted_on": "1990", "reason": "dau_ky", "is_party": "", "token": "a"}
    busy = browser.post(reverse("members:member_add"), sent | {"unit": Unit.objects.get(code="LG-TS-01").pk})
    assert (busy.status_code, Member.objects.count()) == (503, 0)
    monkeypatch.undo()
    saved = browser.post(reverse("members:member_add"), Page(busy).form())
    assert (saved.status_code, Member.objects.count()) == (302, 1)


@pytest.mark.django_db
def test_a_printer_that_is_taken_says_when_to_come_again(browser, tree, year, monkeypatch):
    monkeypatch.setattr(pdf, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(pdf, "WAIT_SECONDS", 0.05)
    path = reverse("reports:report_pdf", args=[tree.thanh_son.pk, year.pk])
    with pdf._places:
        answer = browser.get(path)
    page = Page(answer)
    assert (answer.status_code, answer.headers["Retry-After"], page.text("h1"), page.link("Mở lại trang này"), faults(answer)) == (
        503, "8", "Máy đang bận, chưa in được PDF", path, [])
    assert [browser.get(path).headers["Content-Type"] for _ in range(2)] == ["application/pdf"] * 2


@pytest.mark.django_db
def test_a_printer_that_fails_is_free_again(monkeypatch):
    raises(monkeypatch, RuntimeError("no ink"), pdf, "_write")
    for _ in range(pdf.AT_ONCE + 1):
        with pytest.raises(RuntimeError, match="no ink"):
            pdf.render_pdf(None)


@pytest.mark.django_db
def test_pages_of_refusals_are_ours(browser, cast):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.thu_ky, backend=BACKEND)
    answers = {
        400: browser.get("/", headers={"host": "noi-khac.example"}), 403: browser.get(reverse("admin:index")), 404: browser.get("/khong-co/"),
        "403 csrf": strict.post(reverse("members:switch_unit")),
    }
    assert {name: (answer.status_code, faults(answer)) for name, answer in answers.items()} == {
        400: (400, []), 403: (403, []), 404: (404, []), "403 csrf": (403, [])}
    assert ["Content-Security-Policy" in answer.headers for answer in answers.values()] == [True] * 4


@pytest.mark.django_db(transaction=True)
def test_a_database_held_by_another_is_busy_until_it_is_let_go(browser, tree, year):
    """A real lock, held by a second connection."""
    other = connection.copy()
    browser.get("/")  # the session is written once a minute
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
    with other.cursor() as cursor:
        cursor.execute("BEGIN IMMEDIATE" if connection.vendor == "sqlite" else "BEGIN")
        cursor.execute(HOLD[connection.vendor], [tree.thanh_son.pk])
        busy = browser.post(address(tree, year), {"text": TYPED, "version": "0"})
        cursor.execute("ROLLBACK")
    other.connection.close()  # of the driver: Django leaves a database in memory open
    assert busy.status_code == 503
    assert browser.post(address(tree, year), Page(busy).form()).status_code == 302
    with all_units("a test looks"):
        assert ReportText.objects.count() == 1
