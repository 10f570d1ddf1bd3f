"""Parts of a whole, parts without one, and the units below."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from .facts import SEPARATOR, at_the_border, kind_of
from .patterns import Phrase
from .pieces import Clause, Piece, joined
from .quantities import BARE, MEASURES, counted, is_money, noun_for
from .templates import FULL, Templates, mark

#: Things made rather than events held: "do Hội thực hiện", not "do Hội tổ chức".
WORKS = {
    "nhà",
    "công trình",
    "cây",
    "thẻ",
    "đường",
    "ngày công",
    "hài cốt",
    "hộ",
    "m",
    "km",
    "m²",
    "vụ",
    "suất",
}

LONGEST_NAME = 45  # letters of a unit's name that may stand in a list


class Parts(Templates):
    """Clauses on the parts of one indicator."""

    def part_words(self, phrase: Phrase, entry: Any, part: str, held: bool = False) -> str:
        """“dịp 27/7 cho thương binh, bệnh binh”: how a part is named behind its number or deed."""
        words = []
        for value in part.split(SEPARATOR):
            dimension = entry.dimension_of(value)
            name = dimension.name if dimension else ""
            if held and (deed := self.patterns.held_parts.get(value)) is not None:
                words.append(deed)
                continue
            unit = entry.unit
            sort = "@money" if is_money(unit) else "@work" if unit in WORKS else ""
            template = (
                phrase.parts.get(value)
                or phrase.parts.get(f"*{name}")
                or self.patterns.parts.get(value + sort)
                or self.patterns.parts.get(f"{name}={value}")
                or self.patterns.parts.get(value)
                or self.patterns.parts.get(f"*{name}")
                or "({v})"
            )
            words.append(
                template.replace("{v}", value).replace("{doers}", self.facts.context.word("doer"))
            )
        return " ".join(words)

    def part_piece(self, phrase: Phrase, figure: Any) -> list[Piece]:
        """One part: its number, what part it is, and the follower with the same part.

        A name that ends in a digit stands first ("dịp 27/7 có 20 suất"), so that
        no two numbers meet in a list.
        """
        entry = figure.entry
        words = self.part_words(phrase, entry, figure.part)
        self.facts.use(figure)
        kind = kind_of(figure)
        link = mark(figure)
        first = words[-1:].isdigit()
        if entry.adds_up == "within_part" and kind == "number":
            unit = "" if figure.unit in ("", "theo loại") else f" {figure.unit}"
            if unit and words.startswith(f"{figure.unit} "):
                words = words[len(figure.unit) + 1 :]
            number = self.facts.text(figure, form="#") + unit
            shown = [[Piece(f"{number} {words}", link)], [Piece(f"{words} "), Piece(number, link)]][
                first
            ]
        elif kind in ("zero", "words"):
            noun = "" if noun_for(figure) in MEASURES else f"{noun_for(figure)} "
            said = (figure.words or "").strip()
            tail = (
                f" ({said})"
                if kind == "words" and said.lower() not in BARE and not figure.held
                else ""
            )
            stated = "không có" if kind == "zero" else "có"
            text = f"{words} {stated}{tail}" if first else f"{stated} {noun}{words}{tail}"
            shown = [Piece(text, link)]
        elif first:
            verb = "là" if is_money(entry.unit) or entry.unit in MEASURES else "có"
            shown = [Piece(f"{words} {verb} "), Piece(self.facts.text(figure), link)]
        else:
            shown = [Piece(self.facts.text(figure), link), Piece(f" {words}")]
        return shown + self.partners(phrase, figure.part)

    def partners(self, phrase: Phrase, part: str) -> list[Piece]:
        """“ (30 triệu đồng)”: the follower's number of the same part."""
        found = []
        for other in phrase.withs:
            if self.facts.says(other, part):
                figure = self.facts.get(other, part)
                self.facts.use(figure)
                found.append([Piece(self.facts.text(figure, form="p"), mark(figure))])
        return [Piece(" ("), *joined(found, ", "), Piece(")")] if found else []

    def part_list(self, code: str, phrase: Phrase, whole: Any) -> list[Piece]:
        """The parts behind their whole, one dimension after the other, with what they leave."""
        by_shape: dict[tuple[str, ...], list[Any]] = {}
        for figure in self.facts.parts(code):
            by_shape.setdefault(self.shape(figure), []).append(figure)
        sets = []
        for shape, figures in by_shape.items():
            shown = [self.part_piece(phrase, figure) for figure in figures]
            rest = self.rest(whole, shape, figures)
            if rest:
                shown.append(rest)
            sets.append(joined(shown, ", "))
        return joined(sets, "; tính theo cách khác có ") if sets else []

    def shape(self, figure: Any) -> tuple[str, ...]:
        found = (figure.entry.dimension_of(value) for value in figure.part.split(SEPARATOR))
        return tuple(dimension.name if dimension else "" for dimension in found)

    def rest(self, whole: Any, shape: tuple[str, ...], figures: list[Any]) -> list[Piece]:
        """What the parts of one dimension leave of their whole: "còn lại 40 suất"."""
        if (
            len(shape) != 1
            or whole is None
            or kind_of(whole) != "number"
            or whole.entry.kind == "ratio"
        ):
            return []
        dimension = whole.entry.dimension_of(figures[0].part)
        exact = all(
            kind_of(figure) in ("number", "zero") and not figure.qualifier and not figure.estimate
            for figure in [*figures, whole]
        )
        if not exact or (dimension and dimension.overlap):
            return []
        left = whole.value - sum((figure.value for figure in figures), Decimal(0))
        if left <= 0:
            return []
        figure = replace(whole, value=left, denominator=None, estimated=None)
        text = counted(figure, style=self.facts.style)
        return [Piece(f"còn lại {text}", mark(whole))]

    def parts_only(self, code: str, phrase: Phrase) -> list[Clause]:
        """Parts without a whole: each is stated, the first one in the phrase's own words."""
        figures = self.facts.parts(code)
        counts = [figure for figure in figures if kind_of(figure) in ("number", "amount")]
        zeros = [figure for figure in figures if kind_of(figure) == "zero"]
        for figure in zeros:
            self.facts.use(figure)
            self.facts.zeros.append(figure)
        clauses = []
        if counts:
            head, *others = counts
            template = self.chosen(phrase.say_part or phrase.say, head)
            if "{list}" in template:
                before, after = template.removeprefix(FULL).split("{list}", 1)
                shown = [self.part_piece(phrase, figure) for figure in counts]
                pieces = [Piece(before), *joined(shown, ", "), Piece(after)]
            else:
                pieces = self.fill(template.removeprefix(FULL), head, self.facts.get)
                pieces.append(Piece(f" {self.part_words(phrase, head.entry, head.part)}"))
                self.facts.use(head)
                if not others:
                    for other, tail in phrase.withs.items():
                        if self.facts.says(other, head.part):
                            found = self.facts.get(other, head.part)
                            self.facts.use(found)
                            pieces += self.fill(tail, found, self.facts.get)
                else:
                    pieces += self.partners(phrase, head.part)
                pieces = joined(
                    [pieces, *(self.part_piece(phrase, figure) for figure in others)], ", "
                )
            clauses.append(self.clause(template, pieces, code))
        for figure in figures:
            if kind_of(figure) != "words":
                continue
            self.facts.use(figure)
            said = (figure.words or "").strip()
            tell = said.lower() not in BARE and not figure.held
            words = self.part_words(phrase, figure.entry, figure.part, held=True)
            if phrase.words_part and tell:
                before, after = phrase.words_part.split("{.}", 1)
                pieces = [
                    Piece(before.replace("{part}", words)),
                    Piece(said, mark(figure)),
                    Piece(after.replace("{part}", words)),
                ]
                clauses.append(Clause(pieces, codes=[code]))
                continue
            template = phrase.done_part or phrase.done or self.chosen(phrase.say, figure)
            base = self.without_number(template)
            tail = f" ({said})" if tell else ""
            clauses.append(
                self.clause(template, [Piece(f"{base} {words}{tail}", mark(figure))], code)
            )
        return clauses

    def by_unit(self, code: str, figure: Any, followed: list[str]) -> list[Piece]:
        """“Cao Bằng 265 lần với 1.855 lượt”: units below, when two to four of them have numbers.

        Above the cơ sở only, of what was done in the period, once a section; of the frontier always.
        A name too long for a list leaves the split to the appendix.
        """
        needed = at_the_border(figure)
        if figure.part or not (needed or self._may_break_down(figure)):
            return []
        rows = [
            (name, found)
            for name, found in self.facts.context.breakdown(code)
            if kind_of(found) == "number"
        ]
        if not 2 <= len(rows) <= 4 or any(len(name) > LONGEST_NAME for name, _ in rows):
            return []
        self.broken_down += 1
        followed = [other for other in followed if self.facts.entries[other].kind != "ratio"]
        beside = [dict(self.facts.context.breakdown(other)) for other in followed]
        shown = []
        for name, found in rows:
            verb = " có " if name[-1:].isdigit() else " "
            pieces = [Piece(name + verb), Piece(self.facts.text(found), mark(figure))]
            for other, values in zip(followed, beside, strict=True):
                if kind_of(values.get(name)) == "number":
                    pieces += [Piece(" với "), Piece(self.facts.text(values[name]), other)]
            shown.append(pieces)
        return joined(shown, ", ")

    def _may_break_down(self, figure: Any) -> bool:
        above = self.facts.context.level not in ("CO_SO", "CHI_HOI")
        return above and figure.entry.kind == "flow" and not self.broken_down
