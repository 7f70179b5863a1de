"""Thin adapters between the queue and the domain."""

from accounts.domain.audit_chain import seal_leftovers


def seal_audit_log() -> None:
    """Every minute: seal what no process sealed after its commit."""
    seal_leftovers()
