"""A talk with the copilot for the demo: what the built-in engine finds in a session, and what it does not."""

from datetime import datetime, timedelta

from accounts.enums import EngineName
from accounts.models import Company
from summaries.domain.copilot.answering import answer_here
from summaries.domain.copilot.asking import Question, ask
from summaries.domain.demo.sessions import clock_at
from summaries.enums import QuestionTopic
from summaries.models import CopilotQuestion, SupportSession

#: The recording that is asked about, and what its supporter asks.
RECORDING = "database-still-down.cast"
QUESTIONS = (
    Question(text="Which commands were run?", engine=EngineName.BUILT_IN, topic=QuestionTopic.COMMANDS),
    Question(text="Why did the database not start?", engine=EngineName.BUILT_IN),
    Question(text="Was a printer touched?", engine=EngineName.BUILT_IN),
)


def ensure_questions(*, company: Company, at: datetime) -> int:
    """Ask about the demo's session once. Returns how many questions were asked now."""
    session = SupportSession.objects.filter(company=company, source_name=RECORDING).select_related("company").first()
    if session is None or CopilotQuestion.objects.filter(session=session).exists():
        return 0
    for place, question in enumerate(QUESTIONS):
        moment = at + timedelta(seconds=20 * place)
        asked = ask(session=session, question=question, actor=session.supporter, at=moment)
        answer_here(question=asked, clock=clock_at(moment + timedelta(seconds=1)))
    return len(QUESTIONS)
