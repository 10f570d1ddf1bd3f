"""A document as PDF/A-3a, tagged, with fonts embedded. The only module that needs WeasyPrint.

Equal documents give equal bytes under the same WeasyPrint: dates come from the document and
the identifier from its content. Another version may write other bytes, so an issued report
keeps the bytes themselves.
"""

import hashlib
import threading
import warnings
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders

from reports.rendering.content import Document
from reports.rendering.html import render_for_pdf, stylesheet

FONTS = ("Regular", "Bold", "Italic", "BoldItalic")
BASE_URL = "https://document.invalid/static/"  # reserved: no host of this name can exist
DECLARATION = BASE_URL + "pdfua.xmp"

# A long report keeps a processor busy for seconds; of the threads of a process some must stay free
# for pages.
AT_ONCE = 2
WAIT_SECONDS = 8
_places = threading.BoundedSemaphore(AT_ONCE)


class PdfUnavailable(RuntimeError):
    """WeasyPrint or its system libraries are missing; the text is for the user."""


class PdfBusy(RuntimeError):
    """Too many PDF files are being written at this moment; the text is for the user."""


class ResourceRefused(RuntimeError):
    """A document asked for something that is not one of the program's own files."""


def render_pdf(document: Document) -> bytes:
    """The document as one PDF file.

    Raises `PdfUnavailable` when WeasyPrint cannot be loaded, `PdfBusy` when `AT_ONCE` others
    are still being written after `WAIT_SECONDS`, `ResourceRefused` when anything but the
    program's own stylesheet and fonts is asked for.
    """
    weasyprint, fetcher = _writer()
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise PdfBusy("Nhiều người đang tải PDF cùng lúc. Bấm lại sau ít giây.")
    try:
        return _write(weasyprint, fetcher(), document)
    finally:
        _places.release()


def _write(weasyprint, fetcher, document: Document) -> bytes:
    html = render_for_pdf(document)
    digest = hashlib.sha256((html + stylesheet()).encode())
    page = weasyprint.HTML(string=html, base_url=BASE_URL + "css/", url_fetcher=fetcher)
    try:
        with warnings.catch_warnings():
            # WeasyPrint 70 leaves the closing of its colour profile to the garbage collector.
            warnings.filterwarnings("ignore", "unclosed file .*sRGB2014", ResourceWarning)
            return page.write_pdf(
                pdf_variant="pdf/a-3a",
                pdf_tags=True,
                pdf_identifier=digest.digest()[:16],
                xmp_metadata=[DECLARATION],
                finisher=scope_header_cells,
            )
    except weasyprint.urls.FatalURLFetchingError as error:
        raise ResourceRefused(str(error)) from error


def available() -> bool:
    """Whether this machine can write PDF files."""
    try:
        _writer()
    except PdfUnavailable:
        return False
    return True


def scope_header_cells(_document, pdf) -> None:
    """Say of every header cell whether it heads a column or a row.

    WeasyPrint 70 writes /Headers on data cells but no /Scope on header cells, without which
    a screen reader has to guess.
    """
    elements = {item.reference: item for item in pdf.objects if isinstance(item, dict)}
    for cell in elements.values():
        if cell.get("S") == "/TH":
            row = elements[cell["P"]]
            in_head = elements[row["P"]].get("S") == "/THead"
            cell["A"]["Scope"] = "/Column" if in_head else "/Row"


def files() -> dict[str, Path]:
    """Every address a document may ask for, and the file behind it."""
    names = ["css/print.css", *(f"fonts/LiberationSerif-{font}.ttf" for font in FONTS)]
    found = {BASE_URL + name: Path(finders.find(name)) for name in names}
    return found | {DECLARATION: Path(__file__).with_name("pdfua.xmp")}


@cache
def _writer():
    """(weasyprint, our fetcher), loaded at the first PDF: the web part runs without it."""
    try:
        import weasyprint
        from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse
    except (ImportError, OSError) as error:
        raise PdfUnavailable(
            "Máy này chưa in được PDF vì thiếu thư viện WeasyPrint hoặc Pango. Hãy chạy "
            "scripts/setup, hoặc nhờ người quản trị cài libpango-1.0-0, libpangoft2-1.0-0 và "
            "libharfbuzz-subset0. Trong lúc chờ, có thể tải bản HTML."
        ) from error

    class OwnFiles(URLFetcher):
        """Serves `files()` by exact address and `data:`; stops the document at all else."""

        types = {".css": "text/css", ".ttf": "font/ttf", ".xmp": "application/rdf+xml"}

        def fetch(self, url, headers=None):
            if url.startswith("data:"):
                return super().fetch(url, headers)
            path = files().get(url)
            if path is None:
                raise FatalURLFetchingError(f"not a file of the program: {url}")
            return URLFetcherResponse(
                url, path.read_bytes(), {"Content-Type": self.types[path.suffix]}
            )

    return weasyprint, OwnFiles
