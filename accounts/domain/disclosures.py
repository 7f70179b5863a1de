"""Works-council mode: one member asks for a supporter's name, another confirms, and both see it for a day.

Switching the mode on takes one administrator, switching it off two. Everything stands in the audit log, in which the
supporter stands under the pseudonym.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.administrators import lock_company
from accounts.domain.pseudonyms import SupporterNames, names_for
from accounts.models import AuditEntry, Company, Disclosure, User
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing, access_or_404, holds, require

#: So long both see the name.
SHOWN_FOR = timedelta(hours=24)
#: So long a request can be confirmed.
OPEN_FOR = timedelta(days=7)
#: That somebody saw a revealed name is kept once in this time.
VIEW_STEP = timedelta(hours=1)
LONGEST_REASON = 300
MOST_SHOWN = 100
_READERS = (Permission.VIEW_EVENT_LOGS, Permission.MANAGE_COMPANY)


class UnableToDisclose(Exception):
    """The request cannot be made or decided; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class DisclosureView:
    """A request as a page shows it. *name* is empty for whoever does not see it now."""

    disclosure: Disclosure
    pseudonym: str
    state: str
    name: str
    may_confirm: bool
    may_decline: bool


@transaction.atomic
def switch_on(*, company: Company, actor: User, at: datetime) -> None:
    """Show supporters under pseudonyms from now on. Raises PermissionMissing."""
    require(actor, Permission.MANAGE_COMPANY, company.pk)
    lock_company(company=company)
    company.refresh_from_db(fields=["works_council_mode", "pseudonym_key"])
    if company.works_council_mode:
        return
    company.works_council_mode = True
    company.pseudonym_key = company.pseudonym_key or secrets.token_hex(32)
    company.save(update_fields=["works_council_mode", "pseudonym_key"])
    audit.record(company=company, actor=actor, action="works_council.switched_on", at=at, target=company)


def is_hidden_since(*, company: Company, moment: datetime) -> bool:
    """Whether the mode is on, and was switched on at *moment* or later: what was made then may hold names."""
    if not company.works_council_mode:
        return False
    entries = AuditEntry.objects.filter(company=company, action="works_council.switched_on", at__gte=moment)
    return bool(entries.exists())


@transaction.atomic
def request_switch_off(*, company: Company, actor: User, reason: str, at: datetime) -> Disclosure:
    """Ask to switch the mode off; another administrator confirms. Raises PermissionMissing, UnableToDisclose."""
    require(actor, Permission.MANAGE_COMPANY, company.pk)
    return _request(company=company, subject_id=None, actor=actor, reason=reason, at=at)


@transaction.atomic
def request_name(*, company: Company, pseudonym: str, actor: User, reason: str, at: datetime) -> Disclosure:
    """Ask who is behind *pseudonym*. Raises PermissionMissing, UnableToDisclose."""
    _require_reader(actor, company)
    names = names_for(company=company, viewer=actor, at=at)
    subject_id = names.user_id_of(pseudonym)
    if subject_id is None:
        raise UnableToDisclose(_("No supporter has this pseudonym. Copy it as it stands at the session."))
    if names.is_shown(subject_id):
        raise UnableToDisclose(_("You see this name already."))
    return _request(company=company, subject_id=subject_id, actor=actor, reason=reason, at=at)


def _request(*, company: Company, subject_id: int | None, actor: User, reason: str, at: datetime) -> Disclosure:
    lock_company(company=company)
    company.refresh_from_db(fields=["works_council_mode"])
    reason = " ".join(reason.replace("\x00", "").split())
    if not company.works_council_mode:
        raise UnableToDisclose(_("Works-council mode is off: every name is shown."))
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise UnableToDisclose(
            _("Give a reason of 1 to %(longest_reason)s characters: the other member decides by it.")
            % {"longest_reason": LONGEST_REASON}
        )
    if Disclosure.objects.filter(_open(at), company=company, subject=subject_id).exists():
        raise UnableToDisclose(_("There is an open request for this already. Ask another member to decide it."))
    made = Disclosure.objects.create(
        company=company, subject_id=subject_id, reason=reason, requested_by=actor, requested_at=at
    )
    _tell(made, actor=actor, verb="requested", at=at)
    return made


@transaction.atomic
def confirm(*, disclosure: Disclosure, actor: User, at: datetime) -> None:
    """Reveal the name to both members for SHOWN_FOR, or switch the mode off.

    Raises PermissionMissing, UnableToDisclose: never by who asked, never twice, never after OPEN_FOR.
    """
    company = disclosure.company
    _require_decider(actor, disclosure)
    lock_company(company=company)
    company.refresh_from_db(fields=["works_council_mode"])
    if disclosure.requested_by_id == actor.pk:
        raise UnableToDisclose(_("Another member confirms what you asked for."))
    try:
        _require_decider(disclosure.requested_by, disclosure)
    except PermissionMissing as missing:
        raise UnableToDisclose(_("Who asked no longer has the permission for it. Decline the request.")) from missing
    ends_at = at + SHOWN_FOR if disclosure.subject_id else None
    _decide(disclosure, at, confirmed_by=actor, confirmed_at=at, ends_at=ends_at)
    _tell(disclosure, actor=actor, verb="confirmed", at=at)
    if disclosure.subject_id is None and company.works_council_mode:
        company.works_council_mode = False
        company.save(update_fields=["works_council_mode"])
        audit.record(company=company, actor=actor, action="works_council.switched_off", at=at, target=company)


