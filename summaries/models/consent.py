import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.tenancy import CompanyOwned, CompanyQuerySet
from policies.enums import AccessControl, ConsentAnswer
from policies.models import Device


class OfVisibleSessionsQuerySet(CompanyQuerySet):
    """Rows that belong to a session: visible with it."""

    def visible_to(self, user: Any) -> Self:
        """The rows of the sessions that *user* may see."""
        from summaries.models.sessions import SupportSession  # sessions import nothing of this module

        return self.filter(session__in=SupportSession.objects.visible_to(user))


class ConsentRequest(CompanyOwned):
    """One question to the remote user of one session, asked by a one-time link. Holds hashes of its links only."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey("summaries.SupportSession", on_delete=models.PROTECT, related_name="consent_requests")
    digest = models.CharField(max_length=64, unique=True, help_text="Keyed hash of the link's token.")
    withdrawal_digest = models.CharField(
        max_length=64, blank=True, help_text="Keyed hash of the token of the withdrawal link, once consent is given."
    )
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=10, choices=ConsentAnswer, blank=True, help_text="Empty: no answer yet.")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = OfVisibleSessionsQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=Q(answer=""), name="consent_request_open_once_per_session"
            ),
            models.UniqueConstraint(
                fields=["withdrawal_digest"],
                condition=~Q(withdrawal_digest=""),
                name="consent_request_withdrawal_unique",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="consent_request_answer_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(answer=""), name="consent_request_open"),
        ]

    def __str__(self) -> str:
        return f"{self.session} {self.requested_at:%Y-%m-%d %H:%M}"


class ConsentEntry(CompanyOwned):
    """One recorded answer for one session, with the wording that was stated or seen. Never changed afterwards."""

    session = models.ForeignKey("summaries.SupportSession", on_delete=models.PROTECT, related_name="consent_entries")
    request = models.ForeignKey(
        ConsentRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="consent_entries"
    )
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=10, choices=ConsentAnswer)
    statement = models.TextField(help_text="The importer's statement, or the wording the remote user saw.")
    wording_version = models.CharField(max_length=40, blank=True, help_text="Empty: stated by a member.")
    language = models.CharField(max_length=8, blank=True, help_text="Of the wording that the remote user saw.")
    next_time = models.CharField(
        max_length=20, choices=AccessControl, blank=True, help_text="What the remote user chose for the device."
    )
    stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    objects = OfVisibleSessionsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "consent entries"
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(statement=""), name="consent_statement_not_empty"),
        ]
        indexes = [
            # What the sweep looks for: withdrawn while something kept the data from being deleted.
            models.Index(fields=["session"], condition=Q(answer="WITHDRAWN"), name="consent_withdrawn"),
            models.Index(fields=["company", "-at", "-id"], name="consent_company_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.answer} {self.at:%Y-%m-%d %H:%M}"
