from datetime import datetime

import pytest

from accounts.domain import disclosures
from accounts.domain.pseudonyms import SupporterNames, names_for
from accounts.tenancy import PermissionMissing
from summaries.domain.capture import UnableToOpen
from summaries.domain.imports.intake import bring_in, choosable_supporters, choose_supporter
from summaries.domain.reading.queries import members_of
from tests.conftest import Cast
from tests.reach_world import Place, build_place
from tests.summaries.conftest import order_of, row_counts


@pytest.mark.parametrize("email", ["", "bob@northwind.example", "BOB@northwind.example"])
def test_choose_supporter_is_oneself(cast: Cast, email: str) -> None:
    assert choose_supporter(company=cast.northwind, actor=cast.bob, email=email) == cast.bob


def test_choose_supporter_names_another_member(cast: Cast) -> None:
    assert choose_supporter(company=cast.northwind, actor=cast.alice, email="Mona@northwind.example") == cast.mona


def test_choose_supporter_needs_sight_of_everybody_for_another(cast: Cast) -> None:
    with pytest.raises(PermissionMissing, match="View all connection reports"):
        choose_supporter(company=cast.northwind, actor=cast.bob, email="mona@northwind.example")


@pytest.mark.parametrize("email", ["charlie@contoso.example", "nobody@northwind.example"])
def test_choose_supporter_refuses_who_is_not_a_member(cast: Cast, email: str) -> None:
    with pytest.raises(UnableToOpen, match="not a member of this company"):
        choose_supporter(company=cast.northwind, actor=cast.alice, email=email)


def test_in_works_council_mode_nobody_learns_a_pseudonym_by_naming_a_member(cast: Cast, at: datetime) -> None:
    disclosures.switch_on(company=cast.northwind, actor=cast.alice, at=at)
    names = names_for(company=cast.northwind, viewer=cast.alice, at=at)
    bob = "bob@northwind.example"

    with pytest.raises(UnableToOpen, match="works-council mode"):
        choose_supporter(company=cast.northwind, actor=cast.alice, email=bob, names=names)
    assert choose_supporter(company=cast.northwind, actor=cast.alice, email="", names=names) == cast.alice
    assert choose_supporter(company=cast.northwind, actor=cast.alice, email=bob, names=None) == cast.bob
    assert list(choosable_supporters(company=cast.northwind, actor=cast.alice, names=names)) == [cast.alice]


@pytest.fixture
def place(cast: Cast) -> Place:
    return build_place(cast)


@pytest.mark.parametrize(
    ("persona", "supporter", "device", "is_reached"),
    [
        ("everything", "Mona", "NEW-1", True),
        ("user group", "Bob", "NEW-1", True),
        ("user group", "Mona", "ACC-1", False),
        ("user group", "", "ACC-1", False),
        ("device group", "Mona", "ACC-1", True),
        ("device group", "Mona", "acc-1", True),
        ("device group", "Mona", "ACC-2", False),
        ("device group", "Mona", "", False),
        ("both groups", "Bob", "", True),
        ("acts in a group", "Mona", "", False),
        ("acts in a group", "Rosa", "", True),
        ("own", "", "", True),
        ("own in a group", "", "ACC-1", True),
        ("own in a group", "", "ACC-2", False),
    ],
)
def test_a_session_comes_in_where_a_role_of_the_actor_will_reach_it(
    place: Place, persona: str, supporter: str, device: str, is_reached: bool
) -> None:
    actor = place.personas[persona].user
    email = f"{supporter.lower()}@northwind.example" if supporter else ""

    def choose() -> str:
        return choose_supporter(company=place.cast.northwind, actor=actor, email=email, device_name=device).name

    if is_reached:
        assert choose() == (supporter or actor.name)
    else:
        with pytest.raises(PermissionMissing, match="do not reach such a session"):
            choose()


@pytest.mark.parametrize(
    ("persona", "names"),
    [
        ("user group", ["Bob", "Rosa"]),
        ("acts in a group", ["Bob", "Rosa"]),
        ("own", ["own"]),
        ("own in a group", ["own in a group"]),
        ("reads reports", []),
    ],
)
def test_choosable_supporters_are_whose_sessions_may_come_in(place: Place, persona: str, names: list[str]) -> None:
    found = choosable_supporters(
        company=place.cast.northwind, actor=place.personas[persona].user, names=SupporterNames()
    )

    assert [user.name for user in found] == names


@pytest.mark.parametrize("persona", ["everything", "device group", "both groups"])
def test_choosable_supporters_are_all_where_the_device_decides(place: Place, persona: str) -> None:
    everybody = members_of(company=place.cast.northwind)

    found = choosable_supporters(
        company=place.cast.northwind, actor=place.personas[persona].user, names=SupporterNames()
    )

    assert list(found) == list(everybody)


def test_bring_in_refuses_before_anything_is_read(place: Place, at: datetime) -> None:
    actor, before = place.personas["user group"].user, row_counts()

    with pytest.raises(PermissionMissing, match="Name a supporter or a device of the groups that are yours"):
        bring_in(order=order_of(place.cast.northwind, place.cast.mona, at=at, actor=actor))
    assert row_counts() == before
    brought = bring_in(order=order_of(place.cast.northwind, place.cast.bob, at=at, actor=actor)).session
    assert brought.supporter == place.cast.bob
