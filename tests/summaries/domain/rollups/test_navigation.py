import pytest

from accounts.models import UserGroup
from accounts.permissions import Permission
from summaries.domain.reading import queries
from summaries.domain.reading.listing import Found
from summaries.domain.reading.queries import NavigationFigures, navigation_figures
from summaries.domain.rollups import counting
from summaries.domain.rollups.navigation import to_do
from summaries.models import Summary
from tests.role_limits import limited_role
from tests.summaries.session_rows import add_session, add_summary


@pytest.fixture
def filled(cast):
    add_summary(add_session(cast.northwind, cast.bob, 1))
    add_summary(add_session(cast.northwind, cast.alice, 2))
    add_summary(add_session(cast.northwind, cast.alice, 3), state="FAILED")
    add_summary(add_session(cast.northwind, cast.alice, 4, status="DELETED"))
    add_summary(add_session(cast.contoso, cast.charlie, 1))
    return cast


def figures(cast, viewer):
    return navigation_figures(company=cast.northwind, viewer=viewer)


def test_figures_are_right_before_and_after_they_are_counted(filled):
    assert figures(filled, filled.alice) == NavigationFigures(Found(2), Found(1))
    counting.keep_up(keep_going=lambda: True)
    assert figures(filled, filled.alice) == NavigationFigures(Found(2), Found(1))

    Summary.objects.filter(session__number=2, company=filled.northwind).update(review="APPROVED")

    assert figures(filled, filled.alice) == NavigationFigures(Found(1), Found(1))
    assert figures(filled, filled.bob) == NavigationFigures(Found(1), Found(0))


def test_a_company_that_is_counted_anew_is_asked_itself(filled):
    counting.begin_anew(company=filled.northwind)

    assert to_do(company=filled.northwind) is None
    assert figures(filled, filled.alice) == NavigationFigures(Found(2), Found(1))


def test_figures_take_one_query(filled, django_assert_num_queries):
    figures(filled, filled.alice)

    with django_assert_num_queries(1):
        figures(filled, filled.alice)


def test_of_a_part_of_a_company_no_more_are_counted_than_are_told(filled, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(queries, "MOST_TOLD", 1)
    membership = filled.membership(filled.mona)
    membership.roles.clear()
    membership.user.groups.clear()
    group = UserGroup.objects.create(company=filled.northwind, name="Desk")
    group.members.add(filled.membership(filled.alice), filled.membership(filled.bob))
    limited_role(membership, "Desk reader", [Permission.VIEW_ALL_REPORTS, Permission.VIEW_SUMMARIES], [group])

    figures(filled, filled.mona)

    with django_assert_num_queries(2):
        found = figures(filled, filled.mona)

    assert found == NavigationFigures(Found(1, is_capped=True), Found(1))
