"""Mails to members, by way of rows: each once for what it tells, sent after the transaction, again while that helps.

The text is forgotten once it has gone; that it went is kept for `KEPT`.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_noop

from accounts.connectors import post_office
from accounts.domain import deliveries
from accounts.domain.languages import speaking_to
from accounts.models import Company, Mail, Membership, User
from insights_portal.lib.crypto import fingerprint
from insights_portal.lib.text import show_controls
from insights_portal.queueing import enqueue_on_commit

TASK = "accounts.tasks.send_mails"
#: Between attempts; a mail server that is away for a day loses nothing.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 1080))
KEPT = timedelta(days=30)
LONGEST_SUBJECT = 200
Clock = Callable[[], datetime]
NO_MEMBER = gettext_noop("The recipient is no longer an active member.")


@transaction.atomic
def queue_mail(
    *,
    company: Company,
    recipients: Iterable[User],
    key: str,
    subject: str | Promise,
    template: str,
    context: dict[str, Any],
    at: datetime,
    unsubscribe: str = "",
) -> int:
    """Queue the mail `emails/<template>.txt` and `.html` for each recipient; returns how many are new.

    *key* names what the mail tells (at most 120 characters): queued twice for the same recipient, it is one mail. The
    templates get *context*, `company`, `recipient`, and `portal_url`, which begins links (empty where the operator
    named none). Each is written in the language that its recipient chose: give *subject*, and words in *context*, lazy.
    *unsubscribe*: the path at which a click ends such mails; mail programs are told of it.
    """
    queued = 0
    for recipient in recipients:
        shown = {"portal_url": settings.PORTAL_URL, **context, "company": company, "recipient": recipient}
        with speaking_to(recipient):
            words = {
                "subject": one_line(str(subject)),
                "text": render_to_string(f"emails/{template}.txt", shown),
                "html": render_to_string(f"emails/{template}.html", shown),
            }
        words["unsubscribe"] = _address(unsubscribe)
        _, is_new = Mail.objects.get_or_create(
            company=company, recipient=recipient, key=key, defaults={**words, "created_at": at, "next_attempt_at": at}
        )
        queued += is_new
    if queued:
        enqueue_on_commit(TASK)
    return queued


def send_due(*, clock: Clock, seconds: float) -> int:
    """Send what is due, for at most so many seconds; returns how many the mail server took."""
    return send_each(rows=Mail.objects.select_related("recipient"), send=_send, clock=clock, seconds=seconds)


def send_each(
    *, rows: QuerySet[Any], send: Callable[[Any, datetime, Clock], bool], clock: Clock, seconds: float
) -> int:
    """Let *send* have each of *rows*, mails of any kind, that is due, with the end of its lease; returns how many went.

    *send* raises UnableToPost when the mail server is away: the rest waits for the next run.
    """
    ends_at, sent, tried = clock() + timedelta(seconds=seconds), 0, set[int]()
    while (at := clock()) < ends_at:
        waiting = deliveries.due(rows.exclude(pk__in=tried), at=at)
        pk: int | None = waiting.order_by("next_attempt_at", "pk").values_list("pk", flat=True).first()
        if pk is None:
            break
        tried.add(pk)
        row = rows.filter(pk=pk)
        until = deliveries.take(row, at=at)
        # None: another worker has it, or it was deleted meanwhile.
        mail = row.first() if until else None
        try:
            sent += until is not None and mail is not None and send(mail, until, clock)
        except post_office.UnableToPost:
            break
    return sent


def forget_old(*, at: datetime) -> int:
    """Forget mails that were queued more than KEPT ago, whatever became of them; returns how many."""
    deleted, _ = Mail.objects.filter(created_at__lt=at - KEPT).delete()
    return deleted


def _send(mail: Mail, until: datetime, clock: Clock) -> bool:
    """Send one mail that is held. Raises UnableToPost when the server takes no mail at all."""
    row = Mail.objects.filter(pk=mail.pk)
    members = Membership.objects.filter(company=mail.company_id, is_active=True, user__is_active=True)
    if not members.filter(user=mail.recipient_id).exists():
        deliveries.settle_failed(row, held_until=until, problem=NO_MEMBER, at=clock(), text="", html="")
        return False
    if mail.attempt_count > len(PAUSES) + 1:
        deliveries.settle_failed(row, held_until=until, problem=deliveries.GIVEN_UP, at=clock(), text="", html="")
        return False
    try:
        post_office.post(
            to=mail.recipient.email,
            subject=mail.subject,
            text=mail.text,
            html=mail.html,
            name=_name_of(mail),
            unsubscribe=mail.unsubscribe,
        )
    except post_office.UnableToPost as error:
        _after_failure(mail=mail, until=until, error=error, at=clock())
        if error.is_away:
            raise
        return False
    return deliveries.settle_delivered(row, held_until=until, at=clock(), text="", html="")


def _after_failure(*, mail: Mail, until: datetime, error: post_office.UnableToPost, at: datetime) -> None:
    row = Mail.objects.filter(pk=mail.pk)
    pause = deliveries.pause_after(attempts=mail.attempt_count, pauses=PAUSES)
    if error.permanent or pause is None:
        deliveries.settle_failed(row, held_until=until, problem=str(error), at=at, text="", html="")
    else:
        deliveries.put_back(row, held_until=until, problem=str(error), next_attempt_at=at + pause)


def _name_of(mail: Mail) -> str:
    # Sent twice, it has the same id: a mailbox shows it once. The number alone would tell how many mails there are.
    return fingerprint(str(mail.pk), purpose="mail")


def _address(path: str) -> str:
    """*path* as a whole address; nothing where the operator did not say where the portal is."""
    return f"{settings.PORTAL_URL}{path}" if settings.PORTAL_URL and path else ""


def one_line(subject: str) -> str:
    """A subject as a header holds it: a name may hold line breaks, a header may not."""
    return show_controls(" ".join(subject.split()))[:LONGEST_SUBJECT]
