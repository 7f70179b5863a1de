"""How sessions leave in batches: chosen and held, written down, sent once.

A batch is PREPARING while its sessions are gathered, SENDING from before the call until its answer is stored, then
SENT. Whatever is killed, a row says how far it came: nothing was sent while it was PREPARING, and of what is SENDING
the provider is asked first (`adoption`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import AISettings
from credits.domain.reservations import InsufficientCredits
from summaries.domain.backlog.holding import begin, hand_to_line, put_into, still_going
from summaries.domain.generation import engine_pauses
from summaries.domain.generation.engine_request import build_request, offered_by
from summaries.domain.generation.places import TOKENS_USED
from summaries.domain.generation.steps import Clock
from summaries.domain.generation.token_use import next_day, tokens_left
from summaries.engines.batch_base import BatchEngine, BatchError, BatchRequest, BatchStatus
from summaries.enums import BacklogItemState, BacklogState, BatchState
from summaries.models import Backlog, BacklogItem, Interaction, ProviderBatch, Summary

#: What an answer takes as a rule, and a line of a session beside its text, in tokens.
USUAL_ANSWER_TOKENS, TOKENS_OF_LINE = 2_000, 8
#: Bytes of a request beside what was recorded: rules, schema, labels.
BYTES_OF_REQUEST = 16 * 1024


class Held(Exception):
    """Nothing more is sent for now; the sentence says why. *until* None: each minute is asked anew."""

    def __init__(self, sentence: str, *, until: datetime | None = None) -> None:
        super().__init__(sentence)
        self.until = until


@dataclass(frozen=True, slots=True)
class Choice:
    """An item with a guess of what its session takes. *is_long*: for certain more than one call."""

    item: BacklogItem
    size: int
    tokens: int
    is_long: bool


def fill_batch(*, backlog: Backlog, clock: Clock, keep_going: Callable[[], bool]) -> ProviderBatch | None:
    """Gather the next sessions of *backlog* into a batch. None: there are none. Raises Held when not one may go."""
    at = clock()
    room = _tokens_left(backlog, at=at)
    chosen = _choose(backlog, room)
    if not chosen:
        return None
    batch = ProviderBatch.objects.create(company=backlog.company, backlog=backlog, created_at=at)
    shortage: InsufficientCredits | None = None
    for choice in chosen:
        if not keep_going():
            break
        try:
            _take(choice, batch, at=clock())
        except InsufficientCredits as error:
            shortage = error
            break
    if BacklogItem.objects.filter(batch=batch).exists():
        return batch
    batch.delete()
    if shortage is not None:
        raise without_credits()
    return None


def without_credits() -> Held:
    return Held(_("All AI credits are used. The backlog goes on when credits arrive."))


@transaction.atomic
def _take(choice: Choice, batch: ProviderBatch, *, at: datetime) -> None:
    """Raises InsufficientCredits."""
    claim = begin(item=choice.item, at=at)
    if claim is None:
        return
    if choice.is_long:
        hand_to_line(item=choice.item, summary=claim.summary, at=at, reason=_too_long())
    else:
        put_into(item=choice.item, batch=batch, claim=claim, tokens=choice.tokens)


def _too_long() -> str:
    return _("Too long for a batch: made in parts, in the ordinary line.")


def _tokens_left(backlog: Backlog, *, at: datetime) -> int | None:
    """Of the company's day, beside what is in batches. None: no ceiling. Raises Held when nothing is left."""
    company = backlog.company
    left = tokens_left(company=company, at=at)
    if left is None:
        return None
    sent = BacklogItem.objects.filter(company=company, state=BacklogItemState.SENT)
    left -= sent.aggregate(all=Sum("tokens"))["all"] or 0
    if left <= 0:
        until = next_day(company=company, at=at)
        raise Held(engine_pauses.words_for(pause_until=until, company=company, reason=str(TOKENS_USED)), until=until)
    return left


def _choose(backlog: Backlog, room: int | None) -> list[Choice]:
    """The next waiting items, as many as one batch takes."""
    waiting = BacklogItem.objects.filter(backlog=backlog, state=BacklogItemState.WAITING).select_related("session")
    items = list(waiting.order_by("pk")[: settings.BACKLOG_BATCH_SESSIONS])
    texts = Interaction.objects.filter(session__in=[item.session_id for item in items]).order_by()
    chars = dict(texts.values_list("session").annotate(all=Sum(Length("text"))))
    chosen: list[Choice] = []
    size = tokens = 0
    for item in items:
        item.backlog = backlog
        choice = _guess(item, chars.get(item.session_id) or 0)
        size, tokens = size + choice.size, tokens + choice.tokens
        if chosen and (size > settings.BACKLOG_BATCH_BYTES or (room is not None and tokens > room)):
            break
        chosen.append(choice)
    return chosen


