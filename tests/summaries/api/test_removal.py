import pytest

from accounts.enums import ApiScope
from summaries.domain.keeping import holds
from summaries.models import Interaction, Summary, TrashedRecord
from tests.summaries.session_rows import add_interactions, add_session, add_summary


@pytest.fixture
def reported(cast):
    session = add_session(cast.northwind, cast.bob, 1, interaction_count=3)
    add_interactions(session, 3)
    add_summary(session)
    return session


PROBLEM = "urn:session-insights:problem:"


def address(session, what=""):
    return f"/api/v1/sessions/{session.public_id}/{what}"


def test_delete_says_until_when_it_can_be_restored_and_restore_does_it(cast, reported, client_of):
    client = client_of(cast.alice)

    for what, kind in (("log/", "LOG"), ("summary/", "SUMMARY"), ("", "REPORT")):
        before = client.get(address(reported)).json()
        deleted = client.delete(address(reported, what))
        trashed = TrashedRecord.objects.get()
        until = trashed.purge_at.isoformat().replace("+00:00", "Z")
        assert (deleted.status_code, deleted.json(), trashed.what) == (200, {"restorable_until": until}, kind)
        hidden = client.get(address(reported))
        restored = client.post(address(reported, f"{what}restore/"))
        assert (restored.status_code, restored.json()) == (200, before)
        assert hidden.status_code == 404 or hidden.json() != before
    assert client.get(address(reported)).json() == before


def test_delete_of_a_summary_without_a_text_says_that_nothing_is_kept(cast, reported, client_of):
    reported.summary.delete()
    add_summary(reported, state="FAILED")

    response = client_of(cast.alice).delete(address(reported, "summary/"))

    assert (response.status_code, response.json()) == (200, {"restorable_until": None})


@pytest.mark.parametrize("what", ["log/", "summary/", ""])
def test_restore_twice_is_a_conflict(cast, reported, client_of, what):
    client = client_of(cast.alice)
    client.delete(address(reported, what))
    client.post(address(reported, f"{what}restore/"))

    response = client.post(address(reported, f"{what}restore/"))

    assert (response.status_code, response.json()["type"]) == (409, f"{PROBLEM}unable_to_restore")


@pytest.mark.parametrize("what", ["log/", "summary/", ""])
def test_restore_needs_permission_scope_and_company(cast, reported, client_of, what):
    client_of(cast.alice).delete(address(reported, what))
    readers = (ApiScope.SESSIONS_READ, ApiScope.SUMMARIES_READ)

    answers = [
        client_of(cast.bob).post(address(reported, f"{what}restore/")).status_code,
        client_of(cast.alice, *readers).post(address(reported, f"{what}restore/")).status_code,
        client_of(cast.charlie).post(address(reported, f"{what}restore/")).status_code,
    ]

    assert (answers, TrashedRecord.objects.count()) == ([403, 403, 404], 1)


def test_a_deleted_log_is_listed_nowhere(cast, reported, client_of):
    client = client_of(cast.alice)

    client.delete(address(reported, "log/"))

    assert client.get(address(reported, "interactions/")).json()["results"] == []


@pytest.mark.parametrize("what", ["log/", "summary/"])
def test_delete_twice_is_a_conflict(cast, reported, client_of, what):
    client = client_of(cast.alice)
    client.delete(address(reported, what))

    response = client.delete(address(reported, what))

    assert (response.status_code, response.json()["type"]) == (409, f"{PROBLEM}unable_to_delete")


@pytest.mark.parametrize("what", ["log/", "summary/", ""])
def test_delete_under_legal_hold_is_a_conflict(cast, reported, client_of, at, what):
    holds.place(company=cast.northwind, session=reported, reason="Case", actor=cast.alice, at=at)

    response = client_of(cast.alice).delete(address(reported, what))

    assert (response.status_code, response.json()["type"]) == (409, f"{PROBLEM}under_legal_hold")
    assert (Interaction.objects.count(), Summary.objects.count()) == (3, 1)


@pytest.mark.parametrize("what", ["log/", "summary/", ""])
def test_delete_needs_permission_scope_and_company(cast, reported, client_of, what):
    readers = (ApiScope.SESSIONS_READ, ApiScope.SUMMARIES_READ)
    answers = [
        client_of(cast.bob).delete(address(reported, what)).status_code,
        client_of(cast.alice, *readers).delete(address(reported, what)).status_code,
        client_of(cast.charlie).delete(address(reported, what)).status_code,
    ]

    assert answers == [403, 403, 404]
    assert (Interaction.objects.count(), Summary.objects.count()) == (3, 1)
