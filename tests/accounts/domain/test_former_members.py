import pytest
from axes.models import AccessAttempt
from guardian.models import GroupObjectPermission

from accounts.domain.administrators import LastAdministrator
from accounts.domain.former_members import UnableToForget, forget_member
from accounts.domain.members import add_member
from accounts.domain.tokens import issue_token
from accounts.models import ApiToken, Invitation, Mail, Membership, User, UserGroup
from accounts.permissions import Permission
from accounts.tenancy import company_ids_with
from tests.conftest import NOW, PASSWORD


@pytest.fixture
def bob(cast):
    """Bob with a token, a group, an invitation and a failed sign-in."""
    membership = cast.membership(cast.bob)
    issue_token(
        membership=membership,
        name="CI",
        scopes=["sessions:read"],
        expires_at=NOW.replace(year=2027),
        actor=cast.alice,
        at=NOW,
    )
    UserGroup.objects.create(company=cast.northwind, name="Field service").members.add(membership)
    for company in (cast.northwind, cast.contoso):
        Invitation.objects.create(
            company=company, email="Bob@northwind.example", digest=company.slug, created_at=NOW, expires_at=NOW
        )
    AccessAttempt.objects.create(username=cast.bob.email, ip_address="203.0.113.5", failures_since_start=1)
    AccessAttempt.objects.create(username=cast.alice.email, ip_address="203.0.113.5", failures_since_start=1)
    return membership


def mail_to(user, company):
    values = {"key": "credits", "subject": "Credits are used", "created_at": NOW, "next_attempt_at": NOW}
    Mail.objects.create(company=company, recipient=user, **values)


def test_forget_member_makes_the_person_unknown(cast, bob):
    mail_to(cast.bob, cast.northwind)

    assert forget_member(membership=bob) is True

    assert Mail.objects.count() == 0
    user = User.objects.get(pk=cast.bob.pk)
    assert (user.name, user.is_active, user.has_usable_password()) == (f"Former member {user.pk}", False, False)
    assert user.email == f"former-member-{user.pk}@erased.invalid"
    assert (user.groups.count(), ApiToken.objects.count()) == (0, 0)
    ended = Membership.objects.get(user=user)
    assert (ended.is_active, ended.roles.count(), ended.user_groups.count()) == (False, 0, 0)
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == [cast.alice.email]
    assert [each.company for each in Invitation.objects.all()] == [cast.contoso]


def test_forget_member_ends_sign_in_and_every_permission(cast, bob):
    granted = GroupObjectPermission.objects.count()

    forget_member(membership=bob)

    user = User.objects.get(pk=cast.bob.pk)
    assert (user.check_password(PASSWORD), User.objects.filter(email="bob@northwind.example").count()) == (False, 0)
    assert company_ids_with(user, Permission.VIEW_SUMMARIES) == []
    assert GroupObjectPermission.objects.count() == granted


def test_forget_member_of_two_companies_ends_this_membership_only(cast, bob):
    add_member(company=cast.contoso, email=cast.bob.email, name="Bob", role_names=["Supporter"], at=NOW)
    for company in (cast.northwind, cast.contoso):
        mail_to(cast.bob, company)
    mail_to(cast.alice, cast.northwind)

    assert forget_member(membership=bob) is False

    mails = Mail.objects.order_by("pk").values_list("company__slug", "recipient__name")
    assert list(mails) == [("contoso", "Bob"), ("northwind", "Alice")]

    user = User.objects.get(pk=cast.bob.pk)
    assert (user.name, user.email, user.is_active) == ("Bob", "bob@northwind.example", True)
    assert [each.company for each in Membership.objects.filter(user=user)] == [cast.contoso]
    assert forget_member(membership=Membership.objects.get(user=user)) is True
    assert User.objects.get(pk=cast.bob.pk).name == f"Former member {cast.bob.pk}"


def test_forget_member_keeps_an_administrator(cast):
    with pytest.raises(LastAdministrator):
        forget_member(membership=cast.membership(cast.alice))

    assert User.objects.get(pk=cast.alice.pk).name == "Alice"


def test_forget_member_refuses_who_runs_the_installation(cast, bob):
    User.objects.filter(pk=cast.bob.pk).update(is_staff=True)

    with pytest.raises(UnableToForget):
        forget_member(membership=bob)
