"""Many sessions summarised by one order: the order, its sessions, and the batches in which a provider gets them."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.enums import EngineName, SummaryLanguage
from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet, company_ids_with
from summaries.enums import BacklogItemState, BacklogState, BacklogWay, BatchState

OPEN = (BacklogState.RUNNING, BacklogState.PAUSED)


class BacklogQuerySet(CompanyQuerySet):
    def visible_to(self, user: Any) -> Self:
        """One's own, for whoever generates summaries; all of the company, for its administrators."""
        if user is None or not user.is_authenticated:
            return self.none()
        own = Q(ordered_by=user, company_id__in=company_ids_with(user, Permission.GENERATE_SUMMARIES))
        return self.filter(own | Q(company_id__in=company_ids_with(user, Permission.MANAGE_COMPANY)))


class Backlog(CompanyOwned):
    """An order to summarise every session that a filter found, in the state they were in when it was given."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Empty: the operator, by command.",
    )
    ordered_at = models.DateTimeField()
    query = models.CharField(max_length=1000, blank=True, help_text="The filters as they stood in the address.")
    engine = models.CharField(max_length=16, choices=EngineName)
    language = models.CharField(max_length=8, choices=SummaryLanguage)
    way = models.CharField(max_length=12, choices=BacklogWay, default=BacklogWay.BATCHES)
    state = models.CharField(max_length=12, choices=BacklogState, default=BacklogState.RUNNING)
    total = models.PositiveIntegerField(help_text="Sessions that were ordered.")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it waits, is paused or failed, for people.")
    next_at = models.DateTimeField(null=True, help_text="Nothing is sent before.")
    failures = models.PositiveIntegerField(default=0, help_text="Failed tries to send, in a row.")
    ended_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True, editable=False, help_text="Names the run that works at it.")
    claimed_until = models.DateTimeField(null=True, editable=False)

    objects = BacklogQuerySet.as_manager()

    class Meta:
        ordering = ["-ordered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "ordered_by"],
                condition=Q(state__in=OPEN, ordered_by__isnull=False),
                name="backlog_one_open_of_a_member",
            ),
            models.UniqueConstraint(
                fields=["company"],
                condition=Q(state__in=OPEN, ordered_by__isnull=True),
                name="backlog_one_open_of_the_operator",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, ended_at__isnull=True) | (~Q(state__in=OPEN) & Q(ended_at__isnull=False)),
                name="backlog_ended_has_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-ordered_at", "-id"], name="backlog_company_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.total} sessions, {self.ordered_at:%Y-%m-%d %H:%M}"


class OfBacklogQuerySet(CompanyQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(backlog__in=Backlog.objects.visible_to(user))


class ProviderBatch(CompanyOwned):
    """Sessions that went to the provider together. The row is written before the call, with a mark of ours."""

    backlog = models.ForeignKey(Backlog, on_delete=models.CASCADE, related_name="batches")
    mark = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="Sent as idempotency key.")
    provider_id = models.CharField(max_length=120, blank=True)
    place = models.CharField(max_length=32, blank=True, help_text="Fingerprint of the address and key it went to.")
    state = models.CharField(max_length=12, choices=BatchState, default=BatchState.PREPARING)
    requests = models.PositiveIntegerField(default=0, help_text="Sessions that were sent.")
    others = models.JSONField(default=list, help_text="The provider's ids of batches that were looked at: not ours.")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cancel_asked_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True, help_text="The provider is not asked before.")
    failures = models.PositiveIntegerField(default=0, help_text="Failed tries to ask, in a row.")
    reason = models.CharField(max_length=300, blank=True)

    objects = OfBacklogQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "provider_id"], condition=~Q(provider_id=""), name="batch_of_provider_once"
            ),
            models.CheckConstraint(
                condition=~Q(state=BatchState.SENT) | ~Q(provider_id=""), name="batch_sent_has_provider_id"
            ),
        ]

    def __str__(self) -> str:
        return self.provider_id or str(self.mark)


class BacklogItem(CompanyOwned):
    """One session of a backlog. Its public id is the `custom_id` by which the provider's result is known again."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    backlog = models.ForeignKey(Backlog, on_delete=models.CASCADE, related_name="items")
    session = models.ForeignKey("summaries.SupportSession", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12, choices=BacklogItemState, default=BacklogItemState.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    batch = models.ForeignKey(ProviderBatch, on_delete=models.SET_NULL, null=True, related_name="items")
    claim = models.UUIDField(null=True, editable=False, help_text="By which the summary's row is held.")
    tokens = models.PositiveIntegerField(default=0, help_text="An upper guess of what it uses.")
    tries = models.PositiveSmallIntegerField(default=0, help_text="Batches that gave no summary of it.")

    objects = OfBacklogQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["backlog", "session"], name="backlog_session_once"),
            models.CheckConstraint(
                condition=~Q(state=BacklogItemState.SENT) | Q(batch__isnull=False, claim__isnull=False),
                name="backlog_item_sent_has_batch",
            ),
        ]
        indexes = [
            models.Index(fields=["backlog", "state", "id"], name="backlog_item_state"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