def _guess(item: BacklogItem, chars: int) -> Choice:
    lines = item.session.interaction_count * TOKENS_OF_LINE
    return Choice(
        item,
        size=chars + 3 * lines + BYTES_OF_REQUEST,
        tokens=chars // 3 + lines + USUAL_ANSWER_TOKENS,
        is_long=lines > settings.ENGINE_PART_TOKENS,
    )


def send_batch(*, batch: ProviderBatch, engine: BatchEngine, clock: Clock) -> None:
    """Send what *batch* gathered, each session asked anew whether it may go. Raises EngineError, Held.

    Afterwards it is SENT; or PREPARING as before when the provider refused it; or SENDING when nobody knows.
    """
    backlog = batch.backlog
    _check_not_paused(engine, backlog, at=clock())
    requests = _requests_of(batch, engine, at=clock())
    if not requests:
        _end_empty(batch, at=clock())
        return
    sent_at = clock()
    preparing = ProviderBatch.objects.filter(
        pk=batch.pk, state=BatchState.PREPARING, backlog__state=BacklogState.RUNNING
    )
    if not preparing.update(
        state=BatchState.SENDING, sent_at=sent_at, place=engine.place, requests=len(requests), others=[], next_at=None
    ):
        return
    try:
        status = engine.create(requests, mark=batch.mark)
    except BatchError as error:
        if error.maybe_done:
            note_unknown(batch=batch, reason=str(error))
        else:
            ProviderBatch.objects.filter(pk=batch.pk, sent_at=sent_at).update(state=BatchState.PREPARING, sent_at=None)
        raise
    adopt(batch=batch, status=status, sent_at=sent_at, at=clock())


@transaction.atomic
def adopt(*, batch: ProviderBatch, status: BatchStatus, sent_at: datetime | None, at: datetime) -> None:
    """Write down under which id the provider has the batch that left at *sent_at*."""
    sending = ProviderBatch.objects.filter(pk=batch.pk, state=BatchState.SENDING, sent_at=sent_at)
    moved = sending.update(state=BatchState.SENT, provider_id=status.provider_id, reason="", failures=0, next_at=None)
    if moved:
        audit.record(
            company=batch.company,
            action="backlog.batch_sent",
            at=at,
            target=batch.backlog,
            details={"batch": status.provider_id, "sessions": status.requests},
        )


def note_unknown(*, batch: ProviderBatch, reason: str) -> None:
    ProviderBatch.objects.filter(pk=batch.pk, state=BatchState.SENDING).update(reason=reason[:300])


def check_active(*, backlog: Backlog) -> None:
    """Raises Held while the company's AI features are off."""
    if not AISettings.objects.get(company=backlog.company_id).is_active:
        raise Held(_("AI features are off. The backlog goes on when they are activated."))


def _check_not_paused(engine: BatchEngine, backlog: Backlog, *, at: datetime) -> None:
    """Raises Held while AI features are off, or the engine as a whole is held back."""
    check_active(backlog=backlog)
    pause = engine_pauses.last_pause_of(place=engine.place)
    if pause and pause.opens_at and pause.opens_at > at:
        words = engine_pauses.words_for(pause_until=pause.opens_at, company=backlog.company)
        raise Held(words, until=pause.opens_at)


def _requests_of(batch: ProviderBatch, engine: BatchEngine, *, at: datetime) -> list[BatchRequest]:
    """The batch's sessions as requests. What may not go any more leaves the batch, what is too long for it, too."""
    offered = offered_by(company_id=batch.company_id)
    found: list[tuple[BacklogItem, BatchRequest]] = []
    for item in BacklogItem.objects.filter(batch=batch, state=BacklogItemState.SENT):
        summary = still_going(item=item, at=at)
        if summary is None:
            continue
        request = build_request(session=summary.session, language=summary.requested_language, offered=offered)
        wanted = engine.request_of(item.public_id.hex, request)
        if wanted is None:
            hand_to_line(item=item, summary=summary, at=at, reason=_too_long())
        else:
            found.append((item, wanted))
    # Reading them took a while: whose log was deleted or consent withdrawn meanwhile has lost its claim.
    claims = [item.claim for item, _wanted in found]
    held = set(Summary.objects.filter(claim__in=claims).values_list("claim", flat=True))
    for item, _wanted in found:
        if item.claim not in held:
            still_going(item=item, at=at)
    return [wanted for item, wanted in found if item.claim in held]


def _end_empty(batch: ProviderBatch, *, at: datetime) -> None:
    """None of its sessions may go any more."""
    preparing = ProviderBatch.objects.filter(pk=batch.pk, state=BatchState.PREPARING)
    preparing.update(state=BatchState.ENDED, ended_at=at)
