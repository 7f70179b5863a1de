from typing import Any, cast

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.adapters import shown_names
from accounts.enums import EngineName, SummaryLanguage
from accounts.models import ApiToken
from summaries.api.session_serializers import MemberSerializer
from summaries.domain.reading.release import approval_required_by, may_leave
from summaries.enums import Outcome, ReviewState, SummaryState
from summaries.models import Summary, SummaryRevision

AI_GENERATED = "AI-generated"
#: What is told of a text to whoever may not have it.
WITHOUT_TEXT: dict[str, Any] = {"title": "", "outcome": Outcome.UNKNOWN, "issue_types": [], "applications": []}


class StatementSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    evidence = serializers.ListField(child=serializers.IntegerField(), help_text="Numbers of interactions.")
    supported = serializers.BooleanField(help_text="False: the record does not show it.")
    by_person = serializers.BooleanField(
        default=False, help_text="True: a member wrote or changed it; nobody checked it against the record."
    )


class StepSerializer(serializers.Serializer[Any]):
    action = StatementSerializer()
    application = serializers.CharField()
    commands = serializers.ListField(child=serializers.CharField())
    offset_ms = serializers.IntegerField(allow_null=True)


class LabelWordsSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="An issue type.")
    words = serializers.ListField(child=serializers.CharField(), help_text="By which the built-in engine chose it.")


class ContentSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    problem = StatementSerializer(many=True)
    cause = StatementSerializer(many=True)
    steps = StepSerializer(many=True)
    outcome = serializers.ChoiceField(Outcome.choices)
    outcome_statements = StatementSerializer(many=True)
    open_points = StatementSerializer(many=True)
    missing_data = serializers.ListField(child=serializers.CharField())
    issue_types = serializers.ListField(child=serializers.CharField())
    applications = serializers.ListField(child=serializers.CharField())
    language = serializers.ChoiceField(SummaryLanguage.choices)
    label_words = LabelWordsSerializer(many=True)


class ApplicationFactSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    milliseconds = serializers.IntegerField()
    share = serializers.FloatField()


class CommandFactSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    offset_ms = serializers.IntegerField()
    command = serializers.CharField()
    failed = serializers.BooleanField(allow_null=True)


class FactsSerializer(serializers.Serializer[Any]):
    """What a machine counted; apart from the prose."""

    duration_ms = serializers.IntegerField()
    applications = ApplicationFactSerializer(many=True)
    commands = CommandFactSerializer(many=True)
    files = serializers.ListField(child=serializers.CharField())
    people = serializers.ListField(child=serializers.CharField())
    interactions_by_kind = serializers.DictField(child=serializers.IntegerField())


class RevisionSerializer(serializers.Serializer[SummaryRevision]):
    number = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    author = MemberSerializer(
        allow_null=True, help_text="Who corrected it, or fetched an earlier text back; null: an engine wrote it."
    )
    based_on = serializers.IntegerField(
        source="based_on.number", default=None, allow_null=True, help_text="The revision that it was made from."
    )
    engine = serializers.ChoiceField(EngineName.choices, allow_blank=True)
    engine_note = serializers.CharField()
    model = serializers.CharField()
    prompt_version = serializers.CharField()
    input_tokens = serializers.IntegerField()
    output_tokens = serializers.IntegerField()
    cost_micros = serializers.IntegerField(help_text="Millionths of a US dollar.")
    engine_ms = serializers.IntegerField()
    dropped_statements = serializers.IntegerField(help_text="Left out, because the record did not show them.")
    redaction = serializers.DictField(child=serializers.IntegerField(), help_text="Places masked, by rule.")
    content = ContentSerializer()
    facts = serializers.SerializerMethodField()

    @extend_schema_field(FactsSerializer(allow_null=True))
    def get_facts(self, revision: SummaryRevision) -> Any:
        if not revision.facts:
            return None
        names = shown_names(self.context["request"])
        people = [names.called(person) for person in revision.facts["people"]]
        return FactsSerializer({**revision.facts, "people": people}).data


class SummarySerializer(serializers.Serializer[Summary]):
    id = serializers.UUIDField(source="public_id")
    session = serializers.UUIDField(source="session.public_id")
    session_number = serializers.CharField(source="session.label")
    ai_label = serializers.SerializerMethodField(help_text="How the text must be marked wherever it is shown.")
    state = serializers.ChoiceField(SummaryState.choices)
    failure = serializers.CharField(help_text="Why the last attempt failed.")
    revision_number = serializers.IntegerField(
        source="current.number", default=None, allow_null=True, help_text="The text that counts; null: none yet."
    )
    review = serializers.ChoiceField(ReviewState.choices)
    reviewed_by = MemberSerializer(allow_null=True)
    reviewed_at = serializers.DateTimeField(allow_null=True)
    title = serializers.CharField()
    outcome = serializers.ChoiceField(Outcome.choices)
    language = serializers.ChoiceField(SummaryLanguage.choices)
    engine = serializers.ChoiceField(EngineName.choices, allow_blank=True)
    issue_types = serializers.SerializerMethodField()
    applications = serializers.SerializerMethodField()
    requested_at = serializers.DateTimeField()
    held_back = serializers.SerializerMethodField(
        help_text="True: the company demands approval before a text leaves, so that a token gets this one without it."
    )

    def to_representation(self, summary: Summary) -> dict[str, Any]:
        told: dict[str, Any] = super().to_representation(summary)
        if told["held_back"]:
            told |= WITHOUT_TEXT
            told |= {"revision": None} if "revision" in told else {}
        return told

    def get_held_back(self, summary: Summary) -> bool:
        return not may_leave(summary=summary, approval_required=self._demands_approval())

    def _demands_approval(self) -> bool:
        """Asked once for a list. A member who reads in the portal is not outside; a program with a token is."""
        context = cast("dict[str, Any]", self.context)
        if "demands_approval" not in context:
            request = context["request"]
            is_outside = isinstance(request.auth, ApiToken)
            context["demands_approval"] = is_outside and approval_required_by(company_id=request.company.pk)
        return bool(context["demands_approval"])

    def get_ai_label(self, summary: Summary) -> str:  # noqa: ARG002
        return AI_GENERATED

    def get_issue_types(self, summary: Summary) -> list[str]:
        return [entry.name for entry in summary.issue_types.all()]

    def get_applications(self, summary: Summary) -> list[str]:
        return [entry.name for entry in summary.applications.all()]


class SummaryDetailSerializer(SummarySerializer):
    revision = RevisionSerializer(source="current", allow_null=True)


class GenerateSerializer(serializers.Serializer[Any]):
    engine = serializers.ChoiceField(EngineName.choices, default=None, help_text="The company's when left out.")
    language = serializers.ChoiceField(SummaryLanguage.choices, default=None, help_text="The company's when left out.")
