from typing import Any

from rest_framework import serializers

from accounts.enums import EngineName, SummaryLanguage
from summaries.api.session_serializers import MemberSerializer
from summaries.domain.copilot.asking import MAX_QUESTION
from summaries.enums import QuestionState
from summaries.models import CopilotQuestion


class QuestionInSerializer(serializers.Serializer[Any]):
    question = serializers.CharField(max_length=MAX_QUESTION)
    engine = serializers.ChoiceField(
        EngineName.choices,
        default=None,
        allow_null=True,
        help_text="Who answers; the company's engine if none is named.",
    )
    language = serializers.ChoiceField(
        SummaryLanguage.choices,
        default=SummaryLanguage.EN,
        help_text="Of the answer, where the question does not tell. The built-in engine quotes what was recorded.",
    )


class AnswerStatementSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    evidence = serializers.ListField(child=serializers.IntegerField(), help_text="Numbers of interactions.")


class QuestionSerializer(serializers.ModelSerializer[CopilotQuestion]):
    """A question with its answer as it stands. Answered without a statement: the session does not tell."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    question = serializers.CharField(source="text", help_text="Masked as the session is.")
    state = serializers.ChoiceField(QuestionState.choices)
    statements = AnswerStatementSerializer(many=True)
    is_ai_generated = serializers.SerializerMethodField(help_text="False: passages that were found, word for word.")
    member = MemberSerializer()

    class Meta:
        model = CopilotQuestion
        fields = [
            *("id", "question", "member", "asked_at", "state", "statements", "is_ai_generated", "dropped", "left_out"),
            *("engine", "model", "prompt_version", "input_tokens", "output_tokens", "failure", "ended_at"),
        ]
        read_only_fields = fields

    def get_is_ai_generated(self, question: CopilotQuestion) -> bool:
        return question.engine == EngineName.CLAUDE
