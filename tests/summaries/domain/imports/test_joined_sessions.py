"""A recording and what an event log tells of the same session are one session, whichever comes first."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError

from accounts.models import AISettings
from credits.models import Reservation
from policies.enums import Reason, Verdict
from summaries.domain.consent.withdrawal import record_withdrawal
from summaries.domain.generation.left_credits import give_back_left
from summaries.domain.imports import recordings as imports
from summaries.domain.imports import steps as import_steps
from summaries.domain.imports.attempts import sweep_abandoned
from summaries.domain.imports.collections import import_file
from summaries.domain.imports.recordings import ImportOrder, UnableToImport
from summaries.domain.keeping.holds import place
from summaries.domain.keeping.purging import purge
from summaries.domain.keeping.removal import delete_report
from summaries.enums import SessionStatus
from summaries.models import ConsentEntry, CopilotQuestion, ExternalRecord, Interaction, Summary, SupportSession
from summaries.sources.base import RecordingFile, RecordingNotes
from summaries.sources.meshcentral import MeshCentralSource
from tests.summaries.conftest import row_counts

RECORDING = (Path(__file__).parents[3] / "recordings" / "account-unlocked.mcrec").read_bytes()


def recorded():
    notes = RecordingNotes()
    list(MeshCentralSource().read(RecordingFile(io.BytesIO(RECORDING)), notes))
    return notes


def event_log(*, with_action=True):
    notes = recorded()
    who = {"userid": "user//tech1", "username": "tech1", "nodeid": "node//1", "etype": "relay", "action": "relaylog"}
    session_id = notes.external_id
    stamp = {"started": notes.started_at.isoformat(), "ended": notes.ended_at.isoformat()}
    events = [
        {**who, "msgid": 10, "msgArgs": [session_id, "", "", 5], "time": stamp["ended"]},
        {**who, "msgid": 14, "msgArgs": [session_id, "", ""], "time": stamp["started"]},
    ]
    if with_action:
        done = {
            **who,
            "etype": "node",
            "action": "agentlog",
            "msgid": 24,
            "msgArgs": ["hostname"],
            "time": stamp["ended"],
        }
        events.insert(1, done)
    return json.dumps(events).encode()


@pytest.fixture
def at():
    """A month after the recording was made."""
    return datetime(2026, 12, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def bring(cast, at):
    def bring(data, **fields):
        order = ImportOrder(
            company=cast.northwind,
            recording=RecordingFile(io.BytesIO(data), "file"),
            supporter=cast.bob,
            consent_statement="Agreed by phone.",
            actor=cast.alice,
            at=at,
        )
        return import_file(order=order, **fields)

    return bring


@pytest.mark.parametrize("with_action", [True, False])
def test_events_first_and_the_recording_then_goes_into_their_session(bring, with_action):
    bring(event_log(with_action=with_action))
    reported = SupportSession.objects.get()
    reported_rows = reported.interaction_count

    result = bring(RECORDING)

    session = SupportSession.objects.get()
    assert (result.created, session.pk, session.number) == (False, reported.pk, reported.number)
    assert (reported_rows, reported.source_format, session.source_format) == (
        3 if with_action else 0,
        "MESHCENTRAL_EVENTS",
        "MCREC",
    )
    numbers = list(Interaction.objects.filter(session=session).values_list("number", flat=True))
    assert numbers == list(range(1, session.interaction_count + 1))
    assert session.interaction_count > 3
    assert (session.verdict, session.reason) == (Verdict.YES, Reason.OUTGOING_CONSENTED)
    assert Summary.objects.get().state == "QUEUED"


def test_what_the_copilot_answered_from_the_events_goes_with_them(cast, bring, at):
    bring(event_log())
    CopilotQuestion.objects.create(
        company=cast.northwind,
        session=SupportSession.objects.get(),
        member=cast.bob,
        text="What was done?",
        state="ANSWERED",
        requested_engine="BUILT_IN",
        known_interactions=1,
        asked_at=at,
        statements=[{"text": "A desktop session began.", "evidence": [1]}],
    )

    bring(RECORDING)

    assert CopilotQuestion.objects.count() == 0


def test_the_recording_first_and_the_events_then_change_nothing(bring):
    bring(RECORDING)
    before = row_counts()

    file = bring(event_log())

    assert (file.created, file.known, row_counts()) == (0, 1, before)
    assert SupportSession.objects.get().source_format == "MCREC"


def test_both_again_in_any_order_change_nothing(bring):
    bring(event_log())
    bring(RECORDING)
    before = row_counts()

    assert bring(RECORDING).created is False
    assert bring(event_log()).known == 1
    assert (row_counts(), ExternalRecord.objects.count()) == (before, 1)


def test_a_recording_that_was_indexed_since_is_the_same_session(bring):
    bring(RECORDING)

    assert bring(RECORDING[:-16] + b"MeshCentralMCNDX").created is False
    assert SupportSession.objects.count() == 1


def test_an_import_that_fails_leaves_the_reported_session_as_it_was(bring):
    bring(event_log())
    before = (row_counts(), SupportSession.objects.get().interaction_count, Summary.objects.get().pk)

    def cut_off(position):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(RECORDING, on_progress=cut_off)

    session = SupportSession.objects.get()
    assert (row_counts(), session.interaction_count, Summary.objects.get().pk) == before
    assert (session.status, session.source_format) == (SessionStatus.ENDED, "MESHCENTRAL_EVENTS")


def test_the_sweeper_gives_a_reported_session_back_whose_recording_was_cut_off(cast, bring, at, later):
    bring(event_log())
    session, before = SupportSession.objects.get(), row_counts()
    order = ImportOrder(
        company=cast.northwind,
        recording=RecordingFile(io.BytesIO(RECORDING)),
        supporter=cast.bob,
        consent_statement="By phone.",
        actor=cast.bob,
        at=at.replace(minute=1),
    )
    source = MeshCentralSource()
    session = import_steps.reopen(session, order=order, source=source)
    import_steps.read(session=session, order=order, source=source, on_progress=None)

    assert Interaction.objects.count() > 3
    assert sweep_abandoned(at=later) == 1
    assert (row_counts(), SupportSession.objects.get().status) == (before, SessionStatus.ENDED)


def test_a_legal_hold_keeps_what_was_reported(cast, bring, at):
    bring(event_log())
    place(company=cast.northwind, reason="Case 7", actor=cast.alice, at=at)
    before = row_counts()

    assert bring(RECORDING).created is False
    assert row_counts() == before


def test_settings_of_today_that_forbid_capture_keep_what_was_captured_then(cast, bring):
    bring(event_log())
    before = row_counts()
    cast.northwind.memberships.filter(user=cast.bob).update(log_sessions=False)

    result = bring(RECORDING)

    assert (result.created, result.session.source_format, row_counts()) == (False, "MESHCENTRAL_EVENTS", before)
    assert ConsentEntry.objects.count() == 1


def test_a_recording_that_breaks_before_its_description_names_no_session(bring):
    with pytest.raises(UnableToImport):
        bring(RECORDING[:200])

    assert row_counts() == (0, 0, 0, 0)


def test_two_imports_of_one_record_at_the_same_moment_are_one_session(cast, bring, monkeypatch):
    """The events come in, whole, while the recording is in the middle: the key decides."""
    inner = []

    def meanwhile(position):
        if not inner:
            inner.append(bring(event_log()))

    outer = bring(RECORDING, on_progress=meanwhile)

    assert (inner[0].created, outer.created) == (1, False)
    assert (SupportSession.objects.count(), outer.session.source_format) == (1, "MESHCENTRAL_EVENTS")


def test_a_conflict_that_is_none_of_ours_is_raised(bring, monkeypatch):
    def broken(**kwargs):
        raise IntegrityError("another constraint")

    monkeypatch.setattr(imports, "finish", broken)

    with pytest.raises(IntegrityError):
        bring(RECORDING)

    assert row_counts() == (0, 0, 0, 0)


def test_a_recording_whose_report_was_deleted_by_hand_comes_in_again_under_the_same_key(cast, bring, at):
    first = bring(RECORDING).session
    purge(trashed=delete_report(session=first, actor=cast.alice, at=at), actor=None, at=at)

    again = bring(RECORDING)

    record = ExternalRecord.objects.get()
    assert (again.created, record.session, first.pk == again.session.pk) == (True, again.session, False)
    assert bring(event_log()).known == 1


def test_a_recording_that_was_withdrawn_stays_out_by_its_key_too(cast, bring, at):
    first = bring(event_log()).created
    session = SupportSession.objects.get()
    record_withdrawal(session=session, statement="By mail.", actor=cast.alice, at=at)
    session.refresh_from_db()
    delete_report(session=session, actor=cast.alice, at=at)

    with pytest.raises(UnableToImport, match="The remote user withdrew the consent"):
        bring(RECORDING)

    assert (first, Interaction.objects.count()) == (1, 0)


def test_a_recording_that_is_too_short_gives_back_what_the_summary_of_the_report_had_reserved(cast, bring, at):
    ended_at = recorded().ended_at
    longer = event_log().replace(ended_at.isoformat().encode(), (ended_at + timedelta(hours=2)).isoformat().encode())
    AISettings.objects.filter(company=cast.northwind).update(minimum_seconds=3600)
    bring(longer)
    queued = Summary.objects.get().state
    bring(RECORDING)

    given_back = give_back_left(at=at)

    session = SupportSession.objects.get()
    assert (queued, session.reason, given_back) == ("QUEUED", Reason.EXCLUDED_BY_CONDITION, 1)
    assert Reservation.objects.get().state == "RELEASED"
