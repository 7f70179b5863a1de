import pytest

from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from policies.enums import ConsentAnswer
from summaries.domain.consent.withdrawal import record_withdrawal
from summaries.domain.imports.recordings import UnableToImport, import_recording
from summaries.domain.keeping import holds, removal
from summaries.domain.keeping.holds import UnderLegalHold
from summaries.domain.keeping.removal import UnableToDelete, delete_log, delete_report, delete_summary
from summaries.domain.reading.search import matching
from summaries.models import ConsentEntry, Interaction, Summary, SupportSession
from tests.summaries.conftest import order_of
from tests.summaries.session_rows import add_interactions, add_session, add_summary

DELETIONS = (delete_log, delete_summary, delete_report)


@pytest.fixture
def reported(cast):
    return kept(cast.northwind, cast.bob, 1)


def kept(company, supporter, number, **fields):
    session = add_session(company, supporter, number, interaction_count=3, device_name="ACC-14", **fields)
    add_interactions(session, 3)
    add_summary(session)
    return session


def test_delete_log_is_audited_with_its_size(cast, reported, at):
    delete_log(session=reported, actor=cast.alice, at=at)

    reported.refresh_from_db()
    assert (reported.interactions.count(), reported.interaction_count, reported.log_deleted_at) == (0, 0, at)
    entry = AuditEntry.objects.get(action="session_log.deleted")
    assert (entry.actor, entry.details) == (cast.alice, {"interactions": 3})
    with pytest.raises(UnableToDelete, match="no session log"):
        delete_log(session=reported, actor=cast.alice, at=at)


def test_delete_summary_is_audited(cast, reported, at):
    delete_summary(session=reported, actor=cast.mona, at=at)

    reported = SupportSession.objects.get(pk=reported.pk)
    assert (Summary.objects.count(), reported.interaction_count, reported.summary_deleted_at) == (0, 3, at)
    assert AuditEntry.objects.filter(action="summary.deleted", actor=cast.mona).count() == 1
    with pytest.raises(UnableToDelete, match="no summary"):
        delete_summary(session=reported, actor=cast.mona, at=at)


def test_delete_report_leaves_no_row_when_nothing_refers_to_it(cast, reported, at):
    foreign = kept(cast.contoso, cast.charlie, 1)

    delete_report(session=reported, actor=cast.alice, at=at)

    assert list(SupportSession.objects.all()) == [foreign]
    assert (Interaction.objects.count(), Summary.objects.count()) == (3, 1)
    entry = AuditEntry.objects.get(action="session.deleted")
    assert (entry.object_id, entry.details) == (str(reported.public_id), {"number": "S-1"})


def test_delete_report_keeps_the_proof_of_consent_and_nothing_else(cast, at):
    words = {"remote_user": "Kim", "notes": "note-word", "ticket": "T-1", "source_name": "kim.cast", "fee": "1.50"}
    session = kept(cast.northwind, cast.bob, 1, billing_state="BILLED", currency="EUR", source_digest="ab", **words)
    ConsentEntry.objects.create(
        company=cast.northwind, session=session, answer=ConsentAnswer.GIVEN, statement="Agreed by phone.", at=at
    )

    delete_report(session=session, actor=cast.alice, at=at)

    shell = SupportSession.objects.get()
    told = [shell.remote_user, shell.notes, shell.ticket, shell.source_name, shell.source_digest, shell.search_text]
    assert (shell.status, told, shell.fee, shell.device) == ("DELETED", [""] * 6, None, None)
    assert (shell.interaction_count, shell.interactions.count(), Summary.objects.count()) == (0, 0, 0)
    assert ConsentEntry.objects.get().statement == "Agreed by phone."
    assert SupportSession.objects.visible_to(cast.alice).count() == 0
    assert matching(SupportSession.objects.all(), "note-word").count() == 0
    with pytest.raises(PermissionMissing):
        delete_report(session=shell, actor=cast.alice, at=at)


