"""Nobody can lock a company out: one active member always holds every permission, in the whole company."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from accounts.domain.grants import beyond, everything_in
from accounts.models import Company, Membership
from accounts.tenancy import RoleGrants, grants_by_role


class LastAdministrator(Exception):
    """The change would leave the company without an administrator."""


def lock_company(*, company: Company) -> None:
    """Hold the company's row until the transaction ends: changes of roles and members wait for each other."""
    Company.objects.select_for_update().get(pk=company.pk)


def administrator_ids(*, company: Company) -> set[int]:
    """Ids of the active memberships whose roles together hold every permission without a limit.

    Fewer would not do: what nobody holds so widely, nobody could ever grant again.
    """
    grants = grants_by_role(company=company)
    members = Membership.objects.filter(company=company, is_active=True, user__is_active=True)
    held: dict[int, list[RoleGrants]] = {}
    for membership_id, role_id in members.filter(roles__in=grants).values_list("pk", "roles__pk"):
        held.setdefault(membership_id, []).append(grants[role_id])
    everything = [everything_in(company)]
    return {membership_id for membership_id, roles in held.items() if beyond(held=roles, wanted=everything) is None}


@contextmanager
def keep_an_administrator(*, company: Company) -> Iterator[None]:
    """Raise LastAdministrator after the block if it took the last administrator away; the transaction is undone."""
    had_one = bool(administrator_ids(company=company))
    yield
    if had_one and not administrator_ids(company=company):
        raise LastAdministrator(
            _("%(company)s would be left without an administrator. Make another member an administrator first.")
            % {"company": company}
        )
