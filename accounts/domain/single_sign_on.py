"""A company's own identity provider: what is stored about it, and whom it may sign in."""

from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.administrators import lock_company
from accounts.domain.grants import UnableToGrant, check_grant, everything_in
from accounts.enums import SignOnKind
from accounts.models import Company, Membership, SingleSignOn, User
from accounts.permissions import Permission
from accounts.tenancy import forget_grants, require
from insights_portal.lib import crypto

CHANGEABLE = (
    "kind",
    "is_active",
    "issuer_url",
    "client_id",
    "idp_entity_id",
    "idp_sign_on_url",
    "idp_certificate",
)
#: What each kind needs before it is offered, with the words of the page.
_NEEDED = {
    SignOnKind.OIDC: {"issuer_url": "the issuer", "client_id": "the client ID"},
    SignOnKind.SAML: {
        "idp_entity_id": "the entity ID of the provider",
        "idp_sign_on_url": "the sign-on address of the provider",
        "idp_certificate": "the certificate of the provider",
    },
}
_LEAST_RSA_BITS = 2048


class UnableToSaveSignOn(Exception):
    """The settings can't be stored like that; the sentence says what to change."""


class UnableToSignOn(Exception):
    """Nobody is signed in; the sentence says why, to the person who tried."""


@transaction.atomic
def save_sign_on(*, sign_on: SingleSignOn, values: dict[str, Any], secret: str, actor: User, at: datetime) -> None:
    """Store *values* (of CHANGEABLE). An empty *secret* keeps the stored one; it is never shown again.

    Raises UnableToSaveSignOn, PermissionMissing.
    """
    lock_company(company=sign_on.company)
    forget_grants(actor)
    require(actor, Permission.MANAGE_COMPANY, sign_on.company_id)
    _check_reach(company=sign_on.company, actor=actor)
    stored = SingleSignOn.objects.get(pk=sign_on.pk)
    before = _described(stored)
    for name in CHANGEABLE:
        setattr(stored, name, values.get(name, getattr(stored, name)))
    if stored.idp_certificate:
        stored.idp_certificate = _checked_certificate(stored.idp_certificate, at)
    _check_complete(stored)
    after = _described(stored)
    if secret:
        stored.secret_encrypted = crypto.encrypt(secret)
    stored.save()
    changes = {name: {"before": before[name], "after": after[name]} for name in after if before[name] != after[name]}
    if secret:
        changes["secret"] = {"before": None, "after": "replaced"}
    if changes:
        audit.record(
            company=stored.company,
            actor=actor,
            action="single_sign_on.changed",
            at=at,
            target=stored,
            details=changes,
        )


def offered_by(*, slug: str) -> SingleSignOn:
    """The single sign-on of the company with this short name. Raises UnableToSignOn for none, or one that is off.

    Both read alike: who tries names learns nothing of companies that don't offer it.
    """
    found = SingleSignOn.objects.filter(company__slug=slug.strip().lower(), is_active=True).select_related("company")
    sign_on: SingleSignOn | None = found.first()
    if sign_on is None:
        raise UnableToSignOn(
            _("No company offers single sign-on under this short name. Check it with your administrator.")
        )
    return sign_on


def described_for_provider(*, slug: str) -> SingleSignOn | None:
    """The SAML set-up of the company with this short name, on or off: its provider reads our description first."""
    return SingleSignOn.objects.filter(company__slug=slug, kind=SignOnKind.SAML).select_related("company").first()


def person_of(*, sign_on: SingleSignOn, email: str) -> User:
    """The active member of the company whom its provider vouches for by *email*. Raises UnableToSignOn."""
    members = Membership.objects.filter(
        company_id=sign_on.company_id, user__email=email.strip().lower(), is_active=True, user__is_active=True
    )
    found = members.select_related("user").first()
    if found is None:
        raise UnableToSignOn(
            _(
                "%(company)s has no member here with your address %(email)s. Ask an administrator to add "
                "you; nothing was set up."
            )
            % {"company": sign_on.company, "email": email}
        )
    user: User = found.user
    return user


def reaches_beyond(*, user: User, company_id: int) -> bool:
    """Whether the account opens more than that company: all of the installation, for its operator, or another company.

    An ended membership counts: that company may take them back.
    """
    return bool(user.is_staff) or Membership.objects.filter(user=user).exclude(company_id=company_id).exists()


def secret_of(sign_on: SingleSignOn) -> str:
    """The client secret in clear, for the provider alone; empty when none is stored. Raises UnableToDecrypt."""
    return crypto.decrypt(sign_on.secret_encrypted) if sign_on.secret_encrypted else ""


def _check_reach(*, company: Company, actor: User) -> None:
    # Whoever names the provider decides whom it vouches for, administrators included.
    try:
        check_grant(actor=actor, company=company, wanted=[everything_in(company)])
    except UnableToGrant as error:
        raise UnableToSaveSignOn(
            _(
                "The provider can sign anybody of the company in. It is chosen by whoever holds every "
                "permission: ask an administrator."
            )
        ) from error


def _check_complete(sign_on: SingleSignOn) -> None:
    if not sign_on.is_active:
        return
    needed = _NEEDED[SignOnKind(sign_on.kind)]
    missing = [words for name, words in needed.items() if not getattr(sign_on, name)]
    if missing:
        raise UnableToSaveSignOn(
            _("Before single sign-on is offered, enter: %(missing)s.") % {"missing": ", ".join(missing)}
        )


def _checked_certificate(text: str, at: datetime) -> str:
    """The certificate as PEM; the lines that frame it may be missing. Raises UnableToSaveSignOn."""
    body = text.replace("-----BEGIN CERTIFICATE-----", "").replace("-----END CERTIFICATE-----", "").strip()
    framed = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
    try:
        certificate = x509.load_pem_x509_certificate(framed.encode())
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnableToSaveSignOn(
            _("The certificate can't be read. Paste one certificate in PEM form, from BEGIN to END.")
        ) from error
    if certificate.not_valid_after_utc <= at:
        raise UnableToSaveSignOn(
            _("The certificate ended on %(not_valid_after_utc)s. Ask the provider for a new one.")
            % {"not_valid_after_utc": f"{certificate.not_valid_after_utc:%Y-%m-%d}"}
        )
    is_strong = isinstance(key, ec.EllipticCurvePublicKey) or (
        isinstance(key, rsa.RSAPublicKey) and key.key_size >= _LEAST_RSA_BITS
    )
    if not is_strong:
        raise UnableToSaveSignOn(
            _("The certificate's key is too weak. Use RSA of %(_least_rsa_bits)s bits, or ECDSA.")
            % {"_least_rsa_bits": _LEAST_RSA_BITS}
        )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _described(sign_on: SingleSignOn) -> dict[str, Any]:
    """What the audit log says of the settings: the certificate by its fingerprint."""
    described = {name: getattr(sign_on, name) for name in CHANGEABLE if name != "idp_certificate"}
    described["idp_certificate"] = _fingerprint(sign_on.idp_certificate)
    return described


def _fingerprint(pem: str) -> str:
    return x509.load_pem_x509_certificate(pem.encode()).fingerprint(hashes.SHA256()).hex()[:32] if pem else ""
