"""Invitations accepted, refused, revoked and forgotten."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.domain import groups, invitations, members, roles
from accounts.domain.invitations import UnableToInvite, UnusableInvitation
from accounts.models import AuditEntry, Invitation, Membership, User
from accounts.permissions import Permission
from accounts.tenancy import grants_of
from tests.accounts.domain.test_invitations import GOOD, ORIGIN, accept, invite, role_of
from tests.accounts.domain.test_members import user_manager


def test_a_new_person_gets_account_roles_and_groups_by_accepting(cast, at):
    group = groups.create_group(company=cast.northwind, name="First line", members=[], at=at)
    invitation = invite(cast, at, "Supporter", user_groups=[group])

    membership = accept(invitation, at)

    erin = User.objects.get(email="erin@example.org")
    assert (membership.user, erin.name, erin.check_password(GOOD)) == (erin, "Erin", True)
    assert (membership.log_sessions, list(membership.user_groups.all())) == (False, [group])
    assert grants_of(erin) == {cast.northwind.pk: set(role_of(cast, "Supporter").permissions)}
    told = AuditEntry.objects.order_by("-pk")[:2]
    assert [(entry.action, entry.actor) for entry in told] == [
        ("member.added", cast.alice),
        ("invitation.accepted", erin),
    ]
    assert told[0].details == {"roles": ["Supporter"], "user_groups": ["First line"], "log_sessions": False}


def test_a_weak_password_accepts_nothing(cast, at):
    invitation = invite(cast, at)

    with pytest.raises(ValidationError):
        accept(invitation, at, password="short")
    assert accept(invitation, at).user.email == "erin@example.org"


def test_an_account_is_not_taken_over_by_an_invitation(cast, at):
    invitation = invite(cast, at, email=cast.charlie.email)

    assert invitations.has_account(invitation=invitation) is True
    with pytest.raises(invitations.SignInFirst):
        accept(invitation, at)
    assert User.objects.get(pk=cast.charlie.pk).check_password(GOOD) is False


def test_an_account_accepts_for_itself_only(cast, at):
    invitation = invite(cast, at, "Auditor", email=cast.charlie.email)
    token = invitations.token_of(invitation)

    with pytest.raises(UnusableInvitation, match="for another address"):
        invitations.accept_as_member(token=token, user=cast.bob, at=at)
    membership = invitations.accept_as_member(token=token, user=cast.charlie, at=at)

    assert (membership.company, membership.user) == (cast.northwind, cast.charlie)
    assert set(grants_of(User.objects.get(pk=cast.charlie.pk))) == {cast.northwind.pk, cast.contoso.pk}


def test_a_removed_member_comes_back_by_accepting(cast, at):
    members.remove_member(membership=cast.membership(cast.bob), at=at)
    invitation = invite(cast, at, "Auditor", email=cast.bob.email)

    invitations.accept_as_member(token=invitations.token_of(invitation), user=cast.bob, at=at)

    bob = cast.membership(cast.bob)
    assert (bob.is_active, [role.name for role in bob.roles.all()]) == (True, ["Auditor"])


def test_one_who_became_a_member_meanwhile_accepts_nothing(cast, at):
    invitation = invite(cast, at, "Auditor", email=cast.charlie.email)
    members.add_member(company=cast.northwind, email=cast.charlie.email, name="", role_names=["Supporter"], at=at)

    with pytest.raises(UnusableInvitation, match="member of Northwind IT Services already"):
        invitations.accept_as_member(token=invitations.token_of(invitation), user=cast.charlie, at=at)

    membership = Membership.objects.get(company=cast.northwind, user=cast.charlie)
    assert [role.name for role in membership.roles.all()] == ["Supporter"]


def test_a_link_works_once(cast, at):
    invitation = invite(cast, at)
    membership = accept(invitation, at)

    with pytest.raises(UnusableInvitation, match="accepted already"):
        invitations.accept_as_member(token=invitations.token_of(invitation), user=membership.user, at=at)


def test_an_expired_link_opens_nothing(cast, at):
    invitation = invite(cast, at)

    token, end = invitations.token_of(invitation), at + timedelta(days=7)
    assert invitations.open_invitation(token=token, at=end - timedelta(seconds=1)) == invitation
    with pytest.raises(UnusableInvitation, match="has expired"):
        invitations.open_invitation(token=token, at=end)


@pytest.mark.parametrize("token", ["", "x", "0" * 64, "🙂" * 20])
def test_a_forged_link_opens_nothing(cast, at, token):
    invite(cast, at)

    with pytest.raises(UnusableInvitation, match="not known"):
        invitations.open_invitation(token=token, at=at)


def test_the_stored_hash_is_no_link(cast, at):
    with pytest.raises(UnusableInvitation, match="not known"):
        invitations.open_invitation(token=invite(cast, at).digest, at=at)


def test_a_revoked_link_opens_nothing(cast, at):
    invitation = invite(cast, at)

    for _ in range(2):
        invitations.revoke(invitation=invitation, actor=cast.alice, at=at)

    with pytest.raises(UnusableInvitation, match="was revoked"):
        accept(invitation, at)
    assert AuditEntry.objects.filter(action="invitation.revoked").count() == 1
    assert invitations.to_send(invitation_id=invitation.pk, at=at) is None
    with pytest.raises(UnableToInvite, match="no longer open"):
        invitations.resend(invitation=invitation, origin=ORIGIN, actor=cast.alice, at=at)


def test_sending_again_ends_the_old_link(cast, at):
    invitation, later = invite(cast, at), at + timedelta(days=3)
    old = invitations.token_of(invitation)
    invitations.note_sent(invitation=invitation, at=at)
    assert invitations.to_send(invitation_id=invitation.pk, at=at) is None

    invitations.resend(invitation=invitation, origin=ORIGIN, actor=cast.alice, at=later)

    assert invitation.expires_at == later + timedelta(days=7)
    assert invitations.to_send(invitation_id=invitation.pk, at=later) == invitation
    with pytest.raises(UnusableInvitation, match="not known"):
        invitations.open_invitation(token=old, at=later)
    assert accept(invitation, later).company == cast.northwind


def test_a_mail_of_the_old_link_does_not_count_as_the_new_one_sent(cast, at):
    old = invite(cast, at)
    stale = Invitation.objects.get(pk=old.pk)
    invitations.resend(invitation=old, origin=ORIGIN, actor=cast.alice, at=at + timedelta(days=1))

    invitations.note_sent(invitation=stale, at=at)

    assert Invitation.objects.get(pk=old.pk).sent_at is None


def test_ended_invitations_are_forgotten_after_90_days(cast, at):
    revoked = invite(cast, at, email="revoked@example.org")
    invitations.revoke(invitation=revoked, actor=cast.alice, at=at)
    accepted = invite(cast, at, "Supporter", email="accepted@example.org")
    accept(accepted, at)
    expiring = invite(cast, at, email="expiring@example.org")
    end = at + timedelta(days=90)

    assert invitations.forget_ended(at=end - timedelta(seconds=1)) == 0
    assert invitations.forget_ended(at=end) == 2
    assert list(Invitation.objects.all()) == [expiring]
    assert invitations.forget_ended(at=end + timedelta(days=7)) == 1
    assert User.objects.filter(email="accepted@example.org").count() == 1


def test_an_inviter_who_was_demoted_lets_nobody_in(cast, at):
    dora = user_manager(cast, at)
    invitation = invite(cast, at, "Desk", actor=dora)
    roles.change_role(role=role_of(cast, "Desk"), name="Desk", permissions=[Permission.VIEW_EVENT_LOGS], at=at)

    with pytest.raises(UnusableInvitation, match="may no longer give you this place"):
        accept(invitation, at)
    assert not User.objects.filter(email="erin@example.org").exists()


def test_a_role_that_grew_beyond_the_inviter_is_not_given(cast, at):
    dora = user_manager(cast, at)
    roles.create_role(company=cast.northwind, name="Helper", permissions=[], at=at)
    invitation = invite(cast, at, "Helper", actor=dora)
    roles.change_role(role=role_of(cast, "Helper"), name="Helper", permissions=list(Permission), at=at)

    with pytest.raises(UnusableInvitation, match="may no longer give you this place"):
        accept(invitation, at)


def test_an_administrator_stands_for_what_they_send_again(cast, at):
    dora = user_manager(cast, at)
    invitation = invite(cast, at, "Desk", actor=dora)
    members.remove_member(membership=Membership.objects.get(user=dora), at=at)

    invitations.resend(invitation=invitation, origin=ORIGIN, actor=cast.alice, at=at + timedelta(seconds=1))

    assert [role.name for role in accept(invitation, at).roles.all()] == ["Desk"]


def test_an_invitation_of_the_installation_needs_no_inviter(cast, at):
    invitation = invite(cast, at, "Auditor")
    Invitation.objects.filter(pk=invitation.pk).update(invited_by=None)

    assert accept(invitation, at).is_active is True
