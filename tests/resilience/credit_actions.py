"""What a worker can be told to do with credits that nothing needs any more."""

from datetime import datetime
from typing import Any

from credits.domain.verification import discrepancies
from credits.models import Entry
from summaries.domain.generation.left_credits import give_back_left
from summaries.models import Summary


def lose_summaries(*, slug: str) -> None:
    """Let the rows go that could tell of a credit."""
    Summary.objects.filter(company__slug=slug).delete()


def give_back(*, at: str) -> int:
    return give_back_left(at=datetime.fromisoformat(at))


def ledger(*, slug: str) -> dict[str, Any]:
    moved = Entry.objects.filter(company__slug=slug, reservation__isnull=False).order_by("pk")
    return {"entries": list(moved.values_list("kind", flat=True)), "wrong": [str(each) for each in discrepancies()]}
