"""What the operator sees of the queue of summaries: how many wait, for how long, and which engines are held back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, Sum

from summaries.domain.generation.lines import REMOTE
from summaries.enums import SummaryState
from summaries.models import EnginePause, EngineRun, Summary


@dataclass(frozen=True, slots=True)
class CompanyQueue:
    """*held_back*: of those in line, how many are not to be tried yet. *oldest*: since when the first one waits."""

    slug: str
    remote: int
    built_in: int
    held_back: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class GenerationQueue:
    """*in_flight*: summaries that live runs wait for. *paused*: (until when, why) of each engine held back."""

    companies: tuple[CompanyQueue, ...]
    running: int
    waiting_for_credits: int
    runs: int
    in_flight: int
    paused: tuple[tuple[datetime | None, str], ...]

    @property
    def in_line(self) -> int:
        return sum(each.remote + each.built_in for each in self.companies)

    def oldest_wait(self, *, at: datetime) -> timedelta:
        return max((at - each.oldest for each in self.companies), default=timedelta(0))


def read_queue(*, at: datetime) -> GenerationQueue:
    """The queue of all companies, for the operator of the installation alone."""
    remote = Q(requested_engine__in=REMOTE)
    rows = (
        Summary.objects.filter(state=SummaryState.QUEUED)
        .values("company__slug")
        .annotate(
            remote=Count("pk", filter=remote),
            built_in=Count("pk", filter=~remote),
            held_back=Count("pk", filter=Q(retry_at__gt=at)),
            oldest=Min("requested_at"),
        )
        .order_by("oldest")
    )
    alive = EngineRun.objects.filter(held_until__gte=at).aggregate(runs=Count("pk"), in_flight=Sum("in_flight"))
    return GenerationQueue(
        companies=tuple(
            CompanyQueue(row["company__slug"], row["remote"], row["built_in"], row["held_back"], row["oldest"])
            for row in rows
        ),
        running=Summary.objects.filter(state=SummaryState.RUNNING).count(),
        waiting_for_credits=Summary.objects.filter(state=SummaryState.WAITING_FOR_CREDITS).count(),
        runs=alive["runs"],
        in_flight=alive["in_flight"] or 0,
        paused=tuple(
            EnginePause.objects.filter(opens_at__gt=at).order_by("opens_at").values_list("opens_at", "reason")
        ),
    )
