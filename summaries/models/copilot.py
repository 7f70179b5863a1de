import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.enums import EngineName, SummaryLanguage
from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet
from policies.enums import Verdict
from summaries.enums import QuestionState, QuestionTopic

#: Somebody waits for the answer.
UNDER_WAY = (QuestionState.ASKED, QuestionState.ANSWERING)


class CopilotQuestionQuerySet(CompanyQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Questions about the sessions that *user* may ask about, whoever asked; none of a log that is not kept."""
        from summaries.models.sessions import SupportSession  # sessions import nothing of this module

        return self._of_logs(SupportSession.objects.reached_with(user, Permission.ASK_COPILOT))

    def visible_in(self, user: Any, company: Any) -> Self:
        from summaries.models.sessions import SupportSession  # sessions import nothing of this module

        return self._of_logs(SupportSession.objects.reached_with(user, Permission.ASK_COPILOT, company))

    def _of_logs(self, sessions: Any) -> Self:
        # A legal hold may keep the rows of a session whose consent ended; the trash keeps those of a deleted log.
        return self.filter(session__in=sessions.exclude(verdict=Verdict.NO).filter(log_deleted_at=None))


class CopilotQuestion(CompanyOwned):
    """A member's question about one session, masked, and what the copilot answered from the session log.

    It belongs to the session log and goes with it. A worker holds the row by *claim* until *claimed_until*.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey("summaries.SupportSession", on_delete=models.CASCADE, related_name="questions")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    topic = models.CharField(max_length=10, choices=QuestionTopic, blank=True)
    language = models.CharField(max_length=8, choices=SummaryLanguage, default=SummaryLanguage.EN)
    state = models.CharField(max_length=10, choices=QuestionState, default=QuestionState.ASKED)
    requested_engine = models.CharField(max_length=16, choices=EngineName)
    known_interactions = models.PositiveIntegerField(help_text="How many the session log held when it was asked.")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True, editable=False)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)

    statements = models.JSONField(default=list, help_text="[{text, evidence}]: what the session log bears out.")
    dropped = models.PositiveSmallIntegerField(default=0, help_text="Sentences that it did not bear out.")
    left_out = models.PositiveIntegerField(default=0, help_text="Interactions that the engine did not get to see.")
    engine = models.CharField(max_length=16, choices=EngineName, blank=True, help_text="The one that answered.")
    model = models.CharField(max_length=120, blank=True)
    prompt_version = models.CharField(max_length=40, blank=True)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cost_micros = models.PositiveBigIntegerField(default=0, help_text="In millionths of a US dollar.")
    failure = models.CharField(max_length=300, blank=True, help_text="Why the wished engine did not answer.")
    credit_part = models.PositiveSmallIntegerField(
        default=0, help_text="Which credit of the session it belongs to: 0 the one of its summary, 1 the next …"
    )
    is_charged = models.BooleanField(default=False, help_text="It counts among the twelve questions of its credit.")

    objects = CopilotQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["session", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "member"],
                condition=Q(state__in=UNDER_WAY),
                name="question_one_at_a_time_per_member",
            ),
            models.CheckConstraint(condition=Q(state__in=QuestionState.values), name="question_state_known"),
            models.CheckConstraint(condition=~Q(text=""), name="question_not_empty"),
        ]
        indexes = [
            models.Index(fields=["claimed_until"], condition=Q(state__in=UNDER_WAY), name="question_under_way"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY
