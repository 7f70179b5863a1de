"""All kinds of background jobs, in the order in which the bulk bar offers them."""

from accounts.models import Company, User
from summaries.domain.jobs.deletion_kinds import DeleteLogs, DeleteReports, DeleteSummaries
from summaries.domain.jobs.export_kinds import ReportsArchive, ReportsInOne
from summaries.domain.jobs.generation_kinds import Regenerate
from summaries.domain.jobs.kinds import JobKind
from summaries.domain.jobs.review_kinds import Approve, MarkReviewed
from summaries.domain.schedules.kinds import SCHEDULED_KINDS

KINDS: dict[str, JobKind] = {
    kind.code: kind
    for kind in (
        Approve(),
        MarkReviewed(),
        Regenerate(),
        ReportsArchive(),
        ReportsInOne(),
        DeleteSummaries(),
        DeleteLogs(),
        DeleteReports(),
        *SCHEDULED_KINDS,
    )
}


def kinds_for(*, company: Company, member: User) -> list[JobKind]:
    """What *member* may ask for in *company*, if only for some sessions."""
    return [
        kind for kind in KINDS.values() if kind.is_offered and kind.is_allowed(member=member, company_id=company.pk)
    ]
