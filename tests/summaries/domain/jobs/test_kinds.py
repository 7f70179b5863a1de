"""What each kind says, and does to a session."""

import pytest

from summaries.domain.jobs.registry import KINDS, kinds_for
from summaries.domain.keeping import holds
from summaries.enums import SessionList
from summaries.models import Job, JobItem, Summary, SummaryRevision, SupportSession
from tests.summaries.domain.jobs.job_cases import (
    after,
    ask,
    chosen,
    counts,
    everything,
    reviews,
    states,
    work,
)

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


def test_each_kind_says_what_it_will_do_and_what_it_did():
    assert {code: (kind.will(1), kind.will(3), kind.did(1), kind.did(3)) for code, kind in KINDS.items()} == {
        "approve": (
            "1 summary will be approved.",
            "3 summaries will be approved.",
            "1 summary approved",
            "3 summaries approved",
        ),
        "review": (
            "1 summary will be marked as reviewed.",
            "3 summaries will be marked as reviewed.",
            "1 summary marked as reviewed",
            "3 summaries marked as reviewed",
        ),
        "regenerate": (
            "1 summary will be made anew.",
            "3 summaries will be made anew.",
            "1 summary asked for",
            "3 summaries asked for",
        ),
        "export_pdf_zip": (
            "1 service report will be made.",
            "3 service reports will be made.",
            "1 service report made",
            "3 service reports made",
        ),
        "export_pdf_one": (
            "1 service report will be made.",
            "3 service reports will be made.",
            "1 service report made",
            "3 service reports made",
        ),
        "delete_summaries": (
            "1 summary will be deleted.",
            "3 summaries will be deleted.",
            "1 summary deleted",
            "3 summaries deleted",
        ),
        "delete_logs": (
            "1 session log will be deleted.",
            "3 session logs will be deleted.",
            "1 session log deleted",
            "3 session logs deleted",
        ),
        "delete_reports": (
            "1 connection report will be deleted.",
            "3 connection reports will be deleted.",
            "1 connection report deleted",
            "3 connection reports deleted",
        ),
        **dict.fromkeys(
            ("scheduled_csv", "scheduled_xlsx", "scheduled_pdf", "scheduled_month"),
            (
                "1 session goes into the file.",
                "3 sessions go into the file.",
                "File of 1 session made",
                "File of 3 sessions made",
            ),
        ),
    }


def test_kinds_are_offered_to_whom_a_role_allows_them(cast):
    offered = {
        member.name: [kind.code for kind in kinds_for(company=cast.northwind, member=member)]
        for member in (cast.alice, cast.bob, cast.charlie)
    }

    of_bob = ["review", "regenerate", "export_pdf_zip", "export_pdf_one"]
    of_alice = [code for code in KINDS if not code.startswith("scheduled_")]
    assert offered == {"Alice": of_alice, "Bob": of_bob, "Charlie": []}


def test_regenerating_asks_for_each_summary_once(cast, three):
    job = work(ask("regenerate", cast.mona, cast.northwind))

    assert counts(job) == ("DONE", 3, 3, 0, 0)
    assert set(Summary.objects.values_list("state", "requested_by")) == {("QUEUED", cast.mona.pk)}


def test_a_summary_that_somebody_else_asked_for_is_left(cast, three):
    job = ask("regenerate", cast.mona, cast.northwind)
    Summary.objects.filter(pk=three[0].pk).update(state="QUEUED")

    assert counts(work(job)) == ("DONE", 3, 2, 1, 0)


def test_a_session_that_may_not_be_summarised_any_more_fails_with_why(cast, three):
    job = ask("regenerate", cast.mona, cast.northwind)
    SupportSession.objects.filter(number=1).update(verdict="NO", reason="EXCLUDED_BY_CONDITION")

    work(job)

    assert JobItem.objects.get(number=1).sentence.startswith("This session can't be summarised:")


def test_reviewing(cast, three):
    job = work(ask("review", cast.mona, cast.northwind))

    assert (counts(job), reviews()) == (("DONE", 3, 3, 0, 0), ["REVIEWED"] * 3)


