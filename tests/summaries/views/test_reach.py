"""Lists, counts, charts, search, filters and API of members whose roles reach some sessions: as the rule says."""

import html
import re
from collections import Counter

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.permissions import Permission
from tests.reach_world import may, standing_place, undone
from tests.summaries.conftest import FIXED

#: So that `place` stands in a database of the tests, whichever of them runs alone.
pytestmark = pytest.mark.django_db

P = Permission
PERSONAS = (
    "everything",
    "reads reports",
    "user group",
    "device group",
    "both groups",
    "acts in a group",
    "own",
    "own in a group",
)
READING = [persona for persona in PERSONAS if persona != "reads reports"]
ALL_TIME = {"period": "all"}


@pytest.fixture(scope="module")
def place(django_db_setup, django_db_blocker):
    with standing_place(django_db_blocker) as standing:
        yield standing


@pytest.fixture(autouse=True)
def undo(place):
    with undone():
        yield


@pytest.fixture(params=PERSONAS)
def persona(request, place):
    return place.personas[request.param]


def of(place, persona, permission):
    """The sessions on which the member may do *permission*; with VIEW_ALL_REPORTS those that they see."""
    reading = (P.VIEW_ALL_REPORTS, P.VIEW_OWN_REPORTS) if permission is P.VIEW_ALL_REPORTS else (permission,)
    return [s for s in place.sessions if any(may(persona.roles, persona.user, each, s) for each in reading)]


def summarised(place, persona):
    return [session for session in of(place, persona, P.VIEW_SUMMARIES) if hasattr(session, "summary")]


def numbers(sessions):
    return [session.number for session in sessions]


def text(response):
    return html.unescape(response.content.decode())


def rows(response):
    return [int(number) for number in re.findall(r'data-number="(\d+)"', text(response))]


def found(response):
    return int(re.search(r'role="status">(\d+) found', text(response)).group(1))


def bars(response):
    return dict(
        re.findall(r'<span class="bar-name" dir="auto">([^<]+)</span>.*?"count">(\d+)<', text(response), re.DOTALL)
    )


def test_home_lists_counts_and_charts_the_summaries_that_may_be_read(place, persona, signed_in):
    expected = summarised(place, persona)
    page = signed_in(persona.user).get("/", ALL_TIME)
    if not any(P.VIEW_SUMMARIES in role.permissions for role in persona.roles):
        assert page.headers["Location"] == "/reports/"
        return

    labels = Counter(str(each) for session in expected for each in session.summary.issue_types.all())
    assert (rows(page), found(page)) == (numbers(expected), len(expected))
    assert bars(page)["Common"] == str(labels["Common"])
    assert {name for name in bars(page) if name.startswith("Type ")} <= set(labels)
    assert f"<dd>{len([s for s in expected if s.summary.state == 'FAILED'])}</dd>" in text(page)
    for session in place.sessions:
        assert (f"Title {session.number}<" in text(page)) is (session in expected)


def test_reports_list_what_is_seen_and_title_what_may_be_read(place, persona, signed_in):
    seen, read = of(place, persona, P.VIEW_ALL_REPORTS), summarised(place, persona)

    page = signed_in(persona.user).get("/reports/", ALL_TIME)

    assert (rows(page), found(page)) == (numbers(seen), len(seen))
    titled = [int(number) for number in re.findall(r">Title (\d+)<", text(page))]
    assert titled == numbers(read)


def test_search_and_filters_find_by_no_word_of_a_summary_that_may_not_be_read(place, persona, signed_in):
    client, read = signed_in(persona.user), summarised(place, persona)
    if not read:
        assert found(client.get("/reports/", {**ALL_TIME, "q": "apple"})) == len(of(place, persona, P.VIEW_ALL_REPORTS))
        return

    for address, searched in (("/", read), ("/reports/", of(place, persona, P.VIEW_SUMMARIES))):
        apples = [session for session in searched if "apple" in session.search_text]
        assert rows(client.get(address, {**ALL_TIME, "q": "apple"})) == numbers(apples)
        for session in place.sessions:
            found_by_word = [session.number] if session in searched else []
            assert rows(client.get(address, {**ALL_TIME, "q": f"word{session.number}"})) == found_by_word
            of_type = [session.number] if session in read else []
            assert rows(client.get(address, {**ALL_TIME, "issue_type": f"Type {session.number}"})) == of_type


