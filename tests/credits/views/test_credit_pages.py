"""Overview, ledger and use of credits, as members see them."""

import csv
import io
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.domain import disclosures
from accounts.domain.companies import create_company
from accounts.domain.members import add_member
from accounts.domain.roles import change_role
from accounts.models import AISettings, AuditEntry, Role
from accounts.permissions import Permission
from credits.domain import ledger_queries
from credits.domain.grants import adjust, grant_purchased
from credits.models import CreditAlert, Reservation
from summaries.models import SupportSession
from tests.conftest import NOW, PASSWORD, sign_in_freshly
from tests.credits.ledger_rows import count_only, use_credit
from tests.summaries.report_examples import store_session, store_summary

URL = "/credits/"


def signed_in(user):
    client = Client()
    sign_in_freshly(client, user)
    return client


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """Pages read the clock; it stands at the tests' moment."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    return NOW


@pytest.fixture
def hold_only(cast):
    """A browser in which Bob is signed in, whose role holds that permission alone."""

    def hold(permission):
        role = Role.objects.get(company=cast.northwind, name="Supporter")
        change_role(role=role, name=role.name, permissions=[Permission(permission)], actor=cast.alice, at=NOW)
        return signed_in(cast.bob)

    return hold


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


@pytest.fixture
def used(cast, now):
    """Three sessions of this month: Bob's S-1 and S-2, Mona's; and Contoso's, which nobody here may see."""
    northwind = cast.northwind
    for number, member in ((1, cast.bob), (2, cast.bob), (3, cast.mona)):
        use_credit(northwind, at=now, member_id=member.pk, session_label=f"S-{number}", policy="Standard")
    use_credit(cast.contoso, at=now, member_id=cast.charlie.pk, session_label="S-77", policy="Contoso's own")
    return northwind


def html(client, address=""):
    response = client.get(URL + address)
    assert response.status_code == 200
    return response.content.decode()


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition('<nav class="tabs"')[2])).strip()


