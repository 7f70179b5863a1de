"""Who is next: companies take turns, and within a company the one that has waited longest is first."""

from collections import deque
from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from django.core.cache import cache
from django.db.models import Q

from accounts.enums import EngineName
from insights_portal.queueing import enqueue_on_commit
from summaries.enums import SummaryState
from summaries.models import Summary
from summaries.models.summaries import SummaryQuerySet

#: Engines that one waits for; the others work here and now, and take the processor.
REMOTE = (EngineName.CLAUDE,)
TASK = "summaries.tasks.generate_summary"
REMOTE_TASK = "summaries.tasks.generate_remotely"
#: Ids of one company that are read at once.
_READ_AT_ONCE = 50
_TURN = "generation:turn"


def enqueue_generation(*, summary_id: int, engine: str) -> None:
    """Queue the task that makes it, once the open transaction commits.

    A task of the built-in engine makes one summary, though perhaps another company's: there are as many tasks as
    summaries. A task for remote engines takes all that wait, unless another is at it.
    """
    enqueue_on_commit(REMOTE_TASK if engine in REMOTE else TASK, summary_id=summary_id)


def in_line(*, at: datetime, remote: bool) -> SummaryQuerySet:
    """Queued summaries that may be tried at *at*, of remote engines or of the built-in one."""
    engine = Q(requested_engine__in=REMOTE)
    ready = Q(retry_at=None) | Q(retry_at__lte=at)
    return Summary.objects.filter(ready, engine if remote else ~engine, state=SummaryState.QUEUED)


def companies_in_line(*, at: datetime, remote: bool) -> list[int]:
    ids = in_line(at=at, remote=remote).order_by("company_id").values_list("company_id", flat=True)
    return list(ids.distinct())


def oldest_of(*, company_id: int, at: datetime, remote: bool, most: int) -> list[int]:
    """Ids of a company's summaries in line, the one that has waited longest first."""
    found = in_line(at=at, remote=remote).filter(company=company_id).order_by("requested_at", "pk")
    return list(found.values_list("pk", flat=True)[:most])


def next_in_turn(*, at: datetime, most: int = 5) -> list[int]:
    """The next summaries for the built-in engine: the oldest of the company whose turn it is.

    Workers share the turn; two that ask at the same moment may get the same company, which harms nobody.
    """
    companies = companies_in_line(at=at, remote=False)
    if not companies:
        return []
    last = cache.get(_TURN, 0)
    turn = next((company_id for company_id in companies if company_id > last), companies[0])
    cache.set(_TURN, turn, timeout=None)
    return oldest_of(company_id=turn, at=at, remote=False, most=most)


class Lines:
    """The lines of all companies before the remote engines, as one run sees them."""

    def __init__(self) -> None:
        self._lines: dict[int, deque[int]] = {}
        #: {company id: when it was called last}, counted in calls.
        self._called: dict[int, int] = {}

    def look(self, *, at: datetime) -> list[int]:
        """Read anew which companies have somebody in line, and return their ids."""
        self._lines = {company_id: deque() for company_id in companies_in_line(at=at, remote=True)}
        return list(self._lines)

    def leave_out(self, company_id: int) -> None:
        """Until the next look nobody of this company is called."""
        self._lines.pop(company_id, None)

    def put_first(self, company_id: int, summary_id: int) -> None:
        """For whom there was no room yet."""
        self._lines.setdefault(company_id, deque()).appendleft(summary_id)

    def next(
        self,
        *,
        at: datetime,
        in_flight: Mapping[int, int],
        may: Callable[[int], bool],
        besides: Collection[int] = (),
    ) -> tuple[int, int] | None:
        """(company id, summary id) of the next one, of a company that *may*: of the one that has fewest in flight,
        and among several such of the one that was called the longest ago.

        *besides*: summaries that were called, and are still in line because nobody has claimed them yet; fewer than
        are read at once.
        """
        while True:
            able = [company_id for company_id in self._lines if may(company_id)]
            if not able:
                return None
            company_id = min(able, key=lambda each: (in_flight.get(each, 0), self._called.get(each, 0)))
            line = self._lines[company_id]
            if not line:
                oldest = oldest_of(company_id=company_id, at=at, remote=True, most=_READ_AT_ONCE)
                line.extend(each for each in oldest if each not in besides)
            if line:
                self._called[company_id] = max(self._called.values(), default=0) + 1
                return company_id, line.popleft()
            del self._lines[company_id]
