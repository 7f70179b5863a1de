"""Invitations: nobody becomes a member without agreeing to it.

The link holds a token that is derived from the invitation and the installation's secret, so that it need not travel
through the queue or be kept; the row holds its hash. Sending again makes a new link and ends the old one.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from secrets import token_hex

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, gettext

from accounts.domain import audit, members
from accounts.domain.administrators import lock_company
from accounts.domain.grants import UnableToGrant, check_grant, grants_of_roles
from accounts.domain.groups import UnableToSaveGroup, check_growth
from accounts.models import AuditEntry, Company, Invitation, Membership, Role, User, UserGroup
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing, forget_grants, require
from insights_portal.queueing import enqueue_on_commit

LIFE = timedelta(days=7)
#: An invitation that ended, however it did, is kept so long; then its address is gone.
KEPT = timedelta(days=90)
#: Mails of one company in an hour: the portal is nobody's way to send letters to strangers.
MOST_AN_HOUR = 100
_SENDING = ("invitation.created", "invitation.resent")


class UnableToInvite(Exception):
    """The invitation cannot be sent; the sentence says why."""


class UnusableInvitation(Exception):
    """The link opens nothing, or not for this person; the sentence says what to do."""


class SignInFirst(UnusableInvitation):
    """The person has an account: they sign in with it and accept then."""


@transaction.atomic
def invite(
    *,
    company: Company,
    email: str,
    name: str,
    granted: Iterable[Role],
    log_sessions: bool,
    origin: str,
    actor: User,
    at: datetime,
    user_groups: Iterable[UserGroup] = (),
) -> Invitation:
    """Offer a membership by mail. *origin* is the portal's address (`https://portal.example`), for the link.

    Raises PermissionMissing, UnableToGrant, UnableToSaveGroup, UnableToInvite.
    """
    _lock_and_authorise(company=company, actor=actor)
    granted, user_groups, email = list(granted), list(user_groups), email.strip().lower()
    _check_offer(company=company, granted=granted, user_groups=user_groups, actor=actor)
    _check_not_there(company=company, email=email, at=at)
    _check_rate(company=company, at=at)
    invitation = Invitation.objects.create(
        company=company,
        email=email,
        name=name.strip(),
        log_sessions=log_sessions,
        digest=token_hex(32),
        invited_by=actor,
        created_at=at,
        expires_at=at + LIFE,
    )
    invitation.roles.set(granted)
    invitation.user_groups.set(user_groups)
    _send(invitation=invitation, action=_SENDING[0], origin=origin, actor=actor, at=at)
    return invitation


@transaction.atomic
def resend(*, invitation: Invitation, origin: str, actor: User, at: datetime) -> None:
    """Send it with a new link, valid for LIFE from now; the old link ends. *actor* stands for it from now on.

    Raises PermissionMissing, UnableToGrant, UnableToInvite.
    """
    company = invitation.company
    _lock_and_authorise(company=company, actor=actor)
    invitation.refresh_from_db()
    if invitation.accepted_at or invitation.revoked_at:
        raise UnableToInvite(gettext("This invitation is no longer open. Invite the person again."))
    _check_offer(company=company, granted=invitation.roles.all(), user_groups=invitation.user_groups.all(), actor=actor)
    _check_rate(company=company, at=at)
    invitation.invited_by, invitation.expires_at, invitation.sent_at = actor, at + LIFE, None
    invitation.save(update_fields=["invited_by", "expires_at", "sent_at"])
    _send(invitation=invitation, action=_SENDING[1], origin=origin, actor=actor, at=at)


@transaction.atomic
def revoke(*, invitation: Invitation, actor: User, at: datetime) -> None:
    """Make the link useless at once. Revoking what is not open changes nothing. Raises PermissionMissing."""
    _lock_and_authorise(company=invitation.company, actor=actor)
    open_ones = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if open_ones.update(revoked_at=at):
        audit.record(company=invitation.company, actor=actor, action="invitation.revoked", at=at, target=invitation)


def token_of(invitation: Invitation) -> str:
    """The token of the invitation's latest link: 64 hexadecimal digits."""
    value = f"{invitation.pk}:{invitation.expires_at.timestamp()}"
    return salted_hmac("accounts.invitation", value, algorithm="sha256").hexdigest()


def to_send(*, invitation_id: int, at: datetime) -> Invitation | None:
    """The invitation whose mail is due, None where it is no longer open or was sent."""
    due = Invitation.objects.filter(pk=invitation_id, accepted_at=None, revoked_at=None, sent_at=None)
    return due.filter(expires_at__gt=at).select_related("company", "invited_by").first()


def note_sent(*, invitation: Invitation, at: datetime) -> None:
    """Keep that the mail server took the mail with this link, unless it was sent again meanwhile."""
    Invitation.objects.filter(pk=invitation.pk, expires_at=invitation.expires_at).update(sent_at=at)


def forget_ended(*, at: datetime) -> int:
    """Delete the invitations of all companies that ended KEPT ago; return how many."""
    end = at - KEPT
    ended = Invitation.objects.filter(Q(accepted_at__lte=end) | Q(revoked_at__lte=end) | Q(expires_at__lte=end))
    _, counts = ended.delete()
    return counts.get(Invitation._meta.label, 0)


