import pytest

from accounts.domain import ai_settings
from accounts.domain.engine_keys import UnableToStoreKey, engine_key
from accounts.models import AISettings, AuditEntry
from accounts.tenancy import PermissionMissing


def stored(cast):
    return AISettings.objects.get(company=cast.northwind)


def switched_off(cast):
    AISettings.objects.filter(company=cast.northwind).update(
        is_active=False, terms_version="", terms_accepted_at=None, terms_accepted_by=None
    )
    return stored(cast)


def save(cast, at, *, actor=None, **fields):
    fields = {
        "is_active": True,
        "terms_accepted": False,
        "values": {},
        "engine_key": "",
        "forget_engine_key": False,
        **fields,
    }
    ai_settings.save_settings(ai_settings=stored(cast), actor=actor or cast.alice, at=at, **fields)
    return stored(cast)


def actions():
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_activate_keeps_version_who_and_when(cast, at):
    ai_settings.activate(ai_settings=switched_off(cast), actor=cast.alice, at=at)

    settings = stored(cast)
    assert (settings.is_active, settings.terms_version) == (True, ai_settings.TERMS_VERSION)
    assert (settings.terms_accepted_by, settings.terms_accepted_at) == (cast.alice, at)
    assert AuditEntry.objects.latest("pk").details == {"terms_version": ai_settings.TERMS_VERSION}


@pytest.mark.parametrize("name", ["mona", "charlie"])
def test_settings_ask_for_manage_company_there(cast, at, name):
    actor = getattr(cast, name)

    with pytest.raises(PermissionMissing):
        ai_settings.activate(ai_settings=stored(cast), actor=actor, at=at)
    with pytest.raises(PermissionMissing):
        ai_settings.deactivate(ai_settings=stored(cast), actor=actor, at=at)
    with pytest.raises(PermissionMissing):
        save(cast, at, actor=actor)


def test_save_settings_switches_on_with_the_terms_only(cast, at):
    switched_off(cast)

    with pytest.raises(ai_settings.UnableToSaveSettings, match="Accept the terms"):
        save(cast, at)
    assert stored(cast).is_active is False

    assert save(cast, at, terms_accepted=True).is_active is True


def test_save_settings_asks_again_for_other_terms(cast, at):
    AISettings.objects.filter(company=cast.northwind).update(terms_version="2020-01")

    with pytest.raises(ai_settings.UnableToSaveSettings, match="Accept the terms"):
        save(cast, at)

    assert save(cast, at, terms_accepted=True).terms_version == ai_settings.TERMS_VERSION


def test_save_settings_switches_off_and_on_with_the_configuration_kept(cast, at):
    save(cast, at, values={"minimum_seconds": 90})

    off = save(cast, at, is_active=False)
    on = save(cast, at)

    assert (off.is_active, off.minimum_seconds, off.outgoing_enabled) == (False, 90, True)
    assert (on.is_active, on.minimum_seconds) == (True, 90)
    assert actions()[-3:] == ["ai_settings.changed", "ai_settings.deactivated", "ai_settings.activated"]


def test_save_settings_tells_what_changed(cast, at):
    save(cast, at, values={"language": "de", "outgoing_enabled": True})

    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.details) == ("ai_settings.changed", {"language": {"before": "en", "after": "de"}})


def test_save_settings_without_a_change_tells_nothing(cast, at):
    before = actions()

    save(cast, at, values={"language": "en"})

    assert actions() == before


def test_save_settings_leaves_alone_what_is_not_to_be_decided_here(cast, at):
    assert save(cast, at, values={"meter_only": True, "company_id": cast.contoso.pk}).meter_only is False


def test_save_settings_wants_a_key_or_an_address_for_claude(cast, at):
    with pytest.raises(ai_settings.UnableToSaveSettings, match="needs a key, or the base URL"):
        save(cast, at, values={"engine": "CLAUDE"})
    assert stored(cast).engine == "BUILT_IN"

    address = save(cast, at, values={"engine": "CLAUDE", "engine_base_url": "https://llm.example"})
    assert (address.engine, address.engine_base_url) == ("CLAUDE", "https://llm.example")


def test_save_settings_stores_replaces_and_forgets_the_key(cast, at):
    with_key = save(cast, at, values={"engine": "CLAUDE"}, engine_key="sk-secret-one")
    kept = save(cast, at)

    assert (engine_key(with_key), engine_key(kept)) == ("sk-secret-one", "sk-secret-one")
    assert engine_key(save(cast, at, values={"engine": "BUILT_IN"}, forget_engine_key=True)) == ""
    assert "sk-secret-one" not in str(list(AuditEntry.objects.values_list("details", flat=True)))


def test_save_settings_stores_nothing_with_a_key_that_is_none(cast, at):
    with pytest.raises(UnableToStoreKey):
        save(cast, at, values={"language": "de"}, engine_key="two words")
    assert stored(cast).language == "en"


def test_a_stored_key_does_not_travel_to_another_address(cast, at):
    save(cast, at, values={"engine": "CLAUDE"}, engine_key="sk-old")

    with pytest.raises(ai_settings.UnableToSaveSettings, match="belongs to the old base URL"):
        save(cast, at, values={"engine_base_url": "https://llm.example"})
    assert (stored(cast).engine_base_url, engine_key(stored(cast))) == ("", "sk-old")

    moved = save(cast, at, values={"engine_base_url": "https://llm.example"}, engine_key="sk-new")
    assert (moved.engine_base_url, engine_key(moved)) == ("https://llm.example", "sk-new")
    forgotten = save(cast, at, values={"engine_base_url": "https://other.example"}, forget_engine_key=True)
    assert (forgotten.engine_base_url, engine_key(forgotten)) == ("https://other.example", "")


@pytest.mark.parametrize("address", ["https://user:secret@llm.example", "https://llm.example/?key=s", "https://a.b/#s"])
def test_an_address_holds_no_secret(cast, at, address):
    before = actions()

    with pytest.raises(ai_settings.UnableToSaveSettings, match="no user name, password or query"):
        save(cast, at, values={"engine_base_url": address})
    assert (stored(cast).engine_base_url, actions()) == ("", before)
