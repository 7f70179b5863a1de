"""A write that is sent twice under one key is done once."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Company, User
from summaries.models import IdempotencyKey

#: How long a key is remembered.
KEPT_FOR = timedelta(hours=24)
#: A write that has not ended after so long was cut off; its key is free again.
ABANDONED_AFTER = timedelta(hours=2)
MAX_KEY_CHARS = 100


class KeyMisused(Exception):
    """The key was used for another request, or is no key."""


class KeyInUse(Exception):
    """The first request under this key has not been answered yet."""


def claim_key(*, company: Company, user: User, key: str, fingerprint: str, at: datetime) -> IdempotencyKey:
    """Take the key for one write. When the key's `result` is set, the write was done before: answer with that.

    Raises KeyMisused, KeyInUse.
    """
    if not key.isascii() or not key.isprintable() or not 0 < len(key) <= MAX_KEY_CHARS:
        raise KeyMisused(
            _("An idempotency key has 1 to %(max_key_chars)s printable ASCII characters.")
            % {"max_key_chars": MAX_KEY_CHARS}
        )
    keys = IdempotencyKey.objects.filter(company=company, user=user)
    keys.filter(created_at__lt=at - KEPT_FOR).delete()
    keys.filter(key=key, result="", created_at__lt=at - ABANDONED_AFTER).delete()
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(
                company=company, user=user, key=key, fingerprint=fingerprint, created_at=at
            )
    except IntegrityError:
        known = IdempotencyKey.objects.get(company=company, user=user, key=key)
    if known.fingerprint != fingerprint:
        raise KeyMisused(_("This idempotency key was used for another request. Use a new key for a new request."))
    if not known.result:
        raise KeyInUse(_("The first request with this idempotency key is still running. Wait, then send it again."))
    return known


def settle_key(*, key: IdempotencyKey, result: str) -> None:
    key.result = result
    key.save(update_fields=["result"])


def release_key(*, key: IdempotencyKey) -> None:
    """The write failed and left nothing: the same key may be used for another attempt."""
    key.delete()
