import io
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import override_settings

from accounts.models import AuditEntry
from policies.enums import Reason, Verdict
from policies.models import Device
from summaries.domain.imports import collections as collection_imports
from summaries.domain.imports import steps as import_steps
from summaries.domain.imports.collections import import_collection, import_file
from summaries.domain.imports.recordings import ConsentMissing, ImportOrder, UnableToImport, import_recording
from summaries.domain.imports.session_file_words import sentence_of
from summaries.domain.reading.queries import state_of_session
from summaries.enums import SessionStatus
from summaries.models import ConsentEntry, ExternalRecord, Interaction, SessionFile, Summary, SupportSession
from summaries.sources.base import RecordingFile
from summaries.sources.reports.teamviewer import TeamViewerReportSource
from tests.summaries.conftest import order_of, row_counts
from tests.summaries.session_files import connection, pages, zendesk_chat


def bring(cast, data, *, at, consent="", name="report.json", actor=None, **fields):
    order = ImportOrder(
        company=fields.pop("company", cast.northwind),
        recording=RecordingFile(io.BytesIO(data), name),
        supporter=fields.pop("supporter", cast.alice),
        consent_statement=consent,
        actor=actor or cast.alice,
        at=at,
    )
    return import_file(order=order, **fields)


def test_each_record_of_a_report_becomes_a_connection_report(cast, at):
    file = bring(cast, pages(connection(1), connection(2, username="Nobody here")), at=at)

    first, second = SupportSession.objects.order_by("number")
    assert (file.created, file.known, file.bad, file.unmatched, file.is_finished) == (2, 0, 0, 1, True)
    assert (first.supporter, second.supporter) == (cast.bob, cast.alice)
    assert (first.device.name, first.ticket, first.notes) == ("DESK-7", "s12-345-1", "Printer driver replaced.")
    assert (first.billing_state, first.fee, first.currency) == ("Bill", Decimal("12.50"), "EUR")
    assert first.duration == timedelta(minutes=60, seconds=30)
    assert (first.status, first.source_format) == (SessionStatus.ENDED, "TEAMVIEWER_REPORT")
    assert AuditEntry.objects.filter(action="session_file.imported").count() == 1
    assert AuditEntry.objects.filter(action="session.imported").count() == 2


def test_a_session_without_a_log_says_that_nothing_was_recorded_and_asks_for_no_consent_and_no_summary(cast, at):
    bring(cast, pages(connection(1)), at=at)

    session = SupportSession.objects.get()
    assert (session.verdict, session.reason) == (Verdict.NO, Reason.NOTHING_RECORDED)
    assert session.quality == ["NOTHING_RECORDED"]
    assert (state_of_session(session).word, state_of_session(session).action) == ("Nothing recorded", None)
    assert (ConsentEntry.objects.count(), Summary.objects.count()) == (0, 0)


def test_the_same_file_twice_and_a_longer_export_make_nothing_twice(cast, at):
    bring(cast, pages(connection(1), connection(2)), at=at)

    again = bring(cast, pages(connection(1), connection(2)), at=at)
    longer = bring(cast, pages(connection(1), connection(2), connection(3)), at=at, name="longer.json")

    assert (again.created, again.known) == (0, 2)
    assert (longer.created, longer.known) == (1, 2)
    assert (SupportSession.objects.count(), ExternalRecord.objects.count()) == (3, 3)


def test_the_same_record_twice_in_one_file_is_one_session(cast, at):
    file = bring(cast, pages(connection(1), connection(1)), at=at)

    assert (file.created, file.known, SupportSession.objects.count()) == (1, 1, 1)


def test_the_same_record_in_two_companies_is_two_sessions(cast, at):
    bring(cast, pages(connection(1)), at=at)

    other = bring(cast, pages(connection(1)), at=at, company=cast.contoso, supporter=cast.charlie, actor=cast.charlie)

    assert (other.created, SupportSession.objects.filter(company=cast.contoso).count()) == (1, 1)


def test_what_was_brought_in_under_an_earlier_secret_is_known(cast, at, settings):
    bring(cast, pages(connection(1)), at=at)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a-new-secret-key-of-the-installation"

    again = bring(cast, pages(connection(1)), at=at)

    assert (again.created, again.known) == (0, 1)


