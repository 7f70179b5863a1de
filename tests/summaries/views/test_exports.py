import csv
import io
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from summaries.views import exports
from tests.conftest import Cast, sign_in_freshly
from tests.summaries.domain.exports.rows_world import put_session, put_summarised

LIST = "period=all"


def ask(user: User, kind: str = "csv", query: str = LIST) -> Any:
    client = Client()
    sign_in_freshly(client, user)
    address = reverse("summaries:sessions_export_file", args=[kind]) if kind else reverse("summaries:sessions_export")
    return client.get(f"{address}?{query}")


def numbers(user: User, query: str) -> list[str]:
    answer = ask(user, "jsonl", f"{query}&columns=number")
    return [json.loads(line)["number"] for line in answer.getvalue().splitlines()]


@pytest.fixture
def sessions(cast: Cast) -> None:
    put_summarised(cast.northwind, cast.bob, 1, group="Reception")
    put_session(cast.northwind, cast.bob, 2)
    put_summarised(cast.northwind, cast.mona, 3)
    put_summarised(cast.contoso, cast.charlie, 4)


@pytest.mark.usefixtures("sessions")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (LIST, ["S-3", "S-1"]),
        (f"{LIST}&list=home", ["S-3", "S-1"]),
        (f"{LIST}&list=reports", ["S-3", "S-2", "S-1"]),
        (f"{LIST}&list=reports&device=ACC-2&device=ACC-1", ["S-2", "S-1"]),
        (f"{LIST}&list=reports&device_group=Reception", ["S-1"]),
        (f"{LIST}&list=reports&q=nothing", []),
        (f"{LIST}&list=reports&number=S-2&number=1&number=4&number=x", ["S-2", "S-1"]),
        ("since=2026-11-22&until=2026-11-22&list=reports", ["S-3", "S-2", "S-1"]),
        ("until=2026-11-21&list=reports", []),
    ],
)
def test_the_file_holds_exactly_what_the_list_shows(cast: Cast, query: str, expected: list[str]) -> None:
    client = Client()
    sign_in_freshly(client, cast.alice)
    page = reverse("summaries:reports") if "list=reports" in query else reverse("summaries:home")

    assert numbers(cast.alice, query) == expected
    if "number=" not in query:
        shown = client.get(f"{page}?{query}").content.decode()
        assert sorted(set(re.findall(r'href="/sessions/(S-\d+)/"', shown)), reverse=True) == expected


@pytest.mark.usefixtures("sessions")
def test_a_list_with_columns_of_its_own_links_to_files_with_all_of_theirs(cast: Cast) -> None:
    client = Client()
    sign_in_freshly(client, cast.alice)
    shown = client.get(f"{reverse('summaries:reports')}?period=all&device=ACC-2&columns=session,start&sort=device")

    links = re.findall(r'href="([^"]*export\.jsonl[^"]*)"', shown.content.decode())
    answer: Any = client.get(links[0].replace("&amp;", "&"))

    assert [json.loads(line)["number"] for line in answer.getvalue().splitlines()] == ["S-2"]


@pytest.mark.usefixtures("sessions")
def test_the_days_of_a_filter_are_the_companys_and_not_the_members_own(cast: Cast) -> None:
    # In Kiritimati the sessions of this day began on the next one.
    User.objects.filter(pk=cast.alice.pk).update(time_zone="Pacific/Kiritimati")
    query = "since=2026-11-22&until=2026-11-22&list=reports"

    assert numbers(cast.alice, query) == ["S-3", "S-2", "S-1"]


@pytest.mark.usefixtures("sessions")
def test_a_supporter_gets_their_own_sessions_and_another_company_its_own(cast: Cast) -> None:
    everything = f"{LIST}&list=reports"

    assert numbers(cast.bob, everything) == ["S-2", "S-1"]
    assert numbers(cast.charlie, everything) == ["S-4"]


