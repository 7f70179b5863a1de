from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import Company, Membership

SESSION_KEY = "company_id"


def _zone(user: Any, company: Company | None) -> ZoneInfo:
    """The zone in which a person reads times: their own, else the company's, else UTC."""
    name = getattr(user, "time_zone", "") or (company.time_zone if company else "UTC")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


class CurrentCompanyMiddleware:
    """Put the company that a signed-in member works in on the request, as `request.company` (None: no company).

    A member of several companies switches; the choice lives in the session and is checked on every request, so that
    a membership that ended is out at once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        company = request.company = self._current_company(request)  # type: ignore[attr-defined]
        with timezone.override(_zone(request.user, company)):
            return self.get_response(request)

    def _current_company(self, request: HttpRequest) -> Company | None:
        if not request.user.is_authenticated:
            return None
        memberships = (
            Membership.objects.filter(user=request.user, is_active=True).select_related("company").order_by("pk")
        )
        chosen = request.session.get(SESSION_KEY)
        by_id = {membership.company_id: membership.company for membership in memberships}
        return by_id.get(chosen) or next(iter(by_id.values()), None)
