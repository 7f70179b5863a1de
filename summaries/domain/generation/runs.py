"""Hundreds of summaries of remote engines at once, in one queue task.

The task's thread does what needs the database or the processor: it claims, reads the sessions, prepares, checks and
stores, twenty at a time in the statements of one, in short transactions. The waiting is done by the process's event
loop. A run that is killed leaves claims whose leases end, and a slot that becomes free: another run makes the same
summaries, each once.
"""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.models import Count, Sum
from django.db.models.functions import Length

from summaries.domain.generation import engine_pauses
from summaries.domain.generation.claims import Claim, renew, take_all
from summaries.domain.generation.engine_request import Rows, build_request, rows_of
from summaries.domain.generation.lines import Lines, in_line
from summaries.domain.generation.places import Places
from summaries.domain.generation.slots import LEASE_SECONDS, Slot, free_slot, hold_slot, renew_slot
from summaries.domain.generation.steps import Clock, Drafted, after_engine_error, may_go_on, store_drafts
from summaries.engines.base import EngineError, SummaryDraft, SummaryRequest
from summaries.engines.remote import Ending, InFlight
from summaries.models import Interaction

#: How often the lines are read anew and pauses looked at.
LOOK_EVERY = timedelta(seconds=1)
RENEW_EVERY = timedelta(seconds=LEASE_SECONDS / 4)
#: Summaries that are begun together, and answers that are stored together, before it is the other's turn.
AT_ONCE = 20
#: What an interaction takes in memory beside its text, in bytes; the text stands there up to three times.
BYTES_OF_ROW = 400

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Flight:
    """A summary that an engine is writing. *weight*: bytes of memory."""

    claim: Claim
    request: SummaryRequest
    begun_at: datetime
    weight: int
    tokens: int


def generate_remotely(*, clock: Clock, keep_going: Callable[[], bool]) -> int:
    """Make what is in line for remote engines. Returns how many summaries were begun; 0 when runs enough are alive.

    *keep_going*: asked before each; once it says no, those in flight are waited for and the rest is left in line.
    """
    begun = 0
    while (slot := hold_slot(at=clock())) is not None:
        try:
            begun += Run(slot=slot, clock=clock, keep_going=keep_going).go()
        finally:
            free_slot(slot)
        # Asked after the slot is free: whoever came meanwhile found it taken, and left it to this run.
        if not keep_going() or not in_line(at=clock(), remote=True).exists():
            break
    return begun


