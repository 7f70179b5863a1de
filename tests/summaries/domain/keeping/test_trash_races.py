"""Who restores and who deletes for good meet at one record; each is a thread with a connection of its own."""

import pytest

from summaries.domain.keeping.purging import purge
from summaries.domain.keeping.removal import UnableToDelete, delete_log, delete_report, delete_summary
from summaries.domain.keeping.restoring import NotInTrash, restore
from summaries.models import Interaction, Summary, SupportSession, TrashedRecord
from tests.at_once import at_once, seen, shared_database
from tests.conftest import build_cast
from tests.summaries.session_rows import add_interactions, add_session, add_summary

ROUNDS = 3


@pytest.fixture
def cast(transactional_db):
    return build_cast()


def kept(cast, number):
    session = add_session(cast.northwind, cast.bob, number, interaction_count=3)
    add_interactions(session, 3)
    add_summary(session)
    return session


def left(pk):
    """What there is of the session for whoever opens it: interactions, count, texts; and what lies in the trash."""
    session = SupportSession.objects.filter(pk=pk, status="ENDED").first()
    return (
        Interaction.objects.filter(session=pk).count(),
        session.interaction_count if session else 0,
        Summary.objects.filter(session=session).count() if session else 0,
        TrashedRecord.objects.filter(session=pk).count(),
    )


@pytest.mark.parametrize(
    ("delete", "gone"), [(delete_log, (0, 0, 1, 0)), (delete_summary, (3, 3, 0, 0)), (delete_report, (0, 0, 0, 0))]
)
def test_of_restoring_and_deleting_for_good_at_once_one_counts(cast, at, tmp_path, delete, gone):
    sessions = [kept(cast, number) for number in range(1, ROUNDS + 1)]
    for session in sessions:
        delete(session=session, actor=cast.alice, at=at)

    with shared_database(tmp_path):
        for session in sessions:
            one, other = (TrashedRecord.objects.select_related("session").get(session=session) for _ in range(2))
            outcomes = at_once(
                lambda mine=one: restore(trashed=mine, actor=cast.alice, at=at) and "restored",
                lambda mine=other: purge(trashed=mine, actor=None, at=at) or "purged",
            )
            expected = (3, 3, 1, 0) if outcomes[0] == "restored" else gone
            assert set(outcomes) in ({"restored", NotInTrash}, {NotInTrash, "purged"})
            assert seen(lambda pk=session.pk: left(pk)) == expected


@pytest.mark.parametrize("delete", [delete_log, delete_summary, delete_report])
def test_of_two_deletions_at_once_one_goes_to_the_trash(cast, at, tmp_path, delete):
    session = kept(cast, 1)

    with shared_database(tmp_path):
        outcomes = at_once(
            *[lambda: str(delete(session=session, actor=cast.alice, at=at).what) for _ in range(2)],
        )
        lying = seen(TrashedRecord.objects.count)

    assert (sorted(map(str, outcomes))[0], lying) == (str(UnableToDelete), 1)
