import pytest
from django.contrib.auth.models import Group

from accounts.domain import members, roles
from accounts.domain.administrators import LastAdministrator
from accounts.domain.grants import UnableToGrant
from accounts.models import AuditEntry, Membership, Role
from accounts.permissions import READY_MADE_ROLES, Permission
from accounts.tenancy import PermissionMissing, forget_grants, grants_of


def role_of(company, name):
    return Role.objects.get(company=company, name=name)


def last_entry(company):
    return AuditEntry.objects.filter(company=company).order_by("pk").last()


def clerk(cast, at, *permissions):
    """A member of Northwind whose one role holds *permissions*."""
    roles.create_role(company=cast.northwind, name="Clerk", permissions=permissions, at=at)
    return members.add_member(
        company=cast.northwind, email="dora@northwind.example", name="Dora", role_names=["Clerk"], at=at
    ).user


@pytest.mark.parametrize("name", READY_MADE_ROLES)
def test_ready_made_role_holds_its_permissions(cast, name):
    role = role_of(cast.northwind, name)

    assert set(role.permissions) == {permission.value for permission in READY_MADE_ROLES[name]}


def test_create_role_grants_on_its_company_only(cast, at):
    dora = clerk(cast, at, Permission.VIEW_EVENT_LOGS, Permission.MANAGE_CREDITS)

    assert grants_of(dora) == {cast.northwind.pk: {"view_event_logs", "manage_credits"}}


def test_create_role_tells_the_audit_log(cast, at):
    role = roles.create_role(
        company=cast.northwind, name=" Clerk ", permissions=[Permission.MANAGE_CREDITS], actor=cast.alice, at=at
    )

    entry = last_entry(cast.northwind)
    assert role.name == "Clerk"
    assert (entry.action, entry.actor, entry.object_id) == ("role.created", cast.alice, str(role.pk))
    assert entry.details == {"name": "Clerk", "permissions": ["manage_credits"], "limits": []}


@pytest.mark.parametrize("name", ["", "   ", "x" * 51])
def test_create_role_refuses_a_name_of_no_or_over_50_characters(cast, at, name):
    with pytest.raises(roles.UnableToSaveRole, match="1 to 50 characters"):
        roles.create_role(company=cast.northwind, name=name, permissions=[], actor=cast.alice, at=at)


def test_create_role_takes_a_name_of_50_characters(cast, at):
    role = roles.create_role(company=cast.northwind, name="x" * 50, permissions=[], actor=cast.alice, at=at)

    assert role.name == "x" * 50


def test_create_role_refuses_a_name_that_differs_in_case_only(cast, at):
    with pytest.raises(roles.UnableToSaveRole, match="already a role called “AUDITOR”"):
        roles.create_role(company=cast.northwind, name="AUDITOR", permissions=[], actor=cast.alice, at=at)


def test_create_role_stops_at_100_roles_of_one_company(cast, at):
    held = Role.objects.filter(company=cast.northwind).count()
    for number in range(held, 100):
        roles.create_role(company=cast.northwind, name=f"Role {number}", permissions=[], at=at)

    with pytest.raises(roles.UnableToSaveRole, match="at most 100 roles"):
        roles.create_role(company=cast.northwind, name="One more", permissions=[], actor=cast.alice, at=at)
    assert roles.create_role(company=cast.contoso, name="One more", permissions=[], at=at).company == cast.contoso


def test_create_role_asks_for_manage_company(cast, at):
    with pytest.raises(PermissionMissing):
        roles.create_role(company=cast.northwind, name="Mine", permissions=[], actor=cast.mona, at=at)


def test_create_role_asks_for_manage_company_in_that_company(cast, at):
    with pytest.raises(PermissionMissing):
        roles.create_role(company=cast.northwind, name="Mine", permissions=[], actor=cast.charlie, at=at)


