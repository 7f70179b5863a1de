from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from credits.enums import ReservationState
from credits.models import Reservation
from policies.enums import AccessControl, ConsentAnswer, Reason, Verdict
from summaries.domain.capture import CaptureRefused, append_interactions, end_session, open_session, record_consent
from summaries.domain.consent import withdrawal as consent_withdrawal
from summaries.domain.consent.links import InvalidLink, LinkKind, issue_link
from summaries.domain.consent.requests import Stage, request_of, stage_of
from summaries.domain.consent.withdrawal import erase_withdrawn, state_withdrawal, withdraw_by_link, withdrawal_of
from summaries.domain.generation import requests as generation
from summaries.domain.generation import steps as generation_steps
from summaries.domain.imports.recordings import import_recording
from summaries.domain.keeping import forgetting, holds
from summaries.domain.reading import queries, timeline
from summaries.domain.reading.search import matching
from summaries.enums import SummaryState
from summaries.models import ConsentEntry, Interaction, Summary, SummaryRevision, SupportSession
from tests.summaries.conftest import order_of
from tests.summaries.consent_cases import GIVEN, REFUSED, answered, ask, chat, say, waiting_session


@pytest.fixture
def waiting(cast, at):
    return waiting_session(cast, at, notes="Called about the printer")


@pytest.fixture
def link(waiting, cast, at):
    """The withdrawal link of a session that runs and holds one interaction."""
    given = answered(waiting, cast.bob, at)
    append_interactions(session=waiting, batch=[chat(1, "write to anna@acme.example about the spooler")])
    return given.withdrawal_link


@pytest.fixture
def summarised(waiting, link, cast, at, clock):
    end_session(session=waiting, actor=cast.bob, at=at + timedelta(minutes=10))
    generation.generate(summary_id=Summary.objects.get().pk, clock=clock)
    return waiting


def what_is_left():
    session = SupportSession.objects.get()
    return (
        Interaction.objects.count(),
        Summary.objects.count(),
        SummaryRevision.objects.count(),
        session.interaction_count,
        session.redaction_memory,
        session.bad_records,
    )


NOTHING = (0, 0, 0, 0, {}, [])


def test_withdrawing_deletes_log_summary_and_search_and_keeps_report_and_ledger(summarised, link, cast, at):
    assert Summary.objects.get().state == SummaryState.READY

    done = withdraw_by_link(link=link, at=at, address="198.51.100.7")

    assert (done.is_withdrawn, done.is_held) == (True, False)
    assert what_is_left() == NOTHING
    session = SupportSession.objects.get()
    assert (session.verdict, session.reason, session.notes) == (
        Verdict.NO,
        Reason.CONSENT_WITHDRAWN,
        "Called about the printer",
    )
    assert matching(SupportSession.objects.all(), "spooler").count() == 0
    assert matching(SupportSession.objects.all(), "printer").count() == 1
    assert list(ConsentEntry.objects.values_list("answer", "statement"))[1:] == [
        ("WITHDRAWN", consent_withdrawal.BY_LINK)
    ]
    assert AuditEntry.objects.filter(action="consent.recorded", address="198.51.100.7").count() == 1
    assert queries.state_of_session(session).word == "Consent withdrawn"


def test_withdrawing_twice_changes_nothing(waiting, link, at):
    withdraw_by_link(link=link, at=at)
    before = AuditEntry.objects.count()

    again = withdraw_by_link(link=link, at=at + timedelta(days=1))

    assert again.is_withdrawn
    assert ConsentEntry.objects.filter(answer=ConsentAnswer.WITHDRAWN).count() == 1
    assert AuditEntry.objects.count() == before


def test_withdrawing_stops_a_running_session_for_good(waiting, link, cast, at):
    withdraw_by_link(link=link, at=at)

    assert what_is_left() == NOTHING
    with pytest.raises(CaptureRefused, match="Consent withdrawn"):
        append_interactions(session=waiting, batch=[chat(1, "hello")])
    with pytest.raises(CaptureRefused, match="that is final"):
        record_consent(session=waiting, answer=GIVEN, statement="Agreed after all.", actor=cast.bob, at=at)
    end_session(session=waiting, actor=cast.bob, at=at)
    waiting.refresh_from_db()
    assert (waiting.reason, Summary.objects.count()) == (Reason.CONSENT_WITHDRAWN, 0)


