"""The tables behind a report: the unit's own figures, and those of each subordinate."""

from members.vietnamese import format_number, format_percent
from reports import catalogue, wording
from reports.figures import State
from reports.rendering.content import Cell, Column, Row, Table

OWN_TABLE_FROM = 4  # figures; fewer stand well enough in the text
COLUMNS_A_TABLE = 8
LONG_TERM = 10_000_000  # sums of money are too long for the note; they have rows of their own


def cell_text(figure):
    """A number as a table prints it: full đồng, count/total, no leading zero."""
    if figure.state != State.NUMBER:
        return figure.words if figure.state == State.WORDS else ""
    lead = f"{figure.qualifier} " if figure.qualifier else ""
    if figure.estimate and figure.estimated == figure.value:
        lead = "ước " + lead
    entry = figure.entry
    if entry.is_ratio and entry.unit in ("%", "điểm phần trăm"):
        if figure.denominator is not None:
            return lead + format_percent(figure.rate)
        return f"{lead}{format_number(figure.value)}%"
    if entry.is_ratio:
        return lead + format_number(round(figure.rate))
    if figure.denominator is not None:
        return f"{lead}{format_number(figure.value)}/{format_number(figure.denominator)}"
    text = lead + format_number(figure.value)
    return f"{text}%" if figure.unit == "%" else text


def _note(figure):
    notes = []
    if figure.entry.is_ratio and figure.denominator is not None and figure.entry.unit == "%" and figure.denominator < LONG_TERM:
        notes.append(f"{format_number(figure.value)}/{format_number(figure.denominator)}")
    if figure.typed is not None:
        notes.append(f"đã ghi {figure.typed_as or format_number(figure.typed)}")
    elif figure.entry.is_ratio and figure.denominator is None:
        notes.append("theo số đã ghi")
    if figure.expected and figure.have < figure.expected and not figure.part:
        notes.append(f"{figure.have}/{figure.expected} đơn vị")
    if figure.estimate and figure.estimated != figure.value:
        notes.append(f"trong đó ước {format_number(figure.estimated)}")
    if figure.note:
        notes.append(figure.note)
    return "; ".join(notes)


def figure_cell(figure):
    if figure.state == State.NUMBER:
        return Cell(cell_text(figure), figure.key, value=figure.rate if figure.entry.is_ratio else figure.value)
    return Cell(figure.words if figure.state == State.WORDS else "", figure.key, state=str(figure.state.value if hasattr(figure.state, "value") else figure.state))


def own_table(figures):
    """Every figure of the unit by section, full đồng; None when there are only a few."""
    said = [f for f in figures.all() if not f.held and not f.entry.sensitive and not _says_nothing(figures, f)]
    if sum(f.state == State.NUMBER for f in said) < OWN_TABLE_FROM and all(f.entry.print != "none" for f in said):
        return None
    before = figures.before
    compare = before is not None and any(f.previous for f in said)
    columns = [Column("TT", 12, "center"), Column("Chỉ tiêu", 66 if compare else 78, header=True), Column("Đơn vị tính", 24, "center"),
               Column(f"Kết quả {figures.period.label}", 28, "right")]
    if compare:
        columns.append(Column(before.period.label.capitalize(), 24, "right"))
    columns.append(Column("Ghi chú", 28 if compare else 36))
    rows, number, section = [], 0, None
    for f in said:
        if f.entry.section != section:
            section = f.entry.section
            rows.append(Row([Cell(catalogue.SECTIONS[section], span=len(columns))], "group"))
        alone = f.part and not any(g.code == f.code and not g.part for g in said)
        if f.part and not alone:
            first, name = "", f.part[0].upper() + f.part[1:]
        else:
            number += 1
            first, name = str(number), f"{f.entry.name}: {f.part}" if alone else f.entry.name
        cells = [Cell(first), Cell(name), Cell(f.unit), figure_cell(f)]
        if compare:
            cells.append(Cell(cell_text(f.previous)) if f.previous else Cell(""))
        rows.append(Row([*cells, Cell(_note(f))], "part" if f.part and not alone else "data"))
    return Table(columns, rows)


def _says_nothing(figures, figure):
    """A 0 that only a confirmed section gives, or a whole that is nothing but its one printable part."""
    if figure.source == "confirmed":
        return True
    return figure.source == "parts" and sum(not p.held for p in figures.parts(figure.code)) < 2


def _repeats(figures, code, below):
    """A column that only says again what the column of its whole says, unit by unit."""
    whole = figures.entries[code].part_of
    return bool(whole) and [f.value for _, f in below] == [f.value for _, f in figures.breakdown(whole)]


def subordinate_tables(figures):
    """Units × indicators, for the indicators of which a subordinate has a number; a total row each."""
    units = figures.subordinates()
    codes = []
    for code in figures.entries:
        if not figures.is_live(code) or figures.entries[code].is_ratio:
            continue
        below = figures.breakdown(code)
        if any((f.value or f.state == State.WORDS) and not f.held for _, f in below) and not _repeats(figures, code, below):
            codes.append(code)
    if not units or not codes:
        return []
    pages = [codes[i:i + COLUMNS_A_TABLE] for i in range(0, len(codes), COLUMNS_A_TABLE)]
    return [_matrix(figures, units, page, f"Bảng {i}" if len(pages) > 1 else "") for i, page in enumerate(pages, start=1)]


def _matrix(figures, units, codes, caption):
    entries = [figures.entries[code] for code in codes]
    width = max(18, min(30, 170 // len(codes)))
    columns = [Column("TT", 12, "center"), Column("Đơn vị", 60, header=True)]
    columns += [Column(f"{e.short} ({e.unit})", width, "right") for e in entries]
    below = {e.code: dict((u.pk, f) for u, f in figures.breakdown(e.code)) for e in entries}
    rows = []
    for i, unit in enumerate(units, start=1):
        rows.append(Row([Cell(str(i)), Cell(unit.short_name), *[figure_cell(below[e.code][unit.pk]) for e in entries]]))
    totals = []
    for e in entries:
        total = figures.get(e.code)
        cell = figure_cell(total)
        added = figures.by_records(e.code)
        if total.source == "entered" and total.state == State.NUMBER and added.state == State.NUMBER and added.value != total.value:
            cell = Cell(f"{cell.shown} (cộng các đơn vị: {format_number(added.value)})", cell.figure, value=cell.value)
        if total.expected:
            cell = Cell(f"{cell.shown} ({total.have}/{total.expected})", cell.figure, value=cell.value)
        totals.append(cell)
    rows.append(Row([Cell(""), Cell(f"Tổng cộng: {len(units)} {wording.subordinate_noun(units)}"), *totals], "total"))
    return Table(columns, rows, caption=caption, small=True)
