import pytest
from django.test import override_settings

from policies.enums import ConsentAnswer, Reason, Verdict
from policies.models import Device
from summaries.domain import capture
from summaries.domain.capture import (
    CaptureRefused,
    SequencedInteraction,
    UnableToAppend,
    UnableToOpen,
    append_interactions,
    end_session,
    open_session,
    record_consent,
)
from summaries.domain.reading.search import matching
from summaries.domain.reports.notes import change_notes
from summaries.enums import Actor, Kind, SummaryState
from summaries.models import ConsentEntry, Interaction, Summary, SupportSession
from summaries.sources.base import CapturedInteraction
from tests.summaries.session_rows import add_session, add_summary


def chat(sequence, text, offset_ms=0):
    return SequencedInteraction(sequence, CapturedInteraction(offset_ms, Kind.CHAT, text, Actor.REMOTE_USER))


@pytest.fixture
def opened(cast, at):
    return open_session(company=cast.northwind, supporter=cast.bob, actor=cast.bob, at=at, device_name="ACC-14")


@pytest.fixture
def allowed(opened, cast, at):
    record_consent(session=opened, answer=ConsentAnswer.GIVEN, statement="Agreed.", actor=cast.bob, at=at)
    return opened


def test_open_session_numbers_sessions_within_the_company(cast, at, opened):
    second = open_session(company=cast.northwind, supporter=cast.bob, actor=cast.bob, at=at)
    foreign = open_session(company=cast.contoso, supporter=cast.charlie, actor=cast.charlie, at=at)

    assert (opened.label, second.label, foreign.label) == ("S-1", "S-2", "S-1")
    assert opened.reason == Reason.WAITING_FOR_CONSENT


def test_open_session_finds_a_device_by_name_whatever_its_case(cast, at, opened):
    again = open_session(company=cast.northwind, supporter=cast.bob, actor=cast.bob, at=at, device_name=" acc-14 ")

    assert again.device == opened.device
    assert Device.objects.count() == 1


def test_open_session_for_a_supporter_of_another_company_is_refused(cast, at):
    with pytest.raises(UnableToOpen, match="not a member"):
        open_session(company=cast.northwind, supporter=cast.charlie, actor=cast.alice, at=at)


def test_interactions_before_consent_are_refused_with_the_reason(opened):
    with pytest.raises(CaptureRefused, match="Waiting for consent"):
        append_interactions(session=opened, batch=[chat(1, "hello")])

    assert Interaction.objects.count() == 0


def test_interactions_after_a_refusal_are_refused_and_earlier_ones_are_gone(allowed, cast, at, later):
    append_interactions(session=allowed, batch=[chat(1, "hello")])

    record_consent(session=allowed, answer=ConsentAnswer.REFUSED, statement="Said no.", actor=cast.bob, at=later)

    with pytest.raises(CaptureRefused, match="Consent refused"):
        append_interactions(session=allowed, batch=[chat(1, "hello")])
    assert Interaction.objects.count() == 0
    assert ConsentEntry.objects.count() == 2


def test_consent_without_a_statement_is_refused(opened, cast, at):
    with pytest.raises(CaptureRefused, match="State how the remote user consented"):
        record_consent(session=opened, answer=ConsentAnswer.GIVEN, statement=" ", actor=cast.bob, at=at)


def test_append_is_idempotent_by_sequence_number(allowed):
    first = append_interactions(session=allowed, batch=[chat(1, "one"), chat(2, "two")])
    again = append_interactions(session=allowed, batch=[chat(2, "changed"), chat(3, "three")])

    assert (first.accepted, first.duplicates, first.next_sequence) == (2, 0, 3)
    assert (again.accepted, again.duplicates, again.next_sequence) == (1, 1, 4)
    assert list(Interaction.objects.values_list("number", "text")) == [(1, "one"), (2, "two"), (3, "three")]


def test_append_takes_the_first_of_two_with_the_same_number(allowed):
    result = append_interactions(session=allowed, batch=[chat(1, "first"), chat(1, "second")])

    assert (result.accepted, result.duplicates) == (1, 1)
    assert Interaction.objects.get().text == "first"


def test_append_with_a_gap_names_the_missing_number_and_stores_nothing(allowed):
    with pytest.raises(UnableToAppend, match="Sequence number 2 is missing before 3"):
        append_interactions(session=allowed, batch=[chat(1, "one"), chat(3, "three")])

    assert Interaction.objects.count() == 0


