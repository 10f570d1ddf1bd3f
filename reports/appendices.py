"""The tables behind a report: the unit's own figures, and those of each subordinate."""

from members.vietnamese import format_number
from reports import catalogue, wording
from reports.asked import is_asked, used_before
from reports.figures import State
from reports.prose.facts import at_the_border
from reports.prose.quantities import percent
from reports.rendering.content import Cell, Column, Row, Table
from reports.rendering.html import LANDSCAPE_MM, PORTRAIT_MM
from reports.rendering.tables import text_mm

OWN_TABLE_FROM = 4  # figures; fewer stand well enough in the text
SHORT_LABEL = 10  # letters of a period's name that fit over a column
LONG_TERM = 10_000_000  # sums of money are too long for the note; they have rows of their own
NUMBER_MM, SHORT_NAME_MM, NAME_MM, LONG_NAME_MM = 10, 42, 52, 80
NARROWEST, WIDEST = 24, 34  # mm of a column of numbers: "(đồng chí)" fits; more room goes to the names
LONG_NAME = 60  # letters
MANY_UNITS = 20  # more than stand on one page
THEMES = {
    "A": "Tổ chức và hội viên", "1": "Xây dựng Đảng, chính quyền", "2": "Giảm nghèo, làm kinh tế, nhà ở",
    "3": "Tình nghĩa, từ thiện, chính sách", "4": "Phong trào, cuộc vận động",
    "5": "Giáo dục truyền thống, thanh niên, cựu quân nhân", "6": "Xây dựng tổ chức Hội",
    "7": "Thi đua, khen thưởng, xếp loại", "8": "Chỉ tiêu, nhiệm vụ", "9": "Hội nghị, báo cáo",
}


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
            return lead + percent(figure.rate)
        return f"{lead}{format_number(figure.value)}%"
    if entry.is_ratio:
        return lead + format_number(round(figure.rate))
    if figure.denominator is not None:
        return f"{lead}{format_number(figure.value)}/{format_number(figure.denominator)}"
    text = lead + format_number(figure.value)
    return f"{text}%" if figure.unit == "%" else text


def _note(figure, context):
    notes = []
    if figure.entry.is_ratio and figure.denominator is not None and figure.entry.unit == "%" and figure.denominator < LONG_TERM:
        notes.append(f"{format_number(figure.value)}/{format_number(figure.denominator)}")
    if figure.typed is not None:
        typed = figure.typed_as or format_number(figure.typed)
        if typed.replace(" ", "").removesuffix("%") != cell_text(figure).removesuffix("%"):
            notes.append(f"đã ghi {typed}")
    elif figure.entry.unit == "%" and figure.entry.is_ratio and figure.denominator is None and figure.source != "computed":
        notes.append("không kèm số đếm")
    if figure.expected and not figure.complete and not figure.part:
        noun = context.border_noun if at_the_border(figure) else context.subordinate_noun
        notes.append(wording.standing(figure.have, figure.expected, noun) + (f" ({figure.partial} chưa đủ)" if figure.partial else ""))
    if figure.estimate and figure.estimated != figure.value:
        notes.append(f"trong đó ước {format_number(figure.estimated)}")
    if figure.note:
        notes.append(figure.note)
    return "; ".join(notes)


def given(figure):
    """"3/3 (1 chưa đủ)" under a sum: units that gave a number of those asked, and how many stand on a part of theirs."""
    if not figure.expected:
        return ""
    if not figure.have:
        return "chưa có"
    return f"{figure.have}/{figure.expected}" + (f" ({figure.partial} chưa đủ)" if figure.partial else "")


def figure_cell(figure):
    if figure.state == State.NUMBER:
        return Cell(cell_text(figure), figure.key, value=figure.rate if figure.entry.is_ratio else figure.value)
    return Cell(figure.words if figure.state == State.WORDS else "", figure.key, state=str(State(figure.state).value))