def test_a_running_session_waits_for_a_later_export(cast, at):
    running = bring(cast, pages(connection(1, end_date=None), connection(2)), at=at)
    ended = bring(cast, pages(connection(1), connection(2)), at=at)

    assert (running.created, running.running) == (1, 1)
    assert (ended.created, ended.known, ended.running) == (1, 1, 0)


def test_a_bad_record_is_counted_with_its_place_and_stops_no_other(cast, at):
    data = pages(connection(1), connection(2, start_date="soon"), connection(3, start_date="1931-01-01T00:00:00Z"))

    file = bring(cast, data, at=at)

    assert (file.created, file.bad) == (1, 2)
    assert [(bad["unit"], bad["place"]) for bad in file.bad_records] == [("ITEM", 2), ("ITEM", 3)]
    assert sentence_of(file) == (
        "1 session, 2 records could not be taken: item 2: the start of the session is no time that can be read"
    )


def test_a_file_that_breaks_off_keeps_what_is_whole(cast, at):
    data = pages(connection(1), connection(2))

    file = bring(cast, data[: data.index(b"000000000002")], at=at)

    assert (file.created, file.bad) == (1, 1)
    assert file.bad_records[0]["problem"] == "the file breaks off in this record"


def test_a_file_that_can_not_be_read_leaves_nothing(cast, at):
    with pytest.raises(UnableToImport, match="breaks off in its first record"):
        bring(cast, b'{"records": [{"start_date": "2026-1', at=at)

    assert (SessionFile.objects.count(), row_counts()) == (0, (0, 0, 0, 0))


def test_a_file_of_no_known_format_is_refused(cast, at):
    with pytest.raises(UnableToImport, match="format of this file is not known"):
        bring(cast, b"\x7fELF" + bytes(100), at=at)


def test_a_recording_goes_the_way_of_recordings(cast, at):
    result = import_file(order=order_of(cast.northwind, cast.bob, at=at))

    assert (result.created, result.session.source_format) == (True, "ASCIICAST")


def test_a_chat_export_is_captured_with_consent_and_summarised(cast, at):
    data = json.dumps([zendesk_chat()]).encode()
    with pytest.raises(ConsentMissing):
        bring(cast, data, at=at)

    file = bring(cast, data, at=at, consent="Agreed in the chat.")

    session = SupportSession.objects.get()
    assert (file.created, session.supporter, session.ticket) == (1, cast.bob, "4711")
    assert (session.verdict, session.summary.state) == (Verdict.YES, "QUEUED")
    assert session.interaction_count == Interaction.objects.count() == 5
    assert ConsentEntry.objects.get().statement == "Agreed in the chat."
    again = bring(cast, data, at=at, consent="Agreed in the chat.")
    assert (again.created, again.known, row_counts()) == (0, 1, (1, 5, 1, 1))


def test_eligibility_is_decided_for_each_session(cast, at):
    cast.northwind.memberships.filter(user=cast.bob).update(log_sessions=False)
    data = json.dumps([zendesk_chat(), zendesk_chat(id="2", agent_names=["Alice"])]).encode()

    bring(cast, data, at=at, consent="Agreed in the chat.")

    reasons = dict(SupportSession.objects.values_list("supporter__name", "reason"))
    assert reasons == {"Bob": Reason.SUPPORTER_NOT_LOGGED, "Alice": Reason.OUTGOING_CONSENTED}


def test_a_known_device_bears_on_the_decision_and_a_new_one_is_named_masked(cast, at):
    known = Device.objects.create(company=cast.northwind, name="DESK-7")

    bring(cast, pages(connection(1, devicename="desk-7"), connection(2, devicename="PC of rosa@acme.example")), at=at)

    first, second = SupportSession.objects.order_by("number")
    assert first.device == known
    assert ("rosa@acme.example" in second.device.name, "EMAIL" in second.device.name) == (False, True)


def test_notes_and_problems_are_masked(cast, at):
    data = pages(connection(1, notes="Password of rosa@acme.example reset"))

    bring(cast, data, at=at)

    assert "rosa@acme.example" not in SupportSession.objects.get().notes


