"""A company's decisions about AI features, saved one tab of the settings page at a time."""

import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.settings_versions import SettingsChanged, changed_labels
from accounts.models import AISettings, Company, User
from accounts.permissions import Permission
from accounts.tenancy import require

#: Changes when the text of the terms changes; a company that accepted another version is asked again.
TERMS_VERSION = "2026-11"

#: What each tab decides. Nothing else is ever taken from what a page sends.
OUTGOING = ("outgoing_enabled", "consent_seconds", "consent_purpose", "consent_processor", "consent_contact")
INCOMING = ("incoming_enabled", "incoming_basis", "incoming_notice")
ENGINE = ("engine", "engine_model", "engine_base_url", "engine_key_encrypted")
LANGUAGE = ("language",)
MINIMUM = ("minimum_seconds",)
REVIEW = ("approval_required",)
TICKETS = ("ticket_address", "ticket_subject", "ticket_link")
RETENTION = ("keep_logs_days", "keep_summaries_days", "keep_consents_days")

#: May hold a person's address, which no audit entry repeats.
_NOT_REPEATED = frozenset({"consent_contact", "ticket_address"})
#: What the wordings for tickets may name.
_TICKET_PLACES = {"ticket_subject": ("{ticket}", "{title}", "{session}"), "ticket_link": ("{ticket}",)}


