"""The jobs behind scheduled views: each makes one recipient's file of what their roles show them at that time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy, ngettext

from accounts.domain import audit
from accounts.models import User
from accounts.permissions import Permission
from accounts.tenancy import holds
from summaries.domain.exports import files
from summaries.domain.exports.columns import COLUMNS
from summaries.domain.exports.rows import ExportedSession, read_rows, reader_of
from summaries.domain.exports.selection import asked_of
from summaries.domain.jobs.export_kinds import folder_of
from summaries.domain.jobs.kinds import JobKind, ResultFile, Run, Step, Told
from summaries.domain.jobs.selection import Selection
from summaries.domain.reading.filters import Window, read_filters
from summaries.domain.reading.release import approval_required_by, held_back
from summaries.domain.reading.wishes import filters_for
from summaries.domain.reports.monthly_files import export_month
from summaries.domain.schedules.list_paper import list_pdf
from summaries.domain.schedules.outcomes import settle_by_job
from summaries.enums import ItemState, SessionList
from summaries.models import Job, JobItem, SupportSession
from summaries.models.reach import READ_REPORTS

#: What an item says whose session's summary is not in the file; its text can't leave with it.
NO_TEXT = "-"


class ScheduledKind(JobKind):
    """*permission* names what is asked for; either of READ_REPORTS will do."""

    permission = Permission.VIEW_OWN_REPORTS
    needs_file = True
    asks_again = True
    is_offered = False
    is_whole = True
    portion = 1_000

    def is_allowed(self, *, member: User, company_id: int) -> bool:
        return any(holds(member, permission, company_id) for permission in READ_REPORTS)

    def will(self, count: int) -> str:
        text = ngettext("%(count)s session goes into the file.", "%(count)s sessions go into the file.", count)
        return text % {"count": count}

    def did(self, count: int) -> str:
        return ngettext("File of %(count)s session made", "File of %(count)s sessions made", count) % {"count": count}

    def step(self, step: Step) -> None:
        """The file is made of all at once."""

    def told_of(self, *, job: Job, reader: User) -> Sequence[Told]:
        """Every session must be in sight; whose text is in the file must still be readable, and may leave."""
        seen = SupportSession.objects.visible_in(reader, job.company)
        read = SupportSession.objects.reached_with(reader, Permission.VIEW_SUMMARIES, job.company).order_by()
        taken = SupportSession.objects.reached_with(reader, Permission.EXPORT_SUMMARIES, job.company)
        with_text = Q(sentence="")
        both = taken.filter(pk__in=read.values("pk"))
        kept_here = held_back(approval_required=approval_required_by(company_id=job.company_id))
        return (
            Told(Q(), seen),
            Told(with_text, both),
            Told(with_text, both.exclude(kept_here), is_about_release=True),
        )

    def ended(self, *, job: Job, at: datetime) -> None:
        settle_by_job(job=job, at=at)


class ScheduledList(ScheduledKind):
    """The sessions of the list, with the columns that an export has."""

    kind: ClassVar[str]

    def finish(self, run: Run) -> ResultFile:
        path = folder_of(run) / "list"
        at = run.clock()
        reader = reader_of(company=run.job.company, actor=run.member, at=at)
        portions = _noting(read_rows(_sessions(run), reader=reader, with_texts=self.kind != "pdf"), run)
        with path.open("wb") as out:
            for part in self.content(portions, run=run, at=at):
                out.write(part)
        _enter(run, kind=self.kind, at=at)
        day = f"{at.astimezone(reader.zone):%Y-%m-%d}"
        name = f"sessions-{run.job.company.slug}-{day}.{self.kind}"
        return ResultFile(path, name, self.content_type())

    def content(self, portions: Iterator[list[ExportedSession]], *, run: Run, at: datetime) -> Iterable[bytes]:  # noqa: ARG002 - paper uses them
        return files.KINDS[self.kind].write(portions, COLUMNS)

    def content_type(self) -> str:
        return files.KINDS[self.kind].content_type


class ScheduledCsv(ScheduledList):
    code = "scheduled_csv"
    label = gettext_lazy("Saved view by mail (CSV)")
    kind = "csv"


class ScheduledWorkbook(ScheduledList):
    code = "scheduled_xlsx"
    label = gettext_lazy("Saved view by mail (Excel)")
    kind = "xlsx"


class ScheduledPaper(ScheduledList):
    code = "scheduled_pdf"
    label = gettext_lazy("Saved view by mail (PDF)")
    kind = "pdf"

    def content(self, portions: Iterator[list[ExportedSession]], *, run: Run, at: datetime) -> Iterable[bytes]:
        title = str(run.job.options["view"])
        return [list_pdf(portions, company=run.job.company, reader=run.member, title=title, total=run.job.done, at=at)]

    def content_type(self) -> str:
        return "application/pdf"


class ScheduledMonth(ScheduledKind):
    """The figures of a month; no word of a summary is in them."""

    code = "scheduled_month"
    label = gettext_lazy("Monthly report by mail")

    def finish(self, run: Run) -> ResultFile:
        path, at = folder_of(run) / "report", run.clock()
        company = run.job.company
        reader = reader_of(company=company, actor=run.member, at=at)
        made = export_month(
            company=company,
            actor=run.member,
            filters=filters_for(query=run.job.query, company=company, viewer=run.member, names=reader.names),
            month=date.fromisoformat(str(run.job.options["month"])),
            kind="pdf",
            at=at,
            job=str(run.job.public_id),
        )
        JobItem.objects.filter(job=run.job, state=ItemState.DONE).update(sentence=NO_TEXT)
        path.write_bytes(b"".join(made.content))
        return ResultFile(path, made.name, made.content_type)


def _sessions(run: Run) -> QuerySet[SupportSession]:
    items = JobItem.objects.filter(job=run.job, state=ItemState.DONE).order_by().values("session_id")
    return SupportSession.objects.visible_in(run.member, run.job.company).filter(pk__in=items)


def _enter(run: Run, *, kind: str, at: datetime) -> None:
    job = run.job
    selection = Selection(SessionList(job.list_name), read_filters(job.query), Window())
    details = {"format": kind, "rows": job.done, "job": str(job.public_id), **asked_of(selection)}
    audit.record(company=job.company, actor=run.member, action="sessions.exported", at=at, details=details)


def _noting(portions: Iterable[list[ExportedSession]], run: Run) -> Iterator[list[ExportedSession]]:
    """Hold the job, and note of which sessions no text goes into the file."""
    for rows in portions:
        run.keep()
        numbers = {int(row.label.removeprefix("S-")): bool(row.text.engine) for row in rows}
        items = JobItem.objects.filter(job=run.job, number__in=numbers)
        items.update(sentence="")
        items.filter(number__in=[number for number, has_text in numbers.items() if not has_text]).update(
            sentence=NO_TEXT
        )
        if any(row.text.left_out for row in rows):
            run.job.options = {**run.job.options, "has_left_out": True}
            Job.objects.filter(pk=run.job.pk).update(options=run.job.options)
        yield rows


SCHEDULED_KINDS: tuple[JobKind, ...] = (ScheduledCsv(), ScheduledWorkbook(), ScheduledPaper(), ScheduledMonth())
