"""What the installation keeps of its remote engines: which are held back, which runs are alive, tokens of each day."""

from django.db import models

from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet


class EnginePause(models.Model):
    """A key at an address that is not asked until a moment, and how often in a row it was in trouble."""

    place = models.CharField(max_length=32, unique=True, help_text="Keyed hash of address and key.")
    failures = models.PositiveIntegerField(default=0, help_text="Since the last answer.")
    began_at = models.DateTimeField(null=True, blank=True)
    opens_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.place


class EngineRun(models.Model):
    """A place for one queue task that waits for remote engines; there are GENERATION_RUNS of them."""

    number = models.PositiveSmallIntegerField(unique=True)
    token = models.UUIDField(null=True, blank=True)
    held_until = models.DateTimeField(null=True, blank=True, help_text="Renewed while the task lives.")
    in_flight = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"run {self.number}"


class TokenUseQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_COMPANY,)


class TokenUse(CompanyOwned):
    """Tokens that a company used at remote engines on one day of its calendar, answers of no use included."""

    day = models.DateField()
    tokens = models.PositiveBigIntegerField(default=0)

    objects = TokenUseQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "day"], name="token_use_once_a_day")]

    def __str__(self) -> str:
        return f"{self.tokens} tokens on {self.day}"
