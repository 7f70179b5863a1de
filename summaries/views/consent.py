"""The remote user's pages: no account, no cookie. A GET answers nothing; the link in the address is the proof.

They are exempt from the check against forged requests: it ties a form to a cookie, and here nobody holds one. Who can
send the form knows 256 random bits, and those stand in no other page.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.adapters import client_address
from insights_portal.lib.rates import is_within_rate
from insights_portal.lib.text import show_controls
from policies.enums import AccessControl, ConsentAnswer
from summaries.domain.consent import requests as consent
from summaries.domain.consent import withdrawal as consent_withdrawal
from summaries.domain.consent.links import InvalidLink, LinkKind, digests_of
from summaries.domain.consent.requests import Stage
from summaries.domain.consent.wording import choose_language, next_time_labels, wording_of
from summaries.domain.consent.words import RIGHT_TO_LEFT, WORDS

#: A minute: of one link, and of links that are none from one address. Who holds a link is not held up by others.
PER_LINK = 60
INVALID_PER_ADDRESS = 30
_ANSWERS = (ConsentAnswer.GIVEN, ConsentAnswer.REFUSED)
_SEEN_BY_NOBODY = ("prefetch", "prerender", "preview")

View = Callable[..., HttpResponse]


def remote_users_page(kind: LinkKind) -> Callable[[View], View]:
    """What both pages share: open to everyone, kept by nobody, found by no search engine, limited in number."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, link: str) -> HttpResponse:
            try:
                digest = digests_of(link=link, kind=kind)[0]
                is_calm = is_within_rate(key=f"consent-link:{digest}", limit=PER_LINK, seconds=60)
                return _private(view(request, link) if is_calm else _told(request, "busy", status=429))
            except InvalidLink:
                return _private(_refused(request))

        return login_not_required(csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(guarded)))

    return decorate


def _refused(request: HttpRequest) -> HttpResponse:
    key = f"consent-invalid:{client_address(request)}"
    if is_within_rate(key=key, limit=INVALID_PER_ADDRESS, seconds=60):
        return _told(request, "unknown", status=404)
    return _told(request, "busy", status=429)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Vary"] = "Accept-Language"
    return response


@remote_users_page(LinkKind.ASK)
def ask(request: HttpRequest, link: str) -> HttpResponse:
    """The question. Only a POST answers it; whoever merely fetches it (a link preview, a robot) changes nothing."""
    question = consent.request_of(link=link)
    changed = False
    if request.method == "POST" and request.POST.get("answer") in _ANSWERS:
        try:
            answered = consent.answer_request(link=link, said=_said(request), at=timezone.now())
        except consent.WordingChanged:
            changed = True
        else:
            name, target = ("withdraw", answered.withdrawal_link) if answered.withdrawal_link else ("ask", link)
            return redirect(f"{reverse(f'summaries:consent_{name}', args=[target])}?lang={_language(request)}")
    at = timezone.now()
    stage = consent.stage_of(request=question, at=at)
    if stage != Stage.ASKING:
        return _told(request, stage)
    if request.method == "GET" and not _is_fetched_ahead(request):
        consent.note_opened(request=question, at=at)
    wording = wording_of(session=question.session, language=_language(request))
    left = max(int((question.expires_at - at).total_seconds()), 0)
    context = {
        "wording": wording,
        "choices": [
            (value, label, value == request.POST.get("next_time"))
            for value, label in zip(_NEXT_TIME, next_time_labels(wording.words), strict=True)
        ],
        "seconds": left,
        "time_left": wording.words.time_left.format(time=f"{left // 60}:{left % 60:02d}"),
        "changed": changed,
    }
    return _page(request, "consent/ask.html", context)


_NEXT_TIME = (AccessControl.AFTER_CONFIRMATION, AccessControl.ALLOWED, AccessControl.DENIED)


def _said(request: HttpRequest) -> consent.RemoteAnswer:
    next_time = request.POST.get("next_time", "")
    return consent.RemoteAnswer(
        answer=ConsentAnswer(request.POST["answer"]),
        language=_language(request),
        seen_version=request.POST.get("wording", ""),
        next_time=AccessControl(next_time) if next_time in AccessControl.values else None,
        address=client_address(request),
    )


@remote_users_page(LinkKind.WITHDRAW)
def withdraw(request: HttpRequest, link: str) -> HttpResponse:
    """The remote user's own page after *Allow access*: here they withdraw."""
    if request.method == "POST" and request.POST.get("confirm") == "yes":
        consent_withdrawal.withdraw_by_link(link=link, at=timezone.now(), address=client_address(request))
        return redirect(f"{request.path}?lang={_language(request)}")
    state = consent_withdrawal.withdrawal_of(link=link)
    if state.is_withdrawn:
        return _told(request, "withdrawn", is_held=state.is_held)
    words = WORDS[_language(request, state.language)]
    context = {
        "thanks": words.thanks_text.format(company=show_controls(state.session.company.name)),
        "address": request.build_absolute_uri(request.path),
        "confirming": request.GET.get("step") == "confirm",
    }
    return _page(request, "consent/withdraw.html", context, state.language)


def _told(request: HttpRequest, what: str, *, status: int = 200, is_held: bool = False) -> HttpResponse:
    """A page that says one thing: the title and the text of that name."""
    words = WORDS[_language(request)]
    text = words.held_text if is_held else getattr(words, f"{what}_text")
    return _page(request, "consent/told.html", {"title": getattr(words, f"{what}_title"), "text": text}, status=status)


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], known_language: str = "", *, status: int = 200
) -> HttpResponse:
    language = _language(request, known_language)
    frame = {
        "words": WORDS[language],
        "language": language,
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "languages": [(code, words.name, code == language) for code, words in WORDS.items()],
    }
    # Its language is the page's own: neither a member's nor one of the portal's pages.
    response = render(request, template, frame | context, status=status)
    response.headers["Content-Language"] = language
    return response


def _language(request: HttpRequest, known: str = "") -> str:
    """The one that was chosen on the page, else the one that is *known* of this remote user, else the browser's."""
    chosen = request.POST.get("lang", "") or request.GET.get("lang", "")
    accepted = [code for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", ""))]
    return choose_language(asked=chosen if chosen in WORDS else known, accepted=accepted)


def _is_fetched_ahead(request: HttpRequest) -> bool:
    purpose = f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}".lower()
    return any(word in purpose for word in _SEEN_BY_NOBODY)