class UnableToSaveSettings(Exception):
    """The settings do not fit together; the sentence says what to change, *field* where."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def needs_acceptance(ai_settings: AISettings) -> bool:
    """Whether switching on asks for the terms: they were never accepted, or in another version."""
    return ai_settings.terms_accepted_at is None or ai_settings.terms_version != TERMS_VERSION


def activate(*, ai_settings: AISettings, actor: User, at: datetime) -> None:
    """Switch AI features on: *actor* accepts the current terms for the company. Raises PermissionMissing.

    Terms that were accepted in this version already keep their day and their person.
    """
    require(actor, Permission.MANAGE_COMPANY, ai_settings.company_id)
    ai_settings.is_active = True
    if needs_acceptance(ai_settings):
        ai_settings.terms_version = TERMS_VERSION
        ai_settings.terms_accepted_at = at
        ai_settings.terms_accepted_by = actor
    ai_settings.save(
        update_fields=["is_active", "terms_version", "terms_accepted_at", "terms_accepted_by", "changed_at"]
    )
    audit.record(
        company=ai_settings.company,
        actor=actor,
        action="ai_settings.activated",
        at=at,
        target=ai_settings,
        details={"terms_version": ai_settings.terms_version},
    )


@transaction.atomic
def switch_on(*, company: Company, accepted_version: str, actor: User, at: datetime) -> None:
    """Switch AI features on, with the terms as *actor* saw and accepted them; empty: not accepted.

    Switching on what is on changes nothing. Raises PermissionMissing, UnableToSaveSettings.
    """
    require(actor, Permission.MANAGE_COMPANY, company.pk)
    stored = locked(company=company)
    if needs_acceptance(stored) and accepted_version != TERMS_VERSION:
        sentence = (
            "The terms have changed since this page was opened. Read them again, then accept them."
            if accepted_version
            else "Accept the terms to switch AI features on."
        )
        raise UnableToSaveSettings(sentence, field="accept")
    if not stored.is_active or needs_acceptance(stored):
        activate(ai_settings=stored, actor=actor, at=at)


@transaction.atomic
def deactivate(*, company: Company, actor: User, at: datetime) -> bool:
    """Switch AI features off; the configuration stays. False when they were off. Raises PermissionMissing."""
    require(actor, Permission.MANAGE_COMPANY, company.pk)
    stored = locked(company=company)
    if not stored.is_active:
        return False
    stored.is_active = False
    stored.save(update_fields=["is_active", "changed_at"])
    audit.record(company=company, actor=actor, action="ai_settings.deactivated", at=at, target=stored)
    return True


@transaction.atomic
def save_tab(
    *,
    company: Company,
    fields: tuple[str, ...],
    values: dict[str, Any],
    version: str | None,
    actor: User,
    at: datetime,
) -> AISettings:
    """Store the *fields* of one tab that need no rule of their own; *version* as in `locked`.

    Raises PermissionMissing, SettingsChanged.
    """
    require(actor, Permission.MANAGE_COMPANY, company.pk)
    stored = locked(company=company, fields=fields, version=version)
    change(stored=stored, values={name: values[name] for name in fields if name in values}, actor=actor, at=at)
    return stored


def save_tickets(
    *, company: Company, values: dict[str, Any], version: str | None, actor: User, at: datetime
) -> AISettings:
    """Store where tickets are. Raises PermissionMissing, SettingsChanged, UnableToSaveSettings."""
    values = {name: " ".join(values[name].split()) for name in TICKETS}
    for name, places in _TICKET_PLACES.items():
        rest = values[name]
        for place in places:
            rest = rest.replace(place, "")
        if {"{", "}"} & set(rest) or (values[name] and "{ticket}" not in values[name]):
            raise UnableToSaveSettings(
                _("Write {ticket} where the number of the ticket stands, and nothing else in braces but %(places)s.")
                % {"places": ", ".join(places)},
                field=name,
            )
    if not values["ticket_subject"]:
        raise UnableToSaveSettings(_("Enter a subject, for example [{ticket}] {title}"), field="ticket_subject")
    if values["ticket_link"] and not values["ticket_link"].startswith("https://"):
        raise UnableToSaveSettings(_("The address of a ticket begins with https://"), field="ticket_link")
    # A session's ticket, which a client names, must not choose where the link leads.
    if "{" in re.split(r"[/?#]", values["ticket_link"].removeprefix("https://"), maxsplit=1)[0]:
        raise UnableToSaveSettings(
            _("Write {ticket} after the host, for example https://desk.example/{ticket}"), field="ticket_link"
        )
    return save_tab(company=company, fields=TICKETS, values=values, version=version, actor=actor, at=at)


@transaction.atomic
def save_incoming(
    *, company: Company, values: dict[str, Any], basis_confirmed: bool, version: str | None, actor: User, at: datetime
) -> AISettings:
    """Store the switch for incoming connections, its legal basis and the notice; *version* as in `locked`.

    The remote side cannot refuse there: the switch needs a legal basis that a person confirmed, in these very words.
    Raises PermissionMissing, SettingsChanged, UnableToSaveSettings.
    """
    require(actor, Permission.MANAGE_COMPANY, company.pk)
    stored = locked(company=company, fields=INCOMING, version=version)
    values = {name: values[name] for name in INCOMING}
    values["incoming_basis"] = basis = values["incoming_basis"].strip()
    is_new_basis = basis != stored.incoming_basis
    stands = stored.incoming_basis_confirmed_at is not None and not is_new_basis
    if values["incoming_enabled"] and not basis:
        raise UnableToSaveSettings(
            _("Name the legal basis on which incoming connections are summarised."), field="incoming_basis"
        )
    if values["incoming_enabled"] and not (stands or basis_confirmed):
        raise UnableToSaveSettings(
            _("Confirm the legal basis to switch summaries for incoming connections on."), field="basis_confirmed"
        )
    confirms = bool(basis) and basis_confirmed and not stands
    if confirms:
        _set_confirmation(stored=stored, basis=basis, actor=actor, at=at)
    change(stored=stored, values=values, actor=actor, at=at)
    if is_new_basis and not confirms and stored.incoming_basis_confirmed_at is not None:
        # What was confirmed were other words.
        _set_confirmation(stored=stored, basis="", actor=actor, at=at)
    return stored


def _set_confirmation(*, stored: AISettings, basis: str, actor: User, at: datetime) -> None:
    """Keep who confirms *basis*, and when; empty: the confirmation falls."""
    stored.incoming_basis_confirmed_at = at if basis else None
    stored.incoming_basis_confirmed_by = actor if basis else None
    stored.save(update_fields=["incoming_basis_confirmed_at", "incoming_basis_confirmed_by", "changed_at"])
    audit.record(
        company=stored.company,
        actor=actor,
        action="incoming_basis.confirmed" if basis else "incoming_basis.unconfirmed",
        at=at,
        target=stored,
        details={"basis": basis} if basis else {},
    )


def locked(*, company: Company, fields: tuple[str, ...] = (), version: str | None = None) -> AISettings:
    """The company's row, held until the transaction ends.

    *version* is `settings_versions.version_of` of the *fields* as the page showed them; None: whatever stands there is
    replaced. Raises SettingsChanged.
    """
    stored: AISettings = AISettings.objects.select_for_update().get(company=company)
    labels = changed_labels(ai_settings=stored, fields=fields, version=version) if version is not None else []
    if labels:
        raise SettingsChanged(labels)
    return stored


def change(*, stored: AISettings, values: dict[str, Any], actor: User, at: datetime) -> None:
    """Save what of *values* differs from *stored*, and record both; nothing when nothing differs."""
    changed = {name: value for name, value in values.items() if getattr(stored, name) != value}
    if not changed:
        return
    details = {
        name: {"changed": True} if name in _NOT_REPEATED else {"before": getattr(stored, name), "after": value}
        for name, value in changed.items()
    }
    for name, value in changed.items():
        setattr(stored, name, value)
    stored.save(update_fields=[*changed, "changed_at"])
    audit.record(
        company=stored.company, actor=actor, action="ai_settings.changed", at=at, target=stored, details=details
    )
