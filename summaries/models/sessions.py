import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import UserGroup
from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet, Reach, reaches_of
from policies.enums import Reason, Verdict
from policies.models import Device
from summaries.enums import Direction, SessionStatus


class SupportSessionQuerySet(CompanyQuerySet):
    visible_with = (Permission.VIEW_ALL_REPORTS, Permission.VIEW_OWN_REPORTS)

    def visible_to(self, user: Any) -> Self:
        """Sessions that a role of *user* reads: all of the company, those of the role's groups, or one's own.

        A session that is still being imported, or was deleted, is shown to nobody.
        """
        if user is None or not user.is_authenticated:
            return self.none()
        reaches = [reach for permission in self.visible_with for reach in reaches_of(user, permission)]
        return self.filter(_reached(reaches, user)).exclude(status__in=(SessionStatus.IMPORTING, SessionStatus.DELETED))

    def reached_with(self, user: Any, permission: Permission) -> Self:
        """The sessions visible to *user* to which a role lets them do *permission* (of SESSION_PERMISSIONS)."""
        if user is None or not user.is_authenticated:
            return self.none()
        return self.visible_to(user).filter(_reached(reaches_of(user, permission), user))


def _reached(reaches: list[Reach], user: Any) -> Q:
    """The sessions of any of *reaches*. Ids are materialised and merged, so that a thousand grants are a few lists."""
    whole = {reach.company_id for reach in reaches if reach.is_whole_company}
    found = Q(company_id__in=sorted(whole))
    narrowed: dict[tuple[int, bool, str], set[int]] = {}
    for reach in reaches:
        if reach.company_id in whole:
            continue
        for label in reach.groups or [""]:
            narrowed.setdefault((reach.company_id, reach.own_only, label), set()).update(reach.groups.get(label, ()))
    for (company_id, own_only, label), ids in sorted(narrowed.items()):
        reached = Q(company_id=company_id)
        if own_only:
            reached &= Q(supporter_id=user.pk)
        if label:
            reached &= _in_groups(label, ids)
        found |= reached
    return found


def _in_groups(label: str, ids: set[int]) -> Q:
    if label == "accounts.usergroup":
        members = UserGroup.members.through.objects.filter(usergroup_id__in=sorted(ids))
        return Q(supporter_id__in=members.values("membership__user_id"))
    return Q(device_id__in=Device.objects.filter(group_id__in=sorted(ids)).values("pk"))


class SupportSession(CompanyOwned):
    """One remote connection: supporter, device, start, end, direction."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField(editable=False, help_text="Counts within the company; shown as S-1042.")
    status = models.CharField(max_length=10, choices=SessionStatus, default=SessionStatus.OPEN)
    direction = models.CharField(max_length=10, choices=Direction, default=Direction.OUTGOING)
    supporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions")
    remote_user = models.CharField(max_length=120, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    notes = models.TextField(blank=True)
    ticket = models.CharField(max_length=60, blank=True)
    billing_state = models.CharField(max_length=20, blank=True)
    fee = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)

    verdict = models.CharField(max_length=4, choices=Verdict, default=Verdict.WAIT)
    reason = models.CharField(max_length=24, choices=Reason, default=Reason.WAITING_FOR_CONSENT)

    source_format = models.CharField(max_length=24, blank=True, help_text="Code of the Source; empty for the API.")
    source_name = models.CharField(max_length=200, blank=True)
    source_digest = models.CharField(
        max_length=64,
        blank=True,
        help_text="Keyed hash of the recording: the same file twice is one session.",
    )
    import_began_at = models.DateTimeField(null=True, blank=True, editable=False)
    quality = models.JSONField(default=list, help_text="QualityFlag values.")
    bad_records = models.JSONField(default=list, help_text="[{unit, place, problem}], the first 100.")
    bad_record_count = models.PositiveIntegerField(default=0)
    interaction_count = models.PositiveIntegerField(default=0)
    redaction_counts = models.JSONField(default=dict, help_text="{rule code: number of masked places}.")
    redaction_memory = models.JSONField(
        default=dict, help_text="{rule code: {keyed hash: number}}: keeps EMAIL-1 the same in later batches."
    )
    search_text = models.TextField(blank=True, editable=False, help_text="What search finds; see domain.search.")
    log_deleted_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the session log was deleted; no summary is made since."
    )
    summary_deleted_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the last summary was deleted."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SupportSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="session_number_unique_in_company"),
            models.UniqueConstraint(
                fields=["company", "source_digest"],
                condition=~Q(source_digest=""),
                name="session_recording_once_per_company",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="session_ends_after_start",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-started_at", "-id"], name="session_company_newest"),
            models.Index(fields=["company", "supporter", "-started_at", "-id"], name="session_supporter_newest"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"S-{self.number}"

    @property
    def duration(self) -> timedelta | None:
        return self.ended_at - self.started_at if self.ended_at else None

    def moment_of(self, offset_ms: int) -> datetime:
        return self.started_at + timedelta(milliseconds=offset_ms)
