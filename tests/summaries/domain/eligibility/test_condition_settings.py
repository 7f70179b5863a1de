import pytest

from accounts.domain.settings_versions import SettingsChanged
from accounts.models import AISettings, AuditEntry, UserGroup
from accounts.tenancy import PermissionMissing
from policies.domain.conditions import UnableToSaveConditions, conditions_of
from policies.enums import GroupMode
from summaries.domain.eligibility.condition_settings import Conditions, conditions_version, save_all


def version(cast):
    return conditions_version(settings=AISettings.objects.get(company=cast.northwind))


def save(cast, at, *, actor=None, seen=None, **fields):
    wanted = Conditions(
        **{
            "minimum_seconds": 0,
            "user_groups_mode": GroupMode.ALL,
            "user_groups": [],
            "device_groups_mode": GroupMode.ALL,
            "device_groups": [],
            **fields,
        }
    )
    save_all(company=cast.northwind, wanted=wanted, version=seen or version(cast), actor=actor or cast.alice, at=at)


def stored(cast):
    minimum = AISettings.objects.get(company=cast.northwind).minimum_seconds
    conditions = conditions_of(cast.northwind)
    return minimum, conditions.user_groups_mode, [group.name for group in conditions.user_groups.all()]


@pytest.fixture
def second_level(cast):
    return UserGroup.objects.create(company=cast.northwind, name="Second level")


def test_the_tab_is_saved_as_a_whole(cast, at, second_level):
    save(cast, at, minimum_seconds=60, user_groups_mode=GroupMode.ONLY, user_groups=[second_level])

    assert stored(cast) == (60, "ONLY", ["Second level"])
    actions = AuditEntry.objects.order_by("-pk").values_list("action", flat=True)[:2]
    assert list(actions) == ["capture_conditions.changed", "ai_settings.changed"]


def test_nothing_is_saved_when_a_part_is_refused(cast, at):
    with pytest.raises(UnableToSaveConditions):
        save(cast, at, minimum_seconds=60, user_groups_mode=GroupMode.ONLY)

    assert stored(cast) == (0, "ALL", [])


@pytest.mark.parametrize("first", [{"minimum_seconds": 30}, {"user_groups_mode": GroupMode.EXCEPT}])
def test_the_second_of_two_administrators_overwrites_nothing_unseen(cast, at, second_level, first):
    seen = version(cast)
    save(cast, at, user_groups=[second_level], **first)
    before = stored(cast)

    with pytest.raises(SettingsChanged):
        save(cast, at, seen=seen, minimum_seconds=90)

    assert stored(cast) == before


@pytest.mark.parametrize("name", ["mona", "charlie"])
def test_conditions_ask_for_manage_company_there(cast, at, name):
    with pytest.raises(PermissionMissing):
        save(cast, at, actor=getattr(cast, name), minimum_seconds=60)

    assert stored(cast) == (0, "ALL", [])
