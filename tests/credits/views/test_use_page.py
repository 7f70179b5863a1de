"""What the credits of a month were used for, and what all pages of credits keep to."""

import re

import pytest

from accounts.domain import disclosures
from credits.models import Reservation
from summaries.models import SupportSession
from tests.credits.credit_pages import URL, alice, hold_only, html, lines, now, signed_in, table, used
from tests.credits.ledger_rows import use_credit
from tests.summaries.report_examples import store_session

__all__ = ["alice", "hold_only", "now", "used"]


def test_use_is_split_and_leads_to_the_rows_of_the_ledger(alice, cast, used, now):
    page = html(alice, "use/")
    month = f"{now:%Y-%m}"

    assert "<strong>3</strong> credits for 3 sessions" in page
    links = re.findall(r'<th scope="row"><a href="/credits/ledger/\?([^"]+)">([^<]+)</a>', page)
    assert links == [
        (f"used_in={month}&amp;member={cast.bob.pk}", "Bob"),
        (f"used_in={month}&amp;member={cast.mona.pk}", "Mona"),
        (f"used_in={month}&amp;policy=Standard", "Standard"),
        (f"used_in={month}&amp;without=group", "No group"),
    ]
    assert [row[2] for row in table(html(alice, f"ledger/?{links[0][0].replace('&amp;', '&')}&kind=CHARGE"))] == [
        "S-2",
        "S-1",
    ]
    assert [(line["name"], line["credits"], line["share_percent"]) for line in lines(alice.get(f"{URL}use.csv"))] == [
        ("Bob", "2", "67"),
        ("Mona", "1", "33"),
        ("Standard", "3", "100"),
        ("No group", "3", "100"),
    ]


def test_a_month_without_use_says_so(cast, now):
    page = html(signed_in(cast.alice), "use/?month=2025-01")

    assert "No session used a credit in January 2025." in page


def test_in_works_council_mode_pages_and_files_name_nobody(alice, cast, used, now):
    disclosures.switch_on(company=used, actor=cast.alice, at=now)
    client = signed_in(cast.alice)

    answers = [html(client, part) for part in ("ledger/", "use/", f"ledger/?member={cast.bob.pk}")]
    files = [b"".join(client.get(URL + part).streaming_content).decode() for part in ("ledger.csv", "use.csv")]

    assert [name for name in ("Bob", "Mona") for answer in [*answers, *files] if name in answer] == []
    assert [answer.count("Supporter ") > 1 for answer in [*answers, *files]] == [True] * 5
    # Nobody is filtered by, and no id is told.
    assert len(table(answers[2])) == 7
    assert "member=" not in answers[1]


@pytest.mark.parametrize(("part", "count"), [("", 17), ("ledger/", 8), ("use/", 10)])
def test_pages_are_as_many_queries_for_one_session_as_for_three(cast, now, django_assert_num_queries, part, count):
    client = signed_in(cast.alice)
    seen = []
    for number in (1, 3):
        while Reservation.objects.count() < number:
            session = store_session(cast.northwind, cast.bob, number=SupportSession.objects.count() + 1)
            use_credit(cast.northwind, at=now, member_id=cast.bob.pk, session_label=session.label)
        html(client, part)
        with django_assert_num_queries(count):
            seen.append(html(client, part))

    assert seen[0] != seen[1]
