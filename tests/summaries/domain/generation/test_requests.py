from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction
from django_q.models import OrmQ

from accounts.models import AuditEntry
from credits.domain.balance import monthly_balance
from credits.domain.grants import adjust
from credits.domain.reservations import reserve
from credits.enums import ReservationState
from credits.models import Reservation
from policies.enums import Verdict
from summaries.content import content_from_json, facts_from_json
from summaries.domain.capture import open_session
from summaries.domain.generation import claims as generation_claims
from summaries.domain.generation import steps as generation_steps
from summaries.domain.generation.engine_request import build_request
from summaries.domain.generation.requests import NotEligible, generate, request_summary, sweep
from summaries.domain.generation.revisions import Written, store_revision
from summaries.domain.imports.recordings import import_recording
from summaries.enums import Outcome, ReviewState, SummaryState
from summaries.models import Summary, SummaryRevision, SupportSession
from tests.at_once import during
from tests.summaries.conftest import cast_bytes, order_of
from tests.summaries.session_rows import add_session


@pytest.fixture
def summary(session):
    return session.summary


def use_up_credits(company, at):
    company.plan = "BUSINESS"
    company.save(update_fields=["plan"])
    for _ in range(monthly_balance(company=company, at=at).available):
        reserve(company=company, session_id=uuid4(), at=at)


def test_generate_stores_a_checked_revision_and_charges_one_credit(cast, session, summary, clock, at):
    generate(summary_id=summary.pk, clock=clock)

    summary.refresh_from_db()
    revision = summary.current
    content = content_from_json(revision.content)
    numbers = set(session.interactions.values_list("number", flat=True))
    assert (summary.state, summary.review, summary.engine) == ("READY", "AI_GENERATED", "BUILT_IN")
    assert (summary.attempts, summary.claim, revision.number) == (1, None, 1)
    assert content.outcome == Outcome.RESOLVED == summary.outcome
    assert {number for step in content.steps for number in step.action.evidence} <= numbers
    assert facts_from_json(revision.facts).commands[0].command == "nginx -t"
    assert revision.engine_ms == 1000
    assert Reservation.objects.get().state == ReservationState.CHARGED
    assert AuditEntry.objects.filter(action="summary.generated").count() == 1


def test_generate_labels_the_summary_from_the_companys_own_taxonomy(cast, session, foreign_session, clock):
    generate(summary_id=session.summary.pk, clock=clock)

    labels = [*session.summary.issue_types.all(), *session.summary.applications.all()]
    assert "nginx" in {label.name for label in labels}
    assert {label.company_id for label in labels} == {cast.northwind.pk}


def test_generate_makes_the_session_findable(session, summary, clock):
    generate(summary_id=summary.pk, clock=clock)

    assert "nginx" in SupportSession.objects.get(pk=session.pk).search_text


def test_generate_run_twice_is_the_same_as_once(summary, clock):
    generate(summary_id=summary.pk, clock=clock)
    generate(summary_id=summary.pk, clock=clock)

    assert SummaryRevision.objects.count() == 1
    assert Reservation.objects.count() == 1


def test_a_run_that_lost_its_claim_stores_nothing(summary, clock, at, monkeypatch):
    """Its lease ended, another run took over and finished; the slow one comes back late."""
    slow = generation_claims.take(summary_id=summary.pk, at=at)
    Summary.objects.filter(pk=summary.pk).update(state=SummaryState.QUEUED, claim=None)
    generate(summary_id=summary.pk, clock=clock)
    revision = SummaryRevision.objects.get()

    request = build_request(session=slow.summary.session, language="en")
    draft = generation_steps.call_engine(engine="BUILT_IN", summary=slow.summary, request=request)
    stored = store_revision(
        claim_token=slow.token,
        summary=slow.summary,
        written=Written(engine="BUILT_IN", draft=draft, request=request, duration=timedelta()),
        at=at,
    )

    assert stored is False
    assert SummaryRevision.objects.get() == revision


def test_request_summary_while_one_is_queued_changes_nothing(cast, session, at):
    with_first = OrmQ.objects.count()

    request_summary(session=session, actor=cast.mona, at=at)

    assert Summary.objects.get().requested_by == cast.bob
    assert OrmQ.objects.count() == with_first


def test_request_summary_again_makes_a_second_revision_for_the_same_credit(cast, session, summary, clock, at):
    generate(summary_id=summary.pk, clock=clock)
    session.refresh_from_db()

    request_summary(session=session, actor=cast.mona, at=at, language="es")
    generate(summary_id=summary.pk, clock=clock)

    summary.refresh_from_db()
    assert (summary.current.number, summary.language, summary.review) == (2, "es", ReviewState.AI_GENERATED)
    assert SummaryRevision.objects.count() == 2
    assert Reservation.objects.get().state == ReservationState.CHARGED


def test_request_summary_of_a_running_session_is_refused(cast, at):
    running = open_session(company=cast.northwind, supporter=cast.bob, actor=cast.bob, at=at)

    with pytest.raises(NotEligible, match="still running"):
        request_summary(session=running, actor=cast.bob, at=at)


