import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

_RESET_KEY = re.compile(r"(?<=/password/reset/key/)[^/]+")


class PrivateResponseMiddleware:
    """Keep answers to signed-in people out of caches, and browser features that the portal never uses off."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), usb=()")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class RequestLogMiddleware(RequestMiddleware):
    """One line of JSON for each request: its path, never its query (a search tells who had what) or a reset key."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {_RESET_KEY.sub('…', request.path)}"
