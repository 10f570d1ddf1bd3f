"""Every setting that protects people, asserted on the running server, in trial and production.

The list is that of "Settings" in the promises of the project; `check --deploy` sees few of them.
"""

import json
import re
import shutil
import stat

import pytest
from django.urls import reverse

from .serving import PRODUCTION, manage, python, serving

# The servers keep their data in SQLite files whatever database the other tests run on.
pytestmark = [pytest.mark.sqlite, pytest.mark.xdist_group("settings")]

CSP = {
    "default-src": "'none'",
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self'",
    "script-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
PASSWORD = "mật khẩu để kiểm thử 30-4"
FORM = {"username": "kiemthu", "password": PASSWORD}
LOGIN = "members:login"
HTTPS = {"Host": "hoi.example", "X_Forwarded_Proto": "https", "Referer": "https://hoi.example/"}
MAKE_USERS = f"""
from django.contrib.auth import get_user_model
for name in ("kiemthu", "khac", "maykhac"):
    user = get_user_model()(username=name)
    user.set_password({PASSWORD!r})
    user.save()
"""
DESCRIBE = """
import json
from django.conf import settings
from django.db import connection
with connection.cursor() as cursor:
    pragmas = {
        name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
    }
print(json.dumps(pragmas | {
    "transaction_mode": connection.transaction_mode,
    "atomic_requests": connection.settings_dict["ATOMIC_REQUESTS"],
    "tasks": settings.TASKS["default"]["BACKEND"],
    "cache": settings.CACHES["default"]["BACKEND"],
    "key": len(settings.SECRET_KEY),
    "debug": settings.DEBUG,
    "zeal": "zeal" in settings.INSTALLED_APPS,
}))
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """A migrated SQLite file with three accounts; both servers work on copies of it."""
    folder = tmp_path_factory.mktemp("database")
    for arguments in (["migrate", "--verbosity", "0"], ["shell", "--verbosity", "0", "-c", MAKE_USERS]):
        done = manage(*arguments, CCB_VAR=str(folder))
        assert (done.returncode, done.stderr) == (0, "")
    return folder / "ccb.sqlite3"


def installed(database, folder):
    shutil.copy(database, folder / "ccb.sqlite3")
    return folder


@pytest.fixture(scope="module")
def trial(database, tmp_path_factory):
    folder = installed(database, tmp_path_factory.mktemp("trial"))
    with serving(folder, CCB_VAR=str(folder)) as server:
        yield server


@pytest.fixture(scope="module")
def production(database, tmp_path_factory):
    folder = installed(database, tmp_path_factory.mktemp("production"))
    env = PRODUCTION | {
        "CCB_VAR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'ccb.sqlite3'}",
        "CCB_TRUSTED_PROXIES": "127.0.0.1",
        "ACCESS_LOG": "-",
    }
    without_admin = ("--ignore", "admin", "--ignore", "django_htmx")  # seconds of packing
    done = manage("collectstatic", "--noinput", "--verbosity", "0", *without_admin, **env)
    assert (done.returncode, done.stderr) == (0, "")
    with serving(folder, **env) as server:
        yield server


@pytest.fixture(params=["trial", "production"])
def visitor(request):
    server = request.getfixturevalue(request.param)
    return server.visitor(**(HTTPS if request.param == "production" else {}))


def log_in(visitor, **fields):
    visitor.get(reverse(LOGIN))
    return visitor.post(reverse(LOGIN), **(FORM | fields))


def attributes(cookie: str) -> set[str]:
    return {part.strip().split("=")[0].lower() for part in cookie.split(";")[1:]}


# --- both modes ----------------------------------------------------------------------------


def test_a_page_may_load_only_what_we_serve_and_no_inline_code(visitor):
    header = visitor.get(reverse(LOGIN)).headers["Content-Security-Policy"]
    assert dict(part.strip().split(" ", 1) for part in header.split(";")) == CSP


def test_the_policy_stands_on_every_kind_of_answer(visitor):
    pages = (reverse(LOGIN), "/khong-co", reverse("admin:index"), reverse("health"))
    assert ["Content-Security-Policy" in visitor.get(page).headers for page in pages] == [True] * 4


def test_a_page_cannot_be_framed_or_sniffed_and_tells_no_other_site_where_people_are(visitor):
    headers = visitor.get(reverse(LOGIN)).headers
    names = ("X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy")
    assert [headers[name] for name in names] == ["DENY", "nosniff", "same-origin", "same-origin"]


def test_no_page_is_kept_by_a_browser_or_a_proxy(visitor):
    before = visitor.get(reverse(LOGIN))
    log_in(visitor)
    after = visitor.get("/")
    for answer in (before, after):
        assert {"no-store", "private"} <= set(answer.headers["Cache-Control"].split(", "))


def test_a_page_without_login_leads_to_the_login_page(visitor):
    answer = visitor.get("/")
    assert (answer.status, answer.headers["Location"]) == (302, f"{reverse(LOGIN)}?next=/")


def test_the_admin_has_no_login_page_of_its_own(visitor):
    answer = visitor.get("/quan-tri/login/?next=/quan-tri/")
    assert (answer.status, answer.headers["Location"]) == (302, f"{reverse(LOGIN)}?next=/quan-tri/")


def test_an_upload_above_ten_megabytes_is_refused_in_vietnamese(visitor):
    visitor.get(reverse(LOGIN))
    answer = visitor.request("POST", reverse(LOGIN), b"x" * (10 * 1024 * 1024 + 1))
    assert (answer.status, "tối đa 10 MB" in answer.text) == (413, True)


def test_five_wrong_passwords_lock_one_account_at_one_address_and_nobody_else(visitor):
    wrong = [log_in(visitor, username="khac", password="sai").status for _ in range(5)]
    assert wrong == [200, 200, 200, 200, 429]
    right_but_locked = log_in(visitor, username=" KHAC")
    assert (right_but_locked.status, "15 phút" in right_but_locked.text) == (429, True)
    assert log_in(visitor).status == 302


def test_health_answers_without_a_login(visitor):
    answer = visitor.get(reverse("health"))
    assert (answer.status, answer.text) == (200, "tốt\n")


# --- trial ---------------------------------------------------------------------------------


def test_a_trial_answers_on_this_computer_only(trial):
    assert [trial.visitor(Host=host).get(reverse("health")).status for host in ("localhost", "127.0.0.1", "hoi.example")] == [200, 200, 400]


def test_a_trial_has_plain_cookies_that_scripts_cannot_read(trial):
    answer = log_in(trial.visitor())
    cookies = answer.set_cookies()
    assert set(cookies) == {"ccb_session", "ccb_csrf"}
    assert attributes(cookies["ccb_session"]) == {"httponly", "path", "samesite"}
    assert {"httponly", "path", "samesite"} <= attributes(cookies["ccb_csrf"]) and "secure" not in attributes(cookies["ccb_csrf"])
    assert {re.search(r"SameSite=(\w+)", cookie)[1] for cookie in cookies.values()} == {"Lax"}


def test_a_trial_promises_no_https(trial):
    assert trial.visitor().get(reverse(LOGIN)).headers["Strict-Transport-Security"] is None


def test_a_trial_serves_its_stylesheet_without_collectstatic(trial):
    answer = trial.visitor().get("/static/css/app.css")
    assert (answer.status, answer.headers["Content-Type"]) == (200, 'text/css; charset="utf-8"')


def test_a_trial_makes_its_own_key_for_its_owner_alone_and_keeps_it(tmp_path):
    print_key = ("-c", "from ccb.settings import SECRET_KEY; print(SECRET_KEY)")
    first, second = (python(*print_key, CCB_VAR=str(tmp_path)) for _ in range(2))
    key = tmp_path / "secret.key"
    assert first.stdout == second.stdout == key.read_text() + "\n"
    assert (stat.S_IMODE(key.stat().st_mode), len(key.read_text()) >= 50) == (0o600, True)
    assert {path.name for path in tmp_path.iterdir()} == {"static", "secret.key"}


def test_sqlite_waits_for_its_turn_and_keeps_what_was_confirmed(database):
    described = manage("shell", "--verbosity", "0", "-c", DESCRIBE, CCB_VAR=str(database.parent))
    assert json.loads(described.stdout) == {
        "journal_mode": "wal",
        "synchronous": 2,
        "busy_timeout": 20_000,
        "foreign_keys": 1,
        "transaction_mode": "IMMEDIATE",
        "atomic_requests": False,
        "tasks": "django_tasks_db.DatabaseBackend",
        "cache": "django.core.cache.backends.db.DatabaseCache",
        "key": 86,
        "debug": False,
        "zeal": False,
    }


# --- production ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS"])
def test_production_refuses_to_start_without_a_secret_and_names_it(name, tmp_path):
    env = PRODUCTION | {"DATABASE_URL": "postgres://ai@may-chu/ccb", "CCB_VAR": str(tmp_path)}
    without = manage("check", **{key: value for key, value in env.items() if key != name})
    blank = manage("check", **(env | {name: " "}))
    message = f"CCB_PRODUCTION=1 nhưng chưa đặt biến môi trường: {name}."
    assert [(done.returncode, message in done.stderr) for done in (without, blank)] == [(1, True)] * 2


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("SECRET_KEY", "ngắn", "SECRET_KEY quá dễ đoán"),
        ("SECRET_KEY", "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLM", "SECRET_KEY quá dễ đoán"),  # 49
        ("SECRET_KEY", "matkhau1" * 10, "SECRET_KEY quá dễ đoán"),
        ("SECRET_KEY", "django-insecure-" + "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN", "SECRET_KEY quá dễ đoán"),
        ("ALLOWED_HOSTS", "hoi.example,*", "không dùng dấu *"),
        ("ALLOWED_HOSTS", "*.hoi.example", "không dùng dấu *"),
        ("ALLOWED_HOSTS", "hoi.example, .", "không để riêng dấu chấm"),
        ("DEBUG", "1", "Không được đặt DEBUG"),
        ("DATABASE_URL", "mysql://ai@may-chu/ccb", "chỉ nhận SQLite"),
    ],
)
def test_production_refuses_what_would_leave_a_door_open(name, value, message, tmp_path):
    env = PRODUCTION | {"DATABASE_URL": "sqlite:///:memory:", "CCB_VAR": str(tmp_path), name: value}
    done = manage("check", **env)
    assert (done.returncode, message in done.stderr) == (1, True)


def test_production_makes_no_key_of_its_own(production):
    assert [path.name for path in production.log.parent.glob("secret*")] == []


def test_production_has_host_cookies_that_travel_over_https_only(production):
    cookies = log_in(production.visitor(**HTTPS)).set_cookies()
    assert set(cookies) == {"__Host-ccb_session", "__Host-ccb_csrf"}
    assert attributes(cookies["__Host-ccb_session"]) == {"httponly", "path", "samesite", "secure"}
    assert {"secure", "httponly", "path", "samesite"} <= attributes(cookies["__Host-ccb_csrf"])
    assert {"domain"} & attributes(cookies["__Host-ccb_csrf"]) == set()
    assert {re.search(r"SameSite=(\w+)", cookie)[1] for cookie in cookies.values()} == {"Lax"}
    assert {re.search(r"Path=([^;]+)", cookie)[1] for cookie in cookies.values()} == {"/"}


def test_production_promises_https_for_a_year(production):
    headers = production.visitor(**HTTPS).get(reverse(LOGIN)).headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_production_leads_plain_http_to_https(production):
    answer = production.visitor(Host="hoi.example").get(reverse(LOGIN))
    assert (answer.status, answer.headers["Location"]) == (301, f"https://hoi.example{reverse(LOGIN)}")


def test_production_answers_to_its_own_names_only(production):
    hosts = ("hoi.example", "www.hoi.example", "localhost", "khac.example")
    assert [production.visitor(**(HTTPS | {"Host": host})).get(reverse("health")).status for host in hosts] == [200, 200, 400, 400]


def test_production_serves_static_files_under_names_that_change_with_their_content(production):
    visitor = production.visitor(**HTTPS)
    address = re.search(r'/static/css/app\.[0-9a-f]{12}\.css', visitor.get(reverse(LOGIN)).text)[0]
    answer = visitor.get(address, Accept_Encoding="br")
    assert (answer.status, answer.headers["Cache-Control"], answer.headers["Content-Encoding"]) == (
        200, "max-age=315360000, public, immutable", "br",
    )
    assert answer.headers["Access-Control-Allow-Origin"] is None


def test_a_lock_follows_the_address_that_the_trusted_proxy_saw(production):
    def from_address(address):
        return production.visitor(**HTTPS, X_Forwarded_For=address)

    wrong = [log_in(from_address(f"10.0.0.{n}, 192.0.2.1"), username="maykhac", password="sai").status for n in range(5)]
    assert wrong == [200, 200, 200, 200, 429]
    assert log_in(from_address("192.0.2.1"), username="maykhac").status == 429
    assert log_in(from_address("192.0.2.2"), username="maykhac").status == 302


def test_the_log_of_requests_leaves_out_what_people_searched_for(production):
    production.visitor(**HTTPS).get(f"{reverse('health')}?cccd=001058000001")
    logged = production.log.read_text()
    assert (f"GET {reverse('health')}\"" in logged, "001058000001" in logged, "cccd" in logged) == (True, False, False)


def test_the_deployment_check_of_django_finds_nothing(tmp_path):
    env = PRODUCTION | {"DATABASE_URL": "sqlite:///:memory:", "CCB_VAR": str(tmp_path)}
    done = manage("check", "--deploy", "--fail-level", "WARNING", **env)
    assert (done.returncode, done.stderr) == (0, "")
