"""A summary goes to a ticket or a person by mail: asked for here, once for each form; `work` brings it on its way."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.administrators import lock_company
from accounts.enums import DeliveryState
from accounts.models import AISettings, Company, User
from insights_portal.queueing import enqueue_on_commit
from policies.enums import Verdict
from summaries.domain.reading.release import require_release
from summaries.domain.reports.export import check_export
from summaries.models import Summary, SummaryMail, SupportSession

TASK = "summaries.tasks.send_summaries"
MAX_NOTE, MAX_TICKET, MAX_ADDRESS = 2_000, 60, 254
#: So many in an hour: of one member, and of the whole company.
MOST_OF_A_MEMBER, MOST_OF_A_COMPANY = 60, 600
#: To whom a summary went is kept so long.
KEPT = timedelta(days=90)
#: What a ticket number may be: nothing that could end a line of a mail or the brackets around it.
_TICKET = re.compile(r"[\w#./:+-][\w #./:+-]*")


class UnableToSend(Exception):
    """Nothing was sent. *field* is the field of the form that the sentence is about, or ""."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What the sender wants. *ticket*: its number, for a letter to the ticket system; else *address* is a person's.

    *revision*: the text that the sender saw. *again*: the same text may go to the same place a second time.
    """

    revision: int
    ticket: str = ""
    address: str = ""
    note: str = ""
    again: bool = False


@transaction.atomic
def send(*, session: SupportSession, letter: Letter, key: UUID, actor: User, at: datetime) -> SummaryMail:
    """Queue the session's summary as mail with its report attached. The same *key* twice is one mail.

    Raises PermissionMissing, NotReleased, UnableToSend.
    """
    check_export(session=session, actor=actor)
    # One after the other in a company: what is counted and looked for below stays so until this one stands.
    lock_company(company=session.company)
    settings = AISettings.objects.get(company=session.company_id)
    summary = Summary.objects.filter(session=session).select_related("current").first()
    if summary is None or summary.current is None or session.verdict != Verdict.YES:
        raise UnableToSend(_("There is no summary to send yet. Generate it first."))
    require_release(summary=summary, approval_required=settings.approval_required)
    if summary.current.number != letter.revision:
        raise UnableToSend(_("The summary was changed meanwhile. Look at it, then send it."))
    before: SummaryMail | None = SummaryMail.objects.filter(company=session.company_id, key=key).first()
    ticket, address = _destination(letter, settings)
    if before is not None:
        _check_same(before, summary=summary, to=(ticket, address), actor=actor)
        return before
    if len(letter.note) > MAX_NOTE:
        raise UnableToSend(_("A message has at most %(count)s characters.") % {"count": MAX_NOTE}, field="note")
    _check_repetition(summary, letter, address, ticket)
    _check_rate(session, actor, at)
    mail: SummaryMail = SummaryMail.objects.create(
        company=session.company,
        summary=summary,
        revision=summary.current,
        key=key,
        sender=actor,
        address=address,
        ticket=ticket,
        note=letter.note.strip(),
        asked_at=at,
        next_attempt_at=at,
    )
    details = {"to": "ticket", "ticket": ticket} if ticket else {"to": "address"}
    audit.record(company=session.company, actor=actor, action="summary.sent", at=at, target=summary, details=details)
    enqueue_on_commit(TASK)
    return mail


def settings_of(*, company: Company) -> AISettings:
    """What the company entered of its ticket system."""
    rows = AISettings.objects.only("ticket_address", "ticket_subject", "ticket_link")
    found: AISettings = rows.get(company=company.pk)
    return found


def mails_of(*, session: SupportSession) -> list[SummaryMail]:
    """What was sent of the session's summary, newest first."""
    return list(
        SummaryMail.objects.filter(company=session.company_id, summary__session=session)
        .select_related("sender", "revision")
        .order_by("-pk")
    )


def forget_old(*, at: datetime) -> int:
    """Forget to whom summaries went more than KEPT ago; returns how many."""
    deleted, _each = SummaryMail.objects.filter(asked_at__lt=at - KEPT).delete()
    return deleted


def forget_address(*, company: Company, address: str) -> int:
    """Forget what went to an erased person, and send them nothing of what waits; returns how many mails."""
    deleted, _each = SummaryMail.objects.filter(company=company, address__iexact=address, ticket="").delete()
    return deleted


def ticket_link(settings: AISettings, ticket: str) -> str:
    """The address of *ticket* in the company's ticket system; empty where it has none."""
    number = ticket.strip()
    if not settings.ticket_link or not _TICKET.fullmatch(number):
        return ""
    return settings.ticket_link.replace("{ticket}", number.replace("#", "%23").replace(" ", "%20"))


def _destination(letter: Letter, settings: AISettings) -> tuple[str, str]:
    """(number of the ticket or "", address of the mail)."""
    if not letter.ticket:
        return "", _checked_address(letter.address.strip())
    ticket = letter.ticket.strip()
    if not settings.ticket_address:
        raise UnableToSend(
            _("No mailbox of a ticket system is entered. An administrator enters it in AI settings under Tickets."),
            field="ticket",
        )
    if len(ticket) > MAX_TICKET or not _TICKET.fullmatch(ticket):
        raise UnableToSend(
            _("Write the number of the ticket as the ticket system does, for example INC-1042."), field="ticket"
        )
    return ticket, settings.ticket_address


def _checked_address(address: str) -> str:
    try:
        validate_email(address)
    except ValidationError:
        address = ""
    # What the rules of addresses allow in quotes, brackets and even control characters, no mailbox of a person has.
    if not address or '"' in address or len(address) > MAX_ADDRESS:
        raise UnableToSend(_("Enter one e-mail address, for example name@company.example."), field="address")
    return address


def _check_same(before: SummaryMail, *, summary: Summary, to: tuple[str, str], actor: User) -> None:
    """A browser that goes back shows the form as it was: what is typed then is not what was sent."""
    sent = before.summary_id, before.revision_id, before.sender_id, before.ticket, before.address
    if sent != (summary.pk, summary.current_id, actor.pk, *to):
        raise UnableToSend(_("This form was sent before, to somebody else. Load the page again, then send it."))


def _check_repetition(summary: Summary, letter: Letter, address: str, ticket: str) -> None:
    same = SummaryMail.objects.filter(summary=summary, revision=summary.current, address__iexact=address, ticket=ticket)
    if not letter.again and same.exclude(state=DeliveryState.FAILED).exists():
        raise UnableToSend(_("This text went there already. Tick “Send it again” if it shall go a second time."))


def _check_rate(session: SupportSession, actor: User, at: datetime) -> None:
    lately = SummaryMail.objects.filter(company=session.company_id, asked_at__gt=at - timedelta(hours=1))
    if lately.filter(sender=actor).count() >= MOST_OF_A_MEMBER or lately.count() >= MOST_OF_A_COMPANY:
        raise UnableToSend(_("Too many summaries were sent in the last hour. Try again later."))
