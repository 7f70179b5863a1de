"""What the bench of generation works on: companies with a remote engine, and sessions that are in line."""

from datetime import timedelta

from django.utils import timezone

from accounts.domain import ai_settings as ai
from accounts.domain.companies import create_company
from accounts.domain.members import add_member
from accounts.models import Company, User
from credits.domain.grants import grant_purchased
from credits.domain.reservations import reserve
from policies.enums import Reason, Verdict
from summaries.enums import Actor, Kind, SessionStatus
from summaries.models import Interaction, Summary, SupportSession

LINES = (
    (Kind.COMMAND, "systemctl status nginx --no-pager"),
    (Kind.OUTPUT, "nginx.service - A high performance web server; Active: failed (Result: exit-code)"),
    (Kind.COMMAND, "journalctl -u nginx -n 20"),
    (Kind.OUTPUT, "nginx: [emerg] unknown directive in /etc/nginx/sites-enabled/shop:2"),
    (Kind.EXIT, "1"),
)


def company_of(slug: str, base_url: str) -> tuple[Company, User]:
    at = timezone.now()
    company = create_company(name=slug.title(), slug=slug, plan="TENSOR", at=at)
    alice = add_member(
        company=company,
        email=f"alice@{slug}.example",
        name="Alice",
        role_names=["Administrator"],
        password="a-long-enough-password",
        at=at,
    ).user
    own = company.ai_settings
    own.outgoing_enabled, own.engine, own.engine_base_url, own.engine_model = True, "CLAUDE", base_url, "slow-1"
    own.save()
    ai.activate(ai_settings=own, actor=alice, at=at)
    grant_purchased(company=company, credits=1_000_000, at=at)
    return company, alice


def add_sessions(company: Company, supporter: User, count: int) -> None:
    """Sessions of 30 interactions that are in line, each with its credit reserved."""
    at = timezone.now()
    first = SupportSession.objects.filter(company=company).count() + 1
    sessions = SupportSession.objects.bulk_create(
        SupportSession(
            company=company,
            number=number,
            status=SessionStatus.ENDED,
            supporter=supporter,
            started_at=at - timedelta(hours=1),
            ended_at=at - timedelta(minutes=30),
            verdict=Verdict.YES,
            reason=Reason.OUTGOING_CONSENTED,
            interaction_count=30,
        )
        for number in range(first, first + count)
    )
    rows = [(1 + n, 2_000 * n, *LINES[n % len(LINES)]) for n in range(30)]
    Interaction.objects.bulk_create(
        (
            Interaction(
                company=company,
                session=session,
                number=number,
                offset_ms=offset,
                kind=kind,
                text=text,
                actor=Actor.SUPPORTER if kind == Kind.COMMAND else Actor.SYSTEM,
            )
            for session in sessions
            for number, offset, kind, text in rows
        ),
        batch_size=5_000,
    )
    for session in sessions:
        reserve(company=company, session_id=session.public_id, at=at)
    Summary.objects.bulk_create(
        Summary(
            company=company,
            session=session,
            requested_engine="CLAUDE",
            requested_language="en",
            requested_by=supporter,
            requested_at=at,
        )
        for session in sessions
    )
