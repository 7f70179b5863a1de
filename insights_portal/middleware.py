from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

from insights_portal.logs import without_secrets

#: Security keys are used on our own pages; nothing else of the device is.
_FEATURES = (
    "camera=(), microphone=(), geolocation=(), usb=(), serial=(), midi=(), payment=(), "
    "display-capture=(), publickey-credentials-get=(self), publickey-credentials-create=(self)"
)


class PrivateResponseMiddleware:
    """Keep answers to signed-in people out of caches, and browser features that the portal never uses off."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", _FEATURES)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class RequestLogMiddleware(RequestMiddleware):
    """One line of JSON for each request: its path, never its query (a search tells who had what) or a link's secret."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {without_secrets(request.path)}"
