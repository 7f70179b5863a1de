"""What the remote user would read under the settings on the screen."""

from copy import copy
from typing import Any

from accounts.models import AISettings
from summaries.domain.consent.wording import Section, sections_under

_SHOWN = ("consent_purpose", "consent_processor", "consent_contact")


def wording_of(settings: AISettings, drafted: dict[str, Any]) -> tuple[Section, ...]:
    draft = copy(settings)
    for name in _SHOWN:
        setattr(draft, name, drafted.get(name, getattr(settings, name)) or "")
    return sections_under(ai_settings=draft, language=settings.language)
