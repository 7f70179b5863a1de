"""Questions go with the session log: what forgets, hides or withdraws that, calls here."""

from datetime import datetime

from accounts.models import Company
from credits.domain.reservations import release_all
from summaries.domain.generation.credit_use import credit_id
from summaries.enums import QuestionState
from summaries.models import CopilotQuestion, SupportSession
from summaries.models.copilot import UNDER_WAY


def stop_answering(*, session: SupportSession, at: datetime) -> None:
    """End what is being answered about *session*, whose row is held: no worker's answer is stored any more.

    All of the session's credits that are only reserved are given back, that of its summary too: who ends the answers
    ends that as well.
    """
    under_way = CopilotQuestion.objects.filter(session=session, state__in=UNDER_WAY)
    parts = {0, *under_way.values_list("credit_part", flat=True)}
    under_way.update(state=QuestionState.STOPPED, claim=None, claimed_until=None, ended_at=at)
    held = [credit_id(session=session, part=part) for part in parts]
    release_all(company=session.company, session_ids=held, at=at)


def forget_questions(*, session_id: int) -> int:
    """Delete what was asked and answered about the session. Returns how many questions.

    What one of them held that was under way, `generation.left_credits` gives back.
    """
    return CopilotQuestion.objects.filter(session=session_id).delete()[0]


def forget_questions_of(*, company: Company, member_id: int) -> int:
    """Delete what a member asked in *company*, with the answers. Returns how many questions. Credits: as above."""
    return CopilotQuestion.objects.filter(company=company, member=member_id).delete()[0]
