"""A document as HTML: a fragment for the web page, or a whole file for paper.

The templates arrange; every text reaches them escaped by `text.inline`.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from reports.rendering.content import (
    Appendix,
    Document,
    Heading,
    Paragraph,
    Run,
    SignOff,
    Table,
    clean,
)
from reports.rendering.tables import TableView, table_view
from reports.rendering.text import SPACE, FigureLinks, inline, inline_runs

PORTRAIT_MM = 165  # A4 less margins of 30 and 15 mm
LANDSCAPE_MM = 257  # A4 turned, less 20 mm on either side

_HEADINGS = ("phan", "muc-la-ma", "muc-so", "muc-chu")
_FONT_FACE = re.compile(r"@font-face\s*{[^}]*}\s*")


@dataclass(frozen=True)
class Block:
    """One block as the templates need it. type: 'text', 'part' (Phần, two lines), 'table'."""

    type: str
    tag: str = "p"
    css: str = ""
    html: SafeString = ""
    number: SafeString = ""
    table: TableView | None = None


def render_page(document: Document, figure_url, current: str = "") -> SafeString:
    """The document for the web page: an `<article>` whose figures are links.

    `figure_url(code, part)` gives the address of a figure (part '' is the whole). `current`
    is the key of the figure that stands open beside the report.
    """
    links = FigureLinks(figure_url, current)
    context = _common(document) | {
        "blocks": _Blocks(document.draft, links=links).render(document.blocks),
        "appendices": [_appendix(a, document.draft, links=links) for a in document.appendices],
    }
    return render_to_string("reports/document/page.html", context)


def render_print(document: Document) -> str:
    """The document as one self-contained HTML file for paper, its stylesheet inside.

    Fonts are not part of the file: a browser takes Times New Roman or its twin.
    """
    return _print(document, _FONT_FACE.sub("", stylesheet()))


def render_for_pdf(document: Document) -> str:
    """The same file with a link to print.css, which the PDF writer serves with its fonts."""
    return _print(document, "")


def stylesheet() -> str:
    """The text of static/css/print.css."""
    return Path(finders.find("css/print.css")).read_text("utf-8")


def _print(document: Document, css: str) -> str:
    blocks = _Blocks(document.draft, PORTRAIT_MM).render(document.blocks)
    if document.sign_off and blocks and blocks[-1].tag == "p" and blocks[-1].type == "text":
        blocks[-1] = replace(blocks[-1], css=f"{blocks[-1].css} doan-cuoi".strip())
    context = _common(document) | {
        "css": mark_safe(css),  # noqa: S308 the project's own stylesheet
        "created": document.created.isoformat(timespec="seconds"),
        "blocks": blocks,
        "appendices": [_appendix(a, document.draft) for a in document.appendices],
    }
    return render_to_string("reports/document/print.html", context)


def _common(document: Document) -> dict:
    head = document.letterhead
    return {
        "full_title": clean(document.full_title),
        "author": clean(document.author),
        "draft": document.draft,
        "draft_note": inline(document.draft_note),
        "party": head.variant == "party",
        "parent": inline(head.parent_line),
        "issuer": inline("\n".join(head.issuer_lines)),
        "number": inline(head.number),
        "place_date": inline(f"{head.place}, {head.date_text}"),
        "title": inline(document.title),
        "subject": inline("\n".join(document.subject_lines)),
        "addressed_to": inline(document.addressed_to),
        "sign_off": _sign_off(document.sign_off) if document.sign_off else None,
    }


def _sign_off(sign_off: SignOff) -> dict:
    recipients = [text.strip().lstrip("-– ").rstrip(";. ") for text in sign_off.recipients]
    ends = [";"] * (len(recipients) - 1) + ["."]
    return {
        "lines": inline(f"{sign_off.authority}\n{sign_off.title}".strip()),
        "name": inline(sign_off.name),
        "recipients": [
            inline(f"- {text}{end}") for text, end in zip(recipients, ends, strict=False)
        ],
    }


def _appendix(appendix: Appendix, draft: bool, links: FigureLinks | None = None) -> dict:
    landscape = appendix.orientation == "landscape"
    width = 0 if links else LANDSCAPE_MM if landscape else PORTRAIT_MM
    attached = appendix.attached_line.strip()
    if attached and not attached.startswith("("):
        attached = f"({attached})"
    return {
        "css": "phu-luc-ngang" if landscape else "phu-luc-doc",
        "label": inline(appendix.label),
        "title": inline(appendix.title.upper()),
        "attached": inline(attached),
        "blocks": _Blocks(draft, width, links, "ghi-chu", 1, appendix.title).render(
            appendix.blocks
        ),
    }


@dataclass(frozen=True)
class _Blocks:
    """Turns content into `Block`s for one place: paper (`width_mm` of text) or screen (`links`).

    `above` is the number of headings over these blocks, so that no level is skipped.
    """

    draft: bool
    width_mm: float = 0
    links: FigureLinks | None = None
    note: str = "chu-thich"
    above: int = 0
    table_name: str = "Bảng số liệu"

    def render(self, blocks) -> list[Block]:
        rendered = []
        open_levels: list[int] = []
        for block in blocks:
            if isinstance(block, Heading):
                while open_levels and open_levels[-1] >= block.level:
                    open_levels.pop()
                open_levels.append(block.level)
                rendered.append(_heading(block, self.above + len(open_levels)))
            elif isinstance(block, Table):
                table = table_view(block, self.table_name, self.width_mm, self.links)
                rendered.append(Block("table", table=table))
            elif block.kind == "prompt":
                rendered += self.prompt(block)
            else:
                css = self.note if block.kind == "note" else "dan" if block.text.endswith(":") else ""
                rendered.append(Block("text", css=css, html=inline_runs(block.runs, self.links)))
        return rendered

    def prompt(self, prompt: Paragraph) -> list[Block]:
        """A question to the secretary, in drafts only: a notice on the screen, in brackets on
        paper."""
        if not self.draft:
            return []
        if self.links:
            return [Block("text", css="notice", html=inline_runs(prompt.runs, self.links))]
        runs = [Run("["), *prompt.runs, Run("]")]
        return [Block("text", css="cau-hoi", html=inline_runs(runs))]


def _heading(heading: Heading, depth: int) -> Block:
    css, tag = _HEADINGS[heading.level], f"h{min(depth + 1, 6)}"
    if heading.level == 0:
        return Block("part", tag, css, inline(heading.title), inline(heading.number))
    start, _, end = heading.title.rpartition(" ")
    start, _, before = start.rpartition(" ")
    if not start:
        return Block("text", tag, css, inline(f"{heading.number} {heading.title}".strip()))
    html = format_html('{}{}<span class="lien">{}</span>', inline(f"{heading.number} {start}".strip()), SPACE, clean(f"{before} {end}"))
    return Block("text", tag, css, html)
