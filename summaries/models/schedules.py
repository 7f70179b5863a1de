"""Saved views that go out by mail: when, in which form, to whom, and what became of each time."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import CompanyOwned, CompanyQuerySet
from summaries.enums import ScheduleForm, ScheduleRhythm, SendingState
from summaries.models.reach import READ_REPORTS
from summaries.models.views import SavedView

#: Sendings of which something is still to be done.
OPEN_SENDINGS = (SendingState.WAITING, SendingState.MAKING)


class ScheduleQuerySet(CompanyQuerySet):
    visible_with = READ_REPORTS

    def visible_to(self, user: Any) -> Self:
        """One's own schedules, and those that one receives."""
        found = super().visible_to(user)
        if user is None or not user.is_authenticated:
            return found
        received = ScheduleRecipient._default_manager.filter(user_id=user.pk, unsubscribed_at=None)
        return found.filter(Q(owner_id=user.pk) | Q(pk__in=received.values("schedule")))


class ViewSchedule(CompanyOwned):
    """A saved view that goes to members of the company every day, week or month.

    Each gets what their own roles show them when it goes out. *next_at* is when that is; none while it is paused.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="schedules")
    form = models.CharField(max_length=10, choices=ScheduleForm)
    rhythm = models.CharField(max_length=8, choices=ScheduleRhythm)
    hour = models.PositiveSmallIntegerField(default=7, validators=[MaxValueValidator(23)])
    weekday = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(6)], help_text="Of a weekly one: 0 is Monday."
    )
    day = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text="Of a monthly one; a shorter month ends it on its last day.",
    )
    time_zone = models.CharField(max_length=64, help_text="In which hour and day are meant.")
    sends_empty = models.BooleanField(default=False, help_text="A mail goes out even if no session matches.")
    is_paused = models.BooleanField(default=False)
    next_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(form__in=ScheduleForm.values), name="schedule_form_known"),
            models.CheckConstraint(condition=Q(rhythm__in=ScheduleRhythm.values), name="schedule_rhythm_known"),
            models.CheckConstraint(
                condition=Q(hour__lte=23, weekday__lte=6, day__gte=1, day__lte=31), name="schedule_moment_exists"
            ),
            models.CheckConstraint(
                condition=Q(is_paused=True, next_at__isnull=True) | Q(is_paused=False, next_at__isnull=False),
                name="schedule_paused_has_no_next",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="schedule_due"),
            models.Index(fields=["company", "owner"], name="schedule_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.view} ({self.get_rhythm_display()})"


class RecipientQuerySet(CompanyQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(schedule__in=ViewSchedule._default_manager.visible_to(user))


class ScheduleRecipient(CompanyOwned):
    """A member who gets a schedule's mails, until they leave it."""

    schedule = models.ForeignKey(ViewSchedule, on_delete=models.CASCADE, related_name="recipients")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    unsubscribed_at = models.DateTimeField(null=True, blank=True)

    objects = RecipientQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["schedule", "user"], name="schedule_recipient_once")]

    def __str__(self) -> str:
        return f"{self.schedule_id} to {self.user_id}"


class SendingQuerySet(CompanyQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(schedule__in=ViewSchedule._default_manager.visible_to(user))


class ScheduleSending(CompanyOwned):
    """One time for one recipient: a row that stands once, whoever looks first and however often."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    schedule = models.ForeignKey(ViewSchedule, on_delete=models.CASCADE, related_name="sendings")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=10, help_text="2026-11-20, 2026-W47 or 2026-11.")
    due_at = models.DateTimeField()
    missed = models.PositiveSmallIntegerField(default=0, help_text="Earlier times that nobody was there to send.")
    state = models.CharField(_("state"), max_length=8, choices=SendingState, default=SendingState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    sessions = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=400, blank=True, help_text="Why nothing was sent.")
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = SendingQuerySet.as_manager()

    class Meta:
        ordering = ["-due_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "period", "recipient"], name="schedule_sending_once"),
            models.CheckConstraint(condition=Q(state__in=SendingState.values), name="schedule_sending_state_known"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="WAITING"), name="schedule_sending_waits")]

    def __str__(self) -> str:
        return f"{self.period} of {self.schedule_id}"
