"""Making schedules of saved views, and changing, pausing and ending them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.administrators import lock_company
from accounts.domain.time_zones import UnknownTimeZone, check_time_zone
from accounts.models import Company, Membership, User
from summaries.domain.schedules.calendar import Timetable, next_run
from summaries.enums import ScheduleForm, ScheduleRhythm
from summaries.models import SavedView, ScheduleRecipient, ScheduleSending, ViewSchedule
from summaries.models.schedules import OPEN_SENDINGS

#: Of one member; and members who get one schedule's mails.
MAX_SCHEDULES, MAX_RECIPIENTS = 20, 50


class UnableToSchedule(Exception):
    """The schedule was not saved; the sentence says why, and what can be done."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a form says of a schedule. *recipients*: ids of users."""

    form: str
    rhythm: str
    hour: int
    weekday: int
    day: int
    time_zone: str
    sends_empty: bool
    recipients: frozenset[int]


def timetable_of(schedule: ViewSchedule) -> Timetable:
    return Timetable(schedule.rhythm, schedule.hour, schedule.weekday, schedule.day, schedule.time_zone)


@transaction.atomic
def add_schedule(*, company: Company, view: SavedView, actor: User, wish: Wish, at: datetime) -> ViewSchedule:
    """Send *view*, which *actor* may open, from now on. Raises UnableToSchedule."""
    lock_company(company=company)
    if ViewSchedule.objects.filter(company=company, owner=actor).count() >= MAX_SCHEDULES:
        told = _("You have %(most)s schedules, which is the most. Delete one that you no longer need.")
        raise UnableToSchedule(told % {"most": MAX_SCHEDULES})
    current = SavedView.objects.filter(pk=view.pk).first()
    if current is None:
        raise UnableToSchedule(_("This view was deleted meanwhile. Save the list under a new name."))
    _check(wish, view=current, owner=actor)
    schedule = ViewSchedule(company=company, view=current, owner=actor, created_at=at)
    _store(schedule, wish, at=at)
    _record("schedule.created", schedule, actor=actor, at=at)
    return schedule


@transaction.atomic
def change_schedule(*, schedule: ViewSchedule, actor: User, wish: Wish, at: datetime) -> None:
    """Raises UnableToSchedule: for who does not own it, too."""
    current = _held(schedule, actor=actor)
    _check(wish, view=current.view, owner=actor)
    _store(current, wish, at=at)
    _record("schedule.changed", current, actor=actor, at=at)


@transaction.atomic
def pause_schedule(*, schedule: ViewSchedule, actor: User, at: datetime) -> None:
    """Send nothing until it goes on. Raises UnableToSchedule."""
    current = _held(schedule, actor=actor)
    if not current.is_paused:
        _set(current, is_paused=True, next_at=None, changed_at=at)
        _record("schedule.paused", current, actor=actor, at=at)


@transaction.atomic
def resume_schedule(*, schedule: ViewSchedule, actor: User, at: datetime) -> None:
    """Go on with the next time; what a pause left out is not made up for. Raises UnableToSchedule."""
    current = _held(schedule, actor=actor)
    if current.is_paused:
        _set(current, is_paused=False, next_at=next_run(timetable_of(current), after=at), changed_at=at)
        _record("schedule.resumed", current, actor=actor, at=at)


@transaction.atomic
def delete_schedule(*, schedule: ViewSchedule, actor: User, at: datetime) -> None:
    """Raises UnableToSchedule."""
    current = _held(schedule, actor=actor)
    _record("schedule.deleted", current, actor=actor, at=at)
    current.delete()


@transaction.atomic
def leave_schedule(*, recipient: ScheduleRecipient, at: datetime) -> bool:
    """End the mails to one recipient, who asks for it; False when they had left before."""
    left = ScheduleRecipient.objects.filter(pk=recipient.pk, unsubscribed_at=None).update(unsubscribed_at=at)
    if not left:
        return False
    _record("schedule.left", recipient.schedule, actor=recipient.user, at=at)
    return True


