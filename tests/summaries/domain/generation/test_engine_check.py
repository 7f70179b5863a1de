import pytest

from accounts.domain.engine_settings import BUILT_IN, CLAUDE, OWN_SERVER, EngineChoice, save_engine
from accounts.models import AISettings, AuditEntry
from accounts.tenancy import PermissionMissing
from summaries.domain.generation.engine_check import BUILT_IN_READY, check_engine
from tests.messages_server import MODEL, message, messages_server

__all__ = ["messages_server"]


@pytest.fixture(autouse=True)
def loopback_is_allowed(settings):
    settings.OUTBOUND_ALLOWED_HOSTS = ["127.0.0.1"]


def check(cast, at, choice, *, actor=None, **fields):
    chosen = EngineChoice(choice=choice, **fields)
    return check_engine(company=cast.northwind, chosen=chosen, actor=actor or cast.alice, at=at)


def recorded():
    return [entry.details for entry in AuditEntry.objects.filter(action="engine.tested").order_by("pk")]


def test_the_built_in_engine_needs_no_connection(cast, at):
    found = check(cast, at, BUILT_IN)

    assert (found.ok, found.sentence) == (True, BUILT_IN_READY)
    assert recorded() == [{"engine": "BUILT_IN", "host": "", "ok": True, "latency_ms": 0, "model": ""}]


def test_what_stands_in_the_form_is_tried_and_not_saved(cast, at, messages_server):
    messages_server.answers(message("ready"))

    found = check(cast, at, OWN_SERVER, base_url=messages_server.base_url, key="sk-form")

    (sent,) = messages_server.requests
    assert (found.ok, found.model, sent.headers["x-api-key"]) == (True, MODEL, "sk-form")
    assert AISettings.objects.get(company=cast.northwind).engine == "BUILT_IN"
    (entry,) = recorded()
    assert (entry["host"], entry["ok"], entry["model"]) == ("127.0.0.1", True, MODEL)
    assert "sk-form" not in str(entry)


def test_the_stored_key_is_never_sent_to_another_address(cast, at, messages_server):
    messages_server.answers(message("ready"))
    save_engine(
        company=cast.northwind,
        chosen=EngineChoice(choice=CLAUDE, key="sk-stored"),
        version=None,
        actor=cast.alice,
        at=at,
    )

    with pytest.raises(Exception, match="belongs to another address"):
        check(cast, at, OWN_SERVER, base_url=messages_server.base_url)
    check(cast, at, OWN_SERVER, base_url=messages_server.base_url, forget_key=True)

    (sent,) = messages_server.requests
    assert "sk-stored" not in str(sent.headers)


@pytest.mark.parametrize("name", ["mona", "charlie"])
def test_testing_asks_for_manage_company_there(cast, at, messages_server, name):
    with pytest.raises(PermissionMissing):
        check(cast, at, OWN_SERVER, base_url=messages_server.base_url, actor=getattr(cast, name))

    assert messages_server.requests == []
