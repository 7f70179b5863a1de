import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet
from policies.enums import Reason, Verdict
from policies.models import Device
from summaries.enums import Direction, SessionStatus
from summaries.models.reach import READ_REPORTS, condition_everywhere, condition_in

#: Shown to nobody: still being imported, in the trash, or deleted.
HIDDEN = (SessionStatus.IMPORTING, SessionStatus.TRASHED, SessionStatus.DELETED)


class SupportSessionQuerySet(CompanyQuerySet):
    visible_with = READ_REPORTS

    def visible_to(self, user: Any) -> Self:
        """Sessions that a role of *user* reads: all of the company, those of the role's groups, or one's own.

        A session that is still being imported, or was deleted by hand, is shown to nobody.
        """
        return self._reached(user)

    def visible_in(self, user: Any, company: Any) -> Self:
        return self._reached(user, company=company)

    def reached_with(self, user: Any, permission: Permission, company: Any = None) -> Self:
        """The sessions visible to *user* to which a role lets them do *permission* (of SESSION_PERMISSIONS), in
        *company* or in all of theirs.
        """
        return self._reached(user, permission, company)

    def _reached(self, user: Any, permission: Permission | None = None, company: Any = None) -> Self:
        if user is None or not user.is_authenticated:
            return self.none()
        found = (
            condition_in(user, company.pk, permission)
            if company is not None
            else condition_everywhere(user, permission)
        )
        return self.filter(found).shown()

    def shown(self) -> Self:
        """Those that are shown to anybody at all."""
        return self.exclude(status__in=HIDDEN)


class SupportSession(CompanyOwned):
    """One remote connection: supporter, device, start, end, direction."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField(editable=False, help_text="Counts within the company; shown as S-1042.")
    status = models.CharField(max_length=10, choices=SessionStatus, default=SessionStatus.OPEN)
    direction = models.CharField(max_length=10, choices=Direction, default=Direction.OUTGOING)
    supporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions")
    remote_user = models.CharField(max_length=120, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    notes = models.TextField(blank=True)
    ticket = models.CharField(max_length=60, blank=True)
    billing_state = models.CharField(max_length=20, blank=True)
    fee = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)

    verdict = models.CharField(max_length=4, choices=Verdict, default=Verdict.WAIT)
    reason = models.CharField(max_length=24, choices=Reason, default=Reason.WAITING_FOR_CONSENT)

    source_format = models.CharField(max_length=24, blank=True, help_text="Code of the Source; empty for the API.")
    source_name = models.CharField(max_length=200, blank=True)
    source_digest = models.CharField(
        max_length=64,
        blank=True,
        help_text="Keyed hash of the recording: the same file twice is one session.",
    )
    import_began_at = models.DateTimeField(null=True, blank=True, editable=False)
    quality = models.JSONField(default=list, help_text="QualityFlag values.")
    bad_records = models.JSONField(default=list, help_text="[{unit, place, problem}], the first 100.")
    bad_record_count = models.PositiveIntegerField(default=0)
    interaction_count = models.PositiveIntegerField(default=0)
    redaction_counts = models.JSONField(default=dict, help_text="{rule code: number of masked places}.")
    redaction_memory = models.JSONField(
        default=dict, help_text="{rule code: {keyed hash: number}}: keeps EMAIL-1 the same in later batches."
    )
    redaction_version = models.PositiveIntegerField(
        null=True, editable=False, help_text="Version of the company's own rules that masked it last; null: none."
    )
    search_text = models.TextField(blank=True, editable=False, help_text="What search finds; see domain.search.")
    log_deleted_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the session log was deleted; no summary is made since."
    )
    summary_deleted_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the last summary was deleted."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SupportSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="session_number_unique_in_company"),
            models.UniqueConstraint(
                fields=["company", "source_digest"],
                condition=~Q(source_digest=""),
                name="session_recording_once_per_company",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="session_ends_after_start",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-started_at", "-id"], name="session_company_newest"),
            models.Index(fields=["company", "supporter", "-started_at", "-id"], name="session_supporter_newest"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"S-{self.number}"

    @property
    def duration(self) -> timedelta | None:
        return self.ended_at - self.started_at if self.ended_at else None

    def moment_of(self, offset_ms: int) -> datetime:
        return self.started_at + timedelta(milliseconds=offset_ms)
