"""Several answers stored at once: as right as one by one, in the statements of one."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry, AuditSeal
from credits.models import Reservation
from summaries.content import Statement, SummaryContent
from summaries.domain.generation.claims import take_all
from summaries.domain.generation.engine_request import build_request
from summaries.domain.generation.revisions import Answer, Written, store_revisions
from summaries.domain.generation.steps import Drafted, store_drafts
from summaries.engines.base import EngineError, SummaryDraft
from summaries.models import IssueType, Summary, SummaryRevision, SupportSession, TokenUse
from tests.at_once import rows_taken
from tests.summaries.domain.remote import ask

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


def written_for(summaries, at, **changed):
    """An answer for each, under one claim."""
    claims = take_all(summary_ids=[each.pk for each in summaries], at=at)
    found = []
    for claim in claims:
        content = SummaryContent(
            title=f"Disk {claim.summary.session.label}",
            problem=(Statement("The disk was looked at.", (1,)),),
            **changed,
        )
        draft = SummaryDraft(content=content, input_tokens=10, output_tokens=2)
        request = build_request(session=claim.summary.session, language="en")
        found.append(Drafted(claim, request, draft, at))
    return found


def ready():
    rows = Summary.objects.filter(state="READY").order_by("company", "session__number")
    return list(rows.values_list("company__slug", "session__number", "title", "current__number", "claim"))


def test_answers_of_several_companies_are_stored_each_in_its_own(cast, at):
    for company in (cast.northwind, cast.contoso):
        IssueType.objects.get_or_create(company=company, name="Printing")
    summaries = [*ask(cast.northwind, cast.bob, [1, 2], at=at), *ask(cast.contoso, cast.charlie, [1], at=at)]
    drafts = written_for(summaries, at, issue_types=("Printing", "Printing", "Nobody's"))

    assert store_drafts(drafts=drafts, at=at + timedelta(seconds=5)) == 3

    assert sorted(ready()) == [
        ("contoso", 1, "Disk S-1", 1, None),
        ("northwind", 1, "Disk S-1", 1, None),
        ("northwind", 2, "Disk S-2", 1, None),
    ]
    for each in Summary.objects.all():
        assert [(kind.name, kind.company_id) for kind in each.issue_types.all()] == [("Printing", each.company_id)]
    assert list(TokenUse.objects.order_by("tokens").values_list("company", "tokens")) == [
        (cast.contoso.pk, 12),
        (cast.northwind.pk, 24),
    ]
    assert set(Reservation.objects.values_list("state", flat=True)) == {"CHARGED"}
    assert {session.search_text.split()[0] for session in SupportSession.objects.all()} == {"s"}
    assert set(SummaryRevision.objects.values_list("engine_ms", flat=True)) == {5000}


def test_three_answers_take_the_statements_of_one(cast, at, django_assert_num_queries):
    day, one, *three = ask(cast.northwind, cast.bob, [1, 2, 3, 4, 5], at=at)
    # The day's row of the company's tokens is made by the first.
    store_drafts(drafts=written_for([day], at), at=at)

    for summaries in ([one], three):
        drafts = written_for(summaries, at)
        with django_assert_num_queries(16):
            store_drafts(drafts=drafts, at=at)


def test_a_row_that_was_taken_away_is_left_out_and_the_others_are_stored(cast, at):
    first, second = ask(cast.northwind, cast.bob, [1, 2], at=at)
    drafts = written_for([first, second], at)
    Summary.objects.filter(pk=first.pk).update(state="FAILED", claim=None)

    assert store_drafts(drafts=drafts, at=at) == 1

    assert [number for _, number, *_ in ready()] == [2]
    assert SummaryRevision.objects.count() == 1


def test_one_that_cannot_be_stored_leaves_nothing_of_the_others(cast, at):
    drafts = written_for(ask(cast.northwind, cast.bob, [1, 2], at=at), at)
    drafts[1].claim.summary.company_id = None

    with pytest.raises(Exception, match="(?i)null"):
        store_drafts(drafts=drafts, at=at)

    assert (ready(), SummaryRevision.objects.count()) == ([], 0)


def test_labels_of_an_earlier_text_go_with_it(cast, at):
    IssueType.objects.get_or_create(company=cast.northwind, name="Printing")
    (summary,) = ask(cast.northwind, cast.bob, [1], at=at)
    store_drafts(drafts=written_for([summary], at, issue_types=("Printing",)), at=at)
    Summary.objects.filter(pk=summary.pk).update(state="QUEUED")

    store_drafts(drafts=written_for([summary], at), at=at)

    summary.refresh_from_db()
    assert (summary.current.number, list(summary.issue_types.all())) == (2, [])
    assert Reservation.objects.get().state == "CHARGED"


def test_a_stand_in_among_others_costs_nothing_and_its_tokens_count(cast, at):
    summaries = ask(cast.northwind, cast.bob, [1, 2], at=at)
    error = EngineError("It broke off.", permanent=True, input_tokens=7)
    drafts = written_for(summaries, at)
    answers = [
        Answer(
            claim_token=each.claim.token,
            summary=each.claim.summary,
            written=Written(
                engine=engine, draft=each.draft, request=each.request, duration=timedelta(), replaced_engine_error=why
            ),
        )
        for each, engine, why in zip(drafts, ("CLAUDE", "BUILT_IN"), (None, error), strict=True)
    ]

    taken = rows_taken(
        lambda: store_revisions(answers=answers, at=at), "credits_grant", "credits_reservation", "summaries_tokenuse"
    )

    assert Summary.objects.filter(state="READY").count() == 2
    assert taken == ["summaries_tokenuse", "credits_reservation", "credits_grant"]
    states = Reservation.objects.order_by("session_label").values_list("session_label", "state")
    assert list(states) == [("S-1", "CHARGED"), ("S-2", "RELEASED")]
    assert TokenUse.objects.get().tokens == 31


@pytest.mark.django_db(transaction=True)
def test_entries_of_answers_stored_together_are_sealed_together(cast, at):
    drafts = written_for(ask(cast.northwind, cast.bob, [1, 2, 3], at=at), at)

    store_drafts(drafts=drafts, at=at)

    generated = AuditEntry.objects.filter(action="summary.generated")
    assert generated.count() == 3
    assert AuditSeal.objects.filter(entry__in=generated).count() == 3
    assert not AuditEntry.objects.filter(seal=None).exists()
