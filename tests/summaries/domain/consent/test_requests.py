from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from policies.enums import AccessControl, ConsentAnswer, Reason, Verdict
from policies.models import Device
from summaries.domain.capture import CaptureRefused, append_interactions, end_session, record_consent
from summaries.domain.consent import requests as consent
from summaries.domain.consent.links import LinkKind, digests_of
from summaries.domain.consent.requests import (
    Stage,
    UnableToAsk,
    WordingChanged,
    answer_request,
    request_consent,
    stage_of,
)
from summaries.domain.consent.wording import wording_of
from summaries.enums import Direction
from summaries.models import ConsentEntry, ConsentRequest, Interaction, SupportSession
from tests.conftest import PASSWORD
from tests.summaries.consent_cases import GIVEN, REFUSED, answered, ask, chat, say, waiting_session

LATE = timedelta(seconds=121)


@pytest.fixture
def waiting(cast, at):
    return waiting_session(cast, at)


def entries():
    return list(ConsentEntry.objects.values_list("answer", flat=True))


def test_request_consent_stores_a_hash_and_expires_by_the_companys_setting(waiting, cast, at):
    request, link = request_consent(session=waiting, actor=cast.bob, at=at)

    assert request.expires_at == at + timedelta(seconds=120)
    assert link.partition(".")[0] not in (request.digest, "")
    assert [request.digest] == digests_of(link=link, kind=LinkKind.ASK)
    assert AuditEntry.objects.filter(action="consent.requested", actor=cast.bob).count() == 1


def test_asking_again_closes_the_question_before_and_the_ledger_says_so(waiting, cast, at):
    first = ask(waiting, cast.bob, at)
    second = ask(waiting, cast.bob, at)

    entry = ConsentEntry.objects.get()
    assert (entry.answer, entry.statement) == (
        ConsentAnswer.TIMEOUT,
        "No answer. It was replaced by a new link. The page was never opened.",
    )
    assert answer_request(link=first, said=say(waiting, GIVEN), at=at).stage == Stage.OVER
    waiting.refresh_from_db()
    assert waiting.reason == Reason.WAITING_FOR_CONSENT
    assert answer_request(link=second, said=say(waiting, GIVEN), at=at).stage == Stage.ALLOWED


def test_after_a_time_out_the_supporter_may_ask_once_more(waiting, cast, at):
    ask(waiting, cast.bob, at)
    assert consent.time_out(at=at + LATE) == 1
    waiting.refresh_from_db()
    assert waiting.reason == Reason.CONSENT_TIMEOUT

    assert answered(waiting, cast.bob, at + LATE).stage == Stage.ALLOWED

    assert (waiting.verdict, waiting.reason) == (Verdict.YES, Reason.OUTGOING_CONSENTED)


@pytest.mark.parametrize("answer", [GIVEN, REFUSED])
def test_an_answered_question_is_not_asked_again(waiting, cast, at, answer):
    answered(waiting, cast.bob, at, answer)

    with pytest.raises(UnableToAsk, match="There is nothing to ask"):
        ask(waiting, cast.bob, at)


def test_a_session_that_does_not_run_is_not_asked_about(waiting, cast, at):
    end_session(session=waiting, actor=cast.bob, at=at)

    with pytest.raises(UnableToAsk, match="not running"):
        ask(waiting, cast.bob, at)


def test_a_session_that_settings_have_decided_since_is_not_asked_about(waiting, cast, at):
    Device.objects.filter(pk=waiting.device_id).update(access_control=AccessControl.DENIED)

    with pytest.raises(UnableToAsk, match="Denied by the device's access control"):
        ask(waiting, cast.bob, at)


def test_only_those_who_make_summaries_of_the_session_ask(waiting, cast, at):
    with pytest.raises(PermissionMissing):
        ask(waiting, cast.charlie, at)

    assert ConsentRequest.objects.count() == 0
    assert PASSWORD  # the cast's Charlie could sign in, and still must not ask


