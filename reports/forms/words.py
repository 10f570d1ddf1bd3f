"""Figures and cells as a form shows them, and reading them back."""

from members.vietnamese import format_number, money_short
from reports.appendices import cell_text
from reports.models import State

STATE_WORDS = {
    State.WORDS: "Có, không nêu số", State.NOT_CONCERNED: "Không thuộc diện", State.MISSING: "Chưa báo cáo",
}
LONG_MONEY = 10**9
LONG_TERM = 10**7  # no count of people is as large


def said(figure):
    """A figure in a narrow column: "812", "61,5% (16/26)", "4.093,7 tỷ", "hơn 80%", "Có, không nêu số"."""
    if figure.state == State.WORDS:
        return figure.words or STATE_WORDS[State.WORDS]
    if figure.state != State.NUMBER:
        return STATE_WORDS[figure.state]
    if figure.entry.is_ratio and figure.denominator is not None:
        return f"{cell_text(figure)} ({_term(figure.value)}/{_term(figure.denominator)})"
    if figure.entry.measure.cls == "money" and figure.value >= LONG_MONEY:
        lead = cell_text(figure).removesuffix(format_number(figure.value))
        return lead + money_short(figure.value).removesuffix(" đồng")
    return cell_text(figure)


def _term(value):
    """A term of a rate; money of millions is cut short, as it would burst the column."""
    return money_short(value).removesuffix(" đồng").replace(" ", "\u00a0") if value >= LONG_TERM else format_number(value)
