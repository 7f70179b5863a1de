"""The key of a company's engine: written, replaced, removed, and never shown again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import AISettings, User
from insights_portal.lib import crypto

#: Longest key that is stored, in characters.
MAX_KEY_CHARS = 1000


class UnableToStoreKey(Exception):
    """What was entered can't be an engine key."""


def set_engine_key(*, ai_settings: AISettings, key: str, actor: User, at: datetime) -> None:
    """Store *key* encrypted, in place of any earlier one. Raises UnableToStoreKey."""
    encrypted = encrypted_key(key)
    action = "engine_key.replaced" if ai_settings.engine_key_encrypted else "engine_key.set"
    _store(ai_settings=ai_settings, encrypted=encrypted, action=action, actor=actor, at=at)


def encrypted_key(key: str) -> str:
    """*key* as it is stored. Raises UnableToStoreKey.

    Only visible ASCII is taken: the key travels in a header line, where anything else would break out of it.
    """
    key = key.strip()
    if not key:
        raise UnableToStoreKey(_("The key is empty. Paste the whole key, or remove the stored one."))
    if len(key) > MAX_KEY_CHARS:
        raise UnableToStoreKey(
            _("The key is longer than %(max_key_chars)s characters. Paste the key alone.")
            % {"max_key_chars": MAX_KEY_CHARS}
        )
    if not all("!" <= character <= "~" for character in key):
        raise UnableToStoreKey(
            _("The key holds a space or a special character. Copy it again, without any text around.")
        )
    return crypto.encrypt(key)


def remove_engine_key(*, ai_settings: AISettings, actor: User, at: datetime) -> None:
    """Forget the stored key. Without one there is nothing to do, and nothing is recorded."""
    if ai_settings.engine_key_encrypted:
        _store(ai_settings=ai_settings, encrypted="", action="engine_key.removed", actor=actor, at=at)


def engine_key(ai_settings: AISettings) -> str:
    """The key in clear, for the engine alone; empty when none is stored. Raises crypto.UnableToDecrypt."""
    stored = ai_settings.engine_key_encrypted
    return crypto.decrypt(stored) if stored else ""


def _store(*, ai_settings: AISettings, encrypted: str, action: str, actor: User, at: datetime) -> None:
    ai_settings.engine_key_encrypted = encrypted
    with transaction.atomic():
        ai_settings.save(update_fields=["engine_key_encrypted", "changed_at"])
        audit.record(company=ai_settings.company, actor=actor, action=action, at=at, target=ai_settings)
