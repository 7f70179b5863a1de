"""Which engine each company uses in a run, and how much may be asked of it now: pauses, slow starts, token ceilings."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy

from accounts.models import AISettings, Company
from summaries.domain.generation import engine_pauses
from summaries.domain.generation.engine_request import Offered, offered_by
from summaries.domain.generation.lines import in_line
from summaries.domain.generation.token_use import next_day, tokens_left
from summaries.engines.base import EngineError, RemoteEngine
from summaries.engines.registry import remote_engine_for

TOKENS_USED = gettext_lazy("The tokens that your company may use on one day are used")


@dataclass(slots=True)
class Place:
    """A key at an address. *most*: how many it may have in flight; None when nothing is known against it.
    *has_failed*: since its last answer.
    """

    most: int | None = None
    has_failed: bool = False
    in_flight: int = 0
    paused_until: datetime | None = None


@dataclass(slots=True)
class _Account:
    """One company in this run."""

    engine: RemoteEngine
    settings_of: datetime
    offered: Offered | None = None
    tokens_left: int | None = None
    tokens_in_flight: int = 0
    #: Chosen, and not read yet: nobody knows how many tokens these will take.
    chosen: int = 0


@dataclass
class Places:
    """What one run knows of the engines; the database knows of pauses and of tokens used."""

    _accounts: dict[int, _Account] = field(default_factory=dict)
    _places: defaultdict[str, Place] = field(default_factory=lambda: defaultdict(Place))

    def look(self, *, company_id: int, at: datetime) -> bool:
        """Read anew how the company's engine is. False: nothing of it is begun before the next look.

        What is in line is told why it waits, save what has waited too long: for that the built-in engine stands in.
        """
        company = Company.objects.select_related("ai_settings").get(pk=company_id)
        account = self._account(company.ai_settings)
        account.tokens_left = tokens_left(company=company, at=at)
        if account.tokens_left == 0:
            until = next_day(company=company, at=at)
            _hold_back(company=company, at=at, until=until, reason=str(TOKENS_USED))
            return False
        place = self._places[account.engine.place]
        pause = engine_pauses.last_pause_of(place=account.engine.place)
        place.paused_until = pause.opens_at if pause and pause.opens_at and pause.opens_at > at else None
        if pause and pause.opens_at and pause.failures and place.most is None:
            place.most, place.has_failed = 1, True
        if place.paused_until is not None:
            too_old = at - timedelta(seconds=settings.GENERATION_PATIENCE_SECONDS)
            _hold_back(company=company, at=at, until=place.paused_until, requested_at__gt=too_old)
        return True

    def _account(self, ai_settings: AISettings) -> _Account:
        known = self._accounts.get(ai_settings.company_id)
        if known is None:
            known = _Account(remote_engine_for(ai_settings=ai_settings), ai_settings.changed_at)
            self._accounts[ai_settings.company_id] = known
        elif known.settings_of != ai_settings.changed_at:
            known.engine, known.settings_of = remote_engine_for(ai_settings=ai_settings), ai_settings.changed_at
        known.offered = offered_by(company_id=ai_settings.company_id)
        return known

    def place_of(self, company_id: int) -> Place:
        return self._places[self._accounts[company_id].engine.place]

    def engine_of(self, company_id: int) -> RemoteEngine:
        return self._accounts[company_id].engine

    def offered_by(self, company_id: int) -> Offered | None:
        return self._accounts[company_id].offered

    def may_begin(self, company_id: int) -> bool:
        account, place = self._accounts[company_id], self.place_of(company_id)
        has_tokens = account.tokens_left is None or (
            not account.chosen and account.tokens_in_flight < account.tokens_left
        )
        return has_tokens and (place.most is None or place.in_flight < place.most)

    def chose(self, company_id: int) -> None:
        """One more of the company's is about to begin."""
        self.place_of(company_id).in_flight += 1
        self._accounts[company_id].chosen += 1

    def dropped(self, company_id: int) -> None:
        """It does not begin after all."""
        self.place_of(company_id).in_flight -= 1
        self._accounts[company_id].chosen -= 1

    def began(self, company_id: int, *, tokens: int) -> None:
        self._accounts[company_id].chosen -= 1
        self._accounts[company_id].tokens_in_flight += tokens

    def ended(self, company_id: int, *, tokens: int) -> None:
        account = self._accounts[company_id]
        self.place_of(company_id).in_flight -= 1
        account.tokens_in_flight -= tokens
        if account.tokens_left is not None:
            account.tokens_left = max(0, account.tokens_left - tokens)

    def note_trouble(self, company_id: int, *, error: EngineError, begun_at: datetime, at: datetime) -> datetime | None:
        """Take a failed call into account; see `engine_pauses`."""
        if error.permanent:
            return None
        place = self.place_of(company_id)
        place.has_failed = True
        place.paused_until = engine_pauses.note_trouble(
            place=self.engine_of(company_id).place, error=error, begun_at=begun_at, at=at
        )
        if place.paused_until is not None:
            place.most = 1
        return place.paused_until

    def note_answer(self, company_id: int) -> None:
        """After trouble the place may have one more in flight with each answer: twice as many with each round."""
        place = self.place_of(company_id)
        if place.has_failed:
            place.has_failed = False
            engine_pauses.note_answer(place=self.engine_of(company_id).place)
        if place.most is not None:
            place.most = place.most + 1 if place.most < settings.GENERATION_IN_FLIGHT else None


def _hold_back(*, company: Company, at: datetime, until: datetime, reason: str = "", **only: Any) -> None:
    words = engine_pauses.words_for(pause_until=until, company=company, reason=reason)
    in_line(at=at, remote=True).filter(company=company, **only).update(retry_at=until, failure=words)
