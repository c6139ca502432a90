"""HTML to PDF with WeasyPrint, warm: one font configuration and stylesheet per process, nothing fetched (B11)."""

import functools
import gc
import io
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from documents import faces

STYLESHEET = "static/print/paper.css"


class OnlyInline(URLFetcher):
    """Everything a paper shows is in its HTML as `data:`; whatever else is asked for stops the rendering."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: Any = None) -> Any:
        if not url.startswith("data:"):
            raise FatalURLFetchingError(f"not inline: {url[:80]}")
        return super().fetch(url, headers)


class Faces(URLFetcher):
    """The stylesheet's own: the cut faces, and nothing else."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("file",), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: Any = None) -> Any:
        if url not in {face.path.as_uri() for face in faces.FACES}:
            raise FatalURLFetchingError(f"not a face: {url[:80]}")
        return super().fetch(url, headers)


@dataclass(frozen=True)
class Pdf:
    content: bytes
    pages: int


@functools.lru_cache(maxsize=1)
def engine(rules: str) -> tuple[FontConfiguration, CSS, OnlyInline]:
    """Made once, and anew when the cut faces have come meanwhile."""
    fonts = FontConfiguration()
    sheet = rules + (settings.BASE_DIR / STYLESHEET).read_text(encoding="utf-8")
    return fonts, CSS(string=sheet, font_config=fonts, url_fetcher=Faces()), OnlyInline()


@functools.cache
def warm_up() -> None:
    """Once per process, before the first page, which would take a second more."""
    make(["<p>单据 123 ABC <b>粗体</b></p>"])


def make(sheets: list[str]) -> Pdf:
    """One PDF from several HTML pages, each with its own page x / y (the copies of a delivery note)."""
    gc.disable()  # collecting amid a page costs it a quarter of its time, and a page's end frees nearly all
    try:
        return lay_out(sheets)
    finally:
        gc.enable()


def lay_out(sheets: list[str]) -> Pdf:
    fonts, css, fetcher = engine(faces.rules())
    laid_out = [
        HTML(string=sheet, url_fetcher=fetcher, base_url="data:").render(font_config=fonts, stylesheets=[css])
        for sheet in sheets
    ]
    pages = [page for document in laid_out for page in document.pages]
    target = io.BytesIO()
    laid_out[0].copy(pages).write_pdf(target)
    return Pdf(target.getvalue(), len(pages))
