from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.domain.tokens import UnusableToken, verify_token
from accounts.enums import ApiScope
from accounts.models import ApiToken, User


class ApiTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`. The token's company becomes the request's company."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2:  # noqa: PLR2004 - the scheme and the token
            raise AuthenticationFailed(_("Send the token as `Authorization: Bearer <token>`, without spaces in it."))
        try:
            token = verify_token(plain=words[1].decode("ascii", "replace"), at=timezone.now())
        except UnusableToken as error:
            raise AuthenticationFailed(str(error)) from error
        request._request.company = token.company  # type: ignore[attr-defined]
        return token.membership.user, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        return 'Bearer realm="Session Insights API"'


class HasScope(BasePermission):
    """A token reaches an action only with the view's scope: `read_scope`, or `write_scope` for a changing method.

    A member who is signed in to the portal needs no scope: their roles decide alone.
    """

    message = "This token lacks the scope for that."

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, ApiToken):
            return True
        name = "read_scope" if request.method in ("GET", "HEAD", "OPTIONS") else "write_scope"
        scope: ApiScope | None = getattr(view, name, None)
        if scope is None:
            self.message = "No token can do this. Sign in to the portal."
            return False
        self.message = f"This token lacks the scope {scope.value}. Issue one that has it under API tokens."
        return scope.value in request.auth.scopes
