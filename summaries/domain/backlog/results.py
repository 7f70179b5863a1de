"""What comes back from the provider: each result checked and stored as any other summary, each exactly once.

A result is taken in one transaction with its item's state. A kill in between means that the results are fetched
again, which costs nothing, and that only what is still SENT is looked at.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from summaries.domain.backlog.holding import (
    KEPT_BY_PROVIDER,
    cancelled,
    claim_of,
    give_back,
    hand_to_line,
    move,
    still_going,
)
from summaries.domain.generation.engine_request import build_request
from summaries.domain.generation.steps import Clock, store_draft
from summaries.domain.generation.token_use import record_tokens
from summaries.engines.base import EngineError
from summaries.engines.batch_base import BatchEngine, BatchError, BatchResult
from summaries.enums import BacklogItemState, BacklogState, BatchState
from summaries.models import BacklogItem, ProviderBatch, Summary

#: How often results in which sessions are missing are fetched before those are taken for lost.
MOST_FETCHES = 5

State = BacklogItemState


def look_at(*, batch: ProviderBatch, engine: BatchEngine, clock: Clock, keep_going: Callable[[], bool]) -> None:
    """Ask after a batch that is SENT: call it off where the backlog was cancelled, and take what it gave once it has
    ended. Raises BatchError.
    """
    try:
        if batch.backlog.state == BacklogState.CANCELLED and batch.cancel_asked_at is None:
            engine.cancel(batch.provider_id)
            ProviderBatch.objects.filter(pk=batch.pk).update(cancel_asked_at=clock())
        if engine.retrieve(batch.provider_id).has_ended:
            _take_all(batch, engine, clock=clock, keep_going=keep_going)
    except BatchError as error:
        if not error.is_missing or not _is_lost(batch, at=clock()):
            raise
        end_batch(batch=batch, reason=_("The provider no longer knows the batch."), at=clock())


def _is_lost(batch: ProviderBatch, *, at: datetime) -> bool:
    """Whether a batch that the provider does not know is given up: perhaps only the key was replaced."""
    assert batch.sent_at is not None  # noqa: S101 - it was sent
    return batch.backlog.state == BacklogState.CANCELLED or at > batch.sent_at + KEPT_BY_PROVIDER


def _take_all(batch: ProviderBatch, engine: BatchEngine, *, clock: Clock, keep_going: Callable[[], bool]) -> None:
    items = {item.public_id.hex: item for item in BacklogItem.objects.filter(batch=batch, state=State.SENT)}
    for result in engine.results(batch.provider_id):
        item = items.pop(result.custom_id, None)
        if item is None:
            continue
        if not keep_going():
            return
        _take(item, result, batch=batch, engine=engine, clock=clock)
    if items and batch.failures + 1 < MOST_FETCHES:
        raise BatchError(_("The results of a batch are not complete. They are fetched again."), permanent=False)
    end_batch(batch=batch, reason=_("The provider gave no result of this session."), at=clock())


def _take(item: BacklogItem, result: BatchResult, *, batch: ProviderBatch, engine: BatchEngine, clock: Clock) -> None:
    if result.kind == "succeeded":
        _store(item, result, batch=batch, engine=engine, clock=clock)
    elif result.kind == "canceled":
        give_back(item=item, reason=_("The batch was cancelled at the provider."), at=clock(), then=State.WAITING)
    elif result.kind == "expired":
        reason = _("The provider did not come to this session within a day.")
        give_back(item=item, reason=reason, at=clock(), then=State.WAITING)
    elif result.was_refused:
        reason = _("The engine refused the request as invalid. Check the model in AI settings.")
        give_back(item=item, reason=reason, at=clock(), then=State.FAILED)
    else:
        reason = _("The engine reports a fault of its own with this session.")
        give_back(item=item, reason=reason, at=clock(), then=State.WAITING)


def _store(item: BacklogItem, result: BatchResult, *, batch: ProviderBatch, engine: BatchEngine, clock: Clock) -> None:
    summary = still_going(item=item, at=clock())
    if summary is None:
        # Thrown away, and paid for all the same.
        record_tokens(company=batch.company, tokens=engine.tokens_of(result), at=clock())
        return
    request = build_request(session=summary.session, language=summary.requested_language)
    try:
        draft = engine.draft_of(result, request)
    except EngineError as error:
        _after_no_summary(item, summary, error, at=clock())
        return
    begun_at = batch.sent_at or clock()
    with transaction.atomic():
        claim = claim_of(summary, at=begun_at)
        if store_draft(claim=claim, request=request, draft=draft, begun_at=begun_at, at=clock()):
            move(item=item, state=State.WRITTEN)
        else:
            # A withdrawal came between the look and the lock.
            still_going(item=item, at=clock())


def _after_no_summary(item: BacklogItem, summary: Summary, error: EngineError, *, at: datetime) -> None:
    """An answer that is no summary: the ordinary run asks once more, and falls back to the built-in engine."""
    company = summary.session.company
    with transaction.atomic():
        # The summary, then the day's tokens, then a grant: as whoever stores a summary or answers a question.
        list(Summary.objects.select_for_update().filter(pk=summary.pk).values_list("pk"))
        record_tokens(company=company, tokens=error.input_tokens + error.output_tokens, at=at)
        if item.backlog.state == BacklogState.CANCELLED:
            give_back(item=item, reason=cancelled(), at=at, then=State.SKIPPED)
        else:
            hand_to_line(item=item, summary=summary, at=at, reason=str(error))


def end_batch(*, batch: ProviderBatch, reason: str, at: datetime) -> None:
    """Give back what is still in it, and close it."""
    for item in BacklogItem.objects.filter(batch=batch, state=State.SENT):
        give_back(item=item, reason=reason, at=at, then=State.WAITING)
    still_open = ProviderBatch.objects.filter(pk=batch.pk).exclude(state=BatchState.ENDED)
    still_open.update(state=BatchState.ENDED, ended_at=at, reason="", next_at=None)