def test_what_the_members_roles_do_not_reach_is_refused_record_by_record(cast, at):
    bring(cast, pages(connection(3, username="Mona")), at=at)

    def permit(supporter, device_name):
        if supporter != cast.bob:
            raise UnableToImport("Your roles do not reach such a session.")

    data = pages(connection(1), connection(2, username="Mona"), connection(3, username="Mona"))
    file = bring(cast, data, at=at, permit=permit, supporter=cast.bob, actor=cast.bob)

    assert (file.created, file.known, file.bad) == (1, 0, 2)
    assert [bad["problem"] for bad in file.bad_records] == [
        "Your roles do not reach such a session.",
        "This recording is there already, as a session that your roles do not reach. Ask an administrator.",
    ]


def test_a_deleted_session_does_not_come_back(cast, at):
    bring(cast, pages(connection(1)), at=at)
    SupportSession.objects.update(status=SessionStatus.DELETED)

    again = bring(cast, pages(connection(1)), at=at)

    assert (again.created, again.known, again.bad) == (0, 0, 1)
    assert again.bad_records[0]["problem"].startswith("The report of this session was deleted here.")


def test_a_pull_of_nobody_reads_whatever_is_there(cast, at):
    bring(cast, pages(connection(1)), at=at)
    order = ImportOrder(
        company=cast.northwind,
        recording=RecordingFile(io.BytesIO(pages(connection(1)))),
        supporter=cast.alice,
        consent_statement="",
        actor=None,
        at=at,
    )

    assert import_collection(order=order, source=TeamViewerReportSource()).known == 1


def test_progress_is_told_and_counted_while_it_runs(cast, at, monkeypatch):
    monkeypatch.setattr(collection_imports, "AT_ONCE", 2)
    seen = []

    bring(
        cast,
        pages(*(connection(number) for number in range(5))),
        at=at,
        on_progress=lambda position: seen.append((SessionFile.objects.get().created, position > 0)),
    )

    assert seen == [(2, True), (4, True), (5, True)]


def test_a_file_that_is_cut_off_by_its_source_keeps_what_was_brought_in(cast, at, monkeypatch):
    """Messages of more rooms than are held: what was read before is none here, so nothing is kept."""
    source = TeamViewerReportSource()
    read = source.read_sessions

    def breaking(recording, notes):
        yield next(read(recording, notes))
        raise import_steps.UnableToRead("Item 2: broken.")

    monkeypatch.setattr(
        TeamViewerReportSource, "read_sessions", lambda self, recording, notes: breaking(recording, notes)
    )
    monkeypatch.setattr(collection_imports, "AT_ONCE", 1)

    file = bring(cast, pages(connection(1), connection(2)), at=at)

    assert (file.created, file.failure) == (1, "Item 2: broken.")


@override_settings(RECORDING_MAX_BYTES=10)
def test_a_file_that_is_too_large_says_the_limit(cast, at):
    with pytest.raises(UnableToImport, match="RECORDING_MAX_BYTES"):
        bring(cast, pages(connection(1)), at=at)


def test_the_sweeper_finishes_nothing_of_a_record_that_was_cut_off(cast, at, monkeypatch):
    """A record whose process dies leaves no session; sent again, the file goes on with what is missing."""
    real = collection_imports.bring_in_session

    def dying(**kwargs):
        if kwargs["order"].ticket.endswith("-2"):
            raise KeyboardInterrupt
        return real(**kwargs)

    monkeypatch.setattr(collection_imports, "bring_in_session", dying)
    with pytest.raises(KeyboardInterrupt):
        bring(cast, pages(connection(1), connection(2), connection(3)), at=at)
    monkeypatch.setattr(collection_imports, "bring_in_session", real)

    again = bring(cast, pages(connection(1), connection(2), connection(3)), at=at)

    assert (again.created, again.known, SupportSession.objects.count()) == (2, 1, 3)


def test_import_recording_alone_reads_no_report(cast, at):
    with pytest.raises(UnableToImport, match="format of this file is not known"):
        import_recording(order=order_of(cast.northwind, cast.bob, b"1\t2\x00" + bytes(50), at=at))
