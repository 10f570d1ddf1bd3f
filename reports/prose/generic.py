"""A sentence for an indicator of which only the name, unit and kind are known."""

from typing import Any

from .pieces import lowered
from .quantities import SAME_THING, is_money, noun_for


def rest_of_name(entry: Any) -> str:
    """“Số cuộc giám sát do Hội chủ trì” → "cuộc giám sát do Hội chủ trì"."""
    name = entry.name.strip().rstrip(".")
    for word in ("Tổng số ", "Số "):
        if name.startswith(word) and not name.startswith(("Số dư", "Số tiền", "Số liệu")):
            return lowered(name[len(word) :])
    return lowered(name)


def bare_phrase(figure: Any) -> tuple[str, str, str]:
    """(what stands before the number, noun to print, what follows it); one side is empty.

    When the name goes on with the thing counted, the number takes its place:
    "08 cuộc giám sát"; else the name comes first: "số tiền ủng hộ là 5 triệu đồng".
    """
    entry = figure.entry
    rest = rest_of_name(entry)
    unit = noun_for(figure)
    if not is_money(unit) and entry.kind != "ratio" and "%" not in unit:
        nouns = [unit, *(sorted(next((things for things in SAME_THING if unit in things), ())))]
        for noun in nouns:
            if f"{rest} ".casefold().startswith(f"{noun} ".casefold()):
                return "", noun, rest[len(noun) :]
    return f"{lowered(entry.name.strip().rstrip('.'))} là", "", ""
