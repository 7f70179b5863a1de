"""What is looked after each minute: what dead processes left, what lost its task, and what waits for a time to be over.

Each step is safe to run twice and makes good for minutes without one. One step's trouble stops no other.
"""

from collections.abc import Callable
from datetime import datetime

import structlog

from summaries.domain.consent import requests as consent
from summaries.domain.consent import withdrawal
from summaries.domain.copilot import answering
from summaries.domain.generation import requests as generation
from summaries.domain.imports import attempts
from summaries.domain.jobs import upkeep as jobs
from summaries.domain.keeping import scrubbing

log = structlog.get_logger(__name__)


def keep_up(*, at: datetime) -> None:
    """Do every step; at the end raise what the first one that failed raised, so that the queue shows it."""
    failures = [failure for name, step in _steps(at).items() if (failure := _failure_of(name, step)) is not None]
    if failures:
        raise failures[0]


def _steps(at: datetime) -> dict[str, Callable[[], object]]:
    return {
        "generation": lambda: generation.sweep(at=at),
        "questions": lambda: answering.sweep(at=at),
        "imports": lambda: attempts.sweep_abandoned(at=at),
        "consent": lambda: consent.time_out(at=at),
        "withdrawals": lambda: withdrawal.erase_withdrawn(at=at),
        "scrubbing": scrubbing.scrub_if_pending,
        "jobs": lambda: jobs.sweep(at=at),
    }


def _failure_of(name: str, step: Callable[[], object]) -> Exception | None:
    try:
        step()
    except Exception as failure:
        log.exception("sweep_step_failed", step=name)
        return failure
    return None
