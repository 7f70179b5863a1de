"""Many change and count at once: nobody waits for the sums, no deadlock, and every change is counted once."""

import pytest

from accounts.models import Company
from summaries.domain.rollups.counting import count_changes, keep_up
from summaries.domain.rollups.navigation import to_do
from summaries.domain.rollups.verification import verify
from summaries.enums import ReviewState, SessionStatus
from summaries.models import Summary, SupportSession
from tests.at_once import at_once, seen, shared_database
from tests.summaries.session_rows import add_session, add_summary

WRITERS, ROUNDS = 16, 6


@pytest.mark.django_db(transaction=True)
def test_sixteen_writers_and_two_counters(cast, tmp_path):
    company_id = cast.northwind.pk
    ids = []
    for number in range(1, WRITERS + 1):
        session = add_session(cast.northwind, cast.bob, number, hours_ago=number)
        add_summary(session, issue_types=("VPN",), applications=("Word",))
        ids.append(session.pk)

    def writer(place):
        def write():
            for turn in range(ROUNDS):
                # A session of one's own, and one that everybody changes.
                for pk in (ids[place], ids[0]):
                    SupportSession.objects.filter(pk=pk).update(
                        status=(SessionStatus.DELETED, SessionStatus.ENDED)[turn % 2]
                    )
                Summary.objects.filter(session=ids[place]).update(review=ReviewState.values[turn % 3])
            return True

        return write

    def counter():
        for _ in range(3 * ROUNDS):
            count_changes(company_id=company_id)
        return True

    with shared_database(tmp_path):
        done = at_once(*[writer(place) for place in range(WRITERS)], counter, counter)
        seen(lambda: keep_up(keep_going=lambda: True))
        company = Company(pk=company_id, time_zone="UTC", next_session_number=WRITERS + 1)
        findings = seen(lambda: list(verify(company=company)))
        figures = seen(lambda: to_do(company=company))

    assert done == [True] * (WRITERS + 2)
    assert [finding for finding in findings if not finding.is_right] == []
    # The last round leaves every session shown and every summary approved.
    assert figures == (0, 0)