def own_table(figures, context):
    """Every figure of the unit by section, full đồng; None when there are only a few. ``context`` names the units below."""
    used = used_before(figures.unit, figures.period)
    said = [f for f in figures.all() if not f.held and not f.entry.sensitive and not _says_nothing(figures, f, used)]
    if sum(f.state == State.NUMBER for f in said) < OWN_TABLE_FROM and all(f.entry.print != "none" for f in said):
        return None
    before = figures.before
    compare = before is not None and any(f.previous for f in said)
    now = figures.period.label if len(figures.period.label) <= SHORT_LABEL else ""
    columns = [Column("TT", NUMBER_MM, "center"), Column("Chỉ tiêu", 66 if compare else 78, header=True), Column("Đơn vị tính", 24, "center"),
               Column(f"Kết quả\n{now}".strip(), 28, "right")]
    if compare:
        then = before.period.label
        columns.append(Column(f"Kết quả\n{then if len(then) <= SHORT_LABEL else 'kỳ trước'}", 24, "right"))
    columns.append(Column("Ghi chú", 28 if compare else 36))
    rows, number, section = [], 0, None
    for f in said:
        if f.entry.section != section:
            section = f.entry.section
            rows.append(Row([Cell(catalogue.SECTIONS[section], span=len(columns))], "group"))
        alone = f.part and not any(g.code == f.code and not g.part for g in said)
        part = f.part.replace("; ", ", ")
        if f.part and not alone:
            first, name = "", part[0].upper() + part[1:]
        else:
            number += 1
            first, name = str(number), f"{f.entry.name}: {part}" if alone else f.entry.name
        cells = [Cell(first), Cell(name), Cell(f.unit), figure_cell(f)]
        if compare:
            cells.append(Cell(cell_text(f.previous)) if f.previous else Cell(""))
        rows.append(Row([*cells, Cell(_note(f, context))], "part" if f.part and not alone else "data"))
    return Table(columns, rows)


def _says_nothing(figures, figure, used):
    """A 0 that a confirmed section gives to what nobody asked for, or a whole that is but its one printable part.

    What was asked for and left empty is the 0 that the unit confirmed, printed like one that it typed.
    """
    if figure.source == "confirmed":
        return not is_asked(figure.entry, True, used, ())
    return figure.source == "parts" and sum(not p.held for p in figures.parts(figure.code)) < 2


