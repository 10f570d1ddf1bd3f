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
SENT = {"csrfmiddlewaretoken": "x"}  # a form that was sent, however empty
NAMES = sorted(TABLE)


@pytest.fixture(autouse=True)
def quick_pdf(monkeypatch):
    """The words of a PDF without the second that drawing it takes; one test draws it."""
    monkeypatch.setattr(report_views, "render_pdf", lambda document: render_print(document).encode())


def spot_of(world, key):
    """The objects of the unit ``key``; '' names objects that do not exist."""
    if key not in world.spots:
        world.spots[key] = look_up(world, key)
    return world.spots[key]


def look_up(world, key):
    common = {label: row.pk for label, row in world.common.items()}
    unit_type = {"content_type": ContentType.objects.get_for_model(Unit).pk}
    if not key:
        return Spot("", common | dict.fromkeys(TABLES, MISSING) | unit_type, world.period.pk)
    pks = {label: row.pk for label, row in world.rows[key].items()}
    with all_units("a test looks for the records behind a row"):
        history = {f"{label}.history": row.history.first().pk for label, row in (world.rows[key] | world.common).items() if hasattr(row, "history")}
    return Spot(key, common | pks | history | unit_type, world.period.pk)


def of_admin(name):
    return name.startswith(("admin:", "quan-tri/"))


def positions(actor, name, ask, method):
    """(position, unit key) as seen by the actor; whoever has no unit looks from Lam Giang or Thanh Sơn.

    All of them for those who may be within reach of something, fewer for those whom no object concerns.
    """
    home = UNIT_OF.get(actor, "lam_giang" if actor == SUPERUSER else "thanh_son")
    places = PLACES[home] | {"missing": ""}
    if not ask.of or actor in OUTSIDE or (of_admin(name) and actor not in ("quan_tri", SUPERUSER)):
        wanted = ["own"]
    elif actor == SUPERUSER:  # everything is within reach
        wanted = ["missing", "stranger"]
    elif actor == NO_ROLE:
        wanted = ["missing", "own"]
    elif of_admin(name):  # slow pages: one's own unit for one method, the one below for the other
        wanted = ["missing", "stranger", "parent", "sibling", "own" if method == "GET" else "child"]
    else:
        wanted = reversed(places)  # what does not exist is asked for first
    return [(position, places[position]) for position in wanted]


def asked(world, actor, method, name, ask, spot):
    """(answer, path with its query, tables written to)."""
    path = address(name, ask.args(spot))
    if query := ask.query(spot):
        path = f"{path}?{urlencode(query)}"
    with rolled_back() as written:
        client = world.client(actor)
        answer = client.generic(method, path) if method in ("PUT", "DELETE") else getattr(client, method.lower())(path, SENT | ask.data(spot) if method == "POST" else None)
        if answer.status_code == 302 and answer.headers["Location"] == INDEX:  # the admin says there what it did not find
            answer.content = client.session["_messages"].encode()
    return answer, path, written


def awaited(name, ask, method, actor, position, path):
    """(status, address of the redirect) for an object within reach."""
    if actor in OUTSIDE:
        status = ask.outside if method == "GET" else ask.outside_post
        login = "/quan-tri/login/" if of_admin(name) else "/dang-nhap/"
        return (status, (ask.way_in or f"{login}?next={quote(path, safe='/')}") if status == 302 else "")
    said = ask.get if method == "GET" else ask.post
    if isinstance(said, int):
        return said, ""
    return said.get((actor, position), said.get(actor, 403)), ""


def judge(world, name, ask, method, actor):
    """What is wrong with the answers to one actor, as lines of text."""
    wrong, nowhere = [], None
    secret = set() if actor == SUPERUSER else forbidden(UNIT_OF[actor]) if actor in UNIT_OF else forbidden("cum_thi_dua")
    for position, key in positions(actor, name, ask, method):
        spot = spot_of(world, key)
        answer, path, written = asked(world, actor, method, name, ask, spot)
        got = plain(answer, *({spot.unit, spot.user, spot.member, *(spot.pks[label] for label in spot.pks if label in name)} if ask.of else ()))
        status, leads = awaited(name, ask, method, actor, position, path)
        case = f"{method} {path} by {actor}, {position} ({key})"
        reached = not ask.of or position in WITHIN or (actor == SUPERUSER and key)
        if ask.of and not reached and actor not in OUTSIDE and status not in (403, 405):
            status, leads = (302, INDEX) if of_admin(name) and status in (200, 302) else (404, "")
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
