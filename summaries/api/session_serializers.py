from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.adapters import shown_name, shown_names
from policies.enums import ConsentAnswer, Reason, Verdict
from policies.models import Device
from summaries.domain.consent.wording import incoming_notice
from summaries.domain.imports.session_file_words import sentence_of
from summaries.domain.reading.queries import state_of_session
from summaries.domain.redaction.report import redaction_report
from summaries.enums import Actor, Direction, Kind, PlaceUnit, QualityFlag, ReviewState, SessionStatus, SummaryState
from summaries.models import ConsentEntry, SessionFile, SupportSession
from summaries.models.sessions import HIDDEN

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


class MemberSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="In works-council mode the pseudonym, and no address.")
    email = serializers.EmailField(allow_blank=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        request = self.context["request"]
        shown = shown_names(request).is_shown(instance.pk)
        return {"name": shown_name(request, instance), "email": instance.email if shown else ""}


class SessionDeviceSerializer(serializers.Serializer[Device]):
    name = serializers.CharField()
    operating_system = serializers.CharField()
    customer = serializers.CharField()


class CaptureSerializer(serializers.Serializer[SupportSession]):
    """Whether interactions are accepted, and by which rule."""

    verdict = serializers.ChoiceField(Verdict.choices)
    reason = serializers.ChoiceField(Reason.choices)
    explanation = serializers.CharField(source="get_reason_display")
    notice = serializers.SerializerMethodField(
        help_text="What the remote side of an incoming session is to be told: it has no way to refuse. Else empty."
    )

    def get_notice(self, session: SupportSession) -> str:
        if session.reason != Reason.INCOMING_POLICY:
            return ""
        # One company's sessions: the notice is read once for a list of them.
        notices: dict[int, str] = self.root.__dict__.setdefault("_incoming_notices", {})
        if session.company_id not in notices:
            notices[session.company_id] = incoming_notice(company=session.company)
        return notices[session.company_id]


class SourceSerializer(serializers.Serializer[SupportSession]):
    """Of an imported recording; empty for a session that a client reported."""

    format = serializers.CharField(source="source_format")
    name = serializers.CharField(source="source_name")
    quality = serializers.ListField(child=serializers.ChoiceField(QualityFlag.choices))
    bad_record_count = serializers.IntegerField()


class SummaryStateSerializer(serializers.Serializer[Any]):
    """Why there is a summary, or none yet, or none at all."""

    code = serializers.CharField()
    word = serializers.CharField()
    reason = serializers.CharField()


class SummaryReferenceSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    state = serializers.ChoiceField(SummaryState.choices)
    review = serializers.ChoiceField(ReviewState.choices)


class MaskedByRuleSerializer(serializers.Serializer[Any]):
    rule = serializers.CharField(help_text="Its placeholders read [RULE-1], [RULE-2] …")
    name = serializers.CharField(source="label", help_text="What it masks; of a company's own rule, its name.")
    places = serializers.IntegerField()
    values = serializers.IntegerField(
        allow_null=True, help_text="Different values; null once the session log is deleted."
    )


class SessionSerializer(serializers.Serializer[SupportSession]):
    id = serializers.UUIDField(source="public_id")
    number = serializers.CharField(source="label", help_text="As people read it: S-1042.")
    status = serializers.ChoiceField([choice for choice in SessionStatus.choices if choice[0] not in HIDDEN])
    direction = serializers.ChoiceField(Direction.choices)
    supporter = MemberSerializer()
    device = SessionDeviceSerializer(allow_null=True)
    remote_user = serializers.CharField()
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    duration_seconds = serializers.SerializerMethodField()
    notes = serializers.CharField()
    ticket = serializers.CharField()
    billing_state = serializers.CharField()
    fee = serializers.DecimalField(max_digits=10, decimal_places=2, allow_null=True)
    currency = serializers.CharField()
    capture = CaptureSerializer(source="*")
    recording = SourceSerializer(source="*")
    interaction_count = serializers.IntegerField()
    redaction = serializers.DictField(
        source="redaction_counts", child=serializers.IntegerField(), help_text="Places masked, by rule."
    )
    redaction_report = serializers.SerializerMethodField()
    redaction_rules_version = serializers.IntegerField(
        source="redaction_version", allow_null=True, help_text="Version of the company's own rules; null: it had none."
    )
    summary = serializers.SerializerMethodField()
    summary_state = serializers.SerializerMethodField()

    def get_duration_seconds(self, session: SupportSession) -> int | None:
        return None if session.duration is None else session.duration // timedelta(seconds=1)

    @extend_schema_field(MaskedByRuleSerializer(many=True))
    def get_redaction_report(self, session: SupportSession) -> Any:
        return MaskedByRuleSerializer(redaction_report(session=session), many=True).data

    @extend_schema_field(SummaryReferenceSerializer(allow_null=True))
    def get_summary(self, session: SupportSession) -> Any:
        summary = getattr(session, "summary", None)
        return SummaryReferenceSerializer(summary).data if summary else None

    @extend_schema_field(SummaryStateSerializer)
    def get_summary_state(self, session: SupportSession) -> Any:
        return SummaryStateSerializer(state_of_session(session)).data


def check_moment(moment: datetime) -> datetime:
    if not EARLIEST <= moment <= timezone.now() + timedelta(days=1):
        raise serializers.ValidationError(_("Name a moment between 1990 and tomorrow."))
    return moment


class SessionOpenSerializer(serializers.Serializer[Any]):
    supporter = serializers.EmailField(
        required=False, default="", help_text="A member of the company; the token's member when left out."
    )
    direction = serializers.ChoiceField(Direction.choices, default=Direction.OUTGOING)
    device = serializers.CharField(max_length=120, default="", allow_blank=True)
    remote_user = serializers.CharField(max_length=120, default="", allow_blank=True)
    started_at = serializers.DateTimeField(default=None, allow_null=True, help_text="Now when left out.")
    notes = serializers.CharField(max_length=10_000, default="", allow_blank=True)
    ticket = serializers.CharField(max_length=60, default="", allow_blank=True)

    def validate_started_at(self, moment: datetime | None) -> datetime | None:
        return moment and check_moment(moment)


class RecordingSerializer(SessionOpenSerializer):
    file = serializers.FileField(max_length=255, allow_empty_file=True, help_text="The recording.")
    timing = serializers.FileField(
        max_length=255, required=False, default=None, help_text="The timing file of a script(1) recording."
    )
    consent_statement = serializers.CharField(
        max_length=2_000,
        default="",
        allow_blank=True,
        help_text="How the remote user agreed. Needed for whatever holds a log of what happened.",
    )
    customer = serializers.CharField(max_length=120, default="", allow_blank=True)


class BadRecordSerializer(serializers.Serializer[Any]):
    unit = serializers.ChoiceField(PlaceUnit.choices)
    place = serializers.IntegerField()
    problem = serializers.CharField()


class SessionFileSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    format = serializers.CharField(source="source_format")
    summary = serializers.SerializerMethodField(help_text="What became of the file, in words.")
    sessions_created = serializers.IntegerField(source="created")
    sessions_known = serializers.IntegerField(source="known")
    sessions_running = serializers.IntegerField(source="running", help_text="Not ended yet: send a later export.")
    supporters_unmatched = serializers.IntegerField(source="unmatched")
    bad_record_count = serializers.IntegerField(source="bad")
    bad_records = BadRecordSerializer(many=True)
    failure = serializers.CharField()

    def get_summary(self, file: SessionFile) -> str:
        return sentence_of(file)


class RecordingResultSerializer(serializers.Serializer[Any]):
    created = serializers.BooleanField(help_text="False: everything in the file was there already.")
    session = SessionSerializer(allow_null=True, help_text="Of a recording of one session.")
    file = SessionFileSerializer(allow_null=True, help_text="Of a file with many sessions.")


class InteractionSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="What evidence cites.")
    offset_ms = serializers.IntegerField(help_text="Milliseconds from the start of the session.")
    actor = serializers.ChoiceField(Actor.choices)
    kind = serializers.ChoiceField(Kind.choices)
    application = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField(help_text="Masked.")
    place_unit = serializers.ChoiceField(PlaceUnit.choices, allow_blank=True)
    place = serializers.IntegerField(allow_null=True)


