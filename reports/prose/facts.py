"""The section's figures as the sentences see them: what is there, what was said already."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from members.vietnamese import money_short

from .context import Context
from .patterns import patterns
from .pieces import lowered
from .quantities import HUNDRED, amount_words, counted, format_number, is_money, percent, prefix

SEPARATOR = "; "


def kind_of(figure: Any) -> str:
    """number | zero | amount ("hàng nghìn") | words (said without a number) | absent."""
    if figure is None or figure.entry.print == "none":
        return "absent"
    state = str(figure.state)
    entry = figure.entry
    if state == "words":
        inline = entry.print != "words" and entry.kind != "ratio" and not figure.held
        return "amount" if inline and amount_words(figure.words or "") else "words"
    if state != "number" or figure.value is None:
        return "absent"
    if figure.value == 0:
        return "zero"
    return "words" if figure.held or entry.print == "words" else "number"


def at_the_border(figure: Any) -> bool:
    """Whether only units on the frontier are asked for this figure."""
    return "bien_gioi" in figure.entry.concerns.needs or figure.entry.code.startswith("border_")


class Facts:
    """Reads figures of one section, remembers what the text has used."""

    def __init__(self, entries: Sequence[Any], figures: Any, context: Context) -> None:
        self.entries = {entry.code: entry for entry in entries}
        self.figures = figures
        self.context = context
        self.used: set[tuple[str, str]] = set()
        self.printed: list[Any] = []
        self.typed_rates: list[Any] = []
        self.zeros: list[Any] = []
        self._known: dict[tuple[str, str], Any] = {}
        self._parts: dict[str, list[Any]] = {}
        self._rates = self._closed_rates()
        self.style = self._money_style()

    def _money_style(self) -> str:
        """One way to write money in a section: triệu throughout once a sum is written in triệu."""
        if self.context.money_style != "short":
            return self.context.money_style
        sums = [
            figure.value
            for code, entry in self.entries.items()
            if is_money(entry.unit) and kind_of(figure := self.known(code)) == "number"
        ]
        return (
            "million"
            if any("triệu" in money_short(value) or "tỷ" in money_short(value) for value in sums)
            else "short"
        )

    def known(self, code: str, part: str = "") -> Any:
        """The figure of any cell, asked for once; None for a code the figures do not know."""
        if (code, part) not in self._known:
            try:
                self._known[code, part] = self.figures.get(code, part)
            except KeyError:
                self._known[code, part] = None
        return self._known[code, part]

    def get(self, code: str, part: str = "") -> Any:
        """The figure if this section prints it and the text has not used it yet, else None."""
        if code not in self.entries or (code, part) in self.used:
            return None
        figure = self.known(code, part)
        return None if kind_of(figure) == "absent" else figure

    def kind(self, code: str, part: str = "") -> str:
        return kind_of(self.get(code, part))

    def says(self, code: str, part: str = "") -> bool:
        return self.kind(code, part) in ("number", "amount")

    def parts(self, code: str) -> list[Any]:
        """The unused parts of a whole that have something to say, in printed order."""
        if code not in self.entries:
            return []
        if code not in self._parts:
            self._parts[code] = list(self.figures.parts(code))
        return [
            figure
            for figure in self._parts[code]
            if figure.part and (code, figure.part) not in self.used and kind_of(figure) != "absent"
        ]

    def use(self, figure: Any) -> None:
        self.used.add((figure.entry.code, figure.part))
        if kind_of(figure) in ("number", "amount", "zero"):
            self.printed.append(figure)

    def label(self, figure: Any) -> str:
        """What the number is, for a list or a comparison: the phrase's label or the entry's name."""
        phrase = patterns().phrases.get(figure.entry.code)
        return phrase.label if phrase and phrase.label else lowered(figure.entry.name)

    # Rates

    def terms(self, figure: Any) -> tuple[Decimal, Decimal] | None:
        """Count and total of a percentage, when both are known as plain numbers."""
        if figure.entry.kind != "ratio" or figure.entry.unit != "%":
            return None
        if figure.denominator:
            return figure.value, figure.denominator
        entry = figure.entry
        if figure.part or not entry.numerator or not entry.denominator:
            return None
        pair = [self.known(entry.numerator), self.known(entry.denominator)]
        plain = all(
            term is not None
            and str(term.state) == "number"
            and term.value is not None
            and not term.qualifier
            and not term.estimate
            and term.complete
            for term in pair
        )
        if not plain or pair[1].value <= 0 or pair[0].value > pair[1].value:
            return None
        return pair[0].value, pair[1].value

    def _closed_rates(self) -> dict[str, Decimal]:
        """Rates of one whole to one decimal by largest remainder, so that they close to 100,0."""
        closed: dict[str, Decimal] = {}
        for codes in patterns().partitions:
            found = {}
            for code in codes:
                figure = self.known(code)
                if figure is not None and kind_of(figure) in ("number", "zero"):
                    terms = self.terms(figure)
                    if terms:
                        found[code] = terms
            totals = {total for _count, total in found.values()}
            if (
                len(found) < 2
                or len(totals) != 1
                or sum(count for count, _ in found.values()) != totals.copy().pop()
            ):
                continue
            exact = {code: count * 1000 / total for code, (count, total) in found.items()}
            floor = {code: int(value) for code, value in exact.items()}
            left = 1000 - sum(floor.values())
            for code in sorted(exact, key=lambda code: floor[code] - exact[code])[:left]:
                floor[code] += 1
            closed.update({code: Decimal(value) / 10 for code, value in floor.items()})
        return closed

    def percentage(self, figure: Any) -> str:
        terms = self.terms(figure)
        if terms is None:
            return counted(figure, style=self.style)
        rate = self._rates.get(figure.entry.code) if not figure.part else None
        if rate is None or rate in (0, 100):
            return percent(terms[0] * HUNDRED / terms[1])
        return percent(rate, 1)

    def rate(self, figure: Any, form: str) -> str:
        """A rate: "8/26, bằng 30,8%", :r "30,8% (8/26)", :p "30,8%"."""
        shown = self.percentage(figure)
        terms = self.terms(figure)
        if terms is None:
            if (
                figure.entry.numerator
                and figure.entry.unit == "%"
                and str(figure.state) == "number"
            ):
                self.typed_rates.append(figure)
            return shown
        term = self.known(figure.entry.numerator) if figure.entry.numerator else None
        heavy = term is not None and is_money(term.entry.unit)
        fraction = f"{format_number(terms[0])}/{format_number(terms[1])}"
        told = term is not None and not figure.part and term.denominator is not None
        if heavy or form == "p" or (told and kind_of(term) == "number"):
            return shown
        return f"{shown} ({fraction})" if form == "r" else f"{fraction}, bằng {shown}"

    def text(self, figure: Any, noun: str = "", form: str = "") -> str:
        """The figure as it stands in a sentence."""
        entry = figure.entry
        if str(figure.state) == "number" and entry.kind == "ratio" and entry.unit == "%":
            return self.rate(figure, form)
        if entry.kind == "ratio" and figure.denominator and str(figure.state) == "number":
            value = figure.rate
            return f"{prefix(figure)}{format_number(Decimal(round(value)))} {entry.unit}"
        return counted(figure, style=self.style, wanted=noun, bare=form == "#")
