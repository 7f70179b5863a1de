"""Thin adapters between the queue and the domain: one domain call each."""

from datetime import timedelta

from django.template.loader import render_to_string
from django.utils import timezone
from django_q.models import Schedule
from django_q.tasks import schedule

from accounts.connectors import post_office
from accounts.domain.languages import speaking_to
from credits.domain import order_notices, upkeep
from insights_portal.lib.crypto import fingerprint

#: Minutes between attempts to mail the operator.
PAUSES = (1, 10, 60, 360, 1080)


def run_ledger_jobs() -> None:
    """Every hour: expiry, the month's credits, alerts, the day's forecast. Safe to run twice, and after downtime."""
    upkeep.keep_up(at=timezone.now())


def mail_operator(*, order_id: int, operator_id: int, what: str, key: str = "", attempt: int = 1) -> None:
    """Mail one operator what happened to an order (a name of SUBJECTS); again later while the mail server is away.

    *key* tells several of one kind apart: under one id a mailbox would show the first alone.
    """
    order = order_notices.order_to_tell(order_id=order_id)
    operator = order_notices.operator_of(operator_id=operator_id)
    address = operator.email if operator is not None else ""
    if not address:
        return
    with speaking_to(operator):
        subject = str(order_notices.subjects_of(order=order, what=what)[1])
        shown = {**order_notices.context_of(order), "subject": subject, "what": what, "company": order.company}
        text = render_to_string("emails/credits/operator_order.txt", shown)
        html = render_to_string("emails/credits/operator_order.html", shown)
    try:
        post_office.post(
            to=address,
            subject=subject,
            text=text,
            html=html,
            name=fingerprint(f"{order_id} {operator_id} {what} {key}".rstrip(), purpose="operator mail"),
        )
    except post_office.UnableToPost as error:
        if error.permanent or attempt > len(PAUSES):
            raise
        schedule(
            order_notices.TASK,
            schedule_type=Schedule.ONCE,
            next_run=timezone.now() + timedelta(minutes=PAUSES[attempt - 1]),
            order_id=order_id,
            operator_id=operator_id,
            what=what,
            key=key,
            attempt=attempt + 1,
        )
