import pytest

from accounts.models import AuditEntry, UserGroup
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing
from credits.models import Reservation
from summaries.domain.consent.withdrawal import record_withdrawal
from summaries.domain.generation.requests import generate, request_summary
from summaries.domain.keeping import holds
from summaries.domain.keeping.forgetting import current_search_text
from summaries.domain.keeping.removal import delete_log, delete_report, delete_summary
from summaries.domain.keeping.restoring import NotInTrash, UnableToRestore, restore
from summaries.domain.reading.search import matching
from summaries.domain.reading.timeline import log_of
from summaries.models import Interaction, Summary, SummaryRating, SummaryRevision, SupportSession, TrashedRecord
from tests.role_limits import limited_role
from tests.summaries.session_rows import add_interactions, add_session, add_summary

pytestmark = pytest.mark.usefixtures("ledger_adds_up")
DELETIONS = (delete_log, delete_summary, delete_report)


@pytest.fixture
def reported(cast):
    return kept(cast.northwind, cast.bob, 1)


def kept(company, supporter, number, **fields):
    memory = {"redaction_memory": {"EMAIL": {"ab": 1}}, "bad_records": [{"unit": "LINE", "place": 3, "problem": "x"}]}
    session = add_session(company, supporter, number, interaction_count=3, bad_record_count=1, **memory, **fields)
    add_interactions(session, 3)
    add_summary(session, issue_types=("Printing",), applications=("bash",))
    return session


def row_of(session):
    """Everything that the database holds of the session itself."""
    return SupportSession.objects.filter(pk=session.pk).values().get()


def texts():
    """Everything that it holds of summaries, with what hangs on them."""
    return {
        "summaries": list(Summary.objects.order_by("pk").values()),
        "labels": list(Summary.objects.values_list("issue_types__name", "applications__name")),
        "revisions": list(SummaryRevision.objects.order_by("pk").values()),
        "ratings": list(SummaryRating.objects.values()),
    }


@pytest.mark.parametrize("delete", DELETIONS)
def test_what_is_restored_is_as_it_was(cast, reported, at, later, delete):
    summary = reported.summary
    SummaryRating.objects.create(
        company=cast.northwind, summary=summary, revision=summary.current, member=cast.bob, is_helpful=True, rated_at=at
    )
    Summary.objects.update(review="APPROVED", reviewed_by=cast.mona, reviewed_at=at)
    reported.search_text = current_search_text(reported)
    reported.save()
    before = (row_of(reported), texts(), list(Interaction.objects.values()))

    trashed = delete(session=SupportSession.objects.get(), actor=cast.alice, at=at)
    hidden = (row_of(reported), texts())
    restore(trashed=trashed, actor=cast.alice, at=later)

    assert hidden != before[:2]
    assert (row_of(reported), texts(), list(Interaction.objects.values())) == before
    assert TrashedRecord.objects.count() == 0


def test_a_restored_log_is_read_again_and_a_summary_can_be_made_of_it(cast, session, clock, at):
    rows = Interaction.objects.count()
    trashed = delete_log(session=session, actor=cast.alice, at=at)

    restored = restore(trashed=trashed, actor=cast.alice, at=at)

    assert log_of(session=restored).count() == restored.interaction_count == rows
    generate(summary_id=request_summary(session=restored, actor=None, at=at).pk, clock=clock)
    assert (Summary.objects.get().state, Reservation.objects.get().state) == ("READY", "CHARGED")


def test_a_restored_summary_is_found_again(cast, reported, at):
    trashed = delete_summary(session=reported, actor=cast.alice, at=at)
    lost = matching(SupportSession.objects.all(), "driver update").count()

    restore(trashed=trashed, actor=cast.alice, at=at)

    assert (lost, matching(SupportSession.objects.all(), "driver update").count()) == (0, 1)
    assert SupportSession.objects.get().summary_deleted_at is None


def test_a_summary_that_was_being_made_anew_comes_back_with_the_text_it_had(cast, session, clock, at):
    generate(summary_id=session.summary.pk, clock=clock)
    request_summary(session=session, actor=None, at=at)

    trashed = delete_summary(session=session, actor=cast.alice, at=at)
    restore(trashed=trashed, actor=cast.alice, at=at)

    summary = SupportSession.objects.get().summary
    assert (summary.state, summary.current.number, summary.claim, summary.attempts) == ("READY", 1, None, 0)
    assert Reservation.objects.get().state == "CHARGED"


