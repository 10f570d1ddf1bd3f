"""The demo association on a running server, and a reader in a real Chromium in front of it."""

import sqlite3

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from reports.demo import PASSWORD
from tests.serving import manage, serving

WAIT = 15  # seconds
STOPS = 60  # of the Tab key, when the first guess fell short
# Where Tab begins: at the focus, else at the target of the address (#so-nay), else at the top.
STOPS_BEFORE = """const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
  .filter(stop => stop.tabIndex >= 0 && stop.type !== "hidden" && !stop.disabled && stop.checkVisibility({visibilityProperty: true}));
const here = document.activeElement !== document.body ? document.activeElement : document.querySelector(":target") || document.body;
const from = stops.includes(here) ? stops.indexOf(here)
  : stops.findIndex(stop => here.compareDocumentPosition(stop) & Node.DOCUMENT_POSITION_FOLLOWING) - 1;
return Math.max(0, stops.indexOf(arguments[0]) - from - 5)"""
FIRST_RESOURCES = "return performance.getEntriesByType('resource').map(entry => entry.name)"
ACTIVE = "return document.activeElement"
EXPECTED = (
    "422 (Unprocessable Entity)",  # a form that comes back
    "m2 5 6 6 6-6",  # Bootstrap's arrow of a select, drawn in the moment before our own stylesheet takes it away
)
CALLED = """const said = item => item.innerText.replace(/\\s+/g, " ").trim();
const found = [...document.querySelectorAll(arguments[0])].filter(item => item.checkVisibility({visibilityProperty: true}));
return found.find(item => said(item) === arguments[1]) || found.find(item => said(item).startsWith(arguments[1]))"""
BOX = """const called = box => (box.labels && box.labels.length ? box.labels[0].innerText
  : document.getElementById(box.getAttribute("aria-labelledby"))?.innerText || "");
return [...document.querySelectorAll("input, textarea, select")].find(box => called(box).startsWith(arguments[0]))"""
WIDER = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A database with the demo association, on SQLite whatever the other tests run on."""
    folder = tmp_path_factory.mktemp("hoi-mau")
    for arguments in (["migrate", "--verbosity", "0"], ["demo"]):
        done = manage(*arguments, CCB_VAR=str(folder))
        assert (done.returncode, done.stderr) == (0, "")
    return folder


@pytest.fixture(scope="session")
def server(folder):
    with serving(folder, CCB_VAR=str(folder)) as server:
        yield server


@pytest.fixture(scope="session")
def key(folder):
    """``key("members_unit", code="LG-THANHSON")`` → the number of a row of the demo, the first of several."""
    def find(table, **wanted):
        where = " AND ".join(f"{column} = ?" for column in wanted)
        with sqlite3.connect(folder / "ccb.sqlite3") as database:
            return database.execute(f"SELECT min(id) FROM {table} WHERE {where}", [*wanted.values()]).fetchone()[0]  # noqa: S608
    return find


class Reader:
    """Somebody in front of the browser. Words name links and buttons; a page is known by its h1."""

    sessions = {}

    def __init__(self, browser, server):
        self.browser, self.server = browser, server
        self.host = f"http://127.0.0.1:{server.port}"

    # --- coming in ---

    def come_in(self, name, anew=False):
        """Logged in without the form, which has a test of its own; ``anew``: in a session that may be ended."""
        if anew or name not in self.sessions:
            visitor = self.server.visitor()
            visitor.get("/dang-nhap/")
            assert visitor.post("/dang-nhap/", username=name, password=PASSWORD).status == 302
            self.sessions[name] = visitor.cookies
        for cookie, value in self.sessions[name].items():
            self.browser.execute_cdp_cmd("Network.setCookie", {"name": cookie, "value": value, "url": self.host, "path": "/"})

    def visitor(self):
        """The same session without a screen, to fetch a file."""
        visitor = self.server.visitor()
        visitor.cookies = {cookie["name"]: cookie["value"] for cookie in self.browser.get_cookies()}
        return visitor

    # --- looking ---

    def open(self, path):
        self.browser.get(self.host + path)

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        """The only element; waits for the page."""
        return WebDriverWait(self.browser, WAIT).until(lambda _: self.all(selector))[0]

    def text(self, selector="body"):
        return self.one(selector).text

    @property
    def heading(self):
        return self.text("h1")

    def called(self, words, tags="a, button, summary"):
        """The first visible link or button with these words, or that begins with them."""
        found = self.browser.execute_script(CALLED, tags, words)
        assert found, f"no link or button “{words}” on “{self.heading}”"
        return found

    def box(self, words):
        """The box whose label is or begins with ``words``."""
        return self.browser.execute_script(BOX, words)

    @property
    def active(self):
        return self.browser.execute_script(ACTIVE)

    # --- doing, by keyboard ---

    def keys(self, *keys):
        ActionChains(self.browser).send_keys(*keys).perform()

    def tab_to(self, element):
        """Go there with the Tab key alone, as somebody without a mouse."""
        self.keys(*[Keys.TAB] * self.browser.execute_script(STOPS_BEFORE, element))
        for _ in range(STOPS):
            if self.active == element:
                return
            self.keys(Keys.TAB)
        raise AssertionError(f"the Tab key does not reach {element.text or element.get_attribute('name')}")

    def press(self, words):
        """Tab to a link or button and press Enter; waits until another page stands there."""
        element = self.called(words)
        self.tab_to(element)
        self.leave(lambda: self.keys(Keys.ENTER))

    def choose(self, words):
        """Press a button that stays on the page."""
        self.tab_to(self.called(words, "button, summary"))
        self.keys(Keys.ENTER)

    def leave(self, act):
        """Do something that leads to another page, and wait for it."""
        page = self.browser.find_element(By.TAG_NAME, "html")
        act()
        WebDriverWait(self.browser, WAIT).until(lambda _: self.is_gone(page))

    def is_gone(self, element):
        try:
            element.is_enabled()
        except Exception:  # stale, in whichever words the driver says it
            return self.browser.execute_script("return document.readyState") == "complete"
        return False

    def type_into(self, words, text):
        box = self.box(words)
        self.tab_to(box)
        ActionChains(self.browser).key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL).perform()
        self.keys(text)

    # --- the width of the window ---

    def width(self, pixels, height=900):
        self.browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", {"width": pixels, "height": height, "deviceScaleFactor": 1, "mobile": pixels < 640})

    # --- what must hold on every page ---

    def complaints(self):
        """What Chromium says in its console, and what was asked of another host."""
        said = [entry["message"] for entry in self.browser.get_log("browser") if not any(words in entry["message"] for words in EXPECTED)]
        asked = [name for name in self.browser.execute_script(FIRST_RESOURCES) if not name.startswith(f"{self.host}/")]
        return said + asked

    def scrolls_sideways(self):
        return self.browser.execute_script(WIDER) > 0


@pytest.fixture
def reader(chromium, server):
    """A reader who is not logged in, at 1280 pixels; at the end the console must have stayed silent."""
    chromium.execute_cdp_cmd("Network.clearBrowserCookies", {})
    # Smooth scrolling would still be on its way when a test looks.
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]})
    reader = Reader(chromium, server)
    reader.width(1280)
    chromium.get_log("browser")
    yield reader
    reader.width(1280)
    chromium.get("about:blank")


@pytest.fixture
def secretary(reader):
    reader.come_in("thuky")
    return reader
