"""A table as its templates need it: cells merged, classes chosen, widths in millimetres."""

from dataclasses import dataclass, field, replace

from django.utils.safestring import SafeString

from reports.rendering.content import STATE_WORDS, Cell, Row, Table, clean
from reports.rendering.text import FigureLinks, inline

KEPT_GROUP = 5  # a group of at most so many rows does not break across pages
KEPT_TABLE = 12  # nor a table without groups of so many: less than half a page is lost before it
POINT_MM = 25.4 / 72
DIGIT_POINTS, DOT_POINTS, CAPITAL_POINTS, PADDING_POINTS = 6, 3, 8, 11  # 12 pt, and a cell's two edges
BOLD = 1.08
LONGEST_WORD_MM = 30  # a word longer than any of the language may break

_STATE_CSS = {"words": "chua", "missing": "chua", "not_concerned": "khong"}
_ROW_CSS = {"total": "tong", "group": "nhom"}


@dataclass(frozen=True)
class CellView:
    tag: str
    css: str
    html: SafeString
    span: int = 1
    scope: str = ""
    label: str = ""


@dataclass
class RowView:
    css: str
    cells: list[CellView]


@dataclass
class BodyView:
    keep: bool = False
    rows: list[RowView] = field(default_factory=list)


@dataclass
class TableView:
    name: str
    caption: SafeString
    unit_note: SafeString
    small: bool
    widths: list[str]
    groups: list[CellView]
    heads: list[CellView]
    bodies: list[BodyView]
    keep: bool = False


def table_view(
    table: Table, name: str, width_mm: float = 0, links: FigureLinks | None = None
) -> TableView:
    """The table for paper (`width_mm` of text) or for the screen (0: no widths). `name` is
    what a screen reader says of a table without a caption.

    Raises ValueError when a row has more cells than there are columns.
    """
    on_paper = width_mm > 0
    widths = column_widths(table, width_mm) if on_paper else []
    narrow = _narrow_columns(table, widths)
    bodies = [BodyView()]
    for index, row in enumerate(table.rows):
        if row.kind == "group":
            bodies.append(BodyView(keep=on_paper))
        cells = merge_states(_padded(row, table), table.header_index)
        css = f"{_ROW_CSS.get(row.kind, '')} {'lien-sau' if on_paper and _leads(table.rows, index) else ''}"
        bodies[-1].rows.append(RowView(css.strip(), _cells(table, row, cells, narrow, links)))
    for body in bodies:
        body.keep = body.keep and len(body.rows) <= KEPT_GROUP
    return TableView(
        name=clean(table.caption or name),
        caption=inline(table.caption),
        unit_note=inline(table.unit_note),
        small=table.small,
        widths=[f"{width:.2f}mm" for width in widths],
        groups=[_head(title, span, "colgroup") for title, span in table.groups],
        heads=[_head(column.title, 1, "col") for column in table.columns],
        bodies=[body for body in bodies if body.rows],
        keep=on_paper and len(bodies) == 1 and len(table.rows) <= KEPT_TABLE,
    )


def _leads(rows: list[Row], index: int) -> bool:
    """Whether a row stays on the page of the next: before a total or a first part, and at the head."""
    if index + 1 == len(rows):
        return False
    row, after = rows[index].kind, rows[index + 1].kind
    return index == 0 or after == "total" or row == "total" or (after == "part" and row == "data")


def merge_states(cells: list[Cell], header_index: int) -> list[Cell]:
    """Neighbours in the same state without a number, with the same words, as one cell."""
    merged: list[Cell] = []
    position = 0
    for cell in cells:
        last = merged[-1] if merged else None
        if (
            last is not None
            and cell.state in STATE_WORDS
            and (cell.state, cell.shown) == (last.state, last.shown)
            and position != header_index
            and position - last.span != header_index
        ):
            merged[-1] = replace(last, span=last.span + cell.span, figure=None)
        else:
            merged.append(cell)
        position += cell.span
    return merged


