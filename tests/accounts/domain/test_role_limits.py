"""Roles that reach the sessions of their groups only."""

import pytest
from django.db import transaction
from django.db.models import ProtectedError

from accounts.domain import members, roles
from accounts.domain.administrators import LastAdministrator, administrator_ids
from accounts.domain.grants import UnableToGrant
from accounts.domain.role_limits import UnableToLimit, limit_choices, limited_by, limits_of
from accounts.domain.tokens import UnableToIssueToken, issue_token
from accounts.models import AuditEntry, Membership, Role, User, UserGroup
from accounts.permissions import Permission
from accounts.tenancy import Reach, RoleGrants, reaches_of, role_grants_of
from policies.models import DeviceGroup

P = Permission
READS = (P.VIEW_ALL_REPORTS, P.VIEW_SUMMARIES)


@pytest.fixture
def first_line(cast):
    return UserGroup.objects.create(company=cast.northwind, name="First line")


@pytest.fixture
def tills(cast):
    return DeviceGroup.objects.create(company=cast.northwind, name="Tills")


def limited(cast, at, *limits, permissions=READS, name="Limited", actor=None):
    return roles.create_role(
        company=cast.northwind, name=name, permissions=permissions, limits=limits, at=at, actor=actor
    )


def holder(cast, at, *role_names, email="dora@northwind.example"):
    return members.add_member(company=cast.northwind, email=email, name="Dora", role_names=role_names, at=at).user


def test_a_limited_role_grants_on_its_groups_what_is_done_to_sessions(cast, at, first_line, tills):
    role = limited(cast, at, first_line, tills, permissions=(*READS, P.MANAGE_USERS))

    assert role_grants_of(holder(cast, at, role.name)) == [
        RoleGrants(
            company_id=cast.northwind.pk,
            on_company=frozenset({"manage_users"}),
            on_groups=frozenset({"view_all_reports", "view_summaries"}),
            groups={
                "accounts.usergroup": frozenset({first_line.pk}),
                "policies.devicegroup": frozenset({tills.pk}),
            },
        )
    ]
    assert limits_of(role=role) == [first_line, tills]


def test_a_role_without_limits_has_none(cast, at):
    assert limits_of(role=Role.objects.get(company=cast.northwind, name="Auditor")) == []
    assert limits_of(role=limited(cast, at, permissions=())) == []


def test_limits_are_changed_and_taken_away(cast, at, first_line, tills):
    role = limited(cast, at, first_line)
    dora = holder(cast, at, role.name)

    roles.change_role(role=role, name="Limited", permissions=READS, limits=[tills], actor=cast.alice, at=at)

    groups = {"policies.devicegroup": frozenset({tills.pk})}
    assert reaches_of(User.objects.get(pk=dora.pk), P.VIEW_SUMMARIES) == [Reach(cast.northwind.pk, False, groups)]
    assert AuditEntry.objects.latest("pk").details == {
        "before": {
            "name": "Limited",
            "permissions": ["view_all_reports", "view_summaries"],
            "limits": ["user group “First line”"],
        },
        "after": {
            "name": "Limited",
            "permissions": ["view_all_reports", "view_summaries"],
            "limits": ["device group “Tills”"],
        },
    }
    roles.change_role(role=role, name="Limited", permissions=READS, limits=[], actor=cast.alice, at=at)
    assert reaches_of(User.objects.get(pk=dora.pk), P.VIEW_SUMMARIES) == [Reach(cast.northwind.pk, False, {})]


def test_limits_of_another_company_are_refused(cast, at):
    foreign = UserGroup.objects.create(company=cast.contoso, name="Theirs")

    with pytest.raises(UnableToLimit, match="no longer there"):
        limited(cast, at, foreign)
    assert not Role.objects.filter(name="Limited").exists()


def test_limits_that_are_gone_are_refused(cast, at, first_line):
    UserGroup.objects.filter(pk=first_line.pk).delete()

    with pytest.raises(UnableToLimit, match="no longer there"):
        limited(cast, at, first_line)


def test_limits_by_what_is_no_group_are_refused(cast, at):
    with pytest.raises(UnableToLimit, match="no longer there"):
        limited(cast, at, cast.membership(cast.bob))


def test_limits_without_anything_to_limit_are_refused(cast, at, first_line):
    with pytest.raises(UnableToLimit, match="done to sessions"):
        limited(cast, at, first_line, permissions=[P.MANAGE_USERS])


def test_a_group_that_limits_a_role_is_not_deleted(cast, at, first_line, tills):
    role = limited(cast, at, first_line, tills)

    for group in (first_line, tills):
        assert limited_by(group=group) == [role]
        with pytest.raises(ProtectedError), transaction.atomic():
            group.delete()

    roles.change_role(role=role, name="Limited", permissions=READS, limits=[first_line], at=at)
    assert limited_by(group=tills) == []
    tills.delete()
    assert limits_of(role=role) == [first_line]


