"""Webhooks on their way: taken one by one, posted side by side, tried again with growing pauses.

Rows are read and written by one thread; the others only wait for receivers, and hold no connection to the database.
One message at a time goes to an endpoint and few to a company, so that a slow receiver holds up itself.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext_noop

from accounts.connectors.webhook_post import Answer, post
from accounts.domain import deliveries
from accounts.domain.webhook_endpoints import disable
from accounts.domain.webhook_signing import signed_headers
from accounts.enums import DeliveryState
from accounts.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookMessage
from insights_portal.lib.crypto import UnableToDecrypt

#: Between attempts of one message, as the convention suggests: three days and a few hours in all.
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
#: Messages that are posted at a time, and of them for one company.
FLIGHTS = 16
FLIGHTS_OF_A_COMPANY = 4
#: While an endpoint keeps failing, its other messages wait so long: one try tells enough.
HOLD_BACK = timedelta(minutes=1)
#: An endpoint that took nothing for so long, in so many attempts, is switched off.
LASTING = timedelta(days=5)
LEAST_ATTEMPTS = 10
KEPT = timedelta(days=30)
GONE = 410
_OTHER_KEY = gettext_noop("The secret was stored under another key of the portal. Make a new secret.")
_REASON_GONE = gettext_noop("The receiver answered 410 Gone: it wants nothing more.")
_REASON_LASTING = gettext_noop("The receiver has taken nothing for five days.")
_ANSWERED = gettext_noop("The receiver answered %(first)s.")


@dataclass(frozen=True, slots=True)
class _Flight:
    delivery: WebhookDelivery
    held_until: datetime
    headers: dict[str, str]


def send_due(*, clock: Callable[[], datetime], seconds: float) -> int:
    """Send what is due, beginning nothing new after so many seconds; returns how many were delivered."""
    ends_at, delivered = clock() + timedelta(seconds=seconds), 0
    flying: dict[Future[Answer], _Flight] = {}
    with ThreadPoolExecutor(max_workers=FLIGHTS) as pool:
        while True:
            if (at := clock()) < ends_at:
                for flight in _take_more(at=at, flying=list(flying.values())):
                    delivery = flight.delivery
                    call = pool.submit(
                        post, url=delivery.endpoint.url, body=delivery.message.body, headers=flight.headers
                    )
                    flying[call] = flight
            if not flying:
                return delivered
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                delivered += _settle(flying.pop(future), future.result(), at=clock())


def forget_old(*, at: datetime) -> int:
    """Forget messages older than KEPT with their deliveries and attempts; returns how many messages."""
    old = WebhookMessage.objects.filter(created_at__lt=at - KEPT)
    return old.delete()[1].get("accounts.WebhookMessage", 0)


def _take_more(*, at: datetime, flying: list[_Flight]) -> Iterator[_Flight]:
    for pk in _next_ids(at=at, flying=flying):
        row = WebhookDelivery.objects.filter(pk=pk)
        until = deliveries.take(row, at=at)
        if until is None:
            continue
        # None where the endpoint was deleted at this very moment.
        for delivery in row.select_related("message", "endpoint", "company"):
            headers, problem = _headers_of(delivery, at)
            flight = _Flight(delivery, until, headers)
            if problem:
                _settle(flight, Answer(None, "", problem, 0), at=at)
            else:
                yield flight


def _headers_of(delivery: WebhookDelivery, at: datetime) -> tuple[dict[str, str], str]:
    """(what is sent beside the body, why nothing can be sent)."""
    if delivery.attempt_count > len(PAUSES) + 1:
        return {}, deliveries.GIVEN_UP
    message = delivery.message
    try:
        headers = signed_headers(endpoint=delivery.endpoint, message_id=message.public_id, body=message.body, at=at)
    except UnableToDecrypt:
        return {}, _OTHER_KEY
    return headers, ""


def _next_ids(*, at: datetime, flying: list[_Flight]) -> list[int]:
    """The delivery that is due next of each endpoint that has none on its way, as far as there is room."""
    mine = WebhookDelivery.objects.filter(endpoint=OuterRef("pk"))
    waiting = deliveries.due(mine, at=at).order_by("next_attempt_at", "pk")
    on_its_way = mine.filter(state=DeliveryState.WAITING, leased_until__gt=at)
    endpoints = (
        WebhookEndpoint.objects.filter(is_enabled=True)
        .annotate(due_id=Subquery(waiting.values("pk")[:1]), due_at=Subquery(waiting.values("next_attempt_at")[:1]))
        .filter(~Exists(on_its_way), due_id__isnull=False)
        .order_by("due_at", "pk")
    )
    return list(_with_room(endpoints.values_list("due_id", "company_id"), flying))


def _with_room(found: Iterable[tuple[int, int]], flying: list[_Flight]) -> Iterator[int]:
    of_company = Counter(flight.delivery.company_id for flight in flying)
    for pk, company_id in found:
        if of_company[company_id] < FLIGHTS_OF_A_COMPANY and of_company.total() < FLIGHTS:
            of_company[company_id] += 1
            yield pk


@transaction.atomic
def _settle(flight: _Flight, answer: Answer, *, at: datetime) -> bool:
    """Write down what came of an attempt, and what follows from it; whether the message was delivered."""
    delivery, row = flight.delivery, WebhookDelivery.objects.filter(pk=flight.delivery.pk)
    is_delivered = answer.status is not None and 200 <= answer.status < 300  # noqa: PLR2004 - HTTP's own numbers
    problem = "" if is_delivered else answer.problem or _ANSWERED % {"first": answer.status}
    if row.select_for_update().first() is None:
        # The endpoint was deleted meanwhile, and with it its log.
        return is_delivered
    WebhookAttempt.objects.create(
        delivery=delivery,
        at=at,
        duration_ms=answer.duration_ms,
        status=answer.status,
        problem=deliveries.shorten(problem),
        answer=answer.text,
    )
    pause = deliveries.pause_after(attempts=delivery.attempt_count, pauses=PAUSES)
    if is_delivered:
        deliveries.settle_delivered(row, held_until=flight.held_until, at=at)
        WebhookEndpoint.objects.filter(pk=delivery.endpoint_id).update(failing_since=None)
    elif pause is None or answer.status == GONE:
        deliveries.settle_failed(row, held_until=flight.held_until, problem=problem, at=at)
    else:
        deliveries.put_back(row, held_until=flight.held_until, problem=problem, next_attempt_at=at + pause)
    if not is_delivered:
        _after_failure(delivery, answer, at=at)
    return is_delivered


def _after_failure(delivery: WebhookDelivery, answer: Answer, *, at: datetime) -> None:
    endpoint_id = delivery.endpoint_id
    if answer.status == GONE:
        disable(endpoint_id=endpoint_id, reason=_REASON_GONE, at=at)
        return
    failing = WebhookEndpoint.objects.filter(pk=endpoint_id)
    if failing.filter(failing_since__isnull=True).update(failing_since=at):
        return
    if failing.filter(failing_since__lte=at - LASTING).exists() and _attempts_since(endpoint_id) >= LEAST_ATTEMPTS:
        disable(endpoint_id=endpoint_id, reason=_REASON_LASTING, at=at)
        return
    others = WebhookDelivery.objects.filter(endpoint=endpoint_id, state=DeliveryState.WAITING)
    others.filter(next_attempt_at__lt=at + HOLD_BACK).exclude(pk=delivery.pk).update(next_attempt_at=at + HOLD_BACK)


def _attempts_since(endpoint_id: int) -> int:
    since = WebhookEndpoint.objects.filter(pk=endpoint_id).values("failing_since")
    return WebhookAttempt.objects.filter(delivery__endpoint=endpoint_id, at__gte=Subquery(since)).count()