def test_create_role_grants_nothing_that_the_actor_lacks(cast, at):
    dora = clerk(cast, at, Permission.MANAGE_COMPANY)

    with pytest.raises(UnableToGrant, match="cannot grant “Manage credits”"):
        roles.create_role(
            company=cast.northwind, name="Rich", permissions=[Permission.MANAGE_CREDITS], actor=dora, at=at
        )
    assert not Role.objects.filter(name="Rich").exists()


def test_change_role_renames_grants_and_takes_away(cast, at):
    dora = clerk(cast, at, Permission.VIEW_EVENT_LOGS, Permission.MANAGE_CREDITS)
    role = role_of(cast.northwind, "Clerk")

    roles.change_role(
        role=role,
        name="Bookkeeper",
        permissions=[Permission.MANAGE_CREDITS, Permission.EXPORT_SUMMARIES],
        actor=cast.alice,
        at=at,
    )

    forget_grants(dora)
    assert grants_of(dora) == {cast.northwind.pk: {"manage_credits", "export_summaries"}}
    assert last_entry(cast.northwind).details == {
        "before": {"name": "Clerk", "permissions": ["manage_credits", "view_event_logs"], "limits": []},
        "after": {"name": "Bookkeeper", "permissions": ["export_summaries", "manage_credits"], "limits": []},
    }


def test_change_role_leaves_what_the_actor_lacks_but_does_not_add_it(cast, at):
    dora = clerk(cast, at, Permission.MANAGE_COMPANY)
    auditor = role_of(cast.northwind, "Auditor")

    roles.change_role(role=auditor, name="Reader", permissions=auditor.permissions, actor=dora, at=at)
    with pytest.raises(UnableToGrant):
        roles.change_role(
            role=auditor,
            name="Reader",
            permissions=[*auditor.permissions, Permission.MANAGE_CREDITS],
            actor=dora,
            at=at,
        )

    auditor.refresh_from_db()
    assert (auditor.name, "manage_credits" in auditor.permissions) == ("Reader", False)


def test_change_role_keeps_an_administrator(cast, at):
    administrator = role_of(cast.northwind, "Administrator")

    with pytest.raises(LastAdministrator, match="without an administrator"):
        roles.change_role(
            role=administrator, name="Administrator", permissions=[Permission.MANAGE_COMPANY], actor=cast.alice, at=at
        )

    administrator.refresh_from_db()
    forget_grants(cast.alice)
    assert set(administrator.permissions) == set(Permission.values)
    assert grants_of(cast.alice)[cast.northwind.pk] == set(Permission.values)


def test_delete_role_removes_its_grants_with_it(cast, at):
    role = roles.create_role(company=cast.northwind, name="Spare", permissions=[Permission.MANAGE_CREDITS], at=at)
    group_id = role.group_id

    roles.delete_role(role=role, actor=cast.alice, at=at)

    assert not Role.objects.filter(name="Spare").exists()
    assert not Group.objects.filter(pk=group_id).exists()
    assert last_entry(cast.northwind).action == "role.deleted"


@pytest.mark.parametrize(("members_of_it", "sentence"), [(1, "1 member holds"), (2, "2 members hold")])
def test_delete_role_refuses_while_members_hold_it(cast, at, members_of_it, sentence):
    role = role_of(cast.northwind, "Supporter")
    for number in range(1, members_of_it):
        email = f"extra{number}@northwind.example"
        members.add_member(company=cast.northwind, email=email, name="Extra", role_names=["Supporter"], at=at)

    with pytest.raises(roles.UnableToDeleteRole, match=sentence):
        roles.delete_role(role=role, actor=cast.alice, at=at)
    assert Membership.objects.filter(roles=role).count() == members_of_it


def test_delete_role_asks_for_manage_company(cast, at):
    with pytest.raises(PermissionMissing):
        roles.delete_role(role=role_of(cast.northwind, "Integrator"), actor=cast.bob, at=at)
