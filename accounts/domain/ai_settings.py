"""Activation of AI features and the choice of the engine."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.domain import audit, engine_keys
from accounts.enums import EngineName
from accounts.models import AISettings, User
from accounts.permissions import Permission
from accounts.tenancy import require

#: Changes when the text of the terms changes; a company that accepted another version is asked again.
TERMS_VERSION = "2026-11"

#: What an administrator decides besides activation and the key.
CHANGEABLE = (
    "outgoing_enabled",
    "incoming_enabled",
    "engine",
    "engine_model",
    "engine_base_url",
    "language",
    "minimum_seconds",
)


class UnableToSaveSettings(Exception):
    """The settings do not fit together; the sentence says what to change."""


def activate(*, ai_settings: AISettings, actor: User, at: datetime) -> None:
    """Switch AI features on: *actor* accepts the current terms for the company. Raises PermissionMissing."""
    require(actor, Permission.MANAGE_COMPANY, ai_settings.company_id)
    ai_settings.is_active = True
    ai_settings.terms_version = TERMS_VERSION
    ai_settings.terms_accepted_at = at
    ai_settings.terms_accepted_by = actor
    ai_settings.save(
        update_fields=["is_active", "terms_version", "terms_accepted_at", "terms_accepted_by", "changed_at"]
    )
    details = {"terms_version": TERMS_VERSION}
    audit.record(
        company=ai_settings.company,
        actor=actor,
        action="ai_settings.activated",
        at=at,
        target=ai_settings,
        details=details,
    )


def deactivate(*, ai_settings: AISettings, actor: User, at: datetime) -> None:
    """Stop all generation at once; the configuration stays. Raises PermissionMissing."""
    require(actor, Permission.MANAGE_COMPANY, ai_settings.company_id)
    ai_settings.is_active = False
    ai_settings.save(update_fields=["is_active", "changed_at"])
    audit.record(company=ai_settings.company, actor=actor, action="ai_settings.deactivated", at=at, target=ai_settings)


def needs_acceptance(ai_settings: AISettings) -> bool:
    """Whether switching on asks for the terms: they were never accepted, or in another version."""
    return ai_settings.terms_accepted_at is None or ai_settings.terms_version != TERMS_VERSION


@transaction.atomic
def save_settings(
    *,
    ai_settings: AISettings,
    is_active: bool,
    terms_accepted: bool,
    values: dict[str, Any],
    engine_key: str,
    forget_engine_key: bool,
    actor: User,
    at: datetime,
) -> None:
    """Store what the settings page sent. *values* holds fields of CHANGEABLE; an empty *engine_key* keeps the stored.

    Raises PermissionMissing, UnableToSaveSettings, engine_keys.UnableToStoreKey.
    """
    require(actor, Permission.MANAGE_COMPANY, ai_settings.company_id)
    stored = AISettings.objects.select_for_update().get(pk=ai_settings.pk)
    if is_active and not terms_accepted and needs_acceptance(stored):
        raise UnableToSaveSettings("Accept the terms to switch AI features on.")
    _check_address(stored=stored, values=values, key_is_settled=bool(engine_key or forget_engine_key))
    _change(stored=stored, values=values, actor=actor, at=at)
    if forget_engine_key:
        engine_keys.remove_engine_key(ai_settings=stored, actor=actor, at=at)
    if engine_key:
        engine_keys.set_engine_key(ai_settings=stored, key=engine_key, actor=actor, at=at)
    if stored.engine == EngineName.CLAUDE and not (stored.engine_key_encrypted or stored.engine_base_url):
        raise UnableToSaveSettings("Claude needs a key, or the base URL of your own server.")
    if is_active and (not stored.is_active or needs_acceptance(stored)):
        activate(ai_settings=stored, actor=actor, at=at)
    elif stored.is_active and not is_active:
        deactivate(ai_settings=stored, actor=actor, at=at)


def _check_address(*, stored: AISettings, values: dict[str, Any], key_is_settled: bool) -> None:
    """A stored key never travels to another address than the one it was entered for; an address holds no secret."""
    address = values.get("engine_base_url", stored.engine_base_url)
    if any(sign in address for sign in "@?#"):
        raise UnableToSaveSettings(
            "The base URL must hold no user name, password or query. Enter a key in the field for it."
        )
    if address != stored.engine_base_url and stored.engine_key_encrypted and not key_is_settled:
        raise UnableToSaveSettings(
            "The stored key belongs to the old base URL. Enter the key for the new one, or remove it."
        )


def _change(*, stored: AISettings, values: dict[str, Any], actor: User, at: datetime) -> None:
    changed = {name: value for name, value in values.items() if name in CHANGEABLE and getattr(stored, name) != value}
    if not changed:
        return
    details = {name: {"before": getattr(stored, name), "after": value} for name, value in changed.items()}
    for name, value in changed.items():
        setattr(stored, name, value)
    stored.save(update_fields=[*changed, "changed_at"])
    audit.record(
        company=stored.company, actor=actor, action="ai_settings.changed", at=at, target=stored, details=details
    )