def test_withdrawing_wins_over_a_device_that_always_allows(waiting, cast, at):
    given = answered(waiting, cast.bob, at, next_time=AccessControl.ALLOWED)

    withdraw_by_link(link=given.withdrawal_link, at=at)

    waiting.refresh_from_db()
    assert (waiting.verdict, waiting.reason) == (Verdict.NO, Reason.CONSENT_WITHDRAWN)


def test_a_generation_in_flight_stores_nothing_and_charges_nothing(waiting, link, cast, at, clock, monkeypatch):
    end_session(session=waiting, actor=cast.bob, at=at + timedelta(minutes=10))
    engine_for = generation_steps.engine_for

    class WithdrawnMeanwhile:
        """The company's own engine; the remote user withdraws while it writes."""

        def __init__(self, **chosen):
            self.engine = engine_for(**chosen)

        def summarise(self, request):
            draft = self.engine.summarise(request)
            withdraw_by_link(link=link, at=at)
            return draft

    monkeypatch.setattr(generation_steps, "engine_for", WithdrawnMeanwhile)

    generation.generate(summary_id=Summary.objects.get().pk, clock=clock)

    assert what_is_left() == NOTHING
    assert Reservation.objects.get().state == ReservationState.RELEASED
    generation.sweep(at=at + timedelta(hours=3))
    assert Summary.objects.count() == 0


def test_a_summary_asked_for_with_a_page_from_before_the_withdrawal_is_refused(summarised, link, cast, at):
    stale = SupportSession.objects.get()
    withdraw_by_link(link=link, at=at)

    with pytest.raises(generation.NotEligible):
        generation.request_summary(session=stale, actor=cast.bob, at=at)

    assert Summary.objects.count() == 0


def test_the_consent_link_tells_that_it_was_withdrawn(waiting, cast, at):
    link = ask(waiting, cast.bob, at)
    from summaries.domain.consent.requests import answer_request  # shown beside its use

    given = answer_request(link=link, said=say(waiting, GIVEN), at=at)
    withdraw_by_link(link=given.withdrawal_link, at=at)

    assert stage_of(request=request_of(link=link), at=at) == Stage.WITHDRAWN


def test_consent_link_and_withdrawal_link_do_not_stand_for_each_other(waiting, link, cast, at):
    with pytest.raises(InvalidLink):
        request_of(link=link)
    with pytest.raises(InvalidLink):
        withdrawal_of(link=issue_link(kind=LinkKind.ASK).link)
    with pytest.raises(InvalidLink):
        withdrawal_of(link=issue_link(kind=LinkKind.WITHDRAW).link)


def test_under_legal_hold_it_is_hidden_at_once_and_deleted_when_the_hold_is_lifted(summarised, link, cast, at):
    hold = holds.place(company=cast.northwind, reason="Case 4711", actor=cast.alice, at=at, session=summarised)

    done = withdraw_by_link(link=link, at=at)

    assert (done.is_withdrawn, done.is_held) == (True, True)
    session = SupportSession.objects.select_related("summary").get()
    assert (session.verdict, session.interaction_count, Interaction.objects.count()) == (Verdict.NO, 1, 1)
    assert Interaction.objects.visible_to(cast.alice).count() == 0
    assert SummaryRevision.objects.visible_to(cast.alice).count() == 0
    assert timeline.timeline_page(session=session).rows == []
    assert queries.state_of_session(session).word == "Consent withdrawn"
    assert (session.summary.current, session.summary.title) == (None, "")
    assert matching(SupportSession.objects.all(), "spooler").count() == 0
    assert erase_withdrawn(at=at) == 0

    holds.lift(hold=hold, actor=cast.alice, at=at)
    assert erase_withdrawn(at=at) == 1
    assert what_is_left() == NOTHING
    assert erase_withdrawn(at=at) == 0


def test_under_the_companys_hold_the_sweep_leaves_it(summarised, link, cast, at):
    holds.place(company=cast.northwind, reason="Audit", actor=cast.alice, at=at)

    withdraw_by_link(link=link, at=at)

    assert erase_withdrawn(at=at) == 0
    assert Interaction.objects.count() == 1


