"""VENDORED.md names every file that others wrote, unchanged since."""

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| `([^`]+)` \| .+ \| .+ \| `([0-9a-f]{64})` \|$", re.MULTILINE)


def listed() -> dict[str, str]:
    return dict(ROW.findall((ROOT / "VENDORED.md").read_text()))


def test_every_vendored_file_is_the_one_in_the_list():
    stored = {
        name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in listed()
    }
    assert stored == listed()


def test_the_list_names_every_vendored_file():
    folders = ("static/vendor", "static/fonts", "tests/vendor")
    found = {
        str(path.relative_to(ROOT))
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "LICENSE" not in path.name
    }
    assert found == set(listed())


def test_no_vendored_file_points_to_a_source_map_that_is_missing():
    pointing = [
        name for name in listed()
        if name.endswith((".css", ".js")) and "sourceMappingURL" in (ROOT / name).read_text()
    ]
    assert pointing == []
