"""The annual report of a unit: which sections, which figures, which words, in which order."""

import re
from dataclasses import dataclass, field, replace

from ccb import clock
from members.effective import effective_settings
from members.models import Level, PeriodKind
from members.vietnamese import viet_date
from reports import catalogue, wording
from reports.appendices import Matrices, own_table
from reports.figures import FigureSet
from reports.models import ReportText
from reports.prose import Context, write_section
from reports.rendering import letterhead as names
from reports.rendering.content import (
    Appendix,
    Document,
    Heading,
    Letterhead,
    Paragraph,
    Run,
    SignOff,
    Table,
    para,
    task,
)
from reports.spoken import SpokenFigures

ROMAN = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
ITEM = re.compile(r"^(?:[-–•*]|\d+[.)]|[a-zđ]\)|(?:" + "|".join(wording.ORDINALS) + r") là\s*[,:])\s*", re.IGNORECASE)
# "Hội tập trung vào 06 nhiệm vụ trọng tâm:" stands before its list, wherever the outline counts it.
HEADS_A_LIST = {"key_tasks_count": "NV", "lessons_count": "DG4"}
INTERIM = {PeriodKind.SAU_THANG, PeriodKind.QUY, PeriodKind.CHIN_THANG, PeriodKind.THANG, PeriodKind.NUA_NHIEM_KY}
PARTS = {1: "Phần thứ nhất", 2: "Phần thứ hai"}
LEGEND = {
    "missing": "“chưa báo cáo” là đơn vị chưa gửi số, không phải là 0",
    "not_concerned": "“không thuộc diện” là đơn vị không phải báo cáo chỉ tiêu ấy",
}


@dataclass
class SectionView:
    """One section as the secretary works on it: its blocks, its questions and its text."""

    section: catalogue.OutlineSection
    number: str
    blocks: list = field(default_factory=list)
    text: str = ""
    version: int = 0

    @property
    def is_empty(self):
        return not self.blocks


def outline_for(unit, settings):
    """The outline that the unit has chosen, else five parts at workplaces and chi hội, seven elsewhere."""
    code = settings.outline
    if not code:
        small = unit.level in (Level.CHI_HOI, Level.PHAN_HOI) or unit.kind in ("khoi", "co_quan", "doanh_nghiep", "truong")
        code = "annual5" if small else "annual7"
    return catalogue.OUTLINES[code]


