"""Every error of the API as application/problem+json (RFC 9457)."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.exceptions import APIException, NotAuthenticated, NotFound, ParseError, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
#: By status, what the caller can do, where the error itself doesn't say.
_ADVICE = {
    400: gettext_lazy("Correct the request and send it again."),
    401: gettext_lazy("Send a token as `Authorization: Bearer <token>`; issue one under *API tokens* in the portal."),
    404: gettext_lazy("There is no such record here. Check the id and the address; every address ends with a slash."),
    500: gettext_lazy("Something went wrong on our side and was logged. Try again; if it stays, tell the operator."),
}
_SAYS_NOTHING = (NotFound.default_detail, NotAuthenticated.default_detail)


class Problem(APIException):
    """An error with a status and code of its own; *members* stand beside the sentence, for programs."""

    def __init__(self, sentence: str, *, status: int, code: str, **members: Any) -> None:
        super().__init__(sentence, code)
        self.status_code = status
        self.members = members


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer *error*, whatever it is; what nobody expected is logged and answered without a word of it."""
    error = _known(error)
    response = exception_handler(error, context)
    if response is None:
        _report(error, context)
        response = Response(status=status.HTTP_500_INTERNAL_SERVER_ERROR)
    response.data = _body(error, response)
    response.content_type = CONTENT_TYPE
    return response


def _known(error: Exception) -> Exception:
    """Errors of the framework below that are the caller's doing."""
    if isinstance(error, RequestDataTooBig):
        return Problem(_("The request is too large. Send it in smaller parts."), status=413, code="too_large")
    if isinstance(error, SuspiciousOperation):
        return ParseError(_("The request can't be read. Check how it is put together."))
    return error


def _report(error: Exception, context: dict[str, Any]) -> None:
    request = getattr(context.get("request"), "_request", None)
    got_request_exception.send(sender=type(context.get("view")), request=request)
    logger.error("Unhandled error in the API", exc_info=error)


def _body(error: Exception, response: Response) -> dict[str, Any]:
    code = _code(error, response.status_code)
    body = {
        "type": f"urn:session-insights:problem:{code}",
        "title": HTTPStatus(response.status_code).phrase,
        "status": response.status_code,
        "detail": _sentence(error, response),
    }
    if isinstance(error, ValidationError):
        errors = response.data if isinstance(response.data, Mapping) else {"non_field_errors": response.data}
        body |= {"detail": _("Some fields are not right; `errors` names them."), "errors": errors}
    return body | getattr(error, "members", {})


def _code(error: Exception, status_code: int) -> str:
    if isinstance(error, ValidationError):
        return "invalid"
    code = getattr(error, "default_code", "") or HTTPStatus(status_code).phrase.lower().replace(" ", "_")
    return str(getattr(getattr(error, "detail", None), "code", code))


def _sentence(error: Exception, response: Response) -> str:
    said = response.data.get("detail") if isinstance(response.data, Mapping) else None
    if isinstance(error, Http404) or not said or said in _SAYS_NOTHING:
        return str(_ADVICE.get(response.status_code) or said or _("The request was refused."))
    return str(said)


class NoSuchAddress(APIView):
    """Any address under the API that nothing answers."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        raise NotFound
