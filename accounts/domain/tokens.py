"""API tokens: 256 random bits, shown once, stored as a hash, limited by scopes, roles and time."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.grants import UnableToGrant, check_grant, grants_of_roles
from accounts.enums import ApiScope
from accounts.models import ApiToken, Company, Membership, User
from accounts.permissions import Permission
from accounts.tenancy import require
from insights_portal.lib.statements import Statement, columns_of, read_model

#: Marks the product's tokens, so that secret scanners can find one that leaked.
MARK = "sip_"
LONGEST_LIFE = timedelta(days=366)
#: `last_used_at` is written at most this often, so that reading the API does not become writing the database.
USE_STEP = timedelta(minutes=1)
_PREFIX_LENGTH = 12
_BY_PREFIX = Statement(
    lambda: (
        ApiToken.objects.filter(prefix="")
        .order_by()
        .values_list(
            *columns_of(ApiToken),
            *columns_of(Membership, "membership__"),
            *columns_of(User, "membership__user__"),
            *columns_of(Company, "company__"),
        )
    ),
    is_planned_once=True,
)


class UnableToIssueToken(Exception):
    """The token could not be made; the sentence says what to change."""


class UnusableToken(Exception):
    """The presented token opens nothing; the sentence says what to do."""


@transaction.atomic
def issue_token(
    *, membership: Membership, name: str, scopes: Iterable[str], expires_at: datetime, actor: User, at: datetime
) -> tuple[ApiToken, str]:
    """Make a token for the member and return it with its plain text, which is never to be had again.

    Raises UnableToIssueToken, and PermissionMissing when *actor* may not manage integrations in that company.
    """
    require(actor, Permission.MANAGE_INTEGRATIONS, membership.company_id)
    wanted = sorted(set(scopes))
    _check_request(membership=membership, name=name, scopes=wanted, expires_at=expires_at, at=at)
    _check_reach(membership=membership, actor=actor)
    plain = MARK + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        company_id=membership.company_id,
        membership=membership,
        name=name.strip(),
        prefix=plain[:_PREFIX_LENGTH],
        digest=_digest(plain),
        scopes=wanted,
        expires_at=expires_at,
    )
    details = {"name": token.name, "scopes": wanted, "expires_at": expires_at.isoformat()}
    audit.record(company=membership.company, actor=actor, action="token.issued", at=at, target=token, details=details)
    return token, plain


def _check_request(*, membership: Membership, name: str, scopes: list[str], expires_at: datetime, at: datetime) -> None:
    unknown = [scope for scope in scopes if scope not in ApiScope.values]
    if unknown:
        raise UnableToIssueToken(
            _("There is no scope “%(unknown)s”. Choose from %(scopes)s.")
            % {"unknown": unknown[0], "scopes": ", ".join(ApiScope.values)}
        )
    if not scopes:
        raise UnableToIssueToken(_("A token needs at least one scope."))
    if not name.strip():
        raise UnableToIssueToken(_("A token needs a name, so that it can be told from others."))
    if not membership.is_active:
        raise UnableToIssueToken(
            _("%(membership)s is no longer an active member. Choose another member.") % {"membership": membership}
        )
    if not at < expires_at <= at + LONGEST_LIFE:
        raise UnableToIssueToken(_("A token must expire in the future, within a year from now."))


def _check_reach(*, membership: Membership, actor: User) -> None:
    """A token acts with its member's roles: whoever issues it must reach as far."""
    try:
        check_grant(actor=actor, company=membership.company, wanted=grants_of_roles(membership.roles.all()))
    except UnableToGrant as error:
        raise UnableToIssueToken(
            _("%(membership)s holds permissions that you do not hold. Issue it for yourself, or ask an administrator.")
            % {"membership": membership}
        ) from error


@transaction.atomic
def revoke_token(*, token: ApiToken, actor: User, at: datetime) -> None:
    """Make the token useless at once. Revoking twice changes nothing. Raises PermissionMissing."""
    require(actor, Permission.MANAGE_INTEGRATIONS, token.company_id)
    if not ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at):
        return
    token.revoked_at = at
    audit.record(
        company=token.company, actor=actor, action="token.revoked", at=at, target=token, details={"name": token.name}
    )


def verify_token(*, plain: str, at: datetime) -> ApiToken:
    """Return the token that *plain* opens, with member, user and company loaded. Raises UnusableToken."""
    token = _read_token(plain[:_PREFIX_LENGTH])
    digest = _digest(plain)
    if token is None or not hmac.compare_digest(token.digest, digest):
        raise UnusableToken(_("This token is not known. Check that it was copied whole, or issue a new one."))
    if token.revoked_at is not None:
        raise UnusableToken(_("This token was revoked. Issue a new one under API tokens."))
    if token.expires_at <= at:
        raise UnusableToken(_("This token has expired. Issue a new one under API tokens."))
    if not token.membership.is_active or not token.membership.user.is_active:
        raise UnusableToken(_("The member of this token is no longer active. Issue a token for another member."))
    _note_use(token=token, at=at)
    return token


def _read_token(prefix: str) -> ApiToken | None:
    """The token with member, user and company; every request of a program asks for it."""
    rows = _BY_PREFIX.rows(prefix)
    if not rows:
        return None
    values = iter(rows[0])
    token = read_model(ApiToken, values)
    token.membership = read_model(Membership, values)
    token.membership.user = read_model(User, values)
    token.company = read_model(Company, values)
    return token


def _note_use(*, token: ApiToken, at: datetime) -> None:
    if token.last_used_at is not None and at - token.last_used_at < USE_STEP:
        return
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - USE_STEP)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=at)
    token.last_used_at = at


def _digest(plain: str) -> str:
    # 256 random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(plain.encode()).hexdigest()
