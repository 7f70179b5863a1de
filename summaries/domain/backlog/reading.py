"""What pages and the command tell of backlogs: how far they are, what waits, and what gave no summary, with why."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, QuerySet

from accounts.models import Company, User
from accounts.tenancy import access_or_404
from summaries.enums import BacklogItemState, BacklogState, BatchState
from summaries.models import Backlog, BacklogItem, ProviderBatch, SupportSession
from summaries.models.backlog import OPEN

#: Backlogs of the list, and sessions without a summary of one backlog's page.
LISTED = 50
PROBLEMS_SHOWN = 100

State = BacklogItemState


@dataclass(frozen=True, slots=True)
class BacklogProgress:
    """A backlog with the number of its sessions in each state."""

    backlog: Backlog
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        return self.counts.get(State.WAITING, 0)

    @property
    def at_provider(self) -> int:
        return self.counts.get(State.SENT, 0)

    @property
    def in_line(self) -> int:
        return self.counts.get(State.IN_LINE, 0)

    @property
    def written(self) -> int:
        return self.counts.get(State.WRITTEN, 0)

    @property
    def skipped(self) -> int:
        return self.counts.get(State.SKIPPED, 0)

    @property
    def failed(self) -> int:
        return self.counts.get(State.FAILED, 0)

    @property
    def decided(self) -> int:
        return self.written + self.skipped + self.failed

    @property
    def percent(self) -> int:
        return self.decided * 100 // self.backlog.total if self.backlog.total else 100

    @property
    def is_open(self) -> bool:
        return self.backlog.state in OPEN

    @property
    def is_over(self) -> bool:
        """Whether it has ended and nothing of it comes back any more."""
        return not self.is_open and not self.at_provider and not self.in_line

    @property
    def is_held(self) -> bool:
        """Whether it runs and waits for something: credits, the engine, another day."""
        return self.backlog.state == BacklogState.RUNNING and bool(self.backlog.reason)


@dataclass(frozen=True, slots=True)
class Problems:
    """Sessions that gave no summary, the first ones, and how many the reader may not see."""

    items: Sequence[BacklogItem]
    hidden: int


def newest_backlogs(*, company: Company, viewer: User) -> list[BacklogProgress]:
    """Those that *viewer* may see. Two queries."""
    found = Backlog.objects.visible_in(viewer, company).select_related("ordered_by")
    return with_counts(found[:LISTED])


def with_counts(backlogs: QuerySet[Backlog] | Sequence[Backlog]) -> list[BacklogProgress]:
    found = list(backlogs)
    counts: dict[int, dict[str, int]] = {}
    rows = BacklogItem.objects.filter(backlog__in=found).order_by().values_list("backlog", "state")
    for backlog_id, state, count in rows.annotate(all=Count("pk")):
        counts.setdefault(backlog_id, {})[state] = count
    return [BacklogProgress(backlog, counts.get(backlog.pk, {})) for backlog in found]


def backlog_of(*, company: Company, viewer: User, public_id: UUID) -> BacklogProgress:
    """One that *viewer* may see. Raises Http404 for any other."""
    found = Backlog.objects.visible_in(viewer, company).select_related("ordered_by", "company")
    return with_counts([access_or_404(found, public_id=public_id)])[0]


def last_of_operator(*, company: Company) -> Backlog | None:
    """The company's newest backlog, whoever ordered it: for the operator's command."""
    found: Backlog | None = Backlog.objects.filter(company=company).order_by("-ordered_at", "-pk").first()
    return found


def batches_of(*, backlog: Backlog) -> list[ProviderBatch]:
    """Those that are not done."""
    return list(ProviderBatch.objects.filter(backlog=backlog).exclude(state=BatchState.ENDED).order_by("pk"))


def problems_of(*, backlog: Backlog, viewer: User) -> Problems:
    """Sessions that were skipped or failed, as far as *viewer* sees them. Three queries."""
    wrong = BacklogItem.objects.filter(backlog=backlog, state__in=(State.SKIPPED, State.FAILED))
    seen = wrong.filter(session__in=SupportSession.objects.visible_in(viewer, backlog.company))
    items = list(seen.select_related("session").order_by("pk")[:PROBLEMS_SHOWN])
    return Problems(items, hidden=wrong.count() - seen.count())
