"""How one time of a schedule ends for one recipient: once, with the mail that tells of it, in one transaction."""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.domain.languages import speaking_to
from summaries.domain.schedules.mails import tell_owner, tell_recipient
from summaries.enums import JobState, SendingState
from summaries.models import Job, ScheduleSending
from summaries.models.schedules import OPEN_SENDINGS

#: Jobs that are asked for one sending: a worker that dies three times at it ends it.
MOST_ATTEMPTS = 3


def job_key(sending: ScheduleSending) -> UUID:
    """Of the sending's job: asked for twice, it is one; after a failure another one."""
    return uuid5(sending.public_id, str(sending.attempts))


def settle_by_job(*, job: Job, at: datetime) -> None:
    """Write down how the job of a sending ended. A job that is not, or no longer, the sending's own tells nothing."""
    with transaction.atomic():
        sending = _open_sendings().filter(public_id=job.options.get("sending")).first()
        if sending is None or job.key != job_key(sending):
            return
        if job.state == JobState.DONE:
            settle_sent(sending=sending, job=job, at=at)
        elif job.state == JobState.FAILED and sending.attempts + 1 < MOST_ATTEMPTS:
            again = {"state": SendingState.WAITING, "attempts": sending.attempts + 1}
            ScheduleSending.objects.filter(pk=sending.pk).update(**again)
        elif job.state == JobState.FAILED:
            settle_failed(sending=sending, why=job.failure, at=at)
        else:
            with speaking_to(sending.schedule.owner):
                settle_refused(sending=sending, why=_("The recipient cancelled it."), at=at)


@transaction.atomic
def settle_sent(*, sending: ScheduleSending, job: Job | None, at: datetime) -> None:
    """Mail what there is: the file of *job*, or that no session matched."""
    sending.sessions = job.done if job else 0
    if _settle(sending, SendingState.SENT, at=at, sessions=sending.sessions):
        tell_recipient(sending=sending, job=job, at=at)


def settle_empty(*, sending: ScheduleSending, at: datetime) -> None:
    """No session matched, and none is to be told of it."""
    _settle(sending, SendingState.EMPTY, at=at)


@transaction.atomic
def settle_refused(*, sending: ScheduleSending, why: str, at: datetime, is_told: bool = True) -> None:
    """The recipient may not have it (any more); its owner is told, unless it is the recipient's own doing."""
    if _settle(sending, SendingState.REFUSED, at=at, note=why[:400]) and is_told:
        tell_owner(sending=sending, why=why, at=at)


@transaction.atomic
def settle_failed(*, sending: ScheduleSending, why: str, at: datetime) -> None:
    if _settle(sending, SendingState.FAILED, at=at, note=why[:400]):
        tell_owner(sending=sending, why=why, at=at)


def _open_sendings() -> QuerySet[ScheduleSending]:
    rows: QuerySet[ScheduleSending] = ScheduleSending.objects.select_for_update(of=("self",)).filter(
        state__in=OPEN_SENDINGS
    )
    return rows.select_related("schedule__view", "schedule__owner", "schedule__company", "recipient")


def _settle(sending: ScheduleSending, state: SendingState, *, at: datetime, **values: object) -> bool:
    """One conditional UPDATE: of two that come to an end with it, one does."""
    rows = ScheduleSending.objects.filter(pk=sending.pk, state__in=OPEN_SENDINGS)
    return bool(rows.update(state=state, settled_at=at, **values))
