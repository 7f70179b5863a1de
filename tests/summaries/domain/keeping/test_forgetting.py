import pytest
from django.db import transaction

from credits.domain.reservations import reserve, settle
from credits.models import Reservation
from policies.enums import ConsentAnswer
from summaries.domain.generation.claims import take
from summaries.domain.generation.engine_request import build_request
from summaries.domain.generation.requests import NotEligible, generate, request_summary
from summaries.domain.generation.steps import call_engine, store_draft
from summaries.domain.keeping import forgetting, holds
from summaries.domain.keeping.forgetting import drop_empty, forget_consents, forget_log, forget_summary
from summaries.domain.keeping.holds import UnderLegalHold
from summaries.domain.keeping.removal import delete_log, delete_summary
from summaries.domain.reading.search import matching
from summaries.models import (
    ConsentEntry,
    ConsentRequest,
    Interaction,
    Summary,
    SummaryRevision,
    SupportSession,
    TrashedRecord,
)
from tests.summaries.session_rows import add_interactions, add_session, add_summary


@pytest.fixture
def told():
    return []


@pytest.fixture
def reported(cast):
    return kept(cast, 1)


def kept(cast, number, *, rows=5, **fields):
    """A session with log, masked words and a summary."""
    fields = {"redaction_memory": {"EMAIL": {"ab": 1}}, "redaction_counts": {"EMAIL": 2}, **fields}
    problems = {"bad_records": [{"unit": "LINE", "place": 3, "problem": "x"}], "bad_record_count": 1}
    company = fields.pop("company", cast.northwind)
    supporter = cast.bob if company == cast.northwind else cast.charlie
    session = add_session(company, supporter, number, interaction_count=rows, **problems, **fields)
    add_interactions(session, rows)
    add_summary(session)
    session.search_text = forgetting.current_search_text(session)
    session.save(update_fields=["search_text"])
    return session


def consented(session, **fields):
    return ConsentEntry.objects.create(
        company=session.company,
        session=session,
        answer=ConsentAnswer.GIVEN,
        statement="Agreed by phone.",
        at=session.started_at,
        **fields,
    )


def found(query):
    return matching(SupportSession.objects.all(), query).count()


def test_forget_log_takes_the_log_and_leaves_report_and_summary(cast, reported, told, at):
    foreign, other = kept(cast, 1, company=cast.contoso), kept(cast, 2)

    assert forget_log(session_id=reported.pk, at=at, told=lambda: told.append(1)) is True

    reported.refresh_from_db()
    assert (reported.interaction_count, reported.log_deleted_at, reported.redaction_memory) == (0, at, {})
    assert (reported.bad_records, reported.bad_record_count, reported.redaction_counts) == ([], 0, {"EMAIL": 2})
    assert [Interaction.objects.filter(session=each).count() for each in (reported, other, foreign)] == [0, 5, 5]
    assert (reported.summary.state, reported.summary.current.number) == ("READY", 1)
    assert (found("driver update"), told) == (3, [1])


def test_forget_log_twice_tells_once(reported, told, at):
    forget_log(session_id=reported.pk, at=at, told=lambda: told.append(1))

    assert forget_log(session_id=reported.pk, at=at, told=lambda: told.append(1)) is False
    assert told == [1]


def test_forget_log_of_many_rows_goes_by_chunks(cast, monkeypatch, told, at):
    monkeypatch.setattr(forgetting, "CHUNK", 4)
    session = kept(cast, 3, rows=10)

    assert forget_log(session_id=session.pk, at=at, told=lambda: told.append(1)) is True

    session.refresh_from_db()
    assert (session.interactions.count(), session.interaction_count, told) == (0, 0, [1])


