from datetime import timedelta

import pytest
from django.http import Http404

from summaries.domain.reading import queries
from summaries.models import SupportSession
from tests.summaries.session_rows import add_session, add_summary


def all_sessions():
    return SupportSession.objects.all()


def numbers(page):
    return [session.number for session in page.rows]


@pytest.fixture
def sixty(cast):
    """S-1 the oldest to S-60 the newest; the ten in the middle began at the same moment."""
    for number in range(1, 61):
        add_session(cast.northwind, cast.bob, number, hours_ago=30 if 25 <= number <= 34 else 61 - number)


def test_session_page_walks_to_the_end_and_back(sixty):
    first = queries.session_page(all_sessions())
    second = queries.session_page(all_sessions(), before=first.older)
    back = queries.session_page(all_sessions(), after=second.newer)

    assert (len(first.rows), first.newer) == (50, "")
    assert (len(second.rows), second.older) == (10, "")
    assert {*numbers(first), *numbers(second)} == set(range(1, 61))
    assert (numbers(back), back.older != "", back.newer) == (numbers(first), True, "")


def test_session_page_newer_of_several_is_the_next_one(sixty):
    oldest = SupportSession.objects.get(number=1)

    page = queries.session_page(all_sessions(), after=queries.key_of(oldest))

    assert len(page.rows) == 50
    assert (page.rows[-1].number, page.newer != "", page.older != "") == (2, True, True)


@pytest.mark.parametrize("key", ["x", "-", "12", "zz-1", "f" * 40 + "-1", "1-", "-1", "1" * 30 + "-5"])
def test_session_page_ignores_a_malformed_key(cast, key):
    add_session(cast.northwind, cast.bob, 1)

    assert numbers(queries.session_page(all_sessions(), before=key)) == [1]


def test_session_page_beyond_the_last_is_empty(cast):
    session = add_session(cast.northwind, cast.bob, 1)

    assert queries.session_page(all_sessions(), before=queries.key_of(session)) == queries.Page([])


def test_session_numbered_is_the_companys_own(cast):
    add_session(cast.contoso, cast.charlie, 1)
    own = add_session(cast.northwind, cast.bob, 1)

    assert queries.session_numbered(company=cast.northwind, viewer=cast.alice, number=1) == own


def test_session_numbered_of_another_company_or_supporter_is_not_found(cast):
    add_session(cast.northwind, cast.alice, 1)

    for company, viewer in ((cast.northwind, cast.charlie), (cast.contoso, cast.charlie), (cast.northwind, cast.bob)):
        with pytest.raises(Http404):
            queries.session_numbered(company=company, viewer=viewer, number=1)


def test_state_of_session_with_and_without_summary(cast):
    bare = add_session(cast.northwind, cast.bob, 1)
    failed = add_session(cast.northwind, cast.bob, 2)
    add_summary(failed, state="FAILED", failure="The key was refused.")

    assert queries.state_of_session(bare).code == "NO_SUMMARY"
    assert queries.state_of_session(failed).reason == "The key was refused."


def test_revisions_and_consents_are_read_for_those_who_may(cast, session):
    summary = add_summary(add_session(cast.northwind, cast.bob, 700))

    found = queries.revisions_of(session=summary.session, viewer=cast.bob)

    assert [queries.text_of(revision).content.title for revision in found] == [summary.title]
    assert queries.revisions_of(session=summary.session, viewer=cast.charlie) == []
    assert [entry.answer for entry in queries.consents_of(session=session, viewer=cast.bob)] == ["GIVEN"]
    assert queries.consents_of(session=session, viewer=cast.charlie) == []


def test_navigation_figures_count_what_the_viewer_sees(cast):
    add_summary(add_session(cast.northwind, cast.bob, 1))
    add_summary(add_session(cast.northwind, cast.alice, 2), state="FAILED")
    add_summary(add_session(cast.contoso, cast.charlie, 1))

    assert queries.navigation_figures(company=cast.northwind, viewer=cast.alice) == queries.NavigationFigures(1, 1)
    assert queries.navigation_figures(company=cast.northwind, viewer=cast.bob) == queries.NavigationFigures(1, 0)


def test_members_are_the_companys(cast):
    assert [user.name for user in queries.members_of(company=cast.northwind)] == ["Alice", "Bob", "Mona"]


def test_moment_and_duration_of_a_session(cast, at):
    session = add_session(cast.northwind, cast.bob, 1)

    assert session.moment_of(1500) == at - timedelta(hours=1) + timedelta(seconds=1.5)
