"""Plain text made safe for a page, with its codes and numbers kept on one line."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from reports.rendering.content import Run, clean, split_figure_key

LONGEST_CODE = 32  # anything longer may break, or it would leave the page
# A text that fits its line but for a space at its end is broken by WeasyPrint 70 behind its first
# word, so that space stands in an element of its own.
SPACE = mark_safe("<span> </span>")

# "số 05/BC-CCB", "8/26", "717 lượt/buổi", "Covid-19", "2022-2027", "2022 - 2027".
# Each alternative begins at the head of a run of letters, digits, dots and commas and never goes
# back into it, so that a long text of dots and digits costs no more than another.
_CODE = r"""
    (?<![\w.,])\d{4}\s[-–]\s\d{4}\b
    | (?<![\w.,])\d[\d.,]*+\s\w++/\w+
    | (?:\b[Ss]ố\s)?(?<![\w.,])\w[\w.,]*+(?:[-/–][\w.,]*\w)+
"""
# "năm 2022", "Bảng 1", "quý II", "Kết luận số 66", then "30 tháng 11", "06 tỉnh", "4.093,7 tỷ":
# a number and its noun.
_NUMBER = r"""
    | \b(?:[Nn]ăm|[Tt]háng|[Qq]uý|Bảng|Hình|[Mm]ục|Phụ\slục|[Ss]ố)\s\d+\b(?![-/–.,]\w|\s[-–]\s\d)
    | \b(?:[Qq]uý|[Kk]hóa|lần\sthứ|Phụ\slục)\s[IVXLC]+\b
    | (?<![\w.,])\d[\d.,]*+(?<=\d)\s(?:tháng\s\d\d?\b|[^\W\d_]+)
"""
_CODES = re.compile(_CODE, re.VERBOSE)
_CODES_AND_NUMBERS = re.compile(_CODE + _NUMBER, re.VERBOSE)
_HAS_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class FigureLinks:
    """Where the figures of a page lead: `url(code, part)`, part '' for the whole. `current`
    is the key of the figure that is open beside the report."""

    url: Callable[[str, str], str]
    current: str = ""

    def around(self, html: SafeString, figure: str | None) -> SafeString:
        """`html` as a link to `figure`, or as it is when no figure stands behind it."""
        if not figure:
            return html
        mark = mark_safe(' aria-current="true"') if figure == self.current else ""
        url = self.url(*split_figure_key(figure))
        return format_html('<a class="fig" href="{}"{}>{}</a>', url, mark, html)


def inline(text: str, in_table: bool = False) -> SafeString:
    """`text` escaped; what must not break across lines stands in a `.lien` span.

    That is a code with a digit and a hyphen or slash and, outside the narrow cells of a
    table, a number with the noun behind it. A line break of the text becomes `<br>`.
    """
    text = clean(text)
    pieces = []
    end = 0
    for match in (_CODES if in_table else _CODES_AND_NUMBERS).finditer(text):
        code = match[0]
        if len(code) <= LONGEST_CODE and (_HAS_DIGIT.search(code) or "/" in code or " " in code):
            before = text[end : match.start()]
            pieces.append(before.removesuffix(" "))
            pieces.append(SPACE if before.endswith(" ") else "")
            pieces.append(format_html('<span class="lien">{}</span>', code))
            end = match.end()
    pieces.append(text[end:])
    html = "".join(map(conditional_escape, pieces))
    return mark_safe(html.replace("\n", "<br>"))  # noqa: S308 every piece is escaped


def inline_runs(runs: list[Run], links: FigureLinks | None = None) -> SafeString:
    """Runs one behind the other; without `links` figures are plain text."""
    return mark_safe("".join(_run(run, links) for run in runs))  # noqa: S308 each is escaped


def _run(run: Run, links: FigureLinks | None) -> SafeString:
    html = inline(run.text)
    if links is not None:
        html = links.around(html, run.figure)
    if run.bold and run.italic:
        return format_html('<span class="viec">{}</span>', html)
    if run.bold:
        return format_html("<b>{}</b>", html)
    return format_html("<i>{}</i>", html) if run.italic else html
