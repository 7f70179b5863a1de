from collections.abc import Callable
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet
from summaries.enums import SessionStatus, TrashedKind
from summaries.models.reach import condition_everywhere, condition_in

#: Who deleted a kind of record may bring it back: the same permission, on the same sessions.
DELETED_WITH = {
    TrashedKind.LOG: Permission.DELETE_SESSION_LOGS,
    TrashedKind.SUMMARY: Permission.DELETE_SUMMARIES,
    TrashedKind.REPORT: Permission.DELETE_REPORTS,
}
#: The status of a session of which something can lie in the trash.
TRASHED_FROM = (SessionStatus.ENDED, SessionStatus.TRASHED)


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


class TrashedRecordQuerySet(CompanyQuerySet):
    def visible_to(self, user: Any) -> Self:
        """What *user* could delete, and so may bring back: by the permission and reach of each kind of record."""
        if user is None or not user.is_authenticated:
            return self.none()
        return self.filter(self._reached(lambda permission: condition_everywhere(user, permission)))

    def visible_in(self, user: Any, company: Any) -> Self:
        return self.filter(
            self._reached(lambda permission: condition_in(user, company.pk, permission)), company=company
        )

    def _reached(self, condition_of: Callable[[Permission], Q]) -> Q:
        from summaries.models.sessions import SupportSession  # sessions import nothing of this module

        found = Q(pk__in=[])
        for what, permission in DELETED_WITH.items():
            sessions = SupportSession.objects.filter(condition_of(permission), status__in=TRASHED_FROM)
            found |= Q(what=what, session__in=sessions)
        return found


class TrashedRecord(CompanyOwned):
    """What a member deleted by hand: hidden from everybody, and until *purge_at* it can be brought back.

    The rows of a log stay where they are, under *log_deleted_at*; a summary stays, without a session; a report's
    session has the status TRASHED. Whoever takes this row away decides what becomes of them.
    """

    session = models.ForeignKey("summaries.SupportSession", on_delete=models.PROTECT, related_name="trashed")
    what = models.CharField(max_length=8, choices=TrashedKind)
    deleted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    deleted_at = models.DateTimeField()
    purge_at = models.DateTimeField(help_text="From then on the daily job deletes it for good.")
    size = models.PositiveIntegerField(default=0, help_text="Interactions of a log, revisions of a summary.")
    kept = models.JSONField(default=dict, help_text="Fields of the session that go with a log: {name: value}.")

    objects = TrashedRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-deleted_at", "-pk"]
        constraints = [
            # Of summaries there may be several: a new one can be made, and deleted, while the first lies here.
            models.UniqueConstraint(
                fields=["session", "what"], condition=~Q(what=TrashedKind.SUMMARY), name="trashed_once_of_session"
            ),
            models.CheckConstraint(condition=Q(purge_at__gt=F("deleted_at")), name="trashed_purged_after_deletion"),
        ]
        indexes = [
            models.Index(fields=["company", "-deleted_at", "-id"], name="trashed_newest"),
            models.Index(fields=["company", "purge_at"], name="trashed_due"),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} of {self.session}"


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
    purged = models.PositiveIntegerField(default=0, help_text="Of the trash, whose 30 days were over.")
    held = models.PositiveIntegerField(default=0, help_text="Sessions that were due and stood under legal hold.")

    objects = RetentionRunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        indexes = [models.Index(fields=["company", "-started_at", "-id"], name="retention_run_newest")]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"
