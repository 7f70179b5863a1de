import pytest

from accounts.domain import access, groups, members, roles
from accounts.domain.permission_groups import PERMISSION_GROUPS
from accounts.models import Membership, Role
from accounts.permissions import Permission
from policies.models import DeviceGroup

P = Permission


def test_every_permission_stands_in_one_group():
    listed = [permission for group in PERMISSION_GROUPS for permission in group.permissions]

    assert sorted(listed) == sorted(Permission)


@pytest.fixture
def limited(cast, at):
    first_line = groups.create_group(company=cast.northwind, name="First line", members=[], at=at)
    tills = DeviceGroup.objects.create(company=cast.northwind, name="Tills")
    return roles.create_role(
        company=cast.northwind,
        name="Lead",
        permissions=[P.VIEW_OWN_REPORTS, P.VIEW_SUMMARIES, P.MANAGE_USERS],
        limits=[first_line, tills],
        at=at,
    )


def cells(matrix, role_name):
    column = [column.role.name for column in matrix.roles].index(role_name)
    return {row.permission: row.cells[column] for _, rows in matrix.groups for row in rows if row.cells[column]}


def test_matrix_says_in_words_how_far_each_role_reaches(cast, limited):
    matrix = access.matrix_of(company=cast.northwind)

    assert cells(matrix, "Supporter") == {
        P.VIEW_OWN_REPORTS: "own",
        P.VIEW_SUMMARIES: "own",
        P.GENERATE_SUMMARIES: "own",
        P.EDIT_SUMMARIES: "own",
        P.EXPORT_SUMMARIES: "own",
        P.ASK_COPILOT: "own",
    }
    assert cells(matrix, "Auditor") == {P.VIEW_ALL_REPORTS: "all", P.VIEW_SUMMARIES: "all", P.VIEW_EVENT_LOGS: "yes"}
    assert cells(matrix, "Lead") == {
        P.VIEW_OWN_REPORTS: "own, limited",
        P.VIEW_SUMMARIES: "own, limited",
        P.MANAGE_USERS: "yes",
    }


def test_matrix_names_limits_and_counts_active_members(cast, at, limited):
    members.remove_member(membership=cast.membership(cast.bob), at=at)
    roles.create_role(company=cast.northwind, name="Empty", permissions=[], at=at)

    columns = {column.role.name: column for column in access.matrix_of(company=cast.northwind).roles}

    assert columns["Lead"].limits == ["user group “First line”", "device group “Tills”"]
    assert (columns["Supporter"].members, columns["Supporter"].limits) == (0, [])
    assert (columns["Support manager"].members, columns["Empty"].limits) == (1, [])


@pytest.mark.parametrize("more", [1, 3])
def test_matrix_costs_the_same_for_any_number_of_roles(cast, at, limited, more, django_assert_num_queries):
    for number in range(more):
        roles.create_role(company=cast.northwind, name=f"Role {number}", permissions=[P.VIEW_ALL_REPORTS], at=at)

    with django_assert_num_queries(4):
        access.matrix_of(company=cast.northwind)


def test_matrix_holds_no_other_companys_role(cast, at):
    roles.create_role(company=cast.contoso, name="Theirs", permissions=[], at=at)

    names = [column.role.name for column in access.matrix_of(company=cast.northwind).roles]

    assert names == ["Administrator", "Auditor", "Integrator", "Support manager", "Supporter"]


def test_limits_in_words(cast, limited):
    words = access.limits_in_words(company=cast.northwind)

    assert words[limited.pk] == ["user group “First line”", "device group “Tills”"]
    assert words[Role.objects.get(company=cast.northwind, name="Auditor").pk] == []


def sources(membership):
    return {
        row.permission: [(source.role.name, source.reach) for source in row.sources]
        for _, rows in access.access_of(membership=membership)
        for row in rows
        if row.sources
    }


def test_access_tells_through_which_role_and_how_far(cast, at, limited):
    roles.create_role(company=cast.northwind, name="Editor", permissions=[P.EDIT_SUMMARIES], at=at)
    roles.create_role(company=cast.northwind, name="Nothing", permissions=[], at=at)
    names = ["Lead", "Editor", "Auditor", "Nothing"]
    dora = members.add_member(
        company=cast.northwind, email="dora@northwind.example", name="Dora", role_names=names, at=at
    )
    within = "own sessions of user group “First line” or device group “Tills”"

    assert sources(dora) == {
        P.VIEW_ALL_REPORTS: [("Auditor", "all sessions")],
        P.VIEW_OWN_REPORTS: [("Lead", within)],
        P.VIEW_SUMMARIES: [("Auditor", "all sessions"), ("Lead", within)],
        P.EDIT_SUMMARIES: [("Editor", "sessions that the member's other roles show")],
        P.MANAGE_USERS: [("Lead", "whole company")],
        P.VIEW_EVENT_LOGS: [("Auditor", "whole company")],
    }


def test_a_removed_member_may_nothing(cast, at):
    bob = cast.membership(cast.bob)
    members.remove_member(membership=bob, at=at)

    assert sources(cast.membership(cast.bob)) == {}


def test_membership_of_is_the_active_one(cast, at):
    assert access.membership_of(user=cast.bob, company=cast.northwind) == cast.membership(cast.bob)
    members.remove_member(membership=cast.membership(cast.bob), at=at)
    with pytest.raises(Membership.DoesNotExist):
        access.membership_of(user=cast.bob, company=cast.northwind)
