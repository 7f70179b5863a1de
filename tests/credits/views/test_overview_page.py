"""Credits at a glance, and the mode."""

import re
from datetime import timedelta

from django.test import Client

from accounts.models import AISettings
from credits.models import CreditAlert
from tests.credits.credit_pages import URL, alice, hold_only, html, now, text_of, used
from tests.credits.ledger_rows import count_only, use_credit
from tests.summaries.report_examples import store_session, store_summary

__all__ = ["alice", "hold_only", "now", "used"]


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
