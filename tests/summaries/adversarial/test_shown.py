"""What readers see and take away: nothing of a recording or an answer is obeyed by a browser or a reader."""

import io
import json
import zipfile
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from insights_portal.lib.text import show_controls
from summaries.domain.keeping.data_subject_export import export
from summaries.domain.keeping.data_subjects import find
from summaries.domain.reports.export import export_report
from tests.summaries.adversarial.attacks import ATTACKS
from tests.summaries.adversarial.injections import DISGUISED, PLACED
from tests.summaries.adversarial.stored import FORMULA, summarise_by_built_in, summarise_by_claude

#: The sessions that a browser could take for markup, in one go by each engine.
CASES = tuple(
    case
    for case in (*DISGUISED, *PLACED)
    if case.name.split("-", 1)[1]
    in {"html", "html-comment", "markdown-link", "markdown-image", "rtl-override", "ansi-link", "window-title", "csv"}
)
OUTSIDE = ("planted.example", "attacker.example", "javascript:", "data:")


class Page(HTMLParser):
    """What a browser would obey: elements and the attributes that reach out or run."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.obeyed: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            reaches_out = name in ("href", "src", "action", "srcset", "style") and any(
                each in (value or "") for each in OUTSIDE
            )
            if name.startswith("on") or reaches_out:
                self.obeyed.append(f"{tag} {name}={value}")
        if tag in ("img", "iframe", "object", "embed", "b"):
            self.obeyed.append(tag)


@pytest.fixture(params=["built-in", "claude"])
def made(request, cast, at, messages_server):
    if request.param == "built-in":
        return summarise_by_built_in(CASES, cast, at=at)
    return summarise_by_claude(CASES, cast, messages_server, at=at)


@pytest.fixture
def reader(cast, at, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at + timedelta(hours=1))
    client = Client()
    client.force_login(cast.alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_pages_reports_and_copies_hold_text_and_obey_nothing(made, reader, cast, at):
    assert len(made) == len(CASES) >= 8 < len(ATTACKS)
    for each in made:
        for name in ("session", "session_timeline"):
            response = reader.get(reverse(f"summaries:{name}", args=[each.session.number]))
            html = response.content.decode()
            assert (response.status_code, Page(html).obeyed) == (200, []), each.case.name
            assert [sign for sign in "\u202e\u200b\x1b" if sign in html] == [], each.case.name
    _check_reports(made[:3], cast, at)
    _check_copy(made, cast, at)
    _check_ledger_of_consents(reader)


def test_the_checks_find_what_a_browser_would_obey():
    hostile = '<img src=x><a href="https://planted.example" onclick="x()">a</a><p title="data:">text</p>'
    assert Page(hostile).obeyed == ["img", "a href=https://planted.example", "a onclick=x()"]


def _check_reports(made, cast, at):
    for each in made:
        printed = PdfReader(io.BytesIO(export_report(session=each.session, actor=cast.alice, at=at).pdf))
        text = " ".join(page.extract_text() for page in printed.pages)
        links = [mark.get_object() for page in printed.pages for mark in page.get("/Annots", ())]
        assert links == [], each.case.name
        assert [image for page in printed.pages for image in page.images] == []
        assert show_controls(text.replace("\xad", "")) == text.replace("\xad", "")
        assert f"S-{each.session.number}" in text


def _check_copy(made, cast, at):
    """The copy for a data subject: each line one JSON object, whatever the texts hold."""
    subject = find(company=cast.northwind, kind="remote-user", key=FORMULA, actor=cast.alice)
    data = b"".join(export(subject=subject, actor=cast.alice, at=at))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        rows = [json.loads(line) for line in archive.read("summaries.jsonl").decode().splitlines()]
    assert sorted(row["content"]["title"] for row in rows) == sorted(each.content.title for each in made)


def _check_ledger_of_consents(reader):
    """A cell that begins like a formula is one no more."""
    response = reader.get(reverse("summaries:consents_csv"))
    table = (b"".join(response.streaming_content) if response.streaming else response.content).decode("utf-8-sig")
    assert FORMULA[1:11] in table
    assert [line for line in table.splitlines() for cell in line.split(",") if cell.strip('"').startswith("=")] == []
