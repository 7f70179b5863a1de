from datetime import timedelta

import pytest
from django_q.models import OrmQ

from accounts.domain import groups, invitations
from accounts.domain.grants import UnableToGrant
from accounts.domain.groups import UnableToSaveGroup
from accounts.domain.invitations import UnableToInvite
from accounts.models import AuditEntry, Invitation, Role, User
from accounts.tenancy import PermissionMissing
from tests.accounts.domain.test_groups import limited_manager
from tests.accounts.domain.test_members import user_manager

GOOD = "another-long-password"
ORIGIN = "https://portal.example"


def role_of(cast, name):
    return Role.objects.get(company=cast.northwind, name=name)


def invite(cast, at, *role_names, actor=None, email="Erin@Example.org ", **kwargs):
    return invitations.invite(
        company=cast.northwind,
        email=email,
        name=" Erin ",
        granted=[role_of(cast, name) for name in role_names],
        log_sessions=False,
        origin=ORIGIN,
        actor=actor or cast.alice,
        at=at,
        **kwargs,
    )


def accept(invitation, at, password=GOOD):
    token = invitations.token_of(invitation)
    return invitations.accept_as_new(token=token, name="Erin", password=password, at=at)


def test_invite_keeps_the_offer_and_tells_the_audit_log_without_the_address(cast, at):
    group = groups.create_group(company=cast.northwind, name="First line", members=[], at=at)

    invitation = invite(cast, at, "Supporter", user_groups=[group])

    assert (invitation.email, invitation.name, invitation.log_sessions) == ("erin@example.org", "Erin", False)
    assert [role.name for role in invitation.roles.all()] == ["Supporter"]
    assert list(invitation.user_groups.all()) == [group]
    assert (invitation.invited_by, invitation.expires_at) == (cast.alice, at + timedelta(days=7))
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.object_id) == ("invitation.created", str(invitation.pk))
    assert entry.details == {"roles": ["Supporter"]}
    assert not User.objects.filter(email="erin@example.org").exists()


def test_the_token_is_neither_stored_nor_queued(cast, at, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invite(cast, at)

    token = invitations.token_of(invitation)
    assert len(token) == 64
    assert token not in str(Invitation.objects.filter(pk=invitation.pk).values())
    task = OrmQ.objects.get().task
    assert (task["func"], task["kwargs"]) == (
        "accounts.tasks.send_invitation",
        {"invitation_id": invitation.pk, "origin": ORIGIN, "language": "en"},
    )


@pytest.mark.parametrize("name", ["bob", "mona", "charlie"])
def test_inviting_asks_for_manage_users(cast, at, name):
    invitation = invite(cast, at)
    actor = getattr(cast, name)

    with pytest.raises(PermissionMissing):
        invite(cast, at, email="x@example.org", actor=actor)
    with pytest.raises(PermissionMissing):
        invitations.resend(invitation=invitation, origin=ORIGIN, actor=actor, at=at)
    with pytest.raises(PermissionMissing):
        invitations.revoke(invitation=invitation, actor=actor, at=at)
    assert invitations.to_send(invitation_id=invitation.pk, at=at) == invitation


def test_nobody_invites_with_what_they_do_not_hold(cast, at):
    dora = user_manager(cast, at)

    with pytest.raises(UnableToGrant):
        invite(cast, at, "Supporter", actor=dora)
    assert invite(cast, at, "Desk", actor=dora).invited_by == dora


def test_nobody_invites_into_a_group_beyond_their_reach(cast, at):
    group = groups.create_group(company=cast.northwind, name="First line", members=[], at=at)
    dora = limited_manager(cast, at, group)

    with pytest.raises(UnableToGrant, match="limits the role"):
        invite(cast, at, user_groups=[group], actor=dora)


def test_another_companys_roles_and_groups_are_refused(cast, at):
    theirs = groups.create_group(company=cast.contoso, name="Theirs", members=[], at=at)

    with pytest.raises(UnableToSaveGroup):
        invite(cast, at, user_groups=[theirs])
    with pytest.raises(UnableToSaveGroup):
        invitations.invite(
            company=cast.northwind,
            email="x@example.org",
            name="",
            granted=[Role.objects.get(company=cast.contoso, name="Auditor")],
            log_sessions=True,
            origin=ORIGIN,
            actor=cast.alice,
            at=at,
        )


def test_members_and_invited_persons_are_not_invited_again(cast, at):
    invite(cast, at)

    with pytest.raises(UnableToInvite, match="has an open invitation"):
        invite(cast, at, email="erin@example.org")
    with pytest.raises(UnableToInvite, match="is a member of Northwind IT Services already"):
        invite(cast, at, email=cast.bob.email)
    assert (
        invitations.invite(
            company=cast.contoso,
            email="erin@example.org",
            name="",
            granted=[],
            log_sessions=True,
            origin=ORIGIN,
            actor=cast.charlie,
            at=at,
        ).company
        == cast.contoso
    )


def test_an_expired_invitation_makes_room_for_a_new_one(cast, at):
    old, later = invite(cast, at), at + timedelta(days=7)

    new = invite(cast, later)

    old.refresh_from_db()
    assert (old.revoked_at, new.expires_at) == (later, later + timedelta(days=7))


def test_a_company_sends_100_invitations_an_hour(cast, at):
    invitation = invite(cast, at)
    AuditEntry.objects.bulk_create(
        AuditEntry(company=cast.northwind, action="invitation.resent", at=at) for _ in range(99)
    )

    soon, later = at + timedelta(minutes=59), at + timedelta(minutes=60)
    with pytest.raises(UnableToInvite, match="at most 100 invitations an hour"):
        invite(cast, soon, email="x@example.org")
    with pytest.raises(UnableToInvite, match="at most 100"):
        invitations.resend(invitation=invitation, origin=ORIGIN, actor=cast.alice, at=soon)
    assert invite(cast, later, email="x@example.org").email == "x@example.org"
