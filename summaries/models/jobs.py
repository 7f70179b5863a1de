import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.tenancy import CompanyOwned, CompanyQuerySet, grants_of
from summaries.enums import ItemState, JobState, SessionList

#: Asked for and not at its end.
UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)
OVER = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class JobQuerySet(CompanyQuerySet):
    def visible_to(self, user: Any) -> Self:
        """A member's own jobs, in companies where they still are an active member with a role; nobody else's."""
        if user is None or not user.is_authenticated:
            return self.none()
        return self.filter(member_id=user.pk, company_id__in=sorted(grants_of(user)))


class Job(CompanyOwned):
    """Something that a member asked to be done to many support sessions, and how far it is.

    Which sessions is settled when it is asked for: they stand as its items. *cursor* is the place of the last item that
    was dealt with; a worker holds the row by *claim* until *claimed_until*.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(default=uuid.uuid4, help_text="Of the form that asked: sent twice, it is one job.")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40, help_text="Code of a JobKind.")
    state = models.CharField(max_length=10, choices=JobState, default=JobState.PREPARING)
    list_name = models.CharField(max_length=10, choices=SessionList, default=SessionList.HOME)
    query = models.TextField(blank=True, help_text="The list's filter as in its address.")
    is_chosen = models.BooleanField(default=False, help_text="Sessions were picked one by one, not by the filter.")
    options = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=10, blank=True, help_text="In which its sentences are written.")
    left_out = models.JSONField(
        default=list, help_text="[[number of sessions, why they can't]], when it was asked for."
    )
    retry_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="retries")

    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    cursor = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=400, blank=True, help_text="Why it ended before its last session.")

    claim = models.UUIDField(null=True, blank=True, editable=False)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Times it was taken since it last went on.")
    cancel_asked_at = models.DateTimeField(null=True, blank=True)

    folder = models.CharField(max_length=64, blank=True, editable=False, help_text="Random name below DATA_DIR/jobs.")
    file_name = models.CharField(max_length=200, blank=True, help_text="What the file is called when downloaded.")
    content_type = models.CharField(max_length=100, blank=True)
    file_size = models.PositiveBigIntegerField(default=0, help_text="In bytes.")
    expires_at = models.DateTimeField(null=True, blank=True, help_text="When the file is deleted.")

    wants_mail = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True, help_text="When the member saw that it had ended.")

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "member", "key"], name="job_once_per_form"),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(
                condition=Q(cursor=F("done") + F("skipped") + F("failed"), total__gte=F("cursor")),
                name="job_counts_add_up",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OVER, finished_at__isnull=False)
                | Q(~Q(state__in=OVER), finished_at__isnull=True),
                name="job_over_has_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "member", "-asked_at", "-id"], name="job_member_newest"),
            # The top bar asks this on every page of a member who has jobs.
            models.Index(fields=["member", "company"], condition=Q(seen_at__isnull=True), name="job_unseen"),
            models.Index(fields=["claimed_until"], condition=Q(state__in=UNDER_WAY), name="job_under_way"),
            models.Index(fields=["expires_at"], condition=~Q(folder=""), name="job_files"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def percent(self) -> int:
        return self.cursor * 100 // self.total if self.total else 100

    @property
    def remaining(self) -> int:
        return self.total - self.cursor


class JobItemQuerySet(CompanyQuerySet):
    def visible_to(self, user: Any) -> Self:
        if user is None or not user.is_authenticated:
            return self.none()
        return self.filter(job__member_id=user.pk, company_id__in=sorted(grants_of(user)))


class JobItem(CompanyOwned):
    """One support session of a job, and what became of it.

    *session_id* and *revision_id* are no foreign keys: sessions go without asking the jobs that once touched them.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="items")
    place = models.PositiveIntegerField(help_text="From 1, in the order of the list.")
    session_id = models.BigIntegerField()
    number = models.PositiveIntegerField(help_text="Of the session, to name it even when it is gone.")
    revision_id = models.BigIntegerField(
        null=True, blank=True, help_text="The text that counted when the job was asked for."
    )
    state = models.CharField(max_length=8, choices=ItemState, default=ItemState.WAITING)
    sentence = models.CharField(max_length=400, blank=True, help_text="Why it was left as it was, or failed.")

    objects = JobItemQuerySet.as_manager()

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["job", "place"], name="job_item_place_once"),
            models.UniqueConstraint(fields=["job", "session_id"], name="job_item_session_once"),
        ]
        indexes = [
            models.Index(fields=["session_id"], name="job_item_session"),
            models.Index(
                fields=["job", "place"],
                condition=Q(state__in=[ItemState.SKIPPED, ItemState.FAILED]),
                name="job_item_problems",
            ),
        ]

    def __str__(self) -> str:
        return f"S-{self.number}"

    @property
    def label(self) -> str:
        return f"S-{self.number}"
