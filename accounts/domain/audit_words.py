"""Every event of the audit log in words for people, and what changed, readable.

An action that is not named here is shown by its own words (`summary.viewed` → Summary viewed).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.utils.text import capfirst

from accounts.permissions import Permission
from insights_portal.lib.text import show_controls

#: {group: {action: words}}; the groups are what the log can be narrowed to.
GROUPS: dict[str, dict[str, str]] = {
    "Sign-in": {
        "member.signed_in": "Signed in",
        "member.signed_out": "Signed out",
        "member.sign_in_failed": "Sign-in failed",
        "member.switched_company": "Switched to this company",
        "member.session_revoked": "Open sign-in ended",
        "member.mfa_added": "Second factor added",
        "member.mfa_removed": "Second factor removed",
        "member.mfa_codes_renewed": "Recovery codes renewed",
        "member.mfa_reset": "Second factors of a member taken away",
        "member.password_set": "Password of a member set",
        "single_sign_on.changed": "Single sign-on changed",
        "single_sign_on.refused": "Single sign-on refused",
    },
    "Refusals": {"access.denied": "Access denied"},
    "Sessions": {
        "session.opened": "Session opened",
        "session.ended": "Session ended",
        "session.imported": "Recording imported",
        "session_file.imported": "File of sessions imported",
        "session.notes_changed": "Notes changed",
        "session.deleted": "Session deleted",
        "session_log.deleted": "Session log deleted",
    },
    "Summaries": {
        "summary.viewed": "Summary viewed",
        "summary.requested": "Summary requested, credit reserved",
        "summary.generated": "Summary written",
        "summary.failed": "Summary failed",
        "summary.reviewed": "Summary reviewed",
        "summary.approved": "Summary approved",
        "summary.deleted": "Summary deleted",
    },
    "Exports": {
        "report.exported": "Service report exported",
        "audit.exported": "Audit log exported",
        "audit.streamed": "Audit log streamed",
    },
    "Consent": {
        "consent.recorded": "Answer to the consent question recorded",
        "consent.requested": "Consent asked for",
        "consent.given": "Consent given",
        "consent.refused": "Consent refused",
        "consent.withdrawn": "Consent withdrawn",
        "consent.timed_out": "Consent question timed out",
    },
    "Settings": {
        "company.created": "Company created",
        "company.changed": "Company settings changed",
        "ai_settings.activated": "AI features activated, terms accepted",
        "ai_settings.deactivated": "AI features deactivated",
        "ai_settings.changed": "AI settings changed",
        "engine_key.set": "Engine key stored",
        "engine_key.replaced": "Engine key replaced",
        "engine_key.removed": "Engine key removed",
        "engine.tested": "Connection to the engine tested",
        "incoming_basis.confirmed": "Legal basis of incoming summaries confirmed",
        "incoming_basis.unconfirmed": "Confirmation of the legal basis taken back",
        "capture_conditions.changed": "Conditions of capture changed",
        "setup.shown": "Set-up list shown again",
        "setup.hidden": "Set-up list put away",
        "issuetype.created": "Issue type created",
        "issuetype.changed": "Issue type changed",
        "issuetype.deleted": "Issue type deleted",
        "issuetypeclassifier.trained": "Recognition of issue types trained",
        "issuetypeclassifier.removed": "Trained recognition of issue types removed",
        "application.created": "Application created",
        "application.changed": "Application changed",
        "application.deleted": "Application deleted",
        "works_council.switched_on": "Works-council mode switched on",
        "works_council.switched_off": "Works-council mode switched off",
    },
    "Reports of other tools": {
        "report_mapping.created": "Mapping of a report saved",
        "report_mapping.deleted": "Mapping of a report deleted",
        "teamviewer_pull.changed": "Pull from TeamViewer changed",
        "teamviewer_pull.tested": "Connection to TeamViewer tested",
        "teamviewer_token.set": "TeamViewer token stored",
        "teamviewer_token.removed": "TeamViewer token removed",
    },
    "Retention": {
        "retention.applied": "Retention applied: what was due was deleted",
        "legal_hold.placed": "Legal hold placed",
        "legal_hold.lifted": "Legal hold lifted",
        "data_subject.exported": "Copy of a person's data made",
        "data_subject.erased": "Data of a person erased",
    },
    "Members and roles": {
        "member.added": "Member added",
        "member.changed": "Member changed",
        "member.removed": "Member removed",
        "invitation.created": "Member invited",
        "invitation.resent": "Invitation sent again",
        "invitation.revoked": "Invitation taken back",
        "invitation.accepted": "Invitation accepted",
        "member.profile_changed": "Profile changed",
        "role.created": "Role created",
        "role.changed": "Role changed",
        "role.deleted": "Role deleted",
        "usergroup.created": "Group of members created",
        "usergroup.changed": "Group of members changed",
        "usergroup.deleted": "Group of members deleted",
    },
    "Names revealed": {
        "disclosure.requested": "Name of a supporter asked for",
        "disclosure.confirmed": "Name of a supporter revealed",
        "disclosure.declined": "Request for a name declined",
        "disclosure.viewed": "Revealed name seen",
    },
    "Policies and devices": {
        "device.created": "Device added",
        "device.imported": "Devices imported from a list",
        "device.changed": "Device changed",
        "device.deleted": "Device deleted",
        "device.managed": "Device managed",
        "device.moved": "Device moved to a group",
        "device.turned_off_locally": "Reports turned off on the device",
        "device.turned_on_locally": "Reports turned on again on the device",
        "device_group.created": "Device group created",
        "device_group.changed": "Device group changed",
        "device_group.deleted": "Device group deleted",
        "policy.created": "Policy created",
        "policy.changed": "Policy changed",
        "policy.deleted": "Policy deleted",
        "policy.assigned": "Policy assigned",
        "policy.unassigned": "Policy taken away",
    },
    "Credits": {
        "credits.granted": "Credits granted",
        "credits.adjusted": "Credits adjusted",
        "credits.expired": "Credits expired",
        "credits.threshold_reached": "Share of the month's credits used",
        "order.placed": "Credits ordered",
        "order.confirmed": "Order paid and confirmed, credits granted",
        "order.cancelled": "Order cancelled",
        "order.refunded": "Order refunded, unused credits taken back",
        "order.payment_failed": "Payment of an order failed",
        "order.payment_mismatched": "Payment does not match its order",
        "order.payment_unexpected": "Payment for an order that waits for none",
        "receipt.exported": "Receipt of an order exported",
        "company.plan_changed": "Plan changed by the operator",
        "credits.exported": "Credit ledger or use exported",
        "credits.mode_changed": "Way of counting credits changed",
    },
    "API tokens": {
        "token.issued": "API token issued",
        "token.used": "API token used from a new address",
        "token.revoked": "API token revoked",
    },
    "Webhooks": {
        "webhook_endpoint.added": "Webhook endpoint added",
        "webhook_endpoint.changed": "Webhook endpoint changed",
        "webhook_endpoint.deleted": "Webhook endpoint deleted",
        "webhook_endpoint.secret_rotated": "Secret of a webhook endpoint renewed",
        "webhook_endpoint.enabled": "Webhook endpoint switched on",
        "webhook_endpoint.disabled": "Webhook endpoint switched off",
        "webhook_endpoint.tested": "Webhook endpoint tested",
        "webhook_delivery.resent": "Webhook sent again",
    },
}
WORDS: dict[str, str] = {action: words for actions in GROUPS.values() for action, words in actions.items()}
_PERMISSIONS: dict[str, str] = dict(Permission.choices)
#: Fields of entries whose value is a code; capture conditions tell under supporters and devices which of them count.
_CODED = frozenset(
    {
        "access_control",
        "answer",
        "devices",
        "direction",
        "engine",
        "kind",
        "outcome",
        "plan",
        "reason",
        "state",
        "supporters",
    }
)
#: Values of more characters are cut in lists; the entry's own page shows them whole.
_LONGEST = 80
_MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One line of what happened. *before* is None where there is only a value; *added* and *removed* are of lists."""

    name: str
    after: str
    before: str | None = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        if self.added or self.removed:
            return ", ".join([*(f"+ {each}" for each in self.added), *(f"− {each}" for each in self.removed)])
        shown = f"{self.name}: " + (f"{_cut(self.before)} → " if self.before is not None else "")
        return shown + _cut(self.after)


