"""An auditor's day: reads audit log and a shared view, takes a list and the monthly report out, and changes nothing."""

import csv
import io
import re
import subprocess
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.domain.members import add_member
from accounts.domain.roles import create_role
from accounts.models import AISettings, AuditEntry
from accounts.permissions import Permission
from policies.models import Device
from summaries.domain.reading.filters import SessionFilters
from summaries.domain.views.saving import save_view
from summaries.enums import SessionList
from summaries.models import SavedView, Summary, SummaryRevision
from tests.conftest import PASSWORD

pytestmark = pytest.mark.e2e


@pytest.fixture
def audrey(portal):
    """An auditor who may take summaries out; the company wants them approved first, and one is."""
    company, at = portal.northwind, timezone.now()
    reader = {Permission.VIEW_SUMMARIES, Permission.VIEW_ALL_REPORTS, Permission.EXPORT_SUMMARIES}
    create_role(company=company, name="Takes out", permissions=reader, at=at)
    save_view(
        company=company,
        actor=portal.mona,
        list_name=SessionList.REPORTS,
        name="All of the year",
        filters=SessionFilters(period="365"),
        is_shared=True,
        at=at,
    )
    AISettings.objects.filter(company=company).update(approval_required=True)
    Summary.objects.filter(session__number=1).update(review="APPROVED", reviewed_by=portal.mona, reviewed_at=at)
    Device.objects.filter(company=company).update(customer="Acme Trading")
    return add_member(
        company=company,
        email="audrey@northwind.example",
        name="Audrey",
        role_names=["Auditor", "Takes out"],
        password=PASSWORD,
        at=at,
    ).user


def downloaded(page, name):
    with page.expect_download() as download:
        page.get_by_role("link", name=name, exact=True).click()
    return Path(download.value.path())


def test_an_auditor_reads_and_takes_out_what_may_leave_and_changes_nothing(sign_in, portal, audrey, live_server, axe):
    before = (*Summary.objects.order_by("pk").values_list("review", "state"), SummaryRevision.objects.count())
    page = sign_in(audrey)

    page.get_by_role("link", name="Audit log").click()
    expect(page.get_by_text("Saved view shared").first).to_be_visible()
    assert axe(page) == []

    page.goto(f"{live_server.url}/views/")
    page.get_by_role("link", name="All of the year", exact=True).click()
    expect(page.get_by_role("status").first).to_have_text("3 found")
    page.get_by_text("Export ▾").first.click()
    lines = list(csv.DictReader(io.StringIO(downloaded(page, "CSV").read_text())))
    told = {line["Session"]: (bool(line["Title"]), line["Why the summary is left out"]) for line in lines}
    held_back = (False, "Your company wants it approved first, and nobody has approved it yet.")
    assert told == {"S-1": (True, ""), "S-2": held_back, "S-3": held_back}

    page.get_by_role("link", name="Monthly report").click()
    page.goto(f"{live_server.url}/monthly-report/?month={timezone.now():%Y-%m}")
    expect(page.get_by_role("link", name="Acme Trading")).to_be_visible()
    assert axe(page) == []
    page.get_by_text("Download ▾").first.click()
    pdf = downloaded(page, "PDF")
    text = subprocess.run(["/usr/bin/pdftotext", str(pdf), "-"], capture_output=True, check=True).stdout.decode()
    assert "Monthly report" in text
    assert "Acme Trading" in text
    assert "Printer" not in text
    page.get_by_role("link", name="Acme Trading").click()
    expect(page.get_by_role("status").first).to_have_text(re.compile("[1-3] found"))

    answer = page.request.get(f"{live_server.url}/sessions/S-2/report.pdf")
    assert answer.headers["content-type"].startswith("text/html")
    for address in ("/sessions/S-1/edit/", "/ai-settings/", "/report-layout/", "/trash/"):
        assert page.request.get(live_server.url + address).status == 403
    page.goto(f"{live_server.url}/sessions/S-1/")
    expect(page.get_by_role("link", name="Edit", exact=True)).to_have_count(0)
    token = page.context.cookies()
    csrf = next(cookie["value"] for cookie in token if "csrf" in cookie["name"])
    sent = {"form": {"csrfmiddlewaretoken": csrf, "review": "APPROVED"}, "headers": {"Referer": live_server.url}}
    for address in ("/sessions/S-2/decide/", "/sessions/S-1/delete/summary/", "/views/1/delete/"):
        page.request.post(live_server.url + address, **sent)
    after = (*Summary.objects.order_by("pk").values_list("review", "state"), SummaryRevision.objects.count())
    assert after == before
    assert SavedView.objects.filter(name="All of the year").exists()
    taken = AuditEntry.objects.filter(actor=audrey, action__endswith="exported").order_by("pk")
    assert list(taken.values_list("action", flat=True)) == ["sessions.exported", "monthly_report.exported"]
