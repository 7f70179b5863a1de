import time

import pytest
from django.test import Client

from accounts.domain.engine_keys import engine_key
from accounts.models import AISettings, AuditEntry
from tests.messages_server import MODEL, Reply, message, messages_server
from tests.summaries.views.settings.conftest import Tab, field_errors, words

__all__ = ["messages_server"]

CLAUDE = {"choice": "CLAUDE", "key": "sk-secret"}


@pytest.fixture(autouse=True)
def loopback_is_allowed(settings):
    settings.OUTBOUND_ALLOWED_HOSTS = ["127.0.0.1"]


@pytest.fixture
def confirmed(tab, cast):
    """Alice's browser, in which she has just said who she is."""
    client = tab("engine").client
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(cast.alice.pk)
    session.save()
    return Tab(client, "engine")


@pytest.fixture
def unconfirmed(tab, cast):
    """The same browser an hour later."""
    client = tab("engine").client
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 3600}]
    session["account_authentication_methods_user"] = str(cast.alice.pk)
    session.save()
    return Tab(client, "engine")


def test_a_key_is_stored_told_and_never_shown(confirmed, stored):
    assert confirmed.send(**CLAUDE).status_code == 302

    page = confirmed.client.get(confirmed.address).content.decode()
    assert engine_key(stored()) == "sk-secret"
    assert ("A key is stored" in page, "sk-secret" in page, stored().engine_key_encrypted in page) == (
        True,
        False,
        False,
    )


def test_a_key_that_is_refused_is_not_sent_back(confirmed, stored):
    answer = confirmed.send(choice="CLAUDE", key="sk two words")

    assert (answer.status_code, list(field_errors(answer))) == (422, ["key"])
    assert "sk two words" not in answer.content.decode()
    assert stored().engine == "BUILT_IN"


@pytest.mark.parametrize("sent", [CLAUDE, {"choice": "BUILT_IN", "forget_key": "on"}])
def test_changing_the_key_asks_who_it_is(unconfirmed, stored, sent):
    answer = unconfirmed.send(**sent)

    assert (answer.status_code, "/reauthenticate/" in answer.headers["Location"]) == (302, True)
    assert (stored().engine, stored().engine_key_encrypted) == ("BUILT_IN", "")


def test_changing_where_text_goes_asks_who_it_is(unconfirmed, stored):
    answer = unconfirmed.send(choice="OWN_SERVER", base_url="https://llm.example")

    assert (answer.status_code, "/reauthenticate/" in answer.headers["Location"]) == (302, True)
    assert stored().engine_base_url == ""


def test_the_model_is_changed_without_asking_who_it_is(unconfirmed, stored):
    assert unconfirmed.send(choice="BUILT_IN", model="newer").headers["Location"] == unconfirmed.address
    assert stored().engine_model == "newer"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"choice": "CLAUDE"}, "key"),
        ({"choice": "OWN_SERVER"}, "base_url"),
        ({"choice": "OWN_SERVER", "base_url": "https://a:b@llm.example"}, "base_url"),
        ({"choice": "OWN_SERVER", "base_url": "ftp:/"}, "base_url"),
        ({"choice": "OTHER"}, "choice"),
        ({}, "choice"),
    ],
)
def test_engine_errors_stand_at_their_field(confirmed, stored, sent, field):
    answer = confirmed.send(**sent)

    assert (answer.status_code, list(field_errors(answer))) == (422, [field])
    assert stored().engine == "BUILT_IN"


@pytest.mark.parametrize(
    "address",
    ["http://ollama:11434", "https://llm-1/v1", "http://localhost:8000", "http://[::1]:4000", "http://a.example"],
)
def test_a_server_of_the_own_network_is_taken_by_its_one_word(confirmed, stored, address):
    confirmed.send(choice="OWN_SERVER", base_url=address, key="sk-own")

    assert stored().engine_base_url == address


@pytest.mark.parametrize("address", ["http://", "http://-x-:1", "javascript:alert(1)", "http://a b", "http://ollama:x"])
def test_what_is_no_address_is_told_at_the_field(confirmed, address):
    assert list(field_errors(confirmed.send(choice="OWN_SERVER", base_url=address, key="sk-own"))) == ["base_url"]


def test_a_key_replaced_meanwhile_is_told(confirmed, stored):
    seen = confirmed.fields()["version"]
    confirmed.send(**CLAUDE)

    late = confirmed.send(version=seen, choice="BUILT_IN", model="mine")

    assert "the key was replaced or removed" in field_errors(late)["__all__"][0]
    assert stored().engine == "CLAUDE"


