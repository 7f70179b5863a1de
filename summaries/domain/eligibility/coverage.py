"""Who and what the two switches apply to right now, and what is still missing. A fixed number of queries."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.enums import EngineName
from accounts.models import AISettings, Company, Membership, UserGroup
from accounts.permissions import Permission
from credits.domain.balance import monthly_balance
from policies.domain.conditions import GroupCondition, stored_conditions
from policies.enums import AccessControl, GroupMode
from policies.models import Device, Policy


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts of active members and of devices; *covered* ones are what a switch reaches when it is on."""

    members: int
    logged_members: int
    covered_members: int
    devices: int
    managed_devices: int
    covered_devices: int
    denying_devices: int


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """Something without which nothing is summarised, and the page that mends it, for those who hold one of *any_of*."""

    sentence: str | Promise
    link: str | Promise
    url_name: str
    args: tuple[str, ...] = ()
    query: str = ""
    any_of: tuple[Permission, ...] = field(default=(Permission.MANAGE_COMPANY,))


_POLICIES = (Permission.MANAGE_POLICIES, Permission.ASSIGN_POLICIES)
_AI_OFF = Prerequisite(_("AI features are off."), _("Activate them"), "summaries:ai_settings")
_NO_KEY = Prerequisite(_("Claude has no key."), _("Enter one"), "summaries:ai_settings_tab", ("engine",))
_NOBODY_LOGGED = Prerequisite(
    _("No member's sessions are logged."), _("Log members"), "admin:accounts_membership_changelist"
)
_ALL_EXCLUDED = Prerequisite(
    _("The conditions leave no logged member."),
    _("Change the conditions"),
    "summaries:ai_settings_tab",
    ("conditions",),
)
_DEVICES_EXCLUDED = Prerequisite(
    _("The conditions leave no covered device."),
    _("Change the conditions"),
    "summaries:ai_settings_tab",
    ("conditions",),
)
_NO_MANAGED_DEVICE = Prerequisite(
    _("No device is managed."), _("Open devices"), "admin:policies_device_changelist", any_of=_POLICIES
)
_NO_POLICY = Prerequisite(
    _("No policy has Session Insights on."), _("Open policies"), "admin:policies_policy_changelist", any_of=_POLICIES
)
_NOT_ASSIGNED = Prerequisite(
    _("No managed device has a policy with Session Insights."),
    _("Assign a policy"),
    "admin:policies_device_changelist",
    any_of=_POLICIES,
)
_NO_BASIS = Prerequisite(
    _("The legal basis is not confirmed."),
    _("Confirm it"),
    "summaries:ai_settings_tab",
    ("incoming",),
    "#id_incoming_basis",
)
_NO_CREDITS = Prerequisite(
    _("No credit is left this month: sessions wait, and nothing is lost."),
    _("Open credits"),
    "credits:overview",
    any_of=(Permission.MANAGE_CREDITS, Permission.MANAGE_COMPANY),
)


#: A device's own policy wins over its group's.
WITH_INSIGHTS = Q(policy__reports_enabled=True, policy__insights_enabled=True) | Q(
    policy__isnull=True, group__policy__reports_enabled=True, group__policy__insights_enabled=True
)
_ENFORCED = Q(policy__is_enforced=True) | Q(policy__isnull=True, group__policy__is_enforced=True)


def coverage_of(*, company: Company) -> Coverage:
    """At most five queries, whatever the company holds."""
    users, named_devices = stored_conditions(company.pk)
    belonging = UserGroup.members.through.objects.filter(membership=OuterRef("pk"), usergroup__in=users.group_ids)
    in_user_groups = _within(users, Q(Exists(belonging)))
    in_device_groups = _within(named_devices, Q(group__isnull=False, group__in=named_devices.group_ids))
    logged = Q(log_sessions=True)
    people = Membership.objects.filter(company=company, is_active=True).aggregate(
        all=Count("pk"), logged=Count("pk", filter=logged), covered=Count("pk", filter=logged & in_user_groups)
    )
    runs = Q(is_locally_off=False) | _ENFORCED
    found = Device.objects.filter(company=company).aggregate(
        all=Count("pk"),
        managed=Count("pk", filter=Q(is_managed=True)),
        covered=Count("pk", filter=Q(is_managed=True) & WITH_INSIGHTS & runs & in_device_groups),
        denying=Count("pk", filter=Q(access_control=AccessControl.DENIED)),
    )
    return Coverage(
        members=people["all"],
        logged_members=people["logged"],
        covered_members=people["covered"],
        devices=found["all"],
        managed_devices=found["managed"],
        covered_devices=found["covered"],
        denying_devices=found["denying"],
    )


def _within(condition: GroupCondition, in_groups: Q) -> Q:
    return {GroupMode.ALL: Q(), GroupMode.ONLY: in_groups, GroupMode.EXCEPT: ~in_groups}[condition.mode]


def missing_for_outgoing(
    *, company: Company, ai_settings: AISettings, coverage: Coverage, at: datetime
) -> list[Prerequisite]:
    """What keeps outgoing sessions from being summarised although the switch is on, the weightiest first."""
    found = _missing_for_both(company=company, ai_settings=ai_settings, at=at)
    if not coverage.logged_members:
        found.append(_NOBODY_LOGGED)
    elif not coverage.covered_members:
        found.append(_ALL_EXCLUDED)
    return found


def missing_for_incoming(
    *, company: Company, ai_settings: AISettings, coverage: Coverage, at: datetime
) -> list[Prerequisite]:
    """The same for incoming sessions."""
    found = _missing_for_both(company=company, ai_settings=ai_settings, at=at)
    if ai_settings.incoming_basis_confirmed_at is None:
        found.append(_NO_BASIS)
    if not coverage.managed_devices:
        found.append(_NO_MANAGED_DEVICE)
    if not Policy.objects.filter(company=company, reports_enabled=True, insights_enabled=True).exists():
        found.append(_NO_POLICY)
    elif coverage.managed_devices and not coverage.covered_devices:
        assigned = Device.objects.filter(WITH_INSIGHTS, company=company, is_managed=True).exists()
        found.append(_DEVICES_EXCLUDED if assigned else _NOT_ASSIGNED)
    return found


def _missing_for_both(*, company: Company, ai_settings: AISettings, at: datetime) -> list[Prerequisite]:
    found = []
    if not ai_settings.is_active:
        found.append(_AI_OFF)
    needs_key = ai_settings.engine == EngineName.CLAUDE and not ai_settings.engine_base_url
    if needs_key and not ai_settings.engine_key_encrypted:
        found.append(_NO_KEY)
    if not ai_settings.meter_only and not monthly_balance(company=company, at=at).available:
        found.append(_NO_CREDITS)
    return found
