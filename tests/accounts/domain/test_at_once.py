"""Two who act at the same moment: one wins, and nothing is lost."""

import pytest

from accounts.domain import invitations, members, roles
from accounts.domain.administrators import LastAdministrator, administrator_ids
from accounts.domain.invitations import UnusableInvitation
from accounts.domain.roles import UnableToSaveRole
from accounts.models import Membership, Role, User
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing
from tests.accounts.domain.test_invitations import GOOD, invite
from tests.at_once import at_once, shared_database
from tests.conftest import build_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db):
    return build_cast()


@pytest.fixture
def two_administrators(cast, at):
    administrator = Role.objects.get(company=cast.northwind, name="Administrator")
    members.change_member(membership=cast.membership(cast.mona), granted=[administrator], log_sessions=True, at=at)
    return cast


def demote(cast, at, *, actor, whom):
    """A call that leaves *whom* the role Supporter only, as *actor* would by page: everything read afresh."""

    def call():
        members.change_member(
            membership=Membership.objects.get(user__email=whom.email),
            granted=[Role.objects.get(company=cast.northwind, name="Supporter")],
            log_sessions=True,
            actor=User.objects.get(pk=actor.pk),
            at=at,
        )
        return "done"

    return call


def administrators(cast):
    [found] = at_once(lambda: administrator_ids(company=cast.northwind))
    return found


def test_two_administrators_demote_each_other(two_administrators, at, tmp_path):
    cast = two_administrators
    with shared_database(tmp_path):
        outcomes = at_once(
            demote(cast, at, actor=cast.alice, whom=cast.mona), demote(cast, at, actor=cast.mona, whom=cast.alice)
        )

        assert sorted(map(str, outcomes)) == sorted(map(str, ["done", PermissionMissing]))
        assert len(administrators(cast)) == 1


def test_two_administrators_step_down(two_administrators, at, tmp_path):
    cast = two_administrators
    with shared_database(tmp_path):
        outcomes = at_once(
            demote(cast, at, actor=cast.alice, whom=cast.alice), demote(cast, at, actor=cast.mona, whom=cast.mona)
        )

        assert sorted(map(str, outcomes)) == sorted(map(str, ["done", LastAdministrator]))
        assert len(administrators(cast)) == 1


def test_an_administrator_is_removed_while_another_weakens_the_role(two_administrators, at, tmp_path):
    cast = two_administrators

    def remove():
        alice = User.objects.get(pk=cast.alice.pk)
        members.remove_member(membership=Membership.objects.get(user=cast.mona), actor=alice, at=at)
        return "done"

    def weaken():
        mona = User.objects.get(pk=cast.mona.pk)
        role = Role.objects.get(company=cast.northwind, name="Administrator")
        roles.change_role(role=role, name="Less", permissions=[Permission.MANAGE_USERS], actor=mona, at=at)
        return "done"

    with shared_database(tmp_path):
        outcomes = at_once(remove, weaken)

        # Weakening would leave nobody, whoever comes first; removed, Mona may not even ask.
        assert outcomes[0] == "done"
        assert outcomes[1] in (LastAdministrator, PermissionMissing)
        assert len(administrators(cast)) == 1


def test_the_hundredth_role_is_created_once(cast, at, tmp_path):
    for number in range(Role.objects.filter(company=cast.northwind).count(), 99):
        roles.create_role(company=cast.northwind, name=f"Role {number}", permissions=[], at=at)

    def create(name):
        return roles.create_role(company=cast.northwind, name=name, permissions=[], actor=cast.alice, at=at).name

    with shared_database(tmp_path):
        outcomes = at_once(lambda: create("One"), lambda: create("Other"))

        assert UnableToSaveRole in outcomes
        [count] = at_once(lambda: Role.objects.filter(company=cast.northwind).count())
        assert count == 100


def test_an_invitation_is_accepted_once(cast, at, tmp_path):
    invitation = invite(cast, at, "Supporter", email=cast.charlie.email)
    token = invitations.token_of(invitation)

    def accept():
        invitations.accept_as_member(token=token, user=User.objects.get(pk=cast.charlie.pk), at=at)
        return "done"

    with shared_database(tmp_path):
        outcomes = at_once(accept, accept)

        assert sorted(map(str, outcomes)) == sorted(map(str, ["done", UnusableInvitation]))


def test_a_new_person_is_made_once(cast, at, tmp_path):
    token = invitations.token_of(invite(cast, at, "Supporter"))

    def accept():
        invitations.accept_as_new(token=token, name="Erin", password=GOOD, at=at)
        return "done"

    with shared_database(tmp_path):
        outcomes = at_once(accept, accept)

        assert sorted(map(str, outcomes)) == sorted(map(str, ["done", UnusableInvitation]))
        [count] = at_once(lambda: User.objects.filter(email="erin@example.org").count())
        assert count == 1
