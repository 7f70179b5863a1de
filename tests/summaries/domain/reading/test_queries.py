from datetime import timedelta

import pytest
from django.http import Http404

from summaries.domain.reading import queries
from summaries.domain.reading.listing import Found
from tests.summaries.session_rows import add_session, add_summary


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

    assert queries.navigation_figures(company=cast.northwind, viewer=cast.alice) == queries.NavigationFigures(
        Found(1), Found(1)
    )
    assert queries.navigation_figures(company=cast.northwind, viewer=cast.bob) == queries.NavigationFigures(
        Found(1), Found(0)
    )


def test_members_are_the_companys(cast):
    assert [user.name for user in queries.members_of(company=cast.northwind)] == ["Alice", "Bob", "Mona"]


def test_moment_and_duration_of_a_session(cast, at):
    session = add_session(cast.northwind, cast.bob, 1)

    assert session.moment_of(1500) == at - timedelta(hours=1) + timedelta(seconds=1.5)
