import io
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pypdf import PdfReader
from pytest_httpserver import HTTPServer

from insights_portal.lib.pdf import ClosedFetcher, FetchRefused, Paper, render_pdf

PAGE = '<html lang="es"><head><title>Informe</title><meta name="author" content="Us"></head><body>{}</body></html>'


def reader_of(body: str, *, paper: Paper = Paper.A4) -> PdfReader:
    return PdfReader(io.BytesIO(render_pdf(html=PAGE.format(body), stylesheets=[], paper=paper)))


def test_render_pdf_is_tagged_and_names_title_language_and_author() -> None:
    reader = reader_of("<h1>Hola</h1>")

    catalog = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"].value is True
    assert catalog["/Lang"] == "es"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert (reader.metadata.title, reader.metadata.author) == ("Informe", "Us")
    assert b"pdfuaid" in catalog["/Metadata"].get_data()


@pytest.mark.parametrize(("paper", "points"), [(Paper.A4, (595, 842)), (Paper.LETTER, (612, 792))])
def test_render_pdf_uses_the_paper(paper: Paper, points: tuple[int, int]) -> None:
    box = reader_of("<p>x</p>", paper=paper).pages[0].mediabox

    assert (round(box.width), round(box.height)) == points


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "https://example.invalid/x.png",
        "ftp://x/y",
        "data:text/plain,x",
        "/x",
    ],
)
def test_closed_fetcher_refuses_every_address(url: str) -> None:
    with pytest.raises(FetchRefused, match="may load nothing"):
        ClosedFetcher().fetch(url)


def test_render_pdf_reads_no_file_and_opens_no_connection(httpserver: HTTPServer, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("attached-secret")
    httpserver.expect_request("/").respond_with_data("x")
    address = httpserver.url_for("/")
    hostile = "".join(
        f'<img src="{url}"><link rel="attachment" href="{url}"><link rel="stylesheet" href="{url}">'
        f'<object data="{url}"></object><p style="background: url({url})">p</p>'
        for url in (secret.as_uri(), address, "//" + urlsplit(address).netloc)
    )

    reader = reader_of(hostile)

    assert httpserver.log == []
    assert reader.attachments == {}
    assert "attached-secret" not in "".join(page.extract_text() for page in reader.pages)
