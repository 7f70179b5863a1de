from django.db import models

from accounts.models.people import Membership
from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet


class ApiTokenQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_INTEGRATIONS,)


class ApiToken(CompanyOwned):
    """A scoped, expiring key of one member for the API; shown once, stored hashed."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "API token"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
