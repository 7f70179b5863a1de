"""What the law, a clock or the remote user takes away lies in no trash: it goes at once, from there as well."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from policies.enums import ConsentAnswer
from summaries.domain.consent.entries import drop_captured
from summaries.domain.consent.withdrawal import erase_withdrawn, record_withdrawal
from summaries.domain.keeping import holds, retention
from summaries.domain.keeping.data_subjects import find, holdings
from summaries.domain.keeping.erasure import ErasureReport, erase
from summaries.domain.keeping.removal import delete_log, delete_report, delete_summary
from summaries.domain.keeping.retention import RetentionReport
from summaries.models import (
    ConsentEntry,
    Interaction,
    RetentionRun,
    Summary,
    SummaryRevision,
    SupportSession,
    TrashedRecord,
)
from tests.summaries.domain.keeping.test_data_subject_export import copy_of
from tests.summaries.domain.keeping.test_erasure import tables_with
from tests.summaries.domain.keeping.test_retention import keep, kept
from tests.summaries.domain.subject_rows import CANARY, add_rich_session

DAY = timedelta(days=1)
DELETIONS = (delete_log, delete_summary, delete_report)


@pytest.fixture
def recent(cast, at):
    """A session of which no clock of the company is over."""
    return kept(cast.northwind, cast.bob, 1, ended_at=at - DAY)


def left():
    """Interactions, summaries, revisions and what lies in the trash, of all companies."""
    return tuple(model.objects.count() for model in (Interaction, Summary, SummaryRevision, TrashedRecord))


@pytest.mark.parametrize(
    ("delete", "gone"), [(delete_log, (0, 1, 1, 0)), (delete_summary, (3, 0, 0, 0)), (delete_report, (0, 0, 0, 0))]
)
def test_the_daily_job_deletes_for_good_after_30_days_and_not_before(cast, recent, at, delete, gone):
    keep(cast.northwind)
    delete(session=recent, actor=cast.alice, at=at)
    heard: list[int] = []

    early = retention.apply(company=cast.northwind, at=at + 30 * DAY - timedelta(seconds=1))
    before = left()
    planned = retention.plan(company=cast.northwind, at=at + 30 * DAY)
    due = retention.apply(company=cast.northwind, at=at + 30 * DAY, progress=heard.append)
    again = retention.apply(company=cast.northwind, at=at + 30 * DAY)

    assert (early.purged, before, planned.purged, planned.total) == (0, (3, 1, 1, 1), 1, 1)
    assert (due.purged, due.total, again.total, left()) == (1, 1, 0, gone)
    assert heard == [1]
    assert AuditEntry.objects.get(action__endswith=".purged").actor is None
    assert AuditEntry.objects.get(action="retention.applied").details["purged"] == 1


def test_a_run_that_is_told_to_stop_leaves_the_rest_of_the_trash_to_the_next(cast, at):
    for number in (1, 2):
        delete_log(session=kept(cast.northwind, cast.bob, number, ended_at=at - DAY), actor=cast.alice, at=at)
    answers = iter([True, False])

    stopped = retention.apply(company=cast.northwind, at=at + 30 * DAY, keep_going=lambda: next(answers))

    assert (stopped.is_complete, stopped.purged, TrashedRecord.objects.count()) == (False, 1, 1)
    assert retention.apply(company=cast.northwind, at=at + 30 * DAY).purged == 1


@pytest.mark.parametrize("on_company", [True, False])
def test_a_legal_hold_keeps_what_lies_in_the_trash(cast, recent, at, on_company):
    delete_report(session=recent, actor=cast.alice, at=at)
    holds.place(company=cast.northwind, session=None if on_company else recent, reason="Case", actor=cast.alice, at=at)

    planned = retention.plan(company=cast.northwind, at=at + 31 * DAY)
    applied = retention.apply(company=cast.northwind, at=at + 31 * DAY)

    assert (planned.purged, planned.held, applied.purged, left()) == (0, 1, 0, (3, 1, 1, 1))


@pytest.mark.parametrize(("delete", "clock"), [(delete_log, "logs"), (delete_summary, "summaries")])
def test_a_clock_that_is_over_does_not_wait_for_the_trash(cast, at, delete, clock):
    old = kept(cast.northwind, cast.bob, 1, ended_at=at - 40 * DAY)
    delete(session=old, actor=cast.alice, at=at)
    keep(cast.northwind, **{clock: 30})

    planned = retention.plan(company=cast.northwind, at=at)
    report = retention.apply(company=cast.northwind, at=at)

    assert (getattr(planned, clock), getattr(report, clock), report.purged) == (1, 1, 0)
    assert left() == ((0, 1, 1, 0) if delete is delete_log else (3, 0, 0, 0))


def test_the_clocks_reach_into_a_report_that_lies_in_the_trash(cast, at):
    old = kept(cast.northwind, cast.bob, 1, ended_at=at - 40 * DAY)
    delete_report(session=old, actor=cast.alice, at=at)
    keep(cast.northwind, logs=30, summaries=30, consents=30)

    retention.apply(company=cast.northwind, at=at)

    assert (left(), ConsentEntry.objects.count()) == ((0, 0, 0, 1), 0)
    assert SupportSession.objects.get().status == "TRASHED"


def test_the_last_run_tells_what_was_purged(cast, recent, at):
    delete_log(session=recent, actor=cast.alice, at=at)
    retention.apply(company=cast.northwind, at=at + 30 * DAY)

    last = retention.last_report(company=cast.northwind)

    assert isinstance(last, RetentionReport)
    assert (last.purged, RetentionRun.objects.get().purged) == (1, 1)


@pytest.mark.parametrize("delete", DELETIONS)
def test_a_withdrawal_takes_log_and_summary_from_the_trash_at_once(cast, recent, at, delete):
    delete(session=recent, actor=cast.alice, at=at)

    record_withdrawal(session=recent, statement="By mail.", actor=cast.alice, at=at)

    reports = 1 if delete is delete_report else 0
    assert left() == (0, 0, 0, reports)


@pytest.mark.parametrize("delete", [delete_log, delete_summary])
def test_what_a_hold_kept_of_a_withdrawn_session_goes_from_the_trash_when_it_is_lifted(cast, recent, at, delete):
    delete(session=recent, actor=cast.alice, at=at)
    hold = holds.place(company=cast.northwind, session=recent, reason="Case", actor=cast.alice, at=at)
    record_withdrawal(session=recent, statement="By mail.", actor=cast.alice, at=at)
    kept_rows = TrashedRecord.objects.count()

    holds.lift(hold=hold, actor=cast.alice, at=at)
    erase_withdrawn(at=at)

    assert (kept_rows, left()) == (1, (0, 0, 0, 0))


@pytest.mark.parametrize("delete", [delete_log, delete_summary])
def test_a_refusal_leaves_nothing_in_the_trash(cast, recent, at, delete):
    delete(session=recent, actor=cast.alice, at=at)

    drop_captured(session=recent)

    assert left() == (0, 0, 0, 0)


@pytest.mark.parametrize("delete", DELETIONS)
def test_erasure_leaves_no_word_of_the_person_in_the_trash(cast, at, delete):
    rich = add_rich_session(cast.northwind, cast.bob, 1)
    delete(session=rich, actor=cast.alice, at=at)
    subject = find(company=cast.northwind, kind="remote-user", key=CANARY, actor=None)

    report = erase(subject=subject, actor=cast.alice, at=at)

    assert report == ErasureReport(sessions=1, left=0)
    assert tables_with(CANARY) == set()
    assert left()[:3] == (0, 0, 0)


def test_erasure_finds_a_session_of_which_only_the_trash_holds_something(cast, at):
    rich = add_rich_session(cast.northwind, cast.bob, 1)
    for delete in (delete_log, delete_summary):
        delete(session=rich, actor=cast.alice, at=at)
    SupportSession.objects.update(notes="", ticket="", source_name="", remote_user="")
    subject = find(company=cast.northwind, kind="device", key="ACC-14", actor=None)

    assert erase(subject=subject, actor=cast.alice, at=at) == ErasureReport(sessions=1, left=0)
    assert left() == (0, 0, 0, 0)


@pytest.mark.parametrize("delete", DELETIONS)
def test_a_copy_of_a_persons_data_holds_what_lies_in_the_trash(cast, at, delete):
    rich = add_rich_session(cast.northwind, cast.bob, 1)
    whole = holdings(subject=find(company=cast.northwind, kind="remote-user", key=CANARY, actor=None))
    delete(session=rich, actor=cast.alice, at=at)

    copy = copy_of(cast, "remote-user", CANARY, at)

    assert [row["text"] for row in copy["interactions.jsonl"]] == [f"echo {CANARY}"] * 2
    (revision,) = copy["summaries.jsonl"]
    assert (revision["summary__session__number"], revision["is_in_trash"]) == (1, delete is delete_summary)
    assert revision["content"]["title"] == f"Mail of {CANARY}"
    assert holdings(subject=find(company=cast.northwind, kind="remote-user", key=CANARY, actor=None)) == whole
    assert ConsentAnswer.GIVEN in [row["answer"] for row in copy["consents.jsonl"]]
