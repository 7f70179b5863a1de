from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from credits.models import Reservation
from summaries.domain.consent.withdrawal import record_withdrawal
from summaries.domain.generation import claims
from summaries.domain.generation.engine_request import build_request, recorded_interactions
from summaries.domain.generation.requests import NotEligible, generate, request_summary
from summaries.domain.generation.revisions import Written, store_revision
from summaries.domain.generation.steps import call_engine
from summaries.domain.imports.recordings import UnableToImport, import_recording
from summaries.domain.keeping import holds
from summaries.domain.keeping.holds import UnderLegalHold
from summaries.domain.keeping.purging import purge
from summaries.domain.keeping.removal import UnableToDelete, delete_log, delete_report, delete_summary
from summaries.domain.reading.search import matching
from summaries.domain.reading.timeline import log_of
from summaries.models import Interaction, Summary, SummaryRevision, SupportSession, TrashedRecord
from tests.summaries.conftest import order_of
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


def test_delete_log_hides_it_and_is_audited_with_its_size(cast, reported, at):
    trashed = delete_log(session=reported, actor=cast.alice, at=at)

    reported = SupportSession.objects.get(pk=reported.pk)
    assert (reported.interaction_count, reported.log_deleted_at, log_of(session=reported).count()) == (0, at, 0)
    assert Interaction.objects.visible_to(cast.alice).count() == 0
    assert recorded_interactions(session=reported) == ()
    assert (trashed.what, trashed.size, trashed.purge_at - at) == ("LOG", 3, timedelta(days=30))
    entry = AuditEntry.objects.get(action="session_log.deleted")
    assert (entry.actor, entry.details) == (cast.alice, {"interactions": 3, "until": "2026-12-20"})
    with pytest.raises(UnableToDelete, match="no session log"):
        delete_log(session=reported, actor=cast.alice, at=at)


def test_delete_log_stops_a_summary_that_waits_and_lets_none_be_made(cast, session, at):
    delete_log(session=session, actor=cast.alice, at=at)

    session.refresh_from_db()
    assert (Summary.objects.count(), Reservation.objects.get().state) == (0, "RELEASED")
    with pytest.raises(NotEligible, match="The session log was deleted"):
        request_summary(session=session, actor=None, at=at)


def test_delete_summary_is_audited(cast, reported, at):
    trashed = delete_summary(session=reported, actor=cast.mona, at=at)

    reported = SupportSession.objects.get(pk=reported.pk)
    assert Summary.objects.filter(session=reported).count() == 0
    assert Summary.objects.visible_to(cast.alice).count() == SummaryRevision.objects.visible_to(cast.alice).count() == 0
    assert (reported.interaction_count, reported.summary_deleted_at) == (3, at)
    assert matching(SupportSession.objects.all(), "driver update").count() == 0
    assert (trashed.what, trashed.size) == ("SUMMARY", 1)
    assert AuditEntry.objects.filter(action="summary.deleted", actor=cast.mona).count() == 1
    with pytest.raises(UnableToDelete, match="no summary"):
        delete_summary(session=reported, actor=cast.mona, at=at)


def test_a_summary_without_a_text_is_gone_at_once(cast, session, at):
    assert delete_summary(session=session, actor=cast.alice, at=at) is None

    assert (Summary.objects.count(), TrashedRecord.objects.count()) == (0, 0)
    assert Reservation.objects.get().state == "RELEASED"
    assert AuditEntry.objects.filter(action="summary.deleted").count() == 1


def test_a_worker_that_makes_a_deleted_summary_anew_stores_nothing(cast, session, clock, at):
    generate(summary_id=session.summary.pk, clock=clock)
    request_summary(session=session, actor=None, at=at)
    claim = claims.take(summary_id=session.summary.pk, at=at)
    request = build_request(session=session, language="en")
    draft = call_engine(engine="BUILT_IN", summary=claim.summary, request=request)

    delete_summary(session=session, actor=cast.alice, at=at)

    written = Written(engine="BUILT_IN", draft=draft, request=request, duration=timedelta())
    assert store_revision(claim_token=claim.token, summary=claim.summary, written=written, at=at) is False
    summary = Summary.objects.get()
    assert (summary.session, summary.state, summary.claim, summary.revisions.count()) == (None, "READY", None, 1)
    assert Reservation.objects.get().state == "CHARGED"


def test_delete_report_hides_the_session_from_everybody(cast, reported, at):
    delete_report(session=reported, actor=cast.alice, at=at)

    reported = SupportSession.objects.get(pk=reported.pk)
    assert (reported.status, SupportSession.objects.visible_to(cast.alice).count()) == ("TRASHED", 0)
    assert Summary.objects.visible_to(cast.alice).count() == Interaction.objects.visible_to(cast.alice).count() == 0
    assert (Interaction.objects.count(), Summary.objects.count()) == (3, 1)
    entry = AuditEntry.objects.get(action="session.deleted")
    assert (entry.object_id, entry.details) == (str(reported.public_id), {"number": "S-1", "until": "2026-12-20"})
    with pytest.raises(PermissionMissing):
        delete_report(session=reported, actor=cast.alice, at=at)
    with pytest.raises(NotEligible):
        request_summary(session=reported, actor=None, at=at)


def test_delete_report_gives_a_reserved_credit_back(cast, session, at):
    delete_report(session=session, actor=cast.alice, at=at)

    assert (Summary.objects.count(), Reservation.objects.get().state) == (0, "RELEASED")


def test_a_recording_whose_report_lies_in_the_trash_is_not_imported_beside_it(cast, session, at):
    trashed = delete_report(session=session, actor=cast.alice, at=at)

    with pytest.raises(UnableToImport, match="The report of this session lies in the trash"):
        import_recording(order=order_of(cast.northwind, cast.bob, at=at))

    purge(trashed=trashed, actor=cast.alice, at=at)
    result = import_recording(order=order_of(cast.northwind, cast.bob, at=at))
    assert result.created is True
    assert result.session.interactions.count() > 0


def test_a_withdrawal_stands_although_the_report_is_deleted_and_the_recording_imported_again(cast, session, at):
    record_withdrawal(session=session, statement="By mail.", actor=cast.alice, at=at)
    session.refresh_from_db()
    trashed = delete_report(session=session, actor=cast.alice, at=at)
    purge(trashed=trashed, actor=None, at=at)

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
    rows = Interaction.objects.count()
    delete_log(session=session, actor=cast.alice, at=at)

    result = import_recording(order=order_of(cast.northwind, cast.bob, at=at))

    assert (result.session, result.created, log_of(session=result.session).count()) == (session, False, 0)
    assert Interaction.objects.count() == rows


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


@pytest.mark.parametrize("delete", DELETIONS)
def test_delete_of_a_session_that_went_meanwhile_is_refused(cast, reported, at, delete):
    SupportSession.objects.filter(pk=reported.pk).update(status="IMPORTING")

    with pytest.raises(UnableToDelete, match="deleted before"):
        delete(session=reported, actor=cast.alice, at=at)
