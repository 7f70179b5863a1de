"""What every page of the portal begins with: a company, a permission."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing, holds, require
from summaries.domain.reach import reaches
from summaries.models import SupportSession

READ_REPORTS = (Permission.VIEW_ALL_REPORTS, Permission.VIEW_OWN_REPORTS)

View = Callable[..., HttpResponse]


class MemberRequest(HttpRequest):
    """A request of a signed-in member who works in a company."""

    user: User
    company: Company


def portal_page(*any_of: Permission) -> Callable[[View], View]:
    """Let in members of the current company who hold one of *any_of*; everyone else gets a 403 that says why."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            company = getattr(request, "company", None)
            if company is None:
                raise PermissionDenied("You are not a member of a company. Ask an administrator to add you.")
            try:
                if not any(holds(request.user, permission, company.pk) for permission in any_of):
                    require(request.user, any_of[0], company.pk)
                return view(request, *args, **kwargs)
            except PermissionMissing as missing:
                raise PermissionDenied(str(missing)) from missing

        return guarded

    return decorate


def may(request: MemberRequest, permission: Permission) -> bool:
    """Whether a role holds *permission*, if only for some sessions: what a page offers before a session is named."""
    return holds(request.user, permission, request.company.pk)


def may_on(request: MemberRequest, permission: Permission, session: SupportSession) -> bool:
    """Whether a role that reaches *session* holds *permission*."""
    return reaches(user=request.user, permission=permission, session=session)
