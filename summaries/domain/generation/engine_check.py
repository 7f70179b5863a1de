"""*Test connection*, from the page to the audit log."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.domain import audit, engine_settings
from accounts.domain.engine_settings import EngineChoice
from accounts.enums import EngineName
from accounts.models import AISettings, Company, User
from summaries.engines.connection import ConnectionCheck, check_connection

BUILT_IN_READY = _("The built-in engine is part of this server and ready. Nothing needs to be connected.")


def check_engine(*, company: Company, chosen: EngineChoice, actor: User, at: datetime) -> ConnectionCheck:
    """Try the engine as *chosen*, saved or not. Calls the engine: never inside a transaction; bounded in time.

    Raises PermissionMissing, ai_settings.UnableToSaveSettings, engine_keys.UnableToStoreKey.
    """
    draft = engine_settings.draft_of(company=company, chosen=chosen, actor=actor)
    if draft.engine == EngineName.BUILT_IN:
        check = ConnectionCheck(ok=True, latency_ms=0, model="", sentence=str(BUILT_IN_READY))
    else:
        check = check_connection(ai_settings=draft)
    audit.record(
        company=company,
        actor=actor,
        action="engine.tested",
        at=at,
        target=AISettings.objects.get(company=company),
        details={
            "engine": chosen.choice,
            "host": engine_settings.host_of(draft),
            "ok": check.ok,
            "latency_ms": check.latency_ms,
            "model": check.model,
        },
    )
    return check