@transaction.atomic
def decline(*, disclosure: Disclosure, actor: User, at: datetime) -> None:
    """Refuse the request, or take one's own back. Raises PermissionMissing, UnableToDisclose."""
    _require_decider(actor, disclosure)
    _decide(disclosure, at, declined_at=at)
    _tell(disclosure, actor=actor, verb="declined", at=at)


def record_view(*, company: Company, viewer: User, subject_id: int, at: datetime) -> None:
    """Keep that *viewer* was shown a revealed name: once an hour for each supporter."""
    mine = Q(requested_by=viewer) | Q(confirmed_by=viewer)
    shown = Disclosure.objects.filter(mine, company=company, subject=subject_id, ends_at__gt=at).first()
    if shown is None:
        return
    seen = AuditEntry.objects.filter(
        company=company, actor=viewer, action="disclosure.viewed", object_id=str(shown.pk), at__gt=at - VIEW_STEP
    )
    if not seen.exists():
        _tell(shown, actor=viewer, verb="viewed", at=at)


def find_disclosure(*, company: Company, viewer: User, pk: int) -> Disclosure:
    """The request, with company and who asked. Raises Http404."""
    rows = Disclosure.objects.visible_to(viewer).of_company(company)
    found: Disclosure = access_or_404(rows.select_related("company", "requested_by"), pk=pk)
    return found


def list_disclosures(*, company: Company, viewer: User, names: SupporterNames, at: datetime) -> list[DisclosureView]:
    """The newest requests of the company, as *viewer* sees them."""
    rows = Disclosure.objects.visible_to(viewer).of_company(company)
    rows = rows.select_related("subject", "requested_by", "confirmed_by").order_by("-requested_at", "-pk")
    return [_view(row, viewer=viewer, names=names, at=at) for row in rows[:MOST_SHOWN]]


def _view(row: Disclosure, *, viewer: User, names: SupporterNames, at: datetime) -> DisclosureView:
    state = state_of(row, at=at)
    is_theirs = viewer.pk in (row.requested_by_id, row.confirmed_by_id)
    may_decide = state == "open" and _may_decide(viewer, row)
    return DisclosureView(
        disclosure=row,
        pseudonym=names.pseudonyms.get(row.subject_id, "") if row.subject_id else "",
        state=state,
        name=str(row.subject) if state == "shown" and is_theirs else "",
        may_confirm=may_decide and row.requested_by_id != viewer.pk,
        may_decline=may_decide,
    )


def state_of(disclosure: Disclosure, *, at: datetime) -> str:
    """`open`, `expired` (nobody decided), `declined`, `confirmed` (mode switched off), `shown` or `ended`."""
    if disclosure.declined_at is not None:
        return "declined"
    if disclosure.confirmed_at is None:
        return "open" if at < disclosure.requested_at + OPEN_FOR else "expired"
    if disclosure.ends_at is None:
        return "confirmed"
    return "shown" if at < disclosure.ends_at else "ended"


def _open(at: datetime) -> Q:
    return Q(confirmed_at=None, declined_at=None, requested_at__gt=at - OPEN_FOR)


def _decide(disclosure: Disclosure, at: datetime, **values: object) -> None:
    """One conditional UPDATE: of two members who decide at the same moment one is told so."""
    if not Disclosure.objects.filter(_open(at), pk=disclosure.pk).update(**values):
        raise UnableToDisclose(_("This request was decided already, or nobody decided it in time. Look at the list."))
    disclosure.refresh_from_db()


def _may_decide(user: User, disclosure: Disclosure) -> bool:
    needed = _READERS if disclosure.subject_id else (Permission.MANAGE_COMPANY,)
    return any(holds(user, permission, disclosure.company_id) for permission in needed)


def _require_decider(user: User, disclosure: Disclosure) -> None:
    if not _may_decide(user, disclosure):
        require(user, Permission.MANAGE_COMPANY, disclosure.company_id)


def _require_reader(user: User, company: Company) -> None:
    if not any(holds(user, permission, company.pk) for permission in _READERS):
        require(user, Permission.VIEW_EVENT_LOGS, company.pk)


def _tell(disclosure: Disclosure, *, actor: User, verb: str, at: datetime) -> None:
    company = disclosure.company
    names = names_for(company=company, viewer=actor, at=at)
    about = names.pseudonyms.get(disclosure.subject_id, "") if disclosure.subject_id else "works-council mode off"
    details = {"about": about, "reason": disclosure.reason}
    audit.record(company=company, actor=actor, action=f"disclosure.{verb}", at=at, target=disclosure, details=details)
