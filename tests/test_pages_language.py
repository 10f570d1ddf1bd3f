"""Every page that opens: Vietnamese throughout, and made of our own files alone.

The pages are those of ``tests.url_table``, opened by those who may, and the pages of refusals.
"""

import re
import unicodedata
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

from reports import catalogue
from tests.pages import Page
from tests.test_every_url import SENT, of_admin, spot_of
from tests.url_table import OUTSIDE, PLACES, SUPERUSER, TABLE, UNIT_OF, address
from tests.url_world import MISSING, rolled_back
from tests.url_world import world as world

pytestmark = pytest.mark.django_db

# A syllable of Vietnamese without marks; a word with marks is Vietnamese anyway.
SYLLABLE = re.compile(r"(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?")
WORD = re.compile(r"[^\W\d_]+")
ENGLISH = set("the not out you that then than on at due each team yes true false none".split())  # would pass for syllables
KNOWN = set("excel xlsx pdf html caps lock ctrl thanhson thuky".split())  # names of things; the example of a user name
MARK = re.compile(r"\bzq(?:[a-z]+zq)?\b", re.IGNORECASE)
CODES = re.compile(r"\b(?:" + "|".join(catalogue.ENTRIES) + r")\b")  # stand beside names in the admin and in workbooks
SPOKEN = ("title", "alt", "aria-label", "placeholder", "label", "data-l")
LINKS = ("href", "src", "action", "formaction", "srcset", "poster", "data", "hx-get", "hx-post")


def opened():
    """(who, position, name, number of the ask): who looks at which page of the table."""
    for name, asks in sorted(TABLE.items()):
        viewers = [("quan_tri", "own")] if of_admin(name) else [
            ("thu_ky", "own"), ("van_phong", "child"), ("kiem_tra", "child"), (SUPERUSER, "own"), ("khong_vai", "own"), ("anonymous", "own")]
        for number, ask in enumerate(asks):
            for who, position in viewers:
                said = ask.outside if who in OUTSIDE else ask.get if isinstance(ask.get, int) else ask.get.get((who, position), ask.get.get(who))
                if said == 200:
                    yield name, number, who, position


PAGES = list(opened())
FILES = {"health", "reports:report_pdf", "reports:report_html", "reports:figure_rows_xlsx", "reports:import_template", "admin:jsi18n", "admin:autocomplete"}
SEEN = [row for row in PAGES if row[0] not in FILES]


def english(text):
    """Words that are no Vietnamese, in order."""
    found = []
    for word in WORD.findall(CODES.sub("", MARK.sub("", text))):
        small = word.lower()
        if not word.isascii() or small in KNOWN or len(word) == 1 or (word.isupper() and len(word) <= 3):
            continue
        if small in ENGLISH or not SYLLABLE.fullmatch(small):
            found.append(word)
    return found


def spoken(page):
    """What a reader sees or hears of a page."""
    def walk(element):
        if element.tag in ("script", "style", "template") or not isinstance(element.tag, str):
            return
        yield element.text or ""
        yield from (element.get(name, "") for name in SPOKEN)
        if element.tag == "input" and element.get("type") in ("submit", "button", "reset"):
            yield element.get("value", "")
        for child in element:
            yield from walk(child)
            yield child.tail or ""
    return "\n".join(walk(page.root.etree_element))


def own_host(link):
    return not urlsplit(link).netloc and urlsplit(link).scheme in ("", "tel")


def faults(response):
    """Everything that is wrong with a page, each as (what, where)."""
    page, found = Page(response), []
    found += [("English", word) for word in english(spoken(page))]
    if page.values("html", "lang") != ["vi"]:
        found.append(("lang", page.values("html", "lang")))
    if not unicodedata.is_normalized("NFC", response.content.decode()):
        found.append(("not NFC", ""))
    if len(page.all("h1")) != 1:
        found.append(("h1", page.texts("h1")))
    if not page.texts("title") or not page.texts("title")[0].partition(" – ")[0].partition(" | ")[0].strip():
        found.append(("title", page.texts("title")))
    ids = page.values("[id]", "id")
    found += [("id twice", name) for name in {*ids} if ids.count(name) > 1]
    for element in page.root.etree_element.iter():
        if not isinstance(element.tag, str):
            continue
        for name, value in element.items():
            if name == "style" or name.startswith(("on", "hx-on")) or value.strip().lower().startswith("javascript:"):
                found.append(("inline code", f"{element.tag} {name}={value}"))
            if name in LINKS and not own_host(value):
                found.append(("another host", value))
            if name in LINKS and value.startswith(settings.STATIC_URL) and not finders.find(value.removeprefix(settings.STATIC_URL)):
                found.append(("no such file", value))
        if element.tag == "style" or (element.tag == "script" and not element.get("src") and element.get("type") != "application/json"):
            found.append(("inline code", element.tag))
    return found


