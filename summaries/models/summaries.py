import uuid
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models

from accounts.enums import EngineName, SummaryLanguage
from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet
from policies.enums import Verdict
from summaries.enums import Outcome, ReviewState, SummaryState
from summaries.models.taxonomy import Application, IssueType

if TYPE_CHECKING:
    from summaries.models.sessions import SupportSession


class SummaryQuerySet(CompanyQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Summaries of the sessions that *user* sees and whose summaries a role lets them read."""
        from summaries.models.sessions import SupportSession  # sessions import nothing of this module

        return self.filter(session__in=SupportSession.objects.reached_with(user, Permission.VIEW_SUMMARIES))

    def visible_in(self, user: Any, company: Any) -> Self:
        from summaries.models.sessions import SupportSession  # sessions import nothing of this module

        reached = SupportSession.objects.reached_with(user, Permission.VIEW_SUMMARIES, company)
        return self.filter(company=company, session__in=reached)


class SummaryRevisionQuerySet(CompanyQuerySet):
    def visible_to(self, user: Any) -> Self:
        """The revisions of the summaries that *user* may see; none where consent ended (a hold may keep the rows)."""
        shown = Summary.objects.visible_to(user).exclude(session__verdict=Verdict.NO)
        return self.filter(summary__in=shown)


class Summary(CompanyOwned):
    """The generated text of one session and the state of its making. The text is in its revisions."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Null only in the trash. Everything reaches summaries by their session, so that nothing meets one that lies there.
    session: "models.OneToOneField[Any, SupportSession]" = models.OneToOneField(  # type: ignore[misc]
        "summaries.SupportSession", on_delete=models.CASCADE, null=True, related_name="summary"
    )
    trashed = models.OneToOneField(
        "summaries.TrashedRecord", on_delete=models.CASCADE, null=True, editable=False, related_name="summary"
    )
    state = models.CharField(max_length=20, choices=SummaryState, default=SummaryState.QUEUED)
    review = models.CharField(max_length=12, choices=ReviewState, default=ReviewState.AI_GENERATED)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)

    requested_engine = models.CharField(max_length=16, choices=EngineName)
    requested_language = models.CharField(max_length=8, choices=SummaryLanguage)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField()
    claim = models.UUIDField(null=True, blank=True, help_text="Names the worker's run that holds this row.")
    claimed_until = models.DateTimeField(null=True, blank=True, help_text="The lease; the sweeper frees it after.")
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True, help_text="Queued, but not to be tried before.")
    failure = models.CharField(max_length=300, blank=True, help_text="Why the last attempt failed, for people.")

    current = models.ForeignKey(
        "summaries.SummaryRevision", on_delete=models.RESTRICT, null=True, blank=True, related_name="+"
    )
    title = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.UNKNOWN)
    language = models.CharField(max_length=8, choices=SummaryLanguage, default=SummaryLanguage.EN)
    engine = models.CharField(max_length=16, choices=EngineName, blank=True)
    issue_types = models.ManyToManyField(IssueType, blank=True, related_name="summaries")
    applications = models.ManyToManyField(Application, blank=True, related_name="summaries")

    objects = SummaryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "summaries"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state=SummaryState.READY) | models.Q(current__isnull=False),
                name="summary_ready_has_revision",
            ),
            models.CheckConstraint(
                condition=models.Q(state=SummaryState.RUNNING, claim__isnull=False)
                | (~models.Q(state=SummaryState.RUNNING) & models.Q(claim__isnull=True)),
                name="summary_running_has_claim",
            ),
            models.CheckConstraint(
                condition=models.Q(session__isnull=False, trashed__isnull=True)
                | models.Q(session__isnull=True, trashed__isnull=False, state=SummaryState.READY),
                name="summary_of_session_or_in_trash",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "state", "review"], name="summary_in_state"),
            models.Index(fields=["company", "-id"], name="summary_company_newest"),
            models.Index(fields=["state", "claimed_until"], name="summary_lease"),
            models.Index(
                fields=["company", "requested_at", "id"],
                condition=models.Q(state=SummaryState.QUEUED),
                name="summary_in_line",
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"Summary of {self.session_id}"


class SummaryRevision(CompanyOwned):
    """One text of a summary, as written by an engine or a person. Never overwritten.

    *content* has the shape of `summaries.content.SummaryContent`, *facts* of `summaries.content.SessionFacts`.
    """

    summary = models.ForeignKey(Summary, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    facts = models.JSONField(default=dict)
    language = models.CharField(max_length=8, choices=SummaryLanguage)
    engine = models.CharField(max_length=16, choices=EngineName, blank=True, help_text="Empty: by a person.")
    engine_note = models.CharField(max_length=300, blank=True, help_text="For example why the engine was replaced.")
    model = models.CharField(max_length=120, blank=True)
    prompt_version = models.CharField(max_length=40, blank=True)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cost_micros = models.PositiveBigIntegerField(default=0, help_text="Millionths of a US dollar.")
    engine_ms = models.PositiveIntegerField(default=0)
    dropped_statements = models.PositiveIntegerField(default=0)
    redaction = models.JSONField(default=dict, help_text="{rule code: number of masked places}.")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who wrote it, or fetched an earlier text back. Empty: an engine wrote it.",
    )
    based_on = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="The text that a person changed, or fetched back. Empty: written from the session log.",
    )
    created_at = models.DateTimeField()

    objects = SummaryRevisionQuerySet.as_manager()

    class Meta:
        ordering = ["summary", "number"]
        constraints = [
            models.UniqueConstraint(fields=["summary", "number"], name="revision_number_unique_in_summary"),
        ]

    def __str__(self) -> str:
        return f"revision {self.number}"
