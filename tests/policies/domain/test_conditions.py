import pytest
from django.db import transaction
from django.db.models import ProtectedError

from accounts.models import AuditEntry, UserGroup
from accounts.tenancy import PermissionMissing
from policies.domain.conditions import (
    GroupCondition,
    UnableToSaveConditions,
    conditions_of,
    excluded_by_groups,
    save_conditions,
    stored_conditions,
)
from policies.domain.groups import UnableToDeleteGroup, delete_group
from policies.enums import GroupMode
from policies.models import CaptureConditions, DeviceGroup

ALL, ONLY_1, BUT_1 = (
    GroupCondition(),
    GroupCondition(GroupMode.ONLY, frozenset({1})),
    GroupCondition(GroupMode.EXCEPT, frozenset({1})),
)


@pytest.mark.parametrize(
    ("users", "devices", "user_groups", "device_group", "excluded"),
    [
        (ALL, ALL, set(), None, False),
        (ONLY_1, ALL, {1, 2}, None, False),
        (ONLY_1, ALL, {2}, None, True),
        (ONLY_1, ALL, set(), None, True),
        (BUT_1, ALL, {1, 2}, None, True),
        (BUT_1, ALL, {2}, None, False),
        (ALL, ONLY_1, set(), 1, False),
        (ALL, ONLY_1, set(), 2, True),
        (ALL, ONLY_1, set(), None, True),
        (ALL, BUT_1, set(), 1, True),
        (ALL, BUT_1, set(), None, False),
        (ONLY_1, BUT_1, {1}, 1, True),
    ],
)
def test_excluded_by_groups(users, devices, user_groups, device_group, excluded):
    found = excluded_by_groups(users=users, devices=devices, user_group_ids=user_groups, device_group_id=device_group)

    assert found == excluded


@pytest.fixture
def field(cast):
    return UserGroup.objects.create(company=cast.northwind, name="Field")


@pytest.fixture
def kiosks(cast):
    return DeviceGroup.objects.create(company=cast.northwind, name="Kiosks")


@pytest.fixture
def save(cast, at):
    def saved(actor=None, **values):
        defaults = {
            "user_groups_mode": GroupMode.ALL,
            "user_groups": [],
            "device_groups_mode": GroupMode.ALL,
            "device_groups": [],
        }
        return save_conditions(company=cast.northwind, actor=actor or cast.alice, at=at, **{**defaults, **values})

    return saved


def test_conditions_exclude_nothing_until_somebody_says_so(cast):
    assert stored_conditions(cast.northwind.pk) == (GroupCondition(), GroupCondition())
    assert conditions_of(cast.northwind) == conditions_of(cast.northwind)


def test_saved_conditions_are_read_back_and_told(cast, save, field, kiosks):
    save(
        user_groups_mode=GroupMode.ONLY,
        user_groups=[field],
        device_groups_mode=GroupMode.EXCEPT,
        device_groups=[kiosks],
    )

    assert stored_conditions(cast.northwind.pk) == (
        GroupCondition(GroupMode.ONLY, frozenset({field.pk})),
        GroupCondition(GroupMode.EXCEPT, frozenset({kiosks.pk})),
    )
    entry = AuditEntry.objects.get(action="capture_conditions.changed")
    assert entry.details["user_groups"] == {"before": [], "after": ["Field"]}


def test_saving_the_same_again_is_no_news(save):
    save()
    save()

    assert not AuditEntry.objects.filter(action="capture_conditions.changed").exists()


def test_under_all_no_groups_are_kept(save, field):
    save(user_groups_mode=GroupMode.ONLY, user_groups=[field])
    stored = save(user_groups_mode=GroupMode.ALL, user_groups=[field])

    assert list(stored.user_groups.all()) == []


@pytest.mark.parametrize("mode", [GroupMode.ONLY, GroupMode.EXCEPT])
def test_a_condition_without_a_group_is_refused(save, mode):
    with pytest.raises(UnableToSaveConditions, match="Choose at least one user group"):
        save(user_groups_mode=mode)


def test_another_companys_groups_are_refused(cast, save):
    foreign = DeviceGroup.objects.create(company=cast.contoso, name="Kiosks")

    with pytest.raises(UnableToSaveConditions, match="not there any more"):
        save(device_groups_mode=GroupMode.ONLY, device_groups=[foreign])
    assert not CaptureConditions.objects.exists()


def test_conditions_are_the_administrators_to_set(cast, save):
    with pytest.raises(PermissionMissing):
        save(actor=cast.mona)


def test_a_group_that_a_condition_names_is_not_deleted_silently(cast, at, save, field, kiosks):
    save(
        user_groups_mode=GroupMode.ONLY, user_groups=[field], device_groups_mode=GroupMode.ONLY, device_groups=[kiosks]
    )

    with pytest.raises(ProtectedError, match="conditions name “Field”"), transaction.atomic():
        field.delete()
    with pytest.raises(UnableToDeleteGroup, match="conditions name “Kiosks”"):
        delete_group(group=kiosks, actor=cast.alice, at=at)


def test_a_group_that_no_condition_names_is_deleted(field):
    field.delete()

    assert not UserGroup.objects.exists()