@override_settings(SESSION_MAX_INTERACTIONS=2)
def test_append_over_the_limit_says_the_limit(allowed):
    with pytest.raises(UnableToAppend, match="at most 2 interactions"):
        append_interactions(session=allowed, batch=[chat(1, "1"), chat(2, "2"), chat(3, "3")])


def test_append_masks_before_storing_and_keeps_placeholders_over_batches(allowed):
    append_interactions(session=allowed, batch=[chat(1, "write to anna@acme.example")])
    append_interactions(session=allowed, batch=[chat(2, "ben@acme.example or anna@acme.example")])

    texts = list(Interaction.objects.values_list("text", flat=True))
    assert texts == ["write to [EMAIL-1]", "[EMAIL-2] or [EMAIL-1]"]
    allowed.refresh_from_db()
    assert allowed.redaction_counts == {"EMAIL": 3}


class Overtaken(list):
    """A batch during whose reading another client appends to the same session."""

    def __init__(self, rows, meanwhile):
        super().__init__(rows)
        self.meanwhile = [meanwhile]

    def __reversed__(self):
        while self.meanwhile:
            self.meanwhile.pop()()
        return super().__reversed__()


def test_append_that_is_overtaken_looks_again_and_stores_what_is_new(allowed):
    other = type(allowed).objects.get(pk=allowed.pk)
    batch = Overtaken(
        [chat(1, "ours"), chat(2, "ours too")], lambda: append_interactions(session=other, batch=[chat(1, "theirs")])
    )

    result = append_interactions(session=allowed, batch=batch)

    assert (result.accepted, result.duplicates) == (1, 1)
    assert list(Interaction.objects.values_list("number", "text")) == [(1, "theirs"), (2, "ours too")]


def test_append_gives_up_when_it_never_gets_its_turn(allowed, monkeypatch):
    monkeypatch.setattr(capture, "APPEND_TRIES", 1)
    other = type(allowed).objects.get(pk=allowed.pk)
    batch = Overtaken([chat(1, "ours")], lambda: append_interactions(session=other, batch=[chat(1, "theirs")]))

    with pytest.raises(UnableToAppend, match="Send the batch again"):
        append_interactions(session=allowed, batch=batch)


def test_end_session_queues_the_summary_once(allowed, cast, later):
    append_interactions(session=allowed, batch=[chat(1, "hello")])

    end_session(session=allowed, actor=cast.bob, at=later)
    end_session(session=allowed, actor=cast.bob, at=later)

    assert Summary.objects.get().state == SummaryState.QUEUED
    allowed.refresh_from_db()
    assert allowed.ended_at == later
    with pytest.raises(CaptureRefused, match="has ended"):
        append_interactions(session=allowed, batch=[chat(2, "late")])


def test_end_session_without_consent_makes_no_summary(opened, cast, later):
    end_session(session=opened, actor=cast.bob, at=later)

    opened.refresh_from_db()
    assert (opened.verdict, opened.reason) == (Verdict.NO, Reason.CONSENT_TIMEOUT)
    assert Summary.objects.count() == 0


def test_notes_are_masked_before_they_are_stored_and_share_the_sessions_placeholders(cast, at):
    session = open_session(
        company=cast.northwind, supporter=cast.bob, actor=cast.bob, at=at, notes="Call anna@acme.example back."
    )
    record_consent(session=session, answer=ConsentAnswer.GIVEN, statement="Agreed.", actor=cast.bob, at=at)
    append_interactions(session=session, batch=[chat(1, "I am anna@acme.example")])

    assert session.notes == "Call [EMAIL-1] back."
    assert Interaction.objects.get().text == "I am [EMAIL-1]"
    session.refresh_from_db()
    assert session.redaction_counts == {"EMAIL": 2}


def test_a_withdrawal_takes_the_words_of_the_summary_out_of_search(cast, at):
    session = add_session(cast.northwind, cast.bob, 4, notes="Invoice printer")
    add_summary(session)
    change_notes(session=session, notes=session.notes, actor=cast.mona, at=at)
    assert matching(SupportSession.objects.all(), "spooler").count() == 1

    record_consent(session=session, answer=ConsentAnswer.WITHDRAWN, statement="By mail.", actor=cast.mona, at=at)

    assert matching(SupportSession.objects.all(), "spooler").count() == 0
    assert matching(SupportSession.objects.all(), "invoice").count() == 1
