from collections.abc import Callable
from time import perf_counter

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header
from django_structlog.middlewares import RequestMiddleware

from insights_portal.logs import without_secrets

#: Security keys are used on our own pages; nothing else of the device is.
_FEATURES = (
    "camera=(), microphone=(), geolocation=(), usb=(), serial=(), midi=(), payment=(), "
    "display-capture=(), publickey-credentials-get=(self), publickey-credentials-create=(self)"
)


#: What describes the API, to people and to tools that write clients by it.
API_DESCRIPTION = ("/api/v1/schema/", "/api/v1/docs/")


def is_for_programs(request: HttpRequest) -> bool:
    """Whether a program reads the answer: nobody's choice of a language may change what it gets."""
    return request.path_info.startswith("/api/")


def asked_language(request: HttpRequest) -> str:
    """The first language of `Accept-Language` that the portal speaks, else English."""
    for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        if code == "*":
            break
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


class LanguageMiddleware(LocaleMiddleware):
    """The language of who is not signed in: their choice (a cookie), else what the browser asks for, else English.

    Programs get what they ask for or English, whatever cookies a browser adds; the description of the API is English.
    """

    def process_request(self, request: HttpRequest) -> None:
        if not is_for_programs(request):
            super().process_request(request)
            return
        is_description = request.path_info.startswith(API_DESCRIPTION)
        translation.activate(settings.LANGUAGE_CODE if is_description else asked_language(request))
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not is_for_programs(request):
            patch_vary_headers(response, ("Cookie",))
        return super().process_response(request, response)


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
    """A line of JSON for each request: its path, never its query (it tells who had what) or a secret, and how long the
    answer took; that it began is a second line where LOG_LEVEL is DEBUG.
    """

    def prepare(self, request: HttpRequest) -> None:
        request.begun_at = perf_counter()  # type: ignore[attr-defined]
        super().prepare(request)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        taken = (perf_counter() - request.begun_at) * 1000  # type: ignore[attr-defined]
        structlog.contextvars.bind_contextvars(milliseconds=round(taken, 1))
        super().handle_response(request, response)

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        """The address as AuditMiddleware knows it: what a visitor says of themselves in a header does not count."""
        structlog.contextvars.bind_contextvars(ip=request.client_address)  # type: ignore[attr-defined]

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {without_secrets(request.path)}"
