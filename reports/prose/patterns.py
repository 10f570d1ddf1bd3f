"""The sentence patterns: phrases for single indicators, and groups that order them."""

import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
#: {.} the phrase's own figure, {code}, {code/part}; then ~word (the noun to prefer),
#: |word (the noun when there is no number), :r :p :# (how to write a rate, or the bare number).
SLOT = re.compile(r"\{(@?[.\w]+)(?:/([^}|~:]+))?([|~:][^}]*)?\}")


@dataclass(frozen=True)
class Slot:
    code: str
    part: str
    noun: str
    instead: str
    form: str


@dataclass(frozen=True)
class Phrase:
    """How one indicator is said.

    ``say``: unit of measure (or "*") to template; ``say_part``: the same with a
    part of the whole; ``done``: held, in words, no number; ``done_part``: the
    same before a part; ``zero``: what a real 0 tells, ``none`` the noun for the list of zeros; ``words``: around words
    typed instead of a number (``words_part`` with ``{part}``); ``everyone``: "toàn
    thể"; ``withs``: figures of the same activity, said right behind; ``gather``:
    what the number consists of, behind an opening; ``award``: giver and thing
    given; ``parts``: how a part (its value, or
    "*dimension") is written.  A template that begins with "= " is a whole
    clause with its own subject.
    """

    say: dict[str, str]
    say_part: dict[str, str] = field(default_factory=dict)
    done: str = ""
    done_part: str = ""
    zero: str = ""
    words: str = ""
    everyone: str = ""
    withs: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    label: str = ""
    award: dict[str, str] = field(default_factory=dict)
    gather: tuple[str, dict[str, str]] = ("", {})
    words_part: str = ""
    none: str = ""


@dataclass(frozen=True)
class Item:
    """A code of its own, templates over several codes, or a list of like things.

    ``tail``: the code whose followers stand behind a form.  ``soft``: when no
    form fits, leave the codes to later items; ``unless``: codes that forbid the forms.  A list member's
    template may have a second half behind ``||`` for parts without a whole.
    """

    codes: tuple[str, ...]
    forms: tuple[str, ...] = ()
    members: dict[str, str] = field(default_factory=dict)
    say: str = ""
    tail: str = ""
    soft: bool = False
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    section: str
    topic: str
    subject: str
    lead: str
    items: tuple[Item, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(code for item in self.items for code in item.codes)


@dataclass(frozen=True)
class Patterns:
    phrases: dict[str, Phrase]
    groups: tuple[Group, ...]
    parts: dict[str, str]
    held_parts: dict[str, str]
    partitions: tuple[tuple[str, ...], ...]
    compare: tuple[str, ...]


def slots(template: str) -> list[Slot]:
    return [read_slot(match) for match in SLOT.finditer(template)]


def read_slot(match: re.Match[str]) -> Slot:
    mark = match[3] or ""
    noun = mark[1:] if mark[:1] == "~" else ""
    return Slot(
        code=match[1],
        part=match[2] or "",
        noun=noun,
        instead=mark[1:] if mark[:1] in ("|", "~") and mark else "",
        form=mark[1:] if mark[:1] == ":" else "",
    )


def _by_unit(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return value
    return {"*": value} if value else {}


def _phrase(raw: Any) -> Phrase:
    if isinstance(raw, str):
        return Phrase(say=_by_unit(raw))
    return Phrase(
        say=_by_unit(raw.get("say", "")),
        say_part=_by_unit(raw.get("say_part", "")),
        done=raw.get("done", ""),
        done_part=raw.get("done_part", ""),
        zero=raw.get("zero", ""),
        words=raw.get("words", ""),
        everyone=raw.get("all", ""),
        withs=raw.get("with", {}),
        parts=raw.get("parts", {}),
        label=raw.get("label", ""),
        award=raw.get("award", {}),
        gather=tuple(raw.get("gather", ("", {}))),
        words_part=raw.get("words_part", ""),
        none=raw.get("none", ""),
    )


def _item(raw: Any) -> Item:
    if isinstance(raw, str):
        return Item(codes=(raw,))
    if "list" in raw:
        return Item(codes=tuple(raw["list"]), members=raw["list"], say=raw["say"])
    forms = tuple(raw["forms"])
    codes = dict.fromkeys(
        slot.code for form in forms for slot in slots(form) if not slot.code.startswith("@")
    )
    return Item(
        codes=tuple(codes),
        forms=forms,
        tail=raw.get("tail", ""),
        soft=raw.get("soft", False),
        unless=tuple(raw.get("unless", ())),
    )


@cache
def patterns() -> Patterns:
    """Every pattern of ``data/``, read once."""
    shared = json.loads((DATA / "shared.json").read_text(encoding="utf-8"))
    phrases: dict[str, Phrase] = {}
    groups: list[Group] = []
    for path in sorted(DATA.glob("section_*.json")):
        raw = json.loads(path.read_text(encoding="utf-8"))
        for code, phrase in raw["phrases"].items():
            if code in phrases:
                raise ValueError(f"{path.name}: {code} has two phrases")
            phrases[code] = _phrase(phrase)
        groups.extend(
            Group(
                section=raw["section"],
                topic=group.get("topic", ""),
                subject=group.get("subject", "self"),
                lead=group.get("lead", ""),
                items=tuple(_item(item) for item in group["items"]),
            )
            for group in raw["groups"]
        )
    return Patterns(
        phrases=phrases,
        groups=tuple(groups),
        parts=shared["parts"],
        held_parts=shared["held_parts"],
        partitions=tuple(tuple(codes) for codes in shared["partitions"]),
        compare=tuple(shared["compare"]),
    )
