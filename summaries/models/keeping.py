from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet


class LegalHoldQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_COMPANY, Permission.VIEW_EVENT_LOGS)


class LegalHold(CompanyOwned):
    """While it stands, nothing of the session (without one: of the company) is deleted by retention or by hand."""

    session = models.ForeignKey(
        "summaries.SupportSession", on_delete=models.PROTECT, null=True, blank=True, related_name="legal_holds"
    )
    reason = models.CharField(max_length=300)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="legal_hold_reason_not_empty"),
            models.UniqueConstraint(
                fields=["company"],
                condition=Q(session__isnull=True, lifted_at__isnull=True),
                name="legal_hold_once_on_company",
            ),
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(session__isnull=False, lifted_at__isnull=True),
                name="legal_hold_once_on_session",
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class DeletionPass(models.Model):
    """Stands only inside a transaction that deletes consent entries by right (retention, erasure, a failed import).

    The consent ledger's trigger refuses any other deletion; no transaction sees another's pass.
    """

    reason = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.reason


class RetentionRunQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_COMPANY, Permission.VIEW_EVENT_LOGS)


class RetentionRun(CompanyOwned):
    """One pass of the retention job over a company, and what it deleted, counted in the transactions that deleted."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True, help_text="Empty: under way, or cut off.")
    logs = models.PositiveIntegerField(default=0)
    summaries = models.PositiveIntegerField(default=0)
    consents = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0, help_text="Sessions that were due and stood under legal hold.")

    objects = RetentionRunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        indexes = [models.Index(fields=["company", "-started_at", "-id"], name="retention_run_newest")]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"
