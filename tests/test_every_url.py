"""Every address × method × actor × position of the object: who gets what, and nobody else a word of it.

What each address answers stands in ``tests.url_table``; an address that is missing there fails.
"""

from urllib.parse import quote, urlencode

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from members.models import Unit
from members.scoping import all_units
from reports.rendering.html import render_print
from reports.views import report as report_views
from tests.cast import UNITS
from tests.url_table import (
    ACTORS,
    NO_ROLE,
    OUTSIDE,
    PLACES,
    SUPERUSER,
    TABLE,
    TABLES,
    UNIT_OF,
    WITHIN,
    Spot,
    address,
    routes,
)
from tests.url_world import MISSING, amount, dotted, forbidden, leaks, mark, plain, rolled_back
from tests.url_world import world as world

pytestmark = pytest.mark.django_db
INDEX = "/quan-tri/"
NAMES = sorted(TABLE)


@pytest.fixture(autouse=True)
def quick_pdf(monkeypatch):
    """The words of a PDF without the second that drawing it takes; one test draws it."""
    monkeypatch.setattr(report_views, "render_pdf", lambda document: render_print(document).encode())


def spot_of(world, key):
    """The objects of the unit ``key``; '' names objects that do not exist."""
    common = {label: row.pk for label, row in world.common.items()}
    unit_type = {"content_type": ContentType.objects.get_for_model(Unit).pk}
    if not key:
        return Spot("", common | dict.fromkeys(TABLES, MISSING) | unit_type, world.period.pk)
    pks = {label: row.pk for label, row in world.rows[key].items()}
    with all_units("a test looks for the records behind a row"):
        history = {f"{label}.history": row.history.first().pk for label, row in (world.rows[key] | world.common).items() if hasattr(row, "history")}
    return Spot(key, common | pks | history | unit_type, world.period.pk)


def positions(actor):
    """(position, unit key) as seen by the actor; whoever has no unit looks from Lam Giang or Thanh Sơn."""
    home = UNIT_OF.get(actor, "lam_giang" if actor == SUPERUSER else "thanh_son")
    return [*PLACES[home].items(), ("missing", "")]


def asked(world, actor, method, name, ask, spot):
    """(answer, path with its query, tables written to)."""
    path = address(name, ask.args(spot))
    if query := ask.query(spot):
        path = f"{path}?{urlencode(query)}"
    with rolled_back() as written:
        client = world.client(actor)
        answer = client.generic(method, path) if method in ("PUT", "DELETE") else getattr(client, method.lower())(path, ask.data(spot) if method == "POST" else None)
        if answer.status_code == 302 and answer.headers["Location"] == INDEX:  # the admin says there what it did not find
            answer.content = client.get(INDEX).content
        found = set(written)
    return answer, path, found


def awaited(ask, method, actor, position, path):
    """(status, address of the redirect) for an object within reach."""
    if actor in OUTSIDE:
        status = ask.outside if method == "GET" else ask.outside_post
        return (status, f"{reverse('members:login')}?next={quote(path, safe='/')}" if status == 302 else "")
    said = ask.get if method == "GET" else ask.post
    if isinstance(said, int):
        return said, ""
    return said.get((actor, position), said.get(actor, 403)), ""


def judge(world, name, ask, method, actor):
    """What is wrong with the answers to one actor, as lines of text."""
    wrong, nowhere = [], None
    secret = set() if actor == SUPERUSER else forbidden(UNIT_OF[actor]) if actor in UNIT_OF else forbidden("cum_thi_dua")
    places = positions(actor)
    if not ask.of or actor in (*OUTSIDE, NO_ROLE):
        places = [places[0], places[-1]] if ask.of else places[:1]
    for position, key in reversed(places):  # what does not exist is asked for first
        spot = spot_of(world, key)
        answer, path, written = asked(world, actor, method, name, ask, spot)
        got = plain(answer, *({spot.unit, spot.user, spot.member, *(spot.pks[label] for label in spot.pks if label in name)} if ask.of else ()))
        status, leads = awaited(ask, method, actor, position, path)
        case = f"{method} {path} by {actor}, {position} ({key})"
        reached = not ask.of or position in WITHIN or (actor == SUPERUSER and key)
        if ask.of and not reached and actor not in OUTSIDE and status not in (403, 405):
            status, leads = (302, INDEX) if name.startswith(("admin:", "quan-tri/")) and status in (200, 302) else (404, "")
            if name.startswith("quan-tri/") and name.endswith("<path:object_id>/"):
                status, leads = 302, ask.leads(spot)
        elif status == 302 and actor not in OUTSIDE:
            leads = ask.leads(spot)
        if status == 403 and ask.of and not reached and answer.status_code == 404:
            status = 404  # what he may not do with it may be looked at second
        if (answer.status_code, answer.headers.get("Location", "")) != (status, leads):
            wrong.append(f"{case}: {answer.status_code} {answer.headers.get('Location', '')}, not {status} {leads}")
        if nowhere is None:
            nowhere = got
        elif not reached and got != nowhere:
            wrong.append(f"{case}: not like a missing one")
        if said := leaks(answer, secret):
            wrong.append(f"{case}: leaks {said}")
        if written and not (reached and answer.status_code in (200, 302) and method == "POST"):
            wrong.append(f"{case}: wrote to {sorted(written)}")
        if method == "GET" and answer.status_code == 200 and key and (unseen := missed(answer, ask, key)):
            wrong.append(f"{case}: does not show {unseen}")
    return wrong


def missed(answer, ask, key):
    """Marks of the unit that should stand in the answer and do not: an empty page passes no test."""
    words = {kind: {str(amount(key)), dotted(amount(key))} if kind == "amount" else {mark(key, kind)} for kind in ask.shows}
    return [kind for kind, forms in words.items() if not leaks(answer, {form.casefold() for form in forms})]


def test_the_table_names_every_address_of_the_resolver_and_no_other():
    assert sorted({name for name, _ in routes()}) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_get_answers_each_actor_as_the_table_says(name, world):
    assert [line for ask in TABLE[name] for actor in ACTORS for line in judge(world, name, ask, "GET", actor)] == []


@pytest.mark.parametrize("name", NAMES)
def test_post_answers_each_actor_as_the_table_says(name, world):
    assert [line for ask in TABLE[name] for actor in ACTORS for line in judge(world, name, ask, "POST", actor)] == []
