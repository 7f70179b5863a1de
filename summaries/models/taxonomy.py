from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet


class TaxonomyQuerySet(CompanyQuerySet):
    visible_with = (
        Permission.VIEW_ALL_REPORTS,
        Permission.VIEW_OWN_REPORTS,
        Permission.MANAGE_COMPANY,
    )


class TaxonomyEntry(CompanyOwned):
    """A label of a company's taxonomy and the words by which it is recognised."""

    name = models.CharField(_("name"), max_length=80)
    keywords = models.JSONField(_("keywords"), default=list, blank=True, help_text="Words or phrases that point to it.")
    is_active = models.BooleanField(_("is active"), default=True)

    objects = TaxonomyQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class IssueType(TaxonomyEntry):
    """What kind of problem a session was about: Printer, VPN, Disk space …"""

    class Meta(TaxonomyEntry.Meta):
        verbose_name, verbose_name_plural = _("issue type"), _("issue types")
        constraints = [
            models.UniqueConstraint("company", Lower("name"), name="issue_type_unique_in_company"),
        ]


class Application(TaxonomyEntry):
    """A program that sessions work with: Outlook, Print Spooler, systemd …"""

    class Meta(TaxonomyEntry.Meta):
        verbose_name, verbose_name_plural = _("application"), _("applications")
        constraints = [
            models.UniqueConstraint("company", Lower("name"), name="application_unique_in_company"),
        ]


class IssueTypeClassifier(CompanyOwned):
    """A company's own model of issue types, trained on its labelled texts; one per company, counted in versions.

    *data* is what `engines.builtin.issue_types.storage` wrote: weights of words, no text.
    """

    version = models.PositiveIntegerField(default=1)
    data = models.BinaryField()
    issue_types = models.JSONField(default=list, help_text="Names of the issue types that it tells apart.")
    texts = models.PositiveIntegerField(help_text="How many labelled texts it was trained on.")
    trained_at = models.DateTimeField()

    objects = TaxonomyQuerySet.as_manager()

    class Meta:
        ordering = ["company"]
        constraints = [
            models.UniqueConstraint(fields=["company"], name="issue_type_classifier_once_in_company"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="issue_type_classifier_version_from_1"),
        ]

    def __str__(self) -> str:
        return f"Model of issue types, version {self.version}"
