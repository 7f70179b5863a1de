"""HTML to PDF. Nothing is fetched while rendering: not from the network, not from this machine's files."""

import threading
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import models
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse, URLFetchingError

ELEMENTS = Path(settings.BASE_DIR) / "templates" / "pdf" / "elements.css"
#: Layout is work of the processor alone, and the font library is not made for several threads at once.
_one_at_a_time = threading.Lock()


class Paper(models.TextChoices):
    A4 = "a4", "A4"
    LETTER = "letter", "Letter"


class FetchRefused(URLFetchingError):
    """A document asked for something outside itself. The renderer leaves it out and goes on."""


class ClosedFetcher(URLFetcher):
    """Opens nothing. A document's own *pictures* are handed to it by name: `picture:logo`."""

    def __init__(self, pictures: Mapping[str, bytes] = MappingProxyType({})) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self._pictures = {f"picture:{name}": content for name, content in pictures.items()}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:  # noqa: ARG002
        if url in self._pictures:
            return URLFetcherResponse(url, self._pictures[url], {"Content-Type": "image/png"})
        raise FetchRefused(f"A PDF may load nothing, but its document asks for {url[:80]!r}.")


class _Document(HTML):
    """A document of ours: its elements are what ELEMENTS says, and nothing is looked up that none of them needs."""

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:  # noqa: ARG002, FBT - the renderer's own signature
        return [_sheet(ELEMENTS)]


def render_pdf(
    *,
    html: str,
    stylesheets: Iterable[Path],
    paper: Paper,
    pictures: Mapping[str, bytes] = MappingProxyType({}),
) -> bytes:
    """Return a tagged PDF (PDF/UA-1) of *html*; what it refers to outside itself is left out.

    Title, author, dates and language come from the document's own `<title>`, `<meta>` and `lang`. *pictures*: PNGs of
    ours, by the name under which the document shows them (`<img src="picture:logo">`).
    """
    with _one_at_a_time:
        fonts = _fonts()
        sheets = [_sheet(path) for path in stylesheets]
        document = _Document(string=html, url_fetcher=ClosedFetcher(pictures), base_url=None)
        pdf: bytes = document.write_pdf(
            font_config=fonts, stylesheets=[*sheets, _paper_sheet(paper)], pdf_variant="pdf/ua-1"
        )
        return pdf


# Reading a stylesheet and setting up fonts cost as much as a short page: once per process.
@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def _sheet(path: Path) -> CSS:
    return CSS(string=path.read_text(encoding="utf-8"), font_config=_fonts(), url_fetcher=ClosedFetcher())


@cache
def _paper_sheet(paper: Paper) -> CSS:
    return CSS(string=f"@page {{ size: {paper.value}; }}", font_config=_fonts(), url_fetcher=ClosedFetcher())
