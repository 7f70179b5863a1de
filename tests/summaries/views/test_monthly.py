import html
import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain.members import add_member
from accounts.models import AuditEntry
from summaries.views import exports, monthly
from tests.conftest import NOW, sign_in_freshly
from tests.summaries.domain.reports.test_monthly import begun, device

PAGE = reverse("summaries:monthly_report")


def text(answer):
    found = re.sub(r"<[^>]+>", " ", answer.content.decode().split('class="topbar"', 1)[1])
    return html.unescape(re.sub(r"\s+", " ", found))


def links(answer, name):
    found = re.findall(r'<a href="([^"]+)">([^<]*)</a>', answer.content.decode())
    return [html.unescape(address) for address, label in found if html.unescape(label) == name]


@pytest.fixture
def rows(cast):
    for number in (1, 2, 3):
        made = device(cast.northwind, f"ACC-{number}", f"Customer {number}")
        begun(cast.northwind, cast.bob, number, datetime(2026, 11, number, tzinfo=UTC), number, device=made)
    begun(cast.northwind, cast.bob, 4, datetime(2026, 10, 5, tzinfo=UTC), 30, device=made)
    begun(cast.northwind, cast.alice, 5, datetime(2026, 10, 5, tzinfo=UTC), 30)
    theirs = device(cast.contoso, "FOREIGN", "Foreign customer")
    begun(cast.contoso, cast.charlie, 1, datetime(2026, 11, 1, tzinfo=UTC), 600, device=theirs)


def test_the_page_shows_the_last_whole_month_by_itself(cast, signed_in, rows):
    shown = text(signed_in(cast.alice).get(PAGE))

    assert "October 2026" in shown
    assert "Billable time 1 h 00 min" in shown


def test_the_page_shows_figures_and_leads_to_the_sessions_of_each_row(cast, signed_in, rows):
    client = signed_in(cast.alice)

    answer = client.get(f"{PAGE}?month=2026-11&direction=OUTGOING")

    shown = text(answer)
    assert "Sessions 3 ▲ 50 % more Time 6 min month before: 1 h 00 min" in shown
    assert "Customer 2 1 2 min 5 min –" in shown
    assert "No customer named 0 – – 30 min" in shown
    assert "each session rounded up to full steps of 5 min" in shown
    assert "Foreign" not in shown
    assert "FOREIGN" not in shown
    (address,) = links(answer, "Customer 2")
    listed = client.get(address)
    assert sorted(set(re.findall(r"S-\d+", text(listed)))) == ["S-2"]
    assert links(answer, "No customer named") == []
    assert [client.get(each).status_code for each in links(answer, "Bob")] == [200]


def test_filters_stay_with_another_month_and_go_one_by_one(cast, signed_in, rows):
    answer = signed_in(cast.alice).get(f"{PAGE}?month=2026-10&customer=Customer+3&state=NO_SUMMARY&period=7")

    page = html.unescape(answer.content.decode())
    assert 'href="?month=2026-09&customer=Customer+3&state=NO_SUMMARY"' in page
    assert 'href="?month=2026-11&customer=Customer+3&state=NO_SUMMARY"' in page
    assert (
        'href="?month=2026-10&customer=Customer+3&period=all" aria-label="Remove the filter State No summary"' in page
    )
    assert '<input type="hidden" name="state" value="NO_SUMMARY">' in page
    assert "Sessions 1" in text(answer)


def test_the_month_that_runs_is_the_last_one(cast, signed_in, rows):
    answer = signed_in(cast.alice).get(f"{PAGE}?month=2026-11")

    assert "still running" in text(answer)
    assert "month=2026-12" not in answer.content.decode()


def test_a_month_without_sessions_says_what_to_do(cast, signed_in, rows):
    client = signed_in(cast.alice)

    assert "Show the next month" in text(client.get(f"{PAGE}?month=2026-05"))
    assert "Clear all filters" in text(client.get(f"{PAGE}?month=2026-11&customer=Nobody"))
    assert "Show the month before" in text(signed_in(add_reader(cast)).get(f"{PAGE}?month=2026-11"))


