"""Vietnamese names, dates and numbers as people write them. Plain Python, no Django."""

from .dates import PartialDate, viet_date
from .formats import format_number, format_percent, lead_zero, money_short, money_words
from .names import fold, sort_key
from .numbers import QUALIFIERS, Typed, parse_number
from .words import number_words

__all__ = [
    "QUALIFIERS",
    "PartialDate",
    "Typed",
    "fold",
    "format_number",
    "format_percent",
    "lead_zero",
    "money_short",
    "money_words",
    "number_words",
    "parse_number",
    "sort_key",
    "viet_date",
]
