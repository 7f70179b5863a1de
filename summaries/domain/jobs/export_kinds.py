"""Jobs that take service reports of many sessions out: as an archive, or as one PDF."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts.models import Company, User
from accounts.permissions import Permission
from insights_portal.lib.numbers import grouped
from summaries.domain.jobs.claims import Stopped
from summaries.domain.jobs.kinds import Fact, JobKind, Refusal, ResultFile, Run, Skip, Step, unreached
from summaries.domain.reading.release import NotReleased, approval_required_by, held_back
from summaries.domain.reports.bulk import join_reports, lay_out, pack_reports, put_report
from summaries.enums import ItemState
from summaries.models import JobItem, SupportSession

#: Reports in one PDF: what readers of PDFs still open, and what is joined within one task of the queue.
MOST_IN_ONE = 5_000


class ReportsKind(JobKind):
    """Each session's report is a file of the job's folder; the last step puts them together."""

    permission = Permission.EXPORT_SUMMARIES
    needs_file = True
    asks_again = True
    notice = gettext_lazy("The file is kept for a week, for you alone. Each report is entered in the audit log.")

    def will(self, count: int) -> str:
        text = ngettext("%(count)s service report will be made.", "%(count)s service reports will be made.", count)
        return text % {"count": count}

    def did(self, count: int) -> str:
        return ngettext("%(count)s service report made", "%(count)s service reports made", count) % {"count": count}

    def refusals(self, *, company: Company, member: User) -> Sequence[Refusal]:
        required = approval_required_by(company_id=company.pk)
        return [
            *unreached(company=company, member=member, permission=Permission.VIEW_SUMMARIES),
            *unreached(company=company, member=member, permission=self.permission),
            Refusal(
                held_back(approval_required=required) if required else Q(pk__in=[]),
                gettext_lazy("your company wants them approved before they leave the portal"),
            ),
        ]

    def prepare(self, run: Run, sessions: Sequence[SupportSession]) -> None:
        if run.job.attempts > 1:
            # A worker died at one of them: one after the other, the next one dies at the one that is to blame.
            return
        lay_out(
            sessions=sessions,
            company=run.job.company,
            actor=run.member,
            folder=folder_of(run),
            at=run.clock(),
            keep=run.keep,
        )

    def step(self, step: Step) -> None:
        try:
            put_report(
                session=step.session,
                actor=step.member,
                folder=folder_of(step),
                job=str(step.job.public_id),
                at=step.at,
            )
        except NotReleased as reason:
            raise Skip(str(reason)) from reason

    def finish(self, run: Run) -> ResultFile:
        if not run.job.done:
            raise Stopped(_("There is no report to hand out: none of the sessions could be taken out."))
        return self.put_together(run, _numbers(run))

    @abstractmethod
    def put_together(self, run: Run, numbers: Iterator[int]) -> ResultFile: ...


class ReportsArchive(ReportsKind):
    code = "export_pdf_zip"
    label = gettext_lazy("PDF reports (ZIP)")

    def put_together(self, run: Run, numbers: Iterator[int]) -> ResultFile:
        path = pack_reports(numbers=numbers, folder=folder_of(run), keep=run.keep)
        return ResultFile(path, _name(run, "zip"), "application/zip")


class ReportsInOne(ReportsKind):
    code = "export_pdf_one"
    label = gettext_lazy("PDF reports in one file")

    def facts(self, *, company: Company, sessions: QuerySet[SupportSession], at: datetime) -> Sequence[Fact]:  # noqa: ARG002
        if sessions.order_by()[MOST_IN_ONE : MOST_IN_ONE + 1].exists():
            return [Fact(gettext_lazy("Limit"), _too_many(), is_warning=True)]
        return ()

    def begin(self, run: Run) -> None:
        if run.job.total > MOST_IN_ONE:
            raise Stopped(_too_many())

    def put_together(self, run: Run, numbers: Iterator[int]) -> ResultFile:
        company = run.job.company
        path = join_reports(
            numbers=numbers,
            folder=folder_of(run),
            title=_("Service reports: %(company)s") % {"company": company.name},
            company=company,
            language=get_language() or "en",
            keep=run.keep,
        )
        return ResultFile(path, _name(run, "pdf"), "application/pdf")


def _too_many() -> str:
    told = _("One PDF takes at most %(count)s reports. Narrow the list down, or ask for the ZIP.")
    return told % {"count": grouped(MOST_IN_ONE)}


def _numbers(run: Run) -> Iterator[int]:
    made = JobItem.objects.filter(job=run.job, state=ItemState.DONE).order_by("place")
    return made.values_list("number", flat=True).iterator()


def _name(run: Run, ending: str) -> str:
    company = run.job.company
    day = run.clock().astimezone(ZoneInfo(company.time_zone))
    return f"service-reports-{company.slug}-{day:%Y-%m-%d}.{ending}"


def folder_of(turn: Run | Step) -> Path:
    if turn.folder is None:
        raise Stopped(_("The job has no folder to work in. Try again."))
    return turn.folder
