import pytest
from django.test import override_settings

from accounts.models import AuditEntry
from policies.enums import Reason, Verdict
from policies.models import Device
from summaries.domain.imports.recordings import UnableToImport, import_recording
from summaries.enums import SessionStatus, SummaryState
from summaries.models import ConsentEntry, Interaction, SupportSession
from summaries.sources import registry
from tests.summaries.conftest import FIXED, cast_bytes, order_of, row_counts


def test_import_makes_a_session_with_its_log_consent_and_queued_summary(cast, at):
    result = import_recording(order=order_of(cast.northwind, cast.bob, at=at))

    session = SupportSession.objects.get()
    assert result.created is True
    assert result.session == session
    assert (session.status, session.verdict, session.reason) == ("ENDED", "YES", "OUTGOING_CONSENTED")
    assert session.source_format == "ASCIICAST"
    assert session.device.name == "web-03"
    assert session.interaction_count == Interaction.objects.filter(session=session).count()
    assert session.interaction_count > 5
    assert session.summary.state == SummaryState.QUEUED
    assert ConsentEntry.objects.get().statement == "Agreed by phone at 10:02."
    assert AuditEntry.objects.filter(action="session.imported", company=cast.northwind).count() == 1


def test_import_numbers_interactions_from_one_without_gaps(session):
    numbers = list(Interaction.objects.filter(session=session).values_list("number", flat=True))

    assert numbers == list(range(1, session.interaction_count + 1))


def test_import_of_the_same_file_twice_is_one_session(cast, at, session):
    again = import_recording(order=order_of(cast.northwind, cast.mona, at=at, name="other-name"))

    assert again.created is False
    assert again.session == session
    assert SupportSession.objects.count() == 1


def test_import_of_the_same_file_in_two_companies_is_two_sessions(session, foreign_session):
    assert session.pk != foreign_session.pk
    assert session.company_id != foreign_session.company_id


@pytest.mark.parametrize("statement", ["", "   \n"])
def test_import_without_consent_is_refused_and_leaves_nothing(cast, at, statement):
    with pytest.raises(UnableToImport, match="statement of consent is missing"):
        import_recording(order=order_of(cast.northwind, cast.bob, at=at, consent_statement=statement))

    assert row_counts() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\x00" * 5000, "format|NUL|empty"),
        (b"\x7fELF\x02\x01\x01" + bytes(200), "format of this file is not known"),
        (b'{"version": 9, "width": 80, "height": 24}\n', "version"),
    ],
)
def test_import_of_a_broken_file_is_refused_and_leaves_nothing(cast, at, data, words):
    with pytest.raises(UnableToImport, match=words):
        import_recording(order=order_of(cast.northwind, cast.bob, data, at=at))

    assert row_counts() == (0, 0, 0, 0)


def test_import_by_somebody_who_is_no_member_is_refused(cast, at):
    with pytest.raises(UnableToImport, match="not a member of this company"):
        import_recording(order=order_of(cast.northwind, cast.charlie, at=at))

    assert row_counts() == (0, 0, 0, 0)


@override_settings(RECORDING_MAX_BYTES=100)
def test_import_of_a_recording_over_the_limit_says_the_limit(cast, at):
    with pytest.raises(UnableToImport, match="RECORDING_MAX_BYTES"):
        import_recording(order=order_of(cast.northwind, cast.bob, at=at))


@override_settings(SESSION_MAX_INTERACTIONS=3)
def test_import_of_too_many_interactions_says_the_limit_and_leaves_nothing(cast, at):
    with pytest.raises(UnableToImport, match="more than 3 interactions"):
        import_recording(order=order_of(cast.northwind, cast.bob, at=at))

    assert row_counts() == (0, 0, 0, 0)


def test_import_stores_no_interaction_of_a_session_that_may_not_be_captured(cast, at):
    cast.northwind.memberships.filter(user=cast.bob).update(log_sessions=False)

    session = import_recording(order=order_of(cast.northwind, cast.bob, at=at)).session

    session.refresh_from_db()
    assert (session.verdict, session.reason) == (Verdict.NO, Reason.SUPPORTER_NOT_LOGGED)
    assert session.duration.total_seconds() > 3
    assert row_counts() == (1, 0, 1, 0)


