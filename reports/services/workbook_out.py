"""The workbook "of my units": what ``import_figures`` reads, filled with what is stored."""

from functools import cache

from members.models import PeriodKind
from members.vietnamese import format_number
from reports import catalogue, indicators
from reports.appendices import cell_text
from reports.asked import is_asked, is_derived, nearby, used_before
from reports.figures import FigureSet, previous_period
from reports.models import EnteredFigure, State
from reports.services.as_text import plainly, reads_as, written
from reports.services.cells import SAID_IN_WORDS
from reports.services.import_columns import LABELS
from reports.services.unit_words import LEVEL_WORDS
from reports.structure import dates_of
from reports.workbooks.guard import LIMITS
from reports.workbooks.writer import Column, Guide, Styled, write_workbook

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
LOOKS = {  # width, look, whether it is to be filled in
    "unit_code": (13, "plain", False), "unit_name": (22, "plain", False), "level": (9, "plain", False), "parent_code": (11, "plain", False),
    "first": (12, "middle", False), "last": (12, "middle", False), "code": (15, "code", False), "name": (42, "plain", False),
    "measure": (10, "plain", False), "kind": (10, "plain", False), "value": (20, "typed", True), "denominator": (10, "plain", True),
    "note": (26, "note", True), "part": (18, "plain", False),
}
COLUMNS = [Column(label, *LOOKS[key]) for key, label in LABELS.items()]
GUIDE = (
    ("Điền ở đâu", "Trang tính “Số liệu”, các ô nền vàng. Cột khác không phải điền; đừng sửa mã và ngày."),
    ("Giá trị", "Ghi như vẫn viết: 1862, hoặc 4.093,7 tỷ, hoặc 16/26, hoặc hơn 80%, hoặc ước 1.200. Số nguyên gõ liền các chữ số, không gõ dấu chấm."),
    ("Mẫu số", "Chỉ dùng cho tỷ lệ. Ghi cả 16/26 ở Giá trị là đủ, Mẫu số để trống; ghi hai cột thì hai chỗ phải khớp nhau."),
    ("Có làm, không nêu số", "Để trống Giá trị, ghi “có, không nêu số” ở Ghi chú; nói được nhiều ít thì ghi thêm, như “hàng nghìn”."),
    ("Không thuộc diện", "Ghi x ở Giá trị."),
    ("Chưa báo cáo", "Để trống cả Giá trị và Ghi chú. Ô để trống không xóa số đã lưu; muốn bỏ một số thì xóa ở trang nhập số liệu."),
    ("Phân tổ", "Muốn tách một chỉ tiêu, như tập thể và cá nhân: chép thêm dòng ấy rồi ghi phân tổ. Không tách thì để trống."),
    ("Gửi lại", "Lưu dạng .xlsx rồi gửi ở trang “Nhập số liệu từ tệp Excel”. Chương trình cho xem trước, đồng chí xác nhận mới lưu."),
)


class TooManyRows(ValueError):
    """More rows than a workbook may hold; the text is Vietnamese."""


def level_word(unit):
    return SAID_AS.get((unit.level, unit.kind)) or BY_LEVEL[unit.level]


def workbook_rows(unit, period, *, own=True, below=True, sections=None):
    """Rows of the workbook: each unit × each indicator it is asked for, then the parts it has or had last time.

    Units are ``unit`` itself (``own``) and its direct subordinates in the tree (``below``). Behind
    the columns of the command stands what the period before said, which reading passes over.
    Raises ``TooManyRows``.
    """
    structure = nearby(unit, period)
    children = [] if unit.is_cluster else [structure.units[pk] for pk in structure.children[unit.pk]]
    units = [unit] * own + children * below
    entries = {
        code: e for code, e in indicators.lookup().items() if e.section in (sections or catalogue.SECTIONS)
    }
    before = previous_period(unit, period)
    stored, past = _typed(period, units, entries), _typed(before, units, entries)
    used = used_before(unit, period)
    asked = []
    for one in units:
        for code, entry in entries.items():
            cells = stored.get((one.pk, code), {})
            if is_asked(entry, structure.concerns(one.pk, entry), used, {code} if cells else ()):
                parts = {*cells, *(part for part in past.get((one.pk, code), ()) if part), *([] if entry.needs_part else [""])}
                asked += [(one, entry, part, cells.get(part)) for part in sorted(parts)]
    if len(asked) >= LIMITS.rows:
        raise TooManyRows(
            f"Bảng này có {len(asked)} dòng, nhiều hơn {LIMITS.rows - 1} dòng mà chương trình nhận lại được. "
            "Hãy chọn một mục, hoặc tải riêng từng đơn vị."
        )
    said_before = _said_before(unit, before)
    heads = {
        one.pk: [one.code, one.name, level_word(one), one.parent.code if one.parent_id else "", *(dates_of(one, period) if one is unit else structure.dates[one.pk])]
        for one in units
    }
    return [
        [*heads[one.pk], entry.code, entry.name, *_cell(entry, part, row), said_before(one, entry.code, part)]
        for one, entry, part, row in asked
    ]


