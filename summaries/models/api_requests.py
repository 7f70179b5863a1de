from django.conf import settings
from django.db import models

from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet


class IdempotencyKeyQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_INTEGRATIONS,)


class IdempotencyKey(CompanyOwned):
    """A key by which a client names one write to the API, so that sending it twice does it once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64, help_text="Hash of the request that first used the key.")
    result = models.CharField(max_length=64, blank=True, help_text="What the write made; empty while it runs.")
    created_at = models.DateTimeField()

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "user", "key"], name="idempotency_key_once_per_member"),
        ]
        indexes = [models.Index(fields=["company", "created_at"], name="idempotency_key_age")]

    def __str__(self) -> str:
        return self.key
