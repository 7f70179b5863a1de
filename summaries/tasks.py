"""Thin adapters between the queue and the domain: load by id, one domain call."""

import logging
import time

from django.utils import timezone

from insights_portal.queueing import enqueue_on_commit
from policies.domain import device_imports
from summaries.domain import upkeep
from summaries.domain.backlog import work as backlogs
from summaries.domain.copilot import answering
from summaries.domain.generation import left_credits
from summaries.domain.generation import lines as generation_lines
from summaries.domain.generation import requests as generation
from summaries.domain.generation import runs as generation_runs
from summaries.domain.imports import teamviewer_pull
from summaries.domain.jobs import requests as job_requests
from summaries.domain.jobs import runs as job_runs
from summaries.domain.jobs import upkeep as job_upkeep
from summaries.domain.keeping import retention, scrubbing
from summaries.domain.rollups import counting, verification
from summaries.domain.schedules import running as schedule_runs
from summaries.domain.sending import mails as sent_mails
from summaries.domain.sending import work as sending

logger = logging.getLogger(__name__)

RETENTION = "summaries.tasks.apply_retention_of"
#: Well below the queue's own time limit for a task; what is left then is the next task's.
RETENTION_SECONDS = 240
#: Less than the minute until the next one.
COUNTING_SECONDS = 50
PULL = "summaries.tasks.pull_reports_of"
#: As above; a page whose sessions are not all in is asked for again.
PULL_SECONDS = 200
#: For so long a task begins summaries of remote engines. What it waits for after that (ENGINE_BUDGET_SECONDS at most)
#: still ends before the queue's own limit.
REMOTE_SECONDS = 120
WORK_AT_BACKLOG = "summaries.tasks.work_at_backlog"
HAND_OUT = "summaries.tasks.hand_out_scheduled_view"
#: For so long a task begins something of a backlog; one call more may hang for ENGINE_TIMEOUT_SECONDS.
BACKLOG_SECONDS = 120
#: Less than the minute until the next one.
SENDING_SECONDS = 50
#: So short that a job of thousands keeps nothing else waiting: it stands in line again after it.
JOB_SECONDS = 20


def generate_summary(*, summary_id: int) -> None:  # noqa: ARG001  (one task for each summary, made by turns)
    generation.generate_in_turn(clock=timezone.now)


def generate_remotely(*, summary_id: int = 0, seconds: float = REMOTE_SECONDS) -> None:  # noqa: ARG001  (takes all)
    """Wait for remote engines, hundreds of summaries at a time; what is left after *seconds* is another task's."""
    ends_at = time.monotonic() + seconds
    begun = generation_runs.generate_remotely(clock=timezone.now, keep_going=lambda: time.monotonic() < ends_at)
    if begun and time.monotonic() >= ends_at:
        enqueue_on_commit(generation_lines.REMOTE_TASK, summary_id=0)


def answer_question(*, question_id: int) -> None:
    answering.answer(question_id=question_id, clock=timezone.now)


def give_back_credits() -> None:
    """Every minute: release the credits that nothing needs any more. By itself, so that no other step is in its way."""
    left_credits.give_back_left(at=timezone.now())


def sweep() -> None:
    """Every minute: free what dead workers held, clear imports that were cut off, close questions nobody answered."""
    upkeep.keep_up(at=timezone.now())


def scrub() -> None:
    scrubbing.scrub_if_pending()


def apply_retention() -> None:
    """Every night: one task for each company, so that a big one holds up no other; lists of devices left lying go."""
    device_imports.throw_away_old(at=timezone.now())
    job_upkeep.clear_up(at=timezone.now())
    schedule_runs.forget_old(at=timezone.now())
    for company in retention.companies():
        enqueue_on_commit(RETENTION, company_id=company.pk)


def apply_retention_of(*, company_id: int, seconds: float = RETENTION_SECONDS) -> None:
    """Delete what is due of one company; what takes longer goes on in another task."""
    ends_at = time.monotonic() + seconds
    report = retention.apply_to(company_id=company_id, at=timezone.now(), keep_going=lambda: time.monotonic() < ends_at)
    if not report.is_complete:
        enqueue_on_commit(RETENTION, company_id=company_id)


def pull_reports() -> None:
    """Every five minutes: one task for each company that fetches its reports, so that none holds up others."""
    for pull_id in teamviewer_pull.due(at=timezone.now()):
        enqueue_on_commit(PULL, pull_id=pull_id)


def pull_reports_of(*, pull_id: int, seconds: float = PULL_SECONDS) -> None:
    """Fetch connection reports for one company; what takes longer goes on with the next run."""
    ends_at = time.monotonic() + seconds
    teamviewer_pull.pull_reports(pull_id=pull_id, clock=timezone.now, keep_going=lambda: time.monotonic() < ends_at)


def run_job(*, job_id: int, seconds: float = JOB_SECONDS) -> None:
    """Go on with a background job of a member; what takes longer goes on in another task."""
    ends_at = time.monotonic() + seconds
    if job_runs.run(job_id=job_id, clock=timezone.now, keep_going=lambda: time.monotonic() < ends_at):
        enqueue_on_commit(job_requests.TASK, job_id=job_id)


def send_scheduled_views() -> None:
    """Every minute: write down whose saved views are due; one task for each file, so that none holds up others."""
    schedule_runs.begin_due(at=timezone.now())
    for sending_id in schedule_runs.waiting():
        enqueue_on_commit(HAND_OUT, sending_id=sending_id)


def hand_out_scheduled_view(*, sending_id: int) -> None:
    """Ask for one recipient's file of a saved view that is due."""
    schedule_runs.hand_out(sending_id=sending_id, at=timezone.now())


def work_at_backlogs() -> None:
    """Every minute: one task for each backlog of which something may be done, so that none holds up others."""
    for backlog_id in backlogs.due(at=timezone.now()):
        enqueue_on_commit(WORK_AT_BACKLOG, backlog_id=backlog_id)


def work_at_backlog(*, backlog_id: int, seconds: float = BACKLOG_SECONDS) -> None:
    """Ask after what is under way of a backlog, and send more of it; the next minute's task goes on."""
    ends_at = time.monotonic() + seconds
    backlogs.work(backlog_id=backlog_id, clock=timezone.now, keep_going=lambda: time.monotonic() < ends_at)


def count_sessions(*, seconds: float = COUNTING_SECONDS) -> None:
    """Every minute: bring the overview's sums up to what changed, and go on with companies that are counted anew."""
    ends_at = time.monotonic() + seconds
    counting.keep_up(keep_going=lambda: time.monotonic() < ends_at)


def check_counts() -> None:
    """Every night: look at some sessions of each company, mend what is counted wrongly, and say so in the log."""
    for company_id, found in verification.mend_some(at=timezone.now()):
        logger.error("Sums of company %d were wrong and are mended: %s", company_id, found)


def send_summaries(*, seconds: float = SENDING_SECONDS) -> None:
    """After a transaction that queued a summary as mail, and every minute: send what is due."""
    sending.send_due(clock=timezone.now, seconds=seconds)


def forget_sent_summaries() -> None:
    """Every night: forget to whom summaries went long ago."""
    sent_mails.forget_old(at=timezone.now())
