"""Awards: giver, thing given, receivers and topics."""

from typing import Any

from .facts import SEPARATOR, kind_of
from .parts import Parts
from .patterns import Phrase
from .pieces import Clause, Piece, joined
from .templates import mark


class Awards(Parts):
    """Clauses on flags, certificates and medals."""

    def award(self, code: str, phrase: Phrase, figure: Any) -> Clause:
        """“… tặng 06 Bằng khen cho 03 tập thể và 03 cá nhân”."""
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
        rest = self.part_list(code, phrase, None if receivers or topics else figure)
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
            deed = words.get("deed") or f"{words['before']} {words['thing']}"
            pieces = [Piece(f"{deed} "), *joined(told, ", ")]
            clauses.append(Clause(pieces, full=True, codes=[code]))
        return clauses + (self.parts_only(code, phrase) if self.facts.parts(code) else [])

    def receivers(self, code: str, topic: str) -> list[Piece]:
        """“01 tập thể và 01 cá nhân” of one topic ("" = no topic)."""
        shown = []
        for who in ("tập thể", "cá nhân"):
            figure = self.facts.get(code, who + (SEPARATOR + topic if topic else ""))
            if figure is None or kind_of(figure) != "number":
                continue
            self.facts.use(figure)
            shown.append([Piece(f"{self.facts.text(figure, form='#')} {who}", mark(figure))])
        return joined(shown, " và ")

    def topics(self, code: str) -> list[Piece]:
        """“về tổ chức Đại hội cho 01 tập thể và 01 cá nhân”, topic after topic."""
        names = dict.fromkeys(
            figure.part.split(SEPARATOR, 1)[1]
            for figure in self.facts.parts(code)
            if figure.part.startswith(("tập thể; ", "cá nhân; ")) and kind_of(figure) == "number"
        )
        phrase = self.patterns.phrases[code]
        entry = self.facts.entries[code]
        return joined(
            [
                [
                    Piece(self.part_words(phrase, entry, topic) + " cho "),
                    *self.receivers(code, topic),
                ]
                for topic in names
            ],
            ", ",
        )
