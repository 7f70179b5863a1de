"""What holds for every request of somebody who is signed in."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.adapters import SIGN_ON_KEY, client_address
from accounts.domain import open_sign_ins, second_factors, single_sign_on
from accounts.reauthentication import ask_again, is_recent
from accounts.sign_in.sessions import SessionStore, user_of

#: Moments in the session, in seconds since the epoch.
SIGNED_IN_KEY, SEEN_KEY = "signed_in_at", "seen_at"
#: The moment of the last request is written at most this often: reading pages does not become writing the database.
_SEEN_STEP = 60
#: Pages about the account itself, which may be one of several companies.
_OWN_PAGES = {"account_change_password", "accounts:profile", "accounts:sign_ins", "accounts:end_sign_in"}
_CONFIRMATIONS = {"mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_authenticate"}
#: What a member does who has yet to set up the second factor that the company demands.
_BEFORE_FACTOR = {"accounts:switch_company", "accounts:closed", "accounts:sign_on", "accounts:sign_on_again"}


class SignedInUserMiddleware(AuthenticationMiddleware):
    """Put who is signed in on the request as Django does, without a statement where the user came with the session."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        session: SessionStore = request.session  # type: ignore[assignment]
        request.user = user_of(session) or request.user


class SignInLimitsMiddleware:
    """A sign-in ends after `SESSION_IDLE_SECONDS` without a request, and after `SESSION_ABSOLUTE_SECONDS` at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now().timestamp()
            if self._is_over(request, now):
                logout(request)
                messages.info(request, _("You were signed out because your sign-in had been open for too long."))
            else:
                self._note_use(request, now)
        return self.get_response(request)

    def _is_over(self, request: HttpRequest, now: float) -> bool:
        # A session without moments is from before they were kept: it counts from now.
        seen, began = request.session.get(SEEN_KEY, now), request.session.get(SIGNED_IN_KEY, now)
        idle: bool = now - seen >= settings.SESSION_IDLE_SECONDS
        return idle or now - began >= settings.SESSION_ABSOLUTE_SECONDS

    def _note_use(self, request: HttpRequest, now: float) -> None:
        if now - request.session.get(SEEN_KEY, 0.0) < _SEEN_STEP:
            return
        request.session[SEEN_KEY] = now
        request.session.setdefault(SIGNED_IN_KEY, now)
        open_sign_ins.note_use(
            user=request.user,  # type: ignore[arg-type]
            session_key=request.session.session_key or "",
            address=client_address(request),
            agent=request.META.get("HTTP_USER_AGENT", ""),
            at=datetime.fromtimestamp(now, UTC),
        )


class SignInRulesMiddleware:
    """The second factor that a company demands comes before its pages; single sign-on leaves the account alone.

    Stands behind CurrentCompanyMiddleware. API tokens are no sign-in: they keep working.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        page = request.resolver_match.view_name
        if SIGN_ON_KEY in request.session:
            return _keep_account(request) if _is_about_account(page) else None
        company = request.company
        if company is None or not company.requires_mfa or _comes_before_factor(page):
            return None
        return None if second_factors.has_second_factor(user=request.user) else _demand_factor(request)


def _is_about_account(page: str) -> bool:
    return page in _OWN_PAGES or (page.startswith("mfa_") and page not in _CONFIRMATIONS)


def _comes_before_factor(page: str) -> bool:
    return page in _BEFORE_FACTOR or page.startswith(("mfa_", "account_"))


def _keep_account(request: Any) -> HttpResponse | None:
    """A company's provider says who somebody is in that company; it must not take over what else the account opens."""
    if single_sign_on.reaches_beyond(user=request.user, company_id=request.session[SIGN_ON_KEY]):
        raise PermissionDenied(
            _("Your account opens more than this company. Sign in with your password to open pages about the account.")
        )
    return None if is_recent(request) or request.method in ("GET", "HEAD") else ask_again(request)


def _demand_factor(request: Any) -> HttpResponse:
    if request.path.startswith("/api/"):
        detail = f"{request.company} demands a second factor. Sign in to the portal and set one up."
        body = {"type": "urn:session-insights:problem:second_factor", "title": "Forbidden", "status": 403}
        return JsonResponse(body | {"detail": detail}, status=403, content_type="application/problem+json")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("mfa_index")})
    return redirect("mfa_index")