def look(world, who, position, name, ask):
    home = PLACES[UNIT_OF.get(who, "lam_giang" if who == SUPERUSER else "thanh_son")]
    spot = spot_of(world, home[position])
    path = address(name, ask.args(spot))
    query = ask.query(spot)
    return world.client(who).get(f"{path}?{urlencode(query)}" if query else path)


@pytest.mark.parametrize(("name", "number", "who", "position"), SEEN, ids=lambda part: str(part))
def test_a_page_is_vietnamese_and_made_of_our_own_files(name, number, who, position, world):
    with rolled_back():
        answer = look(world, who, position, name, TABLE[name][number])
        assert (answer.status_code, answer.headers["Content-Type"], faults(answer)) == (200, "text/html; charset=utf-8", [])


REFUSED = [
    ("members:login", [], 200), ("members:code_login", [], 422), ("members:password_change", [], 422), ("members:member_add", [], 422),
    ("members:member_edit", ["members.member"], 422), ("reports:period_add", [], 422), ("reports:import", [], 422),
]


@pytest.mark.parametrize(("name", "labels", "status"), REFUSED)
def test_a_form_that_comes_back_says_in_vietnamese_what_to_mend(name, labels, status, world):
    args = [spot_of(world, "thanh_son").pks[label] for label in labels]
    with rolled_back():
        answer = world.client("anonymous" if "login" in name else "thu_ky").post(reverse(name, args=args), SENT)
        assert (answer.status_code, faults(answer)) == (status, [])
        assert len(Page(answer).all(".error-summary")) == 1


def test_a_section_with_a_wrong_number_says_in_vietnamese_what_to_mend(world):
    name = "reports:entry_section"
    ask, spot = TABLE[name][1], spot_of(world, "thanh_son")
    with rolled_back():
        answer = world.client("thu_ky").post(reverse(name, args=ask.args(spot)), ask.data(spot))
        assert (answer.status_code, faults(answer), len(Page(answer).all(".error-summary a"))) == (422, [], 1)


@pytest.mark.parametrize(("who", "name", "args", "status"), [
    ("thu_ky", "members:unit", [MISSING], 404), ("thu_ky", "admin:index", [], 403), ("khong_vai", "members:members", [], 403),
    ("kiem_tra", "members:member_add", [], 403), ("quan_tri", "admin:app_list", ["auth"], 404), ("thu_ky", "members:help", ["khong-co"], 404),
])
def test_a_refusal_is_a_page_like_the_others(who, name, args, status, world):
    path = f"/quan-tri/{args[0]}/" if name == "admin:app_list" else reverse(name, args=args)
    with rolled_back():
        answer = world.client(who).get(path)
        assert (answer.status_code, faults(answer)) == (status, [])


def test_a_kept_report_is_vietnamese_and_loads_nothing(world):
    with rolled_back():
        answer = look(world, "thu_ky", "own", "reports:report_html", TABLE["reports:report_html"][0])
        wrong = [fault for fault in faults(answer) if fault[0] not in ("inline code", "h1")]  # one file with its style, on paper
        assert (answer.status_code, answer.headers["Content-Disposition"].split(";")[0], wrong) == (200, "attachment", [])


STYLES = sorted((settings.BASE_DIR / "static" / "css").glob("*.css"))


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_a_stylesheet_names_files_of_ours_that_exist(style):
    named = re.findall(r"url\(\s*['\"]?([^'\")]+)", style.read_text())
    assert [link for link in named if not own_host(link) or not (style.parent / Path(link)).exists()] == []


def test_the_rule_of_syllables_tells_the_languages_apart():
    vietnamese = "Hoi cuu chien binh nghieng khuyen quyen gioi thieu ngoan cuong Trung Kien khuya yeu oai huyt"
    assert english(vietnamese) == []
    spoiled = "Save Delete Search History Add Change Home Error required Invalid Log out View Yes Filter All Next Close Submit Password"
    assert english(spoiled) == spoiled.split()
