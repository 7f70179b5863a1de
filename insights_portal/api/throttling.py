from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle


class TokenOrMemberThrottle(UserRateThrottle):
    """So many requests a minute for each token, and for each member who is signed in to the portal."""

    scope = "api"

    def get_cache_key(self, request: Request, view: Any) -> str:  # noqa: ARG002
        token = getattr(request.auth, "pk", None)
        member = getattr(request.user, "pk", None)
        if token is not None:
            ident = f"token-{token}"
        else:
            ident = f"member-{member}" if member is not None else f"address-{self.get_ident(request)}"
        return self.cache_format % {"scope": self.scope, "ident": ident}
