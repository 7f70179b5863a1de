"""Where the consent of one session stands, for the client that captures it."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404
from django.utils.translation import gettext as _

from policies.enums import Reason, Verdict
from summaries.domain.consent.requests import time_out
from summaries.models import ConsentEntry, ConsentRequest, SupportSession


@dataclass(frozen=True, slots=True)
class ConsentState:
    """*answer* is the latest in the ledger; *expires_at* and *opened_at* belong to the question that is open."""

    verdict: Verdict
    reason: Reason
    answer: str | None = None
    answered_at: datetime | None = None
    expires_at: datetime | None = None
    opened_at: datetime | None = None

    @property
    def explanation(self) -> str:
        return str(self.reason.label)


def state_of(*, session_id: int, at: datetime) -> ConsentState:
    """Read it anew; a question whose time is over is closed first. Raises Http404 when the session is gone."""
    session = SupportSession.objects.filter(pk=session_id).first()
    if session is None:
        raise Http404(_("There is no such record here."))
    if time_out(at=at, session=session):
        session.refresh_from_db()
    entry = ConsentEntry.objects.filter(session=session).order_by("-pk").first()
    question = ConsentRequest.objects.filter(session=session, answer="").first()
    return ConsentState(
        verdict=Verdict(session.verdict),
        reason=Reason(session.reason),
        answer=entry.answer if entry else None,
        answered_at=entry.at if entry else None,
        expires_at=question.expires_at if question else None,
        opened_at=question.opened_at if question else None,
    )


def question_of(*, session: SupportSession, public_id: str) -> ConsentRequest:
    found: ConsentRequest = ConsentRequest.objects.get(session=session, public_id=public_id)
    return found
