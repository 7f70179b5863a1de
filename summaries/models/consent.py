from typing import Any, Self

from django.conf import settings
from django.db import models

from accounts.tenancy import CompanyOwned, CompanyQuerySet
from policies.enums import ConsentAnswer


class ConsentEntryQuerySet(CompanyQuerySet):
    def visible_to(self, user: Any) -> Self:
        """The consent entries of the sessions that *user* may see."""
        from summaries.models.sessions import SupportSession  # sessions import nothing of this module

        return self.filter(session__in=SupportSession.objects.visible_to(user))


class ConsentEntry(CompanyOwned):
    """One recorded answer for one session, with the wording that was stated or seen. Never changed afterwards."""

    session = models.ForeignKey("summaries.SupportSession", on_delete=models.PROTECT, related_name="consent_entries")
    answer = models.CharField(max_length=10, choices=ConsentAnswer)
    statement = models.TextField(help_text="The importer's statement, or the wording the remote user saw.")
    stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    objects = ConsentEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "consent entries"
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(statement=""), name="consent_statement_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.answer} {self.at:%Y-%m-%d %H:%M}"
