"""May this member do that to this session? Asked of the roles that reach it, not of the company as a whole."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing, require
from summaries.models import SupportSession
from summaries.models.keeping import TRASHED_FROM
from summaries.models.reach import READ_REPORTS, reached_in
from summaries.models.sessions import HIDDEN


def sees(*, user: User, session: SupportSession) -> bool:
    """Whether *session* is visible to *user*. At most one query, and one more if its device was not selected."""
    reached = reached_in(user, session.company_id, READ_REPORTS)
    return session.status not in HIDDEN and reached.holds(session, user)


def reaches(*, user: User, permission: Permission, session: SupportSession) -> bool:
    """Whether *user* sees *session* and a role of theirs lets them do *permission* to it."""
    reached = reached_in(user, session.company_id, (permission,))
    return reached.holds(session, user) and sees(user=user, session=session)


def reaches_in_trash(*, user: User, permission: Permission, session: SupportSession) -> bool:
    """The same for what of the session lies in the trash: the session itself, too, may lie there, shown to nobody."""
    reached = [reached_in(user, session.company_id, any_of) for any_of in ((permission,), READ_REPORTS)]
    return session.status in TRASHED_FROM and all(each.holds(session, user) for each in reached)


def require_in_trash(*, user: User, permission: Permission, session: SupportSession) -> None:
    """Raise PermissionMissing unless *user* could do *permission* to the session, were nothing of it in the trash."""
    require(user, permission, session.company_id)
    if not reaches_in_trash(user=user, permission=permission, session=session):
        raise PermissionMissing(
            _("Your roles do not include “%(permission)s” for this session. Ask an administrator.")
            % {"permission": permission.label}
        )


def reached_among(*, user: User, permission: Permission, sessions: Iterable[SupportSession]) -> set[int]:
    """The keys of those of *sessions* that *user* reaches with *permission*. Queries as one session does."""
    return {session.pk for session in sessions if reaches(user=user, permission=permission, session=session)}


def reaches_all(*, user: User, company_id: int, permission: Permission | None = None) -> bool:
    """Whether *user* sees every session of the company, and with *permission* may do that to every one."""
    asked = [READ_REPORTS, *([(permission,)] if permission else [])]
    return all(reached_in(user, company_id, any_of).is_whole_company for any_of in asked)


def require_on(*, user: User, permission: Permission, session: SupportSession) -> None:
    """Raise PermissionMissing unless *user* sees *session* and a role lets them do *permission* to it."""
    require(user, permission, session.company_id)
    if not reaches(user=user, permission=permission, session=session):
        raise PermissionMissing(
            _("Your roles do not include “%(label)s” for this session. Ask an administrator.")
            % {"label": permission.label}
        )
