"""Thin adapters between the queue and the domain: load by id, one domain call."""

from django.utils import timezone

from summaries.domain import generation, import_attempts


def generate_summary(*, summary_id: int) -> None:
    generation.generate(summary_id=summary_id, clock=timezone.now)


def sweep() -> None:
    """Every minute: free what dead workers held, and clear imports that were cut off."""
    generation.sweep(at=timezone.now())
    import_attempts.sweep_abandoned(at=timezone.now())
