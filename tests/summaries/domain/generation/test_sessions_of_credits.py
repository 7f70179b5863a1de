"""What the pages of credits may tell of sessions: those that the viewer sees, and no other."""

from uuid import uuid4

import pytest

from summaries.domain.generation.credit_use import sessions_waiting, visible_numbers
from summaries.models import Summary
from tests.summaries.report_examples import store_session, store_summary


@pytest.fixture
def sessions(cast):
    """Bob's S-1, Mona's S-2 and Contoso's S-3, which all wait for a credit; Bob's S-4 does not."""
    stored = [
        store_session(company, supporter, number=number)
        for number, company, supporter in (
            (1, cast.northwind, cast.bob),
            (2, cast.northwind, cast.mona),
            (3, cast.contoso, cast.charlie),
            (4, cast.northwind, cast.bob),
        )
    ]
    waiting = [store_summary(session).pk for session in stored][:3]
    Summary.objects.filter(pk__in=waiting).update(state="WAITING_FOR_CREDITS")
    return stored


def test_waiting_sessions_are_counted_as_far_as_the_viewer_sees_them(cast, sessions):
    counted = [sessions_waiting(company=cast.northwind, viewer=user) for user in (cast.alice, cast.bob, cast.charlie)]

    assert counted == [2, 1, 0]


def test_sessions_are_named_to_who_may_open_them(cast, sessions):
    asked_for = {*(session.public_id for session in sessions), uuid4()}

    def seen_by(user):
        return sorted(visible_numbers(company=cast.northwind, viewer=user, session_ids=asked_for).values())

    assert (seen_by(cast.alice), seen_by(cast.bob), seen_by(cast.charlie)) == ([1, 2, 4], [1, 4], [])


def test_nothing_asked_for_is_no_query(cast, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert visible_numbers(company=cast.northwind, viewer=cast.alice, session_ids=set()) == {}
