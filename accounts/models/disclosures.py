from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet


class DisclosureQuerySet(CompanyQuerySet):
    visible_with = (Permission.VIEW_EVENT_LOGS, Permission.MANAGE_COMPANY)


class Disclosure(CompanyOwned):
    """In works-council mode: one member asks for a supporter's name, another confirms, and both stand in the audit log.

    Without a *subject* it asks to switch the mode off, which needs two members as well.
    """

    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=300)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True, help_text="Until then both see the name.")

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("requested_by")),
                name="disclosure_needs_two_members",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="disclosure_reason_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.requested_at:%Y-%m-%d} {self.reason}"
