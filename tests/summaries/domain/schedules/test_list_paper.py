"""The paper of a saved view that goes out by mail."""

import io

import pytest
from django.utils import translation
from pypdf import PdfReader

from summaries.domain.schedules.list_paper import list_pdf


@pytest.mark.parametrize(
    ("language", "counted"), [("en", "12,345 sessions"), ("de", "12.345 Sitzungen"), ("es", "12\xa0345 sesiones")]
)
def test_it_tells_how_many_in_the_figures_of_its_language(cast, at, language, counted):
    with translation.override(language):
        pdf = list_pdf([], company=cast.northwind, reader=cast.alice, title="Month", total=12_345, at=at)

    text = PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert f"{counted} · UTC" in text.splitlines()
