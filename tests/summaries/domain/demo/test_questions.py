from summaries.domain.demo.questions import QUESTIONS, RECORDING, ensure_questions
from summaries.models import CopilotQuestion
from tests.summaries.domain.copilot.conftest import talk

__all__ = ["talk"]


def test_demo_asks_once_about_its_recording(cast, talk, at):
    assert ensure_questions(company=cast.northwind, at=at) == 0

    talk.source_name = RECORDING
    talk.save(update_fields=["source_name"])

    assert ensure_questions(company=cast.northwind, at=at) == len(QUESTIONS)
    assert ensure_questions(company=cast.northwind, at=at) == 0
    assert set(CopilotQuestion.objects.values_list("state", "member", "engine")) == {
        ("ANSWERED", cast.bob.pk, "BUILT_IN")
    }
