"""Who may bring whose sessions in."""

from accounts.domain.queries import member_by_email
from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import require
from summaries.domain.capture import UnableToOpen


def choose_supporter(*, company: Company, actor: User, email: str) -> User:
    """The member whose session it is: *actor*, or by e-mail address another one, for those who see everybody's.

    Raises UnableToOpen for an address of no member, PermissionMissing.
    """
    if not email or email.lower() == actor.email:
        return actor
    require(actor, Permission.VIEW_ALL_REPORTS, company.pk)
    membership = member_by_email(company=company, email=email)
    if membership is None:
        raise UnableToOpen("The supporter is not a member of this company. Name the e-mail address of a member.")
    supporter: User = membership.user
    return supporter
