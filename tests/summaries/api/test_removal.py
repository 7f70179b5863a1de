import pytest

from accounts.enums import ApiScope
from summaries.domain.keeping import holds
from summaries.models import Interaction, Summary, SupportSession
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


def test_delete_log_summary_and_report_one_by_one(cast, reported, client_of):
    client = client_of(cast.alice)

    left = []
    for what in ("log/", "summary/", ""):
        assert client.delete(address(reported, what)).status_code == 204
        left.append((Interaction.objects.count(), Summary.objects.count(), SupportSession.objects.count()))

    assert left == [(0, 1, 1), (0, 0, 1), (0, 0, 0)]
    assert client.get(address(reported)).status_code == 404


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
