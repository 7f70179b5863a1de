"""The one public address at which a payment provider tells what became of a payment."""

from http import HTTPStatus

import structlog
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.adapters import client_address
from credits.domain.payment_notices import UnusableNotice, note_payment
from credits.payments import NoticeRefused, payment_provider
from insights_portal.lib.rates import is_within_rate

#: A notice names an order and an amount; more is none.
MAX_BYTES = 64 * 1024
#: Notices from one address in a minute.
MOST_A_MINUTE = 120

log = structlog.get_logger(__name__)


@csrf_exempt
@login_not_required
@require_POST
def payment_notice(request: HttpRequest) -> HttpResponse:
    """What the provider's class accepts as its own is acted on once; repeated, it gets the same answer."""
    provider = payment_provider()
    if provider is None:
        raise Http404("No payment provider is set up.")
    if not is_within_rate(key=f"payment-notice:{client_address(request)}", limit=MOST_A_MINUTE, seconds=60):
        return _refused("Too many notices. Try again in a minute.", HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": "60"})
    body = request.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        return _refused("The notice is too large.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        notice = provider.read_notice(headers=request.headers, body=body)
    except NoticeRefused as refusal:
        return _refused(str(refusal), HTTPStatus.BAD_REQUEST)
    except Exception:
        # The class is the operator's, and anybody may send anything.
        log.exception("payment_notice_failed")
        return _refused("The notice can't be read.", HTTPStatus.BAD_REQUEST)
    try:
        outcome = note_payment(notice=notice, at=timezone.now())
    except UnusableNotice as refusal:
        return _refused(str(refusal), HTTPStatus.UNPROCESSABLE_ENTITY)
    return JsonResponse({"outcome": outcome.value})


def _refused(sentence: str, status: HTTPStatus, headers: dict[str, str] | None = None) -> JsonResponse:
    return JsonResponse({"problem": sentence}, status=status, headers=headers)
