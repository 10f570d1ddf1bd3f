"""Sentences that close a section or a paragraph: real zeros, coverage, comparisons."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .facts import SEPARATOR, Facts, at_the_border, kind_of
from .generic import rest_of_name
from .patterns import patterns
from .pieces import Piece, capitalised, joined, lowered, reference
from .quantities import is_money, money, noun_for, number

PER_SENTENCE = 8
ASIDE = re.compile(r" \((?!không kể)[^)]*\)")
STOP = re.compile(r"[,;.)](?=\s|$|[,;.)])")
TYPED_NOTE = "theo số đơn vị ghi"
TYPED = "Các tỷ lệ không kèm số đếm ghi theo số đơn vị báo cáo, chưa đối chiếu được với số đếm."


def zeros(facts: Facts) -> list[list[Piece]]:
    """“Trong kỳ không có: …” and the like, from the real zeros not told before."""
    sentences = []
    found: dict[str, list[Any]] = {"events": [], "money": [], "stock": [], "ratio": []}
    for figure in facts.zeros:
        kind = figure.entry.kind
        spent = "money" if is_money(figure.entry.unit) else "events"
        found[kind if kind in found else spent].append(figure)
    for opening, more, figures in (
        ("Trong kỳ không có", "Cũng không có", found["events"]),
        ("Trong kỳ không phát sinh", "Cũng không phát sinh", found["money"]),
        ("Đến cuối kỳ không có", "Đến cuối kỳ cũng không có", found["stock"]),
    ):
        for start in range(0, len(figures), PER_SENTENCE):
            told = [_zero(figure) for figure in figures[start : start + PER_SENTENCE]]
            head = more if start else opening
            mark = " " if len(told) == 1 else ": "
            sentences.append([Piece(head + mark), *joined(told, "; "), Piece(".")])
    rates = found["ratio"]
    for start in range(0, len(rates), PER_SENTENCE):
        told = [_zero_rate(facts, figure) for figure in rates[start : start + PER_SENTENCE]]
        sentences.append([*capitalised(joined(told, "; ")), Piece(".")])
    return sentences


def _part(figure: Any) -> str:
    return f" ({figure.part.replace(SEPARATOR, ', ')})" if figure.part else ""


def _zero(figure: Any) -> list[Piece]:
    phrase = patterns().phrases.get(figure.entry.code)
    label = phrase.none if phrase and phrase.none else ASIDE.sub("", rest_of_name(figure.entry))
    label = label.removesuffix(" trong kỳ")
    return [Piece(label + _part(figure), reference(figure.entry.code, figure.part))]


def _zero_rate(facts: Facts, figure: Any) -> list[Piece]:
    link = reference(figure.entry.code, figure.part)
    unit = figure.unit or figure.entry.unit
    shown = "0%" if figure.entry.unit == "%" else f"0 {unit}"
    total = (
        f" (0/{figure.denominator:f})" if figure.denominator and figure.entry.unit == "%" else ""
    )
    return [Piece(f"{lowered(figure.entry.name)}{_part(figure)} là "), Piece(shown + total, link)]


def coverage(facts: Facts) -> list[Piece]:
    """One sentence on totals that stand on fewer units than expected, else nothing."""
    told = [figure for figure in facts.printed if not figure.part]
    short = [figure for figure in told if figure.expected and figure.have < figure.expected]
    if not short:
        return []
    groups = {_standing(facts, figure) for figure in short}
    if len(groups) == 1:
        (have, expected, noun, names) = groups.pop()
        stands = f"tổng hợp của {have}/{expected} {noun}{_missing(names)}."
        if len(short) == len(told) and len(told) > 1:
            return [Piece(f"Số liệu mục này {stands}")]
        if len(short) <= 3:
            labels = [facts.label(figure) for figure in short]
            listed = " và ".join([", ".join(labels[:-1]), labels[-1]] if len(labels) > 1 else labels)
            return [*capitalised([Piece(f"{listed} mới {stands}")])]
        return [Piece(f"Một số chỉ tiêu của mục này mới {stands}")]
    spans = [f"{have}/{expected}" for have, expected, *_ in sorted(groups, key=lambda g: (g[0] / g[1], g[1]))]
    nouns = {noun for _, _, noun, _ in groups}
    noun = nouns.pop() if len(nouns) == 1 else facts.context.subordinate_noun
    if spans[0] == spans[-1]:
        return [Piece(f"Một số chỉ tiêu của mục này mới tổng hợp của {spans[0]} {noun}.")]
    return [Piece(f"Một số chỉ tiêu của mục này mới tổng hợp của {spans[0]} đến {spans[-1]} {noun}.")]


def _standing(facts: Facts, figure: Any) -> tuple[int, int, str, tuple[str, ...]]:
    """(have, expected, what the units are called, the names that are missing and not yet told)."""
    context = facts.context
    noun = context.border_noun if at_the_border(figure) else context.subordinate_noun
    names = tuple(context.missing_units(figure.entry.code))
    if len(names) != figure.expected - figure.have:  # some said it in words, or only in part
        names = ()
    if len(names) > 3 or set(names) <= context.known_missing:
        names = ()
    return figure.have, figure.expected, noun, names


def _missing(names: tuple[str, ...]) -> str:
    return f", chưa có số liệu của {', '.join(names)}" if names else ""


def typed_rates(facts: Facts, sentences: list[list[Piece]]) -> list[Piece]:
    """Once a section: a rate that no count stands behind; a lone one is marked on the spot."""
    marks = dict.fromkeys(reference(figure.entry.code, figure.part) for figure in facts.typed_rates)
    if len(marks) == 1:
        for sentence in sentences:
            if _mark_behind(sentence, next(iter(marks))):
                return []
    return [Piece(TYPED)] if marks else []


def _mark_behind(sentence: list[Piece], mark: str) -> bool:
    """Put "(theo số đơn vị ghi)" at the end of the statement that prints the figure."""
    places = [index for index, piece in enumerate(sentence) if piece.figure == mark]
    if not places:
        return False
    for index in range(places[0] + 1, len(sentence)):
        piece = sentence[index]
        stop = STOP.search(piece.text) if piece.figure is None else None
        if stop:
            note = f", {TYPED_NOTE}" if stop[0] == ")" else f" ({TYPED_NOTE})"
            text = piece.text[: stop.start()] + note + piece.text[stop.start() :]
            sentence[index] = Piece(text)
            return True
    return False


def comparison(facts: Facts, codes: list[str], limit: int) -> list[Piece]:
    """“So với năm 2021, số suất quà tăng 120 suất (từ 380 lên 500)”: units or percentage points."""
    wanted = patterns().compare
    told = []
    for code in sorted((code for code in dict.fromkeys(codes) if code in wanted), key=wanted.index):
        figure = facts.known(code)
        if len(told) < limit and figure is not None and (change := _change(facts, figure)):
            told.append(change)
    if not told or not facts.context.previous_label:
        return []
    return [Piece(f"So với {facts.context.previous_label}, "), *joined(told, "; "), Piece(".")]


def _plain(figure: Any) -> bool:
    return (
        figure is not None
        and kind_of(figure) in ("number", "zero")
        and not figure.qualifier
        and not figure.estimate
        and not figure.estimated
        and not figure.part
    )


def _change(facts: Facts, figure: Any) -> list[Piece]:
    before = figure.previous
    if not _plain(figure) or not _plain(before) or (figure.unit or "") != (before.unit or ""):
        return []
    if (figure.expected and figure.have < figure.expected) or (
        before.expected and before.have < before.expected
    ):
        return []
    label, link = facts.label(figure), figure.entry.code
    if figure.entry.kind == "ratio":
        return _points(facts, figure, before, label, link) if figure.entry.unit == "%" else []
    if figure.denominator or before.denominator or before.value == figure.value or not before.value:
        return []
    up = figure.value > before.value
    unit = noun_for(figure)
    style = facts.style

    def written(value: Decimal) -> str:
        return money(value, unit, style) if is_money(unit) else number(value, unit) + f" {unit}"

    def short(value: Decimal) -> str:
        return money(value, unit, style) if is_money(unit) else number(value, "")

    verb, to = ("tăng", "lên") if up else ("giảm", "còn")
    change = f"{label} {verb} {written(abs(figure.value - before.value))}"
    return [Piece(f"{change} (từ {short(before.value)} {to} "), Piece(short(figure.value), link), Piece(")")]


def _points(facts: Facts, figure: Any, before: Any, label: str, link: str) -> list[Piece]:
    """Percentage points between the two rates as printed."""
    terms = before.denominator and (before.value, before.denominator)
    now = facts.percentage(figure)
    past = before.value if not terms else (terms[0] * 100 / terms[1]).quantize(Decimal("0.1"), ROUND_HALF_UP)
    shown = Decimal(now.removesuffix("%").replace(".", "").replace(",", "."))
    change = shown - past
    if not change:
        return []
    verb, to = ("tăng", "lên") if change > 0 else ("giảm", "còn")
    text = (
        f"{abs(change):f}".rstrip("0").rstrip(".") if "." in f"{change:f}" else f"{abs(change):f}"
    )
    old = f"{past:f}".replace(".", ",")
    change = f"{label} {verb} {text.replace('.', ',')} điểm phần trăm"
    return [Piece(f"{change} (từ {old}% {to} "), Piece(now, link), Piece(")")]
