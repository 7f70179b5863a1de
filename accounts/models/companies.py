from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import BillingRounding, Plan
from accounts.permissions import Permission


class Company(models.Model):
    """The tenant. Nothing of one company is ever visible to another."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("slug"), unique=True, help_text=_("Names the company on the command line."))
    plan = models.CharField(_("plan"), max_length=16, choices=Plan, default=Plan.BUSINESS)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    address = models.CharField(
        _("address"), max_length=250, blank=True, help_text=_("Stands in the letterhead of reports.")
    )
    contact_email = models.EmailField(
        _("contact email"), blank=True, help_text=_("Stands in the letterhead of reports.")
    )
    billing_step_minutes = models.PositiveSmallIntegerField(
        _("billing step"),
        default=5,
        validators=[MinValueValidator(1)],
        help_text=_("Billable time is rounded to full steps of so many minutes."),
    )
    billing_rounding = models.CharField(
        _("rounding"), max_length=8, choices=BillingRounding, default=BillingRounding.UP, db_default=BillingRounding.UP
    )
    billing_minimum_minutes = models.PositiveSmallIntegerField(
        _("shortest billable time"),
        default=0,
        db_default=0,
        validators=[MaxValueValidator(480)],
        help_text=_("In minutes. A session that is shorter counts as long as this; 0: as long as it was."),
    )
    requires_mfa = models.BooleanField(
        _("demand a second factor"),
        default=False,
        help_text=_("Members without an authenticator app or security key set one up before they go on."),
    )
    works_council_mode = models.BooleanField(
        default=False,
        editable=False,
        help_text="Supporters appear under pseudonyms; two members together reveal one.",
    )
    pseudonym_key = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Random; pseudonyms are made with it and stay the same."
    )
    next_session_number = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
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
