import json

import pytest

from accounts.domain.engine_keys import (
    MAX_KEY_CHARS,
    UnableToStoreKey,
    engine_key,
    remove_engine_key,
    set_engine_key,
)
from accounts.models import AISettings, AuditEntry
from insights_portal.lib.crypto import UnableToDecrypt

KEY = "sk-northwind-0123456789"


def stored(company) -> AISettings:
    return AISettings.objects.get(company=company)


def entries(company) -> list[tuple[str, str, dict]]:
    rows = AuditEntry.objects.filter(company=company, action__startswith="engine_key.").order_by("pk")
    return [(row.action, row.actor.name, row.details) for row in rows]


def test_set_engine_key_stores_it_encrypted(cast, at):
    set_engine_key(ai_settings=stored(cast.northwind), key=f"  {KEY}\n", actor=cast.alice, at=at)

    row = stored(cast.northwind)
    assert engine_key(row) == KEY
    assert KEY not in row.engine_key_encrypted
    assert engine_key(stored(cast.contoso)) == ""


def test_set_engine_key_writes_audit_entries_without_the_secret(cast, at):
    set_engine_key(ai_settings=stored(cast.northwind), key=KEY, actor=cast.alice, at=at)
    set_engine_key(ai_settings=stored(cast.northwind), key=f"{KEY}-2", actor=cast.alice, at=at)

    assert entries(cast.northwind) == [("engine_key.set", "Alice", {}), ("engine_key.replaced", "Alice", {})]
    assert entries(cast.contoso) == []
    everything = json.dumps(list(AuditEntry.objects.values()), default=str)
    assert "sk-northwind" not in everything
    assert engine_key(stored(cast.northwind)) == f"{KEY}-2"


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("  ", "The key is empty. Paste the whole key, or remove the stored one."),
        ("x" * (MAX_KEY_CHARS + 1), "The key is longer than 1000 characters. Paste the key alone."),
        ("sk-a b", "The key holds a space or a special character. Copy it again, without any text around."),
        ("sk-a\r\nX-Evil: 1", "The key holds a space or a special character. Copy it again, without any text around."),
        ("sk-ä", "The key holds a space or a special character. Copy it again, without any text around."),
    ],
)
def test_set_engine_key_refuses_what_cannot_be_a_key(cast, at, key, sentence):
    with pytest.raises(UnableToStoreKey) as refusal:
        set_engine_key(ai_settings=stored(cast.northwind), key=key, actor=cast.alice, at=at)

    assert str(refusal.value) == sentence
    assert stored(cast.northwind).engine_key_encrypted == ""
    assert entries(cast.northwind) == []


def test_remove_engine_key_forgets_it_once(cast, at):
    set_engine_key(ai_settings=stored(cast.northwind), key=KEY, actor=cast.alice, at=at)

    remove_engine_key(ai_settings=stored(cast.northwind), actor=cast.alice, at=at)
    remove_engine_key(ai_settings=stored(cast.northwind), actor=cast.alice, at=at)

    assert engine_key(stored(cast.northwind)) == ""
    assert [action for action, _, _ in entries(cast.northwind)] == ["engine_key.set", "engine_key.removed"]


def test_engine_key_survives_rotation_and_tells_when_it_cannot(cast, at, settings):
    settings.ENCRYPTION_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    set_engine_key(ai_settings=stored(cast.northwind), key=KEY, actor=cast.alice, at=at)

    settings.ENCRYPTION_KEYS = ["YWJjZGVmZ2hpamFiY2RlZmdoaWphYmNkZWZnaGlqYWI=", *settings.ENCRYPTION_KEYS]
    assert engine_key(stored(cast.northwind)) == KEY

    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    with pytest.raises(UnableToDecrypt):
        engine_key(stored(cast.northwind))
