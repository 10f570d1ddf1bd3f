"""Figures and cells as a form shows them, and reading them back."""

from members.vietnamese import format_number, money_short
from reports.appendices import cell_text
from reports.models import State
from reports.services.cells import FIELDS, CellValue, read_cell

STATE_WORDS = {
    State.WORDS: "Có, không nêu số", State.NOT_CONCERNED: "Không thuộc diện", State.MISSING: "Chưa báo cáo",
}
LONG_MONEY = 10**9


def said(figure):
    """A figure in a narrow column: "812", "61,5% (16/26)", "4.093,7 tỷ", "hơn 80%", "Có, không nêu số"."""
    if figure.state == State.WORDS:
        return figure.words or STATE_WORDS[State.WORDS]
    if figure.state != State.NUMBER:
        return STATE_WORDS[figure.state]
    if figure.entry.is_ratio and figure.denominator is not None:
        return f"{cell_text(figure)} ({format_number(figure.value)}/{format_number(figure.denominator)})"
    if figure.entry.measure.cls == "money" and figure.value >= LONG_MONEY:
        lead = cell_text(figure).removesuffix(format_number(figure.value))
        return lead + money_short(figure.value).removesuffix(" đồng")
    return cell_text(figure)


def reads_as(entry, row, text, **columns):
    """Whether ``text``, read for ``entry``, is exactly the stored ``row``."""
    try:
        cell = read_cell(entry, text, part=row.part, note=row.note, **columns)
    except ValueError:
        return False
    return cell is not None and all(getattr(cell, name) == getattr(row, name) for name in FIELDS)


def plainly(row, entry):
    """The stored cell in our own words, whatever was typed: "ước hơn 1.200 suất", "16/26", "có", "x"."""
    if row.state == State.NOT_CONCERNED:
        return "x"
    if row.state == State.WORDS:
        return row.words or "có"
    text = format_number(row.value)
    if row.denominator is not None:
        text += f"/{format_number(row.denominator)}"
    if row.measure and row.measure != entry.unit:
        text += f" {row.measure}"
    elif entry.unit == "%" and row.denominator is None:
        text += "%"
    return " ".join(filter(None, ["ước" if row.estimate else "", row.qualifier, text]))


def written(row, entry):
    """The stored cell as text for a box: what was typed when it still reads the same, else our words."""
    typed = row.as_typed
    return typed if typed and reads_as(entry, row, typed) else plainly(row, entry)


def cell_of(row):
    """The stored cell as a ``CellValue``, unchanged."""
    return CellValue(**{name: getattr(row, name) for name in FIELDS}, as_typed=row.as_typed)
