import pytest

from accounts.tenancy import PermissionMissing
from summaries.domain.capture import UnableToOpen
from summaries.domain.intake import choose_supporter
from tests.conftest import Cast


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
