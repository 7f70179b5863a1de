from django.conf import settings
from django.db import models

from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet
from summaries.enums import DayOrder, DurationUnit


class IntegrationQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_INTEGRATIONS,)


class ReportMapping(CompanyOwned):
    """Which column of another tool's report holds what; a file with the same headers is read by it."""

    name = models.CharField(max_length=80)
    headers = models.JSONField(help_text="All headers of the file, as written.")
    columns = models.JSONField(help_text="{field: header}.")
    day_order = models.CharField(max_length=12, choices=DayOrder, default=DayOrder.AUTOMATIC)
    duration_unit = models.CharField(max_length=8, choices=DurationUnit, default=DurationUnit.MINUTES)
    changed_at = models.DateTimeField()

    objects = IntegrationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="report_mapping_name_once_per_company"),
        ]

    def __str__(self) -> str:
        return self.name


class TeamViewerPull(CompanyOwned):
    """Whether and how a company's connection reports are fetched from TeamViewer, and how far that is."""

    is_on = models.BooleanField(default=False)
    base_url = models.CharField(max_length=200, default="https://webapi.teamviewer.com")
    token_encrypted = models.TextField(blank=True, editable=False, help_text="Script token, encrypted; never shown.")
    supporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Whose sessions those are whose own supporter is no member.",
    )
    complete_until = models.DateTimeField(null=True, help_text="Every session that began before is here, or runs.")
    window_from = models.DateTimeField(null=True, help_text="Beginning of the window that is being read.")
    window_to = models.DateTimeField(null=True)
    offset_id = models.CharField(max_length=200, blank=True, help_text="Next page of the window; empty: the first.")
    oldest_running_at = models.DateTimeField(null=True, help_text="Start of the oldest session that had not ended.")
    file = models.ForeignKey("summaries.SessionFile", on_delete=models.SET_NULL, null=True, related_name="+")
    not_before = models.DateTimeField(null=True, help_text="When the service may be asked again.")
    failures = models.PositiveIntegerField(default=0, help_text="Failed tries in a row.")
    last_try_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    last_result = models.CharField(max_length=400, blank=True)
    last_error = models.CharField(max_length=400, blank=True)
    claim = models.UUIDField(null=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)

    objects = IntegrationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company"], name="teamviewer_pull_once_per_company"),
        ]

    def __str__(self) -> str:
        return f"TeamViewer, {self.company}"
