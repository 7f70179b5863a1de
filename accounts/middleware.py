from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.models import Company, Membership

SESSION_KEY = "company_id"


class CurrentCompanyMiddleware:
    """Put the company that a signed-in member works in on the request, as `request.company` (None: no company).

    A member of several companies switches; the choice lives in the session and is checked on every request, so that
    a membership that ended is out at once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.company = self._current_company(request)  # type: ignore[attr-defined]
        return self.get_response(request)

    def _current_company(self, request: HttpRequest) -> Company | None:
        if not request.user.is_authenticated:
            return None
        memberships = Membership.objects.filter(user=request.user, is_active=True).select_related("company")
        chosen = request.session.get(SESSION_KEY)
        by_id = {membership.company_id: membership.company for membership in memberships}
        return by_id.get(chosen) or next(iter(by_id.values()), None)
