import uuid

from django.conf import settings
from django.db import models

from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet


class SessionFileQuerySet(CompanyQuerySet):
    visible_with = (Permission.GENERATE_SUMMARIES,)


class SessionFile(CompanyOwned):
    """One import of a file, or a pull from a service, that holds many support sessions, and what became of them."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    source_format = models.CharField(max_length=24)
    source_name = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField()
    is_finished = models.BooleanField(default=False)
    created = models.PositiveIntegerField(default=0, help_text="Sessions made.")
    known = models.PositiveIntegerField(default=0, help_text="Sessions that were there already.")
    running = models.PositiveIntegerField(default=0, help_text="Sessions that had not ended when the file was made.")
    unmatched = models.PositiveIntegerField(
        default=0, help_text="Sessions made whose supporter is no member; they stand under the one who was named."
    )
    bad = models.PositiveIntegerField(default=0, help_text="Records that could not be read or taken.")
    bad_records = models.JSONField(default=list, help_text="[{unit, place, problem}], the first 100.")
    failure = models.CharField(max_length=400, blank=True, help_text="Why the rest of the file was not read.")

    objects = SessionFileQuerySet.as_manager()

    class Meta:
        ordering = ["-began_at", "-pk"]
        indexes = [models.Index(fields=["company", "-began_at", "-id"], name="session_file_newest")]

    def __str__(self) -> str:
        return self.source_name or self.source_format


class ExternalRecordQuerySet(CompanyQuerySet):
    visible_with = (Permission.VIEW_ALL_REPORTS, Permission.VIEW_OWN_REPORTS)


class ExternalRecord(CompanyOwned):
    """Under which id another tool knows a support session: brought in again, it is the same session."""

    key = models.CharField(max_length=64, help_text="Keyed hash of the service and its id of the session.")
    session = models.ForeignKey("summaries.SupportSession", on_delete=models.CASCADE, related_name="external_records")
    brought_by = models.ForeignKey(
        SessionFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="records"
    )

    objects = ExternalRecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="external_record_once_per_company"),
        ]

    def __str__(self) -> str:
        return self.key
