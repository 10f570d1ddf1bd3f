"""The catalogue's data files: a file per section of indicators, a file per outline."""

import json
from decimal import Decimal
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def read(name: str):
    """The content of one data file; fractions as Decimal."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"), parse_float=Decimal)