def table(page):
    """The cells of the ledger's table, row by row, with what the narrow layout repeats left out."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    body = re.sub(r'<span class="sub is-(narrow-only|folded)">.*?</span>(?=</t[hd]>)', "", body)
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.S)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows]
    return [[re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell)).strip() for cell in row] for row in cells]


def lines(response):
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def test_overview_tells_what_is_used_left_and_when_it_ends(alice, used, now):
    said = text_of(html(alice))

    assert "3 of 50 credits used this month" in said
    assert "47 available 6 % used." in said
    assert f"Free credits, {now:%B %Y} 47 50" in said
    assert "Too little was used so far" in said
    assert "No session that you see waits for a credit." in said


def test_overview_and_the_ai_settings_and_the_sidebar_show_one_figure(alice, used):
    overview, settings = html(alice), alice.get("/ai-settings/").content.decode()
    figure = "<strong>3</strong> of 50 credits used this month"

    assert (overview.count(figure), settings.count(figure)) == (1, 1)
    for page in (overview, settings):
        assert "3 / 50</span></a></li>" in page
    assert f'<a class="credits-figure" href="{URL}">{figure}' in settings


def test_meter_only_mode_is_told_everywhere(alice, cast, used, now):
    count_only(used)
    use_credit(used, at=now)
    page = html(alice)

    assert "<strong>4</strong> credits used this month, counted only" in page
    assert '<span class="figure" title="Credits counted this month">4</span>' in page
    assert "<strong>4</strong> credits used this month, counted only" in alice.get("/ai-settings/").content.decode()


def test_the_chart_stands_as_a_table_too_and_earlier_months_are_leafed_to(alice, cast, used, now):
    earlier = (now.replace(day=1) - timedelta(days=3)).replace(hour=12)
    use_credit(used, at=earlier)

    present, past = html(alice), html(alice, f"?month={earlier:%Y-%m}")

    assert f'href="?month={earlier:%Y-%m}"' in present
    assert f"Use per day, {earlier:%B %Y}" in past
    assert f"1 session in {earlier:%B}." in past
    days = re.findall(r'<tr><th scope="row">(\w+, \d+ \w+)</th><td>(?:<a [^>]+>)?(\d+)', past)
    assert [day for day in days if day[1] != "0"] == [(f"{earlier:%a}, {earlier.day} {earlier:%b}", "1")]
    assert past.count("<rect") - present.count("<rect") == len(days) - len(re.findall(r"<li title=", present))


def test_alerts_and_waiting_sessions_stand_on_the_overview(alice, cast, used, now):
    CreditAlert.objects.create(
        company=used, month_date=now.date().replace(day=1), threshold=50, used=25, granted=50, raised_at=now
    )
    for number, company, supporter in ((1, used, cast.bob), (2, used, cast.mona), (3, cast.contoso, cast.charlie)):
        summary = store_summary(store_session(company, supporter, number=number))
        type(summary).objects.filter(pk=summary.pk).update(state="WAITING_FOR_CREDITS")
    page = html(alice)

    assert re.search(r"50 %</span> reached .*: 25 of 50\.", page)
    assert '<a href="/reports/?state=WAITING_FOR_CREDITS&amp;period=all">2 sessions</a> wait for a credit.' in page
    assert "2 found" in alice.get("/reports/?state=WAITING_FOR_CREDITS&period=all").content.decode()


def test_holders_of_manage_company_alone_see_the_overview_and_no_ledger(cast, used, hold_only):
    client = hold_only("manage_company")

    page = html(client)

    assert 'href="/credits/ledger/' not in page
    assert "Order credits" not in page
    assert [client.get(URL + part).status_code for part in ("ledger/", "ledger.csv", "use/", "use.csv")] == [403] * 4
    assert "Sessions that wait" not in page


def test_holders_of_manage_credits_alone_see_all_and_change_no_mode(cast, used, hold_only):
    client = hold_only("manage_credits")

    page = html(client)

    assert "Whoever holds “Manage administrators and company settings” can change this." in page
    assert [client.get(URL + part).status_code for part in ("ledger/", "use/", "ledger.csv", "use.csv")] == [200] * 4
    assert client.post(f"{URL}mode/", {"mode": "meter"}).status_code == 403


def test_the_mode_is_changed_with_a_confirmation_and_told(alice, cast):
    AISettings.objects.filter(company=cast.northwind).update(engine="CLAUDE", engine_key_encrypted="sealed")
    said = []
    for mode in ("meter", "meter", "budget", "free"):
        response = alice.post(f"{URL}mode/", {"mode": mode}, follow=True)
        said.append(str(next(iter(response.context["messages"]))))

    assert said == [
        "Saved. Sessions are counted only, and none waits.",
        "Nothing to change. Sessions are counted only, and none waits.",
        "Saved. Each session takes a credit.",
        "Choose budget or meter only. Nothing was changed.",
    ]


def test_the_mode_asks_who_one_is_and_needs_a_key(alice, cast):
    stale = Client()
    stale.force_login(cast.alice)
    AISettings.objects.filter(company=cast.contoso).update(engine="CLAUDE", engine_key_encrypted="sealed")

    asked = stale.post(f"{URL}mode/", {"mode": "meter"})
    refused = alice.post(f"{URL}mode/", {"mode": "meter"}, follow=True)

    assert asked.url.startswith("/accounts/reauthenticate/")
    assert "Enter a key" in str(next(iter(refused.context["messages"])))
    assert list(AISettings.objects.filter(meter_only=True)) == []


def test_the_ledger_shows_whom_what_and_the_balance(alice, cast, used):
    session = store_session(used, cast.bob, number=1)
    Reservation.objects.filter(company=used, session_label="S-1").update(session_id=session.public_id)
    page = html(alice, "ledger/")

    rows = [row[1:6] for row in table(page)]
    assert rows == [
        ["Charged", "S-3", "Mona", "−1", "47"],
        ["Reserved", "S-3", "Mona", "0 1 held", "48"],
        ["Charged", "S-2", "Bob", "−1", "48"],
        ["Reserved", "S-2", "Bob", "0 1 held", "49"],
        ["Charged", "S-1", "Bob", "−1", "49"],
        ["Reserved", "S-1", "Bob", "0 1 held", "50"],
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
        held = " 1 held" if line["held"] == "1" else ""
        told = [line["type"], line["session"], line["member"], amount + held, f"{int(line['balance']):,}"]
        return [cell or "–" for cell in [*told, line["grant"], line["note"]]]

    assert len(filed) == (8 if not filtered else len(paged))
    assert [row[1:] for row in paged] == [as_shown({**line, "amount": line["amount"].lstrip("'")}) for line in filed]


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
    for query in ("month=x&before=zz", "member=9999999999999999999", "grant=-1", "first=2026-99-99", "kind=%00"):
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


@pytest.mark.parametrize(("part", "count"), [("", 19), ("ledger/", 10), ("use/", 12)])
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
