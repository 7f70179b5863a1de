from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q

from accounts.enums import DeliveryState
from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet


class IntegrationQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_INTEGRATIONS,)


class WebhookEndpoint(CompanyOwned):
    """An address of a company's own that is told what happens, by the Standard Webhooks convention."""

    url = models.URLField("address", max_length=500)
    description = models.CharField(max_length=120, blank=True)
    event_types = models.JSONField(default=list, help_text="Names of events; empty: all of them.")
    secret_encrypted = models.TextField(editable=False)
    former_secret_encrypted = models.TextField(blank=True, editable=False)
    former_secret_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Until then both secrets sign, so that a change loses nothing."
    )
    is_enabled = models.BooleanField("enabled", default=True)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    disabled_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="By the portal.")
    disabled_reason = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField()

    objects = IntegrationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        # Not by the whole address, which may hold a key of the receiver.
        return self.description or urlsplit(self.url).hostname or ""


class WebhookMessage(CompanyOwned):
    """One event as it is told to every endpoint: the same id and the same body, however often it is sent."""

    public_id = models.CharField(max_length=60, unique=True, help_text="The header webhook-id.")
    event_type = models.CharField(max_length=60)
    key = models.CharField(max_length=120, help_text="What happened, once: sent twice, it is one message.")
    body = models.TextField(help_text="JSON as signed and sent.")
    created_at = models.DateTimeField()

    objects = IntegrationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "event_type", "key"], name="webhook_message_once_per_event")
        ]
        indexes = [models.Index(fields=["created_at"], name="webhook_message_age")]

    def __str__(self) -> str:
        return f"{self.event_type} {self.public_id}"


class Delivery(models.Model):
    """What a webhook and a mail have in common on their way out: the state, the next attempt, and who has it now."""

    state = models.CharField(max_length=9, choices=DeliveryState, default=DeliveryState.WAITING)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True, help_text="A worker has it until then.")
    settled_at = models.DateTimeField(null=True, blank=True)
    last_problem = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


class WebhookDelivery(CompanyOwned, Delivery):
    """One message on its way to one endpoint."""

    message = models.ForeignKey(WebhookMessage, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")

    objects = IntegrationQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "webhook deliveries"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["message", "endpoint"], name="webhook_delivery_once_per_endpoint"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="webhook_delivery_state_known"),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(state=DeliveryState.WAITING), name="webhook_delivery_due"
            ),
            models.Index(fields=["company", "-id"], name="webhook_delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.message} to {self.endpoint}"


class WebhookAttempt(models.Model):
    """One try of a delivery and what the endpoint answered. Reached through its delivery only."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="HTTP status; empty: no answer.")
    problem = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=500, blank=True, help_text="Beginning of the answer.")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.status or self.problem}"


class MailQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_COMPANY,)


class Mail(CompanyOwned, Delivery):
    """A mail to one member on its way out. Its text is forgotten when it has gone."""

    key = models.CharField(max_length=120, help_text="What it tells, once: queued twice, it is one mail.")
    recipient = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    unsubscribe = models.URLField(
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text="Where one click, or a mail program by itself, ends such mails (RFC 8058).",
    )
    created_at = models.DateTimeField()

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "recipient", "key"], name="mail_once_per_event"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="mail_state_known"),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state=DeliveryState.WAITING), name="mail_due"),
            models.Index(fields=["created_at"], name="mail_age"),
        ]

    def __str__(self) -> str:
        return self.subject
