"""Questions go with the session log: what forgets, hides or withdraws that, calls here."""

from datetime import datetime

from django.db.models import QuerySet

from accounts.models import Company
from credits.domain.reservations import release
from insights_portal.queueing import enqueue_within
from summaries.domain.generation.credit_use import credit_id
from summaries.enums import QuestionState
from summaries.models import CopilotQuestion, SupportSession
from summaries.models.copilot import UNDER_WAY

TASK = "summaries.tasks.give_back_question_credit"


def stop_answering(*, session: SupportSession, at: datetime) -> None:
    """End what is being answered about *session*, whose row is held: no worker's answer is stored any more."""
    under_way = CopilotQuestion.objects.filter(session=session, state__in=UNDER_WAY)
    parts = set(under_way.values_list("credit_part", flat=True))
    under_way.update(state=QuestionState.STOPPED, claim=None, claimed_until=None, ended_at=at)
    for part in sorted(parts):
        release(company=session.company, session_id=credit_id(session=session, part=part), at=at)


def forget_questions(*, session_id: int) -> int:
    """Delete what was asked and answered about the session. Returns how many questions."""
    return _forget(CopilotQuestion.objects.filter(session=session_id))


def forget_questions_of(*, company: Company, member_id: int) -> int:
    """Delete what a member asked in *company*, with the answers. Returns how many questions."""
    return _forget(CopilotQuestion.objects.filter(company=company, member=member_id))


def _forget(questions: QuerySet[CopilotQuestion]) -> int:
    """What was under way held a credit, which a task gives back: its row tells nobody any more.

    The task is queued with the deletion, so that a kill after the commit loses no credit.
    """
    under_way = questions.filter(state__in=UNDER_WAY).order_by("pk")
    for session_id, part in set(under_way.values_list("session", "credit_part")):
        enqueue_within(TASK, session_id=session_id, part=part)
    return questions.delete()[0]
