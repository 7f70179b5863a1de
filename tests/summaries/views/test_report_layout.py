import io
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import Company
from summaries.models import ReportLayout
from summaries.views import report_layout
from tests.conftest import Cast
from tests.summaries.domain.reports.test_layouts import PLAIN
from tests.summaries.domain.reports.test_logos import picture

PAGE = "summaries:report_layout"
SENT = {name: "on" if value is True else str(value) for name, value in PLAIN.items() if value is not False} | {
    "whole": "1",
    "version": "0",
}


@pytest.fixture
def alice(cast: Cast, signed_in: Any) -> Client:
    client: Client = signed_in(cast.alice)
    return client


def stored(cast: Cast) -> ReportLayout:
    return ReportLayout.objects.get(company=cast.northwind)


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in SENT.items() if name not in names}


def test_the_page_shows_what_is_stored_and_frames_the_preview(cast: Cast, alice: Client, at: Any) -> None:
    ReportLayout.objects.create(company=cast.northwind, footer="HRB 12345", version=3, changed_at=at)

    answer = alice.get(reverse(PAGE))
    page = answer.content.decode()

    assert 'value="HRB 12345"' in page
    assert 'name="version" value="3"' in page
    assert (
        f'<iframe class="paper" sandbox="allow-same-origin" title="How a report looks" src="{reverse(PAGE)}preview/">'
        in page
    )
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]


def test_the_layout_is_saved(cast: Cast, alice: Client) -> None:
    sent = without("shows_notes") | {
        "accent": "BLUE",
        "paper": "letter",
        "letterhead": "Harbour Road 12\r\nHamburg",
        "billing_rounding": "NEAREST",
        "billing_step_minutes": "15",
    }

    answer = alice.post(reverse(PAGE), sent, follow=True)

    layout = stored(cast)
    assert "The report layout was saved." in answer.content.decode()
    assert (layout.accent, layout.paper, layout.letterhead, layout.shows_notes, layout.shows_commands) == (
        "BLUE",
        "letter",
        "Harbour Road 12\nHamburg",
        False,
        True,
    )
    company = Company.objects.get(pk=cast.northwind.pk)
    assert (company.billing_rounding, company.billing_step_minutes) == ("NEAREST", 15)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"number_format": "SR-{year}"}, "Name {session} or {number}"),
        ({"number_format": ""}, "Name {session} or {number}"),
        ({"letterhead": "a\n" * 7}, "A letterhead has 6 lines at most."),
        ({"letterhead": "a" * 401}, "at most 400 characters"),
        ({"accent": "PINK"}, "Select a valid choice."),
        ({"paper": "../x"}, "Select a valid choice."),
        ({"billing_step_minutes": "0"}, "greater than or equal to 1"),
        ({"billing_minimum_minutes": "100000"}, "less than or equal to 480"),
        ({"version": "x"}, "Someone else changed the layout"),
        ({"version": "7"}, "Someone else changed the layout"),
    ],
)
def test_what_can_not_be_saved_is_told_and_kept_in_the_form(alice: Client, sent: dict[str, str], sentence: str) -> None:
    answer = alice.post(reverse(PAGE), SENT | {"footer": "typed before"} | sent)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert 'value="typed before"' in answer.content.decode()
    assert not ReportLayout.objects.exists()


def test_after_a_warning_the_same_form_can_be_sent_again(cast: Cast, alice: Client, at: Any) -> None:
    ReportLayout.objects.create(company=cast.northwind, version=2, changed_at=at)

    refused = alice.post(reverse(PAGE), SENT | {"accent": "RED"}).content.decode()
    [version] = re.findall(r'name="version" value="(\d+)" id="id_version"', refused)
    alice.post(reverse(PAGE), SENT | {"accent": "RED", "version": version})

    assert (version, stored(cast).accent, stored(cast).version) == ("2", "RED", 3)


def test_without_script_a_button_shows_the_preview_of_what_was_entered(alice: Client) -> None:
    page = alice.post(
        reverse(PAGE), SENT | {"do": "preview", "footer": "Foot & more", "accent": "RED"}
    ).content.decode()

    [address] = re.findall(r'<iframe[^>]* src="([^"]*)"', page)
    asked = parse_qs(urlsplit(address.replace("&amp;", "&")).query)
    assert (asked["footer"], asked["accent"], asked["whole"]) == (["Foot & more"], ["RED"], ["1"])
    assert not ReportLayout.objects.exists()


def test_the_frame_leads_to_the_preview_of_the_fields_sent(alice: Client) -> None:
    frame = alice.get(reverse("summaries:report_layout_frame"), SENT | {"footer": '"><script>'}).content.decode()

    assert "<script>" not in frame
    assert "footer=%22%3E%3Cscript%3E" in frame


def preview(alice: Client, **sent: str) -> Any:
    return alice.get(reverse("summaries:report_layout_preview"), SENT | sent)