@pytest.mark.parametrize("fields", [{"status": "OPEN", "ended_at": None}, {"status": "IMPORTING"}])
def test_forget_leaves_a_session_alone_that_is_not_over(cast, at, fields):
    session = kept(cast, 3, **fields)

    assert forget_log(session_id=session.pk, at=at) is False
    assert forget_summary(session_id=session.pk, at=at) is False
    assert (session.interactions.count(), Summary.objects.filter(session=session).count()) == (5, 1)


def test_forget_log_of_a_session_that_is_gone_is_nothing(db, at):
    assert forget_log(session_id=4711, at=at) is False


def test_forget_under_legal_hold_is_refused(cast, reported, at):
    consented(reported)
    holds.place(company=cast.northwind, session=reported, reason="Case", actor=cast.alice, at=at)

    for forget in (forget_log, forget_summary):
        with pytest.raises(UnderLegalHold):
            forget(session_id=reported.pk, at=at)

    assert (reported.interactions.count(), reported.summary.revisions.count()) == (5, 1)


def test_forget_log_stops_a_summary_that_is_being_made(session, clock, at):
    summary = session.summary

    forget_log(session_id=session.pk, at=at)

    generate(summary_id=summary.pk, clock=clock)
    assert (Summary.objects.count(), SummaryRevision.objects.count()) == (0, 0)
    assert Reservation.objects.get().state == "RELEASED"
    with pytest.raises(NotEligible):
        request_summary(session=session, actor=None, at=at)
    assert Summary.objects.count() == 0


def test_forget_log_falls_back_to_the_text_that_a_summary_being_made_anew_had(session, clock, at):
    generate(summary_id=session.summary.pk, clock=clock)
    request_summary(session=session, actor=None, at=at)

    forget_log(session_id=session.pk, at=at)

    summary = Summary.objects.get()
    assert (summary.state, summary.current.number, summary.claim) == ("READY", 1, None)
    assert Reservation.objects.get().state == "CHARGED"


def test_a_worker_that_was_writing_when_the_summary_went_brings_nothing_back(session, clock, at):
    claim = take(summary_id=session.summary.pk, at=at)
    request = build_request(session=session, language="en")
    draft = call_engine(engine="BUILT_IN", summary=claim.summary, request=request)
    forget_summary(session_id=session.pk, at=at)

    stored = store_draft(claim=claim, request=request, draft=draft, begun_at=at, at=at)

    assert stored is False
    assert (Summary.objects.count(), SummaryRevision.objects.count()) == (0, 0)


def test_forget_summary_takes_revisions_and_words_and_leaves_the_log(cast, reported, told, at):
    reserve(company=cast.northwind, session_id=reported.public_id, at=at)
    settle(company=cast.northwind, session_id=reported.public_id, at=at)
    foreign = kept(cast, 1, company=cast.contoso)

    assert forget_summary(session_id=reported.pk, at=at, told=lambda: told.append(1)) is True

    reported = SupportSession.objects.get(pk=reported.pk)
    assert (reported.summary_deleted_at, reported.interaction_count, reported.log_deleted_at) == (at, 5, None)
    assert list(SummaryRevision.objects.values_list("company", flat=True)) == [foreign.company_id]
    assert (found("driver update"), found("S-1"), told) == (1, 2, [1])
    assert Reservation.objects.get().state == "CHARGED"
    assert forget_summary(session_id=reported.pk, at=at, told=lambda: told.append(1)) is False
    assert told == [1]


def test_forget_consents_waits_for_log_and_summary(cast, reported, told, at):
    consented(reported)
    ids = [reported.pk]

    for forget in (forget_log, forget_summary):
        assert forget_consents(session_ids=ids, reason="retention", told=told.append) == 0
        forget(session_id=reported.pk, at=at)

    assert forget_consents(session_ids=ids, reason="retention", told=told.append) == 1
    assert (ConsentEntry.objects.count(), SupportSession.objects.filter(pk=reported.pk).count()) == (0, 1)
    # Another run that chose the same sessions came later.
    assert forget_consents(session_ids=ids, reason="retention", told=told.append) == 0
    assert told == [0, 0, 1, 0]


