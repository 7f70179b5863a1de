"""What is deleted of one session by hand, each after a page that names what goes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.permissions import Permission
from summaries.domain.keeping import holds
from summaries.domain.keeping.removal import UnableToDelete, delete_log, delete_report, delete_summary
from summaries.domain.reading import queries
from summaries.domain.reading.reach import require_on
from summaries.enums import SessionStatus
from summaries.models import SupportSession
from summaries.views.access import MemberRequest, may, may_on, portal_page


class Delete(Protocol):
    def __call__(self, *, session: SupportSession, actor: User, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Deletion:
    """One thing that can be deleted. *goes* and *stays* are said before, *done* afterwards."""

    code: str
    label: str
    permission: Permission
    delete: Delete
    is_there: Callable[[SupportSession], bool]
    goes: str
    stays: str
    done: str


DELETIONS = {
    each.code: each
    for each in (
        Deletion(
            "log",
            "Delete session log file",
            Permission.DELETE_SESSION_LOGS,
            delete_log,
            lambda session: session.interaction_count > 0,
            "All recorded interactions of this session. Numbers in the summary no longer lead to them, and no summary "
            "can be made of the session any more.",
            "The connection report and the summary.",
            "The session log of {label} was deleted.",
        ),
        Deletion(
            "summary",
            "Delete summary",
            Permission.DELETE_SUMMARIES,
            delete_summary,
            lambda session: queries.summary_of(session) is not None,
            "The summary of this session with all its revisions. A charged credit stays charged.",
            "The connection report and the session log, if it is still kept.",
            "The summary of {label} was deleted.",
        ),
        Deletion(
            "report",
            "Delete connection report",
            Permission.DELETE_REPORTS,
            delete_report,
            lambda _: True,
            "The whole session: connection report, notes, bill, session log and summary. It is in no list and no "
            "figure any more.",
            "What consent was given, as proof, until its own time is over; and the audit log.",
            "{label} was deleted.",
        ),
    )
}


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(*(deletion.permission for deletion in DELETIONS.values()))
def delete(request: MemberRequest, number: int, what: str) -> HttpResponse:
    """Ask once, naming what goes; then delete."""
    session = queries.session_numbered(company=request.company, viewer=request.user, number=number)
    deletion = DELETIONS.get(what)
    if deletion is None:
        raise Http404("There is no such record here.")
    require_on(user=request.user, permission=deletion.permission, session=session)
    if request.method != "POST":
        context = {"session": session, "deletion": deletion, "is_held": holds.is_held(session=session)}
        return render(request, "summaries/session_delete.html", context)
    try:
        deletion.delete(session=session, actor=request.user, at=timezone.now())
    except (UnableToDelete, holds.UnderLegalHold) as reason:
        messages.error(request, str(reason))
        return redirect("summaries:session_report", number)
    messages.success(request, deletion.done.format(label=session.label))
    return redirect("summaries:reports") if what == "report" else redirect("summaries:session_report", number)


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
    }
