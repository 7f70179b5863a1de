"""What runs each minute: schedules that have come due become one row for each recipient, and each row one job.

A row stands once for its schedule, its time and its recipient, and a job once for its row: whichever worker is killed
or comes second, one mail goes out. The schedule's next moment moves in the transaction that writes the rows.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.languages import speaking_to
from accounts.domain.pseudonyms import names_for
from accounts.models import Membership
from accounts.tenancy import narrow_to_company
from insights_portal.lib.periods import month_start
from summaries.domain.jobs.kinds import JobKind
from summaries.domain.jobs.registry import KINDS
from summaries.domain.jobs.requests import UnableToStart, ask_for_job
from summaries.domain.jobs.selection import Selection, sessions_of
from summaries.domain.reading.filters import SHOWN, window_of
from summaries.domain.reading.wishes import filters_for, query_of
from summaries.domain.reports.monthly import filters_of_month, month_before
from summaries.domain.schedules.calendar import newest_due, next_run
from summaries.domain.schedules.outcomes import (
    job_key,
    settle_empty,
    settle_failed,
    settle_refused,
    settle_sent,
)
from summaries.domain.schedules.saving import drop_member, timetable_of
from summaries.enums import ScheduleForm, SendingState, SessionList
from summaries.models import SavedView, ScheduleRecipient, ScheduleSending, ViewSchedule
from summaries.models.schedules import OPEN_SENDINGS

#: What became of a time is kept so long.
KEPT = timedelta(days=90)
#: {form: code of the job kind that makes it}
_KIND_OF = {
    ScheduleForm.CSV: "scheduled_csv",
    ScheduleForm.XLSX: "scheduled_xlsx",
    ScheduleForm.PDF: "scheduled_pdf",
    ScheduleForm.MONTH: "scheduled_month",
}


def begin_due(*, at: datetime) -> int:
    """Write down who gets what has come due at *at*; returns how many schedules had."""
    due = ViewSchedule.objects.filter(next_at__lte=at).order_by("next_at", "pk").values_list("pk", flat=True)
    return sum(_begin(schedule_id=pk, at=at) for pk in list(due))


def waiting() -> list[int]:
    """Ids of the sendings that nobody has asked a job for."""
    rows = ScheduleSending.objects.filter(state=SendingState.WAITING)
    return list(rows.order_by("due_at", "pk").values_list("pk", flat=True))


def hand_out(*, sending_id: int, at: datetime) -> None:
    """Ask for the file of one sending, as its recipient; what they may not have is written down, its owner told."""
    rows = ScheduleSending.objects.filter(pk=sending_id, state=SendingState.WAITING)
    sending = rows.select_related("schedule__view", "schedule__owner", "schedule__company", "recipient").first()
    if sending is None:
        return
    # However they sign in: a schedule is at home in one company.
    narrow_to_company(sending.recipient, sending.company_id)
    kind = KINDS[_KIND_OF[ScheduleForm(sending.schedule.form)]]
    with speaking_to(sending.schedule.owner):
        why, is_told = _refusal(sending, kind=kind)
    if why:
        settle_refused(sending=sending, why=why, at=at, is_told=is_told)
        return
    with speaking_to(sending.recipient):
        _ask(sending, kind=kind, at=at)


def forget_old(*, at: datetime) -> int:
    """Forget what became of times long past; returns how many rows went."""
    old = ScheduleSending.objects.filter(due_at__lt=at - KEPT).exclude(state__in=OPEN_SENDINGS)
    return int(old.delete()[0])


@transaction.atomic
def _begin(*, schedule_id: int, at: datetime) -> bool:
    # Of two workers the second finds it moved on.
    held = ViewSchedule.objects.select_for_update(of=("self",)).select_related("company", "view")
    schedule = held.filter(pk=schedule_id, next_at__lte=at).first()
    if schedule is None:
        return False
    if not _is_member(schedule.owner_id, company_id=schedule.company_id):
        drop_member(company=schedule.company, user_id=schedule.owner_id)
        return False
    table = timetable_of(schedule)
    due = newest_due(table, since=schedule.next_at, at=at)
    ViewSchedule.objects.filter(pk=schedule.pk).update(next_at=next_run(table, after=at))
    recipients = ScheduleRecipient.objects.filter(schedule=schedule, unsubscribed_at=None).values_list(
        "user", flat=True
    )
    rows = [
        ScheduleSending(
            company=schedule.company,
            schedule=schedule,
            recipient_id=user_id,
            period=due.period,
            due_at=due.at,
            missed=due.missed,
        )
        for user_id in recipients
    ]
    ScheduleSending.objects.bulk_create(rows, ignore_conflicts=True)
    details = {"view": schedule.view.name, "period": due.period, "recipients": len(rows), "missed": due.missed}
    audit.record(company=schedule.company, actor=None, action="schedule.due", at=at, target=schedule, details=details)
    return True


def _refusal(sending: ScheduleSending, *, kind: JobKind) -> tuple[str, bool]:
    """(why the recipient gets nothing, is the owner told); no words: they do."""
    recipient, schedule = sending.recipient, sending.schedule
    if not _is_member(recipient.pk, company_id=sending.company_id):
        return _("They are no member of the company any more."), True
    if not ScheduleRecipient.objects.filter(schedule=schedule, user=recipient, unsubscribed_at=None).exists():
        return _("The recipient left these mails, or was taken off the schedule."), False
    if not kind.is_allowed(member=recipient, company_id=sending.company_id):
        return _("Their roles do not let them read connection reports any more."), True
    if not SavedView.objects.visible_in(recipient, schedule.company).filter(pk=schedule.view_id).exists():
        return _("They can no longer open the view: it is not shared any more, or their roles do not reach it."), True
    return "", False


def _ask(sending: ScheduleSending, *, kind: JobKind, at: datetime) -> None:
    schedule, company = sending.schedule, sending.schedule.company
    selection, options = _selection(sending, at=at)
    if not sessions_of(selection=selection, company=company, member=sending.recipient).exists():
        if schedule.sends_empty:
            settle_sent(sending=sending, job=None, at=at)
        else:
            settle_empty(sending=sending, at=at)
        return
    try:
        ask_for_job(
            kind=kind,
            selection=selection,
            company=company,
            actor=sending.recipient,
            at=at,
            key=job_key(sending),
            options=options,
            is_bounded=False,
        )
    except UnableToStart as reason:
        settle_failed(sending=sending, why=str(reason), at=at)
        return
    mine = ScheduleSending.objects.filter(pk=sending.pk, state=SendingState.WAITING, attempts=sending.attempts)
    mine.update(state=SendingState.MAKING)


def _selection(sending: ScheduleSending, *, at: datetime) -> tuple[Selection, dict[str, object]]:
    """What the view is to its recipient at *at*, and what the job keeps of it."""
    schedule, company, recipient = sending.schedule, sending.schedule.company, sending.recipient
    names = names_for(company=company, viewer=recipient, at=at)
    wanted = filters_for(query=query_of(schedule.view), company=company, viewer=recipient, names=names)
    filters, list_name = wanted.changed(**dict.fromkeys(SHOWN, "")), SessionList(schedule.view.list_name)
    options: dict[str, object] = {"sending": str(sending.public_id), "view": schedule.view.name}
    if schedule.form == ScheduleForm.MONTH:
        month = month_before(month_start(sending.due_at, zone=company.time_zone))
        filters, list_name = filters_of_month(filters, month=month), SessionList.REPORTS
        options["month"] = f"{month}"
    return Selection(list_name, filters, window_of(filters, at=at, zone=ZoneInfo(company.time_zone))), options


def _is_member(user_id: int, *, company_id: int) -> bool:
    return Membership.objects.filter(company=company_id, user=user_id, is_active=True, user__is_active=True).exists()