def test_forget_consents_takes_the_questions_too_and_leaves_other_companies(cast, told, at):
    mine, foreign = add_session(cast.northwind, cast.bob, 1), add_session(cast.contoso, cast.charlie, 1)
    for session in (mine, foreign):
        question = ConsentRequest.objects.create(
            company=session.company,
            session=session,
            digest=session.company.slug,
            requested_by=session.supporter,
            requested_at=at,
            expires_at=at,
        )
        consented(session, request=question)

    forget_consents(session_ids=[mine.pk], reason="retention", told=told.append)

    assert [model.objects.get().company for model in (ConsentEntry, ConsentRequest)] == [cast.contoso] * 2


@pytest.mark.parametrize("on_company", [True, False])
def test_forget_consents_keeps_what_is_under_legal_hold(cast, told, at, on_company):
    session = add_session(cast.northwind, cast.bob, 1)
    consented(session)
    holds.place(company=cast.northwind, session=None if on_company else session, reason="Case", actor=cast.alice, at=at)

    assert forget_consents(session_ids=[session.pk], reason="retention", told=told.append) == 0
    assert ConsentEntry.objects.count() == 1


def test_forget_consents_of_nothing_is_nothing(db, told):
    assert forget_consents(session_ids=[], reason="retention", told=told.append) == 0


def test_drop_empty_takes_the_row_of_a_deleted_report_when_nothing_needs_it(cast, at):
    needed, empty, ended = (add_session(cast.northwind, cast.bob, number) for number in (1, 2, 3))
    consented(needed)
    SupportSession.objects.filter(pk__in=[needed.pk, empty.pk]).update(status="DELETED")

    with transaction.atomic():
        drop_empty(session_ids=[needed.pk, empty.pk, ended.pk])

    assert set(SupportSession.objects.values_list("number", flat=True)) == {1, 3}


def test_a_log_that_was_cut_off_keeps_the_day_when_it_began_to_go(reported, at, later):
    SupportSession.objects.filter(pk=reported.pk).update(log_deleted_at=at)

    assert forget_log(session_id=reported.pk, at=later) is True

    reported.refresh_from_db()
    assert (reported.log_deleted_at, reported.interaction_count) == (at, 0)


def test_forget_log_takes_one_that_lies_in_the_trash(cast, reported, told, at, later):
    delete_log(session=reported, actor=cast.alice, at=at)

    assert forget_log(session_id=reported.pk, at=later, told=lambda: told.append(1)) is True

    reported.refresh_from_db()
    assert (Interaction.objects.count(), TrashedRecord.objects.count(), told) == (0, 0, [1])
    assert (reported.log_deleted_at, reported.interaction_count) == (at, 0)


def test_forget_summary_takes_those_that_lie_in_the_trash_with_the_newest(cast, reported, told, at):
    foreign = kept(cast, 1, company=cast.contoso)
    delete_summary(session=reported, actor=cast.alice, at=at)
    add_summary(SupportSession.objects.get(pk=reported.pk))

    assert forget_summary(session_id=reported.pk, at=at, told=lambda: told.append(1)) is True

    assert (list(Summary.objects.all()), TrashedRecord.objects.count(), told) == ([foreign.summary], 0, [1])


@pytest.mark.parametrize("delete", [delete_log, delete_summary])
def test_forget_consents_waits_for_what_lies_in_the_trash(cast, told, at, delete):
    session = kept(cast, 4)
    consented(session)
    delete(session=session, actor=cast.alice, at=at)
    other = forget_summary if delete is delete_log else forget_log
    other(session_id=session.pk, at=at)

    assert forget_consents(session_ids=[session.pk], reason="retention", told=told.append) == 0

    for forget in (forget_log, forget_summary):
        forget(session_id=session.pk, at=at)
    assert forget_consents(session_ids=[session.pk], reason="retention", told=told.append) == 1
