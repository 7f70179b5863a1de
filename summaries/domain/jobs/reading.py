"""What pages tell of jobs: a member's own, one with what went wrong, and how many run or ended unseen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from accounts.models import Company, User
from accounts.tenancy import access_or_404
from summaries.enums import ItemState
from summaries.models import Job, JobItem
from summaries.models.jobs import OVER

#: Jobs of the page, and sessions that went wrong of one job's page.
LISTED = 50
PROBLEMS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class JobFigures:
    """Of a member's jobs in a company: how many wait or run, and how many ended that they have not looked at."""

    under_way: int
    unseen: int


def jobs_of(*, company: Company, viewer: User) -> QuerySet[Job]:
    return Job.objects.visible_in(viewer, company)


def newest_jobs(*, company: Company, viewer: User) -> list[Job]:
    return list(jobs_of(company=company, viewer=viewer)[:LISTED])


def job_of(*, company: Company, viewer: User, public_id: UUID) -> Job:
    """One job of *viewer*'s own. Raises Http404 for anybody else's."""
    jobs = jobs_of(company=company, viewer=viewer).select_related("company", "retry_of")
    return access_or_404(jobs, public_id=public_id)


def problems_of(*, job: Job) -> list[JobItem]:
    """The first sessions of the job that were left as they were or failed, with why."""
    wrong = JobItem.objects.filter(job=job, state__in=[ItemState.SKIPPED, ItemState.FAILED])
    return list(wrong.order_by("place")[:PROBLEMS_SHOWN])


def figures_of(*, company: Company, viewer: User) -> JobFigures:
    """One query over an index that holds only what was not seen."""
    mine = Job.objects.filter(company=company, member=viewer, seen_at=None).order_by()
    return JobFigures(
        **mine.aggregate(under_way=Count("pk", filter=~Q(state__in=OVER)), unseen=Count("pk", filter=Q(state__in=OVER)))
    )


def mark_seen(*, jobs: Iterable[Job], at: datetime) -> None:
    """The member has seen that these jobs ended; those that did not end are told of later."""
    over = [job.pk for job in jobs if job.is_over and job.seen_at is None]
    if over:
        Job.objects.filter(pk__in=over).update(seen_at=at)


def wished_mail(*, company: Company, viewer: User) -> bool:
    """Whether the member wished for a mail the last time."""
    return bool(jobs_of(company=company, viewer=viewer).values_list("wants_mail", flat=True).first())
