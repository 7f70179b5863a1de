import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet


class AuditEntryQuerySet(CompanyQuerySet):
    visible_with = (Permission.VIEW_EVENT_LOGS,)


class AuditEntry(CompanyOwned):
    """One recorded event: who, when, what, on which object. Append-only; holds no secret and no session text."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    details = models.JSONField(default=dict)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["company", "-at", "-id"], name="audit_company_at"),
            models.Index(fields=["company", "actor", "-at", "-id"], name="audit_company_actor_at"),
            models.Index(fields=["company", "action", "-at", "-id"], name="audit_company_action_at"),
            models.Index(fields=["company", "object_id", "-at", "-id"], name="audit_company_object_at"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"


class AuditSeal(CompanyOwned):
    """The place of one audit entry in its company's chain: *digest* covers the entry and the digest before it.

    Sealed in a transaction of its own right after the entry's: a lock on the chain's end, held together with the other
    locks of a transaction, would make them wait for each other.
    """

    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="seal")
    sequence = models.PositiveBigIntegerField(help_text="1, 2, 3 … within the company.")
    digest = models.CharField(max_length=64)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["company", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["company", "sequence"], name="audit_seal_sequence_unique_in_company"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence}"


class AuditCursor(models.Model):
    """How far a reader of the audit log has come, under the reader's *name*: a place that survives a restart."""

    name = models.CharField(max_length=300, unique=True)
    position = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.position}"