class Run:
    """One task's work. Each step takes up what an absence of the database cut off in the step before."""

    def __init__(self, *, slot: Slot, clock: Clock, keep_going: Callable[[], bool]) -> None:
        self._slot = slot
        self._clock = clock
        self._keep_going = keep_going
        self._lines = Lines()
        self._places = Places()
        self._in_flight = InFlight()
        #: {summary id: company id} of those that are about to be claimed.
        self._chosen: dict[int, int] = {}
        self._claimed: deque[Claim] = deque()
        self._flights: dict[int, Flight] = {}
        #: How many of each company are chosen, claimed or in flight.
        self._by_company: Counter[int] = Counter()
        self._weight = 0
        #: What those weigh for whom there was no room yet.
        self._weights: dict[int, int] = {}
        self._ended: dict[int, Ending] = {}
        self._begun = 0
        self._next_look = self._next_renewal = clock()

    def go(self) -> int:
        """Returns how many were begun. Raises the database's error when it is away for longer than a lease."""
        good_at = self._clock()
        while True:
            try:
                if not self._step():
                    return self._begun
                good_at = self._clock()
            except (OperationalError, InterfaceError):
                # What was answered is kept and paid for; the leases last a while.
                if self._clock() > good_at + timedelta(seconds=LEASE_SECONDS):
                    raise
                connection.close()
                self._in_flight.pause(LOOK_EVERY.total_seconds())

    def _step(self) -> bool:
        """False when nothing is left to do."""
        self._land()
        self._begin()
        goes_on = self._keep_going() and self._fill()
        if not self._flights:
            return goes_on
        # With room and somebody in line there is no time to wait.
        wait_seconds = 0 if goes_on else LOOK_EVERY.total_seconds()
        self._ended |= self._in_flight.ended(most=AT_ONCE, wait_seconds=wait_seconds)
        self._renew()
        return True

    def _fill(self) -> bool:
        """Begin some, the companies by turns. True when there is room for more and somebody in line."""
        at = self._clock()
        if at >= self._next_look:
            self._next_look = at + LOOK_EVERY
            for company_id in self._lines.look(at=at):
                if not self._places.look(company_id=company_id, at=at):
                    self._lines.leave_out(company_id)
        room: int = settings.GENERATION_IN_FLIGHT - len(self._flights)
        most = min(room, AT_ONCE)
        while len(self._chosen) < most and self._choose(at):
            pass
        may_be_more = len(self._chosen) == most < room
        return self._begin() and may_be_more

    def _choose(self, at: datetime) -> bool:
        found = self._lines.next(
            at=at, in_flight=self._by_company, may=self._places.may_begin, besides=self._chosen.keys()
        )
        if found is None:
            return False
        company_id, summary_id = found
        self._chosen[summary_id] = company_id
        self._by_company[company_id] += 1
        self._places.chose(company_id)
        return True

    def _begin(self) -> bool:
        """Claim the chosen ones and send them off. False when there is no room for one of them in memory."""
        has_room = self._make_fit()
        self._claim()
        rows = rows_of(sessions=[claim.summary.session for claim in self._claimed])
        while self._claimed:
            claim = self._claimed[0]
            if not self._is_sent(claim, rows[claim.summary.session_id]):
                self._drop(claim.summary.company_id)
            self._claimed.popleft()
        return has_room

    def _make_fit(self) -> bool:
        """Put back those whose text does not fit beside the others'. A single one is always let through."""
        self._weights |= _weights_of([each for each in self._chosen if each not in self._weights])
        free: int = settings.GENERATION_BYTES_IN_FLIGHT - self._weight
        for place, summary_id in enumerate(list(self._chosen)):
            free -= self._weights.get(summary_id, 0)
            if free < 0 and (self._flights or place):
                for each in reversed(list(self._chosen)[place:]):
                    company_id = self._chosen.pop(each)
                    self._drop(company_id)
                    self._lines.put_first(company_id, each)
                return False
        return True

    def _claim(self) -> None:
        claims = take_all(summary_ids=list(self._chosen), at=self._clock(), lease_seconds=LEASE_SECONDS)
        self._claimed += claims
        taken = {claim.summary.pk for claim in claims}
        for summary_id, company_id in self._chosen.items():
            self._weights.pop(summary_id, None)
            if summary_id not in taken:
                self._drop(company_id)
        self._chosen = {}

    def _drop(self, company_id: int) -> None:
        self._by_company[company_id] -= 1
        self._places.dropped(company_id)

    def _is_sent(self, claim: Claim, rows: Rows) -> bool:
        try:
            return self._send(claim, rows)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            # One session's fault: its lease ends, and three such failures are shown.
            log.exception("generation.not_begun", summary_id=claim.summary.pk)
            return False

    def _send(self, claim: Claim, rows: Rows) -> bool:
        summary = claim.summary
        if not may_go_on(claim=claim, at=self._clock()):
            return False
        offered = self._places.offered_by(summary.company_id)
        request = build_request(
            session=summary.session, language=summary.requested_language, offered=offered, rows=rows
        )
        self._begun += 1
        begun_at = self._clock()
        held_until = self._places.place_of(summary.company_id).paused_until
        try:
            if held_until is not None:
                raise engine_pauses.busy_for_too_long()
            prepared = self._places.engine_of(summary.company_id).prepare(request)
        except EngineError as error:
            after_engine_error(claim=claim, request=request, error=error, clock=self._clock, held_until=held_until)
            return False
        weight = prepared.size + _size_of(request)
        self._flights[summary.pk] = Flight(claim, request, begun_at, weight, prepared.tokens)
        self._weight += weight
        self._places.began(summary.company_id, tokens=prepared.tokens)
        self._in_flight.start(summary.pk, prepared)
        return True

    def _land(self) -> None:
        """Store what came back: the drafts together, the others each for itself."""
        drafts = [key for key, ending in self._ended.items() if isinstance(ending, SummaryDraft)]
        for key in drafts:
            self._places.note_answer(self._flights[key].claim.summary.company_id)
        if drafts:
            self._store(drafts)
        for key in list(self._ended):
            try:
                self._after_error(self._flights[key], self._ended[key])
            except (OperationalError, InterfaceError):
                raise
            except Exception:
                # What one session broke must not end five hundred others.
                log.exception("generation.not_written", summary_id=key)
            self._leave(key)

    def _store(self, keys: Sequence[int]) -> None:
        flights = [self._flights[key] for key in keys]
        try:
            store_drafts(
                drafts=[
                    Drafted(each.claim, each.request, cast("SummaryDraft", self._ended[key]), each.begun_at)
                    for key, each in zip(keys, flights, strict=True)
                ],
                at=self._clock(),
            )
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            if len(keys) > 1:
                # One of them can't be stored: the others can.
                for key in keys:
                    self._store([key])
                return
            log.exception("generation.not_stored", summary_id=keys[0])
        for key in keys:
            self._leave(key)

    def _after_error(self, flight: Flight, ending: Ending) -> None:
        if not isinstance(ending, EngineError):
            raise cast("BaseException", ending)
        at = self._clock()
        company_id = flight.claim.summary.company_id
        held_until = self._places.note_trouble(company_id, error=ending, begun_at=flight.begun_at, at=at)
        after_engine_error(
            claim=flight.claim, request=flight.request, error=ending, clock=self._clock, held_until=held_until
        )

    def _leave(self, key: int) -> None:
        flight = self._flights.pop(key)
        del self._ended[key]
        company_id = flight.claim.summary.company_id
        self._by_company[company_id] -= 1
        self._weight -= flight.weight
        self._places.ended(company_id, tokens=flight.tokens)

    def _renew(self) -> None:
        at = self._clock()
        if at < self._next_renewal:
            return
        self._next_renewal = at + RENEW_EVERY
        renew(claims=[each.claim for each in self._flights.values()], at=at, lease_seconds=LEASE_SECONDS)
        renew_slot(self._slot, at=at, in_flight=len(self._flights))


def _weights_of(summary_ids: Sequence[int]) -> dict[int, int]:
    """Bytes that their sessions will take, without reading them."""
    rows = Interaction.objects.filter(session__summary__in=summary_ids).order_by().values_list("session__summary")
    measured = rows.annotate(count=Count("pk"), text=Sum(Length("text")))
    return {summary_id: 3 * text + BYTES_OF_ROW * count for summary_id, count, text in measured}


def _size_of(request: SummaryRequest) -> int:
    return sum(2 * len(each.text) + BYTES_OF_ROW for each in request.interactions)