@transaction.atomic
def drop_member(*, company: Company, user_id: int) -> None:
    """A member left the company: their schedules go, and nobody's mails go to them any more."""
    ViewSchedule.objects.filter(company=company, owner=user_id).delete()
    ScheduleRecipient.objects.filter(company=company, user=user_id).delete()
    ScheduleSending.objects.filter(company=company, recipient=user_id, state__in=OPEN_SENDINGS).delete()


def _check(wish: Wish, *, view: SavedView, owner: User) -> None:
    """Raise UnableToSchedule for what can't be sent."""
    if wish.form not in ScheduleForm.values or wish.rhythm not in ScheduleRhythm.values:
        raise UnableToSchedule(_("Choose a form and how often it is sent."))
    if not (0 <= wish.hour <= 23 and 0 <= wish.weekday <= 6 and 1 <= wish.day <= 31):  # noqa: PLR2004 - the calendar's
        raise UnableToSchedule(
            _("Choose an hour from 0 to 23, a day of the week, and a day of the month from 1 to 31.")
        )
    try:
        check_time_zone(wish.time_zone)
    except UnknownTimeZone as error:
        raise UnableToSchedule(str(error)) from error
    if not wish.recipients:
        raise UnableToSchedule(_("Choose at least one member who gets it."))
    if len(wish.recipients) > MAX_RECIPIENTS:
        raise UnableToSchedule(_("Choose %(most)s members at most.") % {"most": MAX_RECIPIENTS})
    if wish.recipients != {owner.pk} and not view.is_shared:
        raise UnableToSchedule(_("Share the view with the company first: others can't open it."))
    _check_members(wish.recipients, company_id=view.company_id)


def _check_members(recipients: Collection[int], *, company_id: int) -> None:
    members = Membership.objects.filter(company=company_id, is_active=True, user__is_active=True, user__in=recipients)
    if members.count() != len(recipients):
        raise UnableToSchedule(_("One of those you chose is no member of your company any more. Choose again."))


def _store(schedule: ViewSchedule, wish: Wish, *, at: datetime) -> None:
    for name in ("form", "rhythm", "hour", "weekday", "day", "time_zone", "sends_empty"):
        setattr(schedule, name, getattr(wish, name))
    schedule.changed_at = at
    schedule.next_at = None if schedule.is_paused else next_run(timetable_of(schedule), after=at)
    schedule.save()
    there = ScheduleRecipient.objects.filter(schedule=schedule)
    # Who left by themselves stays out: their own wish counts, also when they are taken off and chosen again.
    there.filter(unsubscribed_at=None).exclude(user__in=wish.recipients).delete()
    kept = set(there.values_list("user", flat=True))
    ScheduleRecipient.objects.bulk_create(
        ScheduleRecipient(company_id=schedule.company_id, schedule=schedule, user_id=user_id)
        for user_id in sorted(wish.recipients - kept)
    )


def _held(schedule: ViewSchedule, *, actor: User) -> ViewSchedule:
    """The schedule as it stands now, until the transaction ends, for its owner."""
    lock_company(company=schedule.company)
    rows = ViewSchedule.objects.select_related("company", "view")
    current: ViewSchedule | None = rows.filter(pk=schedule.pk, owner=actor).first()
    if current is None:
        raise UnableToSchedule(_("This schedule was deleted meanwhile, or it is not yours to change."))
    return current


def _set(schedule: ViewSchedule, **values: object) -> None:
    ViewSchedule.objects.filter(pk=schedule.pk).update(**values)


def _record(action: str, schedule: ViewSchedule, *, actor: User, at: datetime) -> None:
    details = {"view": schedule.view.name, "form": schedule.form, "rhythm": schedule.rhythm}
    audit.record(company=schedule.company, actor=actor, action=action, at=at, target=schedule, details=details)
