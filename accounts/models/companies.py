from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.enums import BillingRounding, Plan
from accounts.permissions import Permission


class Company(models.Model):
    """The tenant. Nothing of one company is ever visible to another."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True, help_text="Names the company on the command line.")
    plan = models.CharField(max_length=16, choices=Plan, default=Plan.BUSINESS)
    time_zone = models.CharField(max_length=64, default="UTC")
    address = models.CharField(max_length=250, blank=True, help_text="Stands in the letterhead of reports.")
    contact_email = models.EmailField(blank=True, help_text="Stands in the letterhead of reports.")
    billing_step_minutes = models.PositiveSmallIntegerField(
        "billing step",
        default=5,
        validators=[MinValueValidator(1)],
        help_text="Billable time is rounded to full steps of so many minutes.",
    )
    billing_rounding = models.CharField(
        "rounding", max_length=8, choices=BillingRounding, default=BillingRounding.UP, db_default=BillingRounding.UP
    )
    billing_minimum_minutes = models.PositiveSmallIntegerField(
        "shortest billable time",
        default=0,
        db_default=0,
        validators=[MaxValueValidator(480)],
        help_text="In minutes. A session that is shorter counts as long as this; 0: as long as it was.",
    )
    requires_mfa = models.BooleanField(
        "demand a second factor",
        default=False,
        help_text="Members without an authenticator app or security key set one up before they go on.",
    )
    works_council_mode = models.BooleanField(
        default=False, editable=False, help_text="Supporters appear under pseudonyms; two members together reveal one."
    )
    pseudonym_key = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Random; pseudonyms are made with it and stay the same."
    )
    next_session_number = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "companies"
        permissions = [(permission.value, permission.label) for permission in Permission]
        constraints = [
            models.CheckConstraint(condition=models.Q(plan__in=Plan.values), name="company_plan_known"),
            models.CheckConstraint(
                condition=models.Q(billing_step_minutes__gte=1), name="company_billing_step_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(billing_rounding__in=BillingRounding.values), name="company_billing_rounding_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name
