from django.db import models

from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet


class RedactionRulesQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_COMPANY,)


class RedactionRules(CompanyOwned):
    """What a company masks besides, or does without; none: the built-in rules alone. One row, read as one."""

    switched_off = models.JSONField(default=list, help_text="Codes of the built-in rules that are off.")
    own = models.JSONField(default=list, help_text="[{name, label, kind, pattern, is_on}], in the order of the page.")
    version = models.PositiveIntegerField(default=0, help_text="Counts the changes; kept with each session.")
    changed_at = models.DateTimeField()

    objects = RedactionRulesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "redaction rules"
        constraints = [models.UniqueConstraint(fields=["company"], name="redaction_rules_once_per_company")]

    def __str__(self) -> str:
        return f"Redaction rules {self.version}"
