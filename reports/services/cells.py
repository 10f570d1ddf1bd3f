"""Reading what people write into a cell, and keeping cells of a unit in agreement with each other."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from django.db import transaction

from ccb import clock
from members.models import Unit
from members.services import StaleVersion, co_so_of
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
LONGEST_NOTE = EnteredFigure._meta.get_field("note").max_length
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
    if len(note) > LONGEST_NOTE:
        raise ValueError(f"Ghi chú dài {len(note)} chữ. Hãy ghi ngắn lại, nhiều nhất {LONGEST_NOTE} chữ.")
    text = printable(text) if isinstance(text, str) else text
    if text in (None, "") or (isinstance(text, str) and not text.strip()):
        return _from_note(note)
    if isinstance(text, str) and fold(text) in NOT_YET:
        return None
    as_typed = str(text).strip()[:200]
    if entry.unit in SAID_IN_WORDS and not any(ch.isdigit() for ch in as_typed):
        return CellValue(State.WORDS, words=" ".join(as_typed.split()), note=note, as_typed=as_typed)
    typed = parse_number(text, unit=measure)
    if typed.state == "":
        return _from_note(note)
    if typed.state == "words":
        words = typed.words if fold(typed.words) not in NO_NUMBER_NOTES else ""
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
    has_terms = entry.is_ratio and below is not None
    answer = entry.accepts_unit("" if has_terms and is_percent else written_unit, part, fraction=has_terms)
    fraction_of_percent = entry.is_ratio and entry.unit == "%" and below is not None
    value *= answer.factor
    _check(entry, value, below, fraction_of_percent)
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
    return CellValue(State.WORDS, words=words[:200], as_typed=note[:200])


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


def save_cell(*, unit, period, entry, part, cell, by=None, version=None, explanation=None, print_mode=None):
    """Store ``cell`` (None empties it). Returns "created", "changed", "same", "deleted" or "none".

    ``by`` None is the command line. Raises ``StaleVersion`` when the stored row is not ``version``.
    A number typed by a unit above is marked "nhập thay" until the unit saves or confirms it.
    """
    row = EnteredFigure.objects.filter(unit=unit, period=period, code=entry.code, part=part).first()
    if version is not None and row is not None and row.version != version:
        raise StaleVersion(row)
    if cell is None:
        if row is None:
            return "none"
        row._history_user = by
        row.delete()
        return "deleted"
    last = _last_version(unit=unit, period=period, code=entry.code, part=part) if row is None else 0
    row, done = changed_row(
        row, unit=unit, period=period, entry=entry, part=part, cell=cell, by=by, last_version=last, explanation=explanation, print_mode=print_mode,
    )
    if done != "same":
        row.save()
    return done


def changed_row(row, *, unit, period, entry, part, cell, by=None, last_version=0, explanation=None, print_mode=None):
    """(row, "created" | "changed" | "same"): ``row``, None for an empty cell, made to say ``cell`` and not yet saved."""
    wanted = {name: getattr(cell, name) for name in FIELDS}
    if explanation is not None:
        wanted["explanation"] = " ".join(printable(explanation).split())
    if print_mode is not None:
        wanted["print_mode"] = print_mode
    behalf = bool(by and by.acting and by.acting.unit_id != unit.pk)
    if row is None:
        row, done = EnteredFigure(unit=unit, co_so=co_so_of(unit), period=period, code=entry.code, part=part, version=last_version), "created"
    elif all(getattr(row, name) == value for name, value in wanted.items()) and (behalf or not row.on_behalf):
        return row, "same"
    else:
        done = "changed"
    for name, value in wanted.items():
        setattr(row, name, value)
    row.as_typed, row.on_behalf = cell.as_typed, behalf
    row.typed_by, row.typed_at, row.version = by, clock.now(), row.version + 1
    row._history_user = by
    return row, done


def _last_version(**cell):
    """The version that a deleted row of this cell ended with: typed again, it is not the old one; else 0."""
    past = EnteredFigure.history.filter(**cell).order_by("-version").values_list("version", flat=True)
    return past.first() or 0


def disagreements(unit, period, entries, only=None):
    """[(code, part, text)]: typed cells of the unit that contradict each other; texts are Vietnamese.

    A part above its whole, parts of one dimension that exceed it together, a "trong đó" entry above
    the entry it belongs to, a count above its total. ``only`` limits the answer to these (code, part).
    """
    rows = {(r.code, r.part): r for r in EnteredFigure.objects.filter(unit=unit, period=period, state=State.NUMBER)}
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
        if not is_share(share, entries) or entries[share.numerator].part_of == share.denominator or (touched is not None and not {share.numerator, share.denominator} & touched):
            continue
        count, total = rows.get((share.numerator, "")), _exact(rows.get((share.denominator, "")))
        if count is not None and total is not None and count.value > total:
            names = entries[share.numerator].name, entries[share.denominator].name
            found.append((share.numerator, "", f"“{names[0]}” {format_number(count.value)} lớn hơn “{names[1]}” {format_number(total)}."))
    return found


def _exact(row):
    """The value of a whole that can be trusted as an upper bound: not "hơn …", not an estimate."""
    return row.value if row is not None and not row.qualifier and not row.estimate else None


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
