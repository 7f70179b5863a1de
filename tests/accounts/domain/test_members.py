import pytest

from accounts.domain import groups, members, roles
from accounts.domain.administrators import LastAdministrator
from accounts.domain.grants import UnableToGrant
from accounts.domain.tokens import issue_token
from accounts.models import AuditEntry, Membership, Role, User
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing, forget_grants, grants_of
from tests.conftest import PASSWORD

GOOD = "another-long-password"


def role_of(company, name):
    return Role.objects.get(company=company, name=name)


def user_manager(cast, at):
    roles.create_role(company=cast.northwind, name="Desk", permissions=[Permission.MANAGE_USERS], at=at)
    return members.add_member(
        company=cast.northwind, email="dora@northwind.example", name="Dora", role_names=["Desk"], at=at
    ).user


def change(cast, member, *names, at, actor, **kwargs):
    membership = cast.membership(member)
    members.change_member(
        membership=membership,
        granted=[role_of(cast.northwind, name) for name in names],
        log_sessions=True,
        actor=actor,
        at=at,
        **kwargs,
    )


def test_add_member_makes_an_account_and_tells_the_audit_log(cast, at):
    membership = members.add_member(
        company=cast.northwind,
        email=" Erin@Northwind.example ",
        name="Erin",
        role_names=["Auditor"],
        password=GOOD,
        at=at,
    )

    assert (membership.user.email, membership.user.check_password(GOOD)) == ("erin@northwind.example", True)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.actor, entry.company) == ("member.added", None, cast.northwind)
    assert entry.details == {"roles": ["Auditor"], "user_groups": [], "log_sessions": True}


def test_add_member_without_a_password_lets_nobody_sign_in(cast, at):
    membership = members.add_member(company=cast.northwind, email="e@x.example", name="E", role_names=[], at=at)

    assert membership.user.has_usable_password() is False


def test_add_member_takes_a_person_of_another_company_as_they_are(cast, at):
    membership = members.add_member(
        company=cast.northwind,
        email=cast.charlie.email,
        name="Someone else",
        role_names=["Supporter"],
        password=GOOD,
        at=at,
    )

    charlie = User.objects.get(pk=cast.charlie.pk)
    assert membership.user == charlie
    assert (charlie.name, charlie.check_password(PASSWORD)) == ("Charlie", True)
    assert set(grants_of(charlie)) == {cast.northwind.pk, cast.contoso.pk}
    assert "manage_company" not in grants_of(charlie)[cast.northwind.pk]


def test_add_member_refuses_a_member(cast, at):
    with pytest.raises(members.UnableToAddMember, match=r"bob@northwind\.example is a member of Northwind"):
        members.add_member(company=cast.northwind, email=cast.bob.email, name="Bob", role_names=[], at=at)


def test_add_member_brings_a_removed_member_back(cast, at):
    members.remove_member(membership=cast.membership(cast.bob), actor=cast.alice, at=at)

    members.add_member(company=cast.northwind, email=cast.bob.email, name="", role_names=["Auditor"], at=at)

    membership = cast.membership(cast.bob)
    assert (membership.is_active, [role.name for role in membership.roles.all()]) == (True, ["Auditor"])


def test_add_member_refuses_a_role_that_the_company_lacks(cast, at):
    with pytest.raises(Role.DoesNotExist):
        members.add_member(company=cast.northwind, email="e@x.example", name="E", role_names=["King"], at=at)
    assert not User.objects.filter(email="e@x.example").exists()


@pytest.mark.parametrize("name", ["bob", "mona", "charlie"])
def test_changes_of_members_ask_for_manage_users(cast, at, name):
    actor = getattr(cast, name)
    membership = cast.membership(cast.bob)

    with pytest.raises(PermissionMissing):
        members.change_member(membership=membership, granted=[], log_sessions=True, actor=actor, at=at)
    with pytest.raises(PermissionMissing):
        members.remove_member(membership=membership, actor=actor, at=at)
    with pytest.raises(PermissionMissing):
        members.set_password(membership=membership, password=GOOD, actor=actor, at=at)


