"""Nobody can lock a company out: one active member always holds every permission."""

from collections.abc import Iterator
from contextlib import contextmanager

from accounts.models import Company, Membership
from accounts.permissions import Permission


class LastAdministrator(Exception):
    """The change would leave the company without an administrator."""


def lock_company(*, company: Company) -> None:
    """Hold the company's row until the transaction ends: changes of roles and members wait for each other."""
    Company.objects.select_for_update().get(pk=company.pk)


def administrator_ids(*, company: Company) -> set[int]:
    """Ids of the active memberships whose roles together hold every permission.

    Fewer would not do: what nobody holds, nobody could ever grant again.
    """
    members = Membership.objects.filter(company=company, is_active=True, user__is_active=True)
    held: dict[int, set[str]] = {}
    for membership_id, permissions in members.values_list("pk", "roles__permissions"):
        held.setdefault(membership_id, set()).update(permissions or ())
    return {membership_id for membership_id, codenames in held.items() if codenames >= set(Permission.values)}


@contextmanager
def keep_an_administrator(*, company: Company) -> Iterator[None]:
    """Raise LastAdministrator after the block if it took the last administrator away; the transaction is undone."""
    had_one = bool(administrator_ids(company=company))
    yield
    if had_one and not administrator_ids(company=company):
        raise LastAdministrator(
            f"{company} would be left without an administrator. Make another member an administrator first."
        )
