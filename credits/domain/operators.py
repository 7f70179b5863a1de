"""The operator runs the installation: sells packs, confirms payments, sets plans. That is no role of a company."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User


class OperatorsOnly(PermissionDenied):
    """The person does not run this installation. Interfaces answer 403."""


def is_operator(user: Any) -> bool:
    """Whether *user* runs this installation.

    Whoever came in through a company's own single sign-on does not: the company's provider vouches for somebody in
    that company and nowhere else.
    """
    is_narrowed = getattr(user, "only_company_id", None) is not None
    return bool(user.is_authenticated and user.is_active and user.is_staff and not is_narrowed)


def require_operator(user: User | None) -> None:
    """Raise OperatorsOnly unless *user* runs this installation; None is a command of the operator's, or the portal."""
    if user is not None and not is_operator(user):
        raise OperatorsOnly(_("Only the operator of this installation may do this. Ask them to."))