def test_the_preview_shows_what_was_entered_and_saves_nothing(cast: Cast, alice: Client) -> None:
    page = preview(
        alice,
        accent="TEAL",
        paper="letter",
        footer="HRB <1>",
        letterhead="Line one",
        number_format="SR-{number}",
        billing_step_minutes="15",
    ).content.decode()

    assert 'class="accent-TEAL is-letter"' in page
    assert "HRB &lt;1&gt;" in page
    assert "Service report SR-1042" in page
    assert "<p>Line one</p>" in page
    assert "(15-min steps)" in page
    assert not ReportLayout.objects.exists()
    assert Company.objects.get(pk=cast.northwind.pk).billing_step_minutes == 5


def test_the_preview_leaves_out_what_is_not_ticked(alice: Client) -> None:
    def headings(sent: dict[str, str]) -> list[str]:
        page = alice.get(reverse("summaries:report_layout_preview"), sent).content.decode()
        return re.findall(r"<h2>(.*?)</h2>", page)

    everything = ["Problem", "Work done", "Outcome", "Open points", "Applications", "Notes"]
    assert headings(SENT) == everything
    assert headings(without("shows_notes", "shows_open_points")) == ["Problem", "Work done", "Outcome", "Applications"]
    # Without the form's fields it is the layout that is stored.
    assert headings({}) == everything


@pytest.mark.parametrize(
    "sent", [{"accent": "x"}, {"number_format": "{day}"}, {"letterhead": "a\n" * 9}, {"paper": "x"}]
)
def test_the_preview_keeps_what_is_stored_where_a_field_is_not_right_yet(alice: Client, sent: dict[str, str]) -> None:
    answer = preview(alice, **sent, footer="still shown")

    assert answer.status_code == 200
    assert "still shown" in answer.content.decode()
    assert 'class="accent-GRAPHITE is-a4"' in answer.content.decode()
    assert "Service report S-1042" in answer.content.decode()


def test_the_preview_may_stand_in_our_own_frames_only_and_load_our_styles_only(alice: Client) -> None:
    answer = preview(alice)

    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    policy = answer.headers["Content-Security-Policy"]
    assert sorted(policy.split("; ")) == [
        "base-uri 'none'",
        "connect-src 'none'",
        "default-src 'none'",
        "font-src 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "img-src data:",
        "manifest-src 'none'",
        "object-src 'none'",
        "script-src 'none'",
        "style-src 'self'",
    ]


def test_the_sample_is_a_pdf_of_what_was_entered(cast: Cast, alice: Client) -> None:
    answer = alice.post(
        reverse("summaries:report_layout_sample"), SENT | {"paper": "letter", "number_format": "R{number}"}
    )

    reader = PdfReader(io.BytesIO(answer.content))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="service-report-sample.pdf"'
    assert round(reader.pages[0].mediabox.width) == 612
    assert reader.metadata.title == "Service report R1042: Printer offline after driver update"
    assert not ReportLayout.objects.exists()


def test_samples_are_rate_limited(alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_layout, "SAMPLES_A_MINUTE", 0)

    answer = alice.post(reverse("summaries:report_layout_sample"), SENT)

    assert (answer.status_code, answer.content) == (429, b"Too many samples in a minute. Wait a little.")


def send_logo(alice: Client, content: bytes | None, **sent: str) -> str:
    data: dict[str, Any] = {"version": "0", **sent}
    if content is not None:
        data["logo"] = SimpleUploadedFile("../../logo.php", content)
    answer = alice.post(reverse("summaries:report_layout_logo"), data, follow=True)
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_logo_is_stored_shown_and_removed(cast: Cast, alice: Client) -> None:
    page = send_logo(alice, picture())

    assert "The logo was stored." in page
    assert re.findall(r'<img class="logo-shown" src="data:image/png;base64,[^"]+" alt="([^"]+)">', page) == [
        "Northwind IT Services"
    ]
    assert '<img class="logo" src="data:image/png;base64,' in preview(alice).content.decode()
    assert "The logo was removed." in send_logo(alice, None, do="remove", version="1")
    assert bytes(stored(cast).logo) == b""


@pytest.mark.parametrize(
    ("content", "sent", "sentence"),
    [
        (None, {}, "no PNG or JPEG"),
        (b"<svg/>", {}, "no PNG or JPEG"),
        (b"\x89PNG" + b"x" * (2 * 1024 * 1024), {}, "larger than 2 MiB"),
        (picture(), {"version": "1"}, "Someone else changed the layout"),
        (picture(), {"version": "-"}, "Someone else changed the layout"),
    ],
)
def test_a_logo_that_can_not_be_used_is_told_of(
    alice: Client, content: bytes | None, sent: dict[str, str], sentence: str
) -> None:
    assert sentence in send_logo(alice, content, **sent)
    assert not ReportLayout.objects.exists()
