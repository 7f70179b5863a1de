from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from accounts.tenancy import CompanyOwned, CompanyQuerySet
from summaries.models.summaries import Summary, SummaryRevision


class SummaryRatingQuerySet(CompanyQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(summary__in=Summary.objects.visible_to(user))

    def visible_in(self, user: Any, company: Any) -> Self:
        return self.filter(company=company, summary__in=Summary.objects.visible_in(user, company))


class SummaryRating(CompanyOwned):
    """What one member thinks of a summary: helpful or not, and why. It can be changed; there is one for each member."""

    summary = models.ForeignKey(Summary, on_delete=models.CASCADE, related_name="ratings")
    revision = models.ForeignKey(
        SummaryRevision, on_delete=models.CASCADE, related_name="+", help_text="What was read."
    )
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_helpful = models.BooleanField()
    comment = models.CharField(max_length=500, blank=True)
    rated_at = models.DateTimeField()

    objects = SummaryRatingQuerySet.as_manager()

    class Meta:
        ordering = ["-rated_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["summary", "member"], name="rating_once_per_member_and_summary"),
        ]

    def __str__(self) -> str:
        return "helpful" if self.is_helpful else _("not helpful")
