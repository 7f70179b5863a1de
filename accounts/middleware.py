from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.adapters import SIGN_ON_KEY, client_address
from accounts.domain import audit, denials
from accounts.domain.sign_ins import companies_of
from accounts.models import Company
from accounts.tenancy import narrow_to_company
from insights_portal.middleware import is_for_programs

SESSION_KEY = "company_id"


def _zone(user: Any, company: Company | None) -> ZoneInfo:
    """The zone in which a person reads times: their own, else the company's, else UTC."""
    name = getattr(user, "time_zone", "") or (company.time_zone if company else "UTC")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _chosen(companies: list[Company], request: HttpRequest) -> Company | None:
    chosen = request.session.get(SESSION_KEY)
    return next((company for company in companies if company.pk == chosen), companies[0] if companies else None)


def _open_companies(request: HttpRequest) -> list[Company]:
    user: Any = request.user
    if SIGN_ON_KEY not in request.session:
        return companies_of(user=user)
    only = request.session[SIGN_ON_KEY]
    narrow_to_company(user, only)
    companies = companies_of(user=user, signed_on_at=only)
    if not companies:
        logout(request)
        messages.info(request, _("You were signed out because your company's single sign-on no longer lets you in."))
    return companies


class CurrentCompanyMiddleware:
    """Put the company that a signed-in member works in on the request, as `request.company` (None: no company), and all
    of theirs as `request.companies`.

    A member of several companies switches; the choice lives in the session and is checked on every request, so that
    a membership that ended is out at once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        companies = _open_companies(request) if request.user.is_authenticated else []
        company = _chosen(companies, request)
        request.company, request.companies = company, companies  # type: ignore[attr-defined]
        with timezone.override(_zone(request.user, company)):
            return self.get_response(request)


class MemberLanguageMiddleware:
    """Pages are in the language that a signed-in person chose; it goes before what their browser holds or asks for.

    It stays on after the answer, whose parts may still be written then; the next request begins with its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = "" if is_for_programs(request) else getattr(request.user, "language", "")
        if language in dict(settings.LANGUAGES):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return self.get_response(request)


class AuditMiddleware:
    """Audit entries carry the address that a request came from, and what a member was refused is one of them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = request.client_address = client_address(request)  # type: ignore[attr-defined]
        with audit.coming_from(address):
            response = self.get_response(request)
            if response.status_code == HTTPStatus.FORBIDDEN:
                _tell_denial(request)
        return response


def _tell_denial(request: HttpRequest) -> None:
    company, match = getattr(request, "company", None), request.resolver_match
    if company is None or match is None or not request.user.is_authenticated:
        return
    method = request.method or ""
    denials.record_denial(company=company, actor=request.user, page=match.view_name, method=method, at=timezone.now())
