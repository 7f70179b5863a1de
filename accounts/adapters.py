from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators, not by visitors."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False


def client_address(request: HttpRequest) -> str | None:
    """The address of the client by one rule, for lockout, rate limits and audit (`BEHIND_PROXY`).

    None where a request came over no network: a socket file without a proxy, a command.
    """
    try:
        address: str = get_adapter(request).get_client_ip(request)
    except PermissionDenied:
        return None
    return address


def attempted_account(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The account that a sign-in is tried for, spelled as it is stored: one account has one count of failures."""
    typed = (credentials or {}).get("email") or (credentials or {}).get("username") or request.POST.get("login", "")
    return str(typed).strip().lower()
