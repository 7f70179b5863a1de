"""The conditions tab as one: the minimum duration, and the groups of supporters and devices."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import ai_settings
from accounts.domain.settings_versions import SettingsChanged, version_of
from accounts.models import AISettings, Company, User, UserGroup
from policies.domain.conditions import save_conditions, stored_conditions
from policies.enums import GroupMode
from policies.models import DeviceGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What the tab sends."""

    minimum_seconds: int
    user_groups_mode: GroupMode
    user_groups: Collection[UserGroup]
    device_groups_mode: GroupMode
    device_groups: Collection[DeviceGroup]


def conditions_version(*, settings: AISettings) -> str:
    """What the tab showed, to be sent back with it."""
    return f"{version_of(settings, ai_settings.MINIMUM)},groups:{_groups_digest(settings.company_id)}"


@transaction.atomic
def save_all(*, company: Company, wanted: Conditions, version: str, actor: User, at: datetime) -> None:
    """Store the tab as a whole, or nothing of it.

    Raises PermissionMissing, SettingsChanged, policies.domain.conditions.UnableToSaveConditions.
    """
    ai_settings.save_tab(
        company=company,
        fields=ai_settings.MINIMUM,
        values={"minimum_seconds": wanted.minimum_seconds},
        version=version,
        actor=actor,
        at=at,
    )
    if not version.endswith(f",groups:{_groups_digest(company.pk)}"):
        raise SettingsChanged([_("the groups are others now")])
    save_conditions(
        company=company,
        user_groups_mode=wanted.user_groups_mode,
        user_groups=wanted.user_groups,
        device_groups_mode=wanted.device_groups_mode,
        device_groups=wanted.device_groups,
        actor=actor,
        at=at,
    )


def _groups_digest(company_id: int) -> str:
    said = [(each.mode, sorted(each.group_ids)) for each in stored_conditions(company_id)]
    return sha256(repr(said).encode()).hexdigest()[:16]
