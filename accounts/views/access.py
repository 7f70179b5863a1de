"""Who may do what: the matrix of roles, and what one person may do and through which role."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.domain import access
from accounts.domain.second_factors import has_second_factor
from accounts.models import Membership
from accounts.permissions import Permission
from accounts.scoped_admin import rows_of_company
from accounts.tenancy import access_or_404, holds
from insights_portal.lib.fields import fits_a_key

_READERS = (Permission.MANAGE_COMPANY, Permission.MANAGE_USERS)


@require_safe
def role_matrix(request: Any) -> HttpResponse:
    _authorise(request)
    may_edit = holds(request.user, Permission.MANAGE_COMPANY, request.company.pk)
    shown = {"title": _("Roles and permissions"), "matrix": access.matrix_of(company=request.company)}
    return render(request, "accounts/role_matrix.html", {**shown, "may_edit": may_edit})


@require_safe
def member_access(request: Any, key: str) -> HttpResponse:
    _authorise(request)
    rows = rows_of_company(Membership, request).select_related("user", "company")
    membership = access_or_404(rows, pk=int(key) if fits_a_key(key) else 0)
    return _shown(request, membership, is_own=membership.user_id == request.user.pk)


@require_safe
def own_access(request: Any) -> HttpResponse:
    if request.company is None:
        raise Http404(_("You are not a member of any company."))
    return _shown(request, access.membership_of(user=request.user, company=request.company), is_own=True)


def _authorise(request: Any) -> None:
    if request.company is None or not any(holds(request.user, wanted, request.company.pk) for wanted in _READERS):
        raise PermissionDenied(_("Your roles do not include what this page needs. Ask an administrator for it."))


def _shown(request: Any, membership: Membership, *, is_own: bool) -> HttpResponse:
    title = _("What you may do") if is_own else _("What %(member)s may do") % {"member": membership}
    shown = {
        "title": title,
        "membership": membership,
        "groups": access.access_of(membership=membership),
        "user_groups": membership.user_groups.all(),
        "is_own": is_own,
        "has_second_factor": has_second_factor(user=membership.user),
    }
    return render(request, "accounts/member_access.html", shown)
