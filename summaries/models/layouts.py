from django.db import models

from accounts.models import Company
from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet
from insights_portal.lib.pdf import Paper
from summaries.enums import Accent


class ReportLayoutQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_COMPANY,)


class ReportLayout(CompanyOwned):
    """How a company's service reports look; without a row they look as these defaults say.

    By which rule time is billed is the company's (`Company.billing_*`): it holds for tables as well.
    """

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="report_layout")
    letterhead = models.CharField(max_length=400, blank=True, help_text="Lines; none: the company's address and mail.")
    logo = models.BinaryField(default=bytes, help_text="A PNG that we wrote ourselves; empty: no logo.")
    logo_text = models.CharField(max_length=120, blank=True, help_text="Read aloud in place of the logo.")
    accent = models.CharField(max_length=8, choices=Accent, default=Accent.GRAPHITE)
    footer = models.CharField(max_length=160, blank=True)
    number_format = models.CharField(max_length=40, default="{session}")
    paper = models.CharField(max_length=6, choices=Paper, default=Paper.A4)

    shows_open_points = models.BooleanField(default=True)
    shows_applications = models.BooleanField(default=True)
    shows_commands = models.BooleanField(default=True)
    shows_evidence = models.BooleanField(default=False)
    shows_notes = models.BooleanField(default=True)
    shows_signatures = models.BooleanField(default=True)

    version = models.PositiveIntegerField(default=0, help_text="Counts the changes.")
    changed_at = models.DateTimeField()

    objects = ReportLayoutQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(accent__in=Accent.values), name="report_layout_accent_known"),
            models.CheckConstraint(condition=models.Q(paper__in=Paper.values), name="report_layout_paper_known"),
            models.CheckConstraint(
                condition=models.Q(number_format__contains="{session}") | models.Q(number_format__contains="{number}"),
                name="report_layout_number_named",
            ),
        ]

    def __str__(self) -> str:
        return f"Report layout {self.version}"