def test_request_summary_of_an_uncaptured_session_names_the_reason(cast, at):
    cast.northwind.memberships.filter(user=cast.bob).update(log_sessions=False)
    session = import_recording(order=order_of(cast.northwind, cast.bob, at=at)).session
    session.refresh_from_db()

    with pytest.raises(NotEligible, match="not logged"):
        request_summary(session=session, actor=cast.bob, at=at)


def test_without_credits_the_session_waits_and_starts_when_credits_arrive(cast, at, clock):
    use_up_credits(cast.northwind, at)
    session = import_recording(order=order_of(cast.northwind, cast.bob, at=at)).session
    second = import_recording(order=order_of(cast.northwind, cast.bob, cast_bytes(("id", "uid=0")), at=at)).session
    assert session.summary.state == SummaryState.WAITING_FOR_CREDITS

    assert sweep(at=at) == 0
    adjust(company=cast.northwind, amount=1, reason="goodwill", at=at)
    assert sweep(at=at) == 1

    session.summary.refresh_from_db()
    second.summary.refresh_from_db()
    assert (session.summary.state, second.summary.state) == ("QUEUED", "WAITING_FOR_CREDITS")


def test_deactivated_ai_features_stop_what_is_queued_and_cost_nothing(cast, summary, clock):
    cast.northwind.ai_settings.is_active = False
    cast.northwind.ai_settings.save(update_fields=["is_active"])

    generate(summary_id=summary.pk, clock=clock)

    summary.refresh_from_db()
    assert (summary.state, summary.failure) == ("FAILED", generation_steps.SWITCHED_OFF)
    assert Reservation.objects.get().state == ReservationState.RELEASED


def test_the_sweeper_frees_what_a_dead_worker_held_and_gives_up_the_third_time(summary, at):
    for attempt in (1, 2, 3):
        generation_claims.take(summary_id=summary.pk, at=at)
        assert sweep(at=at) == 0
        sweep(at=at + timedelta(hours=1))
        summary.refresh_from_db()
        assert summary.attempts == attempt

    assert (summary.state, summary.failure) == ("FAILED", generation_claims.GIVEN_UP)
    assert Reservation.objects.get().state == ReservationState.RELEASED
    assert AuditEntry.objects.filter(action="summary.failed").count() == 1


def test_a_failed_summary_can_be_generated_again(cast, session, summary, clock, at):
    Summary.objects.filter(pk=summary.pk).update(state=SummaryState.FAILED, attempts=3, failure="x")

    request_summary(session=session, actor=cast.bob, at=at)
    generate(summary_id=summary.pk, clock=clock)

    summary.refresh_from_db()
    assert (summary.state, summary.failure) == ("READY", "")


def test_the_sweeper_queues_a_summary_whose_task_was_lost(summary, at, django_capture_on_commit_callbacks):
    OrmQ.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep(at=at) == 0
        assert sweep(at=at + timedelta(minutes=2)) == 1

        assert OrmQ.objects.count() == 0

    assert OrmQ.objects.count() == 1
    assert sweep(at=at + timedelta(minutes=3)) == 0


def test_giving_up_twice_releases_once(summary, at):
    claim = generation_claims.take(summary_id=summary.pk, at=at)
    assert generation_claims.fail(summary=claim.summary, claim=claim.token, failure="x", at=at) == 1
    assert generation_claims.fail(summary=claim.summary, claim=claim.token, failure="x", at=at) == 0
    assert AuditEntry.objects.filter(action="summary.failed").count() == 1


def test_a_silent_session_says_that_data_is_missing_and_claims_nothing(cast, at, clock):
    order = order_of(cast.northwind, cast.bob, cast_bytes(), at=at)
    session = import_recording(order=order).session

    generate(summary_id=session.summary.pk, clock=clock)

    content = content_from_json(SummaryRevision.objects.get().content)
    assert (content.outcome, content.steps) == (Outcome.UNKNOWN, ())
    assert len(content.missing_data) > 0
    assert session.verdict == Verdict.YES


def hold_at_once(session):
    with transaction.atomic():
        SupportSession.objects.select_for_update(nowait=True).get(pk=session.pk)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="It has one writer at a time, and locks no rows.")
@pytest.mark.django_db(transaction=True)
def test_who_asks_for_the_first_summary_keeps_out_whoever_deletes_or_gives_back(cast, session, at):
    Summary.objects.all().delete()
    fresh = SupportSession.objects.select_related("company", "device").get(pk=session.pk)

    found = during(lambda: request_summary(session=fresh, actor=cast.bob, at=at), lambda: hold_at_once(session))

    assert (found, Summary.objects.get().state) == (OperationalError, "QUEUED")


def test_session_that_went_meanwhile_gets_no_summary_and_takes_no_credit(cast, at):
    session = add_session(cast.northwind, cast.bob, 7)
    SupportSession.objects.filter(pk=session.pk).delete()

    with pytest.raises(NotEligible, match="^The session log was deleted, and without it no summary can be made.$"):
        request_summary(session=session, actor=cast.bob, at=at)

    assert (Summary.objects.count(), Reservation.objects.count()) == (0, 0)