def test_allowing_is_captured_with_the_wording_that_was_seen(waiting, cast, at):
    done = answered(waiting, cast.bob, at, GIVEN, language="de", address="198.51.100.7")

    entry = ConsentEntry.objects.get()
    wording = wording_of(session=waiting, language="de")
    assert (entry.answer, entry.statement, entry.wording_version, entry.language) == (
        GIVEN,
        wording.as_text(),
        wording.version,
        "de",
    )
    assert (entry.device, entry.stated_by, entry.request) == (waiting.device, None, ConsentRequest.objects.get())
    assert (waiting.verdict, done.stage) == (Verdict.YES, Stage.ALLOWED)
    audited = AuditEntry.objects.get(action="consent.recorded")
    assert audited.address == "198.51.100.7"
    assert audited.details == {"answer": "GIVEN", "wording": wording.version, "language": "de"}
    assert append_interactions(session=waiting, batch=[chat(1, "hello")]).accepted == 1


def test_refusing_stops_capture_and_a_member_cannot_overrule_it(waiting, cast, at):
    done = answered(waiting, cast.bob, at, REFUSED)

    assert (done.stage, done.withdrawal_link, waiting.reason) == (Stage.REFUSED, "", Reason.CONSENT_REFUSED)
    with pytest.raises(CaptureRefused, match="Consent refused"):
        append_interactions(session=waiting, batch=[chat(1, "hello")])
    with pytest.raises(CaptureRefused, match="Only they can say yes"):
        record_consent(session=waiting, answer=GIVEN, statement="By phone.", actor=cast.bob, at=at)
    assert entries() == [REFUSED]


def test_a_second_answer_changes_nothing(waiting, cast, at):
    link = ask(waiting, cast.bob, at)
    answer_request(link=link, said=say(waiting, REFUSED), at=at)

    again = answer_request(link=link, said=say(waiting, GIVEN), at=at)

    assert again == consent.Answered(Stage.REFUSED)
    assert entries() == [REFUSED]


def test_pressing_allow_twice_leads_to_the_same_withdrawal_page(waiting, cast, at):
    link = ask(waiting, cast.bob, at)
    first = answer_request(link=link, said=say(waiting, GIVEN), at=at)
    second = answer_request(link=link, said=say(waiting, GIVEN), at=at)
    later = answer_request(link=link, said=say(waiting, GIVEN), at=at + timedelta(minutes=2))

    assert first.withdrawal_link == second.withdrawal_link != ""
    assert later.withdrawal_link == ""
    assert entries() == [GIVEN]


def test_an_answer_after_the_time_is_none(waiting, cast, at):
    link = ask(waiting, cast.bob, at)

    done = answer_request(link=link, said=say(waiting, GIVEN), at=at + LATE)

    assert (done.stage, entries()) == (Stage.OVER, [])
    assert stage_of(request=ConsentRequest.objects.get(), at=at + LATE) == Stage.OVER


def test_an_answer_that_another_overtook_is_not_entered(waiting, cast, at):
    """What two answers at once come to: the second one has read an open question, and finds it taken."""
    link = ask(waiting, cast.bob, at)
    request = consent.request_of(link=link)
    answer_request(link=link, said=say(waiting, REFUSED), at=at)
    wording = wording_of(session=waiting, language="en")

    consent._take(request=request, link=link, said=say(waiting, GIVEN), wording=wording, at=at)

    assert entries() == [REFUSED]


def test_an_answer_to_wording_that_has_changed_is_not_taken(waiting, cast, at):
    link = ask(waiting, cast.bob, at)

    with pytest.raises(WordingChanged, match="has changed"):
        answer_request(link=link, said=replace(say(waiting, GIVEN), seen_version="1-old"), at=at)

    assert entries() == []


@pytest.mark.parametrize(
    ("answer", "rule", "reason"),
    [
        (GIVEN, AccessControl.DENIED, Reason.OUTGOING_CONSENTED),
        (REFUSED, AccessControl.ALLOWED, Reason.CONSENT_REFUSED),
        (GIVEN, AccessControl.ALLOWED, Reason.OUTGOING_CONSENTED),
    ],
)
def test_the_choice_for_the_next_time_sets_the_device_and_not_this_session(waiting, cast, at, answer, rule, reason):
    answered(waiting, cast.bob, at, answer, next_time=rule)

    device = Device.objects.get()
    assert (device.access_control, ConsentEntry.objects.get().next_time) == (rule, rule)
    if rule != AccessControl.ALLOWED or answer == REFUSED:
        assert waiting.reason == reason
    assert AuditEntry.objects.get(action="device.changed").details == {
        "access_control": {"before": "AFTER_CONFIRMATION", "after": str(rule)},
        "by": "remote user",
    }


