"""The schedules that a member made or receives, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Prefetch, Q, Subquery

from accounts.models import Company, User
from accounts.tenancy import access_or_404
from summaries.models import ScheduleRecipient, ScheduleSending, ViewSchedule

#: Times that a page tells of.
SHOWN_SENDINGS = 20


@dataclass(frozen=True, slots=True)
class ListedSchedule:
    """*last*: what became of the newest time, for its owner all recipients, else oneself; empty before the first."""

    schedule: ViewSchedule
    is_own: bool
    recipients: int
    last: tuple[ScheduleSending, ...]


def schedules_of(*, company: Company, viewer: User) -> list[ListedSchedule]:
    """One's own schedules and those that one receives, newest first. Two queries, beside the grants."""
    active = Count("recipients", filter=Q(recipients__unsubscribed_at=None))
    schedules = list(
        ViewSchedule.objects.visible_in(viewer, company).select_related("view", "owner").annotate(active=active)
    )
    last = _last_sendings([each.pk for each in schedules])
    return [
        ListedSchedule(
            each,
            each.owner_id == viewer.pk,
            each.active,
            tuple(row for row in last.get(each.pk, ()) if viewer.pk in (each.owner_id, row.recipient_id)),
        )
        for each in schedules
    ]


def schedule_or_404(*, company: Company, viewer: User, public_id: object) -> ViewSchedule:
    """One that *viewer* owns or receives. Raises Http404 for another's as for none."""
    schedules = ViewSchedule.objects.visible_in(viewer, company).select_related("view", "owner", "company")
    rows = ScheduleRecipient.objects.select_related("user").order_by("user__name", "pk")
    found: ViewSchedule = access_or_404(
        schedules.prefetch_related(Prefetch("recipients", queryset=rows)), public_id=public_id
    )
    return found


def sendings_of(*, schedule: ViewSchedule, viewer: User) -> list[ScheduleSending]:
    """What became of it lately: its owner sees all recipients, others themselves."""
    rows = ScheduleSending.objects.filter(schedule=schedule).select_related("recipient")
    if schedule.owner_id != viewer.pk:
        rows = rows.filter(recipient=viewer)
    return list(rows[:SHOWN_SENDINGS])


def _last_sendings(schedule_ids: list[int]) -> Mapping[int, list[ScheduleSending]]:
    """{schedule: the rows of its newest time}."""
    found: dict[int, list[ScheduleSending]] = {}
    newest = ScheduleSending.objects.filter(schedule=OuterRef("schedule")).order_by("-due_at").values("due_at")
    rows = ScheduleSending.objects.filter(schedule__in=schedule_ids, due_at=Subquery(newest[:1])).order_by("pk")
    for row in rows.select_related("recipient"):
        found.setdefault(row.schedule_id, []).append(row)
    return found
