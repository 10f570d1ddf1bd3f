"""The workbook "of my units": what ``import_figures`` reads, filled with what is stored."""

from reports import catalogue, indicators
from reports.asked import is_asked, nearby, used_before
from reports.models import EnteredFigure, State
from reports.services.as_text import plainly, reads_as, written
from reports.services.imports import HEADERS
from reports.services.unit_words import LEVEL_WORDS
from reports.structure import dates_of
from reports.workbooks.guard import LIMITS
from reports.workbooks.writer import write_workbook

HEADER = [names[0] for names in HEADERS.values()]
KIND_WORDS = {"stock": "thời điểm", "flow": "trong kỳ", "ratio": "tỷ lệ", "yearly": "theo năm"}
SAID_AS = {  # the first word of the command for each level and kind
    (level, kind): word for word, (level, kind) in {
        "trung ương": LEVEL_WORDS["trung uong"], "tỉnh": LEVEL_WORDS["tinh"], "thành phố": LEVEL_WORDS["thanh pho"],
        "cụm": LEVEL_WORDS["cum"], "cụm thi đua": LEVEL_WORDS["cum thi dua"], "khối": LEVEL_WORDS["khoi"],
        "huyện": LEVEL_WORDS["huyen"], "cơ sở": LEVEL_WORDS["co so"], "xã": LEVEL_WORDS["xa"], "phường": LEVEL_WORDS["phuong"],
        "đặc khu": LEVEL_WORDS["dac khu"], "chi hội": LEVEL_WORDS["chi hoi"], "phân hội": LEVEL_WORDS["phan hoi"],
    }.items()
}
BY_LEVEL = {"CO_SO": "cơ sở", "CUM": "cụm", "TINH": "tỉnh", "CHI_HOI": "chi hội", "PHAN_HOI": "phân hội", "TRUNG_UONG": "trung ương"}
WIDTHS = [14, 34, 12, 14, 13, 13, 30, 48, 14, 12, 20, 12, 30, 26]


class TooManyRows(ValueError):
    """More rows than a workbook may hold; the text is Vietnamese."""


def level_word(unit):
    return SAID_AS.get((unit.level, unit.kind)) or BY_LEVEL[unit.level]


def workbook_rows(unit, period, *, own=True, below=True, sections=None):
    """Rows of the workbook: each unit × each indicator it is asked for, then the parts it has.

    Units are ``unit`` itself (``own``) and its direct subordinates in the tree (``below``).
    Raises ``TooManyRows``.
    """
    structure = nearby(unit, period)
    children = [] if unit.is_cluster else [structure.units[pk] for pk in structure.children[unit.pk]]
    units = [unit] * own + children * below
    entries = {
        code: e for code, e in indicators.lookup().items() if e.section in (sections or catalogue.SECTIONS)
    }
    keys = [u.pk for u in units]
    stored = {}
    for row in EnteredFigure.objects.filter(period=period, unit__in=keys, code__in=entries).order_by("part"):
        stored.setdefault((row.unit_id, row.code), {})[row.part] = row
    used = used_before(unit, period)
    out = []
    for one in units:
        first, last = dates_of(one, period) if one is unit else structure.dates[one.pk]
        head = [one.code, one.name, level_word(one), one.parent.code if one.parent_id else "", f"{first:%d/%m/%Y}", f"{last:%d/%m/%Y}"]
        for code, entry in entries.items():
            cells = stored.get((one.pk, code), {})
            if not is_asked(entry, structure.concerns(one.pk, entry), used, {code} if cells else ()):
                continue
            parts = sorted({*cells, *([] if entry.needs_part else [""])})
            for part in parts:
                out.append([*head, code, entry.name, *_cell(entry, part, cells.get(part))])
    if len(out) >= LIMITS.rows:
        raise TooManyRows(
            f"Bảng này có {len(out)} dòng, nhiều hơn {LIMITS.rows - 1} dòng mà chương trình nhận lại được. "
            "Hãy chọn một mục, hoặc tải riêng từng đơn vị."
        )
    return out


def _cell(entry, part, row):
    """Unit of measure, kind, value, denominator, note and part, so that reading them gives ``row`` again."""
    kind = KIND_WORDS[entry.kind]
    measure = entry.measure_for(part)
    usual = measure.unit if measure else ""
    if row is None:
        return [usual, kind, "", "", "", part]
    note = row.note
    value = written(row, entry)
    if row.state == State.WORDS and not reads_as(entry, row, value, measure=usual):
        return [usual, kind, "", "", row.words or "có, không nêu số", part]
    for unit in dict.fromkeys([usual, row.measure, ""]):
        for text in dict.fromkeys([value, plainly(row, entry)]):
            if reads_as(entry, row, text, measure=unit):
                return [unit, kind, text, "", note, part]
    return [row.measure or usual, kind, value, "", note, part]


def write_template(buffer, unit, period, **choices):
    """Write the workbook into ``buffer``; returns the number of rows. Raises ``TooManyRows``."""
    rows = workbook_rows(unit, period, **choices)
    return write_workbook(buffer, HEADER, rows, widths=WIDTHS, text_columns=HEADER)
