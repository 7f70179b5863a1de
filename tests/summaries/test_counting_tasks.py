import logging

from accounts.models import Company
from summaries import tasks
from summaries.models import SessionChange, SessionRollup, SupportSession
from tests.summaries.session_rows import add_session


def test_changes_are_counted_and_a_wrong_sum_is_told_and_mended(cast, caplog):
    add_session(cast.northwind, cast.bob, 1)
    Company.objects.filter(pk=cast.northwind.pk).update(next_session_number=2)

    tasks.count_sessions()
    assert (SessionChange.objects.count(), SessionRollup.objects.count()) == (0, 2)

    with caplog.at_level(logging.ERROR):
        tasks.check_counts()
        assert caplog.messages == []
        SupportSession.objects.update(status="DELETED")
        SessionChange.objects.all().delete()
        tasks.check_counts()

    assert caplog.messages == [
        f"Sums of company {cast.northwind.pk} were wrong and are mended: Finding(looked_at=1, sessions=1, sums=0)"
    ]
    assert SessionRollup.objects.count() == 0
