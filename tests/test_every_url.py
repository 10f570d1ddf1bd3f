"""Every address × method × actor × position of the object: who gets what, and nobody else a word of it.

What each address answers stands in ``tests.url_table``; an address that is missing there fails.
"""

import io
import re
from urllib.parse import quote, urlencode

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from members.models import Member, Unit
from members.scoping import all_units
from reports.rendering.html import render_print
from reports.views import report as report_views
from tests.cast import UNITS
from tests.reports.workbook import workbook
from tests.url_table import (
    ACTORS,
    MEMBER,
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
from tests.url_world import (
    CODE,
    MISSING,
    SECTION,
    amount,
    dotted,
    forbidden,
    leaks,
    mark,
    plain,
    rolled_back,
)
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
        return Spot("", dict.fromkeys(TABLES, MISSING) | common | unit_type, world.period.pk)
    pks = {label: row.pk for label, row in world.rows[key].items()}
    with all_units("a test looks for the records behind a row"):
        history = {f"{label}.history": row.history.first().pk for label, row in (world.rows[key] | world.common).items() if hasattr(row, "history")}
    return Spot(key, dict.fromkeys(TABLES, MISSING) | common | pks | history | unit_type, world.period.pk)


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


def awaited(ask, method, actor, position, path):
    """(status, address of the redirect) for an object within reach."""
    if actor in OUTSIDE:
        status = ask.outside if method == "GET" else ask.outside_post
        back = f"?next={quote(path, safe='/')}" if ask.leads_back else ""
        return (status, ask.login + back if status == 302 else "")
    said = ask.get if method == "GET" else ask.post
    if isinstance(said, int):
        return said, ""
    return said.get((actor, position), said.get(actor, 403)), ""


def judge(world, name, ask, method, actor):
    """What is wrong with the answers to one actor, as lines of text."""
    wrong, nowhere = [], None
    secret = frozenset() if actor == SUPERUSER else forbidden(UNIT_OF[actor]) if actor in UNIT_OF else forbidden("cum_thi_dua") - {mark(actor, "cast").casefold()}
    for position, key in positions(actor, name, ask, method):
        spot = spot_of(world, key)
        answer, path, written = asked(world, actor, method, name, ask, spot)
        got = plain(answer, *({number for number in spot.pks.values() if number >= MISSING} if ask.of else ()))
        status, leads = awaited(ask, method, actor, position, path)
        case = f"{method} {path} by {actor}, {position} ({key})"
        reached = not ask.of or position in WITHIN or (actor == SUPERUSER and key)
        if ask.of and not reached and actor not in OUTSIDE and status not in (403, 405):
            status, leads = (302, INDEX) if of_admin(name) and status in (200, 302) else (404, "")
            if name.startswith("quan-tri/") and name.endswith("<path:object_id>/"):
                status, leads = 302, ask.leads(spot)
        elif status == 302 and actor not in OUTSIDE:
            leads = (method == "GET" and ask.get_leads) or ask.leads(spot)
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


@pytest.mark.parametrize("name", NAMES)
def test_put_and_delete_change_nothing_and_tell_nothing(name, world):
    """Program: 405 or as if it were not there. Django's admin takes every method but POST for a GET."""
    wrong = []
    for ask in TABLE[name]:
        for actor, places in {"anonymous": ["own"], "thu_ky": ["missing", "sibling", "own"], "quan_tri": ["missing", "sibling", "child"]}.items():
            keys = PLACES[UNIT_OF.get(actor, "thanh_son")] | {"missing": ""}
            nowhere = None
            for position in places if ask.of else ["own"]:
                spot = spot_of(world, keys[position])
                for method in ("PUT", "DELETE"):
                    answer, path, written = asked(world, actor, method, name, ask, spot)
                    got = plain(answer, *(number for number in spot.pks.values() if number >= MISSING))
                    nowhere = nowhere or got
                    refused = answer.status_code in (302, 403, 404, 405) or (of_admin(name) and position in WITHIN)
                    if written or not refused or (ask.of and position == "sibling" and got != nowhere):
                        wrong.append(f"{method} {path} by {actor}, {position}: {answer.status_code} {sorted(written)}")
    assert wrong == []


def test_a_drawn_pdf_says_what_is_its_units_and_nothing_else(world, monkeypatch):
    monkeypatch.undo()
    answer, _, _ = asked(world, "thu_ky", "GET", "reports:report_pdf", TABLE["reports:report_pdf"][0], spot_of(world, "thanh_son"))
    assert (answer.status_code, answer.content[:5], leaks(answer, forbidden("thanh_son"))) == (200, b"%PDF-", [])
    assert leaks(answer, {dotted(amount("thanh_son")), mark("thanh_son", "signer").casefold()}) != []


# --- addresses that name half of what there is -------------------------------------------------

NOWHERE = [
    ("reports:report", lambda at: [at.unit, MISSING]), ("reports:entry_section", lambda at: [at.unit, MISSING, "2"]),
    ("reports:entry_section", lambda at: [at.unit, at.period, "z"]), ("reports:entry_grid", lambda at: [at.unit, at.period, "z"]),
    ("reports:confirm_section", lambda at: [at.unit, at.period, "z"]), ("reports:report_text", lambda at: [at.unit, at.period, "PL"]),
    ("reports:figure", lambda at: [at.unit, at.period, "khong_co"]), ("reports:figure_rows_xlsx", lambda at: [at.unit, at.period, "khong_co"]),
    ("members:unit", lambda at: [10**30]), ("members:member_edit", lambda at: [10**30]), ("reports:report", lambda at: [at.unit, 10**30]),
]


@pytest.mark.parametrize(("name", "args"), NOWHERE)
def test_an_unknown_period_section_or_code_is_not_there(name, args, world):
    with rolled_back():
        assert world.client("thu_ky").get(reverse(name, args=args(spot_of(world, "thanh_son")))).status_code == 404


NONSENSE = ["", "abc", "-1", "0", "1e9", "9" * 40, "²", "%00", "' OR 1=1 --", "../../etc/passwd", "<script>"]
QUERIES = [
    ("members:units", ["goc", "q"]), ("members:members", ["don-vi", "q", "sau", "truoc"]), ("members:member_add", ["don-vi"]),
    ("reports:entry", ["don-vi", "ky"]), ("reports:reports", ["ky"]), ("reports:import_template", ["don-vi", "ky", "muc", "gom"]),
    ("reports:import", ["don-vi", "ky", "xem"]),
]


@pytest.mark.parametrize(("name", "keys"), QUERIES)
def test_nonsense_behind_the_question_mark_is_a_page_or_no_page(name, keys, world):
    got = {}
    for key in keys:
        for value in NONSENSE:
            with rolled_back():
                got[key, value] = world.client("thu_ky").get(reverse(name), {key: value}).status_code
    assert {asked: status for asked, status in got.items() if status not in (200, 404)} == {}


# --- fields that name what is out of reach -------------------------------------------------------


def sent(world, actor, name, args, data, **files):
    """(status, address, body, tables written to) of a POST, with eight-digit numbers blanked."""
    with rolled_back() as written:
        answer = world.client(actor).post(reverse(name, args=args), data | files)
        status, address, body = plain(answer, *{number for spot in map(world.spots.get, world.spots) for number in spot.pks.values() if number >= MISSING})
        return status, address, body, written


@pytest.mark.parametrize(("actor", "key"), [("thu_ky", "xom_ben"), ("thu_ky", "lam_giang"), ("chi_hoi_truong", "thon_doai"), ("chi_hoi_truong", "thanh_son")])
def test_nobody_is_entered_into_a_unit_out_of_reach(actor, key, world):
    stranger, nobody = (sent(world, actor, "members:member_add", [], MEMBER | {"unit": spot_of(world, unit).unit}) for unit in (key, ""))
    assert (stranger[0], stranger[3]) == (422, set())
    assert stranger == nobody


def test_a_member_stays_in_his_unit_whatever_an_extra_field_says(world):
    spot = spot_of(world, "thon_dong")
    foreign = spot_of(world, "kim_bai").unit
    with rolled_back():
        answer = world.client("chi_hoi_truong").post(
            reverse("members:member_edit", args=[spot.member]), MEMBER | {"unit": foreign, "unit_id": foreign, "co_so": foreign, "pk": spot_of(world, "kim_bai").member})
        with all_units("a test looks where the member is now"):
            assert (answer.status_code, Member.objects.get(pk=spot.member).unit_id) == (302, spot.unit)


def test_a_grid_takes_no_number_for_a_unit_out_of_reach(world):
    own, foreign = spot_of(world, "thanh_son"), spot_of(world, "binh_minh")
    with rolled_back() as written:
        answer = world.client("thu_ky").post(
            reverse("reports:entry_grid", args=[own.unit, own.period, SECTION]), {f"v:{foreign.unit}:{CODE}": "55", f"n:{foreign.unit}:{CODE}": "1"})
        assert (answer.status_code, written) == (302, set())


def test_a_workbook_reaches_no_unit_but_ones_own(world):
    """Sibling, parent and stranger are refused in the words for a unit that does not exist."""
    refused = {}
    for key in ("binh_minh", "lam_giang", "kim_bai", ""):
        code = UNITS[key][0] if key else "KHONG-CO"
        file = io.BytesIO(workbook({"unit_code": code, "first": "01/12/2025", "last": "15/12/2026", "code": CODE, "value": 55}))
        file.name = "so-lieu.xlsx"
        status, _, body, written = sent(world, "thu_ky", "reports:import", [], {}, files=file)
        refused[key] = (status, re.sub(r"\b\d{10}-[\w-]{32}", "#", body).replace(code, "#"), written)  # each preview has a key of its own
    assert refused[""][0] == 422
    assert {key for key, answer in refused.items() if answer != refused[""]} == set()


def test_an_acting_unit_is_chosen_among_ones_own_roles_only(world):
    """Whoever acts for two units sees the rows of one at a time."""
    role = world.cast.hai_vai.unit_roles.model._base_manager.get(user=world.cast.hai_vai, unit=world.tree.thon_doai)
    switch, parent = reverse("members:switch_unit"), reverse("members:unit", args=[spot_of(world, "thanh_son").unit])
    with rolled_back():
        client = world.client("hai_vai")
        before = client.get(parent).status_code
        stolen = client.post(switch, {"role": spot_of(world, "kim_bai").role}).status_code
        chosen = client.post(switch, {"role": role.pk})
        assert (before, stolen, chosen.status_code, chosen.headers["Location"], client.get(parent).status_code) == (200, 404, 302, "/", 404)


@pytest.mark.parametrize("label", [label for label, may in TABLES.items() if "add" in may[0].split()])
def test_an_administrator_writes_no_row_for_what_he_does_not_see(label, world):
    """Every foreign key of every add form: a stranger's number is answered as one that does not exist."""
    model = apps.get_model(label)
    keys = [field for field in model._meta.fields if field.is_relation and field.editable]
    answers = {}
    for key in ("ha_dong", "trung_uong", "kim_bai", ""):
        spot = spot_of(world, key)
        data = SENT | {field.name: spot.pks.get(field.related_model._meta.label_lower, MISSING) for field in keys}
        status, _, body, written = sent(world, "quan_tri", f"admin:{label.replace('.', '_')}_add", [], data)
        answers[key] = (status, body, written)
    assert answers[""][0::2] == (200, set())
    assert {key for key, answer in answers.items() if answer != answers[""]} == set()
