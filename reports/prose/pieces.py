"""Small building blocks of a sentence: text with or without a linked figure."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from reports.rendering.content import Paragraph, Run


@dataclass(frozen=True)
class Piece:
    """A stretch of text; ``figure`` is "code" or "code|part" when it prints that figure."""

    text: str
    figure: str | None = None


@dataclass
class Clause:
    """One statement.  ``full``: it has its own subject; else the group's subject is understood."""

    pieces: list[Piece]
    full: bool = False
    subject: str = ""
    lead: str = ""
    topic: str = ""
    codes: list[str] = field(default_factory=list)

    @property
    def words(self) -> int:
        return len(plain(self.pieces).split())


def plain(pieces: Iterable[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def joined(
    groups: Sequence[Sequence[Piece]], separator: str = ", ", last: str | None = None
) -> list[Piece]:
    """Put the separator between groups, ``last`` before the final one; a word where two numbers would meet."""
    result: list[Piece] = []
    for index, group in enumerate(groups):
        if index:
            final = index == len(groups) - 1
            between = last if last is not None and final else separator
            if (
                plain(groups[index - 1])[-1:].isdigit()
                and plain(group)[:1].isdigit()
                and between == ", "
            ):
                between = ", cùng "
            result.append(Piece(between))
        result.extend(group)
    return result


def reference(code: str, part: str = "") -> str:
    return f"{code}|{part}" if part else code


def tidy(pieces: Sequence[Piece]) -> list[Piece]:
    """NFC, one space at most, none before punctuation, nothing empty."""
    result: list[Piece] = []
    before = ""
    for piece in pieces:
        text = " ".join(unicodedata.normalize("NFC", piece.text).split(" "))
        while "  " in text:
            text = text.replace("  ", " ")
        if text[:1] == " " and before in ("", " ", "("):
            text = text[1:]
        if result and text[:1] in (",", ";", ".", ")") and before == " ":
            last = result[-1]
            result[-1] = Piece(last.text.rstrip(" "), last.figure)
        if not text:
            continue
        if result and piece.figure is None and result[-1].figure is None:
            result[-1] = Piece(result[-1].text + text)
        else:
            result.append(Piece(text, piece.figure))
        before = text[-1]
    return [piece for piece in result if piece.text]


def capitalised(pieces: Sequence[Piece]) -> list[Piece]:
    first, *rest = tidy(pieces)
    return [Piece(first.text[:1].upper() + first.text[1:], first.figure), *rest]


def lowered(text: str) -> str:
    """Lower the first letter for use inside a sentence; names of the Hội keep theirs."""
    head = text.split(" ", 1)[0]
    if text.startswith("Hội phí"):
        return "h" + text[1:]
    if (
        head in {"Hội", "Cụm", "Đảng", "Mặt", "Đoàn", "Nhà", "Quân", "Ủy", "Trung"}
        or head.isupper()
    ):
        return text
    return text[:1].lower() + text[1:]


def paragraph(sentences: Sequence[Sequence[Piece]], kind: str = "body") -> Paragraph:
    pieces = tidy(joined(sentences, " "))
    return Paragraph(runs=[Run(piece.text, figure=piece.figure) for piece in pieces], kind=kind)
