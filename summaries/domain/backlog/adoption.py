"""What became of a batch of which nobody knows whether the provider took it: the process died, or the line broke.

The provider's list tells no mark of ours, only how many requests are in a batch; its results, once it has ended, tell
the ids of our items. So every batch of that time that could be ours is waited for and looked at, and only when none
was is it sent again, under the same mark. It costs time, and never a second payment.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from summaries.domain.backlog.sending import adopt, note_unknown
from summaries.engines.batch_base import BatchEngine, BatchError, BatchStatus
from summaries.enums import BacklogState, BatchState
from summaries.models import BacklogItem, ProviderBatch

#: How far the provider's clock may be from ours.
SKEW = timedelta(minutes=10)
#: So long is waited before "not there" is believed and the batch is sent, and paid for, again: a day, as a provider may
#: work at it, however late it lists what it took.
GRACE = timedelta(hours=24)
#: What was cancelled is sent no more: a call ends within two minutes, and a batch is listed at once as a rule.
GRACE_OF_CANCELLED = timedelta(minutes=15)
LOOK_AGAIN = timedelta(minutes=2)


def look_for(*, batch: ProviderBatch, engine: BatchEngine, at: datetime) -> bool:
    """Look for a batch that is SENDING. True when it is decided: SENT, or PREPARING again. Raises BatchError."""
    sent_at = batch.sent_at or at
    is_cancelled = batch.backlog.state == BacklogState.CANCELLED
    given_up_at = sent_at + (GRACE_OF_CANCELLED if is_cancelled else GRACE)
    undecided = False
    for status in _candidates(batch, engine.since(sent_at - SKEW)):
        if not status.has_ended:
            undecided = True
        elif _is_ours(batch, engine, status):
            adopt(batch=batch, status=status, sent_at=batch.sent_at, at=at)
            return True
        else:
            batch.others.append(status.provider_id)
            batch.save(update_fields=["others"])
    if undecided:
        _wait(batch, _("It is not known yet whether the provider took this batch. It is looked for."), at=at)
    elif engine.place != batch.place and not is_cancelled:
        _wait(
            batch,
            _("It was sent with another key or address. Enter that one again, or cancel the backlog."),
            at=at,
        )
    elif at < given_up_at:
        _wait(batch, _looked_for_until(given_up_at, batch), at=at)
    else:
        _prepare_again(batch)
        return True
    return False


def _candidates(batch: ProviderBatch, listed: Iterable[BatchStatus]) -> list[BatchStatus]:
    """Those of the provider's batches that nobody here knows, with as many requests as ours."""
    known = ProviderBatch.objects.filter(Q(place=batch.place) | Q(company=batch.company_id)).exclude(provider_id="")
    ids = {*known.values_list("provider_id", flat=True), *batch.others}
    return [each for each in listed if each.provider_id not in ids and each.requests in (0, batch.requests)]


def _is_ours(batch: ProviderBatch, engine: BatchEngine, status: BatchStatus) -> bool:
    """Whether the first result is one of our items. A batch without results that can be had is nobody's."""
    ours = {pk.hex for pk in BacklogItem.objects.filter(batch=batch).values_list("public_id", flat=True)}
    try:
        first = next(engine.results(status.provider_id), None)
    except BatchError as error:
        if error.is_missing:
            return False
        raise
    return first is not None and first.custom_id in ours


def _wait(batch: ProviderBatch, reason: str, *, at: datetime) -> None:
    note_unknown(batch=batch, reason=reason)
    ProviderBatch.objects.filter(pk=batch.pk).update(next_at=at + LOOK_AGAIN)


def _looked_for_until(moment: datetime, batch: ProviderBatch) -> str:
    there = moment.astimezone(ZoneInfo(batch.company.time_zone))
    told = _(
        "It is not known whether the provider took this batch. It is looked for until %(moment)s, then sent again."
    )
    return told % {"moment": date_format(there, "SHORT_DATETIME_FORMAT")}


def _prepare_again(batch: ProviderBatch) -> None:
    sending = ProviderBatch.objects.filter(pk=batch.pk, state=BatchState.SENDING, sent_at=batch.sent_at)
    sending.update(state=BatchState.PREPARING, sent_at=None, reason="", next_at=None, failures=0)
