"""Service reports of many sessions: laid out portion by portion into a folder, then put into one archive or one PDF.

A report of the folder is one file, so whatever is killed, the next worker goes on behind the last that is whole; the
archive and the joined PDF are made from the files at the end, and made anew when that was cut off. The name of a file
that is laid out ahead tells of which text it is: it counts only as long as that text still stands.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

from accounts.models import Company, User
from accounts.permissions import Permission
from insights_portal.lib.pdf_helper import Document, render, render_all
from insights_portal.lib.pdf_joining import PdfJoiner
from summaries.domain.reading.reach import reached_among
from summaries.domain.reading.release import may_leave, require_release
from summaries.domain.reports.export import Stationery, check_export, enter_export, html_of, report_of, stationery_of
from summaries.models import Summary, SupportSession

#: With fewer reports than this, starting a second process takes longer than it saves.
WORTH_A_HELPER = 20
#: Files put into the archive or the joined PDF between two calls of *keep*.
STRETCH = 50
Keep = Callable[[], None]


def lay_out(
    *, sessions: Sequence[SupportSession], company: Company, actor: User, folder: Path, at: datetime, keep: Keep
) -> None:
    """Lay out ahead what *actor* may take out of *sessions*, on two processes. Nothing counts as exported by this.

    What can't be laid out has no file afterwards: `put_report` tries it again, and tells why.
    """
    stationery = stationery_of(company=company, reader=actor, at=at)
    documents = _documents(sessions, stationery=stationery, actor=actor, folder=folder)
    render_all(documents, look=stationery.look, keep=keep, with_helper=len(sessions) >= WORTH_A_HELPER)


def put_report(*, session: SupportSession, actor: User, folder: Path, job: str, at: datetime) -> None:
    """Put the session's report into *folder*, as it stands now, and enter the export in the audit log.

    *job*: the public id of the job that it belongs to, for the log. Raises PermissionMissing, NotReleased, OSError.
    """
    check_export(session=session, actor=actor)
    stationery = stationery_of(company=session.company, reader=actor, at=at)
    summary = _summaries([session]).get(session.pk)
    require_release(summary=summary, approval_required=stationery.approval_required)
    ahead = folder / _ahead(session, summary)
    if not ahead.exists():
        html = html_of(report_of(session=session, summary=summary, stationery=stationery))
        render(Document(html, ahead), look=stationery.look)
    ahead.replace(_file(folder, session.number))
    enter_export(session=session, actor=actor, names=stationery.names, paper=stationery.layout.paper, job=job, at=at)


def pack_reports(*, numbers: Iterable[int], folder: Path, keep: Keep) -> Path:
    """Put the reports of these sessions into an archive of any size (ZIP64), in this order. Raises OSError."""
    path = folder / "archive"
    with ZipFile(path, "w", ZIP_STORED, allowZip64=True) as archive:
        for number in _kept(numbers, keep=keep):
            archive.write(_file(folder, number), f"service-report-S-{number}.pdf")
    return path


def join_reports(
    *, numbers: Iterable[int], folder: Path, title: str, company: Company, language: str, keep: Keep
) -> Path:
    """Put the reports of these sessions into one tagged PDF, in this order, each with its bookmark. Raises OSError.

    There is at least one. Each keeps its own page numbers. *language* is that of *title*.
    """
    path = folder / "joined"
    with path.open("wb") as out:
        joiner = PdfJoiner(out, title=title, author=company.name, language=language)
        for number in _kept(numbers, keep=keep):
            joiner.add(_file(folder, number).read_bytes(), name=f"S-{number}")
        joiner.finish()
    return path


def _documents(
    sessions: Sequence[SupportSession], *, stationery: Stationery, actor: User, folder: Path
) -> Iterator[Document]:
    reached = [
        reached_among(user=actor, permission=permission, sessions=sessions)
        for permission in (Permission.VIEW_SUMMARIES, Permission.EXPORT_SUMMARIES)
    ]
    summaries = _summaries(sessions)
    for session in sessions:
        summary = summaries.get(session.pk)
        released = may_leave(summary=summary, approval_required=stationery.approval_required)
        if released and all(session.pk in each for each in reached):
            yield Document(
                html_of(report_of(session=session, summary=summary, stationery=stationery)),
                folder / _ahead(session, summary),
            )


def _summaries(sessions: Sequence[SupportSession]) -> dict[int, Summary]:
    """{key of the session: its summary with all that a report tells of it}."""
    found = Summary.objects.filter(session__in=[session.pk for session in sessions])
    return {each.session_id: each for each in found.select_related("current__author", "reviewed_by")}


def _kept(numbers: Iterable[int], *, keep: Keep) -> Iterator[int]:
    for place, number in enumerate(numbers):
        if place % STRETCH == 0:
            keep()
        yield number


def _file(folder: Path, number: int) -> Path:
    return folder / f"S-{number}.pdf"


def _ahead(session: SupportSession, summary: Summary | None) -> str:
    if summary is None:
        return f"{session.number}.ahead"
    return f"{session.number}-{summary.current_id}-{summary.state}-{summary.review}.ahead"
