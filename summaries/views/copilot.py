"""The Copilot tab of a session: questions about it, answered from its log; the answer grows while it is written."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.enums import EngineName
from accounts.permissions import Permission
from insights_portal.lib.rates import is_within_rate
from summaries.domain.copilot import asking, reading
from summaries.domain.copilot.answering import answer_here
from summaries.domain.copilot.credit import next_question
from summaries.domain.copilot.permitted import why_not
from summaries.domain.reading.reach import require_on
from summaries.models import SupportSession
from summaries.views.access import MemberRequest, portal_page
from summaries.views.session import frame, number_in, session_of, tabs_of

_TAB = 6


@require_http_methods(["GET", "POST"])
@portal_page(Permission.ASK_COPILOT)
def page(request: MemberRequest, number: int) -> HttpResponse:
    session = _session(request, number)
    if request.method == "GET":
        return _page(request, session)
    if not may_ask_again(request.user.pk):
        return _page(request, session, error=_("That was many questions in a minute. Wait a moment."), status=429)
    try:
        asked = asking.ask(
            session=session,
            question=_question(request),
            actor=request.user,
            at=timezone.now(),
        )
    except asking.UnableToAsk as reason:
        return _page(request, session, error=str(reason), status=409)
    answer_here(question=asked, clock=timezone.now)
    return redirect(f"{reverse('summaries:session_ask', args=[number])}#q-{asked.public_id}")


@require_GET
@portal_page(Permission.ASK_COPILOT)
def question(request: MemberRequest, number: int, public_id: UUID) -> HttpResponse:
    """One question with what has been answered so far, as a fragment; 204 when nothing is new since *seen*."""
    session = _session(request, number)
    found = reading.question_of(session=session, viewer=request.user, public_id=public_id)
    if request.headers.get("HX-Request") != "true":
        return redirect(f"{reverse('summaries:session_ask', args=[number])}#q-{public_id}")
    (asked,) = reading.with_sentences(session=session, questions=[found])
    if request.GET.get("seen") == asked.mark:
        return HttpResponse(status=204)
    return render(request, "summaries/_question.html", {"session": session, "asked": asked})


@require_POST
@portal_page(Permission.ASK_COPILOT)
def stopped(request: MemberRequest, number: int, public_id: UUID) -> HttpResponse:
    session = _session(request, number)
    found = reading.question_of(session=session, viewer=request.user, public_id=public_id)
    if not asking.stop(question=found, actor=request.user, at=timezone.now()):
        messages.info(request, _("The answer was finished already."))
    return redirect(f"{reverse('summaries:session_ask', args=[number])}#q-{public_id}")


def may_ask_again(user_id: int) -> bool:
    """Count one more question of the member; False when that is too many for this minute."""
    limit: int = settings.COPILOT_QUESTIONS_A_MINUTE
    return is_within_rate(key=f"copilot:{user_id}", limit=limit, seconds=60)


def _session(request: MemberRequest, number: int) -> SupportSession:
    session = session_of(request, number)
    require_on(user=request.user, permission=Permission.ASK_COPILOT, session=session)
    return session


def _question(request: MemberRequest) -> asking.Question:
    engine = request.POST.get("engine", "")
    return asking.Question(
        # A suggested question is a button of the form, whose field may hold something else.
        text=request.POST.get("suggested") or request.POST.get("question", ""),
        engine=EngineName(engine) if engine in EngineName.values else None,
        topic=request.POST.get("topic", ""),
        language=get_language() or "",
    )


def _page(request: MemberRequest, session: SupportSession, *, error: str = "", status: int = 200) -> HttpResponse:
    refused = why_not(session=session)
    conversation, older = reading.page_of(session=session, viewer=request.user, before=number_in(request, "before"))
    context: dict[str, Any] = {
        "conversation": conversation,
        "older": older,
        "refused": refused,
        "suggestions": [] if refused else reading.suggestions_for(session=session),
        "next": next_question(session=session),
        "engine": session.company.ai_settings.engine,
        "most": asking.MAX_QUESTION,
        "error": error,
        "typed": request.POST.get("question", "") if error else "",
    }
    shown = frame(request, session) | context | tabs_of(session, _TAB)
    return render(request, "summaries/session_ask.html", shown, status=status)
