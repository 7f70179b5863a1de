"""The one-time links of the consent pages: 256 random bits, signed in the address, stored as a keyed hash."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _


class LinkKind(StrEnum):
    ASK = "ask"
    WITHDRAW = "withdraw"


class InvalidLink(Exception):
    """The link was not made here: forged, cut off, or of another kind."""


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """*link* goes to the remote user and is kept nowhere; *digest* is what is stored of it."""

    link: str
    digest: str


def issue_link(*, kind: LinkKind) -> IssuedLink:
    return _issued(secrets.token_urlsafe(32), kind=kind)


def withdrawal_link_for(*, link: str) -> IssuedLink:
    """The withdrawal link that belongs to a consent link: always the same, and made only with the server's key.

    Who presses *Allow access* twice gets it twice; who has only the consent link cannot work it out.
    """
    token = _token(link, kind=LinkKind.ASK)
    return _issued(_keyed(settings.SECRET_KEY, "consent withdrawal", token)[:64], kind=LinkKind.WITHDRAW)


def digests_of(*, link: str, kind: LinkKind) -> list[str]:
    """What may be stored of the link, under today's key and those before it. Raises InvalidLink before any query."""
    token = _token(link, kind=kind)
    return [_digest(secret, token, kind) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _issued(token: str, *, kind: LinkKind) -> IssuedLink:
    return IssuedLink(_signer(kind).sign(token), _digest(settings.SECRET_KEY, token, kind))


def _token(link: str, *, kind: LinkKind) -> str:
    try:
        return _signer(kind).unsign(link)
    except BadSignature as error:
        raise InvalidLink(_("This link is not valid.")) from error


def _signer(kind: LinkKind) -> Signer:
    return Signer(sep=".", salt=f"summaries.consent.{kind}")


def _digest(secret: str, token: str, kind: LinkKind) -> str:
    return _keyed(secret, f"consent link {kind}", token)


def _keyed(secret: str, purpose: str, token: str) -> str:
    return hmac.new(f"{purpose}:{secret}".encode(), token.encode(), hashlib.sha256).hexdigest()
