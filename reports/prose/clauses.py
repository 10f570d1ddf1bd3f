"""From a pattern and the figures it names to one clause."""

from typing import Any

from .awards import Awards
from .facts import SEPARATOR, at_the_border, kind_of
from .generic import bare_phrase, rest_of_name
from .patterns import Item, Phrase, slots
from .pieces import Clause, Piece, joined, plain
from .quantities import BARE, MEASURES, amount_words, is_money, noun_for
from .templates import FULL, mark


class Clauses(Awards):
    """Builds clauses and notes in ``facts`` what they have used."""

    # One indicator

    def state(self, code: str) -> list[Clause]:
        """Everything the section knows of one code."""
        phrase = self.patterns.phrases.get(code)
        if phrase is None:
            return []
        figure = self.facts.get(code)
        if figure is None:
            if not self.facts.parts(code):
                return []
            return self.award_parts(code, phrase) or self.parts_only(code, phrase)
        if "{list}" in phrase.say.get("*", "") and self.facts.parts(code):
            self.facts.use(figure)  # a split of another whole: only its parts say something
            return self.parts_only(code, phrase)
        kind = kind_of(figure)
        if kind == "zero" and not phrase.zero:
            self.facts.use(figure)
            self.facts.zeros.append(figure)
            return self.state(code) if self.facts.parts(code) else []
        self.facts.use(figure)
        if kind == "zero":
            pieces = [Piece(self.without_number(phrase.zero), mark(figure))]
            pieces += self.zero_rates(phrase)
            return [self.clause(phrase.zero, pieces, code)]
        if kind == "words":
            return [self.in_words(phrase, figure)]
        if figure.qualifier == "toàn thể" and figure.entry.unit == "%" and phrase.everyone:
            pieces = [Piece(phrase.everyone + " ("), *self.value_only(figure), Piece(")")]
            return [Clause(pieces, full=True, codes=[code])]
        if phrase.award:
            return [self.award(code, phrase, figure)]
        template = self.chosen(phrase.say, figure).replace("{list}", "{.}")
        pieces = self.fill(template.removeprefix(FULL), figure, self.facts.get)
        clause = self.clause(template, pieces, code)
        clause.pieces += self.followers(code, phrase, figure)
        return [clause]

    def value_only(self, figure: Any) -> list[Piece]:
        text = self.facts.text(figure, form="r").replace(f"{figure.qualifier} ", "", 1)
        return [Piece(text, mark(figure))]

    def followers(
        self, code: str, phrase: Phrase, figure: Any, inside: bool = False
    ) -> list[Piece]:
        """Figures of the same activity, parts and units, behind the number they belong to."""
        pieces: list[Piece] = []
        followed = []
        for other, template in phrase.withs.items():
            if self.facts.says(other):
                found = self.facts.get(other)
                pieces += self.fill(template, found, self.facts.get)
                self.facts.use(found)
                followed.append(other)
                pieces += self.second_followers(other)
            elif self.facts.kind(other) == "words" and self.facts.get(other).value == 100:
                pieces.append(Piece(" (tất cả)", other))
                self.facts.use(self.facts.get(other))
        pieces += self.covered(figure)
        pieces += self.gathered(phrase, figure)
        details = self.alike(code, phrase, figure, inside)
        if details:
            return [*pieces, *details]
        details = self.part_list(code, phrase, figure) or self.by_unit(code, figure, followed)
        if details and (inside or "trong đó" in plain(pieces)):
            pieces = (
                [Piece(" ("), *details, Piece(")"), *pieces]
                if not inside
                else [*pieces, Piece(" ("), *details, Piece(")")]
            )
        elif details:
            pieces += [Piece(", trong đó "), *details]
        for other in followed:
            pieces += self.loose_parts(other)
        return pieces

    def second_followers(self, code: str) -> list[Piece]:
        """What follows a follower: "… là đảng viên (389/476, bằng 81,7%)"."""
        pieces: list[Piece] = []
        for other, template in self.patterns.phrases[code].withs.items():
            if self.facts.says(other):
                found = self.facts.get(other)
                pieces += self.fill(template, found, self.facts.get)
                self.facts.use(found)
                pieces += self.second_followers(other)
        return pieces

    def covered(self, figure: Any) -> list[Piece]:
        """“ (2/2 tỉnh biên giới)”: a sum that only some of the units are asked for says how many."""
        if not figure.expected or not figure.complete or not at_the_border(figure):
            return []
        noun = self.facts.context.border_noun
        return [Piece(f" ({figure.have}/{figure.expected} {noun})")]

    def gathered(self, phrase: Phrase, figure: Any) -> list[Piece]:
        """“, gồm 01 nhà xây mới và 01 nhà sửa chữa”: what a number consists of; “ (xây mới)” of all alike."""
        opening, members = phrase.gather
        said = [(other, self.facts.get(other)) for other in members if self.facts.says(other)]
        if len(said) == 1 and same(said[0][1], figure):
            other, found = said[0]
            alike = self.alike(other, self.patterns.phrases[other], found, inside=False)
            if alike or not self.facts.parts(other):
                self.facts.use(found)
                told = Piece(self.without_number(members[other]), mark(found))
                return [Piece(" ("), told, *alike, Piece(")")]
        shown = []
        for other, template in members.items():
            if not self.facts.says(other):
                continue
            found = self.facts.get(other)
            pieces = self.fill(template, found, self.facts.get)
            self.facts.use(found)
            pieces += self.followers(other, self.patterns.phrases[other], found, inside=True)
            shown.append(pieces)
        return [Piece(opening), *joined(shown, ", ", " và ")] if shown else []

    def alike(self, code: str, phrase: Phrase, figure: Any, inside: bool) -> list[Piece]:
        """“, đều do Hội chủ trì”: the only part is all of the whole."""
        parts = self.facts.parts(code)
        if len(parts) != 1 or is_money(figure.entry.unit) or not same(parts[0], figure):
            return []
        part = parts[0]
        words = self.part_words(phrase, part.entry, part.part)
        if words.startswith("(") or any(self.facts.says(other, part.part) for other in phrase.withs):
            return []
        self.facts.use(part)
        if part.value == 1:
            return [Piece(" "), Piece(words, mark(part))]
        told = [Piece("đều "), Piece(words, mark(part))]
        return [Piece(" ("), *told, Piece(")")] if inside else [Piece(", "), *told]

    def loose_parts(self, code: str) -> list[Piece]:
        """Parts of a follower that its main figure does not have."""
        phrase = self.patterns.phrases[code]
        figure = self.facts.known(code)
        if not self.facts.parts(code):
            return []
        return [Piece(" ("), *self.part_list(code, phrase, figure), Piece(")")]

    def zero_rates(self, phrase: Phrase) -> list[Piece]:
        """“Không còn hộ nghèo (0%)”: the rate that belongs to a real 0."""
        pieces: list[Piece] = []
        for other in phrase.withs:
            figure = self.facts.get(other)
            if figure is not None and kind_of(figure) == "zero" and figure.entry.unit == "%":
                self.facts.use(figure)
                pieces += [Piece(" ("), Piece("0%", other), Piece(")")]
        return pieces

    def in_words(self, phrase: Phrase, figure: Any) -> Clause:
        """Held, or typed in words: the deed without a number."""
        code = figure.entry.code
        said = (figure.words or "").strip()
        tell = said.lower() not in BARE and not figure.held
        if phrase.words and tell:
            unit = noun_for(figure)
            if (
                amount_words(said)
                and unit not in MEASURES
                and not is_money(unit)
                and not said.endswith(unit)
            ):
                said += f" {unit}"
            before, after = phrase.words.removeprefix(FULL).split("{.}", 1)
            return Clause(
                [Piece(before), Piece(said, mark(figure)), Piece(after)],
                full=phrase.words.startswith(FULL),
                codes=[code],
            )
        everyone = figure.qualifier == "toàn thể" or (
            str(figure.state) == "number" and figure.entry.unit == "%" and figure.value == 100
        )
        if phrase.everyone and everyone:
            return Clause([Piece(phrase.everyone, mark(figure))], full=True, codes=[code])
        template = phrase.done or self.chosen(phrase.say, figure)
        text = self.without_number(template)
        if tell:
            text += f" ({said})"
        clause = Clause(
            [Piece(text, mark(figure))],
            full=template.startswith(FULL) and bool(phrase.done),
            codes=[code],
        )
        for other, tail in phrase.withs.items():
            if self.facts.says(other) and tail.startswith(","):
                found = self.facts.get(other)
                clause.pieces += self.fill(tail, found, self.facts.get)
                self.facts.use(found)
        details = self.part_list(code, phrase, None)
        if details:
            clause.pieces += [Piece(", trong đó "), *details]
        return clause

    # Several indicators

    def item(self, item: Item) -> list[Clause]:
        if item.members:
            return self.listed(item)
        clauses: list[Clause] = []
        form = self.best_form(item)
        if form:
            pieces = self.fill(form.removeprefix(FULL), None, self.facts.get)
            clauses.append(Clause(pieces, full=form.startswith(FULL)))
            for slot in slots(form):
                if not slot.code.startswith("@"):
                    self.facts.use(self.facts.get(slot.code, slot.part))
                    clauses[-1].codes.append(slot.code)
            if item.tail and item.tail in clauses[-1].codes:
                clauses[-1].pieces += self.second_followers(item.tail)
        for code in () if item.soft else item.codes:
            clauses += self.state(code)
        return clauses

    def best_form(self, item: Item) -> str:
        """The form that says most, all of whose figures are there and have no parts left over."""
        best, size = "", 0
        if any(self.facts.says(code) for code in item.unless):
            return best
        for form in item.forms:
            needed = {
                (slot.code, slot.part) for slot in slots(form) if not slot.code.startswith("@")
            }
            if len(needed) <= size or not all(self.facts.says(*key) for key in needed):
                continue
            named = {code for code, _part in needed}
            whole_left = any((code, "") not in needed and self.facts.get(code) for code in named)
            left = whole_left or [
                figure
                for code in named
                for figure in self.facts.parts(code)
                if (code, figure.part) not in needed
            ]
            if not left:
                best, size = form, len(needed)
        return best

    def listed(self, item: Item) -> list[Clause]:
        """Like things in one breath: "03 doanh nghiệp, 02 hợp tác xã và 05 trang trại"."""
        shown, codes, others = [], [], []
        for code, template in item.members.items():
            template, _, of_part = template.partition("||")
            if not self.facts.says(code):
                parts = [] if self.facts.get(code) else self.facts.parts(code)
                if (
                    of_part
                    and parts
                    and all(kind_of(figure) in ("number", "amount") for figure in parts)
                ):
                    shown += [self.listed_part(code, of_part, figure) for figure in parts]
                    codes.append(code)
                else:
                    others.append(code)
                continue
            figure = self.facts.get(code)
            pieces = self.fill(template, figure, self.facts.get)
            self.facts.use(figure)
            pieces += self.followers(code, self.patterns.phrases[code], figure, inside=True)
            shown.append(pieces)
            codes.append(code)
        clauses = []
        if shown:
            before, after = item.say.removeprefix(FULL).split("{list}", 1)
            pieces = [
                *self.fill(before, None, self.facts.get),
                *joined(shown, ", ", " và "),
                Piece(after),
            ]
            clauses.append(Clause(pieces, full=item.say.startswith(FULL), codes=codes))
        for code in others:
            clauses += self.state(code)
        return clauses

    def listed_part(self, code: str, template: str, figure: Any) -> list[Piece]:
        words = self.part_words(self.patterns.phrases[code], figure.entry, figure.part)
        pieces = [*self.fill(template, figure, self.facts.get), Piece(f" {words}")]
        self.facts.use(figure)
        return pieces

    # Whatever no pattern knows

    def unknown(self, figure: Any) -> list[Piece]:
        """A figure said from its entry's name alone, without a verb in front."""
        self.facts.use(figure)
        entry = figure.entry
        part = f" ({figure.part.replace(SEPARATOR, ', ')})" if figure.part else ""
        kind = kind_of(figure)
        if kind == "words":
            said = (figure.words or "").strip()
            if amount_words(said) and not figure.held:
                return [Piece(f"{rest_of_name(entry)}{part}: "), Piece(said, mark(figure))]
            tail = f": {said}" if said.lower() not in BARE and not figure.held else ""
            return [Piece(f"{rest_of_name(entry)}{part}{tail}", mark(figure))]
        before, noun, after = bare_phrase(figure)
        text = self.facts.text(figure, noun, "r" if entry.kind == "ratio" else "")
        tail = after + part
        if before:
            return [Piece(f"{before}{part} "), Piece(text, mark(figure))]
        return [Piece(text, mark(figure)), Piece(tail)]


def same(one: Any, other: Any) -> bool:
    """Whether two figures are the same plain number of the same thing."""
    figures = (one, other)
    plain_numbers = all(kind_of(f) == "number" and not f.qualifier and not f.estimate for f in figures)
    return plain_numbers and one.value == other.value and noun_for(one) == noun_for(other)


def starts_with_digit(pieces: list[Piece]) -> bool:
    return plain(pieces).lstrip()[:1].isdigit()
