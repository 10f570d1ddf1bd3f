"""From a pattern and the figures it names to one clause."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .facts import SEPARATOR, Facts, kind_of
from .generic import bare_phrase, rest_of_name
from .patterns import SLOT, Item, Phrase, patterns, read_slot, slots
from .pieces import Clause, Piece, joined, plain, reference
from .quantities import BARE, amount_words, counted, noun_for

FULL = "= "


def mark(figure: Any) -> str:
    return reference(figure.entry.code, figure.part)


class Clauses:
    """Builds clauses and notes in ``facts`` what they have used."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.patterns = patterns()
        self.broken_down = 0

    # Templates

    def fill(self, template: str, own: Any, pick: Callable[[str, str], Any]) -> list[Piece]:
        """The template's text with every slot printed as a linked figure."""
        pieces: list[Piece] = []
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
        pieces.append(Piece(template[end:]))
        return pieces

    def without_number(self, template: str) -> str:
        """The same statement with no number in it."""
        text = SLOT.sub(
            lambda match: self.facts.context.word(match[1][1:]) if match[1][0] == "@" else read_slot(match).instead,
            template,
        )
        return " ".join(text.removeprefix(FULL).split())

    def chosen(self, by_unit: dict[str, str], figure: Any) -> str:
        unit = figure.unit or figure.entry.unit
        return by_unit.get(unit) or by_unit.get(noun_for(figure)) or by_unit.get("*", "")

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
        kind = kind_of(figure)
        if kind == "zero" and not phrase.zero:
            self.facts.use(figure)
            self.facts.zeros.append(figure)
            return self.state(code) if self.facts.parts(code) else []
        self.facts.use(figure)
        if kind == "zero":
            pieces = [Piece(self.without_number(phrase.zero), mark(figure))]
            self.swallow_zero_rates(phrase)
            return [self.clause(phrase.zero, pieces, code)]
        if kind == "words":
            return [self.in_words(phrase, figure)]
        if figure.qualifier == "toàn thể" and figure.entry.unit == "%" and phrase.everyone:
            pieces = [Piece(phrase.everyone + " ("), *self.value_only(figure), Piece(")")]
            return [Clause(pieces, full=True, codes=[code])]
        if phrase.award:
            return [self.award(code, phrase, figure)]
        template = self.chosen(phrase.say, figure)
        pieces = self.fill(template.removeprefix(FULL), figure, self.facts.get)
        clause = self.clause(template, pieces, code)
        clause.pieces += self.followers(code, phrase, figure)
        return [clause]

    def clause(self, template: str, pieces: list[Piece], code: str) -> Clause:
        return Clause(pieces, full=template.startswith(FULL), codes=[code])

    def value_only(self, figure: Any) -> list[Piece]:
        text = self.facts.text(figure, form="r").replace(f"{figure.qualifier} ", "", 1)
        return [Piece(text, mark(figure))]

    def followers(self, code: str, phrase: Phrase, figure: Any, inside: bool = False) -> list[Piece]:
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
        pieces += self.gathered(phrase)
        details = self.part_list(code, phrase, figure) or self.by_unit(code, phrase, figure, followed)
        if details and inside:
            pieces += [Piece(" ("), *details, Piece(")")]
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

    def gathered(self, phrase: Phrase) -> list[Piece]:
        """", gồm 01 nhà xây mới và 01 nhà sửa chữa": what a number consists of."""
        opening, members = phrase.gather
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

    def loose_parts(self, code: str) -> list[Piece]:
        """Parts of a follower that its main figure does not have."""
        phrase = self.patterns.phrases[code]
        figure = self.facts.figures.get(code)
        if not self.facts.parts(code):
            return []
        return [Piece(" ("), *self.part_list(code, phrase, figure), Piece(")")]

    def swallow_zero_rates(self, phrase: Phrase) -> None:
        """"Không còn hộ nghèo" also tells a rate of 0."""
        for other in phrase.withs:
            if self.facts.kind(other) == "zero":
                self.facts.use(self.facts.get(other))

    def in_words(self, phrase: Phrase, figure: Any) -> Clause:
        """Held, or typed in words: the deed without a number."""
        code = figure.entry.code
        said = (figure.words or "").strip()
        tell = said.lower() not in BARE and not figure.held
        if phrase.words and tell:
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
        clause = Clause([Piece(text, mark(figure))], full=phrase.done.startswith(FULL), codes=[code])
        for other, tail in phrase.withs.items():
            if self.facts.says(other) and tail.startswith(","):
                found = self.facts.get(other)
                clause.pieces += self.fill(tail, found, self.facts.get)
                self.facts.use(found)
        return clause

    # Parts

    def part_words(self, phrase: Phrase, entry: Any, part: str) -> str:
        """"dịp 27/7 cho thương binh, bệnh binh": how a part is named behind its number."""
        words = []
        for value in part.split(SEPARATOR):
            dimension = entry.dimension_of(value)
            name = dimension.name if dimension else ""
            template = (
                phrase.parts.get(value)
                or phrase.parts.get(f"*{name}")
                or self.patterns.parts.get(f"{name}={value}")
                or self.patterns.parts.get(value)
                or self.patterns.parts.get(f"*{name}")
                or "({v})"
            )
            words.append(template.replace("{v}", value))
        return " ".join(words)

    def part_piece(self, phrase: Phrase, figure: Any) -> list[Piece]:
        """One part: its number, what part it is, and the follower with the same part."""
        entry = figure.entry
        words = self.part_words(phrase, entry, figure.part)
        self.facts.use(figure)
        kind = kind_of(figure)
        if entry.adds_up == "within_part" and kind != "words":
            unit = "" if figure.unit in ("", "theo loại") else f" {figure.unit}"
            number = self.facts.text(figure, form="#") + unit
            if words.startswith((figure.unit or "-") + " "):
                words = words[len(figure.unit) + 1 :]
            pieces = [Piece(f"{number} {words}", mark(figure))]
        elif kind == "zero":
            pieces = [Piece(f"không có {words}", mark(figure))]
        elif kind == "words":
            said = (figure.words or "").strip()
            tail = f" ({said})" if said.lower() not in BARE and not figure.held else ""
            pieces = [Piece(f"có {noun_for(figure)} {words}{tail}", mark(figure))]
        else:
            pieces = [Piece(self.facts.text(figure), mark(figure)), Piece(f" {words}")]
        partners = []
        for other in phrase.withs:
            if self.facts.says(other, figure.part):
                found = self.facts.get(other, figure.part)
                self.facts.use(found)
                partners.append([Piece(self.facts.text(found, form="p"), mark(found))])
        if partners:
            pieces += [Piece(" ("), *joined(partners, ", "), Piece(")")]
        return pieces

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
        if len(shape) != 1 or whole is None or kind_of(whole) != "number" or whole.entry.kind == "ratio":
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
        from dataclasses import replace

        figure = replace(whole, value=left, denominator=None, estimated=None)
        text = counted(figure, style=self.facts.context.money_style)
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
                if not others:
                    pieces.append(Piece(f" {self.part_words(phrase, head.entry, head.part)}"))
                    self.facts.use(head)
                    for other, tail in phrase.withs.items():
                        if self.facts.says(other, head.part):
                            found = self.facts.get(other, head.part)
                            self.facts.use(found)
                            pieces += self.fill(tail, found, self.facts.get)
                else:
                    shown = self.part_piece(phrase, head)
                    pieces += shown[1:] or [Piece(f" {self.part_words(phrase, head.entry, head.part)}")]
                pieces = joined([pieces, *(self.part_piece(phrase, figure) for figure in others)], ", ")
            clauses.append(self.clause(template, pieces, code))
        for figure in figures:
            if kind_of(figure) != "words":
                continue
            self.facts.use(figure)
            said = (figure.words or "").strip()
            tell = said.lower() not in BARE and not figure.held
            words = self.part_words(phrase, figure.entry, figure.part)
            if phrase.words_part and tell:
                before, after = phrase.words_part.split("{.}", 1)
                pieces = [Piece(before.replace("{part}", words)), Piece(said, mark(figure)), Piece(after)]
                clauses.append(Clause(pieces, codes=[code]))
                continue
            template = phrase.done_part or phrase.done or self.chosen(phrase.say, figure)
            base = self.without_number(template)
            tail = f" ({said})" if tell else ""
            clauses.append(self.clause(template, [Piece(f"{base} {words}{tail}", mark(figure))], code))
        return clauses

    # Units below

    def by_unit(self, code: str, phrase: Phrase, figure: Any, followed: list[str]) -> list[Piece]:
        """"Cao Bằng 265 lần với 1.855 lượt": units below, when two to four of them have numbers."""
        needed = "bien_gioi" in figure.entry.concerns.needs or figure.entry.code.startswith("border_")
        if figure.part or figure.entry.kind == "ratio" or (self.broken_down and not needed):
            return []
        rows = [(name, found) for name, found in self.facts.context.breakdown(code) if kind_of(found) == "number"]
        if not 2 <= len(rows) <= 4:
            return []
        self.broken_down += 1
        beside = [dict(self.facts.context.breakdown(other)) for other in followed]
        shown = []
        for name, found in rows:
            pieces = [Piece(f"{name} "), Piece(self.facts.text(found), mark(figure))]
            for other, values in zip(followed, beside, strict=True):
                if kind_of(values.get(name)) == "number":
                    pieces += [Piece(" với "), Piece(self.facts.text(values[name]), other)]
            shown.append(pieces)
        return joined(shown, ", ")

    # Awards

    def award(self, code: str, phrase: Phrase, figure: Any) -> Clause:
        """"… tặng 06 Bằng khen cho 03 tập thể và 03 cá nhân"."""
        words = phrase.award
        pieces = [
            Piece(words["before"] + " "),
            Piece(self.facts.text(figure, words["thing"]), mark(figure)),
            Piece(words.get("after", "")),
        ]
        receivers = self.receivers(code, "")
        if receivers:
            pieces += [Piece(" cho "), *receivers]
        topics = self.topics(code)
        if topics:
            pieces += [Piece(", trong đó " if not receivers else "; trong đó "), *topics]
        rest = self.part_list(code, phrase, None)
        if rest:
            pieces += [Piece(", trong đó "), *rest]
        return Clause(pieces, full=True, codes=[code])

    def award_parts(self, code: str, phrase: Phrase) -> list[Clause]:
        """Receivers with no total: "… tặng Bằng khen về … cho 01 tập thể và 01 cá nhân"."""
        if not phrase.award:
            return []
        plain_receivers = self.receivers(code, "")
        topics = self.topics(code)
        told = []
        if plain_receivers:
            told.append([Piece("cho "), *plain_receivers])
        if topics:
            told.append(topics)
        words = phrase.award
        clauses = []
        if told:
            pieces = [Piece(f"{words['before']} {words['thing']}{words.get('after', '')} "), *joined(told, ", ")]
            clauses.append(Clause(pieces, full=True, codes=[code]))
        return clauses + (self.parts_only(code, phrase) if self.facts.parts(code) else [])

    def receivers(self, code: str, topic: str) -> list[Piece]:
        """"01 tập thể và 01 cá nhân" of one topic ("" = no topic)."""
        shown = []
        for who in ("tập thể", "cá nhân"):
            figure = self.facts.get(code, who + (SEPARATOR + topic if topic else ""))
            if figure is None or kind_of(figure) != "number":
                continue
            self.facts.use(figure)
            shown.append([Piece(f"{self.facts.text(figure, form='#')} {who}", mark(figure))])
        return joined(shown, " và ")

    def topics(self, code: str) -> list[Piece]:
        """"về tổ chức Đại hội cho 01 tập thể và 01 cá nhân", topic after topic."""
        names = dict.fromkeys(
            figure.part.split(SEPARATOR, 1)[1]
            for figure in self.facts.parts(code)
            if figure.part.startswith(("tập thể; ", "cá nhân; ")) and kind_of(figure) == "number"
        )
        phrase = self.patterns.phrases[code]
        entry = self.facts.entries[code]
        return joined(
            [
                [Piece(self.part_words(phrase, entry, topic) + " cho "), *self.receivers(code, topic)]
                for topic in names
            ],
            ", ",
        )

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
        for code in item.codes:
            clauses += self.state(code)
        return clauses

    def best_form(self, item: Item) -> str:
        """The form that says most, all of whose figures are there and have no parts left over."""
        best, size = "", 0
        for form in item.forms:
            needed = {(slot.code, slot.part) for slot in slots(form) if not slot.code.startswith("@")}
            if len(needed) <= size or not all(self.facts.says(*key) for key in needed):
                continue
            named = {code for code, _part in needed}
            whole_left = any((code, "") not in needed and self.facts.get(code) for code in named)
            left = whole_left or [
                figure for code in named for figure in self.facts.parts(code)
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
                if of_part and parts and all(kind_of(figure) in ("number", "amount") for figure in parts):
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
            pieces = [*self.fill(before, None, self.facts.get), *joined(shown, ", ", " và "), Piece(after)]
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


def starts_with_digit(pieces: list[Piece]) -> bool:
    return plain(pieces).lstrip()[:1].isdigit()