def test_under_hold_a_running_session_that_is_refused_keeps_its_rows_hidden(waiting, link, cast, at):
    holds.place(company=cast.northwind, reason="Audit", actor=cast.alice, at=at)

    record_consent(session=waiting, answer=REFUSED, statement="Said no.", actor=cast.bob, at=at)

    assert Interaction.objects.count() == 1
    assert Interaction.objects.visible_to(cast.alice).count() == 0


def test_a_long_log_goes_in_steps(waiting, link, at, monkeypatch):
    monkeypatch.setattr(consent_withdrawal, "CHUNK", 2)
    append_interactions(session=waiting, batch=[chat(number, "x") for number in range(2, 8)])

    withdraw_by_link(link=link, at=at)

    assert what_is_left() == NOTHING


def test_a_deletion_that_was_cut_off_is_finished_by_the_sweep(summarised, link, at, monkeypatch):
    def dies(**_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(consent_withdrawal, "erase", dies)
        with pytest.raises(KeyboardInterrupt):
            withdraw_by_link(link=link, at=at)
    assert Interaction.objects.count() == 1

    assert erase_withdrawn(at=at) == 1
    assert what_is_left() == NOTHING


def test_a_member_records_a_withdrawal_that_came_another_way(session, cast, at):
    entry = state_withdrawal(session=session, statement="By mail.", actor=cast.mona, at=at)

    assert (entry.answer, entry.stated_by, entry.statement) == ("WITHDRAWN", cast.mona, "By mail.")
    assert (Interaction.objects.count(), Summary.objects.count()) == (0, 0)


def test_a_supporter_and_another_companys_administrator_record_no_withdrawal(session, cast, at):
    for user in (cast.bob, cast.charlie):
        with pytest.raises(PermissionMissing):
            state_withdrawal(session=session, statement="By mail.", actor=user, at=at)

    assert Interaction.objects.count() > 0


def test_importing_the_recording_again_does_not_bring_it_back(session, cast, at):
    state_withdrawal(session=session, statement="By mail.", actor=cast.mona, at=at)

    again = import_recording(order=order_of(cast.northwind, cast.bob, at=at))

    assert (again.session, again.created) == (session, False)
    assert (Interaction.objects.count(), Summary.objects.count()) == (0, 0)
    assert list(ConsentEntry.objects.values_list("answer", flat=True)) == ["GIVEN", "WITHDRAWN"]


def test_a_withdrawal_leaves_other_sessions_alone(session, foreign_session, link, cast, at):
    before = Interaction.objects.filter(session__in=[session, foreign_session]).count()

    withdraw_by_link(link=link, at=at)

    assert Interaction.objects.count() == before > 0
    assert Summary.objects.count() == 2


@pytest.mark.parametrize("statement", ["UPDATE {} SET answer = 'GIVEN'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_delete_an_entry(waiting, cast, at, statement):
    answered(waiting, cast.bob, at, REFUSED)
    table = ConsentEntry._meta.db_table

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))

    assert ConsentEntry.objects.get().answer == REFUSED


def test_erase_of_a_deleted_report_does_nothing(waiting, link, cast, at):
    end_session(session=waiting, actor=cast.bob, at=at)
    waiting.refresh_from_db()
    SupportSession.objects.filter(pk=waiting.pk).update(status="DELETED", interaction_count=0)
    Interaction.objects.all().delete()

    assert withdraw_by_link(link=link, at=at).is_withdrawn
    assert forgetting.forget_log(session_id=waiting.pk, at=at) is False


def test_an_open_question_of_a_session_that_is_withdrawn_is_closed(waiting, cast, at):
    ask(waiting, cast.bob, at)

    record_consent(
        session=waiting, answer=ConsentAnswer.WITHDRAWN, statement="Wants nothing kept.", actor=cast.bob, at=at
    )

    assert waiting.consent_requests.get().answer == ConsentAnswer.WITHDRAWN
    assert open_session(company=cast.northwind, supporter=cast.bob, actor=cast.bob, at=at).reason == (
        Reason.WAITING_FOR_CONSENT
    )