def add_text(summary, *, written):
    """Another text of *summary*, which counts."""
    revision = SummaryRevision.objects.get(pk=summary.current_id)
    revision.pk, revision.number, revision.created_at = None, revision.number + 1, written
    revision.save(force_insert=True)
    Summary.objects.filter(pk=summary.pk).update(current=revision)


def test_a_text_that_was_written_after_the_job_was_asked_for_is_not_approved(cast, three):
    job = ask("approve", cast.mona, cast.northwind)
    add_text(three[0], written=after(minutes=1))

    work(job, at=after(minutes=2))

    assert reviews() == ["AI_GENERATED", "APPROVED", "APPROVED"]
    assert JobItem.objects.get(number=1).sentence == "Another text counts since you asked. Read it, then decide."


def test_a_text_that_lay_there_and_counts_since_the_job_was_asked_for_is_not_approved(cast, three):
    job = ask("approve", cast.mona, cast.northwind)
    add_text(three[1], written=after(days=-1))

    work(job, at=after(minutes=2))

    assert reviews() == ["APPROVED", "AI_GENERATED", "APPROVED"]
    assert JobItem.objects.get(number=2).sentence == "Another text counts since you asked. Read it, then decide."


def test_what_somebody_approved_meanwhile_is_left(cast, three):
    job = ask("approve", cast.mona, cast.northwind)
    Summary.objects.filter(pk=three[1].pk).update(review="APPROVED")

    work(job)

    assert JobItem.objects.get(number=2).sentence == "Somebody did this before the job came to it."


def test_a_summary_that_is_gone_or_is_being_made_anew_is_left(cast, three):
    job = ask("approve", cast.mona, cast.northwind)
    Summary.objects.filter(pk=three[1].pk).delete()
    Summary.objects.filter(pk=three[0].pk).update(state="QUEUED")

    work(job)

    assert list(JobItem.objects.exclude(state="DONE").values_list("number", "state", "sentence")) == [
        (2, "SKIPPED", "It has no summary any more."),
        (1, "FAILED", "The summary has changed since you opened it. Read it again, then decide."),
    ]


def test_deleting_summaries(cast, three):
    job = work(ask("delete_summaries", cast.alice, cast.northwind))

    assert (counts(job), Summary.objects.filter(session__isnull=False).count()) == (("DONE", 3, 3, 0, 0), 0)
    assert SupportSession.objects.count() == 3


def test_deleting_logs(cast, mixed):
    job = work(ask("delete_logs", cast.alice, cast.northwind, everything(list_name=SessionList.REPORTS)))

    mixed.refresh_from_db()
    assert (counts(job), mixed.interaction_count) == (("DONE", 1, 1, 0, 0), 0)


def test_deleting_reports(cast, three):
    job = work(ask("delete_reports", cast.alice, cast.northwind, chosen(1, 2)))

    visible = SupportSession.objects.visible_to(cast.alice)
    assert (counts(job), [session.number for session in visible]) == (("DONE", 2, 2, 0, 0), [3])


@pytest.mark.parametrize("kind", ["delete_summaries", "delete_reports"])
def test_what_somebody_deleted_meanwhile_is_left(cast, three, kind):
    job = ask(kind, cast.alice, cast.northwind, chosen(1, 2))
    work(ask(kind, cast.alice, cast.northwind, chosen(1)))

    assert (counts(work(job)), states(job)) == (("DONE", 2, 1, 1, 0), [(2, "DONE"), (1, "SKIPPED")])


def test_a_hold_that_was_placed_meanwhile_fails_with_why(cast, three, at):
    job = ask("delete_summaries", cast.alice, cast.northwind, chosen(1))
    holds.place(company=cast.northwind, reason="A case", actor=cast.alice, at=at)

    assert counts(work(job)) == ("DONE", 1, 0, 0, 1)
    assert "under legal hold" in JobItem.objects.get().sentence


def test_a_job_tells_how_far_it_is(cast, three):
    job = ask("approve", cast.mona, cast.northwind)

    assert (job.percent, job.remaining, job.is_over, str(job)) == (0, 3, False, f"approve {job.public_id}")
    assert (Job().percent, str(JobItem(number=7))) == (100, "S-7")
