"""A report of a made-up session: how the company's layout looks, without a look at anybody's session."""

from dataclasses import asdict
from datetime import datetime, timedelta

from accounts.enums import EngineName
from accounts.models import AISettings, Company, User
from policies.enums import Reason, Verdict
from policies.models import Device
from summaries.content import ApplicationFact, SessionFacts, Statement, Step, SummaryContent
from summaries.domain.reports.connection_reports import build_report
from summaries.domain.reports.report_values import ServiceReport
from summaries.domain.reports.sample_words import WORDS
from summaries.enums import Outcome, SessionStatus, SummaryState
from summaries.models import ReportLayout, Summary, SummaryRevision, SupportSession


def sample_language(*, company: Company) -> str:
    """The language that the company's reports are in most often."""
    return AISettings.objects.values_list("language", flat=True).get(company=company.pk)


def sample_report(*, company: Company, layout: ReportLayout, language: str, at: datetime) -> ServiceReport:
    """The report of a session of 14 minutes that ended at *at*, in *language* (a SummaryLanguage value)."""
    started_at = at.replace(second=0, microsecond=0) - timedelta(minutes=14)
    session = SupportSession(
        company=company,
        number=1042,
        supporter=User(name="Mia Berg"),
        device=Device(name="ACC-14", operating_system="Windows 11", customer="Acme Accounting"),
        remote_user="Kim Adams",
        started_at=started_at,
        ended_at=at.replace(second=0, microsecond=0),
        ticket="INC0010042",
        notes=WORDS[language].note,
        status=SessionStatus.ENDED,
        verdict=Verdict.YES,
        reason=Reason.OUTGOING_CONSENTED,
    )
    revision = SummaryRevision(
        company=company,
        number=1,
        content=asdict(_content(language)),
        facts=asdict(_FACTS),
        language=language,
        engine=EngineName.BUILT_IN,
        redaction={"PASSWORD": 1, "EMAIL": 2},
        created_at=at,
    )
    return build_report(
        session=session,
        summary=Summary(state=SummaryState.READY),
        revision=revision,
        language=language,
        layout=layout,
    )


_FACTS = SessionFacts(
    duration_ms=840_000,
    applications=(ApplicationFact("Print Spooler", 540_000, 0.75), ApplicationFact("Word", 180_000, 0.25)),
)


def _content(language: str) -> SummaryContent:
    words = WORDS[language]
    return SummaryContent(
        title=words.title,
        problem=(Statement(words.problem, (1,)),),
        steps=(
            Step(Statement(words.looked, (2,)), "Settings", (), 120_000),
            Step(Statement(words.restarted, (3, 4)), "Terminal", ("net stop spooler", "net start spooler"), 300_000),
            Step(Statement(words.printed, (5,)), "Word", (), 660_000),
        ),
        outcome=Outcome.RESOLVED,
        outcome_statements=(Statement(words.confirmed, (6,)),),
        open_points=(Statement(words.left, (7,)),),
        issue_types=(),
        applications=("Print Spooler", "Word"),
        language=language,
    )
