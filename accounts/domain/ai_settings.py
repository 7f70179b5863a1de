"""Activation of AI features and the choice of the engine."""

from datetime import datetime

from accounts.domain import audit
from accounts.models import AISettings, User

#: Changes when the text of the terms changes; a company that accepted another version is asked again.
TERMS_VERSION = "2026-11"


def activate(*, ai_settings: AISettings, actor: User, at: datetime) -> None:
    """Switch AI features on: *actor* accepts the current terms for the company."""
    ai_settings.is_active = True
    ai_settings.terms_version = TERMS_VERSION
    ai_settings.terms_accepted_at = at
    ai_settings.terms_accepted_by = actor
    ai_settings.save(
        update_fields=["is_active", "terms_version", "terms_accepted_at", "terms_accepted_by", "changed_at"]
    )
    audit.record(company=ai_settings.company, actor=actor, action="ai_settings.activated", at=at, target=ai_settings)