def _typed(period, units, codes):
    """{(unit key, code): {part: row}} of what the units typed in a period."""
    found = {}
    if period:
        rows = EnteredFigure.objects.filter(period=period, unit__in=[u.pk for u in units], code__in=codes)
        for row in rows.order_by("part"):
            found.setdefault((row.unit_id, row.code), {})[row.part] = row
    return found


def _said_before(unit, before):
    """A function of (unit, code, part): the figure of the period before, a number where it is one, else text."""
    if before is None:
        return lambda one, code, part: None
    figures = FigureSet(unit, before, compare=False)

    @cache
    def below(code, part):
        return {child.pk: figure for child, figure in figures.breakdown(code, part)}

    def said(one, code, part):
        figure = figures.get(code, part) if one is unit else below(code, part).get(one.pk)
        return None if figure is None else _said(figure)

    return said


def _said(figure):
    if figure.state == State.NUMBER:
        plain = not (figure.entry.is_ratio or figure.denominator or figure.qualifier or figure.estimate)
        return figure.value if plain else cell_text(figure) + _terms(figure)
    if figure.state == State.WORDS:
        return figure.words or "có, không nêu số"
    return "không thuộc diện" if figure.state == State.NOT_CONCERNED else None


def _terms(figure):
    if not figure.entry.is_ratio or figure.denominator is None:
        return ""
    return f" ({format_number(figure.value)}/{format_number(figure.denominator)})"


def _cell(entry, part, row):
    """Unit of measure, kind, value, denominator, note and part, so that reading them gives ``row`` again."""
    kind = KIND_WORDS[entry.kind]
    measure = entry.measure_for(part)
    usual = measure.unit if measure else ""
    no_total = Styled(None, "number") if entry.is_ratio and not is_derived(entry) else None
    if row is None:
        return [usual, kind, Styled(None, _look(entry, measure)), no_total, None, part]
    note, value = row.note, written(row, entry)
    units = dict.fromkeys([usual, row.measure, ""])
    if row.state == State.NUMBER and not (row.qualifier or row.estimate):
        number, total = row.value, row.denominator
        for unit in sorted(units, key=bool) if total else units:  # 8 of 26 under "%" could be 8 %
            if reads_as(entry, row, number, measure=unit, denominator=total):
                return [unit, kind, Styled(number, "number"), Styled(total, "number") if total else no_total, note, part]
    if row.state == State.WORDS and not reads_as(entry, row, value, measure=usual):
        return [usual, kind, None, no_total, row.words or "có, không nêu số", part]
    for unit in units:
        for text in dict.fromkeys([value, plainly(row, entry)]):
            if reads_as(entry, row, text, measure=unit):
                return [unit, kind, text, no_total, note, part]
    return [row.measure or usual, kind, value, no_total, note, part]


def _look(entry, measure):
    """Of an empty box: a number where nothing else is usual; as text where a dot or a stroke could be misread.

    What is worked out from other indicators is not asked for, and may be typed all the same.
    """
    if is_derived(entry):
        return "last"
    counts = measure is not None and (not measure.is_measured or measure.cls == "money")
    return "number" if counts and not entry.is_ratio and entry.unit not in SAID_IN_WORDS else "typed"


def write_template(buffer, unit, period, **choices):
    """Write the workbook into ``buffer``; returns the number of rows. Raises ``TooManyRows``."""
    rows = workbook_rows(unit, period, **choices)
    before = previous_period(unit, period)
    label = "Kỳ trước" if period.kind in (PeriodKind.NHIEM_KY, PeriodKind.NUA_NHIEM_KY) else "Năm trước"
    first, last = dates_of(unit, period)
    told = f"Số của {before.label}, để so sánh; gửi lên thì chương trình không đọc cột này." if before else "Chưa có số của kỳ trước."
    guide = Guide(
        f"Số liệu {period.label} ({first:%d/%m/%Y} - {last:%d/%m/%Y}), {unit.full_name}", [*GUIDE[:-1], (label, told), GUIDE[-1]],
    )
    return write_workbook(buffer, [*COLUMNS, Column(label, 18, "last")], rows, guide=guide)
