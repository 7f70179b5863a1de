from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.domain.members import add_member
from accounts.models import Company
from summaries.enums import SummaryState
from summaries.models import SupportSession
from tests.conftest import Cast
from tests.summaries.api.conftest import SignIn
from tests.summaries.report_examples import session_of, store_session, store_summary
from tests.summaries.session_rows import add_session, add_summary

URL = "/api/v1/sessions/"

MASKED = {"redaction_counts": {"EMAIL": 2}, "redaction_memory": {"EMAIL": {"f": 1}}, "redaction_version": 3}


def test_list_shows_sessions_of_the_company_that_one_may_see(cast: Cast, api: APIClient, client_of: SignIn) -> None:
    own = store_session(cast.northwind, cast.bob, number=1)
    others = store_session(cast.northwind, cast.mona, number=2, started_at=own.started_at + timedelta(minutes=1))
    store_session(cast.contoso, cast.charlie, number=3)

    def ids(client: APIClient) -> list[str]:
        return [row["id"] for row in client.get(URL).json()["results"]]

    assert ids(api) == [str(own.public_id)]
    assert ids(client_of(cast.mona)) == [str(others.public_id), str(own.public_id)]


def test_retrieve_tells_everything_about_a_session(cast: Cast, api: APIClient) -> None:
    session = store_session(
        cast.northwind,
        cast.bob,
        redaction_counts={"EMAIL": 2},
        redaction_memory={"EMAIL": {"f": 1}},
        redaction_version=3,
    )
    summary = store_summary(session)

    answer = api.get(f"{URL}{session.public_id}/")

    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(session.public_id),
        "number": "S-1042",
        "status": "ENDED",
        "direction": "OUTGOING",
        "supporter": {"name": "Bob", "email": "bob@northwind.example"},
        "device": {"name": "ACC-14", "operating_system": "Windows 11", "customer": "Acme"},
        "remote_user": "",
        "started_at": "2026-11-22T09:02:00Z",
        "ended_at": "2026-11-22T09:16:00Z",
        "duration_seconds": 840,
        "notes": "",
        "ticket": "INC0010042",
        "billing_state": "",
        "fee": None,
        "currency": "",
        "capture": {
            "verdict": "YES",
            "reason": "OUTGOING_CONSENTED",
            "explanation": "Outgoing, with consent",
            "notice": "",
        },
        "recording": {"format": "", "name": "", "quality": [], "bad_record_count": 0},
        "interaction_count": 0,
        "redaction": {"EMAIL": 2},
        "redaction_report": [{"rule": "EMAIL", "name": "e-mail addresses", "places": 2, "values": 1}],
        "redaction_rules_version": 3,
        "summary": {"id": str(summary.public_id), "state": "READY", "review": "AI_GENERATED"},
        "summary_state": {
            "code": "AI_GENERATED",
            "word": "AI-generated",
            "reason": "Written by an engine and not reviewed yet.",
        },
    }


@pytest.mark.parametrize("member", ["alice", "bob"])
@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_a_fixed_number_of_queries(
    cast: Cast, client_of: SignIn, member: str, rows: int, django_assert_num_queries: Any
) -> None:
    api = client_of(getattr(cast, member))
    for number in range(rows):
        store_summary(store_session(cast.northwind, cast.bob, number=number + 1))
    api.get(URL)  # the token's last use is written once a minute

    with django_assert_num_queries(9):  # token, roles, rows, and six for the limit
        answer = api.get(URL)

    assert len(answer.json()["results"]) == rows


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("supporter=BOB@northwind.example", ["S-1"]),
        ("supporter=charlie@contoso.example", []),
        ("device=acc-2", ["S-2"]),
        ("direction=INCOMING", ["S-2"]),
        ("status=OPEN", ["S-2"]),
        ("summary=READY", ["S-1"]),
        ("summary=NO_SUMMARY", ["S-2"]),
        ("started_after=2026-11-22T10:00:00Z", ["S-2"]),
        ("started_before=2026-11-22T10:00:00Z", ["S-1"]),
        ("ticket=INC0010042&status=ENDED", ["S-1"]),
    ],
)
def test_list_is_filtered(cast: Cast, client_of: SignIn, query: str, numbers: list[str]) -> None:
    first = store_session(cast.northwind, cast.bob, number=1)
    store_summary(first)
    later = first.started_at + timedelta(hours=1)
    store_session(
        cast.northwind, cast.mona, number=2, started_at=later, ended_at=None, status="OPEN", direction="INCOMING"
    )

    rows = client_of(cast.mona).get(f"{URL}?{query}").json()["results"]

    assert [row["number"] for row in rows] == numbers


@pytest.mark.parametrize(
    "query",
    [
        "direction=SIDEWAYS",
        "started_after=yesterday",
        "started_after=0001-01-01T00:00:00%2B14:00",
        "supporter=%00",
        "status=IMPORTING",
    ],
)
def test_list_refuses_a_filter_it_does_not_know(api: APIClient, query: str) -> None:
    answer = api.get(f"{URL}?{query}")

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [query.split("=", maxsplit=1)[0]]


def pages(api: APIClient, address: str, link: str) -> tuple[list[list[str]], str]:
    """Numbers on each page, from *address* on by its links, and the address of the last page."""
    found: list[list[str]] = []
    following: str | None = address
    while following:
        address, page = following, api.get(following).json()
        found.append([row["number"] for row in page["results"]])
        following = page[link]
    return found, address


