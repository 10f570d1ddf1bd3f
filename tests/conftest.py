"""What every test stands on. Fixtures of a subject live beside its tests.

Tests marked `browser` (all of tests/browser) need Chromium; those marked `postgres` or
`sqlite` run on that database only. What did not run is said at the end, and with
CCB_REQUIRE_ALL=1 a browser test that did not run fails the whole run.
"""

import os
import shutil
from pathlib import Path

import hypothesis
import pytest

pytest_plugins = ["tests.cast"]  # the drawn tree and the named cast

REQUIRE_ALL = bool(os.environ.get("CCB_REQUIRE_ALL"))
BROWSER_TESTS = Path(__file__).parent / "browser"
skipped_in_browser = pytest.StashKey[list[str]]()

# The same examples everywhere and every time: a red test on one machine is red on the next.
hypothesis.settings.register_profile("ccb", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ccb")


def pytest_configure(config):
    config.stash[skipped_in_browser] = []
    config.pluginmanager.register(SkipReporter(config), "skip-reporter")


def pytest_collection_modifyitems(config, items):
    from django.db import connection

    kept, elsewhere = [], []
    for item in items:
        if BROWSER_TESTS in item.path.parents:
            item.add_marker("browser")
        only_on = {name for name in ("postgres", "sqlite") if item.get_closest_marker(name)}
        here = "postgres" if connection.vendor == "postgresql" else connection.vendor
        (elsewhere if only_on and here not in only_on else kept).append(item)
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = kept


class SkipReporter:
    """Says loudly what was not tested."""

    def __init__(self, config):
        self.config = config
        self.browser_passed = 0

    def pytest_runtest_logreport(self, report):
        self.browser_passed += report.passed and report.when == "call" and "browser" in report.keywords
        if report.skipped and "browser" in report.keywords and not hasattr(report, "wasxfail"):
            self.config.stash[skipped_in_browser].append(report.nodeid)

    def pytest_sessionfinish(self, session):
        from django.db import connection

        missed = self.config.stash[skipped_in_browser] or (connection.vendor == "sqlite" and not self.browser_passed)
        if REQUIRE_ALL and missed and session.exitstatus == 0 and not hasattr(session.config, "workerinput"):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        not_tested = []
        if database := os.environ.get("CCB_NOT_TESTED"):
            not_tested.append(database)
        if count := len(self.config.stash[skipped_in_browser]):
            not_tested.append(f"{count} browser tests (chromium, chromedriver?)")
        if not_tested:
            terminalreporter.section("NOT TESTED", sep="!", red=True, bold=True)
            for line in not_tested:
                terminalreporter.line(f"NOT TESTED: {line}", red=True, bold=True)


@pytest.fixture
def no_n_plus_one():
    """Fails the test when one query is sent again for every row."""
    from zeal import zeal_context

    with zeal_context():
        yield


@pytest.fixture(scope="session")
def chromium():
    """A real, headless Chromium driven by Selenium; 1280 × 900."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not program or not driver:
        pytest.skip("chromium and chromedriver are not installed")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in (
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage",
        "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--window-size=1280,900",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield browser
    browser.quit()
