"""Where a number comes from, in words and rows: for the panel beside the report and the command."""

from dataclasses import dataclass, field

from django.utils.timezone import localtime

from members.models import Membership, MemberStatus
from members.vietnamese import format_number
from reports import wording
from reports.appendices import cell_text
from reports.catalogue.counted import COUNTED
from reports.figures import State, rows_behind, typed_rows

FIRST_ROWS = 20
SOURCES = {
    "entered": "Số đơn vị nhập.", "counted": "Đếm từ sổ.", "sum": "Cộng số của các đơn vị trực thuộc.",
    "parts": "Cộng các phần đã nhập.", "ratio": "Tính từ hai số đếm.", "computed": "Cộng các chỉ tiêu thành phần.",
    "confirmed": "Đơn vị đã xác nhận mục này nên ô trống là 0.", "": "Chưa có số.",
}


@dataclass(frozen=True)
class TypedRow:
    unit_name: str
    part: str
    value: str
    who: str
    on_behalf: bool


@dataclass
class Explanation:
    entry: object
    part: str
    figure: object
    value: str
    rule: str
    source: str
    remarks: list[str] = field(default_factory=list)
    parts: list[tuple[str, str]] = field(default_factory=list)
    below: list[tuple[str, str]] = field(default_factory=list)
    below_figures: list[tuple] = field(default_factory=list)
    typed: list[TypedRow] = field(default_factory=list)
    rows: list[str] | None = None
    row_count: int = 0


def shown(figure):
    """A figure in one line: "265 lần", "16/26, bằng 61,5%", or the words of its state."""
    if figure.state != State.NUMBER:
        return figure.words or State(figure.state).label
    text = cell_text(figure)
    if figure.entry.is_ratio and figure.denominator is not None:
        return f"{text} ({format_number(figure.value)}/{format_number(figure.denominator)})" if text.endswith("%") else f"{text} {figure.entry.unit}"
    return text if text.endswith("%") else f"{text} {figure.unit}"


def explain(figures, code, part=""):
    """Everything known about one cell. Lists of people are left out for sensitive entries."""
    entry = figures.entries[code]
    found = figures.get(code, part)
    said = Explanation(entry, part, found, shown(found), entry.rule, SOURCES.get(found.source, SOURCES[""]))
    if found.expected:
        given, asked = found.leaves
        deeper = f" ({given}/{asked} đơn vị ghi số)" if asked > found.expected else ""
        noun = wording.subordinate_noun(figures.subordinates())
        stands = wording.standing(found.have, found.expected, noun, wording.partly(figures.partial_units(code, part)))
        said.remarks.append(f"Có {stands}{deeper}." if found.have else f"{stands[0].upper()}{stands[1:]}.")
        missing = figures.missing_units(code, part)
        if missing:
            names = ", ".join(u.short_name for u in missing[:5])
            said.remarks.append(f"Chưa báo cáo: {names}{f' và {len(missing) - 5} đơn vị khác' if len(missing) > 5 else ''}.")
    if found.source == "entered":
        records = figures.by_records(code, part)
        if records.state == State.NUMBER and records.value != found.value and not entry.is_ratio:
            said.remarks.append(_difference(figures, found, records))
    if found.typed is not None:
        said.remarks.append(f"Đơn vị đã ghi {found.typed_as or format_number(found.typed)}; số in là số tính từ hai số đếm.")
    if found.estimate:
        said.remarks.append("Có số ước." if found.estimated == found.value else f"Trong đó ước {format_number(found.estimated)}.")
    if found.note:
        said.remarks.append(found.note)
    if not part:
        said.parts = [(f.part, shown(f)) for f in figures.parts(code)]
    if entry.is_ratio and entry.numerator:
        said.parts += [(figures.entries[c].name, shown(figures.get(c))) for c in (entry.numerator, entry.denominator) if c]
    if entry.computed:
        said.parts += [(figures.entries[c].name, shown(figures.get(c))) for c in entry.computed.terms]
    below = figures.breakdown(code, part)
    said.below_figures = [(u, f) for u, f in below if f.state != State.NOT_CONCERNED]
    said.below = [(u.short_name, shown(f)) for u, f in below]
    said.typed = _typed(figures, code, part)
    _add_rows(said, figures, code, part, entry)
    return said


def _difference(figures, found, records):
    """The typed number beside what the records give; the sum of some units is no register and no difference yet."""
    noun = wording.subordinate_noun(figures.subordinates())
    added = f"cộng {records.have}/{records.expected} {noun}"
    if records.complete:
        source = "theo sổ" if found.code in COUNTED or records.source == "counted" else added
    elif records.have:
        partly = wording.partly(figures.partial_units(found.code, found.part))
        source = added + (f" ({partly})" if partly else "")
    else:
        source = f"sổ của riêng đơn vị, {wording.standing(0, records.expected, noun)}"
    told = f"Báo cáo {format_number(found.value)}; {source}: {cell_text(records)}"
    if not records.complete and found.value > records.value:
        return f"{told}."
    return f"{told}; chênh lệch {format_number(abs(found.value - records.value))}."


def _typed(figures, code, part):
    out = []
    if not figures.period.pk:
        return out
    for row in typed_rows(code, figures.unit, figures.period):
        if part and row.part != part:
            continue
        value = row.as_typed or (format_number(row.value) if row.value is not None else State(row.state).label)
        when = f"{localtime(row.typed_at):%d/%m/%Y %H:%M}"
        who = f"{row.typed_by or 'nhập từ tệp'}, {when}"
        out.append(TypedRow(row.unit.short_name, row.part, value, who, row.on_behalf))
    return out


def _add_rows(said, figures, code, part, entry):
    rows = rows_behind(code, figures.unit, figures.period, part)
    if rows is None or entry.sensitive:
        return
    said.row_count = rows.count()
    said.rows = [describe_row(row) for row in rows.select_related("unit" if rows.model is not MemberStatus else "member")[:FIRST_ROWS]]


def describe_row(row):
    """One record behind a counted figure."""
    if isinstance(row, Membership):
        born = f", sinh năm {row.birth_year}" if row.birth_year else ""
        return f"{row.member_name}{born}, {row.unit.short_name}"
    if isinstance(row, MemberStatus):
        return f"{row.member.name}, từ {row.starts_on:%d/%m/%Y}"
    return row.unit.name if hasattr(row, "unit") else str(row)
