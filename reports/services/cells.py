"""Reading what people write into a cell, and keeping cells of a unit in agreement with each other."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from django.db import transaction

from ccb import clock
from members.models import Unit
from members.vietnamese import fold, format_number, parse_number
from members.vietnamese.text import printable
from reports import indicators
from reports.indicators import is_share
from reports.models import EnteredFigure, SectionConfirmation, State

NO_NUMBER_NOTES = {"co, khong neu so", "co khong neu so", "co"}
LARGEST_RATE = 10**6  # percent
NOT_YET = {"chua bao cao", "chua co so lieu", "chua thong ke"}
SAID_IN_WORDS = {"xếp loại"}  # units of measure whose values are words: "hoàn thành tốt nhiệm vụ"
TOO_LARGE = Decimal(10) ** 18
FIELDS = ("state", "value", "denominator", "qualifier", "estimate", "words", "measure", "note")


@dataclass(frozen=True)
class CellValue:
    """What one cell says, ready to be stored; ``warning`` is for the person who typed it."""

    state: str
    value: Decimal | None = None
    denominator: Decimal | None = None
    qualifier: str = ""
    estimate: bool = False
    words: str = ""
    measure: str = ""
    note: str = ""
    as_typed: str = ""
    warning: str = ""


def read_cell(entry, text, *, part="", measure="", denominator=None, note=""):
    """What is written in a cell of ``entry``; None when nothing is ("chưa báo cáo").

    ``measure`` is the unit of measure of the column; ``denominator`` a second box or column.
    Raises ``ValueError`` with a Vietnamese text for what is neither a number nor words for
    "done, no number", a count above its total, decimals of what is counted, a mixed-up unit.
    """
    note = " ".join(printable(str(note or "")).split())
    check_length("Ghi chú", note, "note")
    text = printable(text) if isinstance(text, str) else text
    if text in (None, "") or (isinstance(text, str) and not text.strip()):
        return _from_note(note)
    if isinstance(text, str) and fold(text) in NOT_YET:
        return None
    as_typed = _kept(str(text).strip())
    if entry.unit in SAID_IN_WORDS and not any(ch.isdigit() for ch in str(text)):
        words = " ".join(str(text).split())
        check_length("Lời ghi", words, "words")
        return CellValue(State.WORDS, words=words, note=note, as_typed=as_typed)
    typed = parse_number(text, unit=measure)
    if typed.state == "":
        return _from_note(note)
    if typed.state == "words":
        words = typed.words if fold(typed.words) not in NO_NUMBER_NOTES else ""
        check_length("Lời ghi", words, "words")
        return CellValue(State.WORDS, words=words, note=note, as_typed=as_typed)
    if typed.state == "not_concerned":
        return CellValue(State.NOT_CONCERNED, note=note, as_typed=as_typed)
    value, below = typed.value, typed.denominator
    stated = read_denominator(denominator)
    if below is None:
        below = stated
    elif stated is not None and stated != below:
        raise ValueError(
            f"Ghi {format_number(value)}/{format_number(below)} mà cột Mẫu số lại ghi {format_number(stated)}. "
            "Hãy sửa một trong hai cho khớp, hoặc để trống cột Mẫu số."
        )
    _check_size(value)
    _check_size(below or 0)
    written_unit = typed.unit or measure
    is_percent = written_unit.strip() in ("%", "phần trăm")
    if entry.is_ratio and is_percent and below is not None and typed.denominator is None:
        value, below, note = _terms_of_percent(value, below, note)
        check_length("Ghi chú, kể cả lời thêm về cách tính,", note, "note")
    has_terms = entry.is_ratio and below is not None
    answer = entry.accepts_unit("" if has_terms and is_percent else written_unit, part, fraction=has_terms)
    fraction_of_percent = entry.is_ratio and entry.unit == "%" and below is not None
    value *= answer.factor
    _check(entry, value, below, fraction_of_percent)
    check_length("Đơn vị tính", answer.printed_unit, "measure")
    return CellValue(
        State.NUMBER, value=value, denominator=below, qualifier=typed.qualifier, estimate=typed.estimate,
        words="", measure="" if fraction_of_percent else answer.printed_unit, note=note, as_typed=as_typed, warning=answer.warning,
    )


def read_denominator(text):
    """The total of a second box or column; None when it is empty. Raises ``ValueError`` in Vietnamese."""
    typed = parse_number(text)
    if typed.state == "":
        return None
    if typed.state != "number" or typed.denominator is not None:
        raise ValueError(f"Mẫu số “{text}” không phải là số. Ghi như 26, hoặc để trống.")
    if typed.value == 0:
        raise ValueError("Mẫu số bằng 0 nên không tính được tỷ lệ. Hãy ghi tổng số thật, hoặc để trống.")
    _check_size(typed.value)
    return typed.value


def _from_note(note):
    """An empty box with a note: done, no number; the note may say how much in words."""
    if not note or fold(note) in NOT_YET:
        return None
    if fold(note) in ("x", "khong thuoc dien"):
        return CellValue(State.NOT_CONCERNED, as_typed=note)
    words = "" if fold(note) in NO_NUMBER_NOTES else note
    for prefix in ("có, không nêu số:", "có, không nêu số;", "có, không nêu số,"):
        if words.lower().startswith(prefix):
            words = words[len(prefix):].strip()
    check_length("Lời ghi thay cho số", words, "words")
    return CellValue(State.WORDS, words=words, as_typed=_kept(note))


def check_length(called, text, field):
    """Raise ``ValueError`` when ``text`` is too long for this field of a cell: nothing typed is cut."""
    most = longest(field)
    if len(text) > most:
        raise ValueError(f"{called} dài {len(text)} chữ. Hãy ghi ngắn lại, nhiều nhất {most} chữ.")


def longest(field):
    return EnteredFigure._meta.get_field(field).max_length


def _kept(text):
    """As much of what was typed as is kept beside the value that was read from it."""
    return text[:longest("as_typed")]


def _terms_of_percent(rate, total, note):
    """(count, total) when "30,7 %" of 26 is a whole count to the last digit, else the rate alone.

    "16" with the total 26 under a heading "%" is a count: 16 % of 26 is no whole number.
    """
    if rate > LARGEST_RATE:
        raise ValueError(f"Tỷ lệ {format_number(rate)}% quá lớn. Hãy xem lại số và đơn vị tính.")
    count = (rate * total / 100).quantize(Decimal(1), ROUND_HALF_UP)
    exact = count * 100 / total
    if rate == rate.to_integral():
        fits = rate in (exact.quantize(Decimal(1), ROUND_HALF_UP), exact.quantize(Decimal(1), ROUND_DOWN))
    else:  # "69,3" is what 30,7 leaves of 100
        fits = abs(exact - rate) < Decimal(1).scaleb(rate.as_tuple().exponent)
    if fits and count <= total:
        said = f"ghi {format_number(rate)}%"
        return count, total, f"{note}; {said}" if note else said
    if rate == rate.to_integral() and rate <= total:
        return rate, total, note
    return rate, None, f"{note}; mẫu số {format_number(total)}" if note else f"mẫu số {format_number(total)}"


def _check_size(number):
    if number >= TOO_LARGE:
        raise ValueError("Số lớn quá mức có thể có. Hãy xem lại đơn vị tính (đồng, triệu đồng, tỷ đồng).")


def _check(entry, value, below, fraction_of_percent):
    measure = entry.measure
    countable = not measure.is_measured and not entry.is_ratio
    if countable and value != value.to_integral():
        raise ValueError(f"“{entry.name}” đếm bằng {entry.unit} nên không có số lẻ: {format_number(value)}. Hãy ghi số nguyên.")
    if measure.cls.startswith("money") and not entry.is_ratio and value != value.to_integral():
        raise ValueError(f"Tiền ghi đến đồng, không có số lẻ: {format_number(value)} đồng.")
    _check_size(value)
    for number in (value, below or Decimal(0)):
        if number != number.quantize(Decimal("0.0001")):
            raise ValueError(f"Số {format_number(number)} có quá nhiều chữ số lẻ. Ghi nhiều nhất bốn chữ số sau dấu phẩy.")
    if below is not None and value > below and (fraction_of_percent or not entry.is_ratio):
        raise ValueError(
            f"Số đếm {format_number(value)} lớn hơn tổng số {format_number(below)}. Hãy ghi số đếm trước, tổng số sau, như 16/26."
        )


def lock_units(units):
    """Take the rows of the units as the lock for what is typed about them, in one order for everybody.

    Without the key lock, so that rows which only point at a unit can still be written.
    """
    rows = Unit.objects.filter(pk__in={unit.pk for unit in units}).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True))


def disagreements(unit, period, entries, only=None):
    """[(code, part, text)]: typed cells of the unit that contradict each other; texts are Vietnamese.

    A part above its whole, parts of one dimension that exceed it together, a "trong đó" entry above
    the entry it belongs to, a count above its total. ``only`` limits the answer to these (code, part).
    """
    return disagreements_among(numbers_of([unit], period)[unit.pk], entries, only)


def numbers_of(units, period):
    """{unit pk: {(code, part): row}}: the typed numbers of the units, asked for once."""
    found = {unit.pk: {} for unit in units}
    for row in EnteredFigure.objects.filter(unit__in=found, period=period, state=State.NUMBER).order_by("code", "part"):
        found[row.unit_id][row.code, row.part] = row
    return found


def disagreements_among(rows, entries, only=None):
    """``disagreements`` of one unit, whose numbers are {(code, part): row}."""
    found = []
    for (code, part), row in rows.items():
        entry = entries.get(code)
        if entry is None:
            continue
        if part and not entry.is_ratio:
            whole = _exact(rows.get((code, "")))
            if whole is not None and row.value > whole:
                found.append((code, part, f"“{entry.name}”, phần {part}: {format_number(row.value)} lớn hơn số chung {format_number(whole)}."))
        if not part and entry.part_of and not entry.is_ratio:
            whole = _exact(rows.get((entry.part_of, "")))
            if whole is not None and row.value > whole:
                found.append((code, part, f"“{entry.name}” {format_number(row.value)} lớn hơn “{entries[entry.part_of].name}” {format_number(whole)}, mà phải nằm trong số ấy."))
        if not part and not entry.is_ratio and entry.parts:
            whole = _exact(row)
            for name, total in _totals_by_dimension(entry, rows).items():
                if whole is not None and total > whole:
                    found.append((code, part, f"“{entry.name}”: các phần theo {name} cộng lại {format_number(total)}, lớn hơn số chung {format_number(whole)}."))
    touched = None if only is None else {code for code, _ in only}
    if touched is not None:
        found = [f for f in found if {f[0], entries[f[0]].part_of} & (touched | {entries[c].part_of for c in touched if c in entries})]
    return found + _above_their_totals(rows, entries, touched)


def _above_their_totals(rows, entries, touched):
    """Counts that a share divides by a smaller total: 30 of 26. A target may be passed, a total not."""
    found = []
    for share in entries.values():
        rate = rows.get((share.code, ""))
        if rate is not None and rate.denominator is None and rate.value > 100 and share.unit == "%" and is_share(share, entries):
            found.append((share.code, "", f"“{share.name}” {format_number(rate.value)}% lớn hơn 100%: phần không thể lớn hơn tổng số. Hãy xem lại."))
        if not is_share(share, entries) or entries[share.numerator].part_of == share.denominator or (touched is not None and not {share.numerator, share.denominator} & touched):
            continue
        count, total = rows.get((share.numerator, "")), _exact(rows.get((share.denominator, "")))
        if count is not None and total is not None and count.value > total:
            names = entries[share.numerator].name, entries[share.denominator].name
            found.append((share.numerator, "", f"“{names[0]}” {format_number(count.value)} lớn hơn “{names[1]}” {format_number(total)}."))
    return found


UPPER_BOUND = {"", "gần", "dưới", "nhiều nhất", "toàn thể"}


def _exact(row):
    """The value of a whole that can be trusted as an upper bound: "dưới 30" is one, "hơn 30" and an estimate are not."""
    return row.value if row is not None and row.qualifier in UPPER_BOUND and not row.estimate else None


def _totals_by_dimension(entry, rows):
    totals = {}
    for (code, part), row in rows.items():
        if code == entry.code and part:
            dims = [entry.dimension_of(value) for value in part.split("; ")]
            if all(d is not None and not d.overlap for d in dims):
                key = " và ".join(d.name for d in dims)
                totals[key] = totals.get(key, Decimal(0)) + row.value
    return totals


@transaction.atomic
def confirm_section(*, unit, period, section, by):
    """"Xác nhận số liệu": empty cells of the section now mean 0, and "nhập thay" marks are taken over."""
    lock_units([unit])
    row = SectionConfirmation.objects.filter(unit=unit, period=period, section=section).first()
    if row is None:
        row = SectionConfirmation(unit=unit, period=period, section=section, by=by, at=clock.now())
        row._history_user = by
        row.save()
    if by and by.acting and by.acting.unit_id == unit.pk:
        codes = [code for code, entry in indicators.lookup().items() if entry.section == section]
        for cell in EnteredFigure.objects.filter(unit=unit, period=period, on_behalf=True, code__in=codes):
            cell.on_behalf, cell.version = False, cell.version + 1
            cell._history_user = by
            cell.save()
    return row


@transaction.atomic
def withdraw_confirmation(*, unit, period, section, by):
    """Empty cells of the section are "chưa báo cáo" again."""
    lock_units([unit])
    for row in SectionConfirmation.objects.filter(unit=unit, period=period, section=section):
        row._history_user = by
        row.delete()