def open_invitation(*, token: str, at: datetime) -> Invitation:
    """The open invitation that *token* belongs to. Raises UnusableInvitation."""
    found = Invitation.objects.filter(digest=_digest(token)).select_related("company", "invited_by").first()
    if found is None:
        raise UnusableInvitation(
            gettext(
                "This link is not known. Check that it was copied whole; if the invitation was sent again, "
                "use the newest."
            )
        )
    if found.accepted_at is not None:
        raise UnusableInvitation(gettext("This invitation was accepted already. Sign in to go on."))
    if found.revoked_at is not None:
        raise UnusableInvitation(
            gettext("This invitation was revoked. Ask %(company)s if you expected it.") % {"company": found.company}
        )
    if found.expires_at <= at:
        raise UnusableInvitation(
            gettext("This invitation has expired. Ask %(company)s to send it again.") % {"company": found.company}
        )
    invitation: Invitation = found
    return invitation


def has_account(*, invitation: Invitation) -> bool:
    return User.objects.filter(email=invitation.email).exists()


def account_of(*, invitation: Invitation) -> User | None:
    """The account that the invited address has already."""
    return User.objects.filter(email=invitation.email).first()


@transaction.atomic
def accept_as_new(*, token: str, name: str, password: str, at: datetime) -> Membership:
    """Make an account for the invited person and tie it to the company.

    Raises UnusableInvitation, SignInFirst where there is an account, ValidationError for a weak password.
    """
    invitation = _claim(token=token, at=at)
    validate_password(password, User(email=invitation.email, name=name))
    user, is_new = User.objects.get_or_create(
        email=invitation.email, defaults={"name": name.strip(), "password": make_password(password)}
    )
    if not is_new:
        raise SignInFirst(gettext("There is an account for this address. Sign in with it to accept."))
    return _accept(invitation=invitation, user=user, at=at)


@transaction.atomic
def accept_as_member(*, token: str, user: User, at: datetime) -> Membership:
    """Tie the person who is signed in to the company. Raises UnusableInvitation."""
    invitation = _claim(token=token, at=at)
    if user.email != invitation.email:
        raise UnusableInvitation(
            gettext("This invitation is for another address. Sign out, and sign in with that one.")
        )
    return _accept(invitation=invitation, user=user, at=at)


def _claim(*, token: str, at: datetime) -> Invitation:
    company = open_invitation(token=token, at=at).company
    lock_company(company=company)
    invitation = open_invitation(token=token, at=at)
    inviter = invitation.invited_by
    try:
        if inviter is not None:
            forget_grants(inviter)
            require(inviter, Permission.MANAGE_USERS, company.pk)
            _check_offer(
                company=company,
                granted=invitation.roles.all(),
                user_groups=invitation.user_groups.all(),
                actor=inviter,
            )
    except (PermissionMissing, UnableToGrant) as error:
        raise UnusableInvitation(
            gettext("Whoever invited you may no longer give you this place. Ask %(company)s for a new invitation.")
            % {"company": company}
        ) from error
    return invitation


def _accept(*, invitation: Invitation, user: User, at: datetime) -> Membership:
    # The company is locked: of two who accept at once, the second finds the invitation accepted.
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=at)
    company = invitation.company
    audit.record(company=company, actor=user, action="invitation.accepted", at=at, target=invitation)
    try:
        return members.join(
            company=company,
            user=user,
            granted=invitation.roles.all(),
            user_groups=invitation.user_groups.all(),
            log_sessions=invitation.log_sessions,
            actor=invitation.invited_by,
            at=at,
        )
    except members.UnableToAddMember as error:
        raise UnusableInvitation(
            gettext("You are a member of %(company)s already. Sign in to go on.") % {"company": company}
        ) from error


def _check_offer(*, company: Company, granted: Iterable[Role], user_groups: Iterable[UserGroup], actor: User) -> None:
    granted, user_groups = list(granted), list(user_groups)
    if any(row.company_id != company.pk for row in (*granted, *user_groups)):
        raise UnableToSaveGroup(gettext("One of the roles or groups is no longer there. Choose again."))
    check_grant(actor=actor, company=company, wanted=grants_of_roles(granted))
    for group in user_groups:
        check_growth(group=group, actor=actor)


def _check_not_there(*, company: Company, email: str, at: datetime) -> None:
    named = {"email": email, "company": company}
    if Membership.objects.filter(company=company, user__email=email, is_active=True).exists():
        raise UnableToInvite(gettext("%(email)s is a member of %(company)s already.") % named)
    open_ones = Invitation.objects.filter(company=company, email=email, accepted_at=None, revoked_at=None)
    open_ones.filter(expires_at__lte=at).update(revoked_at=at)
    if open_ones.exists():
        raise UnableToInvite(
            gettext("%(email)s has an open invitation. Send that one again, or revoke it first.") % named
        )


def _check_rate(*, company: Company, at: datetime) -> None:
    recent = AuditEntry.objects.filter(company=company, action__in=_SENDING, at__gt=at - timedelta(hours=1))
    if recent.count() >= MOST_AN_HOUR:
        raise UnableToInvite(
            gettext("A company sends at most %(most_an_hour)s invitations an hour. Go on a little later.")
            % {"most_an_hour": MOST_AN_HOUR}
        )


def _send(*, invitation: Invitation, action: str, origin: str, actor: User, at: datetime) -> None:
    invitation.digest = _digest(token_of(invitation))
    invitation.save(update_fields=["digest"])
    details = {"roles": sorted(invitation.roles.values_list("name", flat=True))}
    audit.record(company=invitation.company, actor=actor, action=action, at=at, target=invitation, details=details)
    enqueue_on_commit(
        "accounts.tasks.send_invitation",
        invitation_id=invitation.pk,
        origin=origin,
        language=actor.language or get_language() or "",
    )


def _lock_and_authorise(*, company: Company, actor: User) -> None:
    lock_company(company=company)
    forget_grants(actor)
    require(actor, Permission.MANAGE_USERS, company.pk)


def _digest(token: str) -> str:
    # 256 bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(token.encode()).hexdigest()
