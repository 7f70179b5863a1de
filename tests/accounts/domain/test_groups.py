import pytest

from accounts.domain import groups, members, roles
from accounts.domain.grants import UnableToGrant
from accounts.models import AuditEntry, UserGroup
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing
from policies.models import CaptureConditions

P = Permission


@pytest.fixture
def first_line(cast, at):
    return groups.create_group(
        company=cast.northwind, name=" First line ", members=[cast.membership(cast.bob)], actor=cast.alice, at=at
    )


def in_group(group):
    return sorted(str(member) for member in group.members.all())


def change(group, at, *, actor, members=(), name="First line"):
    groups.change_group(group=group, name=name, members=members, actor=actor, at=at)


def test_create_group_holds_its_members_and_tells_the_audit_log(cast, first_line):
    bob = cast.membership(cast.bob)

    assert (first_line.name, in_group(first_line)) == ("First line", ["Bob"])
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.details) == ("usergroup.created", {"name": "First line", "members": [bob.pk]})


@pytest.mark.parametrize("name", ["", "  ", "x" * 81])
def test_a_groups_name_has_1_to_80_characters(cast, at, name):
    with pytest.raises(groups.UnableToSaveGroup, match="1 to 80 characters"):
        groups.create_group(company=cast.northwind, name=name, members=[], actor=cast.alice, at=at)


def test_a_groups_name_is_not_taken_twice(cast, at, first_line):
    with pytest.raises(groups.UnableToSaveGroup, match="already a group called “FIRST LINE”"):
        groups.create_group(company=cast.northwind, name="FIRST LINE", members=[], actor=cast.alice, at=at)
    assert groups.create_group(company=cast.contoso, name="First line", members=[], at=at).company == cast.contoso


def test_change_group_makes_it_hold_exactly_these(cast, at, first_line):
    mona = cast.membership(cast.mona)

    change(first_line, at, actor=cast.alice, members=[mona], name="Second line")

    assert (first_line.name, in_group(first_line)) == ("Second line", ["Mona"])
    assert AuditEntry.objects.latest("pk").details == {
        "before": {"name": "First line"},
        "after": {"name": "Second line"},
        "added": [mona.pk],
        "removed": [cast.membership(cast.bob).pk],
    }


def test_a_group_holds_no_removed_member_and_no_other_companys(cast, at, first_line):
    mona = cast.membership(cast.mona)
    members.remove_member(membership=mona, at=at)

    for stranger in (mona, cast.membership(cast.charlie)):
        with pytest.raises(groups.UnableToSaveGroup, match="removed meanwhile"):
            change(first_line, at, actor=cast.alice, members=[stranger])
    assert in_group(first_line) == ["Bob"]


def test_a_group_keeps_who_left_until_they_are_taken_out(cast, at, first_line):
    bob = cast.membership(cast.bob)
    members.remove_member(membership=bob, at=at)
    assert list(members.choosable(company=cast.northwind, group=first_line).filter(is_active=False)) == [bob]
    assert bob not in members.choosable(company=cast.northwind)

    change(first_line, at, actor=cast.alice, members=[bob, cast.membership(cast.mona)])
    assert in_group(first_line) == ["Bob", "Mona"]
    change(first_line, at, actor=cast.alice, members=[cast.membership(cast.mona)])
    assert in_group(first_line) == ["Mona"]

    with pytest.raises(groups.UnableToSaveGroup, match="removed meanwhile"):
        change(first_line, at, actor=cast.alice, members=[bob])


@pytest.mark.parametrize("name", ["bob", "mona", "charlie"])
def test_groups_ask_for_manage_users(cast, at, first_line, name):
    actor = getattr(cast, name)

    with pytest.raises(PermissionMissing):
        groups.create_group(company=cast.northwind, name="Mine", members=[], actor=actor, at=at)
    with pytest.raises(PermissionMissing):
        change(first_line, at, actor=actor)
    with pytest.raises(PermissionMissing):
        groups.delete_group(group=first_line, actor=actor, at=at)


def test_delete_group_leaves_its_members(cast, at, first_line):
    groups.delete_group(group=first_line, actor=cast.alice, at=at)

    assert not UserGroup.objects.filter(company=cast.northwind).exists()
    assert cast.membership(cast.bob).is_active is True
    assert AuditEntry.objects.latest("pk").action == "usergroup.deleted"


def test_a_group_that_limits_a_role_is_not_deleted(cast, at, first_line):
    roles.create_role(
        company=cast.northwind, name="Reader", permissions=[P.VIEW_ALL_REPORTS], limits=[first_line], at=at
    )

    with pytest.raises(groups.UnableToDeleteGroup, match="limits the role “Reader”"):
        groups.delete_group(group=first_line, actor=cast.alice, at=at)
    assert UserGroup.objects.get(pk=first_line.pk) == first_line


def test_a_group_that_the_conditions_name_is_not_deleted(cast, at, first_line):
    CaptureConditions.objects.create(company=cast.northwind).user_groups.add(first_line)

    with pytest.raises(groups.UnableToDeleteGroup, match="conditions name “First line”"):
        groups.delete_group(group=first_line, actor=cast.alice, at=at)


def limited_manager(cast, at, group):
    """Dora manages users, and sees the sessions of the group only."""
    roles.create_role(
        company=cast.northwind,
        name="Lead",
        permissions=[P.MANAGE_USERS, P.VIEW_ALL_REPORTS],
        limits=[group],
        at=at,
    )
    return members.add_member(
        company=cast.northwind, email="dora@northwind.example", name="Dora", role_names=["Lead"], at=at
    ).user


def test_nobody_widens_their_own_reach_by_filling_a_group(cast, at, first_line):
    dora = limited_manager(cast, at, first_line)
    both = [cast.membership(cast.bob), cast.membership(cast.mona)]

    with pytest.raises(UnableToGrant, match="limits the role “Lead”"):
        change(first_line, at, actor=dora, members=both)
    change(first_line, at, actor=dora, members=[], name="Nobody")
    assert in_group(first_line) == []
    change(first_line, at, actor=cast.alice, members=both)
    assert in_group(first_line) == ["Bob", "Mona"]


def test_a_member_is_put_in_groups_by_the_same_rule(cast, at, first_line):
    dora = limited_manager(cast, at, first_line)
    other = groups.create_group(company=cast.northwind, name="Others", members=[], at=at)
    mona, bob = cast.membership(cast.mona), cast.membership(cast.bob)

    with pytest.raises(UnableToGrant):
        groups.put_in(membership=mona, groups=[first_line], actor=dora)
    groups.put_in(membership=mona, groups=[other], actor=dora)
    groups.put_in(membership=bob, groups=[first_line, other], actor=dora)

    assert in_group(other) == ["Bob", "Mona"]


def test_a_member_is_put_in_no_other_companys_group(cast, at):
    theirs = groups.create_group(company=cast.contoso, name="Theirs", members=[], at=at)

    with pytest.raises(groups.UnableToSaveGroup, match="no longer there"):
        groups.put_in(membership=cast.membership(cast.bob), groups=[theirs], actor=cast.alice)


def test_choosable_are_the_companys_own_groups(cast, at, first_line):
    groups.create_group(company=cast.contoso, name="Theirs", members=[], at=at)

    assert list(groups.choosable(company=cast.northwind)) == [first_line]
