"""The consent ledger's pen: enters an answer, decides the session anew, and drops what may not be kept."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain import audit
from accounts.models import User
from credits.domain.reservations import release
from policies.enums import AccessControl, ConsentAnswer, Verdict
from summaries.domain.copilot.forgetting import forget_questions
from summaries.domain.eligibility.decisions import decide_session
from summaries.domain.jobs.folders import drop_files_of
from summaries.domain.keeping.holds import is_held
from summaries.domain.reading.search import text_for
from summaries.domain.webhook_notices import tell_of_consent
from summaries.enums import TrashedKind
from summaries.models import ConsentEntry, ConsentRequest, Interaction, Summary, SupportSession, TrashedRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer as it goes into the ledger. Without *actor* the remote user gave it, or nobody did."""

    answer: ConsentAnswer
    statement: str
    actor: User | None = None
    request: ConsentRequest | None = None
    wording_version: str = ""
    language: str = ""
    next_time: AccessControl | None = None
    address: str | None = None


def lock_session(*, session: SupportSession) -> None:
    """Hold the session's rows until the transaction ends, and read the session again.

    The session before its summary, as everybody does: the session is there, and a summary may come and go meanwhile.
    """
    session.refresh_from_db(from_queryset=SupportSession.objects.select_for_update(of=("self",)))
    list(Summary.objects.select_for_update().filter(session=session).values_list("pk"))


def enter(*, session: SupportSession, said: Said, at: datetime) -> ConsentEntry:
    """Write the entry and act on it. Call inside a transaction that holds the session."""
    entry: ConsentEntry = ConsentEntry.objects.create(
        company=session.company,
        session=session,
        request=said.request,
        device=session.device,
        answer=said.answer,
        statement=said.statement,
        wording_version=said.wording_version,
        language=said.language,
        next_time=said.next_time or "",
        stated_by=said.actor,
        at=at,
    )
    _decide(session=session, answer=said.answer, at=at)
    details = {"answer": str(said.answer), "wording": said.wording_version, "language": said.language}
    audit.record(
        company=session.company,
        actor=said.actor,
        action="consent.recorded",
        at=at,
        target=session,
        address=said.address,
        details={name: value for name, value in details.items() if value},
    )
    tell_of_consent(entry=entry, at=at)
    return entry


def _decide(*, session: SupportSession, answer: ConsentAnswer, at: datetime) -> None:
    if decide_session(session=session).verdict == Verdict.NO and answer != ConsentAnswer.WITHDRAWN:
        release(company=session.company, session_id=session.public_id, at=at)
        forget_captured(session=session)


def is_withdrawn(*, session: SupportSession) -> bool:
    return ConsentEntry.objects.filter(session=session, answer=ConsentAnswer.WITHDRAWN).exists()


def is_refused_by_remote_user(*, session: SupportSession) -> bool:
    """Whether the remote user said no on the consent page, whatever a member stated since."""
    own = ConsentEntry.objects.filter(session=session, answer=ConsentAnswer.REFUSED).exclude(wording_version="")
    return own.exists()


def forget_captured(*, session: SupportSession) -> None:
    """Delete what was captured of a session that may not be kept; the connection report stays.

    Under legal hold it stays hidden, and goes when the hold is lifted.
    """
    if not is_held(session=session):
        drop_captured(session=session)


def drop_captured(*, session: SupportSession) -> None:
    """Delete it whatever holds: of an import that failed."""
    TrashedRecord.objects.filter(session=session).exclude(what=TrashedKind.REPORT).delete()
    Summary.objects.filter(session=session).delete()
    Interaction.objects.filter(session=session).delete()
    forget_questions(session_id=session.pk)
    drop_files_of(session_ids=[session.pk])
    SupportSession.objects.filter(pk=session.pk).update(
        interaction_count=0,
        redaction_memory={},
        redaction_counts={},
        bad_records=[],
        search_text=text_for(session=session),
    )