def test_filters_offer_supporters_and_devices_of_sessions_that_are_seen(place, persona, signed_in):
    seen = of(place, persona, P.VIEW_ALL_REPORTS)

    form = text(signed_in(persona.user).get("/filter/", headers={"HX-Request": "true"}))

    def options(name):
        return set(re.findall(rf'name="{name}" value="([^"]+)"', form)) - {"me"}

    assert options("supporter") == {str(session.supporter_id) for session in seen}
    assert options("device") == {session.device.name for session in seen if session.device}


def test_supporters_whose_sessions_are_not_seen_are_not_named(place, persona, signed_in):
    seen = {session.supporter_id for session in of(place, persona, P.VIEW_ALL_REPORTS)}
    for user in (place.cast.bob, place.cast.mona, place.cast.alice, place.cast.charlie):
        page = signed_in(persona.user).get("/reports/", {**ALL_TIME, "supporter": user.pk})

        chip = re.search(r"Supporter: (\w+)", text(page)).group(1)
        assert chip == (user.name if user.pk in seen else "unknown")


def test_navigation_counts_what_may_be_read(place, persona, signed_in):
    read = summarised(place, persona)
    page = text(signed_in(persona.user).get("/reports/"))

    figures = dict(re.findall(r">\s*(To review|Failed)\s*<span[^>]*>(\d+)</span>", page))

    counted = Counter("Failed" if session.summary.state == "FAILED" else "To review" for session in read)
    assert figures == {name: str(count) for name, count in counted.items()}


def test_api_lists_what_is_seen_and_the_summaries_that_may_be_read(place, persona):
    api = APIClient()
    api.force_login(persona.user)
    seen, read = of(place, persona, P.VIEW_ALL_REPORTS), summarised(place, persona)

    assert [row["number"] for row in api.get("/api/v1/sessions/").json()["results"]] == [s.label for s in seen]
    summaries = api.get("/api/v1/summaries/")
    if not any(P.VIEW_SUMMARIES in role.permissions for role in persona.roles):
        assert summaries.status_code == 403
        return
    assert {row["session_number"] for row in summaries.json()["results"]} == {s.label for s in read}
    for session in place.sessions:
        listed = api.get("/api/v1/summaries/", {"issue_type": f"Type {session.number}"}).json()["results"]
        assert len(listed) == (1 if session in read else 0)
        listed = api.get("/api/v1/sessions/", {"device": "ACC-2", "supporter": session.supporter.email}).json()[
            "results"
        ]
        assert {row["number"] for row in listed} == {
            each.label for each in seen if str(each.device) == "ACC-2" and each.supporter_id == session.supporter_id
        }


@pytest.mark.parametrize("address", ["/", "/reports/", "/api/v1/sessions/", "/api/v1/summaries/"])
@pytest.mark.parametrize(("name", "more"), [("own", 0), ("device group", 1), ("user group", 1), ("both groups", 2)])
def test_a_limited_role_adds_at_most_two_queries(place, signed_in, address, name, more):
    def queries(persona):
        client = signed_in(place.personas[persona].user)
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    assert queries(name) - queries("everything") <= more


def test_asking_for_a_summary_tells_nothing_of_a_text_that_may_not_be_read(place):
    role = place.personas["acts in a group"].membership.roles.get(name="acts in a group 1")
    role.group.groupobjectpermission_set.filter(permission__codename=P.VIEW_SUMMARIES).delete()
    api = APIClient()
    api.force_login(place.personas["acts in a group"].user)
    session = place.personas["acts in a group"].reached

    told = api.post(f"/api/v1/sessions/{session.public_id}/summary/", {}, format="json").json()

    assert (told["state"], told["title"], told["issue_types"], told["applications"]) == ("QUEUED", "", [], [])
    assert told["outcome"] == "UNKNOWN"


def test_an_import_that_no_role_would_reach_is_an_error_at_the_supporter(place, signed_in):
    client = signed_in(place.personas["device group"].user)
    form = {
        "recordings": SimpleUploadedFile("a.cast", FIXED),
        "supporter": place.cast.bob.pk,
        "consent_statement": "Agreed by phone.",
        "direction": "OUTGOING",
        "device_name": "ACC-2",
    }

    refused = client.post("/import/", form, headers={"Accept": "application/json"})

    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["supporter"])
    form |= {"recordings": SimpleUploadedFile("a.cast", FIXED), "device_name": "ACC-1"}
    assert client.post("/import/", form, headers={"Accept": "application/json"}).status_code == 200