@pytest.mark.parametrize(
    ("delete", "action"),
    [
        (delete_log, "session_log.undeleted"),
        (delete_summary, "summary.undeleted"),
        (delete_report, "session.undeleted"),
    ],
)
def test_restore_is_audited_and_done_once(cast, reported, at, delete, action):
    trashed = delete(session=reported, actor=cast.alice, at=at)
    again = TrashedRecord.objects.get()

    restore(trashed=trashed, actor=cast.alice, at=at)

    with pytest.raises(NotInTrash, match="is not in the trash any more"):
        restore(trashed=again, actor=cast.alice, at=at)
    entries = AuditEntry.objects.filter(action=action)
    assert [(entry.actor, entry.object_id) for entry in entries] == [(cast.alice, str(reported.public_id))]


@pytest.mark.parametrize("delete", DELETIONS)
def test_restore_needs_the_permission_that_deleted(cast, reported, at, delete):
    trashed = delete(session=reported, actor=cast.alice, at=at)

    for actor in (cast.bob, cast.charlie):
        with pytest.raises(PermissionMissing):
            restore(trashed=trashed, actor=actor, at=at)

    assert TrashedRecord.objects.get() == trashed


def test_a_manager_restores_summaries_and_neither_logs_nor_reports(cast, reported, at):
    summary, log, report = (
        delete(session=reported, actor=cast.alice, at=at) for delete in (delete_summary, delete_log, delete_report)
    )

    for trashed in (log, report):
        with pytest.raises(PermissionMissing):
            restore(trashed=trashed, actor=cast.mona, at=at)

    restore(trashed=report, actor=cast.alice, at=at)
    restore(trashed=summary, actor=cast.mona, at=at)
    assert SupportSession.objects.get().summary.current.number == 1


def test_the_reach_of_a_role_ends_at_the_trash_as_well(cast, reported, at):
    nobody = UserGroup.objects.create(company=cast.northwind, name="Nobody")
    limited_role(cast.membership(cast.bob), "Cleaner", [Permission.DELETE_SUMMARIES], [nobody])
    trashed = delete_summary(session=reported, actor=cast.alice, at=at)

    with pytest.raises(PermissionMissing, match="for this session"):
        restore(trashed=trashed, actor=cast.bob, at=at)


def test_restore_over_a_newer_summary_says_what_to_do(cast, reported, at):
    old = delete_summary(session=reported, actor=cast.alice, at=at)
    add_summary(SupportSession.objects.get())

    with pytest.raises(UnableToRestore, match="S-1 has a newer summary. Delete that one first"):
        restore(trashed=old, actor=cast.alice, at=at)

    newer = delete_summary(session=reported, actor=cast.alice, at=at)
    restore(trashed=old, actor=cast.alice, at=at)
    assert (list(TrashedRecord.objects.all()), SupportSession.objects.get().summary_deleted_at) == ([newer], at)


@pytest.mark.parametrize("delete", [delete_log, delete_summary])
def test_restore_into_a_report_that_lies_in_the_trash_says_what_to_do(cast, reported, at, delete):
    trashed = delete(session=reported, actor=cast.alice, at=at)
    delete_report(session=reported, actor=cast.alice, at=at)

    with pytest.raises(UnableToRestore, match="The connection report of S-1 lies in the trash, too"):
        restore(trashed=trashed, actor=cast.alice, at=at)

    assert TrashedRecord.objects.count() == 2


@pytest.mark.parametrize("delete", DELETIONS)
def test_a_legal_hold_stops_no_restoring(cast, reported, at, delete):
    trashed = delete(session=reported, actor=cast.alice, at=at)
    holds.place(company=cast.northwind, reason="Case 4711", actor=cast.alice, at=at)

    assert restore(trashed=trashed, actor=cast.alice, at=at).status == "ENDED"


@pytest.mark.parametrize("delete", [delete_log, delete_summary])
def test_what_a_withdrawal_takes_is_never_restored(cast, reported, at, delete):
    trashed = delete(session=reported, actor=cast.alice, at=at)

    record_withdrawal(session=reported, statement="By mail.", actor=cast.alice, at=at)

    with pytest.raises(NotInTrash):
        restore(trashed=trashed, actor=cast.alice, at=at)
    assert (Interaction.objects.count(), Summary.objects.count(), TrashedRecord.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("delete", [delete_log, delete_summary])
def test_what_a_hold_keeps_of_a_withdrawn_session_is_not_restored(cast, reported, at, delete):
    trashed = delete(session=reported, actor=cast.alice, at=at)
    holds.place(company=cast.northwind, reason="Case 4711", actor=cast.alice, at=at)
    record_withdrawal(session=reported, statement="By mail.", actor=cast.alice, at=at)

    with pytest.raises(UnableToRestore, match="may not be kept any more: Consent withdrawn"):
        restore(trashed=trashed, actor=cast.alice, at=at)

    assert TrashedRecord.objects.count() == 1
