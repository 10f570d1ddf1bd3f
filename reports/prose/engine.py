"""Clauses to sentences of 25–55 words, sentences to paragraphs."""

from collections.abc import Sequence
from typing import Any

from reports.rendering.content import Paragraph

from . import closing
from .clauses import Clauses, starts_with_digit
from .context import Context
from .facts import Facts, kind_of
from .patterns import Group, patterns
from .pieces import Clause, Piece, capitalised, joined, lowered, paragraph, plain

ENOUGH_WORDS = 20  # a sentence this long may end where the subject changes
STANDS_ALONE = 9  # words of a statement that may be a sentence of its own
MOST_WORDS = 52  # and no clause is added beyond this
PARAGRAPH_WORDS = 80
SHORT_PARAGRAPH = 50
LAST_LINES = 28


def write_section(entries: Sequence[Any], figures: Any, context: Context) -> list[Paragraph]:
    """The section's figures in sentences; [] when no entry has anything to say.

    ``entries`` in printed order say which indicators belong to the section;
    ``figures.get(code, part="")`` and ``figures.parts(code)`` give them.
    Nothing missing or not concerned is mentioned, every other figure is.
    """
    facts = Facts(entries, figures, context)
    clauses = Clauses(facts)
    written: list[tuple[list[list[Piece]], list[str]]] = []
    block: list[list[Piece]] = []
    codes: list[str] = []
    topic = ""
    for group_topic, sentences, told in _sentences(facts, clauses):
        size = _words(block)
        if block and (
            size >= PARAGRAPH_WORDS or (group_topic != topic and size >= SHORT_PARAGRAPH)
        ):
            written.append((block, codes))
            block, codes = [], []
        block.extend(sentences)
        codes.extend(told)
        topic = group_topic
    rest = _unknown(facts, clauses)
    tail = [*rest, *closing.zeros(facts)]
    if block:
        written.append((block, codes))
    if len(written) > 1 and _words(written[-1][0]) < LAST_LINES:
        last, told = written.pop()
        written[-1] = ([*written[-1][0], *last], [*written[-1][1], *told])
    compared = 0
    paragraphs = []
    for sentences, told in written:
        change = closing.comparison(facts, told, 2) if compared < 2 else []
        compared += bool(change)
        paragraphs.append([*sentences, *([change] if change else [])])
    spoken = [sentence for sentences in [*paragraphs, tail] for sentence in sentences]
    notes = (closing.typed_rates(facts, spoken), closing.coverage(facts), *closing.membership(facts))
    tail += [sentence for sentence in notes if sentence]
    if tail:
        if paragraphs and (_words(tail) <= 45 or _words(paragraphs[-1]) < SHORT_PARAGRAPH):
            paragraphs[-1] += tail
        else:
            paragraphs.append(tail)
    return [paragraph([_in_province(s, context) for s in sentences]) for sentences in paragraphs]


def _in_province(sentence: list[Piece], context: Context) -> list[Piece]:
    """The patterns say "tỉnh, thành phố" for the province of the unit; its name where it is known."""
    if not context.province:
        return sentence
    return [Piece(p.text.replace("tỉnh, thành phố", context.province), p.figure) for p in sentence]


def _words(sentences: Sequence[Sequence[Piece]]) -> int:
    return sum(len(plain(sentence).split()) for sentence in sentences)


def _ordered_groups(facts: Facts) -> list[Group]:
    """The groups this section needs, in the order of its entries."""
    place = {code: index for index, code in enumerate(facts.entries)}
    found = []
    for index, group in enumerate(patterns().groups):
        known = [place[code] for code in group.codes if code in place]
        if known:
            home = patterns_home(group, facts)
            found.append((home, index, group))
    return [group for _home, _index, group in sorted(found, key=lambda item: item[:2])]


def patterns_home(group: Group, facts: Facts) -> int:
    """Where the catalogue section of the group first stands in the report's section."""
    for index, entry in enumerate(facts.entries.values()):
        if entry.section == group.section:
            return index
    return len(facts.entries)