@pytest.mark.parametrize("member", ["alice", "bob"])
def test_list_pages_by_cursor_without_gaps_or_repeats(cast: Cast, client_of: SignIn, member: str) -> None:
    for number in range(1, 6):
        store_session(cast.northwind, cast.bob, number=number)

    found, _ = pages(client_of(getattr(cast, member)), f"{URL}?page_size=2", "next")

    assert found == [["S-5", "S-4"], ["S-3", "S-2"], ["S-1"]]


@pytest.mark.parametrize("hours", [1, 0], ids=["one after the other", "all at the same moment"])
@pytest.mark.parametrize("member", ["alice", "bob"])
def test_list_pages_forth_and_back(cast: Cast, client_of: SignIn, member: str, hours: int) -> None:
    for number in range(1, 6):
        add_session(cast.northwind, cast.bob, number, hours_ago=(6 - number) * hours)
    api = client_of(getattr(cast, member))

    forth, last = pages(api, f"{URL}?page_size=2", "next")
    back, _ = pages(api, last, "previous")

    assert forth == [["S-5", "S-4"], ["S-3", "S-2"], ["S-1"]]
    assert back == forth[::-1]


def test_a_cursor_knows_its_place_among_any_number_that_began_at_the_same_moment(cast: Cast, client_of: SignIn) -> None:
    numbers = range(1, 1_502)
    SupportSession.objects.bulk_create(session_of(cast.northwind, cast.bob, number=number) for number in numbers)
    api, found = client_of(cast.alice), []
    address: Any = f"{URL}?page_size=300"

    for _page in range(6):
        page = api.get(address).json()
        found += [row["number"] for row in page["results"]]
        address = page["next"]

    assert (found, address) == ([f"S-{number}" for number in numbers][::-1], None)


@pytest.mark.parametrize("cursor", ["x", "cD1hYmM=", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk=", "bz0tMQ=="])
@pytest.mark.parametrize("member", ["alice", "bob"])
def test_list_refuses_a_cursor_it_never_gave_out(cast: Cast, client_of: SignIn, member: str, cursor: str) -> None:
    store_session(cast.northwind, cast.bob)

    answer = client_of(getattr(cast, member)).get(f"{URL}?cursor={cursor}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", ""),
        ("get", "interactions/"),
        ("post", "interactions/"),
        ("post", "consent/"),
        ("post", "end/"),
        ("post", "summary/"),
        ("get", "report.pdf"),
    ],
)
def test_another_companys_session_is_not_found(cast: Cast, client_of: SignIn, method: str, path: str) -> None:
    session = store_session(cast.northwind, cast.bob, status="OPEN", ended_at=None, notes="a secret of Northwind")
    foreign, missing = (
        getattr(client_of(cast.charlie), method)(f"{URL}{one}/{path}", format="json")
        for one in (session.public_id, "00000000-0000-4000-8000-000000000000")
    )

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.json() == missing.json()
    session.refresh_from_db()
    assert session.status == "OPEN"


@pytest.mark.parametrize("path", ["", "interactions/", "report.pdf"])
def test_another_supporters_session_is_not_found_by_those_who_see_their_own(
    cast: Cast, api: APIClient, path: str
) -> None:
    session = store_session(cast.northwind, cast.mona)

    assert api.get(f"{URL}{session.public_id}/{path}").status_code == 404


def test_an_auditor_reads_and_changes_nothing(cast: Cast, client_of: SignIn, at: datetime) -> None:
    auditor = add_member(
        company=cast.northwind, email="dora@northwind.example", name="Dora", role_names=["Auditor"], at=at
    )
    client = client_of(auditor.user)
    session = store_session(cast.northwind, cast.bob, status="OPEN", ended_at=None)

    assert client.get(f"{URL}{session.public_id}/").status_code == 200
    for path in (
        "",
        f"{session.public_id}/end/",
        f"{session.public_id}/consent/",
        f"{session.public_id}/interactions/",
    ):
        answer = client.post(f"{URL}{path}", {}, format="json")
        assert answer.status_code == 403
        assert "Generate summaries" in answer.json()["detail"]
    session.refresh_from_db()
    assert session.status == "OPEN"


@pytest.fixture
def varied_sessions(cast: Cast) -> list[SupportSession]:
    """Sessions of every kind that a list may hold, the newest first."""
    sessions = [
        add_session(cast.northwind, cast.bob, 1, hours_ago=1, device_name="PC-1", notes="Words", ticket="T-1"),
        add_session(
            cast.northwind, cast.alice, 2, hours_ago=2, fee=Decimal("12.5"), currency="EUR", reason="INCOMING_POLICY"
        ),
        add_session(cast.northwind, cast.mona, 3, hours_ago=3, ended_at=None, quality=["CLOCK_SKEW"], **MASKED),
        add_session(cast.northwind, cast.bob, 4, hours_ago=4),
    ]
    add_summary(sessions[0])
    add_summary(sessions[3], state=SummaryState.FAILED, failure="No answer.")
    return sessions


@pytest.mark.parametrize("works_council_mode", [False, True])
def test_a_row_of_the_list_is_what_the_session_itself_answers(
    cast: Cast, client_of: SignIn, varied_sessions: list[SupportSession], works_council_mode: bool
) -> None:
    values = {"works_council_mode": works_council_mode, "pseudonym_key": "k" * 32}
    Company.objects.filter(pk=cast.northwind.pk).update(**values)
    client = client_of(cast.alice)

    listed = client.get(URL).json()["results"]

    assert [row["id"] for row in listed] == [str(session.public_id) for session in varied_sessions]
    assert listed == [client.get(f"{URL}{row['id']}/").json() for row in listed]
