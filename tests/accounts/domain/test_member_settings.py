import pytest

from accounts.domain import groups, members
from accounts.domain.grants import UnableToGrant
from accounts.domain.groups import UnableToSaveGroup
from accounts.domain.member_settings import BATCH, Result, Settings, change_many, chosen
from accounts.models import AuditEntry, Membership, User
from accounts.tenancy import PermissionMissing
from tests.accounts.domain.test_groups import in_group, limited_manager


@pytest.fixture
def first_line(cast, at):
    return groups.create_group(company=cast.northwind, name="First line", members=[cast.membership(cast.bob)], at=at)


@pytest.fixture
def both(cast):
    return [cast.membership(cast.bob).pk, cast.membership(cast.mona).pk]


def change(cast, at, ids, *, actor=None, **settings):
    return change_many(
        company=cast.northwind, membership_ids=ids, settings=Settings(**settings), actor=actor or cast.alice, at=at
    )


def logged(cast):
    members_of_it = Membership.objects.filter(company=cast.northwind, log_sessions=True)
    return sorted(members_of_it.values_list("user__name", flat=True))


def test_logging_is_switched_for_those_who_differ(cast, at, both):
    Membership.objects.filter(user=cast.mona).update(log_sessions=False)

    assert change(cast, at, both, log_sessions=False) == Result(changed=1, unchanged=1, skipped=0)

    assert logged(cast) == ["Alice"]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.object_id) == ("member.changed", str(cast.membership(cast.bob).pk))
    assert entry.details == {"log_sessions": False}
    assert change(cast, at, both, log_sessions=True) == Result(changed=2, unchanged=0, skipped=0)


def test_groups_are_joined_and_left(cast, at, both, first_line):
    other = groups.create_group(company=cast.northwind, name="Others", members=[], at=at)

    assert change(cast, at, both, join=other, leave=first_line) == Result(changed=2, unchanged=0, skipped=0)

    assert (in_group(other), in_group(first_line)) == (["Bob", "Mona"], [])
    told = AuditEntry.objects.filter(action="member.changed").order_by("pk")
    assert [entry.details for entry in told] == [{"joined": "Others", "left": "First line"}, {"joined": "Others"}]


def test_applying_the_same_again_changes_nothing(cast, at, both, first_line):
    change(cast, at, both, join=first_line, log_sessions=False)
    told = AuditEntry.objects.count()

    assert change(cast, at, both, join=first_line, log_sessions=False) == Result(changed=0, unchanged=2, skipped=0)
    assert AuditEntry.objects.count() == told


def test_removed_members_and_other_companies_are_skipped(cast, at, both):
    members.remove_member(membership=cast.membership(cast.mona), at=at)
    ids = [*both, cast.membership(cast.charlie).pk]

    assert change(cast, at, ids, log_sessions=False) == Result(changed=1, unchanged=0, skipped=2)

    assert cast.membership(cast.charlie).log_sessions is True
    assert cast.membership(cast.mona).log_sessions is True


def test_another_companys_group_is_refused(cast, at, both):
    theirs = groups.create_group(company=cast.contoso, name="Theirs", members=[], at=at)

    with pytest.raises(UnableToSaveGroup):
        change(cast, at, both, log_sessions=False, join=theirs)
    with pytest.raises(UnableToSaveGroup):
        change(cast, at, both, log_sessions=False, leave=theirs)
    assert logged(cast) == ["Alice", "Bob", "Mona"]


@pytest.mark.parametrize("name", ["bob", "mona", "charlie"])
def test_changing_many_asks_for_manage_users(cast, at, both, name):
    with pytest.raises(PermissionMissing):
        change(cast, at, both, log_sessions=False, actor=getattr(cast, name))


def test_a_group_is_not_filled_beyond_ones_own_reach(cast, at, both, first_line):
    dora = limited_manager(cast, at, first_line)

    with pytest.raises(UnableToGrant):
        change(cast, at, both, join=first_line, actor=dora)
    assert in_group(first_line) == ["Bob"]


def test_more_members_than_one_transaction_takes(cast, at):
    users = User.objects.bulk_create(
        User(email=f"extra{number}@northwind.example", name=f"Extra {number}") for number in range(BATCH + 1)
    )
    extra = Membership.objects.bulk_create(Membership(company=cast.northwind, user=user) for user in users)
    ids = [member.pk for member in extra]

    result = change_many(company=cast.northwind, membership_ids=ids, settings=Settings(log_sessions=False), at=at)

    assert result == Result(changed=BATCH + 1, unchanged=0, skipped=0)
    assert logged(cast) == ["Alice", "Bob", "Mona"]


def test_chosen_counts_what_each_setting_would_change(cast, at, both, first_line, django_assert_num_queries):
    other = groups.create_group(company=cast.northwind, name="Others", members=[], at=at)
    groups.create_group(company=cast.contoso, name="Theirs", members=[cast.membership(cast.charlie)], at=at)
    Membership.objects.filter(user=cast.mona).update(log_sessions=False)
    ids = [*both, cast.membership(cast.charlie).pk]

    with django_assert_num_queries(2):
        counted = chosen(company=cast.northwind, membership_ids=ids)

    assert (counted.ids, counted.names) == (both, ["Bob", "Mona"])
    assert (counted.logged, counted.unlogged, counted.unnamed) == (1, 1, 0)
    assert counted.in_groups == [(first_line, 1), (other, 0)]
