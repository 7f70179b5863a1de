"""The only way the API reaches a company's rows."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from accounts.api_authentication import HasScope
from accounts.enums import ApiScope
from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, holds


class MemberRequest(Request):
    """A request that the seam let through: a member, in a company."""

    user: User
    company: Company


class HoldsPermission(BasePermission):
    """403 unless a role of the member holds, in the request's company, what the action asks for."""

    def has_permission(self, request: Request, view: Any) -> bool:
        company = getattr(request, "company", None)
        if company is None:
            raise PermissionDenied(_("You are not a member of any company. Ask an administrator to add you."))
        needed = view.permissions_needed()
        if not needed:
            raise PermissionDenied(_("This cannot be done through the API."))
        if any(holds(request.user, permission, company.pk) for permission in needed):
            return True
        labels = _(" or ").join(f"“{permission.label}”" for permission in needed)
        raise PermissionDenied(
            _("Your roles do not include %(labels)s. Ask an administrator for it.") % {"labels": labels}
        )


class CompanyScopedViewSet(GenericViewSet[Any]):
    """Base of every viewset over a company's rows: another company's row is a 404, a missing permission a 403.

    A subclass names `queryset_model`, the permissions that read (any one is enough), one permission per changing
    action, and the token scopes. An action that changes something and names no permission is refused.
    """

    queryset_model: ClassVar[type[CompanyOwned]]
    read_permissions: ClassVar[tuple[Permission, ...]] = ()
    #: {action name: permission}; also for a reading action that asks for more than `read_permissions`.
    action_permissions: ClassVar[dict[str, Permission]] = {}
    read_scope: ClassVar[ApiScope | None] = None
    write_scope: ClassVar[ApiScope | None] = None
    permission_classes = [IsAuthenticated, HasScope, HoldsPermission]

    def permissions_needed(self) -> tuple[Permission, ...]:
        """The permissions of which one lets the request through."""
        named = self.action_permissions.get(self.action or "")
        if named is not None:
            return (named,)
        if self.request.method in ("GET", "HEAD", "OPTIONS"):
            return self.read_permissions
        return ()

    def get_queryset(self) -> QuerySet[Any]:
        """The rows that the member may see in the request's company."""
        rows: Any = self.queryset_model._default_manager.all()
        if getattr(self, "swagger_fake_view", False):
            rows = rows.none()
        else:
            rows = rows.visible_in(self.request.user, self.request.company)  # type: ignore[attr-defined]
        return rows  # type: ignore[no-any-return]
