"""Finding a number in a printed document, in any form the house allows."""

import html
import re
from decimal import Decimal

from members.vietnamese import format_number, format_percent, lead_zero
from reports.prose.quantities import money


def text_of(page):
    """What a reader of an HTML file sees, with plain single spaces."""
    body = re.sub(r"<(style|head|title)\b.*?</\1>", " ", page, flags=re.DOTALL)
    joined = re.sub(r"</?(?:a|abbr|b|em|i|span|strong|sub|sup|u|wbr)\b[^>]*>", "", body)
    words = html.unescape(re.sub(r"<[^>]+>", " ", joined))
    return re.sub(r"\s+", " ", words)


def house_forms(value, denominator=None, unit=""):
    """Every way to print a number: grouped, leading zero, short money, "x/y", as a percentage."""
    value = Decimal(str(value))
    forms = {format_number(value)}
    if value == value.to_integral():
        forms.add(lead_zero(int(value)))
    if unit.startswith("đồng"):
        forms |= {money(value, "đồng", style).removesuffix(end) for style in ("short", "million") for end in ("", " đồng")}
    if denominator is not None:
        forms |= {f"{form}/{format_number(denominator)}" for form in forms}
        forms.add(format_percent(value / denominator * 100))
    return forms


def is_printed(text, *args, **kwargs):
    """Whether one of the forms stands in ``text`` as a number of its own, not inside a longer one."""
    return any(re.search(rf"(?<![\d.,/]){re.escape(form)}(?![\d/]|[.,]\d)", text) for form in house_forms(*args, **kwargs))