def test_change_member_replaces_the_roles(cast, at):
    change(cast, cast.bob, "Auditor", "Integrator", actor=cast.alice, at=at)

    expected = set(role_of(cast.northwind, "Auditor").permissions + role_of(cast.northwind, "Integrator").permissions)
    forget_grants(cast.bob)
    assert grants_of(cast.bob) == {cast.northwind.pk: expected}
    assert AuditEntry.objects.latest("pk").details == {
        "before": {"roles": ["Supporter"], "user_groups": [], "log_sessions": True},
        "after": {"roles": ["Auditor", "Integrator"], "user_groups": [], "log_sessions": True},
    }


def test_change_member_leaves_roles_in_another_company_alone(cast, at):
    members.add_member(company=cast.contoso, email=cast.bob.email, name="", role_names=["Auditor"], at=at)
    before = grants_of(cast.bob)[cast.contoso.pk]
    northwind = Membership.objects.get(company=cast.northwind, user=cast.bob)

    members.change_member(membership=northwind, granted=[], log_sessions=False, actor=cast.alice, at=at)

    forget_grants(cast.bob)
    assert grants_of(cast.bob) == {cast.contoso.pk: before}
    assert Membership.objects.get(pk=northwind.pk).log_sessions is False


def test_change_member_refuses_another_companys_role(cast, at):
    with pytest.raises(Role.DoesNotExist):
        members.change_member(
            membership=cast.membership(cast.bob),
            granted=[role_of(cast.contoso, "Supporter")],
            log_sessions=True,
            actor=cast.alice,
            at=at,
        )
    assert grants_of(User.objects.get(pk=cast.bob.pk))[cast.northwind.pk] != set()


def test_change_member_grants_nothing_that_the_actor_lacks(cast, at):
    dora = user_manager(cast, at)

    with pytest.raises(UnableToGrant):
        change(cast, cast.bob, "Supporter", "Administrator", actor=dora, at=at)
    change(cast, cast.bob, "Supporter", "Desk", actor=dora, at=at)

    assert sorted(role.name for role in cast.membership(cast.bob).roles.all()) == ["Desk", "Supporter"]


def test_nobody_raises_their_own_roles(cast, at):
    dora = user_manager(cast, at)

    with pytest.raises(UnableToGrant):
        change(cast, dora, "Administrator", actor=dora, at=at)


def test_last_administrator_is_not_demoted(cast, at):
    with pytest.raises(LastAdministrator, match="Northwind IT Services would be left without an administrator"):
        change(cast, cast.alice, "Supporter", actor=cast.alice, at=at)

    assert [role.name for role in cast.membership(cast.alice).roles.all()] == ["Administrator"]
    assert grants_of(User.objects.get(pk=cast.alice.pk))[cast.northwind.pk] == set(Permission.values)


def test_an_administrator_is_demoted_where_another_remains(cast, at):
    change(cast, cast.mona, "Administrator", actor=cast.alice, at=at)

    change(cast, cast.alice, "Supporter", actor=cast.mona, at=at)

    assert [role.name for role in cast.membership(cast.alice).roles.all()] == ["Supporter"]


def test_an_administrator_who_may_not_sign_in_does_not_count(cast, at):
    change(cast, cast.mona, "Administrator", actor=cast.alice, at=at)
    User.objects.filter(pk=cast.mona.pk).update(is_active=False)

    with pytest.raises(LastAdministrator):
        members.remove_member(membership=cast.membership(cast.alice), actor=cast.alice, at=at)


def test_last_administrator_is_not_removed(cast, at):
    with pytest.raises(LastAdministrator):
        members.remove_member(membership=cast.membership(cast.alice), actor=cast.alice, at=at)

    assert cast.membership(cast.alice).is_active is True