class AnnualReport:
    """Tổng kết kỳ này, phương hướng kỳ sau. Figures are computed when it is built (a draft).

    Raises ``PermissionDenied`` for a unit outside the scope.
    """

    def __init__(self, unit, period, figures=None):
        self.unit, self.period = unit, period
        self.figures = figures or FigureSet(unit, period)
        self.first, self.last = self.figures.first, self.figures.last
        self.settings = effective_settings(unit, self.last)
        self.outline = outline_for(unit, self.settings)
        self.texts = {}
        if period.pk:
            self.texts = {t.section: t for t in ReportText.objects.filter(unit=unit, period=period, kind="annual")}
        self.children = self.figures.subordinates()
        self.work = "công tác thi đua, khen thưởng" if unit.is_cluster else "công tác"
        self.late = self._late_units()
        self.context = self._context()
        self.sections = [self._section(s) for s in self.outline.sections if s.type != "table"]

    @property
    def name(self):
        """“Báo cáo tổng kết năm 2026”; of a period inside another, "Báo cáo sơ kết quý II năm 2026"."""
        return f"Báo cáo {self._kind_word()} {wording.period_now(self.period)}"

    def _kind_word(self):
        return "sơ kết" if self.period.kind in INTERIM else "tổng kết"

    # ── words for the sentences ──
    def _context(self):
        before = self.figures.before
        return Context(
            unit_name=self.unit.full_name, level=self._level_in_words(),
            kind=self.unit.kind, period_label=wording.period_now(self.period), ends_on=self.last,
            previous_label=wording.period_now(before.period) if before else "",
            subordinate_noun=wording.subordinate_noun(self.children) if self.children else "đơn vị",
            money_style="million" if self._money_is_large() else "short", province=wording.province_of(self.unit) if self.unit.level != Level.TINH else "",
            known_missing=frozenset(self.late),
            breakdown=lambda code: [(wording.name_inside(u), f) for u, f in self.figures.breakdown(code)],
            missing_units=self._missing_names,
            partly=lambda code: wording.partly(self.figures.partial_units(code)), lacking=self._lacking_names,
        )

    def _missing_names(self, code):
        return [wording.name_inside(u) for u in self.figures.missing_units(code)]

    def _lacking_names(self, code):
        """Units whose number is missing, or stands on some of their own units only."""
        return [*self._missing_names(code), *(wording.name_inside(u) for u, *_ in self.figures.partial_units(code))]

    def _late_units(self):
        """The few units whose numbers are missing in two sections or more: named once, in the opening."""
        missing = {}
        for figure in self.figures.all():
            if not figure.part and not figure.held and figure.have < figure.expected:
                names = tuple(self._missing_names(figure.code))
                if 0 < len(names) <= 3:
                    missing.setdefault(names, set()).add(figure.entry.section)
        often = [names for names, sections in missing.items() if len(sections) > 1]
        return max(often, key=len, default=())

    def _money_is_large(self):
        """One way to write money in the whole document: triệu and tỷ, unless only small sums occur."""
        sums = [f.value for f in self.figures.all() if f.entry.unit == "đồng" and f.value is not None and not f.held]
        return len(sums) > 1 and max(sums) >= 10_000_000

    def _level_in_words(self):
        """A khối or huyện speaks of itself as a Hội, not as a cụm."""
        if self.unit.level == Level.PHAN_HOI:
            return Level.CHI_HOI
        return Level.TINH if self.unit.level == Level.CUM and not self.unit.is_cluster else self.unit.level

    # ── sections ──
    def _section(self, section):
        text = self.texts.get(section.code)
        view = SectionView(section, "", text=text.text if text else "", version=text.version if text else 0)
        entries = self._entries(section)
        if entries:
            view.blocks += write_section(entries, SpokenFigures(self.figures), self.context)
        if section.code == "O":
            view.blocks += self._opening()
        view.blocks[:0] = self._written(section, view.text) if section.code == "O" else []
        if section.code != "O":
            _announce(view.blocks, self._written(section, view.text))
        if section.code == "KT":
            view.blocks = view.blocks or [para(self._closing())]
            mark = self.settings.closing_mark or "./."
            _close(view.blocks, mark)
        return view

    def _entries(self, section):
        entries = self.figures.entries
        key = "outline5" if self.outline.code == "annual5" else "outline7"
        own = [e.code for e in entries.values() if not e.builtin and getattr(e, key) == section.code]
        codes = [code for code in (*section.indicators, *own) if HEADS_A_LIST.get(code, section.code) == section.code]
        codes += [code for code, home in HEADS_A_LIST.items() if home == section.code and code not in codes]
        return [entries[code] for code in codes if self.figures.is_live(code)]

    @staticmethod
    def _written(section, text):
        """What the secretary wrote: a line is a paragraph; in "Một là" lists it is an item."""
        lines = [_ended(line.strip()) for line in text.split("\n") if line.strip()]
        if section.list_style != "Một là":
            return [para(line) for line in lines]
        blocks, items = [], 0
        for line in lines:
            if not ITEM.match(line) and line.endswith(":"):
                blocks.append(para(line))
                continue
            said = ITEM.sub("", line)
            lead = f"{wording.ORDINALS[items]} là," if items < len(wording.ORDINALS) else "Tiếp theo,"
            blocks.append(task(lead, said[:1].lower() + said[1:] if not said[:2].isupper() else said))
            items += 1
        return blocks

    def _opening(self):
        now, after = wording.period_now(self.period), wording.period_next(self.period)
        board = "Ban Chấp hành " if not self.unit.is_cluster else ""
        name = self.unit.full_name.split(" (")[0]
        lines = f"{board}{name} báo cáo kết quả {self.work} {now} và phương hướng, nhiệm vụ {after}."
        lines += f" {self._span()}"
        giving = len(self.figures.giving_units())
        if giving and (giving == len(self.children) or not self.figures.has_typed()):
            lines += f", tổng hợp của {giving}/{len(self.children)} {self.context.subordinate_noun}"
        if self.late:
            lines += f"; số liệu của {' và '.join(filter(None, [', '.join(self.late[:-1]), self.late[-1]]))} chưa đủ"
        return [para(lines + ".")]

    def _span(self):
        """Which days the numbers are of, and that they are not final while the period lasts."""
        today = clock.today()
        whole = f"{viet_date(self.first)}" if self.first == self.last else f"từ {viet_date(self.first)} đến hết {viet_date(self.last)}"
        if not self.figures.all():
            return f"Kỳ báo cáo {'là ' if self.first == self.last else ''}{whole}; {'kỳ chưa bắt đầu' if today < self.first else 'chưa có số liệu'}"
        if self.first == self.last or not self.first <= today <= self.last:
            return f"Số liệu tính {'trong ' if self.first == self.last else ''}{whole}"
        return f"Số liệu tạm tính từ {viet_date(self.first)} đến hết {viet_date(today)}, kỳ báo cáo chốt {viet_date(self.last)}"

    def _closing(self):
        now, after = wording.period_now(self.period), wording.period_next(self.period)
        to = self.settings.addressed_to or wording.addressed_to(self.unit)
        end = f", kính gửi {to} xem xét, cho ý kiến chỉ đạo" if to else ""
        return f"Trên đây là báo cáo kết quả {self.work} {now} và phương hướng, nhiệm vụ {after} của {self.unit.full_name.split(' (')[0]}{end}"

    def _number(self):
        """Sections that are left out leave no hole in the numbers; a place kept for one has no number."""
        counters = {}
        for view in self.sections:
            part, number = view.section.part, view.section.number
            if not number:
                continue
            top, _, sub = number.partition(".")
            if sub:
                counters[part, top] = counters.get((part, top), 0) + self._shown(view)
                view.number = f"{counters.get(part, 0)}.{counters[part, top]}" if self._shown(view) else ""
            else:
                counters[part] = counters.get(part, 0) + self._shown(view)
                view.number = str(counters[part]) if self._shown(view) else ""

    def _has_filled_sub(self, part, top):
        return any(
            v.section.part == part and v.section.number.startswith(f"{top}.") and not v.is_empty for v in self.sections
        )

    def _lone(self, view, wanted):
        """The only subsection shown under a heading with no words of its own; the two share one heading."""
        top = view.number.partition(".")[0]
        below = [v for v in wanted if v.number.startswith(f"{top}.")]
        return below[0] if len(below) == 1 and view.is_empty and view.number == top else None

    def _heading(self, view):
        top, _, sub = view.number.partition(".")
        if not view.number:
            sub = "." in view.section.number or not self.outline.numbering.startswith("I/")
            return Heading(2 if sub else 1, "", view.section.heading)
        if self.outline.numbering.startswith("I/"):
            return Heading(2, f"{sub}.", view.section.heading) if sub else Heading(1, f"{ROMAN[int(top)]}.", view.section.heading)
        return Heading(2, f"{view.number}." if sub else f"{top}.", view.section.heading)

    # ── the document ──
    def document(self, with_prompts=False):
        self._number()
        blocks = []
        for part in (0, 1, 2):
            views = [v for v in self.sections if v.section.part == part]
            wanted = [v for v in views if self._shown(v, with_prompts)]
            if part in PARTS and any(v.section.code != "KT" for v in wanted):
                blocks.append(Heading(0, PARTS[part], self._fill(self.outline.parts[part])))
            merged = {}
            for view in wanted:
                lone = self._lone(view, [v for v in wanted if self._shown(v)])
                if lone:
                    merged[lone.section.code] = replace(self._heading(view), text=lone.section.heading)
                elif view.section.number:
                    blocks.append(merged.get(view.section.code) or self._heading(view))
                blocks += view.blocks
                if with_prompts and view.is_empty and view.section.if_empty == "ask":
                    blocks += [para(question, "prompt") for question in view.section.prompts]
        note = f"Số liệu tính lúc {clock.now():%H:%M} {viet_date(clock.today())}"
        unwritten = [] if with_prompts else [v.section.heading for v in self.sections if self._is_unwritten(v)]
        if unwritten:
            note += f"\nChưa viết: {'; '.join(unwritten)}"
        appendices = self._appendices()
        if appendices:
            self._mention(blocks, appendices)
        kind, _, subject = self.outline.title.partition("; ")
        subject = subject.replace("tổng kết", self._kind_word())
        if self.unit.is_cluster:
            subject = subject.replace("công tác Hội", self.work)
        head, tail = self._fill(subject).split(" và ", 1)
        head = head[0].upper() + head[1:]
        return Document(
            title=kind, subject_lines=[head, f"và {tail}"],
            addressed_to=self.settings.addressed_to or wording.addressed_to(self.unit),
            letterhead=self._letterhead(), blocks=blocks, created=clock.now(), sign_off=self._sign_off(),
            appendices=appendices, draft=True, draft_note=note,
            author=self.unit.full_name,
        )

    def _is_unwritten(self, view):
        """A part that only the secretary can write, with nothing in it: a draft on paper says so."""
        section = view.section
        return view.is_empty and section.if_empty == "ask" and section.type != "figures" and bool(section.prompts)

    def _shown(self, view, with_prompts=False):
        if not view.is_empty or (with_prompts and view.section.if_empty == "ask"):
            return True
        return bool(view.section.number) and "." not in view.section.number and self._has_filled_sub(view.section.part, view.section.number)

    def _fill(self, text):
        now, after = wording.period_now(self.period), wording.period_next(self.period)
        for slot, value in (("{kỳ sau}", after), ("{KỲ SAU}", after.upper()), ("{kỳ}", now), ("{KỲ}", now.upper())):
            text = text.replace(slot, value)
        return text

    def _mention(self, blocks, appendices):
        labels = " và ".join(a.label for a in appendices)
        verb = "kèm theo" if len(appendices) == 1 else "kèm theo báo cáo này"
        position = next((i for i, b in enumerate(blocks) if isinstance(b, Heading)), len(blocks))
        if position and isinstance(blocks[position - 1], Paragraph):
            last = blocks[position - 1]
            last.runs.append(Run(f" Số liệu chi tiết ở {labels} {verb}."))

    def _appendices(self):
        head = self._letterhead()
        attached = f"Kèm theo Báo cáo số {head.number} {head.date_text} của\n{self.unit.full_name.split(' (')[0]}"
        found = []
        own = own_table(self.figures, self.context)
        if own:
            found.append((f"Số liệu tổng hợp {wording.period_now(self.period)}", "portrait", [own]))
        matrices = Matrices(self.figures)
        if matrices.codes:
            title = f"Số liệu theo {wording.subordinate_noun(self.children)} {wording.period_now(self.period)}"
            found.append((title, matrices.orientation, matrices.tables()))
        return [
            Appendix("" if len(found) == 1 else ROMAN[i], title.upper(), attached, side, [*_legend(tables), *tables])
            for i, (title, side, tables) in enumerate(found, start=1)
        ]

    def _letterhead(self):
        above, issuer = wording.letterhead_names(self.unit)
        pattern = self.settings.number_pattern or "{n}/BC-CCB"
        lines = self.settings.issuer_line.split("\n") if self.settings.issuer_line else names.issuer_lines(issuer)
        return Letterhead(
            parent_line=self.settings.parent_line or (names.parent_line(above) if above else ""), issuer_lines=lines,
            number=pattern.replace("{n}", "…"), place=self.settings.place_name or wording.place_of(self.unit) or "…",
            date_text=f"ngày … tháng … năm {max(self.last, clock.today()).year if clock.today() <= self.last else self._report_year()}",
        )

    def _report_year(self):
        """A report is signed soon after its cut-off: in the cut-off's year, unless that is the year's last day."""
        return self.last.year + (self.last.month == 12 and self.last.day > 20)

    def _sign_off(self):
        authority, title = wording.signature(self.unit)
        recipients = [line.strip() for line in self.settings.recipients.split("\n") if line.strip()]
        recipients = recipients or ["Như trên", "Ủy viên Ban Chấp hành"]
        if not (self.settings.addressed_to or wording.addressed_to(self.unit)):
            recipients = [line for line in recipients if line != "Như trên"]
        return SignOff(
            authority=self.settings.authority or authority, title=self.settings.signer_title or title,
            name=self.settings.signer_name, recipients=[*recipients, "Lưu: VT"],
        )


def _legend(tables):
    """What the words of an empty cell mean, where a table has one."""
    states = {cell.state for table in tables if isinstance(table, Table) for row in table.rows for cell in row.cells}
    said = [text for state, text in LEGEND.items() if state in states]
    return [para(f"Trong bảng, {'; '.join(said)}.", "note")] if said else []


def _ended(line):
    """A line of the secretary ends like a sentence."""
    return line if line[-1] in ".:;!?…”)" else f"{line}."


def _announce(said, written):
    """Add what was written to the sentences; one that counts the items of a list ends in a colon before it."""
    if said and written and written[0].kind == "task" and said[-1].text.endswith("."):
        last = said[-1].runs[-1]
        said[-1].runs[-1] = Run(last.text.removesuffix(".") + ":", last.bold, last.italic, last.figure)
    said += written


def _close(blocks, mark):
    """The closing mark ends the last paragraph; it replaces its full stop."""
    last = blocks[-1]
    run = last.runs[-1]
    last.runs[-1] = Run(run.text.rstrip().rstrip(".") + mark, run.bold, run.italic, run.figure)
    last.kind = "closing"
