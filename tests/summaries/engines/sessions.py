"""Requests as the engines get them, and AI settings that point to the loopback server."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from accounts.models import AISettings
from insights_portal.lib.crypto import encrypt
from summaries.content import SessionFacts
from summaries.engines.base import RecordedInteraction, SummaryRequest, TaxonomyLabel
from summaries.enums import Actor, Kind

KEY = "sk-loopback-0123456789"

REQUEST = SummaryRequest(
    interactions=(
        RecordedInteraction(1, 1_000, Kind.OUTPUT, "/dev/sda1 100%", Actor.SYSTEM, "bash"),
        RecordedInteraction(4, 65_000, Kind.COMMAND, "rm old.log", Actor.SUPPORTER, "bash"),
        RecordedInteraction(9, 130_000, Kind.CHAT, "Works again, mail me at [EMAIL-1]", Actor.REMOTE_USER),
    ),
    facts=SessionFacts(duration_ms=180_000),
    started_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
    issue_types=(TaxonomyLabel("Disk space"), TaxonomyLabel("Printer")),
    applications=(TaxonomyLabel("systemd"),),
)


def request_of(*texts: str, **changed: Any) -> SummaryRequest:
    """REQUEST with one command per text, numbered from 1, a second apart."""
    interactions = tuple(
        RecordedInteraction(number, number * 1_000, Kind.COMMAND, text, Actor.SUPPORTER)
        for number, text in enumerate(texts, start=1)
    )
    return replace(REQUEST, interactions=interactions, **changed)


def loopback_settings(base_url: str, *, key: str = KEY, **changed: Any) -> AISettings:
    """Unsaved AI settings of a company whose engine is at *base_url*."""
    return AISettings(engine_base_url=base_url, engine_key_encrypted=encrypt(key) if key else "", **changed)
