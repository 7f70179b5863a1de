"""What a member may state about a remote user's consent, and what they may not."""

from datetime import timedelta

import pytest

from accounts.tenancy import PermissionMissing
from policies.enums import ConsentAnswer, Reason, Verdict
from summaries.domain.capture import CaptureRefused, append_interactions, end_session, record_consent
from summaries.domain.consent.requests import UnableToAsk
from summaries.domain.consent.state import state_of
from summaries.domain.eligibility.preview import preview
from summaries.models import ConsentEntry, Interaction, SupportSession
from tests.summaries.consent_cases import GIVEN, REFUSED, answered, ask, chat, waiting_session
from tests.summaries.session_rows import add_session, add_summary

WITHDRAWN, TIMEOUT = ConsentAnswer.WITHDRAWN, ConsentAnswer.TIMEOUT


@pytest.fixture
def waiting(cast, at):
    return waiting_session(cast, at)


@pytest.fixture
def state(cast, at):
    def _state(session, answer, *, actor=cast.bob, at=at):
        return record_consent(session=session, answer=answer, statement="By phone.", actor=actor, at=at)

    return _state


@pytest.mark.parametrize("answer", [GIVEN, TIMEOUT])
def test_no_detour_leads_around_the_remote_users_own_refusal(waiting, state, cast, at, answer):
    answered(waiting, cast.bob, at, REFUSED)
    state(waiting, REFUSED)

    with pytest.raises(CaptureRefused, match="Only they can say yes"):
        state(waiting, answer)

    assert SupportSession.objects.get().reason == Reason.CONSENT_REFUSED


def test_who_refused_is_not_asked_again_whatever_the_session_says(waiting, cast, at):
    answered(waiting, cast.bob, at, REFUSED)
    SupportSession.objects.update(reason=Reason.CONSENT_TIMEOUT)

    with pytest.raises(UnableToAsk, match="the remote user refused"):
        ask(waiting, cast.bob, at)


def test_a_yes_after_the_end_permits_nothing(waiting, state, cast, at):
    end_session(session=waiting, actor=cast.bob, at=at)

    with pytest.raises(CaptureRefused, match="The session has ended"):
        state(waiting, GIVEN)

    assert SupportSession.objects.get().reason == Reason.CONSENT_TIMEOUT


def test_a_no_after_the_end_deletes_nothing_because_that_is_a_withdrawal(waiting, state, cast, at):
    answered(waiting, cast.bob, at)
    append_interactions(session=waiting, batch=[chat(1, "hello")])
    end_session(session=waiting, actor=cast.bob, at=at)

    with pytest.raises(CaptureRefused, match="only a withdrawal"):
        state(waiting, REFUSED)

    assert Interaction.objects.count() == 1


def test_after_the_end_only_those_who_may_change_or_delete_state_a_withdrawal(state, cast):
    session = add_session(cast.northwind, cast.bob, 4)
    add_summary(session)

    with pytest.raises(PermissionMissing, match="Modify connection reports"):
        state(session, WITHDRAWN)
    assert SupportSession.objects.get().verdict == Verdict.YES

    state(session, WITHDRAWN, actor=cast.mona)
    assert SupportSession.objects.get().reason == Reason.CONSENT_WITHDRAWN


def test_a_no_counts_although_the_clock_of_its_server_is_behind(waiting, state, at):
    state(waiting, GIVEN)
    append_interactions(session=waiting, batch=[chat(1, "hello")])

    state(waiting, REFUSED, at=at - timedelta(seconds=5))

    session = SupportSession.objects.get()
    assert (session.verdict, session.reason) == (Verdict.NO, Reason.CONSENT_REFUSED)
    assert (Interaction.objects.count(), ConsentEntry.objects.count()) == (0, 2)
    assert state_of(session_id=session.pk, at=at).answer == REFUSED


def test_the_preview_counts_a_no_although_the_clock_of_its_server_was_behind(waiting, state, cast, at):
    state(waiting, GIVEN)
    state(waiting, REFUSED, at=at - timedelta(seconds=5))
    end_session(session=waiting, actor=cast.bob, at=at + timedelta(minutes=5))

    assert preview(company=cast.northwind, at=at + timedelta(hours=1)).by_reason == {Reason.CONSENT_REFUSED: 1}
