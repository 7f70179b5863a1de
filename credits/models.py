from django.db import models

from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet
from credits.enums import ReservationState


class ReservationQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_CREDITS,)


class Reservation(CompanyOwned):
    """The one credit of one support session: reserved, then charged or released."""

    session_id = models.UUIDField(help_text="public_id of the support session.")
    state = models.CharField(max_length=10, choices=ReservationState, default=ReservationState.RESERVED)
    month_date = models.DateField(help_text="First day of the month, in the company's zone, that it counts in.")
    reserved_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = ReservationQuerySet.as_manager()

    class Meta:
        ordering = ["-reserved_at"]
        constraints = [
            models.UniqueConstraint(fields=["company", "session_id"], name="reservation_once_per_session"),
            models.CheckConstraint(
                condition=models.Q(state__in=ReservationState.values), name="reservation_state_known"
            ),
        ]
        indexes = [models.Index(fields=["company", "month_date", "state"], name="reservation_month")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.state}"
