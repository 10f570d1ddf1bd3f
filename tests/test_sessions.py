"""How long a login lasts, how a password is kept, and what the database connection is told."""

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.urls import reverse

LOGIN = "members:login"
PASSWORD = "mật khẩu để kiểm thử 30-4"


def test_passwords_are_kept_with_argon2id_of_the_agreed_cost():
    assert make_password(PASSWORD).startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_only_argon2id_is_accepted():
    assert settings.PASSWORD_HASHERS == ["ccb.hashers.Argon2id"]


@pytest.fixture
def logged_in(client, django_user_model, time_machine):
    time_machine.move_to("2026-12-01 08:00 +0700", tick=False)
    user = django_user_model(username="kiemthu")
    user.set_password(PASSWORD)
    user.save()
    client.post(reverse(LOGIN), {"username": "kiemthu", "password": PASSWORD})
    assert "_auth_user_id" in client.session
    client.get("/")
    return client


def still_in(client) -> bool:
    return not client.get("/").headers.get("Location", "").startswith(reverse(LOGIN))


@pytest.mark.django_db
def test_a_session_ends_after_thirty_idle_minutes(logged_in, time_machine):
    time_machine.shift(29 * 60)
    assert still_in(logged_in)
    time_machine.shift(31 * 60)
    assert not still_in(logged_in)


@pytest.mark.django_db
def test_a_session_ends_eight_hours_after_login_however_busy(logged_in, time_machine):
    for _ in range(23):  # every 20 minutes: 7 hours 40 minutes
        time_machine.shift(20 * 60)
        assert still_in(logged_in)
    time_machine.shift(21 * 60)
    assert not still_in(logged_in)


@pytest.mark.django_db
def test_the_idle_limit_is_a_setting(logged_in, time_machine, settings):
    settings.SESSION_IDLE_SECONDS = 5 * 60
    time_machine.shift(6 * 60)
    assert not still_in(logged_in)


@pytest.mark.postgres
@pytest.mark.django_db
def test_postgresql_gives_up_on_a_long_statement_and_on_a_long_wait_for_a_lock():
    with connection.cursor() as cursor:
        shown = {}
        for name in ("statement_timeout", "lock_timeout", "jit"):
            cursor.execute(f"SHOW {name}")
            shown[name] = cursor.fetchone()[0]
    assert shown == {"statement_timeout": "1min", "lock_timeout": "10s", "jit": "off"}
    database = connection.settings_dict
    assert (database["CONN_HEALTH_CHECKS"], database["CONN_MAX_AGE"], database["ATOMIC_REQUESTS"]) == (True, 60, False)