def column_widths(table: Table, width_mm: float) -> list[float]:
    """The columns' shares scaled to `width_mm`; a column is never narrower than its longest
    number or, where it is not of numbers, its longest word: neither may break."""
    total = sum(column.width_mm for column in table.columns)
    widths = [column.width_mm * width_mm / total for column in table.columns]
    needed = [_needed(table, index) for index in range(len(widths))]
    widened = [max(pair) for pair in zip(widths, needed, strict=True)]
    spare = [width - need for width, need in zip(widened, needed, strict=True)]
    excess = sum(widened) - width_mm
    if excess <= 0 or sum(spare) <= excess:
        return widths
    return [w - excess * s / sum(spare) for w, s in zip(widened, spare, strict=True)]


def _needed(table: Table, index: int) -> float:
    texts = _texts(table, index)
    if table.columns[index].align == "right":
        return max(map(text_mm, texts), default=0)
    words = [word for text in texts for word in text.split()]
    heads = [text_mm(word, bold=True) for word in table.columns[index].title.split()]
    return min(max([*map(text_mm, words), *heads], default=0), LONGEST_WORD_MM)


def text_mm(text: str, bold: bool = False) -> float:
    """About the width of a cell with this text on one line, in 12 pt."""
    dots = sum(text.count(c) for c in "., ()/")
    capitals = sum(c.isupper() for c in text)
    points = dots * DOT_POINTS + capitals * CAPITAL_POINTS + (len(text) - dots - capitals) * DIGIT_POINTS
    return (points * (BOLD if bold else 1) + PADDING_POINTS) * POINT_MM


def _texts(table: Table, index: int) -> list[str]:
    """Texts of the cells that stand in one column alone and have no state."""
    texts = []
    for row in table.rows:
        position = 0
        for cell in row.cells:
            if position == index and cell.span == 1 and not cell.state and row.kind != "group":
                texts.append(cell.text)
            position += cell.span
    return texts


def _narrow_columns(table: Table, widths: list[float]) -> set[int]:
    """Wide columns of one- and two-digit numbers, which print nearer to the middle."""
    return {
        index
        for index, width in enumerate(widths)
        if table.columns[index].align == "right"
        and width >= 18
        and 0 < max(map(len, _texts(table, index)), default=0) <= 2
    }


def _padded(row: Row, table: Table) -> list[Cell]:
    missing = len(table.columns) - sum(cell.span for cell in row.cells)
    if missing < 0:
        raise ValueError(f"a row spans {-missing} more columns than the table has")
    return row.cells + [Cell()] * (0 if row.kind == "group" else missing)


def _head(title: str, span: int, scope: str) -> CellView:
    return CellView("th", "", inline(title, in_table=True), span, scope)


def _cells(table, row, cells, narrow, links) -> list[CellView]:
    if row.kind == "group":
        text = cells[0].text if cells else ""
        return [CellView("td", "", inline(text, in_table=True), len(table.columns))]
    views = []
    position = 0
    for cell in cells:
        column = table.columns[position]
        is_header = position <= table.header_index < position + cell.span
        html = inline(cell.shown, in_table=True)
        if links is not None:
            html = links.around(html, cell.figure)
        views.append(
            CellView(
                tag="th" if is_header else "td",
                css=_css(cell, column.align, row.kind, is_header, position in narrow),
                html=html,
                span=cell.span,
                scope="row" if is_header else "",
                label=", ".join(clean(c.title) for c in table.columns[position:][: cell.span]),
            )
        )
        position += cell.span
    return views


def _css(cell: Cell, align: str, row_kind: str, is_header: bool, narrow: bool) -> str:
    if cell.state:
        return _STATE_CSS[cell.state]
    if is_header and row_kind == "part":
        return "trong-do"
    if align == "right":
        return "s r" if narrow else "s"
    return "g" if align == "center" else ""
