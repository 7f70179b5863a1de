"""The ledger as members read it, page by page and as a file."""

import re
from urllib.parse import urlencode

import pytest

from accounts.domain.companies import create_company
from accounts.domain.members import add_member
from accounts.models import AuditEntry
from credits.domain import ledger_queries
from credits.domain.grants import adjust, grant_purchased
from credits.models import Reservation
from tests.conftest import NOW, PASSWORD
from tests.credits.credit_pages import URL, alice, hold_only, html, lines, now, signed_in, table, used
from tests.summaries.report_examples import store_session

__all__ = ["alice", "hold_only", "now", "used"]


def test_the_ledger_shows_whom_what_and_the_balance(alice, cast, used):
    session = store_session(used, cast.bob, number=1)
    Reservation.objects.filter(company=used, session_label="S-1").update(session_id=session.public_id)
    page = html(alice, "ledger/")

    rows = [row[1:6] for row in table(page)]
    assert rows == [
        ["Charged", "S-3", "Mona", "−1", "47"],
        ["Reserved", "S-3", "Mona", "0 1 reserved", "48"],
        ["Charged", "S-2", "Bob", "−1", "48"],
        ["Reserved", "S-2", "Bob", "0 1 reserved", "49"],
        ["Charged", "S-1", "Bob", "−1", "49"],
        ["Reserved", "S-1", "Bob", "0 1 reserved", "50"],
        ["Granted", "–", "–", "+50", "50"],
    ]
    assert "7 found" in page
    # Only the session that is there to be opened is a link.
    assert set(re.findall(r'href="(/sessions/[^"]+)"', page)) == {"/sessions/S-1/"}
    assert "S-77" not in page


def test_sessions_that_the_viewer_may_not_open_are_no_links(cast, used, hold_only):
    session = store_session(used, cast.bob, number=1)
    Reservation.objects.filter(company=used, session_label="S-1").update(session_id=session.public_id)

    assert "/sessions/S-1/" not in html(hold_only("manage_credits"), "ledger/")


@pytest.mark.parametrize(
    "filtered", [{}, {"kind": "CHARGE"}, {"session": "s-2"}, {"policy": "Standard", "kind": "RESERVE"}]
)
def test_the_file_holds_exactly_the_rows_of_all_pages(alice, cast, used, now, monkeypatch, filtered):
    monkeypatch.setattr(ledger_queries, "PAGE_ROWS", 2)
    grant_purchased(company=used, credits=1_500, at=now, note="Paid")
    query = urlencode(filtered)
    paged, address = [], f"ledger/?{query}"
    while address:
        page = html(alice, address)
        paged += table(page)
        older = re.search(r'rel="next" href="(\?[^"]+)"', page)
        address = f"ledger/{older[1].replace('&amp;', '&')}" if older else ""

    filed = lines(alice.get(f"{URL}ledger.csv?{query}"))

    def as_shown(line):
        amount = f"{int(line['amount']):+,}".replace("-", "−") if line["amount"] != "0" else "0"
        held = " 1 reserved" if line["held"] == "1" else ""
        told = [line["type"], line["session"], line["member"], amount + held, f"{int(line['balance']):,}"]
        return [cell or "–" for cell in [*told, line["grant"], line["note"]]]

    assert len(filed) == (8 if not filtered else len(paged))
    assert [row[1:] for row in paged] == [as_shown(line) for line in filed]


def test_a_file_is_entered_in_the_audit_log_and_runs_nothing_in_a_spreadsheet(alice, cast, used, now):
    adjust(company=used, amount=-1, reason='=HYPERLINK("https://evil.example")', at=now, actor=cast.alice)

    (adjusted,) = lines(alice.get(f"{URL}ledger.csv?kind=ADJUST"))

    assert adjusted["note"] == '\'=HYPERLINK("https://evil.example")'
    entry = AuditEntry.objects.get(action="credits.exported")
    assert (entry.company, entry.actor, entry.details) == (used, cast.alice, {"file": "credit-ledger"})


def test_filters_are_chips_that_combine_and_go_one_by_one(alice, cast, used, now):
    page = html(alice, f"ledger/?month={now:%Y-%m}&member={cast.bob.pk}&kind=CHARGE")

    assert [row[2] for row in table(page)] == ["S-2", "S-1"]
    assert re.findall(r'<span class="chip">([^<]+) <', page) == [f"Month: {now:%B %Y}", "Type: Charged", "Member: Bob"]
    assert f'href="/credits/ledger/?month={now:%Y-%m}&amp;member={cast.bob.pk}"' in page


def test_what_fits_no_filter_is_an_error_to_nobody(alice, used):
    for query in (
        "month=x&before=zz",
        "month=9999-12",
        "used_in=9999-12",
        "member=9999999999999999999",
        "grant=-1",
        "first=2026-99-99",
        "kind=%00",
    ):
        assert len(table(html(alice, f"ledger/?{query}"))) == 7


def test_empty_states_say_what_to_do(alice, cast, used):
    empty = create_company(name="Fabrikam", slug="fabrikam", plan="BUSINESS", at=NOW)
    frank = add_member(
        company=empty,
        email="frank@fabrikam.example",
        name="Frank",
        role_names=["Administrator"],
        password=PASSWORD,
        at=NOW,
    )

    assert "The ledger is empty" in html(signed_in(frank.user), "ledger/")
    assert "No entry matches" in html(alice, "ledger/?session=S-999")
    assert "No older entry" in html(alice, "ledger/?before=0")