def test_import_again_captures_what_the_settings_did_not_allow_before(cast, at):
    members = cast.northwind.memberships.filter(user=cast.bob)
    members.update(log_sessions=False)
    first = import_recording(order=order_of(cast.northwind, cast.bob, at=at)).session
    members.update(log_sessions=True)

    second = import_recording(order=order_of(cast.northwind, cast.bob, at=at))

    assert (second.session.pk, second.created) == (first.pk, False)
    first.refresh_from_db()
    assert first.verdict == Verdict.YES
    assert first.interaction_count == Interaction.objects.count() > 0
    assert first.summary.state == SummaryState.QUEUED


def test_import_drops_the_log_of_a_session_that_turns_out_too_short(cast, at):
    cast.northwind.ai_settings.minimum_seconds = 3600
    cast.northwind.ai_settings.save(update_fields=["minimum_seconds"])

    session = import_recording(order=order_of(cast.northwind, cast.bob, at=at)).session

    session.refresh_from_db()
    assert session.reason == Reason.EXCLUDED_BY_CONDITION
    assert row_counts() == (1, 0, 1, 0)


def test_import_that_fails_in_the_middle_leaves_nothing_and_names_the_error(cast, at, monkeypatch):
    class Breaking:
        code, label = "BREAKING", "breaking"

        def recognises(self, head, name):
            return True

        def read(self, recording, notes):
            yield from registry.source_by_code("ASCIICAST").read(recording, notes)
            raise OSError("the disk is full")

    monkeypatch.setattr(registry, "SOURCES", (Breaking(), *registry.SOURCES))

    with pytest.raises(OSError, match="disk is full"):
        import_recording(order=order_of(cast.northwind, cast.bob, at=at))

    assert row_counts() == (0, 0, 0, 0)


def test_import_cut_at_any_byte_is_whole_or_leaves_nothing(cast, at):
    data = cast_bytes(("id", "uid=1000"))
    for length in range(0, len(data), 7):
        before = row_counts()
        try:
            session = import_recording(order=order_of(cast.northwind, cast.bob, data[:length], at=at)).session
        except UnableToImport:
            assert row_counts() == before
        else:
            assert session.status == SessionStatus.ENDED


def test_import_tells_its_progress_in_bytes(cast, at):
    positions = []

    import_recording(order=order_of(cast.northwind, cast.bob, at=at), on_progress=positions.append)

    assert positions[-1] == len(FIXED)


def test_import_takes_what_the_importer_says(cast, at):
    order = order_of(
        cast.northwind, cast.bob, at=at, device_name="SHOP-1", customer="Acme", ticket="INC7", started_at=at
    )

    session = import_recording(order=order).session

    device = Device.objects.get()
    assert (device.name, device.customer) == ("SHOP-1", "Acme")
    assert (session.ticket, session.started_at) == ("INC7", at)


@pytest.mark.parametrize("stamp", [0, 99999999999])
def test_import_does_not_believe_an_impossible_clock(cast, at, stamp):
    data = cast_bytes(("id", "uid=0"), header={"version": 2, "width": 80, "height": 24, "timestamp": stamp})

    session = import_recording(order=order_of(cast.northwind, cast.bob, data, at=at)).session

    assert session.ended_at == at


def test_raw_text_of_a_recording_stands_nowhere_in_the_rows(cast, at):
    data = cast_bytes(("curl -u clerk:Kestrel-4417 https://mail.acme.example/", "401"), ("echo anna@acme.example", ""))

    session = import_recording(order=order_of(cast.northwind, cast.bob, data, at=at)).session

    texts = "\n".join(Interaction.objects.filter(session=session).values_list("text", flat=True))
    assert ("Kestrel-4417" in texts, "anna@acme.example" in texts) == (False, False)
    session.refresh_from_db()
    assert sum(session.redaction_counts.values()) >= 2
    assert "Kestrel" not in str(session.redaction_memory)


def test_the_importers_notes_are_masked_like_the_recording(cast, at):
    session = import_recording(order=order_of(cast.northwind, cast.bob, at=at, notes="anna@acme.example")).session

    assert SupportSession.objects.get(pk=session.pk).notes == "[EMAIL-1]"