def test_the_page_says_what_leaves_the_server(confirmed):
    said = [confirmed.read()]
    confirmed.send(**CLAUDE)
    said.append(confirmed.read())
    confirmed.send(choice="OWN_SERVER", base_url="http://llm.example:8080/v1", key="sk-own")
    said.append(confirmed.read())

    assert "Nothing. The built-in engine is stored" in said[0]
    assert "To api.anthropic.com Over an encrypted connection" in said[1]
    assert "To llm.example Not encrypted In clear" in said[2]


@pytest.mark.parametrize("fragment", [True, False])
def test_test_connection_tries_the_form_and_saves_nothing(tab, stored, messages_server, fragment):
    messages_server.answers(message("ready"))

    answer = tab("engine").send(
        do="test", fragment=fragment, choice="OWN_SERVER", base_url=messages_server.base_url, key="sk-form"
    )

    (sent,) = messages_server.requests
    assert sent.headers["x-api-key"] == "sk-form"
    assert f"It works. Connected: {MODEL} answered in" in words(answer)
    assert ("sk-form" in answer.content.decode(), stored().engine) == (False, "BUILT_IN")
    assert AuditEntry.objects.filter(action="engine.tested").count() == 1


def test_test_connection_tells_the_error(tab, messages_server):
    messages_server.answers(Reply(status=401))

    answer = tab("engine").send(
        do="test", fragment=True, choice="OWN_SERVER", base_url=messages_server.base_url, key="sk-wrong"
    )

    assert "It does not work. The engine refused the key." in words(answer)


def test_test_connection_follows_no_redirect(tab, messages_server):
    target = f"{messages_server.base_url}/elsewhere"
    messages_server.answers(Reply(status=307, headers=(("Location", target),)), message("ready"))

    answer = tab("engine").send(
        do="test", fragment=True, choice="OWN_SERVER", base_url=messages_server.base_url, key="sk-form"
    )

    assert "It does not work." in words(answer)
    assert len(messages_server.requests) == 1


def test_test_connection_refuses_private_addresses(tab, settings):
    settings.OUTBOUND_ALLOWED_HOSTS = []

    answer = tab("engine").send(do="test", fragment=True, choice="OWN_SERVER", base_url="https://127.0.0.1:1/")

    assert "It does not work. The address 127.0.0.1 leads into a private network." in words(answer)


def test_the_stored_key_is_not_sent_to_a_changed_address(confirmed, messages_server):
    confirmed.send(**CLAUDE)

    answer = confirmed.send(do="test", fragment=True, choice="OWN_SERVER", base_url=messages_server.base_url)

    assert "Not tested. The stored key belongs to another address." in words(answer)
    assert messages_server.requests == []


def test_tests_are_limited_for_the_company(tab, signed_in, cast):
    answers = [tab("engine").send(do="test", fragment=True, choice="BUILT_IN") for _ in range(7)]
    other = Tab(signed_in(cast.charlie), "engine").send(do="test", fragment=True, choice="BUILT_IN")

    assert ["ready" in words(answer) for answer in [*answers, other]] == [True] * 6 + [False, True]
    assert "Those were many tests in a short time." in words(answers[-1])


def test_a_get_tests_nothing(tab):
    tab("engine").client.get("/ai-settings/engine/", {"do": "test", "choice": "BUILT_IN"})

    assert AuditEntry.objects.filter(action="engine.tested").count() == 0


def test_a_form_of_another_site_is_refused(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.alice, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.post("/ai-settings/engine/", {"choice": "BUILT_IN"}).status_code == 403


def test_language_is_saved(tab, stored):
    tab("language").send(language="ja")

    assert stored().language == "ja"
    assert (
        'value="ja" id="id_language_ja" checked'
        in tab("language").client.get("/ai-settings/language/").content.decode()
    )


@pytest.mark.parametrize("sent", [{"language": "xx"}, {}])
def test_an_unknown_language_is_refused(tab, stored, sent):
    answer = tab("language").send(**sent)

    assert (answer.status_code, list(field_errors(answer)), stored().language) == (422, ["language"], "en")


def test_a_language_saved_meanwhile_is_told(tab, stored):
    seen = tab("language").fields()["version"]
    tab("language").send(language="de")

    late = tab("language").send(version=seen, language="es")

    assert "language: now German" in field_errors(late)["__all__"][0]
    assert stored().language == "de"


def test_meter_only_ends_with_the_companys_own_key_and_the_page_says_so(confirmed, stored):
    confirmed.send(**CLAUDE)
    AISettings.objects.filter(pk=stored().pk).update(meter_only=True)

    confirmed.send(choice="BUILT_IN")

    page = words(confirmed.client.get(confirmed.address))
    assert "Meter only has ended with your own key: each session takes a credit again." in page
    assert stored().meter_only is False
