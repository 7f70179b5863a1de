"""Second factors: who has one, what is told about them, and what an administrator does when one is lost."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext

from accounts.domain import audit, open_sign_ins
from accounts.domain.administrators import lock_company
from accounts.domain.grants import UnableToGrant, check_grant, grants_of_roles
from accounts.models import Membership, User
from accounts.permissions import Permission
from accounts.tenancy import forget_grants, require

#: Recovery codes stand in for these; alone they are none.
_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class UnableToResetFactors(Exception):
    """The actor may not take this member's second factors away."""


def has_second_factor(*, user: User) -> bool:
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=_FACTORS).exists())


def is_only_factor(*, user: User, kind: str) -> bool:
    """Whether a factor of this *kind* is the one that *user* has."""
    return kind in _FACTORS and Authenticator.objects.filter(user_id=user.pk, type__in=_FACTORS).count() == 1


def record_factor_change(*, user: User, verb: str, kind: str, at: datetime, address: str | None) -> None:
    """Tell every company of *user*. *verb*: mfa_added, mfa_removed, mfa_codes_renewed; *kind* as in Authenticator."""
    memberships = Membership.objects.filter(user=user, is_active=True).select_related("company")
    for membership in memberships:
        audit.record(
            company=membership.company,
            actor=user,
            action=f"member.{verb}",
            at=at,
            target=membership,
            address=address,
            details={"kind": kind},
        )


@transaction.atomic
def reset_factors(*, membership: Membership, actor: User, at: datetime) -> bool:
    """Take the member's second factors away, so that they sign in with the password and set up new ones.

    Return whether there were any. Their open sign-ins end. Raises PermissionMissing, and UnableToResetFactors where
    the member could do what *actor* can't, or belongs to another company too.
    """
    company = membership.company
    lock_company(company=company)
    forget_grants(actor)
    require(actor, Permission.MANAGE_USERS, company.pk)
    _check_reach(membership=membership, actor=actor)
    removed, _ = Authenticator.objects.filter(user_id=membership.user_id).delete()
    if not removed:
        return False
    open_sign_ins.end_all(user=membership.user)
    audit.record(company=company, actor=actor, action="member.mfa_reset", at=at, target=membership)
    return True


def _check_reach(*, membership: Membership, actor: User) -> None:
    if membership.user.is_staff:
        raise UnableToResetFactors(
            gettext("%(membership)s runs this installation and uses a recovery code.") % {"membership": membership}
        )
    # An ended membership counts as well: the other company may take the person back.
    if Membership.objects.filter(user=membership.user).exclude(company=membership.company).exists():
        raise UnableToResetFactors(
            gettext("%(membership)s belongs to another company too. They use a recovery code, or ask the operator.")
            % {"membership": membership}
        )
    try:
        check_grant(actor=actor, company=membership.company, wanted=grants_of_roles(membership.roles.all()))
    except UnableToGrant as error:
        raise UnableToResetFactors(
            gettext("%(membership)s holds permissions that you do not hold. Ask an administrator.")
            % {"membership": membership}
        ) from error
