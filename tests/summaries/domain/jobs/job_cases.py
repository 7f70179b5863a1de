"""Jobs over Northwind's sessions, asked for and worked off, for the tests of this room and of its pages."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from accounts.models import Company, User
from summaries.domain.jobs import requests, runs
from summaries.domain.jobs.registry import KINDS
from summaries.domain.jobs.selection import Selection
from summaries.domain.reading.filters import Window, read_filters
from summaries.enums import SessionList
from summaries.models import Job, JobItem, Summary
from tests.summaries.report_examples import STARTED_AT
from tests.summaries.session_rows import add_session, add_summary

#: A day after the texts of the summaries were written.
ASKED = STARTED_AT + timedelta(days=1)


def everything(query: str = "period=all", *, list_name: SessionList = SessionList.HOME) -> Selection:
    return Selection(list_name, read_filters(query), Window())


def chosen(*numbers: int, list_name: SessionList = SessionList.HOME) -> Selection:
    return Selection(list_name, read_filters(""), Window(), numbers)


def add_summaries(company: Company, supporter: User, count: int, **fields: Any) -> list[Summary]:
    """Sessions S-1 to S-*count* with summaries, the highest number newest."""
    return [
        add_summary(add_session(company, supporter, number, hours_ago=100 - number), **fields)
        for number in range(1, count + 1)
    ]


def ask(
    kind: str, actor: User, company: Company, selection: Selection | None = None, *, at: datetime = ASKED, **more: Any
) -> Job:
    more = {"key": uuid4(), **more}
    return requests.ask_for_job(
        kind=KINDS[kind], selection=selection or everything(), company=company, actor=actor, at=at, **more
    )


def work(job: Job, *, at: datetime = ASKED, turns: int = 100, keep_going: Callable[[], bool] = lambda: True) -> Job:
    """Let a worker have the job, as often as it asks for another turn."""
    while turns and runs.run(job_id=job.pk, clock=lambda: at, keep_going=keep_going):
        turns -= 1
    job.refresh_from_db()
    return job


def states(job: Job) -> list[tuple[int, str]]:
    """[(number of the session, what became of it)] in the order of the job."""
    return list(JobItem.objects.filter(job=job).order_by("place").values_list("number", "state"))


def reviews() -> list[str]:
    return list(Summary.objects.order_by("session__number", "pk").values_list("review", flat=True))


def counts(job: Job) -> tuple[str, int, int, int, int]:
    return job.state, job.total, job.done, job.skipped, job.failed


def after(**spans: float) -> datetime:
    return ASKED + timedelta(**spans)
