"""A support session with its summary, as stored: what reports, exports and the API are tried on."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.enums import EngineName
from accounts.models import Company, User
from policies.enums import Reason, Verdict
from policies.models import Device
from summaries.content import ApplicationFact, SessionFacts, Statement, Step, SummaryContent
from summaries.enums import Outcome, SessionStatus, SummaryState
from summaries.models import Summary, SummaryRevision, SupportSession

STARTED_AT = datetime(2026, 11, 22, 9, 2, tzinfo=UTC)

PRINTER = SummaryContent(
    title="Printer offline after driver update",
    problem=(Statement("The office printer showed as offline since the driver update on Friday.", (1,)),),
    steps=(
        Step(
            Statement("Looked at the print queue: six jobs with status Error.", (2,)),
            "Settings",
            ("Error",),
            120_000,
        ),
        Step(
            Statement("Restarted the print spooler.", (3, 4)),
            "Terminal",
            ("net stop spooler", "net start spooler"),
            300_000,
        ),
        Step(Statement("Printed a test page.", (5,))),
    ),
    outcome=Outcome.RESOLVED,
    outcome_statements=(Statement("The test page came out; the user confirmed it in the chat.", (6,)),),
    open_points=(Statement("Four other devices have the same driver version.", (7,)),),
    issue_types=("Printer",),
    applications=("Print Spooler",),
)
FACTS = SessionFacts(
    duration_ms=840_000,
    applications=(ApplicationFact("Print Spooler", 540_000, 0.75), ApplicationFact("Settings", 180_000, 0.25)),
)


def session_of(company: Company, supporter: User, **fields: Any) -> SupportSession:
    """An unsaved session of 14 minutes that may be captured."""
    fields = {
        "number": 1042,
        "started_at": STARTED_AT,
        "ended_at": STARTED_AT + timedelta(minutes=14),
        "status": SessionStatus.ENDED,
        "verdict": Verdict.YES,
        "reason": Reason.OUTGOING_CONSENTED,
        "ticket": "INC0010042",
        **fields,
    }
    return SupportSession(company=company, supporter=supporter, **fields)


def revision_of(company: Company, content: SummaryContent = PRINTER, **fields: Any) -> SummaryRevision:
    fields = {
        "number": 1,
        "content": asdict(content),
        "facts": asdict(FACTS),
        "language": content.language,
        "engine": EngineName.BUILT_IN,
        "redaction": {"PASSWORD": 1, "EMAIL": 2},
        "created_at": STARTED_AT + timedelta(minutes=15),
        **fields,
    }
    return SummaryRevision(company=company, **fields)


def store_session(company: Company, supporter: User, **fields: Any) -> SupportSession:
    device = Device.objects.create(
        company=company, name=f"ACC-{fields.get('number', 14)}", operating_system="Windows 11", customer="Acme"
    )
    session = session_of(company, supporter, **{"device": device, **fields})
    session.save()
    return session


def store_summary(session: SupportSession, content: SummaryContent = PRINTER, **fields: Any) -> Summary:
    """A READY summary of a stored session, with one revision."""
    summary = Summary.objects.create(
        company=session.company,
        session=session,
        state=SummaryState.QUEUED,
        requested_engine=EngineName.BUILT_IN,
        requested_language=content.language,
        requested_at=session.started_at,
        title=content.title,
        outcome=content.outcome,
        language=content.language,
        engine=EngineName.BUILT_IN,
    )
    revision = revision_of(session.company, content, summary=summary)
    revision.save()
    summary.current = revision
    summary.state = SummaryState.READY
    for name, value in fields.items():
        setattr(summary, name, value)
    summary.save()
    return summary
