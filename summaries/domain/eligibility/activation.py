"""Switching AI features off: nothing is generated from that moment on, and everything that was set stays."""

from datetime import datetime

from accounts.domain import ai_settings
from accounts.models import Company, User
from summaries.domain.generation.claims import UNDER_WAY, fail
from summaries.domain.generation.steps import SWITCHED_OFF
from summaries.models import Summary


def under_way(*, company: Company) -> int:
    """How many summaries are queued or being written: what switching off stops."""
    return Summary.objects.filter(company=company, state__in=UNDER_WAY).count()


def deactivate(*, company: Company, actor: User, at: datetime) -> int:
    """Switch AI features off and stop what is under way; returns how many summaries were stopped.

    Row by row, after the switch is stored: a worker that takes a row in between sees the switch and stops by itself,
    and what an engine still answers finds its row taken away. No credit is charged. What waits for credits goes on
    waiting. Raises PermissionMissing.
    """
    ai_settings.deactivate(company=company, actor=actor, at=at)
    running = Summary.objects.filter(company=company, state__in=UNDER_WAY).select_related("session__company")
    return sum(fail(summary=summary, claim=summary.claim, failure=str(SWITCHED_OFF), at=at) for summary in running)
