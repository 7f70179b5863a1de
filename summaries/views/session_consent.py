"""The Consent tab of a session: what the ledger says, the question to the remote user, a withdrawal that came in."""

import base64
import io
from datetime import datetime
from typing import Any

import qrcode
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST
from qrcode.image.svg import SvgPathImage

from accounts.permissions import Permission
from policies.enums import Reason, Verdict
from summaries.domain.consent import ledger as consent_ledger
from summaries.domain.consent import requests as consent
from summaries.domain.consent import withdrawal as consent_withdrawal
from summaries.domain.keeping import holds
from summaries.enums import SessionStatus
from summaries.models import SupportSession
from summaries.views.access import READ_REPORTS, MemberRequest, may_on, portal_page
from summaries.views.session import frame, session_of, tabs_of

_TAB = 3
_ASKABLE = (Reason.WAITING_FOR_CONSENT, Reason.CONSENT_TIMEOUT)
MAX_STATEMENT_CHARS = 2_000


@portal_page(*READ_REPORTS)
def tab(request: MemberRequest, number: int) -> HttpResponse:
    return _tab(request, session_of(request, number), at=timezone.now())


def _tab(request: MemberRequest, session: SupportSession, *, at: datetime, **shown: Any) -> HttpResponse:
    if consent.time_out(at=at, session=session):
        session = session_of(request, session.number)
    ledger = consent_ledger.of_session(session=session, viewer=request.user)
    is_askable = session.status == SessionStatus.OPEN and session.reason in _ASKABLE
    may_withdraw = any(
        may_on(request, permission, session)
        for permission in (Permission.MODIFY_REPORTS, Permission.DELETE_SESSION_LOGS)
    )
    context = {
        "entries": ledger.entries,
        "question": ledger.question,
        "asks": is_askable and may_on(request, Permission.GENERATE_SUMMARIES, session),
        "withdraws": ledger.is_given and may_withdraw,
        "max_statement": MAX_STATEMENT_CHARS,
        "notice": ledger.notice,
    }
    page = frame(request, session) | context | tabs_of(session, _TAB) | shown
    return render(request, "summaries/session_consent.html", page)


@require_POST
@portal_page(Permission.GENERATE_SUMMARIES)
def ask(request: MemberRequest, number: int) -> HttpResponse:
    """Make the link and show it: once, on the answer to this very request, for it is kept nowhere."""
    session = session_of(request, number)
    at = timezone.now()
    consent.time_out(at=at, session=session)
    try:
        _, link = consent.request_consent(session=session, actor=request.user, at=at)
    except consent.UnableToAsk as reason:
        messages.error(request, str(reason))
        return redirect("summaries:session_consent", number)
    address = request.build_absolute_uri(reverse("summaries:consent_ask", args=[link]))
    return _tab(request, session_of(request, number), at=at, link=address, code=_code(address))


def _code(address: str) -> str:
    """The address as a picture to be scanned: an SVG as a data: address."""
    drawn = io.BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, box_size=8, border=3).save(drawn)
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()


@portal_page(*READ_REPORTS)
def state(request: MemberRequest, number: int) -> HttpResponse:
    """Whether an answer is still awaited, for the page that waits."""
    session = session_of(request, number)
    if consent.time_out(at=timezone.now(), session=session):
        session = session_of(request, number)
    return JsonResponse({"is_waiting": session.verdict == Verdict.WAIT and session.status == SessionStatus.OPEN})


@require_POST
@portal_page(Permission.MODIFY_REPORTS, Permission.DELETE_SESSION_LOGS)
def withdrawal(request: MemberRequest, number: int) -> HttpResponse:
    session = session_of(request, number)
    statement = request.POST.get("statement", "").strip()
    if not statement or len(statement) > MAX_STATEMENT_CHARS:
        messages.error(
            request, gettext("Nothing was recorded. Say how the remote user withdrew, for example “by mail today”.")
        )
        return redirect("summaries:session_consent", number)
    consent_withdrawal.state_withdrawal(session=session, statement=statement, actor=request.user, at=timezone.now())
    told = (
        gettext(
            "The withdrawal is recorded. Session log and summary of %(session)s are hidden, and deleted once the "
            "legal hold is lifted."
        )
        if holds.is_held(session=session)
        else gettext("The withdrawal is recorded. Session log and summary of %(session)s are deleted.")
    )
    messages.success(request, told % {"session": session.label})
    return redirect("summaries:session_consent", number)