def test_an_administrator_holds_everything_without_a_limit(cast, at, first_line):
    limited(cast, at, first_line, permissions=list(Permission), name="Nearly")
    holder(cast, at, "Nearly")

    assert administrator_ids(company=cast.northwind) == {cast.membership(cast.alice).pk}
    with pytest.raises(LastAdministrator):
        members.remove_member(membership=cast.membership(cast.alice), actor=cast.alice, at=at)


def test_the_last_administrators_role_is_not_limited(cast, at, first_line):
    administrator = Role.objects.get(company=cast.northwind, name="Administrator")

    with pytest.raises(LastAdministrator):
        roles.change_role(
            role=administrator,
            name="Administrator",
            permissions=list(Permission),
            limits=[first_line],
            actor=cast.alice,
            at=at,
        )
    assert limits_of(role=administrator) == []


def test_two_roles_make_an_administrator_only_if_nothing_is_ones_own_alone(cast, at):
    limited(cast, at, permissions=[p for p in Permission if p is not P.VIEW_ALL_REPORTS], name="Own")
    limited(cast, at, permissions=[P.VIEW_ALL_REPORTS], name="Reads all")
    limited(cast, at, permissions=[p for p in Permission if p is not P.MANAGE_CREDITS], name="Most")
    limited(cast, at, permissions=[P.MANAGE_CREDITS], name="Credits")
    holder(cast, at, "Own", "Reads all")
    both = holder(cast, at, "Most", "Credits", email="erin@northwind.example")

    expected = {cast.membership(cast.alice).pk, Membership.objects.get(user=both).pk}
    assert administrator_ids(company=cast.northwind) == expected


@pytest.fixture
def limited_manager(cast, at, first_line):
    """Dora manages roles and users, and reads the sessions of the first line only."""
    limited(cast, at, first_line, permissions=(*READS, P.MANAGE_USERS, P.MANAGE_COMPANY, P.MANAGE_INTEGRATIONS))
    return holder(cast, at, "Limited")


def test_a_limited_manager_creates_no_wider_role(cast, at, limited_manager, first_line, tills):
    for name, limits in [("All", []), ("Tills", [tills]), ("More", [first_line, tills])]:
        with pytest.raises(UnableToGrant, match=r"“View summaries” so widely|so widely"):
            limited(cast, at, *limits, name=name, actor=limited_manager)

    assert limits_of(role=limited(cast, at, first_line, name="Same", actor=limited_manager)) == [first_line]


def test_a_limited_manager_lifts_no_limit_and_may_keep_it(cast, at, limited_manager, first_line, tills):
    role = limited(cast, at, tills, name="Of the tills")

    roles.change_role(role=role, name="Tills", permissions=READS, limits=[tills], actor=limited_manager, at=at)
    with pytest.raises(UnableToGrant):
        roles.change_role(role=role, name="Tills", permissions=READS, limits=[], actor=limited_manager, at=at)
    assert limits_of(role=role) == [tills]


def test_a_limited_manager_gives_nobody_a_wider_role(cast, at, limited_manager):
    with pytest.raises(UnableToGrant):
        members.change_member(
            membership=cast.membership(cast.bob),
            granted=[Role.objects.get(company=cast.northwind, name="Auditor")],
            log_sessions=True,
            actor=limited_manager,
            at=at,
        )


def test_a_limited_manager_acts_for_nobody_who_reaches_further(cast, at, limited_manager):
    mona = cast.membership(cast.mona)
    limited(cast, at, permissions=READS, name="Reader")
    reader = members.add_member(
        company=cast.northwind, email="erin@northwind.example", name="Erin", role_names=["Reader"], at=at
    )
    for membership in (mona, reader):
        with pytest.raises(members.UnableToSetPassword):
            members.set_password(membership=membership, password="another-long-password", actor=limited_manager, at=at)
        with pytest.raises(UnableToIssueToken):
            issue_token(
                membership=membership,
                name="CI",
                scopes=["sessions:read"],
                expires_at=at.replace(year=2027),
                actor=limited_manager,
                at=at,
            )


def test_choices_are_the_companys_own_groups_of_each_kind(cast, at, first_line, tills):
    UserGroup.objects.create(company=cast.contoso, name="Theirs")
    DeviceGroup.objects.create(company=cast.contoso, name="Theirs")

    choices = limit_choices(company=cast.northwind)

    assert {model: list(rows) for model, rows in choices.items()} == {UserGroup: [first_line], DeviceGroup: [tills]}
