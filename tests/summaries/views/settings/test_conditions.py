import pytest

from accounts.models import UserGroup
from policies.domain.conditions import conditions_of
from policies.models import DeviceGroup
from summaries.models import ConsentEntry
from tests.conftest import NOW
from tests.summaries.session_rows import add_session
from tests.summaries.views.settings.conftest import field_errors, words

ALL = {"minimum_seconds": "0", "user_groups_mode": "ALL", "device_groups_mode": "ALL"}


@pytest.fixture
def second_level(cast):
    group = UserGroup.objects.create(company=cast.northwind, name="Second level")
    group.members.add(cast.membership(cast.bob))
    return group


@pytest.fixture
def two_sessions(cast):
    """One of Bob, one of Mona; ten minutes each, with consent."""
    for number, supporter in ((1, cast.bob), (2, cast.mona)):
        session = add_session(cast.northwind, supporter, number)
        ConsentEntry.objects.create(company=cast.northwind, session=session, answer="GIVEN", statement="Yes.", at=NOW)


def test_conditions_are_saved_as_a_whole(tab, stored, cast, second_level):
    answer = tab("conditions").send(
        **{**ALL, "minimum_seconds": "60", "user_groups_mode": "ONLY", "user_groups": [second_level.pk]}
    )

    assert (answer.status_code, stored().minimum_seconds) == (302, 60)
    assert [group.name for group in conditions_of(cast.northwind).user_groups.all()] == ["Second level"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"minimum_seconds": "-1"}, "minimum_seconds"),
        ({"minimum_seconds": "86401"}, "minimum_seconds"),
        ({"minimum_seconds": "9" * 40}, "minimum_seconds"),
        ({"user_groups_mode": "ONLY"}, "user_groups"),
        ({"device_groups_mode": "EXCEPT"}, "device_groups"),
        ({"user_groups_mode": "SOME"}, "user_groups_mode"),
        ({"user_groups_mode": "ONLY", "user_groups": "x"}, "user_groups"),
        ({"user_groups_mode": "ONLY", "user_groups": "9" * 30}, "user_groups"),
    ],
)
def test_condition_errors_stand_at_their_field(tab, stored, cast, sent, field):
    answer = tab("conditions").send(**{**ALL, **sent})

    assert (answer.status_code, list(field_errors(answer))) == (422, [field])
    assert (stored().minimum_seconds, conditions_of(cast.northwind).user_groups_mode) == (0, "ALL")


def test_groups_of_another_company_are_neither_offered_nor_taken(tab, cast):
    foreign_users = UserGroup.objects.create(company=cast.contoso, name="Zebra users")
    foreign_devices = DeviceGroup.objects.create(company=cast.contoso, name="Zebra devices")

    answer = tab("conditions").send(
        **{
            **ALL,
            "user_groups_mode": "ONLY",
            "user_groups": [foreign_users.pk],
            "device_groups_mode": "ONLY",
            "device_groups": [foreign_devices.pk],
        }
    )

    assert sorted(field_errors(answer)) == ["device_groups", "user_groups"]
    assert "Zebra" not in words(answer)


def test_conditions_saved_meanwhile_are_told(tab, stored):
    seen = tab("conditions").fields()["version"]
    tab("conditions").send(**{**ALL, "minimum_seconds": "30"})

    late = tab("conditions").send(version=seen, **{**ALL, "minimum_seconds": "90"})

    assert "minimum duration: now 30" in field_errors(late)["__all__"][0]
    assert stored().minimum_seconds == 30
    tab("conditions").send(version=late.context["form"]["version"].value(), **{**ALL, "minimum_seconds": "90"})
    assert stored().minimum_seconds == 90


@pytest.mark.parametrize("fragment", [True, False])
@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "2 of 2 sessions last month = 2 credits"),
        ({"minimum_seconds": "601"}, "0 of 2 sessions last month = 0 credits"),
        ({"user_groups_mode": "ONLY"}, "1 of 2 sessions last month = 1 credit "),
        ({"user_groups_mode": "EXCEPT"}, "1 of 2 sessions last month = 1 credit "),
    ],
)
def test_the_preview_follows_the_form_and_saves_nothing(tab, stored, two_sessions, second_level, fragment, sent, said):
    answer = tab("conditions").send(do="preview", fragment=fragment, user_groups=[second_level.pk], **{**ALL, **sent})

    assert said in words(answer)
    assert stored().minimum_seconds == 0


def test_the_preview_of_a_wrong_form_shows_what_is_stored_and_says_so(tab, two_sessions):
    answer = tab("conditions").send(do="preview", fragment=True, **{**ALL, "minimum_seconds": "x"})

    assert "2 of 2 sessions" in words(answer)
    assert "As stored: correct the marked fields to see yours." in words(answer)


def test_without_sessions_the_preview_says_what_to_do(tab):
    assert "No session ended in the last 30 days" in tab("conditions").read()


@pytest.mark.parametrize("count", [1, 3])
def test_conditions_take_a_fixed_number_of_queries(tab, cast, second_level, django_assert_num_queries, count):
    for number in range(count):
        DeviceGroup.objects.create(company=cast.northwind, name=f"Group {number}")
        add_session(cast.northwind, cast.bob, number + 1)
    tab("conditions").read()

    with django_assert_num_queries(17):
        tab("conditions").read()