def _sentences(facts: Facts, clauses: Clauses):
    """(topic, sentences, codes) for each group that has something to say, short ones joined on."""
    pending: list[Clause] = []
    for group in _ordered_groups(facts):
        made: list[Clause] = []
        for item in group.items:
            made += clauses.item(item)
        for index, clause in enumerate(made):
            clause.subject = facts.context.word(group.subject) if group.subject else ""
            clause.topic = group.topic
            clause.lead = clauses.without_number(group.lead) if index == 0 else ""
        if not made:
            continue
        if pending and _apart(pending, made):
            yield _flush(pending)
            pending = []
        for clause in made:
            if pending and _size(pending) + clause.words > MOST_WORDS and _size(pending) >= 12:
                yield _flush(pending)
                pending = []
            pending.append(clause)
    for code in facts.entries:
        for clause in clauses.state(code):
            clause.subject = facts.context.word("self")
            if pending and _size(pending) + clause.words > MOST_WORDS:
                yield _flush(pending)
                pending = []
            pending.append(clause)
    if pending:
        yield _flush(pending)


def _apart(pending: list[Clause], made: list[Clause]) -> bool:
    """Whether a group begins a new sentence: the last one is long enough, or both can stand alone."""
    if pending[-1].topic == made[0].topic:
        return _size(pending) >= ENOUGH_WORDS
    return _size(pending) >= ENOUGH_WORDS or min(_size(pending), _size(made)) >= STANDS_ALONE


def _size(pending: list[Clause]) -> int:
    return sum(clause.words for clause in pending)


def _flush(pending: list[Clause]) -> tuple[str, list[list[Piece]], list[str]]:
    codes = [code for clause in pending for code in clause.codes]
    return pending[0].topic, [_sentence(pending)], codes


def _sentence(pending: list[Clause]) -> list[Piece]:
    """Clauses behind one subject; it is named again only when it changes."""
    pieces: list[Piece] = []
    spoken = None
    for index, clause in enumerate(pending):
        if index:
            pieces.append(Piece("; "))
        if clause.lead:
            pieces.append(Piece(f"{lowered(clause.lead) if pieces else clause.lead}, "))
        subject = "" if clause.full else clause.subject
        if clause.full:
            spoken = None
        elif subject and subject != spoken:
            first = not pieces
            pieces.append(Piece((subject if first else _inside(subject)) + " "))
            spoken = subject
        pieces.extend(clause.pieces)
    if starts_with_digit(pieces):
        pieces = [Piece("Có "), *pieces]
    return [*capitalised(pieces), Piece(".")]


def _inside(subject: str) -> str:
    """A subject in the middle of a sentence."""
    if subject.startswith(("Các", "Toàn", "Chi hội", "Hội viên")):
        return subject[:1].lower() + subject[1:]
    return subject


def _unknown(facts: Facts, clauses: Clauses) -> list[list[Piece]]:
    """Figures no pattern has used: indicators made by hand, parts left over."""
    told: list[list[Piece]] = []
    for code in facts.entries:
        for figure in [facts.get(code), *facts.parts(code)]:
            if figure is None:
                continue
            if kind_of(figure) == "zero":
                facts.use(figure)
                facts.zeros.append(figure)
            else:
                told.append(clauses.unknown(figure))
    sentences = []
    chunk: list[list[Piece]] = []
    opening = "Ngoài ra, " if facts.used and len(facts.printed) > len(told) else ""
    for piece in told:
        if chunk and sum(len(plain(p).split()) for p in [*chunk, piece]) > MOST_WORDS:
            sentences.append(_gathered(chunk, opening))
            opening, chunk = "Cùng với đó, ", []
        chunk.append(piece)
    if chunk:
        sentences.append(_gathered(chunk, opening))
    return sentences


def _gathered(chunk: list[list[Piece]], opening: str) -> list[Piece]:
    """One sentence; "có" stands before a thing counted or done, not before "… là …"."""
    told: list[list[Piece]] = []
    having = False
    for item in chunk:
        counts = item[0].figure is not None or len(item) == 1 or not item[0].text.endswith(" là ")
        told.append([Piece("có "), *item] if counts and not having else item)
        having = counts
    return [*capitalised([Piece(opening), *joined(told, "; ")]), Piece(".")]
