from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.enums import DeliveryState
from accounts.models.notices import Delivery
from accounts.tenancy import CompanyOwned, CompanyQuerySet
from summaries.models.summaries import Summary, SummaryRevision


class SummaryMailQuerySet(CompanyQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(summary__in=Summary.objects.visible_to(user))

    def visible_in(self, user: Any, company: Any) -> Self:
        return self.filter(company=company, summary__in=Summary.objects.visible_in(user, company))


class SummaryMail(CompanyOwned, Delivery):
    """A summary on its way to a ticket or to somebody by mail, or what became of that.

    It carries *revision*, the text that the sender saw, and no other. *note* is forgotten once it has gone.
    """

    summary = models.ForeignKey(Summary, on_delete=models.CASCADE, related_name="mails")
    revision = models.ForeignKey(SummaryRevision, on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField(help_text="Of the form that asked: sent twice, it is one mail.")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    address = models.EmailField()
    ticket = models.CharField(max_length=60, blank=True, help_text="Empty: it goes to a person.")
    note = models.TextField(blank=True)
    asked_at = models.DateTimeField()

    objects = SummaryMailQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="summary_mail_once_per_form"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="summary_mail_state_known"),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state=DeliveryState.WAITING), name="summary_mail_due"),
            models.Index(fields=["company", "asked_at"], name="summary_mail_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.summary} to {self.ticket or self.address}"
