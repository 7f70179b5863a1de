from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.core import context
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.domain import disclosures
from accounts.domain.pseudonyms import SupporterNames, names_for
from accounts.models import User
from accounts.reauthentication import is_recent

#: In the session of somebody who came through a company's single sign-on: the id of that company, the only one.
SIGN_ON_KEY = "single_sign_on_company_id"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators, not by visitors."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def is_reauthentication_required(self, *, app: str, **_kwargs: Any) -> bool:  # noqa: ARG002
        """One rule for the library's pages and ours: a recent sign-in counts like a confirmation."""
        return not is_recent(context.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """How this person can confirm who they are, in this session, the first one by default."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if user.is_authenticated and SIGN_ON_KEY in context.request.session:
            again = {"id": "single_sign_on", "description": "Sign in with your company again"}
            methods.insert(0, again | {"url": reverse("accounts:sign_on_again")})
        return methods


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


def shown_names(request: Any) -> SupporterNames:
    """How the members of the request's company are called before who sent it; asked for once per request."""
    base = getattr(request, "_request", request)
    if not hasattr(base, "shown_names"):
        base.shown_names = names_for(company=base.company, viewer=request.user, at=timezone.now())
    names: SupporterNames = base.shown_names
    return names


def shown_name(request: Any, user: User) -> str:
    """The name, or the pseudonym, of *user*; that a revealed name was seen is kept in the audit log."""
    return shown_name_of(request, user.pk, str(user))


def shown_name_of(request: Any, user_id: int, name: str) -> str:
    """The same where no model was read. *name* is what `str()` makes of the user: their name, else their address."""
    names = shown_names(request)
    if user_id in names.revealed:
        disclosures.record_view(company=request.company, viewer=request.user, subject_id=user_id, at=timezone.now())
    return names.name_of(user_id, name)