class Matrices:
    """Units × indicators of which a subordinate has a number: one table, or one for each few themes."""

    def __init__(self, figures):
        self.figures = figures
        self.units = figures.subordinates()
        self.noun = wording.subordinate_noun(self.units) if self.units else ""
        self.below = {}
        self.codes = [code for code in figures.entries if self.units and self._wanted(code)]
        self.totals = {code: figures.get(code) for code in self.codes}
        self.sums = {code: figures.by_records(code) for code in self.codes}
        self.widths = {code: self._number_mm(code) for code in self.codes}
        longest = max((unit.short_name for unit in self.units), key=len, default="")
        self.name_mm = LONG_NAME_MM if len(longest) > LONG_NAME else min(max(text_mm(longest), SHORT_NAME_MM), NAME_MM)
        upright = sum(self.widths.values()) <= PORTRAIT_MM - NUMBER_MM - self.name_mm
        self.orientation = "portrait" if upright else "landscape"
        self.width_mm = PORTRAIT_MM if upright else LANDSCAPE_MM

    def _wanted(self, code):
        entry = self.figures.entries[code]
        if not self.figures.is_live(code) or entry.is_ratio:
            return False
        found = [f for _, f in self.figures.breakdown(code)]
        if not any((f.value or f.state == State.WORDS) and not f.held for f in found):
            return False
        if entry.part_of and [f.value for f in found] == [f.value for _, f in self.figures.breakdown(entry.part_of)]:
            return False  # it would only say again, unit by unit, what the column of its whole says
        self.below[code] = found
        return True

    def tables(self):
        groups = self._groups()
        return [
            self._table(codes, f"Bảng {i}. {title}" if len(groups) > 1 else "")
            for i, (title, codes) in enumerate(groups, start=1)
        ]

    def _groups(self):
        """(title, codes) of each table: whole themes as long as they fit, a wide one cut evenly.

        Of many units each table takes pages, so there the columns are cut evenly whatever their theme.
        """
        room = self.width_mm - NUMBER_MM - self.name_mm
        themes = {}
        for code in self.codes:
            theme = self.figures.entries[code].section if len(self.units) <= MANY_UNITS else ""
            themes.setdefault(theme, []).append(code)
        groups, codes = [], []
        for own in themes.values():
            if codes and self._width([*codes, *own]) > room:
                groups.append(codes)
                codes = []
            while self._width(own) > room:
                take = self._share(own, room)
                groups.append(own[:take])
                own = own[take:]
            codes = [*codes, *own]
        groups.append(codes)
        seen = set()
        return [(self._title(codes, seen), codes) for codes in groups]

    def _title(self, codes, seen):
        """The themes of a table; ``seen`` are those of the tables before it, and grows."""
        sections = list(dict.fromkeys(self.figures.entries[code].section for code in codes))
        again = set(sections) <= seen
        seen.update(sections)
        first, *others = [THEMES[section] for section in sections]
        title = "; ".join([first, *(name[:1].lower() + name[1:] for name in others)])
        return f"{title} (tiếp theo)" if again else title

    def _width(self, codes):
        return sum(self.widths[code] for code in codes)

    def _share(self, codes, room):
        """How many of too many columns go into the next table, so that the tables are about as wide."""
        total = self._width(codes)
        wanted = total / -(-total // room)
        taken, width = 0, 0
        while taken < len(codes) and width + self.widths[codes[taken]] <= max(wanted, self.widths[codes[0]]):
            width += self.widths[codes[taken]]
            taken += 1
        return max(taken, 1)

    def _number_mm(self, code):
        cells = [*self.below[code], self.totals[code], self.sums[code]]
        numbers = [text_mm(cell_text(f)) for f in cells if f.state == State.NUMBER]
        words = [text_mm(word, bold=True) for word in self._head(code).split()]
        return max([NARROWEST, *numbers, *words])

    def _head(self, code):
        entry = self.figures.entries[code]
        if f" {entry.unit} " in f" {entry.short.lower()} ":
            return entry.short
        return f"{entry.short}\n({entry.unit})"

    def _table(self, codes, caption):
        room = self.width_mm - NUMBER_MM - self.name_mm
        spare = max(0, room - self._width(codes)) / len(codes)
        widths = [max(self.widths[c], min(self.widths[c] + spare, WIDEST)) for c in codes]
        name_mm = self.width_mm - NUMBER_MM - sum(widths)
        columns = [Column("TT", NUMBER_MM, "center"), Column(self.noun[:1].upper() + self.noun[1:], name_mm, header=True)]
        columns += [Column(self._head(c), width, "right") for c, width in zip(codes, widths, strict=True)]
        rows = [
            Row([Cell(str(i + 1)), Cell(unit.short_name), *[figure_cell(self.below[c][i]) for c in codes]])
            for i, unit in enumerate(self.units)
        ]
        return Table(columns, [*rows, *self._foot(codes)], caption=caption, small=True)

    def _foot(self, codes):
        """The total; where units add up to another number than was reported, both; where some are missing, how many gave one."""
        count = f"{len(self.units)} {self.noun}"
        rows = []
        if any(self._differs(c) for c in codes):
            rows.append(Row([Cell(""), Cell(f"Cộng {count}"), *[self._sum_cell(c) for c in codes]], "total"))
            rows.append(Row([Cell(""), Cell("Số báo cáo chung"), *[figure_cell(self.totals[c]) for c in codes]], "total"))
        else:
            rows.append(Row([Cell(""), Cell(f"Tổng cộng: {count}"), *[figure_cell(self.totals[c]) for c in codes]], "total"))
        standing = [self._standing(c) for c in codes]
        everyone = f"{len(self.units)}/{len(self.units)}"
        if any(said not in ("", everyone) for said in standing):
            rows.append(Row([Cell(""), Cell("Có số liệu/thuộc diện"), *map(Cell, standing)], "part"))
        return rows

    def _standing(self, code):
        """"2/3": how many units gave a number, how many were asked; of a sum that cannot be made, those in the column."""
        added = self.sums[code]
        if added.state != State.NUMBER and added.expected:
            return f"{sum(f.state == State.NUMBER for f in self.below[code])}/{added.expected}"
        return given(added)

    def _differs(self, code):
        total, added = self.totals[code], self.sums[code]
        return total.source == "entered" and total.state == State.NUMBER == added.state and added.value != total.value

    def _sum_cell(self, code):
        added = self.sums[code]
        return Cell(cell_text(added), value=added.value) if added.state == State.NUMBER else Cell("")
