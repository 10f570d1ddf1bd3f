"""The demo association: the five source documents as data, and an invented tỉnh to try things on.

Figures of the five documents are facts; everything marked "minh họa" is invented, and no person
in it exists. Loading again only adds what was never there: what someone changed or removed stays so.
"""

import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "data"
PASSWORD = "Dung-thu-1989"  # noqa: S105 - printed on purpose: the demo is refused in production


def read(name):
    """The content of one data file of the demo."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def read_texts():
    """[(unit code, period key, {section: text})]: a file for each report."""
    files = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("text_*.json"))]
    return [
        (content["unit"], content["period"], {code: "\n".join(lines) for code, lines in content["sections"].items()})
        for content in files
    ]
