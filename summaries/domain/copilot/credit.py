"""What a question costs: twelve questions about one session are covered by one credit, the first twelve by the one
that its summary uses. A question that got no answer costs nothing.

All of it is called with the session's row held, so that two members who ask at once are counted one after the other.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from credits.domain.reservations import InsufficientCredits, release, settle
from summaries.domain.generation.credit_use import credit_id, has_credit, reserve_for
from summaries.enums import SummaryState
from summaries.models import CopilotQuestion, Summary, SupportSession
from summaries.models.copilot import UNDER_WAY

QUESTIONS_PER_CREDIT = 12
_COUNTS = Q(state__in=UNDER_WAY) | Q(is_charged=True)


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """What the next question belongs to: its credit's *part*, and how many questions that credit has *left*.

    *is_new*: it takes another credit.
    """

    part: int
    left: int
    is_new: bool


def next_question(*, session: SupportSession) -> NextQuestion:
    """Where the next question about *session* is counted. At most two queries."""
    counted = CopilotQuestion.objects.filter(_COUNTS, session=session).order_by().values_list("credit_part")
    asked = dict(counted.annotate(questions=Count("pk")))
    part = next(part for part in range(len(asked) + 1) if asked.get(part, 0) < QUESTIONS_PER_CREDIT)
    left = QUESTIONS_PER_CREDIT - asked.get(part, 0)
    is_new = not asked.get(part) and (part > 0 or not has_credit(session=session))
    return NextQuestion(part, left, is_new)


def charge(*, question: CopilotQuestion, at: datetime) -> bool:
    """Charge the question's credit, unless it is already; False when it was given back meanwhile and none is left."""
    session = question.session
    try:
        # A summary that failed, or was deleted, may have given back what the question was reserved.
        reserve_for(session=session, at=at, part=question.credit_part)
    except InsufficientCredits:
        return False
    settle(company=session.company, session_id=credit_id(session=session, part=question.credit_part), at=at)
    return True


def give_back(*, question: CopilotQuestion, at: datetime) -> None:
    """Release the credit of a question that is over without an answer, unless something under way needs it."""
    session, part = question.session, question.credit_part
    if CopilotQuestion.objects.filter(session=session, credit_part=part, state__in=UNDER_WAY).exists():
        return
    making = (SummaryState.QUEUED, SummaryState.RUNNING)
    if part == 0 and Summary.objects.filter(session=session, state__in=making).exists():
        return
    release(company=session.company, session_id=credit_id(session=session, part=part), at=at)
