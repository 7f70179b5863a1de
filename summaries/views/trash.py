"""The trash: what was deleted by hand, to be brought back or deleted for good."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.reauthentication import ask_again, is_recent
from summaries.domain.keeping import holds, trash
from summaries.domain.keeping.holds import UnderLegalHold
from summaries.domain.keeping.purging import purge
from summaries.domain.keeping.removal import UNDO_DAYS
from summaries.domain.keeping.restoring import NotInTrash, UnableToRestore, require_on_trashed, restore
from summaries.enums import TrashedKind
from summaries.models.keeping import DELETED_WITH
from summaries.views.access import MemberRequest, portal_page


@require_safe
@portal_page(*DELETED_WITH.values())
def page(request: MemberRequest) -> HttpResponse:
    records = trash.records_of(company=request.company, viewer=request.user)
    before = request.GET.get("before", "")
    context = {
        "page": trash.page_of(records, before=before),
        "is_first_page": not before,
        "days": UNDO_DAYS,
        "rows_a_page": trash.PAGE_ROWS,
    }
    return render(request, "summaries/trash.html", context)


@require_POST
@portal_page(*DELETED_WITH.values())
def bring_back(request: MemberRequest, number: int, record_id: int) -> HttpResponse:
    session = trash.session_numbered(company=request.company, viewer=request.user, number=number)
    try:
        trashed = trash.record_of(session=session, record_id=record_id)
        what = TrashedKind(trashed.what)
        restore(trashed=trashed, actor=request.user, at=timezone.now())
    except (NotInTrash, UnableToRestore) as reason:
        messages.error(request, str(reason))
        return redirect("summaries:trash")
    words = {"what": what.label, "session": session.label}
    messages.success(request, _("%(what)s of %(session)s was brought back.") % words)
    return redirect("summaries:session" if what == TrashedKind.SUMMARY else "summaries:session_report", number)


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(*DELETED_WITH.values())
def delete_for_good(request: MemberRequest, number: int, record_id: int) -> HttpResponse:
    """Ask once, naming what goes; then delete what nobody can bring back."""
    session = trash.session_numbered(company=request.company, viewer=request.user, number=number)
    try:
        trashed = trash.record_of(session=session, record_id=record_id)
        require_on_trashed(trashed=trashed, actor=request.user)
        if request.method != "POST":
            context = {"session": session, "trashed": trashed, "is_held": holds.is_held(session=session)}
            return render(request, "summaries/trash_delete.html", context)
        # Asked here, and not before: nobody confirms who they are for what they may not do.
        if not is_recent(request):
            return ask_again(request)
        purge(trashed=trashed, actor=request.user, at=timezone.now())
    except (NotInTrash, UnderLegalHold) as reason:
        messages.error(request, str(reason))
    else:
        words = {"what": trashed.get_what_display(), "session": session.label}
        messages.success(request, _("%(what)s of %(session)s was deleted for good.") % words)
    return redirect("summaries:trash")