def add_reader(cast):
    """Who sees their own sessions, and has none."""
    email = "nora@northwind.example"
    return add_member(company=cast.northwind, email=email, name="Nora", role_names=["Supporter"], at=NOW).user


def test_the_rule_is_shown_as_the_company_set_it(cast, signed_in, rows):
    cast.northwind.billing_rounding, cast.northwind.billing_minimum_minutes = "NONE", 15
    cast.northwind.save()
    client = signed_in(cast.alice)

    assert "the full minutes of each session. Each session counts at least 15 min." in text(client.get(PAGE))

    cast.northwind.billing_rounding = "NEAREST"
    cast.northwind.save()
    assert "rounded to the nearest step of 5 min" in text(client.get(PAGE))


def test_a_long_table_says_how_much_more_the_files_have(cast, signed_in, rows, monkeypatch):
    monkeypatch.setattr(monthly, "SHOWN", 2)

    shown = text(signed_in(cast.alice).get(f"{PAGE}?month=2026-11"))

    assert "2 more rows are in the files." in shown
    assert "Customer 2 1" in shown
    assert "Customer 1 1" not in shown


def test_works_council_mode_names_nobody(cast, signed_in, rows):
    cast.northwind.works_council_mode, cast.northwind.pseudonym_key = True, "k" * 64
    cast.northwind.save()

    shown = text(signed_in(cast.alice).get(f"{PAGE}?month=2026-11"))

    assert "too few supporters" in shown
    assert "Bob" not in shown


def test_works_council_mode_links_no_pseudonym(cast, signed_in, rows, monkeypatch):
    cast.northwind.works_council_mode, cast.northwind.pseudonym_key = True, "k" * 64
    cast.northwind.save()
    monkeypatch.setattr("summaries.domain.reports.monthly.FEWEST_SUPPORTERS", 1)

    answer = signed_in(cast.alice).get(f"{PAGE}?month=2026-11")

    shown = re.search(r"Supporter [BCDFGHJKLMNPQRSTVWXZ]\d[A-Z]", text(answer)).group()
    assert links(answer, shown) == []
    assert ", by name" in text(answer)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_a_fixed_number_of_queries(cast, signed_in, django_assert_num_queries, count):
    for number in range(1, count + 1):
        made = device(cast.northwind, f"ACC-{number}", f"Customer {number}")
        begun(cast.northwind, cast.bob, number, datetime(2026, 11, number, tzinfo=UTC), device=made)
    client = signed_in(cast.alice)
    client.get(f"{PAGE}?month=2026-11")

    with django_assert_num_queries(12):
        answer = client.get(f"{PAGE}?month=2026-11")

    # As a customer, and below its device.
    assert text(answer).count("Customer 1 1 10 min") == 2


@pytest.mark.parametrize(
    ("kind", "begins"), [("pdf", b"%PDF"), ("csv", b"Part,"), ("xlsx", b"PK"), ("jsonl", b'{"month": "2026-11", ')]
)
def test_the_report_is_downloaded_under_the_page_s_filters(cast, rows, kind, begins):
    client = Client()
    sign_in_freshly(client, cast.alice)

    answer = client.get(reverse("summaries:monthly_report_file", args=[kind]) + "?month=2026-11&device=ACC-1")

    assert answer["Content-Disposition"] == f'attachment; filename="monthly-report-northwind-2026-11.{kind}"'
    assert answer.getvalue().startswith(begins)
    entry = AuditEntry.objects.get(action="monthly_report.exported")
    assert (entry.details["month"], entry.details["filters"]["device"]) == ("2026-11", "ACC-1")


def test_a_download_asks_again_who_one_is(cast, signed_in, rows):
    answer = signed_in(cast.alice).get(reverse("summaries:monthly_report_file", args=["csv"]))

    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]


def test_downloads_have_a_rate(cast, rows, monkeypatch):
    monkeypatch.setattr(exports, "EXPORTS_AN_HOUR", 1)
    client = Client()
    sign_in_freshly(client, cast.alice)
    address = reverse("summaries:monthly_report_file", args=["csv"])
    client.get(address)

    answer = client.get(address)

    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")
    assert "You have exported 1 lists in this hour." in text(answer)
