"""Where an indicator belongs that came in with an import and has nothing but a name."""

import math
import re
from collections import Counter
from itertools import pairwise

from members.vietnamese import fold

from .data import read

FALLBACK = "3"  # tình nghĩa, từ thiện: what units invent most often
NEIGHBOURS = 3
ENOUGH = 0.18

# Said of everything, so they say nothing about the section.
EVERYWHERE = re.compile(
    r"\b(cuu chien binh|hoi vien|so luot|so tien|so|luot|ty le|tong|cua|va|duoc|cac|co|cho|tai|o"
    r"|la|trong|bi|voi|de|ccb)\b"
)


def _tokens(text: str) -> list[str]:
    """Syllables and pairs of neighbouring syllables; one syllable alone says little."""
    words = re.findall(r"[a-z0-9]+", EVERYWHERE.sub(" ", fold(text)))
    return words + [f"{first} {second}" for first, second in pairwise(words)]


class SectionGuesser:
    """Compares a name with the names of known indicators; the same answer every time."""

    def __init__(self, names: list[tuple[str, str]]):
        """`names`: (name, section code) of everything known, in printed order."""
        known = [(frozenset(_tokens(name)), section) for name, section in names]
        spread = Counter(token for tokens, _section in known for token in tokens)
        self.weight = {t: math.log(1 + len(known) / n) ** 2 for t, n in spread.items()}
        self.known = [(tokens, self._mass(tokens), section) for tokens, section in known]

    def _mass(self, tokens) -> float:
        # An exact sum, so that the order of a set never decides.
        return math.fsum(self.weight.get(token, 0) for token in tokens)

    def guess(self, name: str) -> str:
        """The section of the nearest names together; FALLBACK when nothing is near."""
        wanted = frozenset(_tokens(name)) & self.weight.keys()
        mass = self._mass(wanted)
        near = [
            (self._mass(wanted & tokens) / math.sqrt(mass * own), section)
            for tokens, own, section in self.known
            if not wanted.isdisjoint(tokens)
        ]
        near.sort(key=lambda pair: -pair[0])
        if not near or near[0][0] < ENOUGH:
            return FALLBACK
        votes: Counter[str] = Counter()
        for likeness, section in near[:NEIGHBOURS]:
            votes[section] += likeness**2
        return max(votes, key=votes.get)


def build_guesser(entries, sections: dict[str, str]) -> SectionGuesser:
    """Learns from names and short names of the entries, section titles, and a few more words."""
    names = [(entry.name, entry.section) for entry in entries]
    names += [
        (phrase, section) for section, title in sections.items() for phrase in title.split(";")
    ]
    names += [(phrase, section) for section, more in read("hints.json").items() for phrase in more]
    return SectionGuesser(names)
