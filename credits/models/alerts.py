from django.db import models
from django.db.models import Q

from accounts.tenancy import CompanyOwned
from credits.enums import AlertThreshold
from credits.models.ledger import CreditQuerySet


class CreditAlert(CompanyOwned):
    """Use reached a share of what the month had. Once each, until new credits bring the use below it again."""

    threshold = models.PositiveSmallIntegerField(choices=AlertThreshold, help_text="Per cent.")
    month_date = models.DateField(help_text="First day of the month, in the company's zone.")
    used = models.PositiveIntegerField()
    granted = models.PositiveIntegerField()
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(
        null=True, blank=True, help_text="When new credits brought the use below the threshold."
    )

    objects = CreditQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-threshold"]
        constraints = [
            models.CheckConstraint(condition=Q(threshold__in=AlertThreshold.values), name="alert_threshold_known"),
            models.UniqueConstraint(
                fields=["company", "month_date", "threshold"],
                condition=Q(cleared_at__isnull=True),
                name="alert_once_until_cleared",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.threshold} % of {self.month_date:%B %Y}"


class Forecast(CompanyOwned):
    """What a company will use by the end of the month, as it looked on one day."""

    day_date = models.DateField(help_text="The day it was made, in the company's zone.")
    used = models.PositiveIntegerField(help_text="In the month so far.")
    available = models.PositiveIntegerField()
    daily_use = models.DecimalField(max_digits=10, decimal_places=2, help_text="Sessions a day it reckons with.")
    month_use = models.PositiveIntegerField(help_text="Expected in the whole month.")
    runs_out_on = models.DateField(
        null=True, blank=True, help_text="The day the last credit goes, if that comes before the credits end."
    )
    ends_unused = models.PositiveIntegerField(help_text="Credits that are expected to end with the month unused.")

    objects = CreditQuerySet.as_manager()

    class Meta:
        ordering = ["-day_date"]
        constraints = [models.UniqueConstraint(fields=["company", "day_date"], name="forecast_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day_date}: {self.month_use}"
