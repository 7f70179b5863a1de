"""Hundreds of summaries of remote engines at once, in one queue task.

The task's thread does what needs the database or the processor: it claims, reads the session, prepares, checks and
stores, each in a short transaction of its own. The waiting is done by the process's event loop. A run that is killed
leaves claims whose leases end, and a slot that becomes free: another run makes the same summaries, each once.
"""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.models import Sum
from django.db.models.functions import Length

from summaries.domain.generation import engine_pauses
from summaries.domain.generation.claims import Claim, renew, take
from summaries.domain.generation.engine_request import build_request
from summaries.domain.generation.lines import Lines, in_line
from summaries.domain.generation.places import Places
from summaries.domain.generation.slots import LEASE_SECONDS, Slot, free_slot, hold_slot, renew_slot
from summaries.domain.generation.steps import Clock, after_engine_error, may_go_on, store_draft
from summaries.engines.base import EngineError, SummaryRequest
from summaries.engines.remote import Ending, InFlight
from summaries.models import Interaction, Summary

#: How often the lines are read anew and pauses looked at.
LOOK_EVERY = timedelta(seconds=1)
RENEW_EVERY = timedelta(seconds=LEASE_SECONDS / 4)
#: Summaries that are begun, and answers that are stored, before it is the other's turn.
AT_ONCE = 20
#: Interactions from which on a session's text is measured before it is read.
MEASURED_FROM = 200
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
    def __init__(self, *, slot: Slot, clock: Clock, keep_going: Callable[[], bool]) -> None:
        self._slot = slot
        self._clock = clock
        self._keep_going = keep_going
        self._lines = Lines()
        self._places = Places()
        self._in_flight = InFlight()
        self._flights: dict[int, Flight] = {}
        self._by_company: Counter[int] = Counter()
        self._weight = 0
        self._ended: deque[tuple[int, Ending]] = deque()
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
        while self._ended:
            self._land(*self._ended[0])
            self._ended.popleft()
        goes_on = self._keep_going() and self._fill()
        if not self._flights:
            return goes_on
        # With room and somebody in line there is no time to wait.
        wait_seconds = 0 if goes_on else LOOK_EVERY.total_seconds()
        self._ended += self._in_flight.ended(most=AT_ONCE, wait_seconds=wait_seconds)
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
        for _ in range(min(room, AT_ONCE)):
            found = self._lines.next(at=at, in_flight=self._by_company, may=self._places.may_begin)
            if found is None:
                return False
            if not self._has_room_for(found[1]):
                self._lines.put_first(*found)
                return False
            claim = take(summary_id=found[1], at=self._clock(), lease_seconds=LEASE_SECONDS)
            if claim is not None:
                self._begin(claim)
        return room > AT_ONCE

    def _has_room_for(self, summary_id: int) -> bool:
        """Whether the session's text fits beside the others'. A single one is always let through."""
        if not self._flights:
            return True
        limit: int = settings.GENERATION_BYTES_IN_FLIGHT
        return self._weight + _weight_of(summary_id) <= limit

    def _begin(self, claim: Claim) -> None:
        try:
            self._start(claim)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            # One session's fault: its lease ends, and three such failures are shown.
            log.exception("generation.not_begun", summary_id=claim.summary.pk)

    def _start(self, claim: Claim) -> None:
        summary = claim.summary
        if not may_go_on(claim=claim, at=self._clock()):
            return
        offered = self._places.offered_by(summary.company_id)
        request = build_request(session=summary.session, language=summary.requested_language, offered=offered)
        self._begun += 1
        begun_at = self._clock()
        held_until = self._places.place_of(summary.company_id).paused_until
        try:
            if held_until is not None:
                raise engine_pauses.busy_for_too_long()
            prepared = self._places.engine_of(summary.company_id).prepare(request)
        except EngineError as error:
            after_engine_error(claim=claim, request=request, error=error, clock=self._clock, held_until=held_until)
            return
        weight = prepared.size + _size_of(request)
        self._flights[summary.pk] = Flight(claim, request, begun_at, weight, prepared.tokens)
        self._by_company[summary.company_id] += 1
        self._weight += weight
        self._places.began(summary.company_id, tokens=prepared.tokens)
        self._in_flight.start(summary.pk, prepared)

    def _land(self, key: int, ending: Ending) -> None:
        flight = self._flights[key]
        try:
            self._store(flight, ending)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            # As above: what one session broke must not end five hundred others.
            log.exception("generation.not_stored", summary_id=key)
        del self._flights[key]
        self._by_company[flight.claim.summary.company_id] -= 1
        self._weight -= flight.weight
        self._places.ended(flight.claim.summary.company_id, tokens=flight.tokens)

    def _store(self, flight: Flight, ending: Ending) -> None:
        at = self._clock()
        company_id = flight.claim.summary.company_id
        if isinstance(ending, EngineError):
            held_until = self._places.note_trouble(company_id, error=ending, begun_at=flight.begun_at, at=at)
            after_engine_error(
                claim=flight.claim, request=flight.request, error=ending, clock=self._clock, held_until=held_until
            )
        elif isinstance(ending, BaseException):
            raise ending
        else:
            self._places.note_answer(company_id)
            store_draft(
                claim=flight.claim, request=flight.request, draft=ending, begun_at=flight.begun_at, at=self._clock()
            )

    def _renew(self) -> None:
        at = self._clock()
        if at < self._next_renewal:
            return
        self._next_renewal = at + RENEW_EVERY
        renew(tokens=[each.claim.token for each in self._flights.values()], at=at, lease_seconds=LEASE_SECONDS)
        renew_slot(self._slot, at=at, in_flight=len(self._flights))


def _weight_of(summary_id: int) -> int:
    """Bytes that the session will take, without reading it; short ones are not worth a question."""
    session = Summary.objects.values_list("session_id", "session__interaction_count").get(pk=summary_id)
    if session[1] < MEASURED_FROM:
        return 0
    text = Interaction.objects.filter(session=session[0]).aggregate(all=Sum(Length("text")))["all"] or 0
    return int(3 * text + BYTES_OF_ROW * session[1])


def _size_of(request: SummaryRequest) -> int:
    return sum(2 * len(each.text) + BYTES_OF_ROW for each in request.interactions)
