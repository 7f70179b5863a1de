"""May this member do that to this session? Asked of the roles that reach it, not of the company as a whole."""

from accounts.models import User
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing, reaches_of, require
from summaries.models import SupportSession


def reaches(*, user: User, permission: Permission, session: SupportSession) -> bool:
    """Whether a role of *user* lets them do *permission* to *session*, which they may see. At most one query."""
    found = [reach for reach in reaches_of(user, permission) if reach.company_id == session.company_id]
    if any(reach.is_whole_company for reach in found):
        return True
    if any(reach.own_only and not reach.groups for reach in found) and session.supporter_id == user.pk:
        return True
    if not any(reach.groups for reach in found):
        return False
    return SupportSession.objects.reached_with(user, permission).filter(pk=session.pk).exists()


def require_on(*, user: User, permission: Permission, session: SupportSession) -> None:
    """Raise PermissionMissing unless a role of *user* lets them do *permission* to *session*."""
    require(user, permission, session.company_id)
    if not reaches(user=user, permission=permission, session=session):
        raise PermissionMissing(
            f"Your roles do not include “{permission.label}” for this session. Ask an administrator."
        )
