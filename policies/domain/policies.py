"""Policies of a company: made, changed, deleted. Where they apply is `assignment`'s to say."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from accounts.domain import audit
from accounts.domain.administrators import lock_company
from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import require
from policies.domain.naming import checked_name
from policies.models import Policy

#: What a policy says.
CHANGEABLE = ("name", "reports_enabled", "insights_enabled", "is_enforced")


class UnableToSavePolicy(Exception):
    """The switches do not fit together; the sentence says what to change."""


class UnableToDeletePolicy(Exception):
    """The policy is in use; the sentence says where."""


@transaction.atomic
def create_policy(*, company: Company, values: dict[str, Any], actor: User, at: datetime) -> Policy:
    """Store a new policy; *values* holds fields of CHANGEABLE. Raises PermissionMissing, UnableToName,
    UnableToSavePolicy."""
    require(actor, Permission.MANAGE_POLICIES, company.pk)
    lock_company(company=company)
    policy = Policy(company=company)
    _set(policy, values)
    policy.save()
    audit.record(
        company=company, actor=actor, action="policy.created", at=at, target=policy, details=_described(policy)
    )
    return policy


@transaction.atomic
def change_policy(*, policy: Policy, values: dict[str, Any], actor: User, at: datetime) -> Policy:
    """Store what is different; it holds at once wherever the policy applies. Returns the policy as stored.

    Raises PermissionMissing, UnableToName, UnableToSavePolicy.
    """
    require(actor, Permission.MANAGE_POLICIES, policy.company_id)
    lock_company(company=policy.company)
    stored = Policy.objects.get(pk=policy.pk)
    before = _described(stored)
    _set(stored, values)
    after = _described(stored)
    changed = {
        name: {"before": before[name], "after": after[name]} for name in CHANGEABLE if before[name] != after[name]
    }
    if changed:
        stored.save(update_fields=list(changed))
        audit.record(
            company=policy.company, actor=actor, action="policy.changed", at=at, target=stored, details=changed
        )
    return stored


@transaction.atomic
def delete_policy(*, policy: Policy, actor: User, at: datetime) -> None:
    """Delete a policy that applies nowhere. Raises PermissionMissing, UnableToDeletePolicy."""
    require(actor, Permission.MANAGE_POLICIES, policy.company_id)
    lock_company(company=policy.company)
    used = [
        *_counted(policy.devices.order_by("name").values_list("name", flat=True), _DEVICES),
        *_counted(policy.device_groups.order_by("name").values_list("name", flat=True), _GROUPS),
    ]
    if used:
        raise UnableToDeletePolicy(
            _("“%(name)s” is assigned to %(used)s and was not deleted. Unassign it there first.")
            % {"name": policy.name, "used": ", ".join(used)}
        )
    audit.record(
        company=policy.company,
        actor=actor,
        action="policy.deleted",
        at=at,
        target=policy,
        details={"name": policy.name},
    )
    policy.delete()


_DEVICES = ngettext_lazy("%(count)s device (%(names)s)", "%(count)s devices (%(names)s)", "count")
_GROUPS = ngettext_lazy("%(count)s device group (%(names)s)", "%(count)s device groups (%(names)s)", "count")


def _counted(names: Any, words: Any) -> list[str]:
    """At most one phrase: `3 devices (ACC-1, ACC-2 …)`."""
    found = list(names)
    if not found:
        return []
    shown = ", ".join(found[:2]) + (" …" if len(found) > 2 else "")  # noqa: PLR2004 - two are enough to know which
    return [words % {"count": len(found), "names": shown}]


def _set(policy: Policy, values: dict[str, Any]) -> None:
    for name in CHANGEABLE:
        if name in values:
            setattr(policy, name, values[name])
    namesakes = Policy.objects.filter(company=policy.company_id).exclude(pk=policy.pk)
    policy.name = checked_name(name=policy.name, namesakes=namesakes, longest=80, noun="policy")
    if policy.insights_enabled and not policy.reports_enabled:
        raise UnableToSavePolicy(
            _("Session Insights is the second switch: it needs “Enable reports”. Switch that on too.")
        )


def _described(policy: Policy) -> dict[str, Any]:
    return {name: getattr(policy, name) for name in CHANGEABLE}
