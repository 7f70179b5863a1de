"""What is deleted of one session by hand, each after a page that names what goes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.permissions import Permission
from summaries.domain.keeping import holds, trash
from summaries.domain.keeping.removal import UNDO_DAYS, UnableToDelete, delete_log, delete_report, delete_summary
from summaries.domain.reading import queries
from summaries.domain.reading.reach import require_on
from summaries.enums import SessionStatus
from summaries.models import SupportSession, TrashedRecord
from summaries.templatetags.trash import undo_tag
from summaries.views.access import MemberRequest, may, may_on, portal_page

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Delete(Protocol):
    def __call__(self, *, session: SupportSession, actor: User, at: datetime) -> TrashedRecord | None: ...


@dataclass(frozen=True, slots=True)
class Deletion:
    """One thing that can be deleted. *goes* and *stays* are said before, *done* afterwards."""

    code: str
    label: "StrPromise"
    permission: Permission
    delete: Delete
    is_there: Callable[[SupportSession], bool]
    goes: "StrPromise"
    stays: "StrPromise"
    done: "StrPromise"


DELETIONS = {
    each.code: each
    for each in (
        Deletion(
            "log",
            gettext_lazy("Delete session log file"),
            Permission.DELETE_SESSION_LOGS,
            delete_log,
            lambda session: session.interaction_count > 0,
            gettext_lazy(
                "All recorded interactions of this session. Numbers in the summary no longer lead to them, "
                "and no summary can be made of the session while they are gone."
            ),
            gettext_lazy("The connection report and the summary."),
            gettext_lazy("The session log of %(session)s was deleted."),
        ),
        Deletion(
            "summary",
            gettext_lazy("Delete summary"),
            Permission.DELETE_SUMMARIES,
            delete_summary,
            lambda session: queries.summary_of(session) is not None,
            gettext_lazy("The summary of this session with all its revisions. A charged credit stays charged."),
            gettext_lazy("The connection report and the session log, if it is still kept."),
            gettext_lazy("The summary of %(session)s was deleted."),
        ),
        Deletion(
            "report",
            gettext_lazy("Delete connection report"),
            Permission.DELETE_REPORTS,
            delete_report,
            lambda _: True,
            gettext_lazy(
                "The whole session: connection report, notes, bill, session log and summary. It is in no "
                "list and no figure any more."
            ),
            gettext_lazy("What consent was given, as proof, until its own time is over; and the audit log."),
            gettext_lazy("%(session)s was deleted."),
        ),
    )
}


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(*(deletion.permission for deletion in DELETIONS.values()))
def delete(request: MemberRequest, number: int, what: str) -> HttpResponse:
    """Ask once, naming what goes and until when it can be brought back; then delete, and offer to undo it."""
    session = queries.session_numbered(company=request.company, viewer=request.user, number=number)
    deletion = DELETIONS.get(what)
    if deletion is None:
        raise Http404(_("There is no such record here."))
    require_on(user=request.user, permission=deletion.permission, session=session)
    if request.method != "POST":
        context = {
            "session": session,
            "deletion": deletion,
            "is_held": holds.is_held(session=session),
            "until": timezone.now() + timedelta(days=UNDO_DAYS),
            "is_kept": what != "summary" or _has_text(session),
        }
        return render(request, "summaries/session_delete.html", context)
    try:
        trashed = deletion.delete(session=session, actor=request.user, at=timezone.now())
    except (UnableToDelete, holds.UnderLegalHold) as reason:
        messages.error(request, str(reason))
        return redirect("summaries:session_report", number)
    tell_deleted(request, str(deletion.done) % {"session": session.label}, trashed)
    return redirect("summaries:reports") if what == "report" else redirect("summaries:session_report", number)


def _has_text(session: SupportSession) -> bool:
    summary = queries.summary_of(session)
    return summary is not None and summary.current_id is not None


def tell_deleted(request: MemberRequest, said: str, trashed: TrashedRecord | None) -> None:
    """Say what was deleted on the next page, with a button that brings it back."""
    if trashed is not None:
        until = date_format(timezone.localdate(trashed.purge_at))
        said = f"{said} {_('It can be brought back until %(day)s.') % {'day': until}}"
    tags = undo_tag(trashed) if trashed is not None else ""
    messages.success(request, said, extra_tags=tags)


def keeping_context(request: MemberRequest, session: SupportSession) -> dict[str, Any]:
    """What the report tab offers: deletions, and the legal hold."""
    is_over = session.status == SessionStatus.ENDED
    return {
        "deletions": [
            deletion
            for deletion in DELETIONS.values()
            if is_over and deletion.is_there(session) and may_on(request, deletion.permission, session)
        ],
        "hold": holds.hold_of(session=session, viewer=request.user),
        "may_hold": may(request, Permission.MANAGE_COMPANY),
        "max_reason": holds.MAX_REASON_CHARS,
        "trashed": trash.records_of_session(session=session, viewer=request.user),
    }