def test_asking_again_next_time_is_recorded_and_changes_nothing(waiting, cast, at):
    answered(waiting, cast.bob, at, GIVEN, next_time=AccessControl.AFTER_CONFIRMATION)

    assert ConsentEntry.objects.get().next_time == AccessControl.AFTER_CONFIRMATION
    assert AuditEntry.objects.filter(action="device.changed").count() == 0


def test_without_a_device_a_choice_for_the_next_time_is_dropped(cast, at):
    session = waiting_session(cast, at, device_name="")

    answered(session, cast.bob, at, GIVEN, next_time=AccessControl.DENIED)

    assert ConsentEntry.objects.get().next_time == ""


def test_the_sweep_enters_a_time_out_once(waiting, cast, at):
    link = ask(waiting, cast.bob, at)
    consent.note_opened(request=consent.request_of(link=link), at=at)

    assert (consent.time_out(at=at), consent.time_out(at=at + LATE), consent.time_out(at=at + LATE)) == (0, 1, 0)

    entry = ConsentEntry.objects.get()
    assert entry.statement == "No answer. The time to answer, 120 seconds, was over. The page was opened."
    assert SupportSession.objects.get().reason == Reason.CONSENT_TIMEOUT


def test_a_question_that_was_answered_meanwhile_is_not_timed_out(waiting, cast, at):
    link = ask(waiting, cast.bob, at)
    stale = consent.request_of(link=link)
    answer_request(link=link, said=say(waiting, GIVEN), at=at)

    assert consent._close_expired(request=stale, at=at + LATE) is False
    assert entries() == [GIVEN]


def test_ending_a_session_that_waits_means_no(waiting, cast, at):
    link = ask(waiting, cast.bob, at)

    end_session(session=waiting, actor=cast.bob, at=at)

    entry = ConsentEntry.objects.get()
    assert entry.statement == "No answer. The session ended before an answer. The page was never opened."
    assert answer_request(link=link, said=say(waiting, GIVEN), at=at).stage == Stage.OVER
    assert SupportSession.objects.get().reason == Reason.CONSENT_TIMEOUT


def test_a_statement_of_the_client_answers_the_open_question(waiting, cast, at):
    link = ask(waiting, cast.bob, at)

    record_consent(session=waiting, answer=GIVEN, statement="Agreed aloud.", actor=cast.bob, at=at)

    entry = ConsentEntry.objects.get()
    assert (entry.request, entry.stated_by) == (ConsentRequest.objects.get(), cast.bob)
    again = answer_request(link=link, said=say(waiting, GIVEN), at=at)
    assert again == consent.Answered(Stage.ALLOWED)
    assert consent.time_out(at=at + LATE) == 0


def test_an_incoming_session_is_never_asked_about(cast, at):
    session = waiting_session(cast, at, direction=Direction.INCOMING)

    with pytest.raises(UnableToAsk, match="not covered by a policy"):
        ask(session, cast.bob, at)


def test_a_session_in_both_directions_is_asked_about(cast, at):
    session = waiting_session(cast, at, direction=Direction.BOTH)

    assert answered(session, cast.bob, at).stage == Stage.ALLOWED


def test_a_refusal_after_a_statement_of_consent_drops_what_was_captured(waiting, cast, at):
    ask(waiting, cast.bob, at)
    record_consent(session=waiting, answer=GIVEN, statement="Agreed aloud.", actor=cast.bob, at=at)
    append_interactions(session=waiting, batch=[chat(1, "hello")])

    record_consent(session=waiting, answer=REFUSED, statement="Changed their mind.", actor=cast.bob, at=at)

    assert Interaction.objects.count() == 0