@pytest.mark.usefixtures("sessions")
@pytest.mark.parametrize(
    ("kind", "content_type"),
    [
        ("csv", "text/csv; charset=utf-8"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("jsonl", "application/x-ndjson"),
    ],
)
def test_the_file_is_streamed_under_a_name_of_its_own(cast: Cast, kind: str, content_type: str) -> None:
    answer = ask(cast.alice, kind)

    assert answer.streaming
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["Content-Disposition"] == f'attachment; filename="sessions-northwind-2026-11-20.{kind}"'
    assert answer.headers["Cache-Control"] == "no-store"
    entry = AuditEntry.objects.get(action="sessions.exported")
    assert (entry.actor, entry.details["format"], entry.details["rows"]) == (cast.alice, kind, 2)
    assert entry.details["filters"] == {"period": "all"}


@pytest.mark.usefixtures("sessions")
def test_the_file_has_the_columns_asked_for(cast: Cast) -> None:
    text = ask(cast.alice, "csv", f"{LIST}&columns=title&columns=number,device").getvalue().decode()

    assert list(csv.reader(io.StringIO(text)))[:2] == [
        ["Session", "Device", "Title"],
        ["S-3", "ACC-3", "Printer offline after driver update"],
    ]


@pytest.mark.usefixtures("sessions")
def test_a_column_that_there_is_none_of_is_refused_and_nothing_is_exported(cast: Cast) -> None:
    answer = ask(cast.alice, "csv", f"{LIST}&columns=number,<b>")

    assert answer.status_code == 400
    assert "There is no column “&lt;b&gt;”. Choose from: number," in answer.content.decode()
    assert not AuditEntry.objects.filter(action="sessions.exported").exists()


def test_whoever_signed_in_a_while_ago_is_asked_again_and_comes_back_to_the_file(cast: Cast, signed_in: Any) -> None:
    address = reverse("summaries:sessions_export_file", args=["csv"]) + "?period=all"

    answer = signed_in(cast.alice).get(address)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert "export.csv%3Fperiod%3Dall" in answer.headers["Location"]
    assert not AuditEntry.objects.filter(action="sessions.exported").exists()


def test_too_many_exports_in_an_hour_are_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "EXPORTS_AN_HOUR", 2)

    answers = [ask(cast.alice) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].headers["Retry-After"] == "3600"
    assert "You have exported 2 lists in this hour." in answers[-1].content.decode()
    assert ask(cast.mona).status_code == 200


@pytest.mark.usefixtures("sessions")
def test_the_page_shows_what_goes_into_the_file(cast: Cast) -> None:
    page = ask(cast.alice, "", f"{LIST}&list=reports&device=ACC-2").content.decode()

    assert "<strong>1 session</strong> is in the list" in page
    form = page[page.index('action="/sessions/export.csv"') :]
    assert re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form) == [
        ("device", "ACC-2"),
        ("period", "all"),
        ("list", "reports"),
    ]
    assert page.count('name="columns"') == page.count(" checked>") == 34
    assert re.findall(r'formaction="[^"]*/export\.(\w+)"', page) == ["csv", "xlsx", "jsonl"]


@pytest.mark.usefixtures("sessions")
def test_the_page_keeps_chosen_sessions_and_columns(cast: Cast) -> None:
    page = ask(cast.alice, "", "number=3&number=1&columns=number,title").content.decode()

    assert "<strong>2 sessions</strong> are in the list" in page
    assert re.findall(r'name="number" value="(\d+)"', page) == ["3", "1"]
    assert re.findall(r'value="(\w+)" id="column-\w+" checked', page) == ["number", "title"]


@pytest.mark.usefixtures("sessions")
def test_the_list_leads_to_its_export_with_its_filters(cast: Cast) -> None:
    client = Client()
    sign_in_freshly(client, cast.alice)

    page = client.get(reverse("summaries:reports") + "?period=all&device=ACC-2").content.decode()

    stem = "?device=ACC-2&amp;period=all&amp;list=reports"
    found = re.findall(r'href="(/sessions/export[^"]*)"', page)
    assert found == [f"/sessions/export{kind}{stem}" for kind in (".csv", ".xlsx", ".jsonl", "/")]
