"""Sessions that wait for a credit: started when credits arrive, the one that has waited longest first, each once."""

from datetime import datetime

import structlog
from django.db import transaction

from credits.domain.reservations import InsufficientCredits
from summaries.domain.generation.credit_use import reserve_for
from summaries.domain.generation.lines import enqueue_generation
from summaries.enums import SummaryState
from summaries.models import Summary

log = structlog.get_logger(__name__)
#: Summaries of one company that one sweep starts; the next minute's goes on.
MOST_STARTED = 500


def start_waiting(*, at: datetime) -> int:
    """Start what waits in every company until its credits are used again; not where AI features are off.

    Returns how many were started. Company by company, so that one without credits, or with rows that make trouble,
    keeps nobody else waiting.
    """
    waiting = Summary.objects.filter(state=SummaryState.WAITING_FOR_CREDITS, company__ai_settings__is_active=True)
    companies = list(waiting.order_by().values_list("company_id", flat=True).distinct())
    return sum(_start_oldest(company_id=company_id, at=at) for company_id in companies)


def _start_oldest(*, company_id: int, at: datetime) -> int:
    waiting = Summary.objects.filter(company=company_id, state=SummaryState.WAITING_FOR_CREDITS)
    started = 0
    for summary_id in list(waiting.order_by("requested_at", "pk").values_list("pk", flat=True)[:MOST_STARTED]):
        try:
            started += _start(summary_id=summary_id, at=at)
        except InsufficientCredits:
            break
        except Exception:
            log.exception("waiting_session_not_started", summary_id=summary_id)
            break
    return started


@transaction.atomic
def _start(*, summary_id: int, at: datetime) -> bool:
    """Reserve the credit and queue the summary; False when it no longer waits. Raises InsufficientCredits.

    Its row is held first: another sweep, a member who generates it or deletes its log come before or after, so that no
    credit is reserved for a summary that nobody makes.
    """
    rows = Summary.objects.select_for_update(of=("self",), no_key=True).select_related(
        "session__company", "session__device__policy", "session__device__group__policy"
    )
    summary = rows.filter(pk=summary_id, state=SummaryState.WAITING_FOR_CREDITS).first()
    if summary is None:
        return False
    reserve_for(session=summary.session, at=at)
    Summary.objects.filter(pk=summary.pk).update(state=SummaryState.QUEUED, failure="", retry_at=None, requested_at=at)
    enqueue_generation(summary_id=summary.pk, engine=summary.requested_engine)
    return True
