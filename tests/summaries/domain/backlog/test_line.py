"""Sessions of a backlog that the ordinary run makes: few at a time, and each one's end is seen."""

import pytest

from summaries.domain.backlog.line import fill_line
from summaries.models import Summary, SupportSession
from tests.summaries.domain.backlog.orders import (
    MINUTE,
    add_unsummarised,
    counts,
    leave_credits,
    order,
    reasons,
    shown,
    summary_states,
    work_at,
)
from tests.summaries.domain.remote import point_to

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


def test_a_backlog_of_the_built_in_engine_goes_the_ordinary_way_in_portions(cast, at, provider, settings):
    settings.BACKLOG_IN_LINE = 2
    add_unsummarised(cast.northwind, cast.bob, 1, 2, 3)
    point_to(cast.northwind, "", engine="BUILT_IN")
    backlog = order(cast.northwind, cast.mona, at)

    work_at(backlog, at)
    work_at(backlog, at)

    assert (counts(backlog), provider.asked) == ({"IN_LINE": 2, "WAITING": 1}, [])
    assert summary_states(cast.northwind) == [("QUEUED", "")] * 2


def test_what_failed_in_the_ordinary_line_says_why_and_what_was_deleted_is_skipped(cast, at, provider):
    sessions = add_unsummarised(cast.northwind, cast.bob, 1, 2, 3)
    point_to(cast.northwind, "", engine="BUILT_IN")
    backlog = order(cast.northwind, cast.mona, at)
    work_at(backlog, at)
    Summary.objects.filter(session=sessions[0]).update(state="FAILED", failure="It broke.")
    SupportSession.objects.filter(pk=sessions[1].pk).update(status="DELETED")

    work_at(backlog, at + MINUTE)

    assert reasons(backlog) == [
        ("FAILED", "It broke."),
        ("SKIPPED", "The session or its summary was deleted."),
        ("IN_LINE", ""),
    ]


def test_the_ordinary_line_is_filled_as_far_as_there_is_time_credit_and_reason(cast, at, provider):
    leave_credits(cast.northwind, 1, at=at)
    first, *_ = add_unsummarised(cast.northwind, cast.bob, 1, 2, 3)
    point_to(cast.northwind, "", engine="BUILT_IN")
    backlog = order(cast.northwind, cast.mona, at)
    SupportSession.objects.filter(pk=first.pk).update(log_deleted_at=at)
    fill_line(backlog=backlog, clock=lambda: at, keep_going=lambda: False)
    assert counts(backlog) == {"WAITING": 3}

    work_at(backlog, at)

    assert counts(backlog) == {"IN_LINE": 1, "SKIPPED": 1, "WAITING": 1}
    assert shown(backlog)[1] == "All AI credits are used. The backlog goes on when credits arrive."
