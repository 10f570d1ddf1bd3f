"""Sentences that close a section or a paragraph: real zeros, coverage, comparisons."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from members.vietnamese import format_number, format_percent

from .facts import SEPARATOR, Facts, at_the_border, kind_of
from .generic import rest_of_name
from .patterns import patterns
from .pieces import Piece, capitalised, joined, lowered, reference
from .quantities import is_money, money, noun_for, number, percent_places

PER_SENTENCE = 8
ASIDE = re.compile(r" \((?!không kể)[^)]*\)")
STOP = re.compile(r"[,;.)](?=\s|$|[,;.)])")
#: What makes up the number of members, each with its sign.
MAKE_UP = {
    "số hội viên đầu kỳ, tăng, giảm": {"members_opening": 1, "members_increase": 1, "members_decrease": -1},
    "số cựu chiến binh, cựu quân nhân": {"members_ccb": 1, "members_cqn": 1},
    "số hội viên theo nhóm tuổi": {"members_by_age": 1},
}
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
    """One sentence on totals that do not stand on every unit asked, else nothing."""
    told = [figure for figure in facts.printed if not figure.part]
    short = [figure for figure in told if figure.expected and not figure.complete]
    if not short:
        return []
    groups = {_standing(facts, figure) for figure in short}
    if len(groups) == 1:
        stands = _stands(*groups.pop())
        if len(short) == len(told) and len(told) > 1:
            return [Piece(f"Số liệu mục này {stands.removeprefix('mới ')}.")]
        if len(short) <= 3:
            labels = [facts.label(figure) for figure in short]
            listed = " và ".join([", ".join(labels[:-1]), labels[-1]] if len(labels) > 1 else labels)
            return [*capitalised([Piece(f"{listed} {stands}.")])]
        return [Piece(f"Một số chỉ tiêu của mục này {stands}.")]
    return [Piece(f"Một số chỉ tiêu của mục này {_span(facts, groups)}.")]


def _standing(facts: Facts, figure: Any) -> tuple[int, int, str, tuple[str, ...], str]:
    """(have, expected, what the units are called, the missing names not yet told, who stands on a part)."""
    context = facts.context
    noun = context.border_noun if at_the_border(figure) else context.subordinate_noun
    names = tuple(context.missing_units(figure.entry.code))
    if len(names) != figure.expected - figure.have:  # some said it in words
        names = ()
    if len(names) > 3 or set(names) <= context.known_missing:
        names = ()
    return figure.have, figure.expected, noun, names, context.partly(figure.entry.code)


def _stands(have: int, expected: int, noun: str, names: tuple[str, ...], partly: str) -> str:
    """“mới tổng hợp của 2/3 xã, chưa có số liệu của An Bình, trong đó Tân Lập mới 6/8 chi hội”."""
    if not have:
        return f"chưa có số của {expected} {noun} trực thuộc"
    first = "mới " if have < expected else ""
    return f"{first}tổng hợp của {have}/{expected} {noun}{_missing(names)}" + (f", trong đó {partly}" if partly else "")


def _span(facts: Facts, groups: set[tuple[int, int, str, tuple[str, ...], str]]) -> str:
    nouns = {noun for _, _, noun, _, _ in groups}
    noun = nouns.pop() if len(nouns) == 1 else facts.context.subordinate_noun
    counts = {(have, expected) for have, expected, *_ in groups if have}
    spans = [f"{have}/{expected}" for have, expected in sorted(counts, key=lambda c: (c[0] / c[1], c[1]))]
    if not spans:
        return f"chưa có số của {noun} trực thuộc"
    first = "mới " if any(have < expected for have, expected in counts) else ""
    said = f"{first}tổng hợp của {' đến '.join(dict.fromkeys([spans[0], spans[-1]]))} {noun}"
    partly = {partly for *_, partly in groups if partly}
    if partly:
        said += f", trong đó {partly.pop()}" if len(partly) == 1 else ", trong đó có đơn vị chưa đủ số của cấp dưới"
    return said if len(spans) == len({g[:2] for g in groups}) else f"{said}; có chỉ tiêu chưa có số của {noun} nào"


def membership(facts: Facts) -> list[list[Piece]]:
    """What is printed beside the number of members and does not make it up: whose numbers it lacks."""
    whole = facts.known("members_total")
    if whole is None or kind_of(whole) != "number" or whole.qualifier:
        return []
    reasons: dict[str, list[str]] = {}
    total = f"tổng số {number(whole.value, noun_for(whole))} hội viên"
    for label, codes in MAKE_UP.items():
        printed = [f.entry.code for f in facts.printed if f.entry.code in codes and not f.part]
        if next(iter(codes)) not in printed:
            continue
        found = {code: facts.known(code) for code in codes}
        known = {code: figure for code, figure in found.items() if figure is not None and figure.value is not None}
        if sum(figure.value * codes[code] for code, figure in known.items()) == whole.value:
            continue
        lacking = list(dict.fromkeys(name for code in printed for name in _lacking(facts.context, code, whole)))
        if lacking:
            names = ", ".join(lacking) if len(lacking) <= 3 else f"{len(lacking)} {facts.context.subordinate_noun}"
            reasons.setdefault(f"chưa đủ số của {names} nên không cộng thành {total}", []).append(label)
        elif len(known) == len(codes):
            reasons.setdefault(f"chưa khớp với {total}", []).append(label)
    return [[*capitalised([Piece(f"{'; '.join(labels)} {reason}.")])] for reason, labels in reasons.items()]


def _lacking(context: Any, code: str, whole: Any) -> list[str]:
    """Units that gave the number of members and not this one, or this one of fewer of their own units."""
    missing = set(context.missing_units(code))
    if whole.source == "entered":
        return list(context.lacking(code))
    silent, thin = set(context.missing_units(whole.entry.code)), set(context.lacking(whole.entry.code))
    return [name for name in context.lacking(code) if name not in (silent if name in missing else thin)]


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
    if not figure.complete or not before.complete:
        return []
    label, link = facts.label(figure), figure.entry.code
    if figure.entry.kind == "ratio":
        return _points(figure, before, label, link) if figure.entry.unit == "%" else []
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


def _points(figure: Any, before: Any, label: str, link: str) -> list[Piece]:
    """Percentage points between the two exact rates; both are printed with the same number of decimals."""
    computed = [f.rate for f in (figure, before) if f.denominator]
    typed = [max(0, -f.value.normalize().as_tuple().exponent) for f in (figure, before) if not f.denominator]
    places = max([*typed, *([percent_places(figure.rate, before.rate)] if computed else [])])
    step = Decimal(1).scaleb(-places)
    change = (figure.rate - before.rate).quantize(step, ROUND_HALF_UP)
    if not change:
        return []
    verb, to = ("tăng", "lên") if change > 0 else ("giảm", "còn")
    told = f"{label} {verb} {format_number(abs(change))} điểm phần trăm"
    return [Piece(f"{told} (từ {format_percent(before.rate, places)} {to} "), Piece(format_percent(figure.rate, places), link), Piece(")")]
