"""Brings summaries that were sent on their way: each once, with what holds at that moment checked again."""

from collections.abc import Callable
from datetime import datetime
from typing import cast

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.connectors.post_office import Attachment, UnableToPost, post
from accounts.domain import deliveries
from accounts.domain.languages import speaking_to
from accounts.domain.mailing import PAUSES, one_line, queue_mail, send_each
from accounts.models import AISettings
from accounts.tenancy import PermissionMissing
from insights_portal.lib.crypto import fingerprint
from insights_portal.lib.text import show_controls
from policies.enums import Verdict
from summaries.content import content_from_json
from summaries.domain.correction.plain_text import plain_text
from summaries.domain.reading.release import NotReleased, require_release
from summaries.domain.reports.export import check_export, enter_export, render_report, report_of, stationery_of
from summaries.enums import ReviewState
from summaries.models import SummaryMail, SupportSession

PDF = "application/pdf"


class NotSent(Exception):
    """It must not go any more; the sentence says why."""


def send_due(*, clock: Callable[[], datetime], seconds: float) -> int:
    """Send what is due, for at most so many seconds; returns how many the mail server took."""
    return send_each(rows=_mails(), send=_send, clock=clock, seconds=seconds)


def _send(mail: SummaryMail, until: datetime, clock: Callable[[], datetime]) -> bool:
    """Send one mail that is held. Raises UnableToPost when the server takes no mail at all."""
    row = SummaryMail.objects.filter(pk=mail.pk)
    with speaking_to(mail.sender):
        if mail.attempt_count > len(PAUSES) + 1:
            _fail(mail, until, str(deliveries.GIVEN_UP), clock())
            return False
        try:
            _post(mail, clock())
        except (NotSent, NotReleased, PermissionMissing) as reason:
            _fail(mail, until, str(reason), clock())
            return False
        except UnableToPost as error:
            pause = deliveries.pause_after(attempts=mail.attempt_count, pauses=PAUSES)
            if error.permanent or pause is None:
                _fail(mail, until, str(error), clock())
            else:
                deliveries.put_back(row, held_until=until, problem=str(error), next_attempt_at=clock() + pause)
            if error.is_away:
                raise
            return False
    return deliveries.settle_delivered(row, held_until=until, at=clock(), note="")


def _mails() -> QuerySet[SummaryMail]:
    return SummaryMail.objects.select_related("company", "sender", "revision", "summary__session")


def _post(mail: SummaryMail, at: datetime) -> None:
    """Raises NotSent, NotReleased, PermissionMissing, UnableToPost."""
    session, own = _checked(mail)
    stationery = stationery_of(company=mail.company, reader=mail.sender, at=at)
    report = report_of(session=session, summary=mail.summary, stationery=stationery)
    pdf = render_report(report, paper=stationery.paper)
    content = content_from_json(mail.revision.content)
    # Whoever gets it reads the language of the summary, not the sender's.
    with translation.override(_spoken(mail.revision.language)):
        text = plain_text(content, label=session.label, review=ReviewState(mail.summary.review))
    subject = _subject(mail, own, session, content.title)
    attached = Attachment(f"service-report-{session.label}.pdf", pdf, PDF)
    # The layout takes seconds, in which consent may be withdrawn, the text changed or the mail deleted.
    now = _mails().filter(pk=mail.pk).first()
    if now is None:
        raise NotSent(_("The summary is not there any more."))
    _checked(now)
    post(
        to=mail.address,
        subject=subject,
        text="\n\n".join(part for part in (show_controls(mail.note), text) if part),
        html="",
        # Sent twice, it has the same id: a mailbox shows it once.
        name=fingerprint(str(mail.pk), purpose="summary mail"),
        reply_to=mail.sender.email,
        attachments=[attached],
    )
    enter_export(session=session, actor=mail.sender, names=stationery.names, paper=stationery.paper, at=at)


def _checked(mail: SummaryMail) -> tuple[SupportSession, AISettings]:
    """The session and the company's settings, if the mail may still go."""
    session = cast("SupportSession | None", mail.summary.session)
    if session is None or session.verdict != Verdict.YES:
        raise NotSent(_("The summary is not there any more."))
    check_export(session=session, actor=mail.sender)
    if mail.summary.current_id != mail.revision_id:
        raise NotSent(_("The summary was changed after it was sent off. Look at it and send it again."))
    own = AISettings.objects.get(company=mail.company_id)
    require_release(summary=mail.summary, approval_required=own.approval_required)
    return session, own


def _subject(mail: SummaryMail, own: AISettings, session: SupportSession, title: str) -> str:
    wording = own.ticket_subject if mail.ticket else "{title} ({session})"
    words = {"{ticket}": mail.ticket, "{session}": session.label, "{title}": title}
    for place, value in words.items():
        wording = wording.replace(place, value)
    return one_line(wording)


def _spoken(language: str) -> str:
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _fail(mail: SummaryMail, until: datetime, problem: str, at: datetime) -> None:
    """It never goes: the sender is told, by a mail that names no receiver."""
    row = SummaryMail.objects.filter(pk=mail.pk)
    if not deliveries.settle_failed(row, held_until=until, problem=problem, at=at, note=""):
        return
    session = cast("SupportSession | None", mail.summary.session)
    queue_mail(
        company=mail.company,
        recipients=[mail.sender],
        key=f"summary-mail-failed:{mail.pk}",
        subject=_("A summary could not be sent"),
        template="summary_not_sent",
        context={"reason": problem, "label": session.label if session else "", "number": session and session.number},
        at=at,
    )
