from typing import Any, Self

from django.db import models

from accounts.tenancy import CompanyOwned, CompanyQuerySet
from policies.enums import Verdict
from summaries.enums import Actor, Kind, PlaceUnit


class InteractionQuerySet(CompanyQuerySet):
    def visible_to(self, user: Any) -> Self:
        """The interactions of the sessions that *user* may see; none of a log that may not be kept (a hold keeps it),
        or was deleted.
        """
        from summaries.models.sessions import SupportSession  # sessions import nothing of this module

        kept = SupportSession.objects.visible_to(user).exclude(verdict=Verdict.NO).filter(log_deleted_at=None)
        return self.filter(session__in=kept)

    def in_logs(self) -> Self:
        """Not of a log that was deleted, whose rows the trash still keeps.

        Whoever shows, cites or sends what was recorded asks here.
        """
        return self.filter(session__log_deleted_at=None)


class Interaction(CompanyOwned):
    """One captured event of a session, redacted. *number* is what evidence cites."""

    session = models.ForeignKey("summaries.SupportSession", on_delete=models.CASCADE, related_name="interactions")
    number = models.PositiveIntegerField(help_text="1, 2, 3 … within the session.")
    offset_ms = models.PositiveBigIntegerField(help_text="Milliseconds from the start of the session.")
    actor = models.CharField(max_length=12, choices=Actor, default=Actor.UNKNOWN)
    kind = models.CharField(max_length=14, choices=Kind)
    application = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    place_unit = models.CharField(max_length=4, choices=PlaceUnit, blank=True)
    place = models.PositiveBigIntegerField(null=True, blank=True, help_text="Line, byte offset or item.")

    objects = InteractionQuerySet.as_manager()

    class Meta:
        ordering = ["session", "number"]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="interaction_number_unique_in_session"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="interaction_number_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"
