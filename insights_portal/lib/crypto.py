"""Secrets at rest: Fernet with rotatable keys (`ENCRYPTION_KEYS`, newest first), and keyed fingerprints."""

import base64
import hashlib
import hmac
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _


class UnableToDecrypt(Exception):
    """The stored secret was written under a key that is no longer configured."""


@cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _keys() -> tuple[str, ...]:
    named = tuple(settings.ENCRYPTION_KEYS)
    return named or tuple(
        base64.urlsafe_b64encode(hashlib.sha256(f"at rest:{secret}".encode()).digest()).decode()
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )


def encrypt(plain: str) -> str:
    return _box(_keys()).encrypt(plain.encode()).decode()


def decrypt(stored: str) -> str:
    """Return the secret in clear. Raises UnableToDecrypt when no configured key opens it."""
    try:
        return _box(_keys()).decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise UnableToDecrypt(_("This secret was stored under another key. Enter it again.")) from error


def fingerprint(value: str, *, purpose: str) -> str:
    """A keyed hash (32 hexadecimal digits) by which a value is recognised without being kept."""
    key = f"{purpose}:{settings.SECRET_KEY}".encode()
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:32]


def authenticate(message: bytes, *, purpose: str) -> str:
    """A keyed hash (64 hexadecimal digits) that only this installation's newest key makes of *message*."""
    return _mac(_secrets()[0], message, purpose)


def is_authentic(message: bytes, digest: str, *, purpose: str) -> bool:
    """Whether *digest* was made of *message* by `authenticate`, under the newest key or one that came before it."""
    return any(hmac.compare_digest(_mac(secret, message, purpose), digest) for secret in _secrets())


def _secrets() -> tuple[str, ...]:
    return (*settings.ENCRYPTION_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def _mac(secret: str, message: bytes, purpose: str) -> str:
    return hmac.new(f"{purpose}:{secret}".encode(), message, hashlib.sha256).hexdigest()
