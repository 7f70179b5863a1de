"""Which engine a company uses, at which address, and with which key."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import ai_settings, audit, engine_keys
from accounts.domain.ai_settings import UnableToSaveSettings
from accounts.enums import EngineName
from accounts.models import AISettings, Company, User
from accounts.permissions import Permission
from accounts.tenancy import require

#: The three choices of the page; the last two are one engine at different addresses.
BUILT_IN, CLAUDE, OWN_SERVER = "BUILT_IN", "CLAUDE", "OWN_SERVER"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineChoice:
    """What a person chose on the page. An empty *key* keeps the stored one."""

    choice: str
    model: str = ""
    base_url: str = ""
    key: str = ""
    forget_key: bool = False

    @property
    def address(self) -> str:
        """The base URL as it is stored: Claude has the provider's own, whatever stands in the field."""
        return "" if self.choice == CLAUDE else self.base_url

    @property
    def engine(self) -> EngineName:
        return EngineName.BUILT_IN if self.choice == BUILT_IN else EngineName.CLAUDE


def choice_of(stored: AISettings) -> str:
    """The choice of the page that *stored* stands for."""
    if stored.engine == EngineName.BUILT_IN:
        return BUILT_IN
    return OWN_SERVER if stored.engine_base_url else CLAUDE


def host_of(stored: AISettings) -> str:
    """The host that redacted sessions go to; empty for the built-in engine, which sends nothing."""
    if stored.engine == EngineName.BUILT_IN:
        return ""
    return urlsplit(stored.engine_base_url or settings.ENGINE_DEFAULT_BASE_URL).hostname or ""


def has_own_engine(stored: AISettings) -> bool:
    """Whether the company runs the engine on a key or a server of its own, and pays for it there."""
    return stored.engine == EngineName.CLAUDE and bool(stored.engine_key_encrypted or stored.engine_base_url)


@transaction.atomic
def save_engine(
    *, company: Company, chosen: EngineChoice, version: str | None, actor: User, at: datetime
) -> AISettings:
    """Store engine, address, model and key; *version* as in `ai_settings.locked`.

    Credits that were only counted are taken again once the engine is no longer the company's own.
    Raises PermissionMissing, SettingsChanged, UnableToSaveSettings, engine_keys.UnableToStoreKey.
    """
    require(actor, Permission.MANAGE_COMPANY, company.pk)
    stored = ai_settings.locked(company=company, fields=ai_settings.ENGINE, version=version)
    _check(stored=stored, chosen=chosen)
    values = {"engine": chosen.engine, "engine_model": chosen.model, "engine_base_url": chosen.address}
    ai_settings.change(stored=stored, values=values, actor=actor, at=at)
    if chosen.forget_key:
        engine_keys.remove_engine_key(ai_settings=stored, actor=actor, at=at)
    elif chosen.key:
        engine_keys.set_engine_key(ai_settings=stored, key=chosen.key, actor=actor, at=at)
    if stored.meter_only and not has_own_engine(stored):
        _end_meter_only(stored, actor=actor, at=at)
    return stored


def draft_of(*, company: Company, chosen: EngineChoice, actor: User) -> AISettings:
    """Unsaved settings as *chosen*, to be tried out. The stored key goes to the address it was entered for alone.

    Raises PermissionMissing, UnableToSaveSettings, engine_keys.UnableToStoreKey.
    """
    require(actor, Permission.MANAGE_COMPANY, company.pk)
    stored = AISettings.objects.get(company=company)
    _check(stored=stored, chosen=chosen)
    kept = "" if chosen.forget_key or chosen.address != stored.engine_base_url else stored.engine_key_encrypted
    key = "" if chosen.forget_key else chosen.key
    return AISettings(
        company=company,
        engine=chosen.engine,
        engine_model=chosen.model,
        engine_base_url=chosen.address,
        engine_key_encrypted=engine_keys.encrypted_key(key) if key else kept,
    )


def _end_meter_only(stored: AISettings, *, actor: User, at: datetime) -> None:
    stored.meter_only = False
    stored.save(update_fields=["meter_only", "changed_at"])
    details = {"mode": "budget", "why": "The company no longer runs the engine on its own key."}
    audit.record(
        company=stored.company, actor=actor, action="credits.mode_changed", at=at, target=stored, details=details
    )


def _check(*, stored: AISettings, chosen: EngineChoice) -> None:
    """A stored key never travels to another address than the one it was entered for; an address holds no secret."""
    if chosen.key and chosen.forget_key:
        raise UnableToSaveSettings(_("Enter a new key or remove the stored one, not both."), field="key")
    if any(sign in chosen.address for sign in "@?#"):
        raise UnableToSaveSettings(
            _("The base URL must hold no user name, password or query. Enter a key in the field for it."),
            field="base_url",
        )
    if chosen.choice == OWN_SERVER and not chosen.address:
        raise UnableToSaveSettings(_("Enter the base URL of your server."), field="base_url")
    has_key = bool(stored.engine_key_encrypted)
    if chosen.address != stored.engine_base_url and has_key and not (chosen.key or chosen.forget_key):
        raise UnableToSaveSettings(
            _("The stored key belongs to another address. Enter the key for this one, or remove it."), field="key"
        )
    if chosen.choice == CLAUDE and (chosen.forget_key or not (chosen.key or has_key)):
        raise UnableToSaveSettings(_("Claude needs a key. Enter one."), field="key")
