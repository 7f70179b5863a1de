from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from summaries.domain.keeping import holds
from summaries.domain.keeping.holds import UnableToHold
from summaries.domain.reading import queries
from summaries.models import SupportSession
from summaries.views.access import MemberRequest, may, portal_page


@require_safe
@portal_page(Permission.MANAGE_COMPANY, Permission.VIEW_EVENT_LOGS)
def legal_holds(request: MemberRequest) -> HttpResponse:
    """Every hold that stands, and those lifted last."""
    standing = list(holds.open_holds(company=request.company, viewer=request.user))
    context = {
        "holds": standing,
        "lifted": list(holds.lifted_holds(company=request.company, viewer=request.user)),
        "company_is_held": any(hold.session_id is None for hold in standing),
        "may_hold": may(request, Permission.MANAGE_COMPANY),
        "max_reason": holds.MAX_REASON_CHARS,
    }
    return render(request, "summaries/legal_holds.html", context)


@require_POST
@portal_page(Permission.MANAGE_COMPANY)
def place(request: MemberRequest) -> HttpResponse:
    """Place a hold on the company."""
    _place(request, None)
    return redirect("summaries:legal_holds")


@require_POST
@portal_page(Permission.MANAGE_COMPANY)
def place_on_session(request: MemberRequest, number: int) -> HttpResponse:
    session = queries.session_numbered(company=request.company, viewer=request.user, number=number)
    _place(request, session)
    return redirect("summaries:session_report", number)


def _place(request: MemberRequest, session: SupportSession | None) -> None:
    try:
        holds.place(
            company=request.company,
            session=session,
            reason=request.POST.get("reason", ""),
            actor=request.user,
            at=timezone.now(),
        )
    except UnableToHold as problem:
        messages.error(request, str(problem))
    else:
        messages.success(
            request,
            _("%(held)s is under legal hold: nothing of it is deleted.") % {"held": session or request.company},
        )


@require_POST
@portal_page(Permission.MANAGE_COMPANY)
def lift(request: MemberRequest, hold_id: int) -> HttpResponse:
    hold = holds.hold_by_id(company=request.company, viewer=request.user, hold_id=hold_id)
    try:
        holds.lift(hold=hold, actor=request.user, at=timezone.now())
    except UnableToHold as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The legal hold on %(held)s was lifted.") % {"held": hold.session or hold.company})
    return redirect("summaries:legal_holds")
