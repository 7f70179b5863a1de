"""What recipients and owners of schedules are told by mail, each in their own language."""

from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.domain.mailing import queue_mail
from accounts.domain.pseudonyms import NAMELESS, names_for
from accounts.models import User
from summaries.domain.schedules.links import leave_token
from summaries.models import Job, ScheduleRecipient, ScheduleSending


def tell_recipient(*, sending: ScheduleSending, job: Job | None, at: datetime) -> None:
    """That the file of *job* is ready, or without one that no session matched. Once for each sending."""
    schedule = sending.schedule
    recipient = ScheduleRecipient.objects.filter(schedule=schedule, user=sending.recipient_id).first()
    leave = reverse("summaries:schedule_leave_link", args=[leave_token(recipient)]) if recipient else ""
    subject = _("Session Insights: %(view)s") % {"view": schedule.view.name}
    queue_mail(
        company=schedule.company,
        recipients=[sending.recipient],
        key=f"schedule:{sending.public_id}",
        subject=subject,
        template="scheduled_view",
        context={
            "schedule": schedule,
            "sending": sending,
            "job": job,
            "has_left_out": bool(job and job.options.get("has_left_out")),
            "leave_path": leave,
            "owner_name": _called(schedule.owner, by=sending.recipient, sending=sending, at=at),
        },
        at=at,
        unsubscribe=leave,
    )


def tell_owner(*, sending: ScheduleSending, why: str | Promise, at: datetime) -> None:
    """That somebody got nothing, once for each time and recipient."""
    schedule = sending.schedule
    queue_mail(
        company=schedule.company,
        recipients=[schedule.owner],
        key=f"schedule:{sending.public_id}:problem",
        subject=_("Not sent: %(view)s") % {"view": schedule.view.name},
        template="schedule_problem",
        context={
            "schedule": schedule,
            "sending": sending,
            "why": why,
            "recipient_name": _called(sending.recipient, by=schedule.owner, sending=sending, at=at),
        },
        at=at,
    )


def _called(member: User, *, by: User, sending: ScheduleSending, at: datetime) -> str:
    """As the reader may call them: in works-council mode by pseudonym."""
    names = names_for(company=sending.schedule.company, viewer=by, at=at)
    # A revealed name is for pages, which keep who looked at it; a mail is kept by its reader.
    is_hidden = names.is_on and member.pk != by.pk
    return names.pseudonyms.get(member.pk, NAMELESS) if is_hidden else str(member)