def test_a_recording_whose_report_was_deleted_can_be_imported_again(cast, session, at):
    delete_report(session=session, actor=cast.alice, at=at)

    result = import_recording(order=order_of(cast.northwind, cast.bob, at=at))

    assert result.created is True
    assert result.session.interactions.count() > 0


def test_a_withdrawal_stands_although_the_report_is_deleted_and_the_recording_imported_again(cast, session, at):
    record_withdrawal(session=session, statement="By mail.", actor=cast.alice, at=at)
    session.refresh_from_db()
    delete_report(session=session, actor=cast.alice, at=at)

    with pytest.raises(UnableToImport, match="The remote user withdrew the consent to this recording"):
        import_recording(order=order_of(cast.northwind, cast.bob, at=at))

    # Another company's consent is another matter.
    assert import_recording(order=order_of(cast.contoso, cast.charlie, at=at)).created is True
    assert Interaction.objects.filter(company=cast.northwind).count() == 0


def test_a_log_that_a_hold_keeps_hidden_survives_the_import_of_its_recording(cast, session, at):
    holds.place(company=cast.northwind, session=session, reason="Case 4711", actor=cast.alice, at=at)
    SupportSession.objects.update(verdict="NO", reason="AI_OFF")
    kept_rows = Interaction.objects.count()

    result = import_recording(order=order_of(cast.northwind, cast.bob, at=at))

    assert (result.created, Interaction.objects.count()) == (False, kept_rows)
    assert kept_rows > 0


def test_a_recording_whose_log_was_deleted_does_not_bring_it_back(cast, session, at):
    delete_log(session=session, actor=cast.alice, at=at)

    result = import_recording(order=order_of(cast.northwind, cast.bob, at=at))

    assert (result.session, result.created, Interaction.objects.count()) == (session, False, 0)


@pytest.mark.parametrize("delete", DELETIONS)
def test_delete_needs_its_own_permission(cast, reported, at, delete):
    for actor in (cast.bob, cast.charlie):
        with pytest.raises(PermissionMissing):
            delete(session=reported, actor=actor, at=at)

    assert (reported.interactions.count(), Summary.objects.count()) == (3, 1)


def test_a_manager_deletes_summaries_and_neither_logs_nor_reports(cast, reported, at):
    for delete in (delete_log, delete_report):
        with pytest.raises(PermissionMissing):
            delete(session=reported, actor=cast.mona, at=at)

    delete_summary(session=reported, actor=cast.mona, at=at)


@pytest.mark.parametrize("delete", DELETIONS)
@pytest.mark.parametrize("on_company", [True, False])
def test_delete_under_legal_hold_is_refused(cast, reported, at, delete, on_company):
    held = None if on_company else reported
    holds.place(company=cast.northwind, session=held, reason="Case 4711", actor=cast.alice, at=at)

    with pytest.raises(UnderLegalHold):
        delete(session=reported, actor=cast.alice, at=at)

    reported.refresh_from_db()
    assert (reported.status, reported.interactions.count(), Summary.objects.count()) == ("ENDED", 3, 1)
    assert AuditEntry.objects.filter(action__endswith=".deleted").count() == 0


@pytest.mark.parametrize("delete", DELETIONS)
def test_delete_of_a_running_session_is_refused(cast, at, delete):
    running = add_session(cast.northwind, cast.bob, 3, status="OPEN", ended_at=None)

    with pytest.raises(UnableToDelete, match="still running"):
        delete(session=running, actor=cast.alice, at=at)


def test_empty_of_a_session_that_went_meanwhile_is_refused(cast, reported, at):
    SupportSession.objects.filter(pk=reported.pk).update(status="IMPORTING")

    for step in (removal._check_over, lambda session: removal._empty(session=session, at=at)):
        with pytest.raises(UnableToDelete, match="deleted before"):
            step(reported)