class InteractionInSerializer(serializers.Serializer[Any]):
    """For the documentation; `interaction_batches` reads them."""

    sequence = serializers.IntegerField(min_value=1, help_text="1, 2, 3 … without gaps; one sent twice counts once.")
    offset_ms = serializers.IntegerField(min_value=0)
    kind = serializers.ChoiceField(Kind.choices)
    text = serializers.CharField(max_length=20_000, default="")
    actor = serializers.ChoiceField(Actor.choices, default=Actor.UNKNOWN)
    application = serializers.CharField(max_length=120, default="")
    title = serializers.CharField(max_length=300, default="")
    is_secret = serializers.BooleanField(default=False, help_text="Typed without being echoed: a password.")


class InteractionBatchSerializer(serializers.Serializer[Any]):
    interactions = InteractionInSerializer(many=True)


class AppendResultSerializer(serializers.Serializer[Any]):
    accepted = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    next_sequence = serializers.IntegerField()


class ConsentSerializer(serializers.Serializer[ConsentEntry]):
    """A statement of consent; it goes into the ledger and is never changed."""

    answer = serializers.ChoiceField(ConsentAnswer.choices)
    statement = serializers.CharField(max_length=2_000, help_text="How the remote user answered.")
    at = serializers.DateTimeField(read_only=True)
