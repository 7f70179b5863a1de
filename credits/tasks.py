"""Thin adapters between the queue and the domain: one domain call each."""

from django.utils import timezone

from credits.domain import grants


def run_ledger_jobs() -> None:
    """Every hour: let what has ended expire and give each company its month. Safe to run twice, and after downtime."""
    grants.expire(at=timezone.now())
    grants.grant_months(at=timezone.now())