def title_of(action: str) -> str:
    """*action* in words."""
    known = WORDS.get(action)
    return known or capfirst(show_controls(action).replace(".", " ").replace("_", " "))


def changes_of(details: dict[str, Any]) -> list[Change]:
    """What *details* say, line by line: what stayed as it was is left out."""
    return list(_changes(details))


def summary_of(details: dict[str, Any]) -> str:
    """*details* in one short line: whose name it is, and the first changes."""
    changes = [change for change in changes_of(details) if change.name != "name" or change.before is not None]
    told = "; ".join(change.told for change in changes[:_MOST_TOLD])
    rest = f"; {len(changes) - _MOST_TOLD} more" if len(changes) > _MOST_TOLD else ""
    return " ".join(filter(None, (_subject(details), told + rest)))


def _subject(details: dict[str, Any]) -> str:
    before = details.get("before")
    name = details.get("name") or (before.get("name") if isinstance(before, dict) else None)
    return _cut(show_controls(name)) if isinstance(name, str) else ""


def _changes(details: dict[str, Any]) -> Iterator[Change]:
    if set(details) == {"before", "after"} and all(isinstance(side, dict) for side in details.values()):
        before, after = details["before"], details["after"]
        for name in [*before, *(name for name in after if name not in before)]:
            if before.get(name) != after.get(name):
                yield _change(name, before.get(name), after.get(name))
        return
    for name, value in details.items():
        if isinstance(value, dict) and set(value) == {"before", "after"}:
            yield _change(name, value["before"], value["after"])
        else:
            yield Change(_field(name), _said(name, value))


def _change(name: str, before: Any, after: Any) -> Change:
    if isinstance(before, list | None) and isinstance(after, list | None):
        old, new = [_text(each) for each in before or ()], [_text(each) for each in after or ()]
        added = tuple(each for each in new if each not in old)
        removed = tuple(each for each in old if each not in new)
        return Change(_field(name), ", ".join(new) or "–", ", ".join(old) or "–", added, removed)
    return Change(_field(name), _said(name, after), _said(name, before))


def _field(name: str) -> str:
    return show_controls(name).replace("_", " ")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return ", ".join(_text(each) for each in value) or "–"
    if isinstance(value, dict):
        return ", ".join(f"{_field(name)} {_text(inner)}" for name, inner in value.items()) or "–"
    text = show_controls(str(value)) if value is not None else ""
    return _PERMISSIONS.get(text, text) or "–"


def _said(name: str, value: Any) -> str:
    """*value* of the field *name*. A name that is spelt like a code stays a name: codes stand in few fields only."""
    if name in _CODED and isinstance(value, str):
        return _words_of_codes().get(value) or _text(value)
    return _text(value)


@cache
def _words_of_codes() -> dict[str, str]:
    """{code: words} of every choice that the portal's models offer: entries keep codes, people read words."""
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    choices = [choice for field in fields for choice in getattr(field, "choices", None) or ()]
    return {code: str(words) for code, words in choices if isinstance(code, str) and code.isupper()}


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
