import pytest

from accounts.domain import engine_settings
from accounts.domain.ai_settings import ENGINE, UnableToSaveSettings
from accounts.domain.engine_keys import UnableToStoreKey, engine_key
from accounts.domain.engine_settings import BUILT_IN, CLAUDE, OWN_SERVER, EngineChoice
from accounts.domain.settings_versions import SettingsChanged, version_of
from accounts.models import AISettings, AuditEntry
from accounts.tenancy import PermissionMissing

OWN = "https://llm.example/v1"


def stored(cast):
    return AISettings.objects.get(company=cast.northwind)


def save(cast, at, choice, *, actor=None, version=None, **fields):
    return engine_settings.save_engine(
        company=cast.northwind,
        chosen=EngineChoice(choice=choice, **fields),
        version=version,
        actor=actor or cast.alice,
        at=at,
    )


def draft(cast, choice, *, actor=None, **fields):
    chosen = EngineChoice(choice=choice, **fields)
    return engine_settings.draft_of(company=cast.northwind, chosen=chosen, actor=actor or cast.alice)


def actions():
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


@pytest.mark.parametrize("name", ["mona", "charlie"])
def test_engine_asks_for_manage_company_there(cast, at, name):
    with pytest.raises(PermissionMissing):
        save(cast, at, BUILT_IN, actor=getattr(cast, name))
    with pytest.raises(PermissionMissing):
        draft(cast, BUILT_IN, actor=getattr(cast, name))


def test_each_choice_is_read_back_with_the_host_it_sends_to(cast, at):
    read = []
    for choice, fields in ((BUILT_IN, {}), (CLAUDE, {"key": "sk-one"}), (OWN_SERVER, {"base_url": OWN, "key": "two"})):
        save(cast, at, choice, **fields)
        read.append((engine_settings.choice_of(stored(cast)), engine_settings.host_of(stored(cast))))

    assert read == [(BUILT_IN, ""), (CLAUDE, "api.anthropic.com"), (OWN_SERVER, "llm.example")]


def test_claude_needs_a_key_and_an_own_server_an_address(cast, at):
    with pytest.raises(UnableToSaveSettings, match="Claude needs a key") as keyless:
        save(cast, at, CLAUDE)
    with pytest.raises(UnableToSaveSettings, match="Enter the base URL") as nowhere:
        save(cast, at, OWN_SERVER)
    assert (keyless.value.field, nowhere.value.field, stored(cast).engine) == ("key", "base_url", "BUILT_IN")

    own = save(cast, at, OWN_SERVER, base_url=OWN, model="ours")
    assert (own.engine, own.engine_base_url, own.engine_model) == ("CLAUDE", OWN, "ours")


def test_claude_has_the_providers_own_address(cast, at):
    assert save(cast, at, CLAUDE, base_url=OWN, key="sk-one").engine_base_url == ""


def test_the_key_is_stored_kept_replaced_and_forgotten_and_never_recorded(cast, at):
    first = engine_key(save(cast, at, CLAUDE, key="sk-secret-one"))
    kept = engine_key(save(cast, at, CLAUDE, model="newer"))
    second = engine_key(save(cast, at, CLAUDE, key="sk-secret-two"))
    none = engine_key(save(cast, at, BUILT_IN, forget_key=True))

    assert (first, kept, second, none) == ("sk-secret-one", "sk-secret-one", "sk-secret-two", "")
    assert [name for name in actions() if name.startswith("engine_key")] == [
        "engine_key.set",
        "engine_key.replaced",
        "engine_key.removed",
    ]
    assert "sk-secret" not in str(list(AuditEntry.objects.values_list("details", flat=True)))


def test_nothing_is_stored_with_a_key_that_is_none(cast, at):
    with pytest.raises(UnableToStoreKey):
        save(cast, at, CLAUDE, model="newer", key="two words")

    assert (stored(cast).engine, stored(cast).engine_model) == ("BUILT_IN", "")


def test_a_new_key_and_its_removal_at_once_are_refused(cast, at):
    with pytest.raises(UnableToSaveSettings, match="not both"):
        save(cast, at, BUILT_IN, key="sk-one", forget_key=True)


def test_claude_cannot_lose_its_key(cast, at):
    save(cast, at, CLAUDE, key="sk-one")

    with pytest.raises(UnableToSaveSettings, match="Claude needs a key"):
        save(cast, at, CLAUDE, forget_key=True)


def test_a_stored_key_does_not_travel_to_another_address(cast, at):
    save(cast, at, CLAUDE, key="sk-old")

    with pytest.raises(UnableToSaveSettings, match="belongs to another address") as refusal:
        save(cast, at, OWN_SERVER, base_url=OWN)
    with pytest.raises(UnableToSaveSettings, match="belongs to another address"):
        draft(cast, OWN_SERVER, base_url=OWN)
    assert (refusal.value.field, stored(cast).engine_base_url, engine_key(stored(cast))) == ("key", "", "sk-old")

    assert engine_key(save(cast, at, OWN_SERVER, base_url=OWN, key="sk-new")) == "sk-new"
    assert engine_key(save(cast, at, OWN_SERVER, base_url=f"{OWN}/2", forget_key=True)) == ""


@pytest.mark.parametrize("address", ["https://user:secret@llm.example", "https://llm.example/?key=s", "https://a.b/#s"])
def test_an_address_holds_no_secret(cast, at, address):
    before = actions()

    with pytest.raises(UnableToSaveSettings, match="no user name, password or query"):
        save(cast, at, OWN_SERVER, base_url=address)
    assert (stored(cast).engine_base_url, actions()) == ("", before)


def test_draft_tries_out_and_saves_nothing(cast, at):
    save(cast, at, CLAUDE, key="sk-old")
    before = actions()

    kept = draft(cast, CLAUDE, model="newer")
    fresh = draft(cast, OWN_SERVER, base_url=OWN, key=" sk-new ")
    forgotten = draft(cast, OWN_SERVER, base_url=OWN, forget_key=True)

    assert (engine_key(kept), kept.engine_model) == ("sk-old", "newer")
    assert (engine_key(fresh), fresh.engine_base_url) == ("sk-new", OWN)
    assert engine_key(forgotten) == ""
    assert (stored(cast).engine_base_url, engine_key(stored(cast)), actions()) == ("", "sk-old", before)


def test_a_key_replaced_meanwhile_is_a_conflict(cast, at):
    save(cast, at, CLAUDE, key="sk-one")
    seen = version_of(stored(cast), ENGINE)
    save(cast, at, CLAUDE, key="sk-two")

    with pytest.raises(SettingsChanged, match="the key was replaced"):
        save(cast, at, CLAUDE, key="sk-three", version=seen)
    assert engine_key(stored(cast)) == "sk-two"


@pytest.mark.parametrize(
    ("choice", "fields", "stays"),
    [
        (BUILT_IN, {}, False),
        (BUILT_IN, {"forget_key": True}, False),
        (CLAUDE, {"key": "sk-two"}, True),
        (OWN_SERVER, {"base_url": OWN, "forget_key": True}, True),
    ],
)
def test_credits_are_only_counted_while_the_engine_is_the_companys_own(cast, at, choice, fields, stays):
    save(cast, at, CLAUDE, key="sk-one")
    AISettings.objects.filter(company=cast.northwind).update(meter_only=True)

    save(cast, at, choice, **fields)

    assert stored(cast).meter_only is stays
    changes = AuditEntry.objects.filter(action="credits.mode_changed")
    assert [entry.details["mode"] for entry in changes] == ([] if stays else ["budget"])
