"""A worker's hold on a question: taken by one conditional UPDATE, with a lease that is renewed by what it tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db.models import F, Q

from policies.enums import Verdict
from summaries.content import Statement
from summaries.enums import QuestionState
from summaries.models import CopilotQuestion, SupportSession

#: Without a sign of life for so long, the worker is taken for dead.
LEASE = timedelta(seconds=120)
MAX_ATTEMPTS = 2


@dataclass(frozen=True, slots=True)
class Claim:
    question: CopilotQuestion
    token: UUID
    begun_at: datetime

    @property
    def held(self) -> Q:
        """The question's row, as long as this claim holds it."""
        return Q(pk=self.question.pk, claim=self.token, state=QuestionState.ANSWERING)


def take(*, question_id: int, at: datetime) -> Claim | None:
    """Claim a question that nobody answers yet. None: another worker has it, or it is over."""
    token = uuid4()
    taken = CopilotQuestion.objects.filter(pk=question_id, state=QuestionState.ASKED).update(
        state=QuestionState.ANSWERING,
        claim=token,
        claimed_until=at + LEASE,
        attempts=F("attempts") + 1,
        statements=[],
    )
    if not taken:
        return None
    found = CopilotQuestion.objects.select_related("session__company", "session__device", "member")
    return Claim(found.get(pk=question_id), token, at)


def keep(*, claim: Claim, statements: Sequence[Statement], at: datetime) -> bool:
    """Store what was answered so far, and hold the row on. False when nobody wants the rest: it was stopped, or the
    session may not be looked at any more.
    """
    kept = SupportSession.objects.filter(log_deleted_at=None, verdict=Verdict.YES)
    held = CopilotQuestion.objects.filter(claim.held, session__in=kept.filter(pk=claim.question.session_id))
    return bool(held.update(statements=as_rows(statements), claimed_until=at + LEASE))


def as_rows(statements: Sequence[Statement]) -> list[dict[str, object]]:
    """As `CopilotQuestion.statements` holds them."""
    return [{"text": each.text, "evidence": list(each.evidence)} for each in statements]
