"""What every page of the portal begins with: a company, a permission."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing, holds, require

Answer = TypeVar("Answer", bound=HttpResponseBase)


class MemberRequest(HttpRequest):
    """A request of a signed-in member who works in a company."""

    user: User
    company: Company


def portal_page(*any_of: Permission) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Let in members of the current company who hold one of *any_of*; everyone else gets a 403 that says why."""

    def decorate(view: Callable[..., Answer]) -> Callable[..., Answer]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Answer:
            company = getattr(request, "company", None)
            if company is None:
                raise PermissionDenied(_("You are not a member of a company. Ask an administrator to add you."))
            try:
                if not any(holds(request.user, permission, company.pk) for permission in any_of):
                    require(request.user, any_of[0], company.pk)
                return view(request, *args, **kwargs)
            except PermissionMissing as missing:
                raise PermissionDenied(str(missing)) from missing

        return guarded

    return decorate
