import pytest

from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from summaries.domain.keeping.removal import delete_log
from summaries.domain.reading.search import matching
from summaries.domain.reports.notes import MAX_NOTES_CHARS, UnableToChangeNotes, change_notes
from summaries.models import SupportSession
from tests.summaries.session_rows import add_session, add_summary


@pytest.fixture
def reported(cast):
    return add_session(cast.northwind, cast.bob, 1, notes="old words", search_text="old words")


def found(query):
    return matching(SupportSession.objects.all(), query).count()


def test_change_notes_is_saved_found_and_audited(cast, reported, at):
    change_notes(session=reported, notes=" Call back\x00 on Friday ", actor=cast.mona, at=at)

    reported.refresh_from_db()
    assert reported.notes == "Call back on Friday"
    assert (found("friday"), found("old words")) == (1, 0)
    assert AuditEntry.objects.filter(action="session.notes_changed", actor=cast.mona).count() == 1


def test_change_notes_keeps_the_summary_findable(cast, at):
    session = add_session(cast.northwind, cast.bob, 2, device_name="ACC-14")
    add_summary(session)

    change_notes(session=session, notes="new", actor=cast.mona, at=at)

    assert [found(query) for query in ("new", "driver update", "net stop spooler", "acc-14", "S-2")] == [1] * 5


def test_change_notes_needs_the_permission(cast, reported, at):
    for actor in (cast.bob, cast.charlie):
        with pytest.raises(PermissionMissing):
            change_notes(session=reported, notes="x", actor=actor, at=at)


def test_change_notes_of_a_running_session_is_refused(cast, at):
    running = add_session(cast.northwind, cast.bob, 3, status="OPEN", ended_at=None)

    with pytest.raises(UnableToChangeNotes):
        change_notes(session=running, notes="x", actor=cast.mona, at=at)


def test_change_notes_that_are_too_long_is_refused(cast, reported, at):
    with pytest.raises(UnableToChangeNotes):
        change_notes(session=reported, notes="x" * (MAX_NOTES_CHARS + 1), actor=cast.mona, at=at)

    reported.refresh_from_db()
    assert reported.notes == "old words"


def test_change_notes_masks_a_secret_before_it_is_stored(cast, reported, at):
    change_notes(session=reported, notes="login bob\npassword: hunter2secret", actor=cast.mona, at=at)
    reported.refresh_from_db()
    change_notes(session=reported, notes=f"{reported.notes}\nfixed", actor=cast.mona, at=at)

    reported.refresh_from_db()
    assert reported.notes == "login bob\npassword: [PASSWORD-1]\nfixed"
    assert found("hunter2secret") == 0
    assert reported.redaction_counts == {"PASSWORD": 1}


def test_notes_of_a_session_whose_log_was_deleted_leave_no_memory_of_what_was_masked(cast, session, at):
    delete_log(session=session, actor=cast.alice, at=at)

    change_notes(session=session, notes="Ask bob@customer.example", actor=cast.mona, at=at)

    session.refresh_from_db()
    assert (session.notes, session.redaction_memory) == ("Ask [EMAIL-1]", {})
