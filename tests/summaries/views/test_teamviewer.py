import pytest

from accounts.models import AuditEntry
from summaries.domain.imports.teamviewer_settings import token_of
from summaries.models import SupportSession, TeamViewerPull
from tests.conftest import sign_in_freshly
from tests.summaries.session_files import connection
from tests.summaries.views.test_imports import text
from tests.teamviewer_server import TOKEN, web_api

__all__ = ["web_api"]
PAGE = "/teamviewer/"
OWN = "https://webapi.teamviewer.com"


@pytest.fixture
def alice(cast, client):
    sign_in_freshly(client, cast.alice)
    return client


def chosen(cast, **changed):
    return {"is_on": "on", "base_url": OWN, "supporter": cast.alice.pk, "token": TOKEN, **changed}


def test_the_token_is_stored_encrypted_and_never_shown(cast, alice):
    response = alice.post(PAGE, chosen(cast))

    pull = TeamViewerPull.objects.get()
    page = text(alice.get(PAGE))
    assert response.headers["Location"] == PAGE
    assert (pull.is_on, pull.company, token_of(pull), TOKEN in pull.token_encrypted) == (
        True,
        cast.northwind,
        TOKEN,
        False,
    )
    assert ("A token is stored" in page, TOKEN in page) == (True, False)
    entries = AuditEntry.objects.filter(action__startswith="teamviewer")
    assert sorted(entries.values_list("action", flat=True)) == ["teamviewer_pull.changed", "teamviewer_token.set"]
    assert TOKEN not in str(list(entries.values()))


def test_whoever_changes_the_token_confirms_who_they_are(cast, signed_in):
    response = signed_in(cast.alice).post(PAGE, chosen(cast))

    assert ("/accounts/" in response.headers["Location"], TeamViewerPull.objects.count()) == (True, 0)


def test_a_stored_token_stays_with_an_empty_field_and_goes_when_it_is_removed(cast, alice):
    alice.post(PAGE, chosen(cast))

    alice.post(PAGE, chosen(cast, token="", is_on=""))
    kept = token_of(TeamViewerPull.objects.get())
    alice.post(PAGE, chosen(cast, token="", is_on="", forget_token="on"))

    assert (kept, TeamViewerPull.objects.get().token_encrypted) == (TOKEN, "")
    assert AuditEntry.objects.filter(action="teamviewer_token.removed").count() == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"token": ""}, "The pull needs a script token."),
        ({"token": "two words"}, "The key holds a space"),
        ({"forget_token": "on"}, "Enter a new token or remove the stored one, not both."),
        ({"supporter": ""}, "Choose the member for sessions of other supporters."),
        ({"base_url": "webapi.teamviewer.com"}, "Enter an address such as"),
        ({"base_url": "https://me:secret@webapi.teamviewer.com"}, "Enter an address such as"),
        ({"base_url": "https://[broken"}, "Enter an address such as"),
    ],
)
def test_settings_that_can_not_be_saved_say_why(cast, alice, changed, sentence):
    response = alice.post(PAGE, chosen(cast, **changed))

    assert (response.status_code, sentence in text(response), TeamViewerPull.objects.count()) == (422, True, 0)


def test_a_stored_token_never_travels_to_another_address(cast, alice, web_api):
    alice.post(PAGE, chosen(cast))

    saved = alice.post(PAGE, chosen(cast, token="", base_url=web_api.address))
    tested = alice.post(PAGE, chosen(cast, token="", base_url=web_api.address, do="test"))

    assert (saved.status_code, tested.status_code, web_api.asked) == (422, 422, [])
    assert "The stored token belongs to another address." in text(saved)


def test_another_address_begins_anew(cast, alice, web_api, at):
    alice.post(PAGE, chosen(cast))
    TeamViewerPull.objects.update(complete_until=at, offset_id="x", window_from=at)

    alice.post(PAGE, chosen(cast, base_url=f"{web_api.address}/"))

    pull = TeamViewerPull.objects.get()
    assert (pull.base_url, pull.complete_until, pull.offset_id) == (web_api.address, None, "")


def test_another_companys_member_is_no_choice(cast, alice):
    assert alice.post(PAGE, chosen(cast, supporter=cast.charlie.pk)).status_code == 422


def test_test_connection_tells_and_imports_nothing(cast, alice, web_api):
    web_api.records = [connection(1, start_date="2026-11-20T08:30:00Z")]

    good = alice.post(PAGE, chosen(cast, base_url=web_api.address, do="test"))
    bad = alice.post(PAGE, chosen(cast, base_url=web_api.address, token="wrong", do="test"))

    assert "Connected: 1 session began in the last hour." in text(good)
    assert "TeamViewer refuses the token." in text(bad)
    assert (SupportSession.objects.count(), TeamViewerPull.objects.count()) == (0, 0)
    assert [entry.details["ok"] for entry in AuditEntry.objects.filter(action="teamviewer_pull.tested")] == [
        False,
        True,
    ]


def test_test_connection_needs_a_token_and_has_a_rate(cast, alice, web_api):
    empty = alice.post(PAGE, chosen(cast, token="", is_on="", do="test"))
    answers = [alice.post(PAGE, chosen(cast, base_url=web_api.address, do="test")) for _ in range(6)]

    assert "Enter the token to test with." in text(empty)
    assert [answer.status_code for answer in answers] == [200] * 5 + [422]
    assert "Those were many tests" in text(answers[-1])


def test_the_page_shows_how_it_goes(cast, alice, at):
    alice.post(PAGE, chosen(cast))
    TeamViewerPull.objects.update(last_error="TeamViewer refuses the token.", not_before=at.replace(hour=12))

    page = text(alice.get(PAGE))

    assert ("The last try failed." in page, "On, next try 20 Nov 2026" in page) == (True, True)
