"""A stored cell as text again, for a box or a workbook, and whether text reads as it."""

from members.vietnamese import format_number, money_short
from reports.models import State
from reports.services.cells import FIELDS, CellValue, read_cell

LONG_MONEY = 10**6


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


def in_words(said, entry):
    """A stored row or a ``CellValue`` for a reader: "1.862", "16/26", "hơn 80%", "4.093.700.000.000 (4.093,7 tỷ đồng)"."""
    if said.state == State.NOT_CONCERNED:
        return "không thuộc diện"
    if said.state == State.WORDS:
        return said.words or "có, không nêu số"
    text = plainly(said, entry)
    if entry.measure.cls == "money" and said.denominator is None and said.value >= LONG_MONEY:
        short = money_short(said.value)
        text += f" ({short})" if short != f"{format_number(said.value)} đồng" else ""
    return text


def written(row, entry):
    """The stored cell as text for a box: what was typed when it still reads the same, else our words."""
    typed = row.as_typed
    return typed if typed and reads_as(entry, row, typed) else plainly(row, entry)


def cell_of(row):
    """The stored cell as a ``CellValue``, unchanged."""
    return CellValue(**{name: getattr(row, name) for name in FIELDS}, as_typed=row.as_typed)
