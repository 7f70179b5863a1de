"""What a page about sessions asks of the member's roles."""

from accounts.permissions import Permission
from accounts.tenancy import holds
from accounts.views.pages import MemberRequest, portal_page
from summaries.domain.reading.reach import reaches
from summaries.models import SupportSession

__all__ = ["READ_REPORTS", "MemberRequest", "may", "may_on", "portal_page"]

READ_REPORTS = (Permission.VIEW_ALL_REPORTS, Permission.VIEW_OWN_REPORTS)


def may(request: MemberRequest, permission: Permission) -> bool:
    """Whether a role holds *permission*, if only for some sessions: what a page offers before a session is named."""
    return holds(request.user, permission, request.company.pk)


def may_on(request: MemberRequest, permission: Permission, session: SupportSession) -> bool:
    """Whether a role that reaches *session* holds *permission*."""
    return reaches(user=request.user, permission=permission, session=session)
