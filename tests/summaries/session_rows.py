"""Sessions and summaries by the handful, for the tests of lists and pages."""

from datetime import timedelta
from typing import Any

from accounts.models import Company, User
from policies.models import Device
from summaries.domain.reading.search import build_search_text
from summaries.enums import SummaryState
from summaries.models import Application, Interaction, IssueType, Summary, SupportSession
from tests.conftest import NOW
from tests.summaries.report_examples import session_of, store_summary


def add_session(
    company: Company, supporter: User, number: int, *, hours_ago: float = 1, **fields: Any
) -> SupportSession:
    """A session of 10 minutes, ended, that may be captured."""
    started_at = NOW - timedelta(hours=hours_ago)
    device_name = fields.pop("device_name", "")
    if device_name:
        fields["device"] = Device.objects.get_or_create(company=company, name=device_name)[0]
    fields = {"started_at": started_at, "ended_at": started_at + timedelta(minutes=10), "ticket": "", **fields}
    session = session_of(company, supporter, number=number, **fields)
    session.search_text = session.search_text or build_search_text(parts=[session.label, session.notes])
    session.save()
    return session


def add_summary(
    session: SupportSession, *, issue_types: tuple[str, ...] = (), applications: tuple[str, ...] = (), **fields: Any
) -> Summary:
    """A READY summary, or one in another state, with labels of the company's taxonomy."""
    state = fields.pop("state", SummaryState.READY)
    summary = store_summary(session)
    for name, value in {"state": state, **fields}.items():
        setattr(summary, name, value)
    if state not in (SummaryState.READY, SummaryState.RUNNING):
        summary.current = None
    summary.save()
    company = session.company
    summary.issue_types.set([IssueType.objects.get_or_create(company=company, name=name)[0] for name in issue_types])
    summary.applications.set(
        [Application.objects.get_or_create(company=company, name=name)[0] for name in applications]
    )
    return summary


def add_interactions(session: SupportSession, count: int, **fields: Any) -> None:
    defaults = {"kind": "OUTPUT", "application": "bash", **fields}
    Interaction.objects.bulk_create(
        Interaction(
            company=session.company,
            session=session,
            number=number,
            offset_ms=number * 1000,
            **{"text": f"line {number}", **defaults},
        )
        for number in range(1, count + 1)
    )
