"""Consent withdrawn: capture and use stop at once, and the session log and the summary are deleted.

The ledger keeps its entries. Under a legal hold the data is only hidden, and deleted when the hold is lifted.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing
from policies.enums import ConsentAnswer
from summaries.domain.consent.entries import Said, enter, forget_captured, is_withdrawn, lock_session
from summaries.domain.consent.links import InvalidLink, LinkKind, digests_of
from summaries.domain.copilot.forgetting import stop_answering
from summaries.domain.keeping.forgetting import CHUNK, OVER, forget_log, forget_summary, something_left
from summaries.domain.keeping.holds import UnderLegalHold, hold_on_session, is_held
from summaries.domain.keeping.scrubbing import scrub_soon
from summaries.domain.reading.reach import reaches
from summaries.domain.reading.search import text_for
from summaries.enums import SummaryState
from summaries.models import ConsentEntry, ConsentRequest, Interaction, Summary, SupportSession

#: Sessions that one sweep finishes.
SWEPT = 100
BY_LINK = "Withdrawn by the remote user, on the withdrawal page."
HIDDEN = "The consent was withdrawn. A legal hold keeps the data, hidden, until it is lifted."


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What the withdrawal page tells. *is_held*: withdrawn, but the law keeps the data for now."""

    session: SupportSession
    language: str
    is_withdrawn: bool
    is_held: bool


def withdrawal_of(*, link: str) -> Withdrawal:
    """What *link* stands for now. Raises InvalidLink."""
    return _state(_request_of(link))


def _request_of(link: str) -> ConsentRequest:
    found = ConsentRequest.objects.select_related("session__company", "session__supporter", "session__device")
    request = found.filter(withdrawal_digest__in=digests_of(link=link, kind=LinkKind.WITHDRAW)).first()
    if request is None:
        raise InvalidLink(_("This link is not valid."))
    return request  # type: ignore[no-any-return]


def _state(request: ConsentRequest) -> Withdrawal:
    session: SupportSession = request.session
    given = ConsentEntry.objects.filter(request=request, answer=ConsentAnswer.GIVEN).values_list("language", flat=True)
    withdrawn = is_withdrawn(session=session)
    return Withdrawal(session, given.first() or "", withdrawn, withdrawn and is_held(session=session))


def withdraw_by_link(*, link: str, at: datetime, address: str | None = None) -> Withdrawal:
    """Withdraw the consent that the link belongs to, and delete. Twice changes nothing. Raises InvalidLink."""
    request = _request_of(link)
    said = Said(answer=ConsentAnswer.WITHDRAWN, statement=BY_LINK, request=request, address=address)
    _withdraw(session=request.session, said=said, at=at)
    return _state(request)


def state_withdrawal(*, session: SupportSession, statement: str, actor: User, at: datetime) -> ConsentEntry:
    """A member records a withdrawal that reached them another way, and what was captured is deleted.

    Raises PermissionMissing.
    """
    wanted = (Permission.MODIFY_REPORTS, Permission.DELETE_SESSION_LOGS)
    if not any(reaches(user=actor, permission=permission, session=session) for permission in wanted):
        raise PermissionMissing(
            _("To record a withdrawal your role needs “Modify connection reports” for this session.")
        )
    return record_withdrawal(session=session, statement=statement, actor=actor, at=at)


def record_withdrawal(*, session: SupportSession, statement: str, actor: User | None, at: datetime) -> ConsentEntry:
    """Enter the withdrawal with the words in which it is stated, and delete. Twice changes nothing."""
    return _withdraw(
        session=session, said=Said(answer=ConsentAnswer.WITHDRAWN, statement=statement, actor=actor), at=at
    )


def _withdraw(*, session: SupportSession, said: Said, at: datetime) -> ConsentEntry:
    entry = _enter_once(session=session, said=said, at=at)
    erase(session=session, at=at)
    return entry


@transaction.atomic
def _enter_once(*, session: SupportSession, said: Said, at: datetime) -> ConsentEntry:
    """From here on nothing is captured, generated, found or shown, whatever becomes of the deletion."""
    lock_session(session=session)
    before: ConsentEntry | None = ConsentEntry.objects.filter(session=session, answer=ConsentAnswer.WITHDRAWN).first()
    if before is not None:
        return before
    ConsentRequest.objects.filter(session=session, answer="").update(answer=ConsentAnswer.WITHDRAWN, answered_at=at)
    entry = enter(session=session, said=said, at=at)
    # A worker that is writing the summary at this moment finds its claim gone and stores nothing.
    Summary.objects.filter(session=session).update(
        state=SummaryState.FAILED, claim=None, claimed_until=None, current=None, title="", failure=HIDDEN
    )
    stop_answering(session=session, at=at)
    session.search_text = text_for(session=session)
    session.save(update_fields=["search_text"])
    return entry


def erase(*, session: SupportSession, at: datetime) -> bool:
    """Delete log and summary of a withdrawn session, in short transactions. False while a hold stands."""
    while not is_held(session=session) and _take_chunk(session):
        pass
    try:
        forget_summary(session_id=session.pk, at=at)
        forget_log(session_id=session.pk, at=at)
    except UnderLegalHold:
        return False
    with transaction.atomic():
        lock_session(session=session)
        if session.status not in OVER:
            forget_captured(session=session)
        is_gone = not is_held(session=session)
    scrub_soon()
    return is_gone


def _take_chunk(session: SupportSession) -> bool:
    """Delete the first rows of the log; False when none was left."""
    rows = Interaction.objects.filter(session=session)
    first = rows.aggregate(first=Min("number"))["first"]
    return first is not None and bool(rows.filter(number__lt=first + CHUNK).delete()[0])


def erase_withdrawn(*, at: datetime) -> int:
    """Finish deletions that were cut off, or that a hold kept and no longer does. Returns sessions erased."""
    withdrawn = ConsentEntry.objects.filter(answer=ConsentAnswer.WITHDRAWN).values("session")
    sessions = SupportSession.objects.filter(something_left(), pk__in=withdrawn).exclude(hold_on_session())
    return sum(
        erase(session=session, at=at) for session in sessions.select_related("company", "device").order_by("pk")[:SWEPT]
    )
