"""What a worker can be told to do with backlogs."""

from datetime import datetime
from typing import Any

from accounts.models import AuditEntry, Company, User
from credits.domain.verification import discrepancies
from credits.models import Reservation
from summaries.domain.backlog.work import due, work
from summaries.models import Backlog, BacklogItem, ProviderBatch, Summary, SummaryRevision
from tests.summaries.domain.backlog.orders import add_unsummarised, order


def order_backlog(*, slug: str, at: str, sessions: int) -> None:
    company, alice = Company.objects.get(slug=slug), User.objects.get(email=f"alice@{slug}.example")
    add_unsummarised(company, alice, *range(1, sessions + 1), text=f"df -h /{slug}")
    order(company, alice, datetime.fromisoformat(at))


def work_at_backlogs(*, at: str) -> int:
    """What the queue does in one minute. Returns how many backlogs were due."""
    moment = datetime.fromisoformat(at)
    found = due(at=moment)
    for backlog_id in found:
        work(backlog_id=backlog_id, clock=lambda: moment, keep_going=lambda: True)
    return len(found)


def backlog_state(*, slug: str) -> dict[str, Any]:
    mine = {"company__slug": slug}
    return {
        "backlog": Backlog.objects.get(**mine).state,
        "items": list(BacklogItem.objects.filter(**mine).order_by("pk").values_list("state", flat=True)),
        "batches": sorted(set(ProviderBatch.objects.filter(**mine).values_list("state", flat=True))),
        "summaries": list(Summary.objects.filter(**mine).order_by("pk").values_list("state", "engine")),
        "revisions": SummaryRevision.objects.filter(**mine).count(),
        "credits": list(Reservation.objects.filter(**mine).values_list("state", flat=True)),
        "generated": AuditEntry.objects.filter(action="summary.generated", **mine).count(),
        "ids": [pk.hex for pk in BacklogItem.objects.filter(**mine).order_by("pk").values_list("public_id", flat=True)],
        "wrong": len(list(discrepancies())),
    }
