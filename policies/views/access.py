"""What every page about devices begins with: a company, a permission."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing, require

View = Callable[..., HttpResponseBase]


class MemberRequest(HttpRequest):
    """A request of a signed-in member who works in a company."""

    user: User
    company: Company


def members_with(permission: Permission) -> Callable[[View], View]:
    """Let in members of the current company who hold *permission*; everyone else gets a 403 that says why."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            company = getattr(request, "company", None)
            if company is None:
                raise PermissionDenied("You are not a member of a company. Ask an administrator to add you.")
            try:
                require(request.user, permission, company.pk)
                return view(request, *args, **kwargs)
            except PermissionMissing as missing:
                raise PermissionDenied(str(missing)) from missing

        return guarded

    return decorate