def test_remove_member_ends_roles_and_tokens(cast, at):
    membership = cast.membership(cast.bob)
    token, _ = issue_token(
        membership=membership,
        name="CI",
        scopes=["sessions:read"],
        expires_at=at.replace(year=2027),
        actor=cast.alice,
        at=at,
    )

    members.remove_member(membership=membership, actor=cast.alice, at=at)

    token.refresh_from_db()
    assert (cast.membership(cast.bob).is_active, token.revoked_at) == (False, at)
    assert grants_of(User.objects.get(pk=cast.bob.pk)) == {}
    assert AuditEntry.objects.latest("pk").action == "member.removed"


def test_change_member_puts_the_member_in_groups_or_leaves_them(cast, at):
    group = groups.create_group(company=cast.northwind, name="First line", members=[], at=at)

    change(cast, cast.bob, "Supporter", actor=cast.alice, at=at, user_groups=[group])
    change(cast, cast.bob, "Auditor", actor=cast.alice, at=at)
    assert list(cast.membership(cast.bob).user_groups.all()) == [group]

    change(cast, cast.bob, "Auditor", actor=cast.alice, at=at, user_groups=[])
    assert list(cast.membership(cast.bob).user_groups.all()) == []


def test_the_groups_keep_a_removed_member_who_comes_back_without_them(cast, at):
    group = groups.create_group(company=cast.northwind, name="First line", members=[cast.membership(cast.bob)], at=at)

    members.remove_member(membership=cast.membership(cast.bob), actor=cast.alice, at=at)

    assert list(group.members.all()) == [cast.membership(cast.bob)]
    assert AuditEntry.objects.latest("pk").details["user_groups"] == ["First line"]

    members.add_member(company=cast.northwind, email=cast.bob.email, name="", role_names=[], at=at)
    assert list(group.members.all()) == []


def test_one_who_was_removed_meanwhile_is_not_changed(cast, at):
    members.remove_member(membership=cast.membership(cast.bob), actor=cast.alice, at=at)

    with pytest.raises(members.UnableToChangeMember, match="Bob is no longer a member"):
        change(cast, cast.bob, "Administrator", actor=cast.alice, at=at)
    assert list(cast.membership(cast.bob).roles.all()) == []


def test_change_member_sets_a_new_password_with_the_rest(cast, at):
    change(cast, cast.bob, "Supporter", actor=cast.alice, at=at, new_password=GOOD)

    assert User.objects.get(pk=cast.bob.pk).check_password(GOOD) is True


def test_choosable_are_the_active_members_of_the_company(cast, at):
    members.remove_member(membership=cast.membership(cast.bob), actor=cast.alice, at=at)

    assert [str(member) for member in members.choosable(company=cast.northwind)] == ["Alice", "Mona"]


def test_who_only_manages_users_neither_demotes_nor_removes_an_administrator(cast, at):
    dora = user_manager(cast, at)
    anna = members.add_member(
        company=cast.northwind, email="anna@northwind.example", name="Anna", role_names=["Administrator"], at=at
    )

    def change_anna(actor, granted, **facts):
        members.change_member(membership=anna, granted=granted, actor=actor, at=at, **facts)

    with pytest.raises(members.UnableToChangeMember, match="Anna is an administrator"):
        change_anna(dora, [], log_sessions=True)
    with pytest.raises(members.UnableToChangeMember, match="Anna is an administrator"):
        members.remove_member(membership=anna, actor=dora, at=at)

    change_anna(dora, anna.roles.all(), log_sessions=False)
    change_anna(cast.alice, [], log_sessions=True)
    members.remove_member(membership=anna, actor=dora, at=at)
    assert not Membership.objects.get(pk=anna.pk).is_active


def test_holders_are_active_members_who_hold_it_in_the_whole_company(cast, at):
    other_administrator = members.add_member(
        company=cast.northwind, email="ada@northwind.example", name="Ada", role_names=["Administrator"], at=at
    ).user
    gone = members.add_member(
        company=cast.northwind, email="zoe@northwind.example", name="Zoe", role_names=["Administrator"], at=at
    ).user
    gone.is_active = False
    gone.save(update_fields=["is_active"])

    found = members.holders(company=cast.northwind, permission=Permission.MANAGE_CREDITS)

    assert found == [other_administrator, cast.alice]
