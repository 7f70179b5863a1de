from datetime import UTC, datetime

import pytest

from accounts.domain import roles, single_sign_on
from accounts.domain.members import add_member, change_member, remove_member
from accounts.domain.single_sign_on import UnableToSaveSignOn, UnableToSignOn
from accounts.models import AuditEntry, SingleSignOn
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing
from tests.saml_provider import ENTITY_ID, SIGN_ON_URL, key_and_certificate

OIDC = {"kind": "OIDC", "is_active": True, "issuer_url": "https://idp.example", "client_id": "portal"}


def save(cast, values, *, actor=None, secret="", at=None):
    single_sign_on.save_sign_on(
        sign_on=cast.northwind.single_sign_on,
        values=values,
        secret=secret,
        actor=actor or cast.alice,
        at=at or datetime.now(UTC),
    )
    return SingleSignOn.objects.get(company=cast.northwind)


def saml(certificate):
    return {
        "kind": "SAML",
        "is_active": True,
        "idp_entity_id": ENTITY_ID,
        "idp_sign_on_url": SIGN_ON_URL,
        "idp_certificate": certificate,
    }


def test_settings_are_stored_and_told_without_the_secret(cast):
    stored = save(cast, OIDC, secret="s3cret")

    assert (stored.client_id, single_sign_on.secret_of(stored), "s3cret" in stored.secret_encrypted) == (
        "portal",
        "s3cret",
        False,
    )
    entry = AuditEntry.objects.get(action="single_sign_on.changed")
    assert entry.details["secret"] == {"before": None, "after": "replaced"}
    assert ("s3cret" in str(entry.details), sorted(entry.details)) == (
        False,
        ["client_id", "is_active", "issuer_url", "secret"],
    )


def test_empty_secret_keeps_the_stored_one_and_no_change_tells_nothing(cast):
    save(cast, OIDC, secret="s3cret")

    stored = save(cast, OIDC)

    assert single_sign_on.secret_of(stored) == "s3cret"
    assert AuditEntry.objects.filter(action="single_sign_on.changed").count() == 1


def test_without_a_secret_there_is_none(cast):
    assert single_sign_on.secret_of(save(cast, OIDC)) == ""


def test_only_who_manages_the_company_changes_it(cast):
    with pytest.raises(PermissionMissing):
        save(cast, OIDC, actor=cast.bob)
    with pytest.raises(PermissionMissing):
        save(cast, OIDC, actor=cast.charlie)


def test_a_provider_who_could_vouch_for_an_administrator_is_an_administrators_to_name(cast, at):
    values = {"name": "Settings", "permissions": [Permission.MANAGE_COMPANY], "at": at}
    role = roles.create_role(company=cast.northwind, **values)
    change_member(membership=cast.membership(cast.bob), granted=[role], log_sessions=True, at=at)

    with pytest.raises(UnableToSaveSignOn, match="by whoever holds every permission"):
        save(cast, OIDC, actor=cast.bob)

    assert SingleSignOn.objects.get(company=cast.northwind).issuer_url == ""


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"is_active": True}, "enter: the issuer, the client ID."),
        ({"kind": "SAML", "is_active": True}, "the entity ID of the provider"),
    ],
)
def test_what_is_incomplete_is_not_offered(cast, values, missing):
    with pytest.raises(UnableToSaveSignOn, match=missing):
        save(cast, values)


def test_certificate_may_lack_the_lines_that_frame_it(cast):
    _, certificate = key_and_certificate()
    bare = "".join(certificate.splitlines()[1:-1])

    assert save(cast, saml(bare)).idp_certificate == certificate


def test_audit_log_names_the_certificate_by_its_fingerprint(cast):
    save(cast, saml(key_and_certificate()[1]))

    told = AuditEntry.objects.get(action="single_sign_on.changed").details["idp_certificate"]
    assert (told["before"], len(told["after"])) == ("", 32)


@pytest.mark.parametrize(
    ("certificate", "why"),
    [
        (lambda: "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----", "can't be read"),
        (lambda: key_and_certificate("ended", -1)[1], "ended on"),
        (lambda: key_and_certificate("weak", 30, 1024)[1], "too weak"),
        (lambda: key_and_certificate()[1] + key_and_certificate("other")[1], "can't be read"),
    ],
)
def test_certificate_that_cannot_serve_is_refused(cast, certificate, why):
    with pytest.raises(UnableToSaveSignOn, match=why):
        save(cast, saml(certificate()))


def test_offered_by_finds_what_is_on_and_tells_nothing_else(cast):
    stored = save(cast, OIDC)

    assert single_sign_on.offered_by(slug=" Northwind ") == stored
    for slug in ("contoso", "nowhere"):
        with pytest.raises(UnableToSignOn, match="No company offers single sign-on under this short name"):
            single_sign_on.offered_by(slug=slug)


def test_described_for_provider_knows_saml_only_on_or_off(cast):
    save(cast, {"kind": "SAML"})

    assert single_sign_on.described_for_provider(slug="northwind").company == cast.northwind
    assert single_sign_on.described_for_provider(slug="contoso") is None


def test_person_of_is_an_active_member_of_that_company(cast, at):
    stored = save(cast, OIDC)
    assert single_sign_on.person_of(sign_on=stored, email=" BOB@northwind.example") == cast.bob

    remove_member(membership=cast.membership(cast.bob), at=at)
    for email in ("bob@northwind.example", "charlie@contoso.example"):
        with pytest.raises(UnableToSignOn, match="no member here"):
            single_sign_on.person_of(sign_on=stored, email=email)


def test_an_operators_account_reaches_beyond_every_company(cast):
    cast.bob.is_staff = True

    assert single_sign_on.reaches_beyond(user=cast.bob, company_id=cast.northwind.pk) is True


def test_reaches_beyond_counts_ended_memberships(cast, at):
    assert single_sign_on.reaches_beyond(user=cast.bob, company_id=cast.northwind.pk) is False

    other = add_member(company=cast.contoso, email=cast.bob.email, name="", role_names=["Supporter"], at=at)
    remove_member(membership=other, at=at)

    assert single_sign_on.reaches_beyond(user=cast.bob, company_id=cast.northwind.pk) is True
