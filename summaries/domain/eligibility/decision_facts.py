"""Reads what the eligibility table looks at: once for one session, or for a month of sessions in as many queries."""

from collections.abc import Collection
from dataclasses import dataclass, field

from accounts.models import AISettings, Membership
from policies.domain.conditions import GroupCondition, excluded_by_groups, stored_conditions
from policies.domain.effective import EffectivePolicy, effective_policy
from policies.domain.eligibility import EligibilityFacts, rule_for_session
from policies.domain.queries import effective_of, with_policies
from policies.enums import AccessControl, ConsentAnswer
from policies.models import Device
from summaries.enums import Direction

#: A list of keys in one query has its limits.
IDS_AT_ONCE = 5_000
_NO_POLICY = effective_policy(is_managed=False, own=None, of_group=None, is_locally_off=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanySide:
    """What the company decided: its AI settings and conditions."""

    ai_active: bool
    terms_accepted: bool
    minimum_seconds: int
    incoming_enabled: bool
    outgoing_enabled: bool
    users: GroupCondition
    devices: GroupCondition


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSide:
    """The device of a session; as it stands here, of a session without one."""

    effective: EffectivePolicy = _NO_POLICY
    access_control: AccessControl = AccessControl.AFTER_CONFIRMATION
    group_id: int | None = None
    group_name: str = ""


@dataclass(frozen=True, slots=True)
class SupporterSide:
    """The supporter of a session; as it stands here, one who is no active member."""

    is_logged: bool = False
    group_ids: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Answer:
    """The remote user's latest answer, and what they chose with it for the next time."""

    consent: ConsentAnswer | None = None
    next_time: AccessControl | None = None


def company_side(*, company_id: int) -> CompanySide:
    """Settings and conditions as stored. At most four queries."""
    ai_settings = AISettings.objects.get(company=company_id)
    users, devices = stored_conditions(company_id)
    return CompanySide(
        ai_active=ai_settings.is_active,
        terms_accepted=ai_settings.terms_accepted_at is not None,
        minimum_seconds=ai_settings.minimum_seconds,
        incoming_enabled=ai_settings.incoming_enabled,
        outgoing_enabled=ai_settings.outgoing_enabled,
        users=users,
        devices=devices,
    )


def device_sides(*, device_ids: Collection[int]) -> dict[int, DeviceSide]:
    """The sides of these devices by id. One query for each 5,000."""
    ids = sorted(device_ids)
    return {
        device.pk: DeviceSide(
            effective=effective_of(device),
            access_control=AccessControl(device.access_control),
            group_id=device.group_id,
            group_name=device.group.name if device.group else "",
        )
        for first in range(0, len(ids), IDS_AT_ONCE)
        for device in with_policies(Device.objects.filter(pk__in=ids[first : first + IDS_AT_ONCE]))
    }


def supporter_sides(*, company_id: int, user_ids: Collection[int]) -> dict[int, SupporterSide]:
    """The sides of those of the users who are active members, by user. One query."""
    rows = Membership.objects.filter(company=company_id, is_active=True, user__in=user_ids)
    sides: dict[int, SupporterSide] = {}
    for user_id, is_logged, group_id in rows.values_list("user_id", "log_sessions", "user_groups__pk"):
        held = sides.get(user_id, SupporterSide()).group_ids
        sides[user_id] = SupporterSide(is_logged, held if group_id is None else held | {group_id})
    return sides


def assemble(
    *,
    company: CompanySide,
    device: DeviceSide,
    supporter: SupporterSide,
    answer: Answer,
    direction: str,
    duration_seconds: int | None,
) -> EligibilityFacts:
    """Put the sides together as the table takes them. Pure."""
    effective = device.effective
    return EligibilityFacts(
        ai_active=company.ai_active,
        terms_accepted=company.terms_accepted,
        minimum_seconds=company.minimum_seconds,
        duration_seconds=duration_seconds,
        excluded_by_group=excluded_by_groups(
            users=company.users,
            devices=company.devices,
            user_group_ids=supporter.group_ids,
            device_group_id=device.group_id,
        ),
        is_incoming=direction != Direction.OUTGOING,
        is_outgoing=direction != Direction.INCOMING,
        incoming_enabled=company.incoming_enabled,
        device_managed=effective.is_managed,
        policy_reports_insights=effective.enables_insights,
        policy_enforced=effective.is_enforced,
        locally_off=effective.is_locally_off,
        outgoing_enabled=company.outgoing_enabled,
        supporter_logged=supporter.is_logged,
        access_control=rule_for_session(
            access_control=device.access_control, consent=answer.consent, next_time=answer.next_time
        ),
        consent=answer.consent,
    )
