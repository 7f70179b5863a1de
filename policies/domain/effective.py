"""Which policy holds for a device, and why. A decision over values: nothing is queried here."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _


class PolicyOrigin(StrEnum):
    """Where the effective policy of a device comes from."""

    DEVICE = "DEVICE"
    GROUP = "GROUP"
    NONE = "NONE"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyValues:
    """The settings of one policy."""

    name: str
    reports_enabled: bool
    insights_enabled: bool
    is_enforced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectivePolicy:
    """The policy that holds for a device, if any, and whether the device's own user turned it off."""

    origin: PolicyOrigin
    policy: PolicyValues | None
    is_managed: bool
    is_locally_off: bool

    @property
    def enables_insights(self) -> bool:
        """Both switches are on: *Enable reports* and Session Insights."""
        return self.policy is not None and self.policy.reports_enabled and self.policy.insights_enabled

    @property
    def is_enforced(self) -> bool:
        return self.policy is not None and self.policy.is_enforced

    @property
    def is_turned_off(self) -> bool:
        """Turned off by the device's own user, and the policy lets them."""
        return self.is_locally_off and not self.is_enforced

    @property
    def covers_incoming(self) -> bool:
        """Incoming sessions of the device are captured, once the company has switched incoming on."""
        return self.enables_insights and not self.is_turned_off


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """One step of the explanation. *is_met* says whether it speaks for capture."""

    label: str
    words: str
    is_met: bool


def effective_policy(
    *, is_managed: bool, own: PolicyValues | None, of_group: PolicyValues | None, is_locally_off: bool
) -> EffectivePolicy:
    """A managed device's own policy wins over its group's; a device that is not managed has none."""
    origin, policy = PolicyOrigin.NONE, None
    if is_managed and own is not None:
        origin, policy = PolicyOrigin.DEVICE, own
    elif is_managed and of_group is not None:
        origin, policy = PolicyOrigin.GROUP, of_group
    return EffectivePolicy(origin=origin, policy=policy, is_managed=is_managed, is_locally_off=is_locally_off)


def explain_policy(effective: EffectivePolicy, *, group_name: str = "") -> list[PolicyStep]:
    """Say in words which policy holds, where it comes from, and what each of its settings means for the device."""
    managed = (
        _("The device belongs to the company.") if effective.is_managed else _("Only managed devices carry a policy.")
    )
    steps = [
        PolicyStep(_("Managed device"), managed, effective.is_managed),
        PolicyStep(_("Policy"), _origin_words(effective, group_name), effective.policy is not None),
    ]
    policy = effective.policy
    if policy is None:
        return steps
    return [
        *steps,
        PolicyStep(_("Enable reports"), _("On.") if policy.reports_enabled else _("Off."), policy.reports_enabled),
        PolicyStep(_("Session Insights"), _("On.") if policy.insights_enabled else _("Off."), policy.insights_enabled),
        PolicyStep(_("On the device"), _local_words(effective), not effective.is_turned_off),
    ]


def _origin_words(effective: EffectivePolicy, group_name: str) -> str:
    if effective.policy is None:
        return _("None: neither the device nor its group has one.") if effective.is_managed else _("None.")
    if effective.origin == PolicyOrigin.DEVICE:
        return _("“%(policy)s”, assigned to the device itself; it wins over its group's.") % {
            "policy": effective.policy.name
        }
    return _("“%(policy)s”, through the group “%(group)s”.") % {"policy": effective.policy.name, "group": group_name}


def _local_words(effective: EffectivePolicy) -> str:
    if effective.is_enforced:
        if effective.is_locally_off:
            return _("Turned off locally, which has no effect: the policy is enforced.")
        return _("The policy is enforced.")
    if effective.is_locally_off:
        return _("Turned off by the device's own user; the policy is not enforced.")
    return _("Not turned off. The device's own user may do so, because the policy is not enforced.")
