"""One run of a worker at a backlog: what is under way is asked after, then more is sent, then it may be finished.

A lease lets one run at a time work at a backlog. It is longer than a queue task may take, so that it need not be
renewed: a run that was killed is followed by another a quarter of an hour later, which goes by what the rows say.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.domain import audit
from accounts.models import AISettings
from summaries.domain.backlog.adoption import look_for
from summaries.domain.backlog.holding import cancelled, hand_to_line, still_going
from summaries.domain.backlog.line import fill_line, follow
from summaries.domain.backlog.results import end_batch, look_at
from summaries.domain.backlog.sending import Held, fill_batch, send_batch
from summaries.domain.generation.engine_pauses import words_for
from summaries.domain.generation.steps import Clock
from summaries.engines.base import EngineError
from summaries.engines.batch_base import BatchEngine, BatchError
from summaries.engines.registry import batches_for
from summaries.enums import BacklogItemState, BacklogState, BacklogWay, BatchState
from summaries.models import Backlog, BacklogItem, ProviderBatch
from summaries.models.backlog import OPEN

LEASE = timedelta(minutes=15)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=30)
UNDER_WAY = (BacklogItemState.WAITING, BacklogItemState.SENT, BacklogItemState.IN_LINE)


def due(*, at: datetime) -> list[int]:
    """Ids of the backlogs of which something may be done now: those that run, and those that have something out."""
    batches = ProviderBatch.objects.filter(backlog=OuterRef("pk")).exclude(state=BatchState.ENDED)
    in_line = BacklogItem.objects.filter(backlog=OuterRef("pk"), state=BacklogItemState.IN_LINE)
    found = _free(at).filter(Q(state=BacklogState.RUNNING) | Exists(batches) | Exists(in_line))
    return list(found.order_by("pk").values_list("pk", flat=True))


def _free(at: datetime) -> QuerySet[Backlog]:
    return Backlog.objects.filter(Q(claimed_until=None) | Q(claimed_until__lt=at))


def work(*, backlog_id: int, clock: Clock, keep_going: Callable[[], bool]) -> None:
    """Do what there is to do now. Never inside a transaction; raises nothing that the next run would not mend."""
    token, at = uuid4(), clock()
    if not _free(at).filter(pk=backlog_id).update(claim=token, claimed_until=at + LEASE):
        return
    try:
        _Run(backlog_id, clock, keep_going).go()
    finally:
        Backlog.objects.filter(pk=backlog_id, claim=token).update(claim=None, claimed_until=None)


class _Run:
    def __init__(self, backlog_id: int, clock: Clock, keep_going: Callable[[], bool]) -> None:
        self._backlog = Backlog.objects.select_related("company", "ordered_by").get(pk=backlog_id)
        self._clock = clock
        self._keep_going = keep_going

    def go(self) -> None:
        follow(backlog=self._backlog)
        self._look()
        if self._may_send():
            self._send()
        finish(backlog=self._backlog, at=self._clock())

    def _engine(self) -> BatchEngine:
        return batches_for(ai_settings=AISettings.objects.get(company=self._backlog.company_id))

    def _batches(self, *states: BatchState) -> list[ProviderBatch]:
        found = ProviderBatch.objects.filter(backlog=self._backlog, state__in=states).order_by("pk")
        return list(found.select_related("company", "backlog"))

    def _look(self) -> None:
        """Ask after every batch that is out; once the provider fails, the others wait for the next run."""
        for batch in self._batches(BatchState.PREPARING, BatchState.SENDING, BatchState.SENT):
            at = self._clock()
            if not self._keep_going() or (batch.next_at and batch.next_at > at):
                continue
            try:
                self._look_at(batch, at)
            except BatchError as error:
                self._note_trouble(batch, error, at=self._clock())
                if not error.permanent:
                    return

    def _look_at(self, batch: ProviderBatch, at: datetime) -> None:
        if batch.state == BatchState.SENT:
            look_at(batch=batch, engine=self._engine(), clock=self._clock, keep_going=self._keep_going)
            ProviderBatch.objects.filter(pk=batch.pk, failures__gt=0).update(failures=0, reason="", next_at=None)
            return
        is_decided = batch.state == BatchState.PREPARING or look_for(batch=batch, engine=self._engine(), at=at)
        batch.refresh_from_db()
        if is_decided and batch.state == BatchState.PREPARING and batch.backlog.state == BacklogState.CANCELLED:
            end_batch(batch=batch, reason=cancelled(), at=at)

    def _note_trouble(self, batch: ProviderBatch, error: BatchError, *, at: datetime) -> None:
        wait = _wait(error, batch.failures)
        words = words_for(pause_until=at + wait, company=batch.company, reason=str(error).removesuffix("."))
        ProviderBatch.objects.filter(pk=batch.pk).update(
            failures=batch.failures + 1, next_at=at + wait, reason=words[:300]
        )

    def _may_send(self) -> bool:
        self._backlog.refresh_from_db(fields=["state", "next_at", "failures", "way"])
        next_at = self._backlog.next_at
        return self._backlog.state == BacklogState.RUNNING and (next_at is None or next_at <= self._clock())

    def _send(self) -> None:
        try:
            if self._backlog.way == BacklogWay.ONE_BY_ONE:
                fill_line(backlog=self._backlog, clock=self._clock, keep_going=self._keep_going)
            else:
                self._send_batches()
        except Held as held:
            self._note(reason=str(held), next_at=held.until)
        except EngineError as error:
            self._after_refusal(error)
        else:
            self._note(reason="", next_at=None, failures=0)

    def _send_batches(self) -> None:
        """Those that are gathered first, then new ones, as many as may be at the provider at the same time."""
        engine = self._engine()
        for batch in self._batches(BatchState.PREPARING):
            if self._keep_going():
                send_batch(batch=batch, engine=engine, clock=self._clock)
        waiting = BacklogItem.objects.filter(backlog=self._backlog, state=BacklogItemState.WAITING)
        while self._keep_going() and self._has_room() and waiting.exists():
            filled = fill_batch(backlog=self._backlog, clock=self._clock, keep_going=self._keep_going)
            if filled is not None:
                send_batch(batch=filled, engine=engine, clock=self._clock)

    def _has_room(self) -> bool:
        self._backlog.refresh_from_db(fields=["state"])
        out = ProviderBatch.objects.filter(backlog=self._backlog).exclude(state=BatchState.ENDED).count()
        most: int = settings.BACKLOG_BATCHES_AT_ONCE
        return self._backlog.state == BacklogState.RUNNING and out < most

    def _after_refusal(self, error: EngineError) -> None:
        """A server without batches is asked one by one; a refusal waits for a person; trouble waits a while."""
        if isinstance(error, BatchError) and error.is_missing:
            self._go_on_one_by_one()
        elif error.permanent:
            self._note(state=BacklogState.PAUSED, reason=str(error)[:300], next_at=None)
        else:
            at, failures = self._clock(), self._backlog.failures
            wait = _wait(error, failures)
            words = words_for(pause_until=at + wait, company=self._backlog.company, reason=str(error).removesuffix("."))
            self._note(reason=words[:300], next_at=at + wait, failures=failures + 1)

    def _go_on_one_by_one(self) -> None:
        for batch in self._batches(BatchState.PREPARING):
            for item in BacklogItem.objects.filter(batch=batch, state=BacklogItemState.SENT):
                summary = still_going(item=item, at=self._clock())
                if summary is not None:
                    hand_to_line(item=item, summary=summary, at=self._clock())
            end_batch(batch=batch, reason="", at=self._clock())
        self._note(way=BacklogWay.ONE_BY_ONE, reason="", next_at=None)

    def _note(self, **values: object) -> None:
        """Write, if it still runs: a pause or a cancellation that came meanwhile stands."""
        Backlog.objects.filter(pk=self._backlog.pk, state=BacklogState.RUNNING).update(**values)


def _wait(error: EngineError, failures: int) -> timedelta:
    """What the provider asks for; else a minute, two, four … to half an hour."""
    if error.wait_seconds:
        return min(timedelta(seconds=error.wait_seconds), LONGEST_WAIT)
    doubled: int = 2 ** min(failures, 10)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


@transaction.atomic
def finish(*, backlog: Backlog, at: datetime) -> bool:
    """End the backlog when nothing of it waits or is under way. FAILED: there were failures, and not one summary."""
    locked = Backlog.objects.select_for_update().filter(pk=backlog.pk, state__in=OPEN)
    items = BacklogItem.objects.filter(backlog=backlog)
    if not locked.exists() or items.filter(state__in=UNDER_WAY).exists():
        return False
    if ProviderBatch.objects.filter(backlog=backlog).exclude(state=BatchState.ENDED).exists():
        return False
    counts = dict(items.order_by().values_list("state").annotate(all=Count("pk")))
    written, failed = counts.get(BacklogItemState.WRITTEN, 0), counts.get(BacklogItemState.FAILED, 0)
    state = BacklogState.FAILED if failed and not written else BacklogState.DONE
    Backlog.objects.filter(pk=backlog.pk).update(state=state, reason="", next_at=None, ended_at=at)
    details = {"written": written, "failed": failed, "skipped": counts.get(BacklogItemState.SKIPPED, 0)}
    audit.record(company=backlog.company, action="backlog.finished", at=at, target=backlog, details=details)
    return True
