"""The service report as those read it who don't see it: its structure tree, its order, what `pdftotext` finds."""

import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pypdf import PdfReader

from accounts.enums import SummaryLanguage
from accounts.models import Company
from insights_portal.lib.pdf import Paper
from summaries.domain.reports.export import render_report
from summaries.domain.reports.report_values import ServiceReport
from summaries.domain.reports.samples import sample_report
from summaries.enums import Accent
from summaries.models import ReportLayout
from tests.conftest import NOW
from tests.summaries.domain.reports.test_logos import picture

STYLE = Path(settings.BASE_DIR, "static", "css", "service-report.css").read_text(encoding="utf-8")
#: What a reader may come upon; anything else a screen reader would have to guess at.
KNOWN = {"Document", "NonStruct", "Div", "H1", "H2", "P", "L", "LI", "LBody", "Lbl", "Span", "Figure"}


def report_in(language: str, **layout: Any) -> ServiceReport:
    company = Company(name="Northwind IT Services", address="Harbour Road 12", time_zone="Europe/Berlin")
    chosen = {"logo": picture(mode="RGBA"), "logo_text": "Our logo", "footer": "HRB 12345", **layout}
    return sample_report(company=company, layout=ReportLayout(**chosen), language=language, at=NOW)


def read(report: ServiceReport, paper: Paper = Paper.A4) -> PdfReader:
    return PdfReader(io.BytesIO(render_report(report, paper=paper)))


def elements(node: Any, depth: int = 0) -> Iterator[tuple[int, str, Any]]:
    """(depth, tag, element) of the structure tree, in reading order."""
    node = node.get_object()
    if isinstance(node, list):
        for each in node:
            yield from elements(each, depth)
    elif isinstance(node, dict):
        if "/S" in node:
            yield depth, str(node["/S"])[1:], node
        if "/K" in node:
            yield from elements(node["/K"], depth + 1)


def tree(reader: PdfReader) -> list[tuple[int, str, Any]]:
    return list(elements(reader.trailer["/Root"]["/StructTreeRoot"]["/K"]))


def printed(report: ServiceReport, tmp_path: Path, paper: Paper = Paper.A4) -> str:
    """What pdftotext finds, in reading order."""
    file = tmp_path / "report.pdf"
    file.write_bytes(render_report(report, paper=paper))
    found = subprocess.run(
        ["/usr/bin/pdftotext", "-enc", "UTF-8", str(file), "-"], capture_output=True, check=True, timeout=60
    )
    return found.stdout.decode()


def squeezed(text: str) -> str:
    """Without white space and direction marks, which lie where lines are broken."""
    return re.sub(r"[\s\u200b-\u200f\u202a-\u202e\u2066-\u2069]+", "", text)


def test_the_tree_has_headings_lists_and_a_picture_with_words() -> None:
    reader = read(report_in("en"))
    tags = [tag for _, tag, _ in tree(reader)]

    assert set(tags) == KNOWN
    assert (tags.count("H1"), tags.count("H2"), tags.count("L"), tags.count("LI")) == (1, 6, 1, 3)
    assert [str(node["/Alt"]) for _, tag, node in tree(reader) if tag == "Figure"] == ["Our logo"]
    assert tags.index("Figure") < tags.index("H1") < tags.index("H2") < tags.index("L")


def test_every_item_of_a_list_has_its_number_and_its_body() -> None:
    found = tree(read(report_in("en")))

    for place, (depth, tag, _) in enumerate(found):
        if tag == "LI":
            below = takewhile(lambda each, depth=depth: each[0] > depth, found[place + 1 :])
            inner = [each for level, each, _ in below if level == depth + 1]
            assert inner == ["Lbl", "LBody"]


def test_a_report_says_what_it_is_in_its_own_language() -> None:
    reader = read(report_in("de"))
    root = reader.trailer["/Root"]

    assert root["/Lang"] == "de"
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert reader.metadata.title == "Servicebericht S-1042: Drucker nach Treiber-Update offline"
    assert (reader.metadata.author, reader.metadata.creator) == ("Northwind IT Services", "Session Insights")
    assert [each.title for each in reader.outline if not isinstance(each, list)] == [
        "Drucker nach Treiber-Update offline"
    ]


def test_every_font_is_in_the_file_and_tells_its_letters() -> None:
    for page in read(report_in("ja")).pages:
        for font in page["/Resources"]["/Font"].values():
            assert "/ToUnicode" in font.get_object()


@pytest.mark.parametrize("language", SummaryLanguage.values)
def test_pdftotext_finds_every_field_in_every_language(language: str, tmp_path: Path) -> None:
    report = report_in(language)

    found = squeezed(printed(report, tmp_path))

    wanted = [report.letterhead.company, "HRB 12345", report.number, report.ticket, "Acme Accounting", "Mia Berg"]
    if language != "ar":
        # The words of a line written from right to left come in the order of the eye.
        wanted += [report.title, report.subtitle, report.date, report.notice, *report.signatures]
        wanted += [text for each in report.particulars for text in (each.label, each.value)]
        wanted += [section.heading for section in report.sections]
        wanted += [run.text for section in report.sections for line in section.lines for run in line.runs]
    assert [text for text in wanted if squeezed(text) not in found] == []


def test_pdftotext_reads_the_report_from_its_head_to_its_foot(tmp_path: Path) -> None:
    report = report_in("en")
    text = squeezed(printed(report, tmp_path))

    order = [report.letterhead.company, report.title, *(section.heading for section in report.sections), report.notice]
    places = [text.index(squeezed(each)) for each in order]
    assert places == sorted(places)


def test_arabic_is_read_in_its_letters(tmp_path: Path) -> None:
    report = report_in("ar")
    text = printed(report, tmp_path)

    words = set(re.findall(r"[\u0600-\u06ff]+", " ".join([report.title, *(s.heading for s in report.sections)])))
    # pdftotext turns the two letters of this ligature round.
    plain = {word for word in words if not re.search("ل[اأإآ]", word)}
    assert len(plain) > 8
    assert plain - set(re.findall(r"[\u0600-\u06ff]+", text)) == set()


@pytest.mark.parametrize("paper", list(Paper))
@pytest.mark.parametrize("language", SummaryLanguage.values)
def test_a_short_report_fits_one_page_of_either_paper(language: str, paper: Paper) -> None:
    lines = "Harbour Road 12\n20457 Hamburg\nsupport@northwind.example"

    assert len(read(report_in(language, letterhead=lines, shows_evidence=True), paper).pages) == 1


def test_the_notice_and_the_signatures_stay_together_on_the_last_page() -> None:
    report = report_in("en")
    [work] = [section for section in report.sections if section.is_numbered]
    for count in range(22, 40):
        longer = replace(work, lines=work.lines[:1] * count)
        sections = tuple(longer if section is work else section for section in report.sections)
        pages = [page.extract_text() for page in read(replace(report, sections=sections)).pages]
        assert [("Written by AI" in page) for page in pages] == [("Supporter, date" in page) for page in pages]


def _light(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("accent", Accent.values)
def test_every_accent_stands_off_from_the_paper(accent: str) -> None:
    [colour] = re.findall(rf"\.accent-{accent} {{ --accent: (#[0-9a-f]{{6}}); }}", STYLE)
    [shown] = re.findall(
        rf"\.is-{accent} {{\s*--accent-shown: (#[0-9a-f]{{6}});",
        Path(settings.BASE_DIR, "static", "css", "report-layout.css").read_text(encoding="utf-8"),
    )

    assert 1.05 / (_light(colour) + 0.05) >= 7
    assert shown == colour
