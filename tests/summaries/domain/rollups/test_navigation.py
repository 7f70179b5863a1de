import pytest

from summaries.domain.reading.queries import NavigationFigures, navigation_figures
from summaries.domain.rollups import counting
from summaries.domain.rollups.navigation import to_do
from summaries.models import Summary
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
    assert figures(filled, filled.alice) == NavigationFigures(2, 1)
    counting.keep_up(keep_going=lambda: True)
    assert figures(filled, filled.alice) == NavigationFigures(2, 1)

    Summary.objects.filter(session__number=2, company=filled.northwind).update(review="APPROVED")

    assert figures(filled, filled.alice) == NavigationFigures(1, 1)
    assert figures(filled, filled.bob) == NavigationFigures(1, 0)


def test_a_company_that_is_counted_anew_is_asked_itself(filled):
    counting.begin_anew(company=filled.northwind)

    assert to_do(company=filled.northwind) is None
    assert figures(filled, filled.alice) == NavigationFigures(2, 1)


def test_figures_take_one_query(filled, django_assert_num_queries):
    figures(filled, filled.alice)

    with django_assert_num_queries(1):
        figures(filled, filled.alice)
