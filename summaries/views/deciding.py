"""What is done to a summary with one press: decide, rate, have it written again, read it as plain text to copy it."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.adapters import client_address
from accounts.enums import EngineName, SummaryLanguage
from accounts.permissions import Permission
from insights_portal.lib.fields import fits_a_key
from summaries.domain.correction.current import ChangedMeanwhile, NoText
from summaries.domain.correction.plain_text import copy_text
from summaries.domain.correction.ratings import UnableToRate, rate
from summaries.domain.generation import requests as generation
from summaries.domain.reading import queries, review
from summaries.domain.reading.reach import require_on
from summaries.domain.reading.release import NotReleased
from summaries.enums import SummaryState
from summaries.views.access import MemberRequest, portal_page
from summaries.views.session import session_of

#: Pages beside which the panel opens.
LISTS = ("summaries:home", "summaries:reports")


@require_POST
@portal_page(Permission.GENERATE_SUMMARIES)
def generate(request: MemberRequest, number: int) -> HttpResponse:
    session = session_of(request, number)
    engine, language = request.POST.get("engine", ""), request.POST.get("language", "")
    try:
        made = generation.ask_for_summary(
            session=session,
            actor=request.user,
            at=timezone.now(),
            engine=EngineName(engine) if engine in EngineName.values else None,
            language=SummaryLanguage(language) if language in SummaryLanguage.values else None,
        )
    except generation.NotEligible as reason:
        messages.error(request, str(reason))
    else:
        waits = made.state == SummaryState.WAITING_FOR_CREDITS
        messages.success(
            request, made.failure if waits else _("The summary of %(label)s is being made.") % {"label": session.label}
        )
    return redirect("summaries:session", number)


@require_POST
@portal_page(Permission.EDIT_SUMMARIES, Permission.APPROVE_SUMMARIES)
def decide(request: MemberRequest, number: int) -> HttpResponse:
    """Mark as reviewed, or approve, the revision that was on the screen."""
    session = session_of(request, number)
    require_on(user=request.user, permission=Permission.VIEW_SUMMARIES, session=session)
    found = queries.summary_of(session)
    revision = key_of(request, "revision")
    act = review.approve if request.POST.get("decision") == "approve" else review.mark_reviewed
    if found is None or not revision:
        messages.error(request, _("There is no summary to decide on. Open the session again."))
        return redirect("summaries:session", number)
    try:
        act(summary=found, revision_id=revision, actor=request.user, at=timezone.now())
    except review.UnableToReview as reason:
        messages.error(request, str(reason))
    else:
        is_approved = act is review.approve
        sentence = _("%(session)s is now approved.") if is_approved else _("%(session)s is now reviewed.")
        messages.success(request, sentence % {"session": session.label})
    return back(request, number)


@require_POST
@portal_page(Permission.VIEW_SUMMARIES)
def rating(request: MemberRequest, number: int) -> HttpResponse:
    """Keep the member's thumb and comment, instead of those before."""
    session = session_of(request, number)
    require_on(user=request.user, permission=Permission.VIEW_SUMMARIES, session=session)
    found, said = queries.summary_of(session), request.POST.get("helpful", "")
    if found is None or said not in ("yes", "no"):
        messages.error(request, _("Say whether the summary was helpful."))
        return redirect("summaries:session", number)
    try:
        rate(
            summary=found,
            seen=key_of(request, "seen"),
            is_helpful=said == "yes",
            comment=request.POST.get("comment", ""),
            actor=request.user,
            at=timezone.now(),
        )
    except ChangedMeanwhile:
        messages.error(request, _("The text has changed since you opened it. Read it again, then rate it."))
    except (NoText, UnableToRate) as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, _("Thank you. Your rating was saved."))
    return back(request, number)


@require_GET
@portal_page(Permission.VIEW_SUMMARIES)
def plain_text(request: MemberRequest, number: int) -> HttpResponse:
    """The summary as plain text: what the copy button takes, and what is opened where no script runs."""
    session = session_of(request, number)
    try:
        text = copy_text(session=session, actor=request.user, at=timezone.now(), address=client_address(request))
    except (NoText, NotReleased) as reason:
        return HttpResponse(str(reason), status=409, content_type="text/plain; charset=utf-8")
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def back(request: MemberRequest, number: int) -> HttpResponseRedirect:
    """To the list beside which the summary was open, with everything that its address holds; else to the session."""
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    address = urlsplit(came_from)
    if is_ours and address.path in [reverse(name) for name in LISTS]:
        return HttpResponseRedirect(f"{address.path}?{address.query}" if address.query else address.path)
    return redirect("summaries:session", number)


def key_of(request: MemberRequest, name: str) -> int:
    """The number that the form sent; 0 for anything that is none, or that no row can have."""
    value = request.POST.get(name, "")
    return int(value) if fits_a_key(value) else 0
