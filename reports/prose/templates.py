"""Templates filled with figures, or said without a number."""

from collections.abc import Callable
from typing import Any

from .facts import Facts
from .patterns import SLOT, patterns, read_slot
from .pieces import Clause, Piece, reference
from .quantities import guessed_share, noun_for

#: A template that begins so is a clause with its own subject.
FULL = "= "


def mark(figure: Any) -> str:
    return reference(figure.entry.code, figure.part)


class Templates:
    """What every kind of clause needs: the facts, the patterns, and filling a template."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.patterns = patterns()
        self.broken_down = 0

    def fill(self, template: str, own: Any, pick: Callable[[str, str], Any]) -> list[Piece]:
        """The template's text with every slot printed as a linked figure."""
        pieces: list[Piece] = []
        shares: list[Piece] = []
        end = 0
        for match in SLOT.finditer(template):
            pieces.append(Piece(template[end : match.start()]))
            end = match.end()
            slot = read_slot(match)
            if slot.code.startswith("@"):
                pieces.append(Piece(self.facts.context.word(slot.code[1:])))
                continue
            figure = own if slot.code == "." else pick(slot.code, slot.part)
            pieces.append(Piece(self.facts.text(figure, slot.noun, slot.form), mark(figure)))
            share = guessed_share(figure, self.facts.style)
            if share:
                shares += [Piece(" ("), Piece(share, mark(figure)), Piece(")")]
        return [*pieces, Piece(template[end:]), *shares]

    def without_number(self, template: str) -> str:
        """The same statement with no number in it."""
        text = SLOT.sub(
            lambda match: (
                self.facts.context.word(match[1][1:])
                if match[1][0] == "@"
                else read_slot(match).instead
            ),
            template,
        )
        return " ".join(text.removeprefix(FULL).split())

    def chosen(self, by_unit: dict[str, str], figure: Any) -> str:
        unit = figure.unit or figure.entry.unit
        return by_unit.get(unit) or by_unit.get(noun_for(figure)) or by_unit.get("*", "")

    def clause(self, template: str, pieces: list[Piece], code: str) -> Clause:
        return Clause(pieces, full=template.startswith(FULL), codes=[code])
