"""What an engine gets to know for a question: the session as it is recorded so far, and the talk before."""

from django.conf import settings
from django.db.models import F, Sum

from summaries.domain.generation.engine_request import recorded_interactions
from summaries.engines.copilot_base import CopilotRequest, Exchange
from summaries.enums import QuestionState, SessionStatus
from summaries.models import CopilotQuestion

#: Earlier questions of the same member that are told with a question.
EARLIER = 3


def request_for(*, question: CopilotQuestion) -> CopilotRequest:
    """Everything of one session that an engine may know: redacted interactions, and nothing that names the company."""
    session = question.session
    return CopilotRequest(
        question=question.text,
        interactions=recorded_interactions(session=session),
        topic=question.topic,
        language=question.language,
        is_running=session.status == SessionStatus.OPEN,
        quality=frozenset(session.quality),
        earlier=_earlier(question),
        token_ceiling=_ceiling(question),
    )


def _earlier(question: CopilotQuestion) -> tuple[Exchange, ...]:
    before = CopilotQuestion.objects.filter(
        session=question.session_id, member=question.member_id, state=QuestionState.ANSWERED, pk__lt=question.pk
    )
    rows = before.order_by("-pk").values_list("text", "statements")[:EARLIER]
    return tuple(
        Exchange(text, " ".join(each["text"] for each in statements) or "–") for text, statements in reversed(rows)
    )


def _ceiling(question: CopilotQuestion) -> int:
    """What one session may use at the engine, less what its questions have used."""
    asked = CopilotQuestion.objects.filter(session=question.session_id)
    used = asked.aggregate(tokens=Sum(F("input_tokens") + F("output_tokens")))["tokens"] or 0
    ceiling: int = settings.ENGINE_TOKENS_PER_SESSION
    return max(0, ceiling - used)
