import pytest

from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from policies.enums import ConsentAnswer
from summaries.domain.keeping import holds, purging
from summaries.domain.keeping.holds import UnderLegalHold
from summaries.domain.keeping.purging import purge
from summaries.domain.keeping.removal import delete_log, delete_report, delete_summary
from summaries.domain.keeping.restoring import NotInTrash, restore
from summaries.domain.keeping.retention import apply
from summaries.domain.reading.search import matching
from summaries.models import ConsentEntry, Interaction, Summary, SummaryRevision, SupportSession, TrashedRecord
from tests.summaries.session_rows import add_interactions, add_session, add_summary

pytestmark = pytest.mark.usefixtures("ledger_adds_up")
DELETIONS = (delete_log, delete_summary, delete_report)


@pytest.fixture
def reported(cast):
    return kept(cast.northwind, cast.bob, 1)


def kept(company, supporter, number, **fields):
    session = add_session(company, supporter, number, interaction_count=3, device_name="ACC-14", **fields)
    add_interactions(session, 3)
    add_summary(session)
    return session


def test_a_log_deleted_for_good_leaves_report_and_summary(cast, reported, at):
    foreign = kept(cast.contoso, cast.charlie, 1)

    purge(trashed=delete_log(session=reported, actor=cast.alice, at=at), actor=cast.alice, at=at)

    reported.refresh_from_db()
    assert (reported.interaction_count, reported.log_deleted_at, reported.summary.revisions.count()) == (0, at, 1)
    assert set(Interaction.objects.values_list("session", flat=True)) == {foreign.pk}


def test_a_summary_deleted_for_good_leaves_a_newer_one(cast, reported, at):
    trashed = delete_summary(session=reported, actor=cast.alice, at=at)
    newer = add_summary(SupportSession.objects.get(), issue_types=("Printing",))

    purge(trashed=trashed, actor=cast.alice, at=at)

    assert (Summary.objects.get(), SummaryRevision.objects.get()) == (newer, newer.current)
    assert SupportSession.objects.get().interaction_count == 3


def test_a_report_deleted_for_good_leaves_no_row_when_nothing_refers_to_it(cast, reported, at):
    foreign = kept(cast.contoso, cast.charlie, 1)
    delete_log(session=reported, actor=cast.alice, at=at)
    delete_summary(session=reported, actor=cast.alice, at=at)
    trashed = delete_report(session=reported, actor=cast.alice, at=at)

    purge(trashed=trashed, actor=cast.alice, at=at)

    assert (list(SupportSession.objects.all()), TrashedRecord.objects.count()) == ([foreign], 0)
    assert (Interaction.objects.count(), Summary.objects.count()) == (3, 1)


def test_a_report_deleted_for_good_keeps_the_proof_of_consent_and_nothing_else(cast, at):
    words = {"remote_user": "Kim", "notes": "note-word", "ticket": "T-1", "source_name": "kim.cast", "fee": "1.50"}
    session = kept(cast.northwind, cast.bob, 1, billing_state="BILLED", currency="EUR", source_digest="ab", **words)
    ConsentEntry.objects.create(
        company=cast.northwind, session=session, answer=ConsentAnswer.GIVEN, statement="Agreed by phone.", at=at
    )

    purge(trashed=delete_report(session=session, actor=cast.alice, at=at), actor=None, at=at)

    shell = SupportSession.objects.get()
    told = [shell.remote_user, shell.notes, shell.ticket, shell.source_name, shell.source_digest, shell.search_text]
    assert (shell.status, told, shell.fee, shell.device) == ("DELETED", [""] * 6, None, None)
    assert (shell.interaction_count, shell.interactions.count(), Summary.objects.count()) == (0, 0, 0)
    assert ConsentEntry.objects.get().statement == "Agreed by phone."
    assert SupportSession.objects.visible_to(cast.alice).count() == 0
    assert matching(SupportSession.objects.all(), "note-word").count() == 0


@pytest.mark.parametrize(
    ("delete", "action"),
    [(delete_log, "session_log.purged"), (delete_summary, "summary.purged"), (delete_report, "session.purged")],
)
def test_deletion_for_good_is_audited_and_done_once(cast, reported, at, delete, action):
    trashed = delete(session=reported, actor=cast.alice, at=at)
    again = TrashedRecord.objects.select_related("session").get()

    purge(trashed=trashed, actor=cast.alice, at=at)

    with pytest.raises(NotInTrash, match="is not in the trash any more"):
        purge(trashed=again, actor=cast.alice, at=at)
    entries = AuditEntry.objects.filter(action=action)
    assert [(entry.actor, entry.details) for entry in entries] == [(cast.alice, {"number": "S-1"})]


def test_what_was_restored_is_not_deleted_for_good(cast, reported, at):
    trashed = delete_log(session=reported, actor=cast.alice, at=at)
    restore(trashed=TrashedRecord.objects.get(), actor=cast.alice, at=at)

    with pytest.raises(NotInTrash):
        purge(trashed=trashed, actor=None, at=at)

    assert Interaction.objects.count() == 3


@pytest.mark.parametrize("delete", DELETIONS)
def test_deletion_for_good_needs_the_permission_that_deleted(cast, reported, at, delete):
    trashed = delete(session=reported, actor=cast.alice, at=at)

    for actor in (cast.bob, cast.charlie):
        with pytest.raises(PermissionMissing):
            purge(trashed=trashed, actor=actor, at=at)

    assert (TrashedRecord.objects.count(), Interaction.objects.count(), Summary.objects.count()) == (1, 3, 1)


@pytest.mark.parametrize("delete", DELETIONS)
def test_under_legal_hold_nothing_is_deleted_for_good(cast, reported, at, delete):
    trashed = delete(session=reported, actor=cast.alice, at=at)
    holds.place(company=cast.northwind, session=reported, reason="Case 4711", actor=cast.alice, at=at)

    with pytest.raises(UnderLegalHold):
        purge(trashed=trashed, actor=cast.alice, at=at)

    assert (TrashedRecord.objects.count(), Interaction.objects.count(), Summary.objects.count()) == (1, 3, 1)


@pytest.mark.parametrize("delete", [delete_log, delete_report])
def test_what_a_killed_process_left_is_finished_by_the_daily_job(cast, reported, at, monkeypatch, delete):
    trashed = delete(session=reported, actor=cast.alice, at=at)

    def killed(**_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        # Where the process dies: after the transaction that decides, before the rows of the log.
        patched.setattr(purging, "forget_log", killed)
        with pytest.raises(KeyboardInterrupt):
            purge(trashed=trashed, actor=cast.alice, at=at)
    assert (Interaction.objects.count(), TrashedRecord.objects.count()) == (3, 0)

    apply(company=cast.northwind, at=at)
    apply(company=cast.northwind, at=at)

    assert Interaction.objects.count() == 0
    assert SupportSession.objects.filter(status="DELETED").count() == 0
